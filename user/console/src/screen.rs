//! Text for the screen of a PC, whose code has 256 characters and no escape sequences.

use alloc::vec::Vec;

/// The characters from 128 on of the screen's code, code page 437.
const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// Characters that the screen has in place of control characters, as far as programs use them.
const ARROWS: [(char, u8); 4] = [('↑', 0x18), ('↓', 0x19), ('→', 0x1a), ('←', 0x1b)];
/// What the screen makes of a form feed is a blank screen.
const FORM_FEED: u8 = 0x0c;

/// Turns what programs write into what the screen shows: characters of UTF-8 into those of the screen's code, `?` where
/// it has none; escape sequences into nothing, but for the one that clears the screen.
#[derive(Debug, Default)]
pub struct Filter {
    state: State,
    /// The bytes of a character that is not complete.
    partial: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Text,
    /// After the escape character.
    Escape,
    /// After `ESC [`, with the last parameter's value.
    Sequence(u8),
}

impl Filter {
    /// Converts a piece of text. Characters and sequences may go on in the next one.
    pub fn convert(&mut self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for &byte in text {
            self.state = match (self.state, byte) {
                (State::Text, 0x1b) => State::Escape,
                (State::Text, _) => {
                    self.character(byte, &mut out);
                    State::Text
                }
                (State::Escape, b'[') => State::Sequence(0),
                (State::Escape, _) => State::Text,
                (State::Sequence(value), b'0'..=b'9') => {
                    State::Sequence(value.wrapping_mul(10).wrapping_add(byte - b'0'))
                }
                (State::Sequence(2), b'J') => {
                    out.push(FORM_FEED);
                    State::Text
                }
                (State::Sequence(_), 0x40..=0x7e) => State::Text,
                (State::Sequence(_), _) => State::Sequence(0),
            };
        }
        out
    }

    fn character(&mut self, byte: u8, out: &mut Vec<u8>) {
        if byte & 0xc0 != 0x80 && !self.partial.is_empty() {
            self.partial.clear();
            out.push(b'?');
        }
        match byte {
            b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0x08 => out.push(byte),
            0..=0x7f => {}
            _ => {
                self.partial.push(byte);
                let code = match core::str::from_utf8(&self.partial) {
                    Ok(text) => text.chars().next().and_then(code),
                    Err(e) if e.error_len().is_none() => return,
                    Err(_) => None,
                };
                self.partial.clear();
                out.push(code.unwrap_or(b'?'));
            }
        }
    }
}

/// The screen's code for a character that is not ASCII.
fn code(c: char) -> Option<u8> {
    let upper = || UPPER.chars().position(|known| known == c).map(|n| 128 + n as u8);
    ARROWS.iter().find(|(arrow, _)| *arrow == c).map(|(_, code)| *code).or_else(upper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn convert(text: &str) -> Vec<u8> {
        Filter::default().convert(text.as_bytes())
    }

    #[test]
    fn the_code_has_128_characters_beyond_ascii() {
        assert_eq!(UPPER.chars().count(), 128);
        assert_eq!([code('Ç'), code('─'), code('└'), code('α'), code('→')], [128, 196, 192, 224, 26].map(Some));
        assert_eq!(code('€'), None);
    }

    #[test]
    fn ascii_stays_as_it_is() {
        assert_eq!(convert("ls\t~\r\n\x08 \x07\0"), b"ls\t~\r\n\x08 ");
    }

    #[test]
    fn characters_are_converted_or_replaced() {
        assert_eq!(convert("├── é €x"), b"\xc3\xc4\xc4 \x82 ?x");
        assert_eq!(Filter::default().convert(b"a\xffb\xe2\x94c\x80d\xc3"), b"a?b?c?d");
    }

    #[test]
    fn sequences_show_nothing_and_clear_the_screen() {
        assert_eq!(convert("\x1b[1;31mred\x1b[0m \x1b[Kx\x1bcy"), b"red xy");
        assert_eq!(convert("a\x1b[H\x1b[2Jb\x1b[12Jc"), b"a\x0cbc");
    }

    proptest! {
        #[test]
        fn the_pieces_do_not_matter(text in "[a-z\x1b\\[0-9;JHm└→€é\n]{0,60}", cuts in prop::collection::vec(0usize..200, 0..8)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).chain([0, text.len()]).collect();
            cuts.sort_unstable();
            let mut filter = Filter::default();
            let pieces: Vec<u8> = cuts.windows(2).flat_map(|cut| filter.convert(&text.as_bytes()[cut[0]..cut[1]])).collect();
            prop_assert_eq!(pieces, convert(&text));
        }

        #[test]
        fn nothing_but_text_comes_out(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let out = Filter::default().convert(&bytes);
            let arrow = |byte: &u8| (0x18..=0x1b).contains(byte);
            prop_assert!(out.iter().all(|byte| *byte >= b' ' || b"\n\r\t\x08\x0c".contains(byte) || arrow(byte)));
        }
    }
}
