//! Messages between processes: a number, up to a page of bytes, and a file descriptor.
//!
//! A receiver sleeps until somebody sends. Nothing is queued: who sends to a process that does not sleep gets EAGAIN,
//! and tries again, for example by [`send_when_ready`].
//!
//! Nobody sleeps while an interrupt is pending: [`recv`] and [`reply_wait`] then return at once with a message that says
//! so, the same that an interrupt leaves which comes later and wakes a sleeper. So a driver has one loop: receive;
//! if the message is an interrupt, acknowledge it and look at the device; otherwise answer. [`call`] has nothing to
//! return before it has sent, and fails with EINTR: acknowledge and call again.

use lv6_kernel::ipc::NO_FD;
use lv6_kernel::state::ProcState;

use crate::errno::Errno;
use crate::interrupt;
use crate::process::{getpid, is_alive, me, yield_now};
use crate::sys::tables::proc;
use crate::sys::{call, message};

pub use crate::sys::message::MessagePage;

/// What a receiver is told. The bytes are in its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who sent it; 0 if an interrupt has come instead.
    pub from: u64,
    /// The number sent, or the interrupt's vector.
    pub value: u64,
    /// How many bytes of the page were sent; the others are as they were.
    pub size: u64,
}

impl Message {
    /// The message that has woken this process.
    fn last() -> Message {
        let me = me();
        Message { from: me.ipc_from, value: me.ipc_val, size: me.ipc_size }
    }

    /// What a process is told that must not sleep because an interrupt is pending.
    fn pending() -> Result<Message, Errno> {
        let vector = interrupt::pending().ok_or(Errno::EINTR)?;
        Ok(Message { from: 0, value: u64::from(vector), size: 0 })
    }

    /// The vector, if this is an interrupt. It is still pending, and must be acknowledged before this process can sleep.
    pub fn interrupt(self) -> Option<u8> {
        u8::try_from(self.value).ok().filter(|_| self.from == 0)
    }
}

/// Sends to `pid`, which must be asleep, and lets it run: a number, the first `size` bytes of a page, and a file, if
/// the receiver wants one. EACCES if it waits for the answer of somebody else.
pub fn send(pid: u64, value: u64, page: &MessagePage, size: usize, fd: Option<u64>) -> Result<(), Errno> {
    call::send(pid, value, page.number()?, size as u64, fd.unwrap_or(NO_FD))
}

/// Sleeps until a message or an interrupt comes, with a file at the free descriptor `fd` if one is wanted. Returns at
/// once if an interrupt is pending. EAGAIN if no other process can run.
pub fn recv(page: &mut MessagePage, fd: Option<u64>) -> Result<Message, Errno> {
    loop {
        let next = me().ready_next;
        if next == getpid() {
            return if interrupt::pending().is_some() { Message::pending() } else { Err(Errno::EAGAIN) };
        }
        match recv_and_run(next, page, fd) {
            // It has stopped running meanwhile.
            Err(Errno::EINVAL) if !proc(next).state.is(ProcState::Runnable) => {}
            result => return result,
        }
    }
}

/// As [`recv`], and chooses who runs meanwhile.
pub fn recv_and_run(next: u64, page: &mut MessagePage, fd: Option<u64>) -> Result<Message, Errno> {
    match message::recv(next, page, fd.unwrap_or(NO_FD)) {
        Ok(()) => Ok(Message::last()),
        Err(Errno::EINTR) => Message::pending(),
        Err(e) => Err(e),
    }
}

/// Sends to `pid`, and sleeps until it answers, with a file at the free descriptor `fd` if one is wanted. EINTR, and
/// nothing is sent, if an interrupt is pending; but one that comes later ends the wait: then the message is the interrupt,
/// and the answer is lost.
pub fn call(
    pid: u64,
    value: u64,
    page: &MessagePage,
    size: usize,
    answer: &mut MessagePage,
    fd: Option<u64>,
) -> Result<Message, Errno> {
    message::call(pid, value, page, size as u64, answer, fd.unwrap_or(NO_FD))?;
    Ok(Message::last())
}

/// Answers `pid`, and sleeps until the next message comes, from anyone, or an interrupt. If one is pending, it is
/// returned as soon as the answer is sent.
pub fn reply_wait(
    pid: u64,
    value: u64,
    page: &MessagePage,
    size: usize,
    fd: Option<u64>,
    next: &mut MessagePage,
) -> Result<Message, Errno> {
    match message::reply_wait(pid, value, page, size as u64, fd.unwrap_or(NO_FD), next) {
        Ok(()) => Ok(Message::last()),
        Err(Errno::EINTR) => {
            send(pid, value, page, size, fd)?;
            Message::pending()
        }
        Err(e) => Err(e),
    }
}

/// Does something to `pid` that fails with EAGAIN until it sleeps. ESRCH if it dies first.
fn when_ready<T>(pid: u64, mut attempt: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match attempt() {
            Err(Errno::EAGAIN) if is_alive(pid) => yield_now(),
            Err(Errno::EAGAIN) => return Err(Errno::ESRCH),
            result => return result,
        }
    }
}

/// As [`send`], but waits until the receiver sleeps. ESRCH if it dies first.
pub fn send_when_ready(pid: u64, value: u64, page: &MessagePage, size: usize, fd: Option<u64>) -> Result<(), Errno> {
    when_ready(pid, || send(pid, value, page, size, fd))
}

/// As [`call`], but waits until the receiver sleeps. ESRCH if it dies first.
pub fn call_when_ready(
    pid: u64,
    value: u64,
    page: &MessagePage,
    size: usize,
    answer: &mut MessagePage,
    fd: Option<u64>,
) -> Result<Message, Errno> {
    when_ready(pid, || call(pid, value, page, size, answer, fd))
}
