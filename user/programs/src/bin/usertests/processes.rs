//! Tests of processes: fork, wait, kill, adoption, all 63 slots.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use lv6_abi::limits::{INIT_PID, NPROC};
use lv6_abi::syscall::{SYS_REAP, SYS_REPARENT};
use lv6_kernel::state::ProcState;
use lv6_ulib::process::*;
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::call::must_fail;
use lv6_ulib::sys::fork::embryo;
use lv6_ulib::sys::regs;
use lv6_ulib::sys::tables::proc;
use lv6_ulib::{Errno, lists};

use crate::kernel_tables;
use crate::support::{in_child, release, start, start_held, yield_until, yield_until_released};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("fork_returns_twice", fork_returns_twice),
    ("status_of_a_child", status_of_a_child),
    ("wait_without_children", wait_without_children),
    ("memory_is_copied_not_shared", memory_is_copied_not_shared),
    ("many_forks", many_forks),
    ("registers_are_kept_apart", registers_are_kept_apart),
    ("registers_are_inherited", registers_are_inherited),
    ("names", names),
    ("kill_rules", kill_rules),
    ("killed_child", killed_child),
    ("reap_rules", reap_rules),
    ("orphans_go_to_init", orphans_go_to_init),
    ("panic_ends_the_process", panic_ends_the_process),
    ("all_slots", all_slots),
];

fn fork_returns_twice() {
    let parent = getpid();
    match fork(false).expect("fork") {
        0 => {
            yield_until_released(parent);
            assert_ne!(getpid(), parent);
            assert_eq!(me().ppid, parent);
            assert_eq!(name().as_str(), "usertests");
            exit(5)
        }
        child => {
            assert_eq!(getpid(), parent);
            assert!(proc(child).state.is(ProcState::Runnable));
            assert_eq!(children(), 1);
            release();
            assert_eq!(wait(), Ok((child, Ended::Exited(5))));
            assert!(!is_used(child));
        }
    }
}

fn status_of_a_child() {
    for code in [0, 1, 2, 101, 127, 128, 254, 255] {
        assert_eq!(in_child(|| code), Ended::Exited(code));
    }
}

fn wait_without_children() {
    assert_eq!(wait(), Err(Errno::ECHILD));
    assert_eq!(try_wait(), Ok(None));
}

fn memory_is_copied_not_shared() {
    static WORD: AtomicU64 = AtomicU64::new(1);
    let mut list: Vec<u64> = (0..2000).collect();
    let child = || {
        assert_eq!(WORD.swap(2, Ordering::Relaxed), 1);
        assert_eq!(list.iter().sum::<u64>(), 1999 * 1000);
        list.iter_mut().for_each(|n| *n = 0);
        3
    };
    assert_eq!(in_child(child), Ended::Exited(3));
    assert_eq!(WORD.load(Ordering::Relaxed), 1);
    assert_eq!(list.iter().sum::<u64>(), 1999 * 1000);
}

fn many_forks() {
    let free = lists::free_pages().count();
    for round in 0..100 {
        assert_eq!(in_child(|| round), Ended::Exited(round));
    }
    assert_eq!(lists::free_pages().count(), free);
}

fn registers_are_kept_apart() {
    let hold = |word: u64| {
        regs::mark(word);
        for _ in 0..10 {
            assert_eq!(regs::marks(), [word; 2]);
            yield_now();
        }
        0
    };
    let children: Vec<u64> = (1..4).map(|n| start(|| hold(n * 0x1111))).collect();
    hold(0x9999);
    for _ in children {
        assert_eq!(wait().map(|(_, ended)| ended), Ok(Ended::Exited(0)));
    }
}

fn registers_are_inherited() {
    regs::mark(0x7777);
    // No other process may have run since, so that the kernel has had no reason to look at them before.
    let ended = in_child(|| u8::from(regs::marks() != [0x7777; 2]));
    assert_eq!((ended, regs::marks()), (Ended::Exited(0), [0x7777; 2]));
}

fn names() {
    for text in ["x", "sixteen-bytes-ok"] {
        set_name(text);
        assert_eq!(name().as_str(), text);
    }
}

