//! Things that no sane program does, for the programs that test what happens then.
//!
//! Each of them ends the process, or works on memory set aside for it, so none can break the rules of Rust for code
//! that runs afterwards: there is none.

use core::arch::asm;
use core::sync::atomic::AtomicU64;

use lv6_abi::startup::{DEMAND_OFFSET, DEMAND_SIZE};

use super::call;
use super::entry::startup;
use super::space::protect;
use crate::errno::Errno;
use crate::memory::{CONST, DATA};
use crate::process::exit;

/// Writes to an address, whatever is there. If nothing stops that, the process exits with `survived`.
pub fn store(address: u64, survived: u8) -> ! {
    // SAFETY: whatever this overwrites is not used any more, for the process only exits.
    unsafe { asm!("mov [{}], {:r}", in(reg) address, in(reg) 0u64, options(nostack)) };
    exit(survived)
}

/// Jumps to an address. If what is there can be executed and comes back, the process exits with `survived`.
pub fn jump(address: u64, survived: u8) -> ! {
    // SAFETY: whatever runs there, this program only exits afterwards.
    unsafe { asm!("call {}", in(reg) address, clobber_abi("sysv64")) };
    exit(survived)
}

/// Uses an I/O port, whoever owns it: reads or writes a byte, or two. If nothing stops that, the process exits with
/// `survived`.
pub fn use_port(port: u16, write: bool, wide: bool, survived: u8) -> ! {
    // SAFETY: if the kernel lets this happen, the port is one that this process owns, none of which touches memory.
    unsafe {
        match (write, wide) {
            (false, false) => asm!("in al, dx", in("dx") port, out("al") _, options(nostack)),
            (false, true) => asm!("in ax, dx", in("dx") port, out("ax") _, options(nostack)),
            (true, false) => asm!("out dx, al", in("dx") port, in("al") 0u8, options(nostack)),
            (true, true) => asm!("out dx, ax", in("dx") port, in("ax") 0u16, options(nostack)),
        }
    }
    exit(survived)
}

/// Allows or forbids stores to the mapped page of the memory behind [`demand_word`] that has this number.
pub fn protect_demand_page(page: u64, writable: bool) -> Result<(), Errno> {
    let perm = if writable { DATA } else { CONST };
    let at = startup().image + DEMAND_OFFSET + page * 4096 % DEMAND_SIZE;
    // SAFETY: this memory is used by nothing but through `demand_word`, where a store that is forbidden faults as one to
    // a page that is missing does.
    unsafe { protect(at, perm) }
}

/// A word of the memory that a program may map in its own page-fault handler. Using it while it is not mapped faults.
pub fn demand_word(index: u64) -> &'static AtomicU64 {
    let at = startup().image + DEMAND_OFFSET + index * 8 % DEMAND_SIZE;
    // SAFETY: nothing else uses these pages, they are never unmapped, and any bits are a valid value. While they are
    // not mapped an access faults; then the program's handler maps them, or the process ends.
    unsafe { AtomicU64::from_ptr(at as *mut u64) }
}

/// Uses more and more stack. Never returns: the stack ends.
pub fn exhaust_stack(depth: u64) -> u64 {
    let words = core::hint::black_box([depth; 64]);
    let below = if core::hint::black_box(true) { exhaust_stack(depth + 1) } else { 0 };
    below + core::hint::black_box(words)[0]
}

/// A system call: its number and its arguments.
pub type Call = (u64, [u64; 6]);

/// Makes system calls, whatever they do. `draw` is told the result of the one before and chooses the next, or the
/// status to exit with.
pub fn calls(mut draw: impl FnMut(u64) -> Result<Call, u8>) -> ! {
    let mut result = 0;
    loop {
        let (nr, args) = draw(result).unwrap_or_else(|status| exit(status));
        // SAFETY: the calls may take away this process's memory or make a child out of it; either way the process only
        // draws more numbers and makes more calls until it faults or exits, and nothing depends on the outcome.
        result = unsafe { call::raw(nr, args) };
    }
}

