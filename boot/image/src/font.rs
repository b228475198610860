//! Fonts for a screen of pixels: Spleen, by Frederic Cambus, in two sizes.
//!
//! The numbers of its characters are those of code page 437, the code of a PC's text screen, but for what it does not
//! have: the lines that are drawn double, and a few more.

use spleen_font::{FONT_8X16, FONT_16X32};

/// Most pixels in a line of a character.
pub const WIDTH_MAX: usize = 16;

/// A font.
#[derive(Clone, Copy)]
pub struct Font {
    /// Pixels in a line of a character, a multiple of 8.
    pub width: usize,
    /// Lines of a character.
    pub height: usize,
    /// The characters one after the other, each line by line, a bit for each pixel, the leftmost highest.
    glyphs: &'static [u8],
}

/// All fonts, largest first.
pub const ALL: [Font; 2] = [
    Font { width: 16, height: 32, glyphs: glyphs(FONT_16X32, 32, 64) },
    Font { width: 8, height: 16, glyphs: glyphs(FONT_8X16, 4, 16) },
];

/// The characters in the file of a font with a header of so many bytes, and so many bytes in each character.
const fn glyphs(file: &'static [u8], header: usize, size: usize) -> &'static [u8] {
    let (_, rest) = file.split_at(header);
    rest.split_at(256 * size).0
}

impl Font {
    /// The pixels in line `y` of a character of code page 437: a bit for each, the rightmost lowest.
    pub fn line(&self, byte: u8, y: usize) -> u32 {
        let bytes = self.width / 8;
        let at = (usize::from(glyph(byte)) * self.height + y) * bytes;
        self.glyphs[at..at + bytes].iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte))
    }
}

/// The number of the character that is drawn for a byte.
fn glyph(byte: u8) -> u8 {
    match byte {
        0 | 255 => b' ',
        // Lines of boxes, of which all are drawn single.
        0xb5 | 0xb6 | 0xb9 => 0xb4,
        0xb7 | 0xb8 | 0xbb => 0xbf,
        0xba => 0xb3,
        0xbc..=0xbe => 0xd9,
        0xc6 | 0xc7 | 0xcc => 0xc3,
        0xc8 | 0xd3 | 0xd4 => 0xc0,
        0xc9 | 0xd5 | 0xd6 => 0xda,
        0xca | 0xcf | 0xd0 => 0xc1,
        0xcb | 0xd1 | 0xd2 => 0xc2,
        0xcd => 0xc4,
        0xce | 0xd7 | 0xd8 => 0xc5,
        // A right angle, a house, Greek letters.
        0x1c | 0x7f | 0xe0 | 0xe4 | 0xe5 | 0xe7 | 0xe9 | 0xeb | 0xed | 0xee => b'?',
        _ => byte,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(font: &Font, byte: u8) -> Vec<String> {
        let line =
            |y| format!("{:0width$b}", font.line(byte, y), width = font.width).replace('0', ".").replace('1', "#");
        (0..font.height).map(line).collect()
    }

    #[test]
    fn the_files_have_the_sizes_that_are_read() {
        // The old format: a mark, the kind of table after the characters, and the lines of a character.
        assert_eq!(FONT_8X16[..4], [0x36, 0x04, 3, 16]);
        // The new one: header length, flags, characters, bytes of one, height, width.
        let words: Vec<u32> = FONT_16X32[..32].as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
        assert_eq!(words[2..], [32, 1, 512, 64, 32, 16]);
    }

    #[test]
    fn characters_look_like_themselves() {
        for font in ALL {
            let letter = picture(&font, b'T');
            let set = |line: &String| line.chars().filter(|pixel| *pixel == '#').count();
            let drawn: Vec<usize> = letter.iter().map(set).filter(|count| *count != 0).collect();
            let (bar, stem) = (drawn[0], drawn[drawn.len() - 1]);
            assert!(bar >= font.width / 2 && stem <= font.width / 4, "{letter:#?}");
            // Lines of boxes go from one edge of their cell to the other.
            assert!(picture(&font, 0xb3).iter().all(|line| line.contains('#')));
            assert!(picture(&font, 0xcd).contains(&"#".repeat(font.width)));
        }
    }

    #[test]
    fn only_blanks_are_blank() {
        for font in ALL {
            let blank = |byte: &u8| (0..font.height).all(|y| font.line(*byte, y) == 0);
            assert!((0..=255).filter(blank).eq([0, 32, 255]));
        }
    }
}
