//! Tests of processes that answer each other: many rounds, several clients.

use alloc::vec::Vec;

use lv6_kernel::state::ProcState;
use lv6_ulib::message::*;
use lv6_ulib::process::*;
use lv6_ulib::process_name::{self, Ended};
use lv6_ulib::sys::tables::proc;

use crate::messages::start_asleep;
use crate::support::{start, yield_until};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("ipc_ping_pong_by_call", ping_pong_by_call),
    ("ipc_ping_pong_by_send", ping_pong_by_send),
    ("ipc_server_with_several_clients", several_clients),
];

/// Rounds of a game of ping-pong.
const ROUNDS: u64 = 1000;

/// Answers forever: to a number with its successor, to bytes with their complements, of which there is one more.
fn serve() -> ! {
    let (mut request, mut answer) = (MessagePage::new(), MessagePage::new());
    let mut message = recv(&mut request, None).expect("recv");
    loop {
        let size = (message.size as usize + 1).min(4096);
        answer.iter_mut().zip(request.iter()).for_each(|(to, from)| *to = !*from);
        message = reply_wait(message.from, message.value + 1, &answer, size, None, &mut request).expect("reply_wait");
    }
}

/// Calls a server, and checks its answer.
fn call_and_check(server: u64, value: u64, page: &mut MessagePage, answer: &mut MessagePage) {
    let size = (value % 4096) as usize;
    page.iter_mut().enumerate().for_each(|(i, byte)| *byte = (value + i as u64) as u8);
    answer.fill(0);
    let message = call_when_ready(server, value, page, size, answer, None).expect("call");
    assert_eq!(message, Message { from: server, value: value + 1, size: size as u64 + 1 });
    assert!(page.iter().zip(answer.iter()).take(size).all(|(sent, got)| *got == !*sent));
    assert!(answer[size + 1..].iter().all(|byte| *byte == 0));
}

fn ping_pong_by_call() {
    let server = start_asleep(|| serve());
    let (mut page, mut answer) = (MessagePage::new(), MessagePage::new());
    for round in 0..ROUNDS {
        call_and_check(server, round * 7, &mut page, &mut answer);
        assert!(proc(server).state.is(ProcState::Sleeping));
    }
    assert_eq!(kill(server), Ok(()));
    assert_eq!(wait_for(server), Ok(Ended::Killed));
}

/// Sends `first`, then answers each number with its successor, until both have done so [`ROUNDS`] times.
fn play(peer: u64, first: Option<u64>) {
    let (page, mut received) = (MessagePage::new(), MessagePage::new());
    if let Some(number) = first {
        send_when_ready(peer, number, &page, 8, None).expect("send");
    }
    for _ in 0..ROUNDS {
        let message = recv(&mut received, None).expect("recv");
        assert_eq!((message.from, message.size), (peer, 8));
        if message.value < 2 * ROUNDS - 1 {
            send_when_ready(peer, message.value + 1, &page, 8, None).expect("send");
        } else {
            return;
        }
    }
}

fn ping_pong_by_send() {
    let parent = getpid();
    let child = start_asleep(|| {
        play(parent, None);
        0
    });
    play(child, Some(0));
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn several_clients() {
    let server = start_asleep(|| serve());
    let clients: Vec<u64> = (1..=5)
        .map(|client| {
            start(|| {
                let (mut page, mut answer) = (MessagePage::new(), MessagePage::new());
                for round in 0..50 {
                    call_and_check(server, client << 32 | round, &mut page, &mut answer);
                    yield_now();
                }
                client as u8
            })
        })
        .collect();
    for (client, pid) in clients.into_iter().enumerate() {
        yield_until("its end", || !is_alive(pid));
        assert_eq!(process_name::ended(proc(pid).name), Ended::Exited(client as u8 + 1));
        assert_eq!(bury(pid), Ok(()));
    }
    assert_eq!(kill(server), Ok(()));
    assert_eq!(wait_for(server), Ok(Ended::Killed));
}
