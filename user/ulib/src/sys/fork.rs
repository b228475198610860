//! Fork: a copy of this process, made by this process.
//!
//! The kernel copies registers only; the parent builds the child's address space page by page. The child starts with
//! the registers of the moment of the call, but with memory as it is when the parent copies it, a little later. So
//! neither the stack above the call nor anything else that the child relies on may change in between: the parent copies
//! inside the very function that calls, allocates nothing and prints nothing, and the child leaves that function first.

use lv6_abi::layout::{
    DEVICE_FRAME, DEVICE_FRAMES, FILE_FRAME, FILE_FRAMES, PAGE_DESC_FRAME, PAGE_DESC_FRAMES, PROC_FRAME, PROC_FRAMES,
};
use lv6_abi::pte::PTE_PERM_MASK;
use lv6_abi::startup::{ARCHIVE, SELF_MAP_INDEX};
use lv6_abi::syscall::SYS_CLONE;

use super::entry::TableCall;
use super::tables::{base, entry, page_of_frame, proc};
use super::{archive, call};
use crate::errno::Errno;
use crate::memory::{AllocCall, TABLE, find_free_pages, is_free, with_free_page};
use crate::paging::{address, frame_of, index, span};
use crate::process::{bury, find_free_pid, forget_children, getpid, is_used, note_child, pids, set_name_words};

/// Clones this process with the given pid and pages, then builds the child in `finish`. Returns 0 in the child, and
/// what `finish` returned in the parent.
///
/// # Safety
///
/// `finish` must change nothing that the child relies on.
#[unsafe(naked)]
unsafe extern "sysv64" fn clone_and_build(pid: u64, pml4: u64, stack: u64, hvm: u64, keep_archive: u64) -> u64 {
    // Both sides come back from the call with equal registers; the child is the one on another root table. It goes
    // straight back to the caller, whose stack is as it was, since `finish` only uses stack below this function's.
    core::arch::naked_asm!(
        "push rbx",
        "push rbp",
        "push r12",
        "mov rbx, rdi",
        "mov rbp, r8",
        "mov r12, cr3",
        "mov eax, {clone}",
        "vmmcall",
        "mov rcx, cr3",
        "cmp rcx, r12",
        "jne 2f",
        "mov rdi, rbx",
        "mov rsi, rax",
        "mov rdx, rbp",
        "call {finish}",
        "2:",
        "pop r12",
        "pop rbp",
        "pop rbx",
        "ret",
        clone = const SYS_CLONE,
        finish = sym finish,
    )
}

/// The parent's half: gives the child its memory and makes it runnable, or buries it. Returns the child's pid or a
/// negated error number.
extern "sysv64" fn finish(pid: u64, clone_result: u64, keep_archive: u64) -> u64 {
    let build = || -> Result<u64, Errno> {
        Errno::check(clone_result)?;
        copy_all(pid, keep_archive != 0).and_then(|()| call::set_runnable(pid)).inspect_err(|_| {
            // The child has not run; nobody but us can know of it.
            let _ = call::kill(pid);
            let _ = bury(pid);
        })?;
        Ok(pid)
    };
    Errno::pack(build())
}

/// Gives an embryo copies of all open files and all memory of this process.
fn copy_all(pid: u64, keep_archive: bool) -> Result<(), Errno> {
    let files = proc(getpid()).ofile;
    for fd in (0..files.len()).filter(|fd| files[*fd] != 0) {
        call::dup(fd as u64, pid, fd as u64)?;
    }
    let root = proc(pid).page_table_root;
    for slot in 0..512 {
        if slot == SELF_MAP_INDEX {
            copy_self_map(pid)?;
        } else if keep_archive || slot != index(ARCHIVE, 4) {
            copy_below(pid, root, address([slot, 0, 0, 0]), 4)?;
        }
    }
    Ok(())
}

/// Gives the embryo a self map if this process has one.
fn copy_self_map(pid: u64) -> Result<(), Errno> {
    match entry(address([SELF_MAP_INDEX, 0, 0, 0]), 4) {
        Some(found) => call::map_pml4(pid, SELF_MAP_INDEX, found & PTE_PERM_MASK),
        None => Ok(()),
    }
}