/// Declares the instructions that a process must not execute.
macro_rules! instructions {
    ($($name:literal => [$($code:literal),*];)*) => {
        /// Names of the instructions that [`execute`] knows.
        pub const INSTRUCTIONS: &[&str] = &[$($name),*];

        /// Executes an instruction that the kernel must not allow. If nothing stops that, the process exits with
        /// `survived`.
        pub fn execute(name: &str, survived: u8) -> ! {
            match name {
                $($name => {
                    // SAFETY: the kernel kills the process here. If it does not, the process only exits.
                    unsafe { asm!($($code),*, out("rax") _, out("rcx") _, out("rdx") _, options(nostack)) };
                })*
                _ => panic!("no such instruction: {name}"),
            }
            exit(survived)
        }
    };
}

instructions! {
    "mov to cr0 (clear WP)" => ["mov rax, cr0", "and rax, -65537", "mov cr0, rax"];
    "mov to cr0 (clear PG)" => ["mov rax, cr0", "btr rax, 31", "mov cr0, rax"];
    "lmsw" => ["mov eax, 1", "lmsw ax"];
    "clts" => ["clts"];
    "mov to cr3" => ["mov rax, cr3", "mov cr3, rax"];
    "mov to cr4 (clear PAE)" => ["mov rax, cr4", "btr rax, 5", "mov cr4, rax"];
    "mov to cr8" => ["xor eax, eax", "mov cr8, rax"];
    "mov to dr0" => ["xor eax, eax", "mov dr0, rax"];
    "mov to dr7" => ["mov eax, 1024", "mov dr7, rax"];
    "rdmsr EFER" => ["mov ecx, 0xc0000080", "rdmsr"];
    "wrmsr EFER" => ["mov ecx, 0xc0000080", "mov eax, 0", "mov edx, 0", "wrmsr"];
    "wrmsr LSTAR" => ["mov ecx, 0xc0000082", "xor eax, eax", "xor edx, edx", "wrmsr"];
    "wrmsr VM_HSAVE_PA" => ["mov ecx, 0xc0010117", "xor eax, eax", "xor edx, edx", "wrmsr"];
    "wrmsr APIC_BASE" => ["mov ecx, 0x1b", "xor eax, eax", "xor edx, edx", "wrmsr"];
    "rdmsr PAT" => ["mov ecx, 0x277", "rdmsr"];
    "hlt" => ["hlt"];
    "in" => ["mov edx, 0x3f8", "in al, dx"];
    "out" => ["mov edx, 0x3f8", "mov al, 33", "out dx, al"];
    "out (emulator exit)" => ["mov edx, 0x501", "xor eax, eax", "out dx, ax"];
    "vmrun" => ["xor eax, eax", "vmrun rax"];
    "vmload" => ["xor eax, eax", "vmload rax"];
    "vmsave" => ["xor eax, eax", "vmsave rax"];
    "stgi" => ["stgi"];
    "clgi" => ["clgi"];
    "skinit" => ["xor eax, eax", "skinit eax"];
    "invlpga" => ["xor eax, eax", "xor ecx, ecx", "invlpga rax, ecx"];
    "wbinvd" => ["wbinvd"];
    "invd" => ["invd"];
    "rdpmc" => ["xor ecx, ecx", "rdpmc"];
    "monitor" => ["lea rax, [rsp]", "xor ecx, ecx", "xor edx, edx", "monitor"];
    "mwait" => ["xor eax, eax", "xor ecx, ecx", "mwait"];
    "xsetbv" => ["xor ecx, ecx", "mov eax, 1", "xor edx, edx", "xsetbv"];
    "rsm" => ["rsm"];
    "vmcall" => ["vmcall"];
}

/// Raises a breakpoint and two interrupts, to be handled by the program.
pub fn interrupts() {
    // SAFETY: the program's handlers run and come back here; they change no register.
    unsafe { asm!("int3", "int 40", "int 41") };
}
