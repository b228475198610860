//! A text screen on a screen of pixels, for machines without text mode.
//!
//! The 80 x 25 cells are drawn in the largest font with which they fit, in the middle. Only cells that change are drawn,
//! as such memory is slow.

use core::fmt;

use crate::font::{self, Font};
use crate::text_screen::{COLUMNS, ROWS, TextScreen};

/// Most bytes of a pixel.
const PIXEL_MAX: usize = 4;

/// The 16 colours of a text screen: red, green, blue.
const PALETTE: [[u8; 3]; 16] = [
    [0, 0, 0],
    [0, 0, 170],
    [0, 170, 0],
    [0, 170, 170],
    [170, 0, 0],
    [170, 0, 170],
    [170, 85, 0],
    [170, 170, 170],
    [85, 85, 85],
    [85, 85, 255],
    [85, 255, 85],
    [85, 255, 255],
    [255, 85, 85],
    [255, 85, 255],
    [255, 255, 85],
    [255, 255, 255],
];

/// Where in a pixel a colour is: its lowest bit, and how many bits it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Number of the lowest bit.
    pub position: u8,
    /// Number of bits.
    pub size: u8,
}

/// What the boot loader says about the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Physical address of the first pixel.
    pub address: u64,
    /// Pixels in a line.
    pub width: u32,
    /// Lines.
    pub height: u32,
    /// Bytes from one line to the next.
    pub pitch: u32,
    /// Bits of a pixel.
    pub bits: u8,
    /// Red, green and blue.
    pub colours: [Field; 3],
}

/// Why no text can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Fewer pixels than the text needs.
    TooSmall,
    /// Pixels of another kind than is known here.
    Format,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::TooSmall => write!(f, "too small for a text of {COLUMNS} x {ROWS} characters"),
            Unfit::Format => write!(f, "its pixels are of an unknown kind"),
        }
    }
}

impl Pixels {
    /// Bytes that the screen takes up. The error says that they cannot be right.
    pub fn size(&self) -> Result<u64, Unfit> {
        let fits = |field: &Field| field.size <= 16 && u32::from(field.position) + u32::from(field.size) <= 32;
        let line = u64::from(self.width) * u64::from(self.bits / 8);
        let size = u64::from(self.pitch) * u64::from(self.height);
        let known = [16, 24, 32].contains(&self.bits) && self.colours.iter().all(fits);
        let placed = self.address != 0 && self.address.checked_add(size).is_some();
        if known && placed && line <= self.pitch.into() { Ok(size) } else { Err(Unfit::Format) }
    }

    /// The bytes of a pixel of some colour.
    fn pixel(&self, colour: [u8; 3]) -> [u8; PIXEL_MAX] {
        let part = |(field, value): (&Field, u8)| {
            // As many of the value's 8 bits as the field has, the highest first.
            let value = u32::from(value) << 8 | u32::from(value);
            (value >> (16 - field.size)) << field.position
        };
        self.colours.iter().zip(colour).filter(|(field, _)| field.size != 0).map(part).sum::<u32>().to_le_bytes()
    }
}

/// Draws a text screen.
pub struct Painter {
    pixels: Pixels,
    font: Font,
    /// Where the first cell's first pixel is, in bytes from the start.
    origin: usize,
    /// What the cells show, one in reverse that has the cursor.
    drawn: [u16; COLUMNS * ROWS],
}

impl Painter {
    /// For a screen that is all zeros.
    pub fn new(pixels: Pixels) -> Result<Painter, Unfit> {
        pixels.size()?;
        let (width, height) = (pixels.width as usize, pixels.height as usize);
        let fits = |font: &&Font| font.width * COLUMNS <= width && font.height * ROWS <= height;
        let font = *font::ALL.iter().find(fits).ok_or(Unfit::TooSmall)?;
        let (left, top) = ((width - font.width * COLUMNS) / 2, (height - font.height * ROWS) / 2);
        let origin = top * pixels.pitch as usize + left * usize::from(pixels.bits / 8);
        Ok(Painter { pixels, font, origin, drawn: [0; COLUMNS * ROWS] })
    }

    /// What is drawn on.
    pub fn pixels(&self) -> &Pixels {
        &self.pixels
    }

    /// The font in use.
    pub fn font(&self) -> Font {
        self.font
    }