fn kill_rules() {
    assert_eq!(kill(0), Err(Errno::ESRCH));
    assert_eq!(kill(NPROC as u64), Err(Errno::ESRCH));
    assert_eq!(kill(u64::MAX), Err(Errno::ESRCH));
    assert_eq!(kill(INIT_PID), Err(Errno::EACCES));
    assert_eq!(kill(me().ppid), Err(Errno::EACCES));
    let unused = find_free_pid().expect("a slot is free");
    assert_eq!(kill(unused), Err(Errno::EINVAL));
    let tester = getpid();
    let child = start(|| {
        start(|| {
            yield_until_released(tester);
            0
        });
        set_name("ready");
        loop {
            yield_now();
        }
    });
    yield_until("the grandchild", || name_of(child).as_str() == "ready");
    let grandchild = pids().find(|&pid| proc(pid).ppid == child).expect("the child has a child");
    assert_eq!(kill(grandchild), Err(Errno::EACCES));
    assert_eq!(kill(child), Ok(()));
    assert_eq!(kill(child), Err(Errno::EINVAL));
    assert_eq!(wait(), Ok((child, Ended::Killed)));
    // It belongs to init now, which kills it, and may have done so already.
    assert!([INIT_PID, 0].contains(&proc(grandchild).ppid));
    assert!([Err(Errno::EACCES), Err(Errno::EINVAL)].contains(&kill(grandchild)));
    release();
    yield_until("the grandchild's burial", || !is_used(grandchild));
}

fn killed_child() {
    let child = start(|| {
        loop {
            yield_now();
        }
    });
    yield_now();
    assert_eq!(kill(child), Ok(()));
    assert!(proc(child).state.is(ProcState::Zombie));
    assert!(!lists::ready_ring().any(|pid| pid == child));
    assert_eq!(wait(), Ok((child, Ended::Killed)));
}

fn reap_rules() {
    let reap = |pid: u64| must_fail(SYS_REAP, [pid, 0, 0, 0, 0, 0]);
    let reparent = |pid: u64| must_fail(SYS_REPARENT, [pid, 0, 0, 0, 0, 0]);
    assert_eq!([reap(0), reap(64), reparent(0), reparent(64)], [Errno::ESRCH; 4]);
    assert_eq!(reap(getpid()), Errno::EACCES);
    let child = start_held(|| 0);
    assert_eq!(reap(child), Errno::EINVAL);
    assert_eq!(reparent(child), Errno::EINVAL);
    assert_eq!(kill(child), Ok(()));
    assert_eq!(reap(child), Errno::ETXTBSY);
    assert_eq!(bury(child), Ok(()));
    assert_eq!(reap(child), Errno::EACCES);
}

fn orphans_go_to_init() {
    let parent = getpid();
    let child = start(|| {
        start(|| {
            yield_until("adoption", || me().ppid == INIT_PID);
            0
        });
        0
    });
    yield_until("the child's end", || !is_alive(child));
    let orphan = pids().find(|&pid| proc(pid).ppid == child).expect("the child has a child");
    assert_eq!(wait(), Ok((child, Ended::Exited(0))));
    assert_ne!(proc(orphan).ppid, parent);
    yield_until("the orphan's burial", || !is_used(orphan));
}

fn panic_ends_the_process() {
    let ended = in_child(|| {
        set_name("expected");
        panic!("part of the test")
    });
    assert_eq!(ended, Ended::Exited(status::PANIC));
}

/// Starts children until no slot is left: some that run, and wait for a signal, and then, for want of memory, such that
/// never run.
fn all_slots() {
    /// Children that run.
    const RUNNING: usize = 24;
    let ended = in_child(|| {
        let parent = getpid();
        set_name("wait");
        let mut children = Vec::new();
        let error = loop {
            let made = if children.len() < RUNNING { fork(false) } else { embryo() };
            match made {
                Ok(0) => {
                    yield_until_released(parent);
                    exit(getpid() as u8)
                }
                Ok(child) => children.push(child),
                Err(e) => break e,
            }
        };
        assert_eq!((error, fork(false)), (Errno::ENOMEM, Err(Errno::ENOMEM)));
        assert!(pids().all(is_used), "a slot is free");
        assert_eq!(kernel_tables::check(), Ok(()));
        release();
        let unborn = children.split_off(RUNNING);
        unborn.iter().for_each(|&child| assert_eq!(kill(child), Ok(())));
        for _ in 0..RUNNING + unborn.len() {
            let (child, ended) = wait().expect("wait");
            let expected = if unborn.contains(&child) { Ended::Killed } else { Ended::Exited(child as u8) };
            assert_eq!(ended, expected);
            assert!(unborn.contains(&child) || children.contains(&child));
        }
        assert_eq!(wait(), Err(Errno::ECHILD));
        (RUNNING + unborn.len()) as u8
    });
    // All but init, the file server and what it may have made, the shell or what else started us, the test runner, the
    // test and its child.
    assert!(matches!(ended, Ended::Exited(50..=61)), "{ended:?}");
}
