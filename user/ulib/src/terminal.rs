//! The console as a terminal: what programs can ask of it besides reading and writing.
//!
//! A shell sets the mode to raw to edit a line, and to cooked to run a program. In cooked mode Ctrl-C is an interrupt,
//! which the console counts; the shell sees the number grow while it waits for its programs, and kills them. Whoever
//! has set the mode last is the one to be told: a shell that runs another shell learns that interrupts are not its own.

use crate::errno::Errno;
use crate::fs::control;
use crate::process::getpid;

/// Request: set the mode; the argument is a [`Mode`] and who sets it, see [`Mode::pack`].
pub const SET_MODE: u64 = 1;
/// Request: how many interrupts there were; the argument is the pid of who asks. EBUSY if another process is to be
/// told of them.
pub const INTERRUPTS: u64 = 2;

/// Whether lines are made of what is typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The console shows what is typed, lets it be corrected, and passes on whole lines.
    #[default]
    Cooked,
    /// The reader gets every character as it comes, and shows what it likes.
    Raw,
}

impl Mode {
    /// The argument that says that a process sets this mode.
    pub fn pack(self, pid: u64) -> u64 {
        pid << 1 | u64::from(self == Mode::Raw)
    }

    /// The opposite of [`Mode::pack`]. None if no process has that pid.
    pub fn unpack(argument: u64) -> Option<(Mode, u64)> {
        let (mode, pid) = (if argument & 1 == 1 { Mode::Raw } else { Mode::Cooked }, argument >> 1);
        (1..lv6_abi::limits::NPROC as u64).contains(&pid).then_some((mode, pid))
    }
}

/// Sets the mode of the console at a descriptor, and makes this process the one that is told of interrupts. ENOTTY if
/// it is no console.
pub fn set_mode(fd: u64, mode: Mode) -> Result<(), Errno> {
    control(fd, SET_MODE, mode.pack(getpid())).map(|_| ())
}

/// How many interrupts there were at the console at a descriptor. EBUSY if another process is to be told of them.
pub fn interrupts(fd: u64) -> Result<u64, Errno> {
    control(fd, INTERRUPTS, getpid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_say_mode_and_process() {
        for (mode, pid) in [(Mode::Raw, 1), (Mode::Cooked, 63)] {
            assert_eq!(Mode::unpack(mode.pack(pid)), Some((mode, pid)));
        }
        assert_eq!([0, 1, Mode::Raw.pack(64), u64::MAX].map(Mode::unpack), [None; 4]);
    }
}
