//! How a program that fails says so.

use crate::process::{exit, name, status};
use crate::sys::trap::{DOUBLE_FAULT, PAGE_FAULT, TrapFrame};
use lv6_abi::startup::{STACK_SIZE, STACK_TOP_OFFSET};

/// What the exceptions are called.
const NAMES: [&str; 32] = [
    "divide error",
    "debug",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid opcode",
    "device not available",
    "double fault",
    "coprocessor segment overrun",
    "invalid TSS",
    "segment not present",
    "stack fault",
    "general protection",
    "page fault",
    "reserved exception",
    "floating-point error",
    "alignment check",
    "machine check",
    "SIMD floating-point error",
    "virtualization exception",
    "control protection",
    "reserved exception",
    "reserved exception",
    "reserved exception",
    "reserved exception",
    "reserved exception",
    "reserved exception",
    "hypervisor injection",
    "VMM communication",
    "security exception",
    "reserved exception",
];

/// What an exception is called.
pub fn trap_name(vector: u8) -> &'static str {
    NAMES.get(usize::from(vector)).copied().unwrap_or("interrupt")
}

/// Whether the stack in use has run out: its pointer, or the address that faulted, is in the page below the stack.
fn is_stack_overflow(frame: &TrapFrame) -> bool {
    let guard = crate::sys::entry::startup().image + STACK_TOP_OFFSET - STACK_SIZE - 4096;
    let in_guard = |address: u64| address & !4095 == guard;
    frame.vector() == DOUBLE_FAULT && (in_guard(frame.fault_address()) || in_guard(frame.rsp()))
}

/// Reports an exception that the program does not handle, and ends the process.
pub fn unhandled(frame: &TrapFrame) -> ! {
    let what = if is_stack_overflow(frame) { "stack overflow" } else { trap_name(frame.vector()) };
    crate::eprintln!(
        "{}: {what} (vector {}), error code {:#x}, rip {:#x}, cr2 {:#x}",
        name(),
        frame.vector(),
        frame.error(),
        frame.rip(),
        if matches!(frame.vector(), PAGE_FAULT | DOUBLE_FAULT) { frame.fault_address() } else { 0 },
    );
    exit(status::TRAP)
}

/// Reports a panic, and ends the process.
#[cfg(target_os = "none")]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    match info.location() {
        Some(at) => crate::eprintln!("{}: panic at {at}: {}", name(), info.message()),
        None => crate::eprintln!("{}: panic: {}", name(), info.message()),
    }
    exit(status::PANIC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_has_a_name() {
        assert_eq!([0, 13, 14, 31, 32, 255].map(trap_name)[1..3], ["general protection", "page fault"]);
        assert_eq!(trap_name(255), "interrupt");
    }
}
