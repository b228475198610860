//! What the programs that read text have in common: the files that their operands name, and lines.

use alloc::vec::Vec;

use crate::errno::Errno;
use crate::fs::{self, File};
use crate::process::{name, status};
use crate::{eprintln, fs::stdin};

/// The operand that stands for the input of the program.
pub const STDIN: &str = "-";

/// Says that something could not be done with a file, or whatever `what` names. Returns the status for that.
pub fn complain(what: &str, e: Errno) -> u8 {
    eprintln!("{}: {what}: {e}", name());
    status::FAILED
}

/// Works on each of the files at some paths, or on the input of the program if there are none; `-` is the input, too. A
/// file that cannot be read does not keep the others from their turn. Returns the status for the program.
pub fn each(paths: &[&str], mut work: impl FnMut(&str, &File) -> Result<(), Errno>) -> u8 {
    let paths = if paths.is_empty() { &[STDIN] } else { paths };
    let mut result = status::OK;
    for &path in paths {
        let done = if path == STDIN { work(path, &stdin()) } else { fs::open(path).and_then(|file| work(path, &file)) };
        if let Err(e) = done {
            result = complain(path, e);
        }
    }
    result
}

/// Reads a file in pieces, and passes each on.
pub fn pieces(file: &File, mut work: impl FnMut(&[u8]) -> Result<(), Errno>) -> Result<(), Errno> {
    let mut buffer = [0; 4096];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            len => work(&buffer[..len])?,
        }
    }
}

/// Writes to the output of the program. If nobody reads it any more, the program ends.
pub fn output(bytes: &[u8]) -> Result<(), Errno> {
    match fs::stdout().write_all(bytes) {
        Err(Errno::EPIPE) => crate::process::exit(status::PIPE),
        // There is no file server: what can be printed is.
        Err(Errno::ESRCH | Errno::EBADF) => {
            crate::print!("{}", alloc::string::String::from_utf8_lossy(bytes));
            Ok(())
        }
        result => result,
    }
}

/// Makes lines of pieces of text.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Adds a piece, and passes on each line that it completes, without its line feed. Ends early if `work` wants that;
    /// returns whether it went on.
    pub fn feed(&mut self, mut piece: &[u8], mut work: impl FnMut(&[u8]) -> bool) -> bool {
        while let Some(end) = piece.iter().position(|&byte| byte == b'\n') {
            let (line, rest) = piece.split_at(end);
            piece = &rest[1..];
            let go_on = if self.rest.is_empty() {
                work(line)
            } else {
                self.rest.extend_from_slice(line);
                work(&core::mem::take(&mut self.rest))
            };
            if !go_on {
                return false;
            }
        }
        self.rest.extend_from_slice(piece);
        true
    }

    /// What comes after the last line feed, if anything does.
    pub fn finish(self) -> Option<Vec<u8>> {
        Some(self.rest).filter(|rest| !rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;

    #[test]
    fn reading_can_end_early() {
        let mut lines = Lines::default();
        let mut seen = vec![];
        assert!(!lines.feed(b"one\ntwo\nthree\n", |line| {
            seen.push(line.to_vec());
            seen.len() < 2
        }));
        assert_eq!(seen, [&b"one"[..], b"two"]);
    }

    proptest! {
        #[test]
        fn the_pieces_do_not_matter(text in "[ab\n]{0,40}", size in 1usize..10) {
            let mut lines = Lines::default();
            let mut seen = vec![];
            for piece in text.as_bytes().chunks(size) {
                lines.feed(piece, |line| {
                    seen.push(line.to_vec());
                    true
                });
            }
            seen.extend(lines.finish());
            let expected: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
            prop_assert_eq!(seen, expected);
        }
    }
}
