//! The kernel's two rings, as its exported tables show them: processes that can run, and free pages.

use lv6_abi::limits::{NPAGE, NPROC};
use lv6_kernel::state::ProcState;

use crate::memory::is_free;
use crate::process::{getpid, pids};
use crate::sys::tables::{page_desc, proc};

/// Walks a ring from the element after `start` until it comes back there; at most `most` steps, for a ring that is
/// broken.
pub fn walk(start: u64, most: usize, next: impl Fn(u64) -> u64) -> impl Iterator<Item = u64> {
    let step = move |&at: &u64| Some(next(at));
    core::iter::successors(Some(start), step).skip(1).take(most).take_while(move |&at| at != start)
}

/// The processes on the ready list, this one first.
pub fn ready_ring() -> impl Iterator<Item = u64> {
    let me = getpid();
    core::iter::once(me).chain(walk(me, NPROC, |pid| proc(pid % NPROC as u64).ready_next))
}

/// The processes that can run, or do.
pub fn ready_processes() -> impl Iterator<Item = u64> {
    pids().filter(|&pid| {
        let state = proc(pid).state;
        state.is(ProcState::Runnable) || state.is(ProcState::Running)
    })
}

/// The pages on the free list.
pub fn free_ring() -> impl Iterator<Item = u64> {
    walk(0, NPAGE, |pn| page_desc(pn % NPAGE as u64).free_next)
}

/// The pages that are free.
pub fn free_pages() -> impl Iterator<Item = u64> {
    (0..NPAGE as u64).filter(|&pn| is_free(pn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    #[test]
    fn walk_goes_round_once() {
        assert_eq!(walk(0, 9, |at| (at + 1) % 4).collect::<Vec<_>>(), vec![1, 2, 3]);
        assert_eq!(walk(5, 9, |_| 5).count(), 0);
    }

    #[test]
    fn walk_does_not_get_lost_in_a_broken_ring() {
        assert_eq!(walk(0, 9, |_| 1).count(), 9);
    }
}
