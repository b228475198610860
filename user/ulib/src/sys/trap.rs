//! Exceptions of this process: its own segment, task and interrupt tables, and handlers that the program can replace.
//!
//! A process runs in ring 0 of its virtual machine, so exceptions never reach the kernel. They push their frame on the
//! stack in use, but for the double fault, which has a stack of its own: it is what a stack overflow ends in. An exception
//! after that ends the process. (If the handlers themselves have exceptions, because their memory is gone, one follows the
//! other until the stack is used up; were that to begin anew on the other stack, it would have no end.)

use core::arch::global_asm;
use core::cell::UnsafeCell;

use spin::{Mutex, Once};
use x86_64::VirtAddr;
use x86_64::instructions::segmentation::{CS, DS, ES, SS, Segment};
use x86_64::instructions::tables::{lidt, load_tss};
use x86_64::structures::DescriptorTablePointer;
use x86_64::structures::gdt::{Descriptor, GlobalDescriptorTable};
use x86_64::structures::tss::TaskStateSegment;

use super::regs::fault_address;

/// Vector of the double fault.
pub const DOUBLE_FAULT: u8 = 8;
/// Vector of the page fault.
pub const PAGE_FAULT: u8 = 14;

/// Registers at an exception, in the order in which the entry code leaves them on the stack.
#[repr(C)]
#[derive(Debug)]
pub struct TrapFrame {
    /// r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax.
    general: [u64; 15],
    vector: u64,
    error: u64,
    rip: u64,
    cs: u64,
    rflags: u64,
    rsp: u64,
    ss: u64,
}

impl TrapFrame {
    /// Which exception it was.
    pub fn vector(&self) -> u8 {
        self.vector as u8
    }

    /// The error code that the processor pushed, or 0.
    pub fn error(&self) -> u64 {
        self.error
    }

    /// Address of the instruction that faulted, or of the one after it where the exception is a trap.
    pub fn rip(&self) -> u64 {
        self.rip
    }

    /// Stack pointer of the interrupted code.
    pub fn rsp(&self) -> u64 {
        self.rsp
    }

    /// The address that a page fault was about.
    pub fn fault_address(&self) -> u64 {
        fault_address()
    }
}

/// What a program does about an exception. If it returns, the interrupted code goes on at [`TrapFrame::rip`].
pub type TrapHandler = fn(&mut TrapFrame);

/// The handlers that the program has set.
static HANDLERS: Mutex<[Option<TrapHandler>; 256]> = Mutex::new([None; 256]);

/// Sets what happens at an exception; `None` is the default, which reports it and ends the process. Returns what was
/// set before.
pub fn set_trap_handler(vector: u8, handler: Option<TrapHandler>) -> Option<TrapHandler> {
    core::mem::replace(&mut HANDLERS.lock()[vector as usize], handler)
}

/// Called by the entry code with a frame on the stack.
extern "sysv64" fn handle(frame: &mut TrapFrame) {
    let handler = HANDLERS.lock()[frame.vector() as usize];
    match handler {
        Some(handler) => handler(frame),
        None => crate::failure::unhandled(frame),
    }
}

/// Lays down the code that the processor enters at an exception.
mod stubs {
    use super::{DOUBLE_FAULT, TrapFrame, global_asm, handle};

    // 256 stubs of 16 bytes each, which push a zero where the processor pushes no error code (all vectors but 8, 10 to
    // 14, 17, 21, 29 and 30), then the vector. That of the double fault first takes the table of interrupts away; what it
    // takes in its place lies so close by that it is there if the stub is. At the call the stack is a multiple of 16: the processor aligns it and
    // pushes 6 words with the error code; we push 16 more.
    global_asm!(
        ".balign 256",
        "lv6_no_traps:",
        ".fill 16, 1, 0",
        "lv6_trap_stubs:",
        ".set lv6_vector, 0",
        ".rept 256",
        ".balign 16",
        ".if (lv6_vector - 8) * (lv6_vector - 10) * (lv6_vector - 11) * (lv6_vector - 12) * (lv6_vector - 13)",
        ".if (lv6_vector - 14) * (lv6_vector - 17) * (lv6_vector - 21) * (lv6_vector - 29) * (lv6_vector - 30)",
        "pushq $0",
        ".endif",
        ".endif",
        ".if lv6_vector == {double_fault}",
        "lidt lv6_no_traps(%rip)",
        ".endif",
        "pushq $lv6_vector",
        "jmp 2f",
        ".set lv6_vector, lv6_vector + 1",
        ".endr",
        "2:",
        "pushq %rax",
        "pushq %rbx",
        "pushq %rcx",
        "pushq %rdx",
        "pushq %rsi",
        "pushq %rdi",
        "pushq %rbp",
        "pushq %r8",
        "pushq %r9",
        "pushq %r10",
        "pushq %r11",
        "pushq %r12",
        "pushq %r13",
        "pushq %r14",
        "pushq %r15",
        "cld",
        "movq %rsp, %rdi",
        "call {handle}",
        "popq %r15",
        "popq %r14",
        "popq %r13",
        "popq %r12",
        "popq %r11",
        "popq %r10",
        "popq %r9",
        "popq %r8",
        "popq %rbp",
        "popq %rdi",
        "popq %rsi",
        "popq %rdx",
        "popq %rcx",
        "popq %rbx",
        "popq %rax",
        "addq $16, %rsp",
        "iretq",
        handle = sym handle,
        double_fault = const DOUBLE_FAULT,
        options(att_syntax),
    );

