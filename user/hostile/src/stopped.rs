//! How an attack is stopped.

use alloc::format;
use alloc::string::String;

use lv6_ulib::failure::trap_name;
use lv6_ulib::process::{exit, status};
use lv6_ulib::process_name::Ended;
use lv6_ulib::{TrapFrame, set_trap_handler};

use crate::log;

/// What must stop an attack.
#[derive(Clone, Copy)]
pub enum Stopped {
    /// The kernel kills the process, and the log's line about it contains this.
    Killed(&'static str),
    /// The processor raises this exception, and the process's own handler runs.
    Trapped(u8),
    /// The one or the other.
    Either(u8, &'static str),
    /// Each call is refused, or harms nobody, and the process ends by itself with status 0.
    Refused,
    /// The process may end in any way: it does what chance wants.
    Anyhow,
}

/// Status of a process that has had exception 0; the next statuses are those of the next exceptions.
const TRAPPED: u8 = 128;

/// Makes every exception end this process with a status that says which it was.
pub fn expect_traps() {
    fn end(frame: &mut TrapFrame) {
        exit(TRAPPED + frame.vector().min(127))
    }
    for vector in 0..=255 {
        set_trap_handler(vector, Some(end));
    }
}

/// How a process ended, in words.
fn describe(ended: Ended) -> String {
    match ended {
        Ended::Killed => String::from("it was killed, but not by the kernel"),
        Ended::Exited(lv6_ulib::sys::attack::SURVIVED) => String::from("nothing has stopped it"),
        Ended::Exited(status::PANIC) => String::from("it panicked"),
        Ended::Exited(status) if status >= TRAPPED => {
            format!("exception {} ({})", status - TRAPPED, trap_name(status - TRAPPED))
        }
        Ended::Exited(status) => format!("it exited with status {status}"),
    }
}

impl Stopped {
    /// Compares with how the process of this name and pid has ended. Returns what stopped it, or what did not.
    pub fn judge(self, pid: u64, name: &str, ended: Ended) -> Result<String, String> {
        let line = if ended == Ended::Killed { log::killed(pid, name) } else { None };
        match (self, line) {
            (Stopped::Killed(text) | Stopped::Either(_, text), Some(line)) if line.contains(text) => Ok(line),
            (Stopped::Anyhow, Some(line)) => Ok(line),
            (Stopped::Anyhow, None) => Ok(describe(ended)),
            (_, Some(line)) => Err(line),
            (Stopped::Trapped(vector) | Stopped::Either(vector, _), None)
                if ended == Ended::Exited(TRAPPED + vector) =>
            {
                Ok(describe(ended))
            }
            (Stopped::Refused, None) if ended == Ended::Exited(status::OK) => Ok(String::from("refusals")),
            _ => Err(describe(ended)),
        }
    }
}
