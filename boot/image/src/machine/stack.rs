//! The kernel's stacks, each above a page that is never mapped, so that an overflow faults instead of going on.

use core::cell::UnsafeCell;

use lv6_abi::limits::PAGE_SIZE;

/// Bytes that can be used, a multiple of the page size.
const STACK_BYTES: usize = 64 * 1024;
/// From the start of a [`Stack`] to its end.
pub const STACK_END: usize = PAGE_SIZE + STACK_BYTES;

/// A stack with its guard page.
#[repr(C, align(4096))]
pub struct Stack {
    guard: UnsafeCell<[u8; PAGE_SIZE]>,
    usable: UnsafeCell<[u8; STACK_BYTES]>,
}

// SAFETY: only the processor uses a stack's memory, and there is one processor.
unsafe impl Sync for Stack {}

impl Stack {
    const fn new() -> Self {
        Stack { guard: UnsafeCell::new([0; PAGE_SIZE]), usable: UnsafeCell::new([0; STACK_BYTES]) }
    }

    /// Address of the page that must not be mapped.
    pub fn guard(&self) -> u64 {
        self.guard.get() as u64
    }

    /// Whether the page that must not be mapped has remained as it was at first. To be asked while it still is mapped.
    pub fn is_intact(&self) -> bool {
        // SAFETY: the page belongs to this stack, is mapped, and nobody writes to it meanwhile.
        unsafe { &*self.guard.get() }.iter().all(|byte| *byte == 0)
    }

    /// Where the stack pointer starts.
    pub fn top(&self) -> u64 {
        self.usable.get() as u64 + STACK_BYTES as u64
    }
}

/// The stack that the kernel runs on.
pub static BOOT_STACK: Stack = Stack::new();
/// The stack of the non-maskable interrupt.
pub static NMI_STACK: Stack = Stack::new();
/// The stack of the double fault, which is where an overflow of another stack ends.
pub static DOUBLE_FAULT_STACK: Stack = Stack::new();
/// The stack of the machine check.
pub static MACHINE_CHECK_STACK: Stack = Stack::new();

/// Every stack.
pub fn all() -> [&'static Stack; 4] {
    [&BOOT_STACK, &NMI_STACK, &DOUBLE_FAULT_STACK, &MACHINE_CHECK_STACK]
}
