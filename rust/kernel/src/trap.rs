//! What happens without the running process's asking.

use lv6_abi::errno::{EAGAIN, EINVAL};

use crate::interrupt::is_vector;
use crate::proc::switch_to;
use crate::ready::ready_add;
use crate::state::{Kernel, ProcState, is_pid};

/// Gives the processor to the next process on the ready list. EAGAIN if there is no other.
fn switch_next(k: &mut Kernel) -> u64 {
    let next = k.procs[k.current as usize].ready_next;
    if next == k.current {
        return EAGAIN;
    }
    switch_to(k, next);
    0
}

/// The running process did what it must not: it dies, and the next one runs.
///
/// EAGAIN if no other process can run: then nothing is left to do, and the glue stops the machine.
pub fn fault(k: &mut Kernel) -> u64 {
    k.procs[k.current as usize].killed = 1;
    switch_next(k)
}

/// The running process has used up its time: the next one runs. EAGAIN, and no change, if there is no other.
pub fn preempt(k: &mut Kernel) -> u64 {
    switch_next(k)
}

/// Wakes the sleeping process `pid` with a message from nobody: the number `val` alone.
fn wake(k: &mut Kernel, pid: u64, val: u64) {
    k.procs[pid as usize].ipc_from = 0;
    k.procs[pid as usize].ipc_val = val;
    k.procs[pid as usize].ipc_size = 0;
    k.procs[pid as usize].state = ProcState::Runnable;
    ready_add(k, pid);
}

/// An interrupt has arrived at `vector`: its owner's record says so, and an owner that sleeps wakes up. EINVAL, and no
/// change, if no process owns the vector.
///
/// Unlike in hv6, the woken process is put on the ready list.
pub fn extintr(k: &mut Kernel, vector: u64) -> u64 {
    if !is_vector(vector) {
        return EINVAL;
    }
    let owner = k.vectors[vector as usize];
    if !is_pid(owner) {
        return EINVAL;
    }
    let word = k.procs[owner as usize].intr[(vector >> 6) as usize];
    k.procs[owner as usize].intr[(vector >> 6) as usize] = word | (1u64 << (vector & 63));
    if k.procs[owner as usize].state.is(ProcState::Sleeping) {
        wake(k, owner, vector);
    }
    0
}
