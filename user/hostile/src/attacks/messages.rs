//! Floods of messages, and rendezvous that come to nothing.

use lv6_abi::limits::{FS_PID, INIT_PID};
use lv6_kernel::state::ProcState;
use lv6_ulib::Errno;
use lv6_ulib::message::{MessagePage, call, recv, reply_wait, send};
use lv6_ulib::process::{exit, fork, getpid, is_alive, kill, me, status, wait_for, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::random::Random;
use lv6_ulib::sys::tables::proc;

use super::{Case, many, once};
use crate::peer;
use crate::stopped::Stopped::Refused;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("flood_a_process", Refused, flood_peer),
    once("flood_the_file_server", Refused, flood_file_server),
    once("flood_everyone", Refused, flood_everyone),
    once("answer_who_has_not_asked", Refused, answer_others),
    many("call_a_process_that_dies", 20, Refused, call_dying),
    many("called_by_a_process_that_dies", 20, Refused, called_by_dying),
    once("call_oneself", Refused, call_oneself),
];

fn flood_peer(_: u64, peer: u64) -> u8 {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let mut sent = 0;
    for number in 0..5000 {
        match send(peer, number, &page, 4096, None) {
            Ok(()) => sent += 1,
            // It is busy with the one before.
            Err(_) => yield_now(),
        }
        if number % 500 == 0 {
            assert_eq!(peer::ask(peer, &page, &mut answer, number), Ok(()));
        }
    }
    assert!(sent > 100, "only {sent} messages went through");
    status::OK
}

/// Requests that make no sense, without waiting for an answer.
fn flood_file_server(_: u64, _: u64) -> u8 {
    let mut page = MessagePage::new();
    let mut random = Random::new(5);
    for round in 0..2000 {
        if round % 16 == 0 {
            page.iter_mut().for_each(|byte| *byte = random.word() as u8);
        }
        let number = random.word() >> random.below(64);
        let _ = send(FS_PID, number, &page, random.below(4097) as usize, None);
        yield_now();
    }
    status::OK
}

/// Pids that are nobody, that do not sleep, and oneself.
fn flood_everyone(_: u64, _: u64) -> u8 {
    let page = MessagePage::new();
    let others = (0..70).filter(|pid| *pid != FS_PID).chain([1 << 32, 1 << 63, u64::MAX]);
    for pid in others {
        for size in [0, 4096, 4097, usize::MAX] {
            let result = send(pid, 9, &page, size, None);
            assert!(size <= 4096 || result.is_err(), "{size} bytes to {pid}");
        }
    }
    status::OK
}

/// Answers to processes that have called another, or nobody.
fn answer_others(_: u64, peer: u64) -> u8 {
    let (page, mut next) = (MessagePage::new(), MessagePage::new());
    for pid in [INIT_PID, me().ppid, getpid(), 0, 64, u64::MAX] {
        assert!(reply_wait(pid, 1, &page, 0, None, &mut next).is_err(), "{pid}");
    }
    assert_eq!(peer::ask(peer, &page, &mut next, 5), Ok(()));
    status::OK
}

/// Starts a process that sleeps.
fn start_asleep(body: impl FnOnce()) -> u64 {
    match fork(false).expect("there is memory for a child") {
        0 => {
            body();
            exit(status::OK)
        }
        pid => {
            while is_alive(pid) && !proc(pid).state.is(ProcState::Sleeping) {
                yield_now();
            }
            pid
        }
    }
}

/// A caller waits for an answer; the process that it waits for dies, in one way or another.
fn call_dying(variant: u64, _: u64) -> u8 {
    let called = start_asleep(|| {
        let _ = recv(&mut MessagePage::new(), None);
        if variant.is_multiple_of(2) {
            lv6_ulib::sys::attack::halt();
        }
    });
    let caller = start_asleep(|| {
        let _ = call(called, 1, &MessagePage::new(), 0, &mut MessagePage::new(), None);
    });
    let ended = wait_for(called).expect("it can be waited for");
    assert_eq!(ended, if variant.is_multiple_of(2) { Ended::Killed } else { Ended::Exited(0) });
    // The slot is used again: whoever is there now must not be taken for the one that was called.
    let other = start_asleep(|| {
        let _ = recv(&mut MessagePage::new(), None);
    });
    assert_eq!(send(called, 1, &MessagePage::new(), 0, None).is_ok(), other == called);
    for pid in [caller, other] {
        let _ = kill(pid);
    }
    while wait_for(caller).is_ok() {}
    status::OK
}

/// A caller dies while its call is being answered.
fn called_by_dying(_: u64, _: u64) -> u8 {
    let me = getpid();
    let mut page = MessagePage::new();
    let caller = match fork(false).expect("there is memory for a child") {
        0 => {
            while call(me, 4, &MessagePage::new(), 0, &mut MessagePage::new(), None) == Err(Errno::EAGAIN) {
                yield_now();
            }
            exit(status::OK)
        }
        pid => pid,
    };
    let message = recv(&mut page, None).expect("the child calls");
    assert_eq!((message.from, message.value), (caller, 4));
    assert_eq!(kill(caller), Ok(()));
    assert!(send(caller, 5, &page, 0, None).is_err());
    let mut next = MessagePage::new();
    assert!(reply_wait(caller, 5, &page, 0, None, &mut next).is_err());
    assert_eq!(wait_for(caller), Ok(Ended::Killed));
    assert!(reply_wait(caller, 5, &page, 0, None, &mut next).is_err());
    status::OK
}

fn call_oneself(_: u64, _: u64) -> u8 {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let me = getpid();
    assert!(call(me, 1, &page, 0, &mut answer, None).is_err());
    assert!(send(me, 1, &page, 0, None).is_err());
    assert!(reply_wait(me, 1, &page, 0, None, &mut answer).is_err());
    status::OK
}
