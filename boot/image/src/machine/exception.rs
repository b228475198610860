//! Exceptions and interrupts that arrive while the kernel runs. An exception there is a defect of the kernel or of the
//! machine, and ends it.

use core::arch::global_asm;

use log::error;
use spin::Once;
use x86_64::VirtAddr;
use x86_64::registers::control::{Cr2, Cr3};
use x86_64::structures::idt::InterruptDescriptorTable;

use crate::machine::descriptors::{DOUBLE_FAULT_INDEX, MACHINE_CHECK_INDEX, NMI_INDEX};
use crate::machine::{interrupt, stack};

/// Bytes from one entry of `vector_entries` to the next.
const ENTRY_BYTES: u64 = 16;

global_asm!(
    r#"
    .pushsection .text.vector, "ax", @progbits
    // One entry for each vector: it pushes an error code, unless the processor has, and its number.
    .balign 16
    .global vector_entries
vector_entries:
    .set vector, 0
    .rept 256
    .balign 16
    .if !((vector >= 10 && vector <= 14) || vector == 8 || vector == 17 || vector == 21 || vector == 29 || vector == 30)
    pushq $0
    .endif
    pushq $vector
    jmp vector_common
    .set vector, vector + 1
    .endr

vector_common:
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cld
    movq %rsp, %rdi
    // The compiler wants a stack that is a multiple of 16 before a call.
    movq %rsp, %rbx
    andq $-16, %rsp
    call {arrived}
    movq %rbx, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp
    iretq
    .popsection
    "#,
    arrived = sym arrived,
    options(att_syntax)
);

unsafe extern "C" {
    static vector_entries: u8;
}

/// What the entry code leaves on the stack.
#[repr(C)]
struct Frame {
    r15: u64,
    r14: u64,
    r13: u64,
    r12: u64,
    r11: u64,
    r10: u64,
    r9: u64,
    r8: u64,
    rbp: u64,
    rdi: u64,
    rsi: u64,
    rdx: u64,
    rcx: u64,
    rbx: u64,
    rax: u64,
    vector: u64,
    error: u64,
    rip: u64,
    cs: u64,
    rflags: u64,
    rsp: u64,
    ss: u64,
}

/// Names of the exceptions, by vector.
const NAMES: [&str; 32] = [
    "divide error",
    "debug",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range",
    "invalid opcode",
    "no floating point",
    "double fault",
    "coprocessor segment overrun",
    "invalid task state",
    "segment not present",
    "stack fault",
    "general protection",
    "page fault",
    "reserved 15",
    "floating point",
    "alignment check",
    "machine check",
    "vector floating point",
    "virtualization",
    "control protection",
    "reserved 22",
    "reserved 23",
    "reserved 24",
    "reserved 25",
    "reserved 26",
    "reserved 27",
    "hypervisor injection",
    "VMM communication",
    "security",
    "reserved 31",
];

extern "C" fn arrived(frame: &Frame) {
    match NAMES.get(frame.vector as usize) {
        None => interrupt::arrived(frame.vector as u8),
        Some(name) => fatal(frame, name),
    }
}

fn fatal(f: &Frame, name: &str) -> ! {
    let cr2 = Cr2::read_raw();
    let cr3 = Cr3::read_raw().0.start_address().as_u64();
    // The locks of the log may be held by the code that failed.
    // SAFETY: that code does not run again.
    unsafe {
        crate::machine::console::force_unlock();
        crate::machine::logger::force_unlock();
    }
    error!("exception {} ({name}), error code {:#x}, at rip {:#x}", f.vector, f.error, f.rip);
    error!("rax {:016x}  rbx {:016x}  rcx {:016x}  rdx {:016x}", f.rax, f.rbx, f.rcx, f.rdx);
    error!("rsi {:016x}  rdi {:016x}  rbp {:016x}  rsp {:016x}", f.rsi, f.rdi, f.rbp, f.rsp);
    error!("r8  {:016x}  r9  {:016x}  r10 {:016x}  r11 {:016x}", f.r8, f.r9, f.r10, f.r11);
    error!("r12 {:016x}  r13 {:016x}  r14 {:016x}  r15 {:016x}", f.r12, f.r13, f.r14, f.r15);
    error!("cs {:#x}  ss {:#x}  rflags {:#x}  cr2 {cr2:#x}  cr3 {cr3:#x}", f.cs, f.ss, f.rflags);
    if stack::all().iter().any(|s| (s.guard()..s.guard() + 4096).contains(&cr2)) {
        panic!("{name}: a kernel stack is full");
    }
    panic!("{name} in the kernel");
}

static TABLE: Once<InterruptDescriptorTable> = Once::new();

fn entry(vector: u64) -> VirtAddr {
    VirtAddr::new((&raw const vector_entries) as u64 + ENTRY_BYTES * vector)
}

/// Loads the kernel's interrupt table: an entry for every vector, with their own stacks for those that can arrive on a
/// stack that is no good.
pub fn init() {
    let table = TABLE.call_once(|| {
        let mut table = InterruptDescriptorTable::new();
        // SAFETY: each address is that of the vector's entry code, which leaves the stack as it found it; the stack
        // indexes are used for one vector each.
        unsafe {
            set_exceptions(&mut table);
            for vector in 32..=255u8 {
                table[vector].set_handler_addr(entry(vector as u64));
            }
        }
        table
    });
    table.load();
}

/// Fills in the exceptions. Those that the table has no entry for cannot arrive.
///
/// # Safety
/// The descriptors of [`crate::machine::descriptors`] must be loaded when an exception arrives.
unsafe fn set_exceptions(table: &mut InterruptDescriptorTable) {
    // SAFETY: each address is that of the vector's own entry code.
    unsafe {
        table.divide_error.set_handler_addr(entry(0));
        table.debug.set_handler_addr(entry(1));
        table.non_maskable_interrupt.set_handler_addr(entry(2)).set_stack_index(NMI_INDEX);
        table.breakpoint.set_handler_addr(entry(3));
        table.overflow.set_handler_addr(entry(4));
        table.bound_range_exceeded.set_handler_addr(entry(5));
        table.invalid_opcode.set_handler_addr(entry(6));
        table.device_not_available.set_handler_addr(entry(7));
        table.double_fault.set_handler_addr(entry(8)).set_stack_index(DOUBLE_FAULT_INDEX);
        table.invalid_tss.set_handler_addr(entry(10));
        table.segment_not_present.set_handler_addr(entry(11));
        table.stack_segment_fault.set_handler_addr(entry(12));
        table.general_protection_fault.set_handler_addr(entry(13));
        table.page_fault.set_handler_addr(entry(14));
        table.x87_floating_point.set_handler_addr(entry(16));
        table.alignment_check.set_handler_addr(entry(17));
        table.machine_check.set_handler_addr(entry(18)).set_stack_index(MACHINE_CHECK_INDEX);
        table.simd_floating_point.set_handler_addr(entry(19));
        table.virtualization.set_handler_addr(entry(20));
        table.cp_protection_exception.set_handler_addr(entry(21));
        table.hv_injection_exception.set_handler_addr(entry(28));
        table.vmm_communication_exception.set_handler_addr(entry(29));
        table.security_exception.set_handler_addr(entry(30));
    }
}
