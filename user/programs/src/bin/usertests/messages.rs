//! Tests of messages: exact sizes, files, errors, and peers that are not there.

use alloc::vec::Vec;

use lv6_abi::limits::INIT_PID;
use lv6_abi::syscall::*;
use lv6_kernel::ipc::NO_FD;
use lv6_kernel::state::{FileType, ProcState};
use lv6_ulib::message::*;
use lv6_ulib::process::*;
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::tables::{file, proc};
use lv6_ulib::{Errno, files};

use crate::cases::{ANY_BAD, Case, World, all_fail, case};
use crate::support::{SURVIVED, in_child, release, start, start_held, yield_until, yield_until_released};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("ipc_bad_arguments", bad_arguments),
    ("ipc_sizes_are_exact", sizes_are_exact),
    ("ipc_passes_a_number", passes_a_number),
    ("ipc_send_runs_the_receiver_at_once", send_runs_the_receiver_at_once),
    ("ipc_passes_a_file", passes_a_file),
    ("ipc_answers_with_a_file", answers_with_a_file),
    ("ipc_peer_that_does_not_sleep", peer_that_does_not_sleep),
    ("ipc_peer_that_dies", peer_that_dies),
    ("ipc_only_the_called_process_may_answer", only_the_called_process_may_answer),
    ("ipc_sleeper_can_be_killed", sleeper_can_be_killed),
    ("ipc_killed_process_does_not_fall_asleep", killed_process_does_not_fall_asleep),
];

use Errno as E;

/// Waits until a process sleeps.
pub fn until_asleep(pid: u64) {
    yield_until("its sleep", || proc(pid).state.is(ProcState::Sleeping));
}

/// Starts a child and waits until it sleeps.
pub fn start_asleep(body: impl FnOnce() -> u8) -> u64 {
    let pid = start(body);
    until_asleep(pid);
    pid
}

/// A byte of the pattern that tests send; none is [`UNTOUCHED`].
fn pattern(i: usize) -> u8 {
    (i % 100) as u8
}

/// What receivers fill their pages with.
const UNTOUCHED: u8 = 0xaa;

/// Whether the first `size` bytes are the pattern and the others untouched.
fn is_exact(page: &MessagePage, size: usize) -> bool {
    let expected = |i| if i < size { pattern(i) } else { UNTOUCHED };
    page.iter().enumerate().all(|(i, byte)| *byte == expected(i))
}

/// A page that holds the pattern.
fn patterned() -> MessagePage {
    let mut page = MessagePage::new();
    page.iter_mut().enumerate().for_each(|(i, byte)| *byte = pattern(i));
    page
}

/// Receives one message from the parent, and checks its size.
fn recv_exactly(page: &mut MessagePage, size: usize) {
    page.fill(UNTOUCHED);
    let message = recv(page, None).expect("recv");
    assert_eq!(message, Message { from: me().ppid, value: 5, size: size as u64 });
    assert!(is_exact(page, size), "{size} bytes");
}

fn sizes_are_exact() {
    const SIZES: [usize; 10] = [0, 1, 2, 7, 8, 9, 15, 4089, 4095, 4096];
    let child = start(|| {
        let mut page = MessagePage::new();
        SIZES.iter().for_each(|&size| recv_exactly(&mut page, size));
        0
    });
    let page = patterned();
    for size in SIZES {
        assert_eq!(send_when_ready(child, 5, &page, size, None), Ok(()));
    }
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    assert!(page.iter().enumerate().all(|(i, byte)| *byte == pattern(i)));
}

