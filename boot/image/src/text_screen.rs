//! The 80 x 25 text screen of a PC.

/// Characters in a line.
pub const COLUMNS: usize = 80;
/// Lines.
pub const ROWS: usize = 25;
/// Light grey on black.
const ATTRIBUTE: u16 = 0x0700;
const BLANK: u16 = ATTRIBUTE | b' ' as u16;

/// What the screen shows, as the display adapter wants it: a character and its colours in each cell.
pub struct TextScreen {
    cells: [u16; COLUMNS * ROWS],
    row: usize,
    column: usize,
}

impl TextScreen {
    /// A blank screen.
    pub const fn new() -> Self {
        TextScreen { cells: [BLANK; COLUMNS * ROWS], row: 0, column: 0 }
    }

    /// The cells, line by line.
    pub fn cells(&self) -> &[u16; COLUMNS * ROWS] {
        &self.cells
    }

    /// Where the next character goes, as an index into the cells.
    pub fn cursor(&self) -> usize {
        self.row * COLUMNS + self.column.min(COLUMNS - 1)
    }

    /// Writes text: line feed, carriage return, backspace and tabulator do what they say; a form feed
    /// blanks the screen.
    pub fn write(&mut self, text: &[u8]) {
        for &byte in text {
            match byte {
                b'\n' => self.next_line(),
                b'\r' => self.column = 0,
                8 => self.column = self.column.saturating_sub(1),
                0x0c => *self = TextScreen::new(),
                b'\t' => self.column = (self.column / 8 + 1) * 8,
                _ => self.put(byte),
            }
        }
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
    fn a_form_feed_blanks_the_screen() {
        let mut screen = TextScreen::new();
        screen.write(b"one\ntwo\x0cx");
        assert_eq!([line(&screen, 0), line(&screen, 1)], ["x", ""]);
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
