//! What happens without the running process's asking.

use lv6_abi::errno::{EAGAIN, EINVAL};
use lv6_abi::limits::LAST_VECTOR;
use lv6_abi::syscall::*;
use lv6_exercise::Step;
use lv6_kernel::Kernel;
use lv6_kernel::state::ProcState;

use crate::support::*;
use crate::world::*;

/// Lets `step` happen: the result is `result`, and nothing happens but `effect`.
fn happens(mut m: Lent, step: Step, result: u64, effect: impl FnOnce(&mut Kernel)) {
    let mut want = copy(&m);
    effect(&mut want);
    assert_eq!(m.apply(step), result);
    assert_same(&want, &m);
    assert_eq!(m.check(), Ok(()));
}

#[test]
fn a_faulting_process_dies_and_the_next_one_runs() {
    happens(world(), Step::Fault, 0, |k| {
        let next = k.procs[INIT as usize].ready_next;
        k.procs[INIT as usize].killed = 1;
        k.procs[INIT as usize].state = ProcState::Zombie;
        unlink_process(k, INIT);
        k.procs[next as usize].state = ProcState::Running;
        k.current = next;
    });
}

#[test]
fn the_next_process_runs_when_time_is_up() {
    happens(world(), Step::Preempt, 0, |k| {
        let next = k.procs[INIT as usize].ready_next;
        k.procs[INIT as usize].state = ProcState::Runnable;
        k.procs[next as usize].state = ProcState::Running;
        k.current = next;
    });
}

#[test]
fn a_process_alone_keeps_the_processor() {
    let mut m = world();
    assert_eq!(m.call(SYS_KILL, args([RUNNABLE])), 0);
    assert_eq!(m.procs[INIT as usize].ready_next, INIT);
    happens(copy(&m), Step::Preempt, EAGAIN, |_| {});
    happens(m, Step::Fault, EAGAIN, |k| k.procs[INIT as usize].killed = 1);
}

#[test]
fn an_interrupt_is_noted() {
    let mut m = world();
    assert_eq!(m.call(SYS_ALLOC_VECTOR, args([LAST_VECTOR])), 0);
    for vector in [VECTOR, LAST_VECTOR] {
        happens(copy(&m), Step::Interrupt(vector), 0, |k| {
            k.procs[INIT as usize].intr[vector as usize / 64] |= 1 << (vector % 64);
        });
    }
    happens(m, Step::Interrupt(ZOMBIE_VECTOR), 0, |k| k.procs[ZOMBIE as usize].intr[1] |= 1);
}

#[test]
fn an_interrupt_wakes_a_sleeper() {
    let mut m = world();
    assert_eq!(m.call(SYS_SWITCH, args([RUNNABLE])), 0);
    assert_eq!(m.call(SYS_ALLOC_VECTOR, args([FREE_VECTOR])), 0);
    assert_eq!(m.call(SYS_RECV, args([INIT, pages(RUNNABLE).frame, 3])), 0);
    let proc = &mut m.procs[RUNNABLE as usize];
    (proc.ipc_from, proc.ipc_val, proc.ipc_size) = (INIT, 5, 6);
    happens(m, Step::Interrupt(FREE_VECTOR), 0, |k| {
        let proc = &mut k.procs[RUNNABLE as usize];
        proc.intr[FREE_VECTOR as usize / 64] |= 1 << (FREE_VECTOR % 64);
        (proc.ipc_from, proc.ipc_val, proc.ipc_size) = (0, FREE_VECTOR, 0);
        proc.state = ProcState::Runnable;
        link_process(k, RUNNABLE);
    });
}

#[test]
fn an_interrupt_for_no_process_changes_nothing() {
    for vector in [0, 31, FREE_VECTOR, 256, u64::MAX] {
        happens(world(), Step::Interrupt(vector), EINVAL, |_| {});
    }
}

#[test]
fn an_unknown_call_changes_nothing() {
    let mut m = world();
    let before = copy(&m);
    for nr in [0, 1, 2, 8, 9, 15, 18, 19, 31, 33, 39, 44, 45, 60, 69, 73, 80, 121, 128, u64::MAX] {
        assert_eq!(m.call(nr, [1, 2, 3, 4, 5, 6]), lv6_abi::errno::ENOSYS, "call {nr}");
    }
    assert_same(&before, &m);
}
