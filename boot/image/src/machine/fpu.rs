//! Floating-point and vector registers. The kernel does not use them: they stay the last process's until another runs.

use core::arch::asm;

use lv6_image::guest::FpuState;

/// What the instructions want the address to be a multiple of.
const ALIGN: usize = 16;

/// Copies the processor's registers to memory.
pub fn save(state: &mut FpuState) {
    let address = (&raw mut *state) as usize;
    assert!(address.is_multiple_of(ALIGN));
    // SAFETY: the address is that of 512 bytes, aligned as the instruction wants it.
    unsafe { asm!("fxsave64 [{}]", in(reg) address, options(nostack, preserves_flags)) };
}

/// Loads the processor's registers from memory, where [`save`] put them, or from [`FpuState::RESET`].
///
/// AMD's processors leave the pointers to the last instruction and operand alone in some cases. So they are overwritten
/// first: no process learns them of another.
pub fn restore(state: &FpuState) {
    let address = (&raw const *state) as usize;
    assert!(address.is_multiple_of(ALIGN));
    // SAFETY: the address is that of 512 bytes, aligned as the instruction wants it and with no reserved bit of MXCSR
    // set. The instructions before it change registers that it loads; they cannot fault, as nothing is pending after the
    // first and the register stack is empty after the second.
    unsafe {
        asm!("fnclex", "emms", "fild dword ptr [{0}]", "fxrstor64 [{0}]", in(reg) address, options(nostack, readonly))
    };
}
