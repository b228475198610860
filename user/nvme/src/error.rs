//! What can go wrong with a drive.

use core::fmt;

use lv6_ulib::Errno;

/// Why a drive cannot be used, or has not done what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The machine has no NVMe drive that a process can claim.
    NoDrive,
    /// The kernel does not give this process what the driver needs.
    Kernel(Errno),
    /// No registers answer.
    Absent,
    /// The drive lacks what the driver needs, or has what it does not know.
    Unsupported(&'static str),
    /// The drive has not answered in time.
    Silent(&'static str),
    /// The drive says that it has failed.
    Fatal,
    /// The drive has answered what makes no sense.
    Nonsense(&'static str),
    /// The drive was stopped after an earlier error.
    Stopped,
    /// The drive has carried out a command with an error.
    Refused(&'static str, Status),
    /// The drive has no such block.
    NoSuchBlock(u64),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoDrive => f.write_str("there is no NVMe drive that can be claimed"),
            Error::Kernel(errno) => write!(f, "the drive cannot be claimed: {errno}"),
            Error::Absent => f.write_str("the drive has no registers"),
            Error::Unsupported(what) => write!(f, "the drive cannot be used: {what}"),
            Error::Silent(what) => write!(f, "the drive does not answer: {what}"),
            Error::Fatal => f.write_str("the drive has failed"),
            Error::Nonsense(what) => write!(f, "the drive answers nonsense: {what}"),
            Error::Stopped => f.write_str("the drive was stopped after an error"),
            Error::Refused(command, status) => write!(f, "{command}: {status}"),
            Error::NoSuchBlock(number) => write!(f, "the drive has no block {number}"),
        }
    }
}

/// How a command ended (section 4.6.1): 0 in both if well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Kind of status: 0 generic, 1 of this command, 2 of the medium or the data, 7 the maker's.
    pub kind: u8,
    /// What it was.
    pub code: u8,
}

impl Status {
    /// The command has succeeded.
    pub const SUCCESS: Status = Status { kind: 0, code: 0 };

    /// What it means; none for one that is rare.
    fn meaning(self) -> Option<&'static str> {
        Some(match (self.kind, self.code) {
            (0, 0x00) => "success",
            (0, 0x01) => "no such command",
            (0, 0x02) => "invalid field in the command",
            (0, 0x04) => "error in the transfer of data",
            (0, 0x05) => "aborted by a loss of power",
            (0, 0x06) => "error inside the drive",
            (0, 0x07 | 0x08) => "aborted",
            (0, 0x0b) => "no such namespace",
            (0, 0x20) => "the namespace is write-protected",
            (0, 0x80) => "no such block",
            (0, 0x81) => "capacity exceeded",
            (0, 0x82) => "not ready",
            (1, 0x82) => "the blocks are read-only",
            (2, 0x80) => "cannot be written",
            (2, 0x81) => "cannot be read",
            (2, 0x82..=0x84) => "the data do not pass a check",
            (2, 0x86) => "access denied",
            _ => return None,
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(meaning) = self.meaning() {
            write!(f, "{meaning} ")?;
        }
        write!(f, "(status {}/{:#04x})", self.kind, self.code)
    }
}

impl From<Error> for Errno {
    fn from(error: Error) -> Errno {
        match error {
            Error::NoDrive => Errno::ENODEV,
            Error::Kernel(errno) => errno,
            Error::NoSuchBlock(_) => Errno::EINVAL,
            _ => Errno::EIO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn errors_read_well() {
        for (error, text) in [
            (Error::NoDrive, "there is no NVMe drive that can be claimed"),
            (Error::Kernel(Errno::EBUSY), "the drive cannot be claimed: in use"),
            (Error::Silent("read"), "the drive does not answer: read"),
            (Error::Refused("read", Status { kind: 2, code: 0x81 }), "read: cannot be read (status 2/0x81)"),
            (Error::Refused("flush", Status { kind: 7, code: 1 }), "flush: (status 7/0x01)"),
            (Error::NoSuchBlock(77), "the drive has no block 77"),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn what_programs_are_told() {
        assert_eq!(Errno::from(Error::NoSuchBlock(1)), Errno::EINVAL);
        assert_eq!(Errno::from(Error::Kernel(Errno::ENOMEM)), Errno::ENOMEM);
        assert_eq!(Errno::from(Error::Refused("write", Status { kind: 2, code: 0x80 })).number(), 5);
    }
}
