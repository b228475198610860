//! Processor registers and instructions.

use core::arch::asm;

use x86_64::registers::control::{Cr2, Cr3};

/// Page frame number of the root table in use.
pub fn root_frame() -> u64 {
    Cr3::read_raw().0.start_address().as_u64() >> 12
}

/// The address that the last page fault was about.
pub fn fault_address() -> u64 {
    Cr2::read_raw()
}

/// The time-stamp counter.
pub fn timestamp() -> u64 {
    // SAFETY: every x86-64 processor has the counter, and reading it changes nothing.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// The time-stamp counter, read after everything before has been done.
pub fn timestamp_after() -> u64 {
    let mut processor = 0;
    // SAFETY: every processor with virtual machines has the instruction, and it changes nothing but its results.
    unsafe { core::arch::x86_64::__rdtscp(&mut processor) }
}

/// Waits until everything before has been done, and begins nothing that comes after sooner.
pub fn serialize() {
    core::arch::x86_64::__cpuid(0);
}

/// Sets a register of each kind that the kernel must keep for each process: base of segment FS, and a floating-point
/// register. Programs are compiled to use neither.
pub fn mark(word: u64) {
    // SAFETY: nothing in a program depends on these registers.
    unsafe { asm!("wrfsbase {0}", "movq xmm5, {0}", in(reg) word, options(nomem, nostack)) };
}

/// What those registers contain.
pub fn marks() -> [u64; 2] {
    let (fs, xmm);
    // SAFETY: reading registers changes nothing else.
    unsafe { asm!("rdfsbase {0}", "movq {1}, xmm5", out(reg) fs, out(reg) xmm, options(nomem, nostack)) };
    [fs, xmm]
}

/// Ends this process by an instruction that the kernel does not let it execute.
pub fn die() -> ! {
    loop {
        // SAFETY: the kernel intercepts the instruction and kills the process; nothing runs afterwards.
        unsafe { asm!("hlt", options(nomem, nostack)) };
    }
}
