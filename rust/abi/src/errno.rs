//! Error numbers, as in Linux. A system call returns 0, or the number negated (two's complement) in `rax`.

/// No such process: the pid is outside 1..=63.
pub const ESRCH: u64 = 3;
/// Interrupted: an interrupt waits for the caller's acknowledgement, so it must not go to sleep.
pub const EINTR: u64 = 4;
/// Bad file descriptor.
pub const EBADF: u64 = 9;
/// No child processes.
pub const ECHILD: u64 = 10;
/// Try again: the peer is not waiting, or nothing can run.
pub const EAGAIN: u64 = 11;
/// No free slot or page of the kind that the call needs.
pub const ENOMEM: u64 = 12;
/// The object belongs to someone else, or the permission is not allowed.
pub const EACCES: u64 = 13;
/// The object is in use.
pub const EBUSY: u64 = 16;
/// The object exists already.
pub const EEXIST: u64 = 17;
/// No such device.
pub const ENODEV: u64 = 19;
/// Invalid argument.
pub const EINVAL: u64 = 22;
/// The process still owns something.
pub const ETXTBSY: u64 = 26;
/// No such system call.
pub const ENOSYS: u64 = 38;