    // The pushes above and the processor's own six words make up a frame; the vector and the error code are among them.
    const _: () = assert!(size_of::<TrapFrame>() == (15 + 1 + 6) * 8);

    unsafe extern "C" {
        /// The stubs; code, not data, so only the address is of use.
        static lv6_trap_stubs: [[u8; 16]; 256];
    }

    /// Address of the stub for a vector.
    pub fn address(vector: usize) -> u64 {
        (&raw const lv6_trap_stubs) as u64 + 16 * vector as u64
    }
}

/// An interrupt gate: present, ring 0, on the stack `ist` of the task (0: on the stack in use).
fn gate(handler: u64, selector: u16, ist: u64) -> [u64; 2] {
    let low = (handler & 0xffff) | (u64::from(selector) << 16) | (ist << 32) | (0x8e << 40);
    [low | ((handler >> 16) & 0xffff) << 48, handler >> 32]
}

/// Number of the stack that the double fault has to itself.
const FAULT_IST: u16 = 1;

/// The stack of the double fault.
#[repr(align(16))]
struct FaultStack(UnsafeCell<[u8; 8192]>);

// SAFETY: only the processor uses it, and only for one double fault, which never returns.
unsafe impl Sync for FaultStack {}

static FAULT_STACK: FaultStack = FaultStack(UnsafeCell::new([0; 8192]));
static TSS: Once<TaskStateSegment> = Once::new();
static GDT: Once<GlobalDescriptorTable> = Once::new();
static IDT: Once<[[u64; 2]; 256]> = Once::new();

/// Where this program's task state lies, once [`install`] has been called, and how many words it has.
pub(super) fn task() -> Option<(u64, u64)> {
    TSS.get().map(|tss| (core::ptr::from_ref(tss) as u64, size_of::<TaskStateSegment>() as u64 / 8))
}

/// An address in the memory that every handler needs.
pub(super) fn handlers() -> u64 {
    (&raw const HANDLERS) as u64
}

/// Gives the processor this program's tables. For the start-up code.
pub fn install() {
    let tss = TSS.call_once(|| {
        let mut tss = TaskStateSegment::new();
        let top = FAULT_STACK.0.get() as u64 + size_of::<FaultStack>() as u64;
        tss.interrupt_stack_table[usize::from(FAULT_IST) - 1] = VirtAddr::new(top);
        tss
    });
    let (mut code, mut data, mut task) = Default::default();
    let gdt = GDT.call_once(|| {
        let mut gdt = GlobalDescriptorTable::new();
        code = Some(gdt.append(Descriptor::kernel_code_segment()));
        data = Some(gdt.append(Descriptor::kernel_data_segment()));
        task = Some(gdt.append(Descriptor::tss_segment(tss)));
        gdt
    });
    let (Some(code), Some(data), Some(task)) = (code, data, task) else { return };
    gdt.load();
    let idt = IDT.call_once(|| {
        core::array::from_fn(|vector| {
            let ist = if vector == usize::from(DOUBLE_FAULT) { u64::from(FAULT_IST) } else { 0 };
            gate(stubs::address(vector), code.0, ist)
        })
    });
    let pointer =
        DescriptorTablePointer { limit: (size_of_val(idt) - 1) as u16, base: VirtAddr::new(idt.as_ptr() as u64) };
    // SAFETY: the selectors name flat ring-0 segments and the task of the table just loaded; all tables are statics.
    unsafe {
        CS::set_reg(code);
        SS::set_reg(data);
        DS::set_reg(data);
        ES::set_reg(data);
        load_tss(task);
        lidt(&pointer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gate_fields_are_where_the_processor_looks() {
        let [low, high] = gate(0x1122_3344_5566_7788, 0x0008, 1);
        assert_eq!(low, 0x5566_8e01_0008_7788);
        assert_eq!(high, 0x1122_3344);
    }

    #[test]
    fn stubs_push_a_zero_exactly_where_the_processor_pushes_nothing() {
        for vector in 0..256 {
            // SAFETY: the stubs are code in this program's text.
            let first = unsafe { (stubs::address(vector) as *const [u8; 2]).read() };
            let pushes_error = [8, 10, 11, 12, 13, 14, 17, 21, 29, 30].contains(&vector);
            assert_eq!(first == [0x6a, 0], !pushes_error || vector == 0, "vector {vector}");
        }
    }
}
