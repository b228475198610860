//! What a program does that wants to harm the kernel: instructions that a process must not execute, stores to what it
//! must not change, and tables for the processor that make no sense.
//!
//! Each of them is the last thing that its process does. If nothing stops it, the process exits with [`SURVIVED`].

use core::arch::asm;

use super::call;
use super::space;
use super::tables::{entry, page_of_frame};
use super::trap;
use crate::errno::Errno;
use crate::paging::{frame_of, index};
use crate::process::exit;

/// Status of a process whose attack nothing has stopped.
pub const SURVIVED: u8 = 77;

/// Fills the operands that an attack does not have with 0.
fn padded<const N: usize>(operands: [u64; N]) -> [u64; 3] {
    let mut all = [0; 3];
    all[..N].copy_from_slice(&operands);
    all
}

/// Declares attacks: functions that put their arguments into `rax`, `rcx` and `rdx` and execute the instructions.
macro_rules! attacks {
    ($($(#[$doc:meta])* fn $name:ident($($operand:ident),*) = [$($code:literal),*];)*) => {$(
        $(#[$doc])*
        pub fn $name($($operand: u64),*) -> ! {
            let [a, c, d] = padded([$($operand),*]);
            // SAFETY: the kernel or the processor ends the process here. If neither does, it only exits.
            unsafe {
                asm!($($code),*, inlateout("rax") a => _, inlateout("rcx") c => _, inlateout("rdx") d => _,
                    out("rdi") _, out("rsi") _)
            };
            exit(SURVIVED)
        }
    )*};
}

attacks! {
    /// Flips bits of CR0.
    fn flip_cr0(bits) = ["mov rdi, cr0", "xor rdi, rax", "mov cr0, rdi"];
    /// Clears write protection, then writes to an address.
    fn unprotect_and_store(address) = ["mov rdi, cr0", "btr rdi, 16", "mov cr0, rdi", "mov [rax], rcx"];
    /// Loads the low half of CR0.
    fn lmsw(word) = ["lmsw ax"];
    /// Clears the flag that tasks were switched.
    fn clts() = ["clts"];
    /// Changes CR3.
    fn set_cr3(root) = ["mov cr3, rax"];
    /// Changes a control register that does not exist.
    fn set_cr5(value) = [".byte 0x0f, 0x22, 0xe8"];
    /// Flips bits of CR4.
    fn flip_cr4(bits) = ["mov rdi, cr4", "xor rdi, rax", "mov cr4, rdi"];
    /// Changes CR8.
    fn set_cr8(level) = ["mov cr8, rax"];
    /// Reads CR8.
    fn read_cr8() = ["mov rax, cr8"];
    /// Sets a hardware breakpoint on an address.
    fn set_dr0(address) = ["mov dr0, rax"];
    /// Switches hardware breakpoints on.
    fn set_dr7(bits) = ["mov dr7, rax"];
    /// Reads a debug register.
    fn read_dr6() = ["mov rax, dr6"];
    /// Reads a model-specific register.
    fn read_msr(unused, number) = ["rdmsr"];
    /// Writes a model-specific register.
    fn write_msr(low, number, high) = ["wrmsr"];
    /// Changes an extended control register.
    fn xsetbv(low, number) = ["xsetbv"];
    /// Runs a virtual machine.
    fn vmrun(block) = ["vmrun rax"];
    /// Loads state from a control block.
    fn vmload(block) = ["vmload rax"];
    /// Saves state to a control block.
    fn vmsave(block) = ["vmsave rax"];
    /// Sets the global interrupt flag.
    fn stgi() = ["stgi"];
    /// Clears the global interrupt flag.
    fn clgi() = ["clgi"];
    /// Starts a secure loader.
    fn skinit(block) = ["skinit eax"];
    /// Drops a translation of another address space.
    fn invlpga(address, space) = ["invlpga rax, ecx"];
    /// Intel's call instruction.
    fn vmcall() = ["vmcall"];
    /// Stops the processor, with interrupts off.
    fn halt() = ["cli", "hlt"];
    /// Drops the caches without writing them back.
    fn invd() = ["invd"];
    /// Writes the caches back.
    fn wbinvd() = ["wbinvd"];
    /// Reads a performance counter.
    fn rdpmc() = ["rdpmc"];
    /// Waits for a store to its own stack.
    fn monitor() = ["lea rax, [rsp]", "monitor"];
    /// Sleeps until then.
    fn mwait() = ["mwait"];
    /// Returns from system-management mode.
    fn rsm() = ["rsm"];
    /// Intel's fast system call.
    fn sysenter() = ["sysenter"];
    /// The return from it.
    fn sysexit() = ["sysexit"];
    /// AMD's fast system call.
    fn syscall() = ["syscall"];
    /// The return from it.
    fn sysret() = ["sysretq"];
    /// Returns to the task that this one is nested in.
    fn return_from_task() = ["pushfq", "or qword ptr [rsp], 0x4000", "popfq", "iretq"];

    /// Intel's virtual machines: switches them on.
    fn vmxon() = ["sub rsp, 16", "vmxon [rsp]"];
    /// Intel's virtual machines: chooses one.
    fn vmptrld() = ["sub rsp, 16", "vmptrld [rsp]"];
    /// Intel's virtual machines: starts one.
    fn vmlaunch() = ["vmlaunch"];
    /// Intel's virtual machines: goes on with one.
    fn vmresume() = ["vmresume"];
    /// Intel's secure loader.
    fn getsec() = ["getsec"];
    /// Intel's enclaves.
    fn encls() = ["encls"];
    /// Intel's memory encryption.
    fn pconfig() = ["pconfig"];
    /// Drops translations of address spaces.
    fn invpcid() = ["sub rsp, 16", "mov qword ptr [rsp], 0", "mov qword ptr [rsp + 8], 0", "invpcid rax, [rsp]"];
    /// Drops translations on all processors.
    fn invlpgb() = ["invlpgb"];
    /// Waits until that is done.
    fn tlbsync() = ["tlbsync"];
    /// Waits for stores to be kept.
    fn mcommit() = [".byte 0xf3, 0x0f, 0x01, 0xfa"];
    /// Reads a register of the processor's speed.
    fn rdpru() = ["rdpru"];
    /// Writes the caches back and keeps them.
    fn wbnoinvd() = ["wbnoinvd"];
    /// Changes who owns a page of memory, where the processor keeps account of it.
    fn rmpupdate() = [".byte 0xf2, 0x0f, 0x01, 0xfe"];
    /// Splits a page in that account.
    fn psmash() = [".byte 0xf3, 0x0f, 0x01, 0xff"];
    /// Accepts a page in that account.
    fn pvalidate() = [".byte 0xf2, 0x0f, 0x01, 0xff"];
    /// Waits for a store, as AMD's processors do it for programs.
    fn monitorx() = ["lea rax, [rsp]", "monitorx"];
    /// Sleeps until then.
    fn mwaitx() = ["mwaitx"];
    /// Loads state that only the kernel may.
    fn xrstors() = ["sub rsp, 1024", "and rsp, -64", "xrstors64 [rsp]"];

    /// Reads a byte from a port.
    fn in_byte(unused, unused2, port) = ["in al, dx"];
    /// Writes a byte to a port.
    fn out_byte(byte, unused, port) = ["out dx, al"];
    /// Reads four bytes from ports that follow each other.
    fn in_four(unused, unused2, port) = ["in eax, dx"];
    /// Writes four bytes to ports that follow each other.
    fn out_four(bytes, unused, port) = ["out dx, eax"];
    /// Reads bytes from a port to memory.
    fn in_string(address, count, port) = ["mov rdi, rax", "rep insb"];
    /// Writes bytes from memory to a port.
    fn out_string(address, count, port) = ["mov rsi, rax", "rep outsb"];

    /// Reads from an address.
    fn load(address) = ["mov rcx, [rax]"];
    /// Writes to an address.
    fn store(address) = ["mov [rax], rcx"];
    /// Changes memory in one step.
    fn exchange(address) = ["xchg [rax], rcx"];
    /// Sets a bit in memory.
    fn set_bit(address) = ["lock bts qword ptr [rax], 1"];
    /// Changes sixteen bytes in one step.
    fn exchange_sixteen(address) = ["push rbx", "mov rdi, rax", "xor ebx, ebx", "lock cmpxchg16b [rdi]", "pop rbx"];
    /// Fills memory.
    fn fill(address, count) = ["mov rdi, rax", "rep stosb"];
    /// Has the processor write a descriptor.
    fn store_descriptor(address) = ["sidt [rax]"];
    /// Has the processor write its floating-point state.
    fn store_floating_point(address) = ["fxsave64 [rax]"];
    /// Uses memory as the stack.
    fn push_to(stack) = ["mov rsp, rax", "push rcx", "ud2"];
    /// Takes a breakpoint with memory as the stack.
    fn trap_on(stack) = ["mov rsp, rax", "int3", "ud2"];
    /// Jumps.
    fn jump(address) = ["jmp rax"];
    /// Returns to an address.
    fn return_to(address) = ["push rax", "ret"];
    /// Goes to another privilege level, by the selectors of code and stack.
    fn interrupt_return(code, stack, address) = ["push rcx", "push rsp", "pushfq", "push rax", "push rdx", "iretq"];
    /// Sets the base of GS and reads there.
    fn set_gs_base(address) = ["wrgsbase rax", "mov rcx, gs:[0]"];

    /// Changes the interrupt table, then has an exception.
    fn interrupt_table(base, limit) = ["sub rsp, 16", "mov [rsp], cx", "mov [rsp + 2], rax", "lidt [rsp]", "ud2"];
    /// Changes the segment table, then loads a segment from it and has an exception.
    fn segment_table(base, limit) =
        ["sub rsp, 16", "mov [rsp], cx", "mov [rsp + 2], rax", "lgdt [rsp]", "mov ecx, 16", "mov ss, ecx", "ud2"];
    /// Changes the segment table, then has an exception, whose handler has a segment.
    fn segment_table_of_handlers(base, limit) =
        ["sub rsp, 16", "mov [rsp], cx", "mov [rsp + 2], rax", "lgdt [rsp]", "int3"];
    /// Changes the table of local segments.
    fn local_table(selector) = ["lldt ax"];
    /// Changes the task register.
    fn task(selector) = ["ltr ax"];
    /// Calls through a segment that is no code: a task, or nothing.
    fn far_call(selector) = ["sub rsp, 16", "mov dword ptr [rsp], 0", "mov [rsp + 4], ax", "call fword ptr [rsp]"];
}

/// Writes nonsense to the interrupt table and the segment table of this program, wherever the processor says they are, then
/// has an exception.
pub fn spoil_own_tables(word: u64) -> ! {
    // SAFETY: no handler of this program finds its way any more, so nothing runs after the exception.
    unsafe {
        asm!(
            "sub rsp, 16",
            "sidt [rsp]",
            "mov rdi, [rsp + 2]",
            "mov ecx, 512",
            "rep stosq",
            "sgdt [rsp]",
            "mov rdi, [rsp + 2]",
            "mov ecx, 5",
            "rep stosq",
            "ud2",
            in("rax") word,
            options(noreturn),
        )
    }
}

/// Writes nonsense to the task state of this program, then has a double fault, which needs it.
pub fn spoil_own_task(word: u64) -> ! {
    let (task, words) = trap::task().expect("the program has a task state");
    // SAFETY: the next exception finds no stack, so nothing runs after it.
    unsafe {
        asm!(
            "rep stosq",
            "xor esp, esp",
            "push rax",
            "ud2",
            in("rax") word,
            in("rdi") task,
            in("rcx") words,
            options(noreturn),
        )
    }
}

/// Gives away memory that the handlers of this program need, then has an exception.
pub fn lose_handlers() -> ! {
    // SAFETY: all code of this program that uses the page runs for the exception below, and has another one there.
    unsafe {
        space::unmap(trap::handlers()).expect("it is mapped");
        asm!("ud2", options(noreturn))
    }
}

/// Where the interrupt table of this program lies.
pub fn own_interrupt_table() -> u64 {
    x86_64::instructions::tables::sidt().base.as_u64()
}

/// What happens to a page whose translation the processor has just used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It is freed.
    Freed,
    /// It becomes read-only.
    Protected,
    /// It is freed, and then a page table of this process.
    Reused,
}

/// Maps a page, uses it, loses it, and writes to it by the translation that the processor may still remember.
pub fn use_stale_translation(va: u64, loss: Loss) -> Result<(), Errno> {
    use crate::memory::{CONST, DATA, TABLE, map_zeroed, page_table};
    map_zeroed(va, DATA)?;
    let page = entry(va, 1).and_then(|e| page_of_frame(frame_of(e))).ok_or(Errno::EINVAL)?;
    let pd = entry(va, 3).and_then(|e| page_of_frame(frame_of(e))).ok_or(Errno::EINVAL)?;
    let pt = page_table(va)?;
    // SAFETY: nothing else uses the page, which was just mapped; what this gives away is used only by the store below,
    // after which the process ends.
    unsafe {
        (va as *mut u64).write_volatile(1);
        match loss {
            Loss::Protected => space::protect(va, CONST)?,
            Loss::Freed => call::free_frame(pt, index(va, 1), page)?,
            Loss::Reused => {
                call::free_frame(pt, index(va, 1), page)?;
                call::alloc_pt(crate::process::getpid(), pd, index(va, 2) + 1, page, TABLE)?;
            }
        }
    }
    store(va)
}
