//! System calls on processes.

use lv6_abi::errno::{EACCES, EINVAL, ENOMEM, ESRCH, ETXTBSY};
use lv6_abi::limits::INIT_PID;

use crate::page::{alloc_page, copy_page, is_free};
use crate::ready::{ready_add, ready_del};
use crate::state::{Kernel, PageType, ProcState, is_pid};

/// Sets every field of a slot to 0 that is not a counter, a descriptor or a ready-list link. (Those are 0 already in
/// the two cases that this is for: a slot that is unused, and one that is about to be.)
pub fn blank(k: &mut Kernel, pid: u64) {
    k.procs[pid as usize].state = ProcState::Unused;
    k.procs[pid as usize].ppid = 0;
    k.procs[pid as usize].page_table_root = 0;
    k.procs[pid as usize].stack = 0;
    k.procs[pid as usize].hvm = 0;
    k.procs[pid as usize].io_bitmap_a = 0;
    k.procs[pid as usize].io_bitmap_b = 0;
    k.procs[pid as usize].killed = 0;
    k.procs[pid as usize].use_io_bitmap = 0;
    k.procs[pid as usize].ipc_from = 0;
    k.procs[pid as usize].ipc_val = 0;
    k.procs[pid as usize].ipc_page = 0;
    k.procs[pid as usize].ipc_size = 0;
    k.procs[pid as usize].ipc_fd = 0;
    k.procs[pid as usize].intr = [0; 4];
    k.procs[pid as usize].name = [0; 2];
}

/// Whether the slot `pid` is one that a new process can have.
fn is_unused(k: &Kernel, pid: u64) -> bool {
    is_pid(pid) && k.procs[pid as usize].state.is(ProcState::Unused)
}

/// Makes the slot `pid` an embryo child of the caller, with the caller's registers and an empty address space.
///
/// In order: `pid` invalid or in use ENOMEM; `pml4`, `stack`, `hvm` not a free page ENOMEM; two of them the same
/// EINVAL. The glue saves the caller's registers beforehand, with a result of 0, so parent and child both return 0.
/// A flush is requested: translations of the slot's former holder may still be cached.
pub fn sys_clone(k: &mut Kernel, pid: u64, pml4: u64, stack: u64, hvm: u64) -> u64 {
    if !is_unused(k, pid) {
        return ENOMEM;
    }
    if !is_free(k, pml4) {
        return ENOMEM;
    }
    if !is_free(k, stack) {
        return ENOMEM;
    }
    if !is_free(k, hvm) {
        return ENOMEM;
    }
    if pml4 == stack || pml4 == hvm || stack == hvm {
        return EINVAL;
    }
    let parent = k.current;
    blank(k, pid);
    alloc_page(k, pid, PageType::X86Pml4, pml4);
    alloc_page(k, pid, PageType::ProcData, stack);
    alloc_page(k, pid, PageType::ProcData, hvm);
    copy_page(k, k.procs[parent as usize].stack, stack);
    copy_page(k, k.procs[parent as usize].hvm, hvm);
    k.procs[pid as usize].page_table_root = pml4;
    k.procs[pid as usize].stack = stack;
    k.procs[pid as usize].hvm = hvm;
    k.procs[pid as usize].ppid = parent;
    k.procs[pid as usize].state = ProcState::Embryo;
    k.procs[parent as usize].nr_children += 1;
    k.requests.flush_tlb[pid as usize] = 1;
    0
}

/// Names the caller, for people who read the process table. Always succeeds.
pub fn sys_set_proc_name(k: &mut Kernel, name0: u64, name1: u64) -> u64 {
    k.procs[k.current as usize].name[0] = name0;
    k.procs[k.current as usize].name[1] = name1;
    0
}

/// Puts the caller's embryo child `pid` on the ready list.
///
/// In order: `pid` invalid ESRCH; not the caller's child EACCES; not an embryo EINVAL.
pub fn sys_set_runnable(k: &mut Kernel, pid: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if k.procs[pid as usize].ppid != k.current {
        return EACCES;
    }
    if !k.procs[pid as usize].state.is(ProcState::Embryo) {
        return EINVAL;
    }
    k.procs[pid as usize].state = ProcState::Runnable;
    ready_add(k, pid);
    0
}

