//! What went wrong: an error number, as the kernel returns it or as this library chooses it.

use core::fmt;

use lv6_abi::errno as abi;

/// An error number with Linux's values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Errno(u64);

/// Declares the constants together with the texts that people read.
macro_rules! errnos {
    ($($name:ident = $value:expr, $text:literal;)*) => {
        impl Errno {
            $(#[doc = concat!("Means: ", $text, ".")] pub const $name: Errno = Errno($value);)*

            /// Its name and what it means; none for a number that lv6 does not use.
            pub fn describe(self) -> Option<(&'static str, &'static str)> {
                match self {
                    $(Errno::$name => Some((stringify!($name), $text)),)*
                    _ => None,
                }
            }
        }
    };
}

errnos! {
    ENOENT = 2, "no such file or directory";
    ESRCH = abi::ESRCH, "no such process";
    EINTR = abi::EINTR, "an interrupt waits to be acknowledged";
    EIO = 5, "input/output error";
    ENXIO = 6, "no such device or address";
    E2BIG = 7, "too many or too long arguments";
    ENOEXEC = 8, "not an lv6 program";
    EBADF = abi::EBADF, "bad file descriptor";
    ECHILD = abi::ECHILD, "no child processes";
    EAGAIN = abi::EAGAIN, "try again";
    ENOMEM = abi::ENOMEM, "no free page or slot";
    EACCES = abi::EACCES, "not permitted";
    EBUSY = abi::EBUSY, "in use";
    EEXIST = abi::EEXIST, "exists already";
    EXDEV = 18, "not on the same device";
    ENODEV = abi::ENODEV, "no such device";
    ENOTDIR = 20, "not a directory";
    EISDIR = 21, "is a directory";
    EINVAL = abi::EINVAL, "invalid argument";
    ENFILE = 23, "too many open files in the system";
    EMFILE = 24, "too many open files";
    ENOTTY = 25, "the device does not know that request";
    ETXTBSY = abi::ETXTBSY, "the process still owns something";
    EFBIG = 27, "file too large";
    ENOSPC = 28, "no space left on device";
    ESPIPE = 29, "not a file with positions";
    EROFS = 30, "read-only file system";
    EMLINK = 31, "too many links";
    EPIPE = 32, "nobody reads the pipe";
    ENAMETOOLONG = 36, "name too long";
    ENOSYS = abi::ENOSYS, "no such system call";
    ENOTEMPTY = 39, "directory not empty";
    EUCLEAN = 117, "the file system is damaged";
}

impl Errno {
    /// Greatest error number that a result can hold.
    const MAX: u64 = 4095;

    /// The error with this number.
    pub const fn new(number: u64) -> Errno {
        Errno(number)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Splits what a system call returned in `rax`: a negated error number, or a value.
    pub fn check(result: u64) -> Result<u64, Errno> {
        let negated = result.wrapping_neg();
        if (1..=Self::MAX).contains(&negated) { Err(Errno(negated)) } else { Ok(result) }
    }

    /// The opposite of [`Errno::check`].
    pub fn pack(result: Result<u64, Errno>) -> u64 {
        result.unwrap_or_else(|e| e.0.wrapping_neg())
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.describe() {
            Some((_, text)) => f.write_str(text),
            None => write!(f, "error {}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.describe() {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn results_are_split_into_values_and_errors() {
        assert_eq!(Errno::check(0), Ok(0));
        assert_eq!(Errno::check(0xffff_ffff_ffff_fff4), Err(Errno::ENOMEM));
        assert_eq!(Errno::check(0xffff_ffff_ffff_f001), Err(Errno::new(4095)));
        assert_eq!(Errno::check(0xffff_ffff_ffff_f000), Ok(0xffff_ffff_ffff_f000));
    }

    #[test]
    fn pack_is_the_opposite_of_check() {
        for result in [Ok(0), Ok(77), Err(Errno::EINVAL), Err(Errno::new(1)), Err(Errno::new(4095))] {
            assert_eq!(Errno::check(Errno::pack(result)), result);
        }
    }

    #[test]
    fn names_and_texts() {
        assert_eq!(format!("{} {:?}", Errno::EINVAL, Errno::EINVAL), "invalid argument EINVAL");
        assert_eq!(format!("{} {:?}", Errno::new(99), Errno::new(99)), "error 99 Errno(99)");
    }
}
