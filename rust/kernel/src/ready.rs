//! The ready list: a ring through the process table of exactly the runnable and running processes.
//!
//! The ring always contains the current process, so it needs no anchor and is never empty.

use crate::state::Kernel;

/// Inserts `pid` before the current process: at the ring's tail, seen from there.
pub fn ready_add(k: &mut Kernel, pid: u64) {
    let next = k.current;
    let prev = k.procs[next as usize].ready_prev;
    k.procs[prev as usize].ready_next = pid;
    k.procs[next as usize].ready_prev = pid;
    k.procs[pid as usize].ready_prev = prev;
    k.procs[pid as usize].ready_next = next;
}

/// Takes `pid` out of the ring.
pub fn ready_del(k: &mut Kernel, pid: u64) {
    let prev = k.procs[pid as usize].ready_prev;
    let next = k.procs[pid as usize].ready_next;
    k.procs[prev as usize].ready_next = next;
    k.procs[next as usize].ready_prev = prev;
    k.procs[pid as usize].ready_prev = 0;
    k.procs[pid as usize].ready_next = 0;
}