/// Takes the processor from the current process: it dies if it was killed, and is runnable otherwise.
pub fn leave(k: &mut Kernel) {
    let pid = k.current;
    if k.procs[pid as usize].killed != 0 {
        k.procs[pid as usize].state = ProcState::Zombie;
        ready_del(k, pid);
    } else {
        k.procs[pid as usize].state = ProcState::Runnable;
    }
}

/// Gives the processor to `pid`, which must be runnable.
pub fn switch_to(k: &mut Kernel, pid: u64) {
    leave(k);
    k.procs[pid as usize].state = ProcState::Running;
    k.current = pid;
}

/// Gives the processor to the runnable process `pid`.
///
/// In order: `pid` invalid ESRCH; not runnable EINVAL (so a process cannot switch to itself).
pub fn sys_switch(k: &mut Kernel, pid: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if !k.procs[pid as usize].state.is(ProcState::Runnable) {
        return EINVAL;
    }
    switch_to(k, pid);
    0
}

/// Whether the current process may kill `pid`, which must be valid: it is itself, its parent, or init.
fn may_kill(k: &Kernel, pid: u64) -> bool {
    pid == k.current || k.procs[pid as usize].ppid == k.current || k.current == INIT_PID
}

/// Kills `pid`: at once if it does not run, otherwise when it next gives the processor up.
///
/// In order: `pid` invalid ESRCH; unused or a zombie EINVAL; the caller neither `pid`, nor its parent, nor init EACCES.
pub fn sys_kill(k: &mut Kernel, pid: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    let state = k.procs[pid as usize].state;
    if state.is(ProcState::Unused) || state.is(ProcState::Zombie) {
        return EINVAL;
    }
    if !may_kill(k, pid) {
        return EACCES;
    }
    k.procs[pid as usize].killed = 1;
    if state.is(ProcState::Running) {
        return 0;
    }
    k.procs[pid as usize].state = ProcState::Zombie;
    if state.is(ProcState::Runnable) {
        ready_del(k, pid);
    }
    0
}

/// Whether `pid` owns nothing any more.
fn owns_nothing(k: &Kernel, pid: u64) -> bool {
    k.procs[pid as usize].nr_devs == 0
        && k.procs[pid as usize].nr_children == 0
        && k.procs[pid as usize].nr_fds == 0
        && k.procs[pid as usize].nr_pages == 0
        && k.procs[pid as usize].nr_dmapages == 0
        && k.procs[pid as usize].nr_ports == 0
        && k.procs[pid as usize].nr_vectors == 0
        && k.procs[pid as usize].nr_intremaps == 0
}

/// Frees the slot of the caller's zombie child `pid`.
///
/// In order: `pid` invalid ESRCH; not the caller's child EACCES; not a zombie EINVAL; still owns something ETXTBSY.
pub fn sys_reap(k: &mut Kernel, pid: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if k.procs[pid as usize].ppid != k.current {
        return EACCES;
    }
    if !k.procs[pid as usize].state.is(ProcState::Zombie) {
        return EINVAL;
    }
    if !owns_nothing(k, pid) {
        return ETXTBSY;
    }
    let parent = k.current;
    k.procs[parent as usize].nr_children -= 1;
    blank(k, pid);
    0
}

/// Whether init can adopt: it is runnable or running.
fn init_is_ready(k: &Kernel) -> bool {
    k.procs[INIT_PID as usize].state.is(ProcState::Runnable) || k.procs[INIT_PID as usize].state.is(ProcState::Running)
}

/// Makes init the parent of `pid`, whose parent is a zombie. Any process may call it.
///
/// In order: `pid` invalid ESRCH; its parent not a zombie EINVAL; init neither runnable nor running EINVAL.
pub fn sys_reparent(k: &mut Kernel, pid: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    let parent = k.procs[pid as usize].ppid;
    if !k.procs[parent as usize].state.is(ProcState::Zombie) {
        return EINVAL;
    }
    if !init_is_ready(k) {
        return EINVAL;
    }
    k.procs[parent as usize].nr_children -= 1;
    k.procs[INIT_PID as usize].nr_children += 1;
    k.procs[pid as usize].ppid = INIT_PID;
    0
}
