//! The keyboard: a PS/2 keyboard with an American layout, or one that the firmware makes look like it.
//!
//! A key becomes what a terminal sends for it, so that readers need not know where their input comes from.

use pc_keyboard::layouts::Us104Key;
use pc_keyboard::{DecodedKey, HandleControl, KeyCode, KeyState, PS2Keyboard, ScancodeSet1};

use crate::Hardware;

/// The keyboard controller's ports.
pub const DATA: u16 = 0x60;
/// See [`DATA`].
pub const STATUS: u16 = 0x64;

/// Bits of the status: a byte waits; it is the mouse's.
const WAITING: u8 = 1;
const MOUSE: u8 = 0x20;
/// What a port reads as behind which there is nothing.
const NOTHING: u8 = 0xff;

/// The keyboard, with the state of its modifier keys.
pub struct Keyboard {
    decoder: PS2Keyboard<Us104Key, ScancodeSet1>,
}

impl Keyboard {
    /// A keyboard on which no key is pressed.
    pub fn new() -> Keyboard {
        let decoder = PS2Keyboard::new(ScancodeSet1::new(), Us104Key, HandleControl::MapLettersToUnicode);
        Keyboard { decoder }
    }

    /// What the next byte that waits at the controller means: often nothing. None if no byte waits.
    pub fn poll(&mut self, hardware: &mut impl Hardware) -> Option<Typed> {
        let status = hardware.read(STATUS);
        if status == NOTHING || status & WAITING == 0 {
            return None;
        }
        let byte = hardware.read(DATA);
        Some(if status & MOUSE == 0 { self.decode(byte) } else { Typed::Nothing })
    }

    fn decode(&mut self, byte: u8) -> Typed {
        // A byte that is no part of a key's code is the keyboard's own affair, such as its answer to a self-test.
        let Ok(Some(event)) = self.decoder.add_byte(byte) else { return Typed::Nothing };
        let (code, down) = (event.code, event.state == KeyState::Down);
        let decoded = self.decoder.process_keyevent(event);
        match (sequence(code), decoded) {
            (Some(sequence), _) if down => Typed::Keys(sequence),
            (None, Some(DecodedKey::Unicode(c))) => Typed::Character(c),
            _ => Typed::Nothing,
        }
    }
}

impl Default for Keyboard {
    fn default() -> Self {
        Self::new()
    }
}

/// What a terminal sends for a key that is no character.
fn sequence(code: KeyCode) -> Option<&'static str> {
    Some(match code {
        KeyCode::ArrowUp => "\x1b[A",
        KeyCode::ArrowDown => "\x1b[B",
        KeyCode::ArrowRight => "\x1b[C",
        KeyCode::ArrowLeft => "\x1b[D",
        KeyCode::Home => "\x1b[H",
        KeyCode::End => "\x1b[F",
        KeyCode::Delete => "\x1b[3~",
        KeyCode::PageUp => "\x1b[5~",
        KeyCode::PageDown => "\x1b[6~",
        _ => return None,
    })
}

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Nothing that a reader hears of, such as a modifier key, or a key that was let go.
    Nothing,
    /// A key that sends several characters.
    Keys(&'static str),
    /// A character.
    Character(char),
}

impl Typed {
    /// The bytes that a reader gets.
    pub fn bytes(self) -> impl Iterator<Item = u8> {
        let mut buffer = [0; 4];
        let (text, len) = match self {
            Typed::Nothing => ("", 0),
            Typed::Keys(sequence) => (sequence, 0),
            Typed::Character(c) => ("", c.encode_utf8(&mut buffer).len()),
        };
        text.bytes().chain(buffer.into_iter().take(len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    /// What a reader gets for the codes of some keys.
    fn typed(codes: &[u8]) -> String {
        let mut keyboard = Keyboard::new();
        let bytes: Vec<u8> = codes.iter().flat_map(|&code| keyboard.decode(code).bytes()).collect();
        String::from_utf8(bytes).unwrap()
    }

    const SHIFT: u8 = 0x2a;
    const CONTROL: u8 = 0x1d;
    const UP: u8 = 0x80;

    #[test]
    fn letters_and_signs() {
        assert_eq!(typed(&[0x26, 0x26 | UP, 0x1f, 0x1f | UP, 0x39, 0x0c, 0x1c]), "ls -\n");
        assert_eq!(typed(&[SHIFT, 0x1e, 0x1e | UP, 0x2b, SHIFT | UP, 0x1e]), "A|a");
        assert_eq!(typed(&[0x3a, 0x1e, 0x02, 0x3a | UP, 0x3a, 0x1e]), "A1a");
    }

    #[test]
    fn control_keys() {
        assert_eq!(typed(&[CONTROL, 0x2e, 0x2e | UP, CONTROL | UP, 0x2e]), "\x03c");
        assert_eq!(typed(&[0x0e, 0x0f, 0x01]), "\x08\t\x1b");
    }

    #[test]
    fn keys_without_a_character_send_what_terminals_send() {
        let codes: Vec<u8> = [0x48, 0x50, 0x4d, 0x4b, 0x47, 0x4f, 0x53]
            .into_iter()
            .flat_map(|code| [0xe0, code, 0xe0, code | UP])
            .collect();
        assert_eq!(typed(&codes), "\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F\x1b[3~");
        assert_eq!(typed(&[0x3b, 0x38, 0x1e]), "a");
    }

    #[test]
    fn answers_of_the_keyboard_are_no_keys() {
        assert_eq!(typed(&[0xfa, 0xaa, 0xfe, 0x1e]), "a");
    }
}
