//! What happens to the running process without its asking.

use lv6_abi::errno::EAGAIN;

use crate::proc::switch_to;
use crate::state::Kernel;

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
