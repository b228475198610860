//! The two rings: the ready list and the free pages.

use lv6_abi::limits::NPAGE;

use super::Set;
use crate::state::{Kernel, PageDesc, PageType, ProcState, is_pid, is_pn};

fn on_ready_list(k: &Kernel, pid: u64) -> bool {
    let state = k.procs[pid as usize].state;
    state.is(ProcState::Runnable) || state.is(ProcState::Running)
}

/// The ready list is one ring of exactly the runnable and running processes.
pub(super) fn ready_ring(k: &Kernel) -> bool {
    let mut seen = Set::<1>::new();
    let mut pid = k.current;
    loop {
        let next = k.procs[pid as usize].ready_next;
        if !seen.insert(pid) || !is_pid(next) || k.procs[next as usize].ready_prev != pid {
            return false;
        }
        pid = next;
        if pid == k.current {
            break;
        }
    }
    (0..64).all(|pid| seen.contains(pid) == on_ready_list(k, pid))
}

/// All other processes have no links.
pub(super) fn ready_off(k: &Kernel) -> bool {
    k.procs
        .iter()
        .zip(0u64..)
        .all(|(proc, pid)| on_ready_list(k, pid) || (proc.ready_prev == 0 && proc.ready_next == 0))
}

/// The current process and its two neighbours on the ready list name each other and are on it.
pub(super) fn ready_near(k: &Kernel) -> bool {
    let (prev, next) = (k.procs[k.current as usize].ready_prev, k.procs[k.current as usize].ready_next);
    is_pid(prev)
        && is_pid(next)
        && k.procs[prev as usize].ready_next == k.current
        && k.procs[next as usize].ready_prev == k.current
        && on_ready_list(k, prev)
        && on_ready_list(k, next)
}

fn on_free_list(desc: &PageDesc) -> bool {
    desc.kind.is(PageType::Free) || desc.kind.is(PageType::Reserved)
}

/// The free pages and page 0 are one ring.
pub(super) fn free_ring(k: &Kernel) -> bool {
    let mut seen = Set::<{ NPAGE / 64 }>::new();
    let mut pn = 0;
    loop {
        let next = k.page_desc[pn as usize].free_next;
        if !seen.insert(pn) || !is_pn(next) || k.page_desc[next as usize].free_prev != pn {
            return false;
        }
        pn = next;
        if pn == 0 {
            break;
        }
    }
    k.page_desc.iter().zip(0u64..).all(|(desc, pn)| seen.contains(pn) == on_free_list(desc))
}

/// All other pages have no links.
pub(super) fn free_off(k: &Kernel) -> bool {
    k.page_desc.iter().all(|desc| on_free_list(desc) || (desc.free_prev == 0 && desc.free_next == 0))
}

/// Page 0 and its two neighbours on the free list name each other and are on it.
pub(super) fn free_near(k: &Kernel) -> bool {
    let (prev, next) = (k.page_desc[0].free_prev, k.page_desc[0].free_next);
    is_pn(prev)
        && is_pn(next)
        && k.page_desc[prev as usize].free_next == 0
        && k.page_desc[next as usize].free_prev == 0
        && on_free_list(&k.page_desc[prev as usize])
        && on_free_list(&k.page_desc[next as usize])
}
