//! The 80 x 25 text screen of a PC.

use core::str::from_utf8;

use crate::code_page::byte_of;

/// Characters in a line.
pub const COLUMNS: usize = 80;
/// Lines.
pub const ROWS: usize = 25;
/// Light grey on black.
const ATTRIBUTE: u16 = 0x0700;
const BLANK: u16 = ATTRIBUTE | b' ' as u16;
/// What is shown for a character that the screen does not have, and for bytes that are no character.
const UNKNOWN: u8 = b'?';

/// What the screen shows, as the display adapter wants it: a character and its colours in each cell.
pub struct TextScreen {
    cells: [u16; COLUMNS * ROWS],
    row: usize,
    column: usize,
    /// The first bytes of a character whose others have not come yet, and how many these are.
    begun: ([u8; 4], usize),
}

impl TextScreen {
    /// A blank screen.
    pub const fn new() -> Self {
        TextScreen { cells: [BLANK; COLUMNS * ROWS], row: 0, column: 0, begun: ([0; 4], 0) }
    }

    /// The cells, line by line.
    pub fn cells(&self) -> &[u16; COLUMNS * ROWS] {
        &self.cells
    }

    /// Where the next character goes, as an index into the cells.
    pub fn cursor(&self) -> usize {
        self.row * COLUMNS + self.column.min(COLUMNS - 1)
    }

    /// Writes text in UTF-8: line feed, carriage return, backspace and tabulator do what they say.
    pub fn write(&mut self, text: &[u8]) {
        for &byte in text {
            if byte >= 0x80 {
                self.continue_character(byte);
                continue;
            }
            if core::mem::take(&mut self.begun.1) != 0 {
                self.put(UNKNOWN);
            }
            match byte {
                b'\n' => self.next_line(),
                b'\r' => self.column = 0,
                8 => self.column = self.column.saturating_sub(1),
                b'\t' => self.column = (self.column / 8 + 1) * 8,
                _ => self.put(byte),
            }
        }
    }

    /// Takes in a byte of a character that has several, and shows the character with its last one.
    fn continue_character(&mut self, byte: u8) {
        let (bytes, length) = &mut self.begun;
        bytes[*length] = byte;
        *length += 1;
        let shown = match from_utf8(&bytes[..*length]) {
            Ok(text) => text.chars().next().and_then(byte_of).unwrap_or(UNKNOWN),
            Err(error) if error.error_len().is_none() => return,
            Err(_) => UNKNOWN,
        };
        *length = 0;
        self.put(shown);
    }

    fn put(&mut self, byte: u8) {
        if self.column >= COLUMNS {
            self.next_line();
        }
        self.cells[self.row * COLUMNS + self.column] = ATTRIBUTE | byte as u16;
        self.column += 1;
    }

    fn next_line(&mut self) {
        self.column = 0;
        if self.row + 1 < ROWS {
            self.row += 1;
            return;
        }
        self.cells.copy_within(COLUMNS.., 0);
        self.cells[(ROWS - 1) * COLUMNS..].fill(BLANK);
    }
}

impl Default for TextScreen {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(screen: &TextScreen, row: usize) -> String {
        let cells = &screen.cells()[row * COLUMNS..(row + 1) * COLUMNS];
        cells.iter().map(|&c| c as u8 as char).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn writes_lines() {
        let mut screen = TextScreen::new();
        screen.write(b"one\ntwo\tx\rT\nab\x08c");
        assert_eq!([line(&screen, 0), line(&screen, 1), line(&screen, 2)], ["one", "Two     x", "ac"]);
        assert_eq!(screen.cursor(), 2 * COLUMNS + 2);
    }

    #[test]
    fn scrolls() {
        let mut screen = TextScreen::new();
        for n in 0..30 {
            screen.write(format!("{n}\n").as_bytes());
        }
        assert_eq!([line(&screen, 0), line(&screen, 23), line(&screen, 24)], ["6", "29", ""]);
    }

    #[test]
    fn characters_become_those_of_the_screen() {
        let mut screen = TextScreen::new();
        let tree = "└── é€";
        screen.write(tree.as_bytes());
        let cells: Vec<u8> = screen.cells()[..6].iter().map(|&cell| cell as u8).collect();
        assert_eq!(cells, [0xc0, 0xc4, 0xc4, b' ', 0x82, b'?']);

        let (mut whole, mut pieces) = (TextScreen::new(), TextScreen::new());
        whole.write(tree.as_bytes());
        tree.as_bytes().iter().for_each(|&byte| pieces.write(&[byte]));
        assert_eq!(whole.cells(), pieces.cells());
    }

    #[test]
    fn bytes_that_are_no_character_do_not_swallow_others() {
        let mut screen = TextScreen::new();
        screen.write(b"a\xe2\x94b\x94c\xff\xe2\nd");
        assert_eq!([line(&screen, 0), line(&screen, 1)], ["a?b?c??", "d"]);
    }

    #[test]
    fn wraps_and_survives_any_bytes() {
        let mut screen = TextScreen::new();
        screen.write(&[b'x'; COLUMNS + 1]);
        assert_eq!(line(&screen, 1), "x");
        for n in 0..100_000u32 {
            screen.write(&n.wrapping_mul(2_654_435_761).to_le_bytes());
            assert!(screen.cursor() < COLUMNS * ROWS);
        }
    }
}