fn passes_a_number() {
    const NUMBERS: [u64; 5] = [0, 1, 1 << 32, 1 << 63, u64::MAX];
    let child = start(|| {
        let mut page = MessagePage::new();
        for number in NUMBERS {
            assert_eq!(recv(&mut page, None).map(|message| message.value), Ok(number));
        }
        0
    });
    for number in NUMBERS {
        assert_eq!(send_when_ready(child, number, &MessagePage::new(), 0, None), Ok(()));
    }
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn send_runs_the_receiver_at_once() {
    // Others can run too, and would be next.
    let others: Vec<u64> = (0..3).map(|_| start_held(|| 0)).collect();
    let at_once = |_: u32| {
        let child = start_asleep(|| {
            recv(&mut MessagePage::new(), None).expect("recv");
            set_name("ran");
            0
        });
        assert_eq!(send(child, 0, &MessagePage::new(), 0, None), Ok(()));
        let ran = name_of(child).as_str() == "ran";
        assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
        ran
    };
    // The receiver may lose the processor at once, but not each time.
    assert!((0..5).any(at_once));
    release();
    for _ in others {
        assert_eq!(wait().map(|(_, ended)| ended), Ok(Ended::Exited(0)));
    }
}

fn passes_a_file() {
    let child = start_asleep(|| {
        let mut page = MessagePage::new();
        let before = files::open().count();
        // A file comes, and is wanted.
        recv(&mut page, Some(9)).expect("recv");
        assert_eq!(files::get(9).map(|file| (file.value, file.refcnt)), Some((41, 2)));
        // None comes.
        recv(&mut page, Some(8)).expect("recv");
        assert_eq!(files::number(8), None);
        // One comes, and is not wanted.
        recv(&mut page, None).expect("recv");
        assert_eq!(files::open().count(), before + 1);
        0
    });
    let fd = files::create(FileType::Inode, 41, 0).expect("create");
    let number = files::number(fd).expect("it is open");
    let page = MessagePage::new();
    assert_eq!(send(child, 0, &page, 0, Some(fd)), Ok(()));
    assert_eq!(send_when_ready(child, 0, &page, 0, None), Ok(()));
    until_asleep(child);
    assert_eq!(file(number).refcnt, 2);
    assert_eq!(send(child, 0, &page, 0, Some(fd)), Ok(()));
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    assert_eq!(file(number).refcnt, 1);
}

fn answers_with_a_file() {
    // A server that opens a file for its caller, as a file server does.
    let server = start_asleep(|| {
        let mut page = MessagePage::new();
        let request = recv(&mut page, None).expect("recv");
        let fd = files::create(FileType::Inode, request.value, 0).expect("create");
        send(request.from, 0, &page, 0, Some(fd)).expect("the caller sleeps");
        0
    });
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let message = call(server, 1234, &page, 0, &mut answer, Some(3));
    assert_eq!(message, Ok(Message { from: server, value: 0, size: 0 }));
    assert_eq!(files::get(3).map(|file| file.value), Some(1234));
    assert_eq!(wait_for(server), Ok(Ended::Exited(0)));
    assert_eq!(files::get(3).map(|file| file.refcnt), Some(1));
}

fn peer_that_does_not_sleep() {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let child = start(|| 0);
    for peer in [child, INIT_PID, getpid()] {
        assert_eq!(send(peer, 0, &page, 0, None), Err(E::EAGAIN));
        assert_eq!(call(peer, 0, &page, 0, &mut answer, None), Err(E::EAGAIN));
        assert_eq!(reply_wait(peer, 0, &page, 0, None, &mut answer), Err(E::EAGAIN));
    }
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn peer_that_dies() {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    // Before it is called.
    let dead = start(|| 0);
    assert_eq!(call_when_ready(dead, 0, &page, 0, &mut answer, None), Err(E::ESRCH));
    assert_eq!(send(dead, 0, &page, 0, None), Err(E::EAGAIN));
    assert_eq!(wait_for(dead), Ok(Ended::Exited(0)));
    assert_eq!(send_when_ready(dead, 0, &page, 0, None), Err(E::ESRCH));
    // Instead of answering: its caller sleeps on, and nobody may answer in its place.
    let server = start_asleep(|| {
        recv(&mut MessagePage::new(), None).expect("recv");
        0
    });
    let caller = start(|| {
        let (page, mut answer) = (MessagePage::new(), MessagePage::new());
        call_when_ready(server, 0, &page, 0, &mut answer, None).map_or(1, |_| SURVIVED)
    });
    yield_until("the server's end", || !is_alive(server));
    assert!(proc(caller).state.is(ProcState::Sleeping));
    assert_eq!(proc(caller).ipc_from, server);
    assert_eq!(call(caller, 99, &page, 0, &mut answer, None), Err(E::EACCES));
    assert_eq!(send(caller, 99, &page, 0, None), Err(E::EACCES));
    assert!(proc(caller).state.is(ProcState::Sleeping));
    assert_eq!(wait_for(server), Ok(Ended::Exited(0)));
    assert_eq!(kill(caller), Ok(()));
    assert_eq!(wait_for(caller), Ok(Ended::Killed));
}

/// Starts a server that is called and does not answer before its parent calls [`release`], and its caller, which sleeps
/// until then. Returns both.
fn start_call() -> (u64, u64) {
    let parent = getpid();
    let server = start_asleep(|| {
        let mut page = MessagePage::new();
        let request = recv(&mut page, None).expect("recv");
        yield_until_released(parent);
        send(request.from, 1, &page, 0, None).expect("the caller sleeps");
        0
    });
    let caller = start_asleep(|| {
        let (page, mut answer) = (MessagePage::new(), MessagePage::new());
        let message = call(server, 0, &page, 0, &mut answer, None).expect("call");
        assert_eq!((message.from, message.value), (server, 1));
        0
    });
    (server, caller)
}

fn only_the_called_process_may_answer() {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let (server, caller) = start_call();
    assert_eq!(proc(caller).ipc_from, server);
    assert_eq!(reply_wait(caller, 7, &page, 0, None, &mut answer), Err(E::EACCES));
    assert_eq!(call(caller, 7, &page, 0, &mut answer, None), Err(E::EACCES));
    assert_eq!(send(caller, 7, &page, 0, None), Err(E::EACCES));
    release();
    for _ in 0..2 {
        assert_eq!(wait().map(|(_, ended)| ended), Ok(Ended::Exited(0)));
    }
}

fn sleeper_can_be_killed() {
    let sleeper = start_asleep(|| {
        recv(&mut MessagePage::new(), None).expect("recv");
        0
    });
    assert_eq!(kill(sleeper), Ok(()));
    assert_eq!(send(sleeper, 0, &MessagePage::new(), 0, None), Err(E::EAGAIN));
    assert_eq!(wait(), Ok((sleeper, Ended::Killed)));
}

fn killed_process_does_not_fall_asleep() {
    let ended = in_child(|| {
        let mut page = MessagePage::new();
        assert_eq!(kill(getpid()), Ok(()));
        // That takes effect when it gives the processor up, and a process that sleeps does.
        let _ = recv(&mut page, None);
        SURVIVED
    });
    assert_eq!(ended, Ended::Killed);
}

/// Arguments of the three calls that send: to whom, which page, how many bytes, and a descriptor, which `call` lacks.
fn sending(nr: u64, [pid, pn, size, fd]: [u64; 4], w: &World, expected: Errno) -> Case {
    match nr {
        SYS_SEND => case(nr, [pid, 0, pn, size, fd], expected),
        SYS_REPLY_WAIT => case(nr, [pid, 0, pn, size, fd, w.frame], expected),
        _ => case(nr, [pid, 0, pn, size, w.frame, NO_FD], expected),
    }
}

/// What every sender must not do. The first wrong thing decides.
fn bad_sends(nr: u64, w: &World, asleep: u64) -> Vec<Case> {
    let bad = |args, expected| sending(nr, args, w, expected);
    let mut cases = Vec::new();
    cases.extend([0, 64, 1 << 32 | asleep, u64::MAX].map(|pid| bad([pid, u64::MAX, 4097, 16], E::ESRCH)));
    cases.extend([w.unused, w.me, INIT_PID].map(|pid| bad([pid, u64::MAX, 4097, 16], E::EAGAIN)));
    cases.extend(ANY_BAD.map(|pn| bad([asleep, pn, 0, NO_FD], E::EINVAL)));
    cases.extend([w.others_frame, w.others_pt, w.free, 0].map(|pn| bad([asleep, pn, 4097, NO_FD], E::EACCES)));
    cases.extend([4097, 1 << 32, 1 << 63, u64::MAX].map(|size| bad([asleep, w.frame, size, NO_FD], E::EINVAL)));
    if nr != SYS_CALL {
        cases.extend([14, 15].map(|fd| bad([asleep, w.frame, 0, fd], E::EINVAL)));
    }
    cases
}

/// What every receiver must not do. `open` is a descriptor in use.
fn bad_receives(w: &World, asleep: u64, ready: u64, open: u64) -> Vec<Case> {
    let mut cases = Vec::new();
    // A page that is none, one of somebody else, one that is no memory: in `recv`, `reply_wait` and `call`.
    let pages = ANY_BAD.map(|pn| (pn, E::EINVAL)).into_iter();
    let others = [w.others_frame, w.others_pt, w.free, 0].map(|pn| (pn, E::EACCES));
    let tables = [w.pt, w.root, w.stack].map(|pn| (pn, E::EINVAL));
    for (pn, expected) in pages.chain(others).chain(tables) {
        cases.push(case(SYS_RECV, [ready, pn, NO_FD], expected));
        cases.push(case(SYS_REPLY_WAIT, [asleep, 0, w.frame, 0, NO_FD, pn], expected));
        cases.push(case(SYS_CALL, [asleep, 0, w.frame, 0, pn, NO_FD], expected));
    }
    cases.push(case(SYS_RECV, [ready, w.frame, open], E::EINVAL));
    cases.push(case(SYS_CALL, [asleep, 0, w.frame, 0, w.frame, open], E::EINVAL));
    cases.extend([0, 64, 1 << 32 | ready, u64::MAX].map(|pid| case(SYS_RECV, [pid, u64::MAX, open], E::ESRCH)));
    cases.extend([w.unused, w.me, asleep].map(|pid| case(SYS_RECV, [pid, w.others_frame, open], E::EINVAL)));
    cases
}

fn bad_arguments() {
    let w = World::new();
    let asleep = start_asleep(|| recv(&mut MessagePage::new(), None).map_or(1, |_| 0));
    let (server, caller) = start_call();
    let open = files::create(FileType::Pipe, 0, 0).expect("create");
    // In the order of the checks: a wrong page to receive in counts before a peer that waits for somebody else.
    let mut cases = Vec::from([
        case(SYS_REPLY_WAIT, [caller, 0, w.frame, 0, NO_FD, w.frame], E::EACCES),
        case(SYS_CALL, [caller, 0, w.frame, 0, w.frame, NO_FD], E::EACCES),
        case(SYS_SEND, [caller, 0, w.frame, 0, NO_FD], E::EACCES),
        case(SYS_SEND, [caller, 0, w.frame, 4097, NO_FD], E::EINVAL),
        case(SYS_REPLY_WAIT, [caller, 0, w.frame, 0, NO_FD, w.pt], E::EINVAL),
        case(SYS_CALL, [caller, 0, w.frame, 0, w.pt, NO_FD], E::EINVAL),
        case(SYS_CALL, [caller, 0, w.frame, 0, w.frame, open], E::EINVAL),
    ]);
    for nr in [SYS_SEND, SYS_REPLY_WAIT, SYS_CALL] {
        cases.extend(bad_sends(nr, &w, asleep));
    }
    cases.extend(bad_receives(&w, asleep, INIT_PID, open));
    all_fail(cases);
    release();
    assert_eq!(send(asleep, 0, &MessagePage::new(), 0, None), Ok(()));
    for pid in [asleep, server, caller] {
        yield_until("its end", || !is_alive(pid));
        assert_eq!(bury(pid), Ok(()));
    }
}