/// Copies what this process's entry of the given level maps for `va` to the embryo, whose table of that level is
/// `table`.
fn copy_below(pid: u64, table: u64, va: u64, level: u32) -> Result<(), Errno> {
    let Some(found) = entry(va, level) else { return Ok(()) };
    let slot = index(va, level);
    if level == 1 {
        return copy_leaf(pid, table, slot, found);
    }
    let alloc: AllocCall = match level {
        4 => call::alloc_pdpt,
        3 => call::alloc_pd,
        _ => call::alloc_pt,
    };
    let copy = with_free_page(|pn| alloc(pid, table, slot, pn, TABLE))?;
    (0..512).try_for_each(|i| copy_below(pid, copy, va + i * span(level - 1), level - 1))
}

/// The kernel's tables: where they start, their length in frames, and the call that maps a page of theirs.
const KERNEL_TABLES: [(u64, u64, TableCall); 4] = [
    (PAGE_DESC_FRAME, PAGE_DESC_FRAMES, call::map_page_desc),
    (PROC_FRAME, PROC_FRAMES, call::map_proc),
    (FILE_FRAME, FILE_FRAMES, call::map_file),
    (DEVICE_FRAME, DEVICE_FRAMES, call::map_dev),
];

/// Copies one page: a kernel table is mapped again, memory is copied. What else there may be, registers and memory of
/// devices, stays with this process alone: the child faults if it goes there.
fn copy_leaf(pid: u64, pt: u64, slot: u64, found: u64) -> Result<(), Errno> {
    let perm = found & PTE_PERM_MASK;
    if let Some(from) = page_of_frame(frame_of(found)) {
        let to = with_free_page(|pn| call::alloc_frame(pid, pt, slot, pn, perm))?;
        // SAFETY: the page copied to belongs to the embryo.
        return unsafe { call::copy_frame(from, pid, to) };
    }
    let from_base = frame_of(found).wrapping_sub(base());
    for (first, len, map) in KERNEL_TABLES {
        let n = from_base.wrapping_sub(first);
        if n < len {
            return map(pid, pt, slot, n, perm);
        }
    }
    Ok(())
}

/// Makes a copy of this process, with all its open files but without its ports, interrupts and devices, and without
/// its archive of programs unless asked. Returns 0 in the child and the child's pid in the parent.
///
/// Fails with ENOMEM if there is no process slot or not enough pages; then nothing is left of the attempt.
pub fn fork(keep_archive: bool) -> Result<u64, Errno> {
    let name = proc(getpid()).name;
    loop {
        let pid = find_free_pid()?;
        let pages @ [pml4, stack, hvm] = find_free_pages()?;
        // SAFETY: `finish` allocates nothing, prints nothing, and changes no variable that outlives it but those of the
        // child's slot, which the child does not look at.
        let result = unsafe { clone_and_build(pid, pml4, stack, hvm, u64::from(keep_archive)) };
        match Errno::check(result) {
            Ok(0) => {
                set_name_words(name);
                forget_children();
                if !keep_archive {
                    archive::forget();
                }
                return Ok(0);
            }
            // Someone else was faster.
            Err(_) if is_used(pid) || pages.iter().any(|&pn| !is_free(pn)) => {}
            result => return result.inspect(|&pid| note_child(pid)),
        }
    }
}

/// Makes a child that has nothing, no memory either, and never runs: it is only there to have descriptors, which its
/// parent can give it. Returns its pid, one of the last that are free.
pub fn embryo() -> Result<u64, Errno> {
    loop {
        let pid = pids().rev().find(|&pid| !is_used(pid)).ok_or(Errno::ENOMEM)?;
        let pages @ [pml4, stack, hvm] = find_free_pages()?;
        // SAFETY: the call takes free pages. It would return a second time in the child, but that cannot run: the page
        // that its root table is on maps nothing.
        let result = unsafe { call::raw(SYS_CLONE, [pid, pml4, stack, hvm, 0, 0]) };
        match Errno::check(result) {
            Ok(_) => return Ok(pid),
            // Someone else was faster.
            Err(_) if is_used(pid) || pages.iter().any(|&pn| !is_free(pn)) => {}
            Err(e) => return Err(e),
        }
    }
}