    /// Has `store` put bytes at distances from the start of the screen's memory, until that shows the text.
    pub fn paint(&mut self, screen: &TextScreen, mut store: impl FnMut(usize, &[u8])) {
        for (n, &cell) in screen.cells().iter().enumerate() {
            let cell = if n == screen.cursor() { reverse(cell) } else { cell };
            if core::mem::replace(&mut self.drawn[n], cell) != cell {
                self.draw(n, cell, &mut store);
            }
        }
    }

    fn draw(&mut self, n: usize, cell: u16, store: &mut impl FnMut(usize, &[u8])) {
        let colour = |shift: u16| self.pixels.pixel(PALETTE[usize::from(cell >> shift & 15)]);
        let (text, ground) = (colour(8), colour(12));
        let (bytes, pitch) = (usize::from(self.pixels.bits / 8), self.pixels.pitch as usize);
        let Font { width, height, .. } = self.font;
        let first = self.origin + n / COLUMNS * height * pitch + n % COLUMNS * width * bytes;
        for y in 0..height {
            let bits = self.font.line(cell as u8, y);
            let mut line = [0; font::WIDTH_MAX * PIXEL_MAX];
            for (x, pixel) in line.chunks_exact_mut(bytes).take(width).enumerate() {
                let set = bits >> (width - 1 - x) & 1 == 1;
                pixel.copy_from_slice(&(if set { text } else { ground })[..bytes]);
            }
            store(first + y * pitch, &line[..width * bytes]);
        }
    }
}

