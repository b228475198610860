//! One request to the file server, and its answer.

use lv6_abi::limits::{FS_PID, INIT_PID, NOFILE};
use spin::Mutex;

use super::file::CURRENT_DIR;
use super::protocol::Request;
use crate::errno::Errno;
use crate::files;
use crate::message::{MessagePage, call_when_ready};
use crate::process::{getpid, is_alive, yield_now};
use crate::sys::tables::proc;

/// The pages of requests and answers; made once, since every request needs them.
static PAGES: Mutex<Option<(MessagePage, MessagePage)>> = Mutex::new(None);

/// Whether there is a file server, and it is not this process: init has started it, and it lives.
pub fn is_there() -> bool {
    getpid() != FS_PID && proc(FS_PID).ppid == INIT_PID && is_alive(FS_PID)
}

/// Makes a request once, and passes the answer's number and bytes to `read`. A file arrives at the free descriptor `fd`.
///
/// ESRCH if there is no server; EIO if somebody else has answered in its place; EBUSY if a request is under way in this process already, which is so only in a handler
/// of an exception.
fn attempt<T>(
    request: &Request,
    fd: Option<u64>,
    read: impl FnOnce(u64, &[u8]) -> Result<T, Errno>,
) -> Result<T, Errno> {
    if !is_there() {
        return Err(Errno::ESRCH);
    }
    let mut pages = PAGES.try_lock().ok_or(Errno::EBUSY)?;
    let (page, answer) = pages.get_or_insert_with(Default::default);
    let (op, len) = request.encode(page)?;
    let message = call_when_ready(FS_PID, op, page, len, answer, fd)?;
    if message.from != FS_PID {
        // Anyone can send to a process that sleeps. The server's own answer is lost then, and what this one brought is
        // no file of the server's.
        let _ = fd.map(files::close);
        return Err(if is_there() { Errno::EIO } else { Errno::ESRCH });
    }
    let value = Errno::check(message.value)?;
    read(value, answer.get(..message.size as usize).ok_or(Errno::EIO)?)
}

/// Makes a request until the server has an answer, and passes that to `read`. Others run meanwhile.
pub fn ask<T>(request: &Request, read: impl Fn(u64, &[u8]) -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match attempt(request, None, &read) {
            Err(Errno::EAGAIN) => yield_now(),
            result => return result,
        }
    }
}

/// As [`ask`], for the answer's number alone.
pub fn ask_number(request: &Request) -> Result<u64, Errno> {
    ask(request, |value, _| Ok(value))
}

/// Makes a request that is answered with a descriptor. EMFILE if this process can have no more.
pub fn ask_descriptor(request: &Request) -> Result<u64, Errno> {
    // The last one is for the current directory.
    let free = |fd: &u64| *fd != CURRENT_DIR && files::number(*fd).is_none();
    let fd = (0..NOFILE as u64).find(free).ok_or(Errno::EMFILE)?;
    attempt(request, Some(fd), |_, _| if files::number(fd).is_some() { Ok(fd) } else { Err(Errno::EIO) })
}
