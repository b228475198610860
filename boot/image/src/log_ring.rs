//! The kernel log: the last lines that the kernel wrote.

use core::fmt;

/// Lines that the log keeps.
pub const LINES: usize = 1024;
/// Longest line, its line feed included. A longer one goes on in the next line.
pub const LINE_BYTES: usize = 256;

/// A ring of lines: the oldest gives way to the newest.
pub struct LogRing {
    lines: [[u8; LINE_BYTES]; LINES],
    lengths: [u16; LINES],
    /// The line that is being written.
    current: usize,
    /// Lines written and not yet overwritten, without the current one.
    complete: usize,
}

impl LogRing {
    /// An empty log.
    pub const fn new() -> Self {
        LogRing { lines: [[0; LINE_BYTES]; LINES], lengths: [0; LINES], current: 0, complete: 0 }
    }

    /// Appends text; a line feed ends a line.
    pub fn push(&mut self, text: &[u8]) {
        for &byte in text {
            let length = self.lengths[self.current] as usize;
            self.lines[self.current][length] = byte;
            self.lengths[self.current] = length as u16 + 1;
            if byte == b'\n' || length + 1 == LINE_BYTES {
                self.next_line();
            }
        }
    }

    fn next_line(&mut self) {
        self.current = (self.current + 1) % LINES;
        self.lengths[self.current] = 0;
        self.complete = (self.complete + 1).min(LINES - 1);
    }

    /// Copies out what the log holds from byte `offset` on, counted from the start of its oldest line. Returns how
    /// many bytes that was: as many as fit into `out`, fewer at the end of the log, 0 after it.
    pub fn read(&self, offset: u64, out: &mut [u8]) -> usize {
        let mut skip = offset;
        let mut done = 0;
        for n in 0..=self.complete {
            let index = (self.current + LINES - self.complete + n) % LINES;
            let line = &self.lines[index][..self.lengths[index] as usize];
            if skip >= line.len() as u64 {
                skip -= line.len() as u64;
                continue;
            }
            let line = &line[skip as usize..];
            skip = 0;
            let count = line.len().min(out.len() - done);
            out[done..done + count].copy_from_slice(&line[..count]);
            done += count;
            if done == out.len() {
                break;
            }
        }
        done
    }
}

impl Default for LogRing {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Write for LogRing {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.push(s.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn text(ring: &LogRing) -> String {
        let mut all = Vec::new();
        let mut part = [0; 100];
        loop {
            let n = ring.read(all.len() as u64, &mut part);
            if n == 0 {
                return String::from_utf8(all).unwrap();
            }
            all.extend_from_slice(&part[..n]);
        }
    }

    #[test]
    fn gives_back_what_was_written() {
        let mut ring = LogRing::new();
        assert_eq!(text(&ring), "");
        write!(ring, "one\ntwo {}\nthr", 2).unwrap();
        assert_eq!(text(&ring), "one\ntwo 2\nthr");
        ring.push(b"ee\n");
        assert_eq!(text(&ring), "one\ntwo 2\nthree\n");
    }

    #[test]
    fn keeps_the_last_lines() {
        let mut ring = LogRing::new();
        for n in 0..5000 {
            writeln!(ring, "line {n}").unwrap();
        }
        let expected: String = (5000 - (LINES - 1)..5000).map(|n| format!("line {n}\n")).collect();
        assert_eq!(text(&ring), expected);
    }

    #[test]
    fn long_lines_go_on() {
        let mut ring = LogRing::new();
        let long = "x".repeat(3 * LINE_BYTES + 7);
        writeln!(ring, "{long}").unwrap();
        assert_eq!(text(&ring), long + "\n");
    }

    #[test]
    fn reading_past_the_end_gives_nothing() {
        let mut ring = LogRing::new();
        ring.push(b"abc\n");
        let mut out = [0; 8];
        assert_eq!(ring.read(4, &mut out), 0);
        assert_eq!(ring.read(u64::MAX, &mut out), 0);
        assert_eq!(ring.read(1, &mut []), 0);
        assert_eq!(ring.read(3, &mut out), 1);
    }
}
