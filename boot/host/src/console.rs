//! The console without a terminal: bytes between our own standard streams and the emulator's.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::Duration;

/// Ends the input of whoever reads the guest's console.
const END_OF_INPUT: u8 = 4;

/// Copies what the guest prints, until it ends. The guest ends lines with `\r\n`, as a serial line wants it; with
/// `plain` they end with `\n`. Tells `started` that the guest has set up its console, when it prints something.
pub fn print(from: impl Read, mut to: impl Write, plain: bool, started: &Sender<()>) -> io::Result<()> {
    let mut from = BufReader::new(from);
    let mut line_end = LineEnd::default();
    loop {
        let bytes = match from.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            bytes => bytes?,
        };
        let n = bytes.len();
        if n == 0 {
            return to.write_all(line_end.rest()).and_then(|()| to.flush());
        }
        // Nobody listens any more when the input has begun.
        let _ = started.send(());
        if plain {
            to.write_all(&line_end.convert(bytes))?;
        } else {
            to.write_all(bytes)?;
        }
        to.flush()?;
        from.consume(n);
    }
}

/// Types our input at the guest's console, once it is set up: what comes earlier is lost.
pub fn feed(mut from: impl Read, mut to: impl Write, started: &Receiver<()>) -> io::Result<()> {
    if started.recv().is_err() {
        return Ok(());
    }
    io::copy(&mut from, &mut to)?;
    to.write_all(&[END_OF_INPUT])?;
    to.flush()
}

/// Says again and again that the input has ended, until the guest is gone: the first time it may have been one of the
/// shell's programs that heard it, and not the shell.
pub fn keep_ending(mut to: impl Write, pause: Duration) -> io::Result<()> {
    loop {
        thread::sleep(pause);
        to.write_all(&[END_OF_INPUT])?;
        to.flush()?;
    }
}

/// Turns `\r\n` into `\n`, across the pieces in which bytes arrive.
#[derive(Default)]
struct LineEnd {
    pending: bool,
}

impl LineEnd {
    fn convert(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + 1);
        for &byte in bytes {
            if self.pending && byte != b'\n' {
                out.push(b'\r');
            }
            self.pending = byte == b'\r';
            if !self.pending {
                out.push(byte);
            }
        }
        out
    }

    fn rest(&self) -> &'static [u8] {
        if self.pending { b"\r" } else { b"" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    /// Gives one byte at a time, each after an interruption by a signal.
    struct Slow<'a>(&'a [u8], bool);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let n = self.0.len().min(1);
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn printed(text: &[u8], plain: bool) -> Vec<u8> {
        let (started, _keep) = channel();
        let (mut slow, mut fast) = (Vec::new(), Vec::new());
        print(Slow(text, false), &mut slow, plain, &started).unwrap();
        print(text, &mut fast, plain, &started).unwrap();
        assert_eq!(slow, fast);
        fast
    }

    #[test]
    fn line_ends_become_plain_and_nothing_else_changes() {
        assert_eq!(printed(b"a\r\nb\n\r\r\nc\rd\r", true), b"a\nb\n\r\nc\rd\r");
        assert_eq!(printed(b"a\r\nb", false), b"a\r\nb");
        assert_eq!(printed(b"", true), b"");
    }

    #[test]
    fn input_waits_for_the_guest_and_ends_with_the_end_mark() {
        let (started, waiting) = channel();
        let mut typed = Vec::new();
        started.send(()).unwrap();
        feed(&b"ps\n"[..], &mut typed, &waiting).unwrap();
        assert_eq!(typed, b"ps\n\x04");
    }

    #[test]
    fn a_guest_that_never_starts_gets_no_input() {
        let (started, waiting) = channel();
        drop(started);
        let mut typed = Vec::new();
        feed(&b"ps\n"[..], &mut typed, &waiting).unwrap();
        assert_eq!(typed, b"");
    }

    #[test]
    fn the_end_mark_is_repeated_until_nobody_is_there() {
        struct Three(usize);
        impl Write for Three {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                assert_eq!(bytes, b"\x04");
                self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
                Ok(1)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut guest = Three(3);
        let error = keep_ending(&mut guest, Duration::ZERO).unwrap_err();
        assert_eq!((error.kind(), guest.0), (io::ErrorKind::BrokenPipe, 0));
    }

    #[test]
    fn a_reader_that_goes_away_is_an_error() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (started, _keep) = channel();
        let error = print(&b"text"[..], Gone, true, &started).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
