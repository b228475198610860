//! A process that has done nothing, has something to lose, and answers.

use alloc::boxed::Box;

use lv6_ulib::Errno;
use lv6_ulib::message::{MessagePage, call_when_ready, recv, reply_wait};
use lv6_ulib::process::{exit, fork, set_name, yield_now};

/// Words of memory that the peer looks after.
const WORDS: usize = 2048;

/// The name of the peer.
pub const NAME: &str = "peer";

/// A word of the memory that it looks after.
fn word(i: usize) -> u64 {
    (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Starts it. Returns its pid.
pub fn start() -> Result<u64, Errno> {
    match fork(false)? {
        0 => serve(),
        pid => Ok(pid),
    }
}

/// Answers each number with the next one, as long as its memory is as it was.
fn serve() -> ! {
    set_name(NAME);
    let memory: Box<[u64]> = (0..WORDS).map(word).collect();
    let mut page = MessagePage::new();
    let nothing = MessagePage::new();
    loop {
        let mut next = recv(&mut page, None);
        while let Ok(message) = next {
            if !core::hint::black_box(&memory).iter().copied().eq((0..WORDS).map(word)) {
                exit(1);
            }
            // Whoever does not wait for an answer gets none.
            next = reply_wait(message.from, message.value.wrapping_add(1), &nothing, 0, None, &mut page);
        }
        yield_now();
    }
}

/// Asks it. Says what is wrong with the answer.
pub fn ask(pid: u64, question: &MessagePage, answer: &mut MessagePage, number: u64) -> Result<(), &'static str> {
    match call_when_ready(pid, number, question, 0, answer, None) {
        Ok(message) if message.from == pid && message.value == number + 1 => Ok(()),
        Ok(_) => Err("another process answers wrongly"),
        Err(_) => Err("another process does not answer any more"),
    }
}