/// A cell with its two colours exchanged.
fn reverse(cell: u16) -> u16 {
    cell & 0xff | (cell & 0xf00) << 4 | (cell & 0xf000) >> 4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blue, green, red, and a byte that is not used.
    const USUAL: [Field; 3] =
        [Field { position: 16, size: 8 }, Field { position: 8, size: 8 }, Field { position: 0, size: 8 }];

    fn pixels(width: u32, height: u32) -> Pixels {
        Pixels { address: 0x8000_0000, width, height, pitch: 4 * width + 64, bits: 32, colours: USUAL }
    }

    /// Memory of a screen that has been drawn on.
    struct Memory {
        bytes: Vec<u8>,
        stores: usize,
    }

    fn paint(painter: &mut Painter, screen: &TextScreen, memory: &mut Memory) {
        memory.stores = 0;
        painter.paint(screen, |at, line| {
            memory.bytes[at..at + line.len()].copy_from_slice(line);
            memory.stores += 1;
        });
    }

    fn started(pixels: Pixels) -> (Painter, Memory) {
        let bytes = vec![0; pixels.size().unwrap() as usize];
        (Painter::new(pixels).unwrap(), Memory { bytes, stores: 0 })
    }

    /// The picture of a cell, a character for each pixel.
    fn cell(pixels: &Pixels, painter: &Painter, memory: &Memory, row: usize, column: usize) -> Vec<String> {
        let Font { width: x, height: y, .. } = painter.font();
        let bytes = usize::from(pixels.bits / 8);
        let line = |n: usize| {
            let at = painter.origin + (row * y + n) * pixels.pitch as usize + column * x * bytes;
            memory.bytes[at..at + x * bytes].chunks(bytes).map(|p| if p[0] == 0 { '.' } else { '#' }).collect()
        };
        (0..y).map(line).collect()
    }

    #[test]
    fn cells_lie_side_by_side() {
        let pixels = pixels(640, 400);
        let (mut painter, mut memory) = started(pixels);
        let mut screen = TextScreen::new();
        screen.write(b"T\n\xb3\n\xc4");
        paint(&mut painter, &screen, &mut memory);
        let letter = cell(&pixels, &painter, &memory, 0, 0);
        assert_eq!((letter.len(), letter[0].len()), (16, 8));
        let (bar, stem) = (letter.iter().position(|line| line.contains("#####")).unwrap(), "...##...");
        assert!(letter[bar + 1..bar + 8].iter().all(|line| line == stem), "{letter:#?}");
        // Left is left.
        screen.write(b"\nL");
        paint(&mut painter, &screen, &mut memory);
        let letter = cell(&pixels, &painter, &memory, 3, 0);
        let lines = |half: fn(&str) -> &str| letter.iter().filter(|line| half(line).contains('#')).count();
        assert!(lines(|line| &line[..4]) > lines(|line| &line[4..]), "{letter:#?}");
        // Lines of boxes go from one edge of their cell to the other.
        assert!(cell(&pixels, &painter, &memory, 1, 0).iter().all(|line| line.contains('#')));
        assert!(cell(&pixels, &painter, &memory, 2, 0).iter().any(|line| line == "########"));
    }

    #[test]
    fn the_font_follows_from_the_size() {
        let line = |width, height| Painter::new(pixels(width, height)).map(|painter| painter.font().height);
        assert_eq!([(640, 480), (1024, 768), (1279, 800)].map(|(x, y)| line(x, y)), [Ok(16); 3]);
        assert_eq!([(1280, 800), (3840, 2160)].map(|(x, y)| line(x, y)), [Ok(32); 2]);
        assert_eq!([(639, 400), (640, 399), (0, 0)].map(|(x, y)| line(x, y)), [Err(Unfit::TooSmall); 3]);
    }

    #[test]
    fn nothing_is_drawn_outside_the_screen() {
        for (width, height, bits) in [(640, 400, 16), (1000, 700, 24), (1283, 803, 32)] {
            let pixels = Pixels { bits, ..pixels(width, height) };
            let (mut painter, mut memory) = started(pixels);
            let mut screen = TextScreen::new();
            screen.write(&[b'X'; COLUMNS * ROWS]);
            paint(&mut painter, &screen, &mut memory);
            let last = cell(&pixels, &painter, &memory, ROWS - 1, COLUMNS - 2);
            assert!(last.iter().any(|line| line.contains('#')), "{last:#?}");
            let margin = pixels.width as usize * usize::from(bits / 8);
            for line in memory.bytes.chunks(pixels.pitch as usize) {
                assert!(line[margin..].iter().all(|byte| *byte == 0), "the end of a line is no pixel");
            }
        }
    }

    #[test]
    fn only_what_changes_is_drawn() {
        let (mut painter, mut memory) = started(pixels(640, 400));
        let mut screen = TextScreen::new();
        paint(&mut painter, &screen, &mut memory);
        screen.write(b"a");
        paint(&mut painter, &screen, &mut memory);
        assert_eq!(memory.stores, 2 * 16, "the character, and the cursor beside it");
        paint(&mut painter, &screen, &mut memory);
        assert_eq!(memory.stores, 0);
    }

    #[test]
    fn colours_are_where_the_screen_has_them() {
        let grey = PALETTE[7];
        assert_eq!(pixels(640, 400).pixel(grey), [170, 170, 170, 0]);
        let fields = [(11, 5), (5, 6), (0, 5)].map(|(position, size)| Field { position, size });
        let narrow = Pixels { bits: 16, colours: fields, ..pixels(640, 400) };
        assert_eq!(narrow.pixel([255, 0, 0]), [0x00, 0xf8, 0, 0]);
        assert_eq!(narrow.pixel([0, 255, 0]), [0xe0, 0x07, 0, 0]);
        assert_eq!(narrow.pixel([0, 0, 255]), [0x1f, 0x00, 0, 0]);
        let wide = [(20, 10), (10, 10), (0, 10)].map(|(position, size)| Field { position, size });
        let wide = Pixels { colours: wide, ..pixels(640, 400) };
        assert_eq!(wide.pixel([255; 3]), 0x3fff_ffffu32.to_le_bytes());
    }

    #[test]
    fn what_cannot_be_right_is_refused() {
        let good = pixels(640, 400);
        assert_eq!(good.size(), Ok((640 * 4 + 64) * 400));
        let far = Field { position: 30, size: 8 };
        let bad = [
            Pixels { bits: 8, ..good },
            Pixels { bits: 64, ..good },
            Pixels { pitch: 640 * 4 - 1, ..good },
            Pixels { address: 0, ..good },
            Pixels { address: u64::MAX - 5, ..good },
            Pixels { colours: [far; 3], ..good },
            Pixels { colours: [Field { position: 0, size: 17 }; 3], ..good },
        ];
        for pixels in bad {
            assert_eq!(pixels.size(), Err(Unfit::Format), "{pixels:?}");
        }
    }
}
