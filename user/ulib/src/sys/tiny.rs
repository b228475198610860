//! Processes as small as they can be: a root table, the two pages that the kernel keeps, one page of code and the tables
//! that lead to it. They have no stack, no handlers and nothing to say but their name.
//!
//! For attacks of which each ends its process, and which are to be tried a hundred thousand times: such a process costs
//! its parent some twenty calls, and a fork as many thousand.

use lv6_abi::syscall::{SYS_CLONE, SYS_SET_PROC_NAME};

use super::call;
use super::tables::{entry, page_of_frame};
use crate::errno::Errno;
use crate::memory::{CODE, TABLE};
use crate::paging::{frame_of, index};

/// How many pages such a process has.
pub const PAGES: usize = 7;

/// The first word of the name of a process that was not stopped when it used a port: the rest of its life.
pub const SURVIVED: u64 = u64::from_le_bytes(*b"survived");

/// What the code that the child executes is aligned to, and longer than it is: so it lies in one page.
const ALIGN: u64 = 128;

/// Clones this process. The child has the same registers, so it goes on here: it uses the port, with a byte of 0 if it is
/// to write. If it lives on, it says so by its name and halts, for which the kernel kills it.
///
/// # Safety
///
/// The pid must be unused and the pages free, so that nothing of this process changes.
#[unsafe(naked)]
unsafe extern "sysv64" fn clone_to_use_port(pid: u64, pml4: u64, stack: u64, hvm: u64, port: u64, write: u64) -> u64 {
    core::arch::naked_asm!(
        ".balign {align}",
        "mov r10, cr3",
        "mov eax, {clone}",
        "vmmcall",
        // Both come back from the call; the child is the one on another root table.
        "mov r11, cr3",
        "cmp r11, r10",
        "jne 2f",
        "ret",
        "2:",
        "mov edx, r8d",
        "test r9d, r9d",
        "jnz 3f",
        "in al, dx",
        "jmp 4f",
        "3:",
        "out dx, al",
        "4:",
        "mov rdi, {survived}",
        "xor esi, esi",
        "mov eax, {name}",
        "vmmcall",
        "hlt",
        ".balign {align}, 0xf4",
        align = const ALIGN,
        clone = const SYS_CLONE,
        survived = const SURVIVED,
        name = const SYS_SET_PROC_NAME,
    )
}

/// Where the child's code starts.
fn code() -> u64 {
    (clone_to_use_port as *const () as u64).next_multiple_of(ALIGN)
}

/// Makes a process of the given free pages that reads a byte from a port, or writes one. It runs when it is given the
/// processor, and after it this process.
///
/// If this fails, the pid may be that of an embryo with some of the pages.
pub fn use_port(pid: u64, pages: [u64; PAGES], port: u16, write: bool) -> Result<(), Errno> {
    let [pml4, stack, hvm, pdpt, pd, pt, frame] = pages;
    let va = code();
    let source = entry(va, 1).and_then(|e| page_of_frame(frame_of(e))).ok_or(Errno::EINVAL)?;
    // SAFETY: the call takes free pages and an unused pid, or fails. It returns a second time in the child, which never
    // leaves the function.
    Errno::check(unsafe { clone_to_use_port(pid, pml4, stack, hvm, port.into(), write.into()) })?;
    call::alloc_pdpt(pid, pml4, index(va, 4), pdpt, TABLE)?;
    call::alloc_pd(pid, pdpt, index(va, 3), pd, TABLE)?;
    call::alloc_pt(pid, pd, index(va, 2), pt, TABLE)?;
    call::alloc_frame(pid, pt, index(va, 1), frame, CODE)?;
    // SAFETY: the page copied to belongs to the embryo.
    unsafe { call::copy_frame(source, pid, frame)? };
    call::set_runnable(pid)
}
