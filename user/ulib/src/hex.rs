//! Bytes as people read them.

use alloc::string::String;
use core::fmt::Write;

/// Bytes in a line.
pub const LINE: usize = 16;

/// A line: the offset of its first byte, up to 16 bytes, and what they are as characters.
pub fn line(offset: u64, bytes: &[u8]) -> String {
    let mut text = alloc::format!("{offset:08x} ");
    for n in 0..LINE {
        let gap = if n == LINE / 2 { " " } else { "" };
        let _ = match bytes.get(n) {
            Some(byte) => write!(text, "{gap} {byte:02x}"),
            None => write!(text, "{gap}   "),
        };
    }
    let character = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { *byte as char } else { '.' };
    let _ = write!(text, "  |{}|", bytes.iter().map(character).collect::<String>());
    text
}

/// Makes lines of pieces; lines that are equal to the one before are shown as one `*`.
#[derive(Debug, Default)]
pub struct Dump {
    offset: u64,
    line: alloc::vec::Vec<u8>,
    last: Option<[u8; LINE]>,
    starred: bool,
}

impl Dump {
    /// Adds a piece, and passes on each line that it completes.
    pub fn feed(&mut self, piece: &[u8], mut show: impl FnMut(&str)) {
        for &byte in piece {
            self.line.push(byte);
            if let Ok(full) = <[u8; LINE]>::try_from(&self.line[..]) {
                let same = self.last == Some(full);
                if !same {
                    show(&line(self.offset, &full));
                } else if !self.starred {
                    show("*");
                }
                self.starred = same;
                self.last = Some(full);
                self.offset += LINE as u64;
                self.line.clear();
            }
        }
    }

    /// Passes on the last line, and the offset of the end.
    pub fn finish(self, mut show: impl FnMut(&str)) {
        if !self.line.is_empty() {
            show(&line(self.offset, &self.line));
        }
        show(&alloc::format!("{:08x}", self.offset + self.line.len() as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn dump(bytes: &[u8], size: usize) -> Vec<String> {
        let mut lines = vec![];
        let mut dump = Dump::default();
        bytes.chunks(size).for_each(|piece| dump.feed(piece, |line| lines.push(line.into())));
        dump.finish(|line| lines.push(line.into()));
        lines
    }

    #[test]
    fn lines_show_offset_bytes_and_characters() {
        let expected = [
            "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
            "00000010  0a 7f ff                                          |...|",
            "00000013",
        ];
        for size in [1, 7, 100] {
            assert_eq!(dump(b"0123456789abcdef\n\x7f\xff", size), expected);
        }
        assert_eq!(dump(b"", 1), ["00000000"]);
    }

    #[test]
    fn equal_lines_are_shown_once() {
        let lines = dump(&[[0; 64], [1; 64]].concat(), 10);
        assert_eq!(
            lines.iter().map(|line| &line[..line.len().min(8)]).collect::<Vec<_>>(),
            ["00000000", "*", "00000040", "*", "00000080"]
        );
    }
}
