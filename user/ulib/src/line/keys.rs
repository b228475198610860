//! From the bytes that a terminal sends to keys.

use alloc::vec::Vec;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character to be inserted.
    Character(char),
    Enter,
    Tab,
    Interrupt,
    EndOfInput,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Up,
    Down,
    KillWord,
    KillBefore,
    KillAfter,
    Clear,
    /// One that means nothing here.
    Other,
}

/// Where in an escape sequence of the terminal we are.
#[derive(Debug, Default, Clone, Copy)]
enum Escape {
    /// Not in one.
    #[default]
    No,
    /// After the escape character.
    Start,
    /// After `ESC [` or `ESC O`: the first parameter, and the one that is being read.
    Sequence(u8, u8),
}

/// Puts bytes together. Bytes that are no text are dropped.
#[derive(Debug, Default)]
pub struct Decoder {
    escape: Escape,
    /// The bytes of a character that is not complete.
    partial: Vec<u8>,
    /// The last byte was a carriage return, which a line feed may follow.
    after_return: bool,
}

impl Decoder {
    /// Takes a byte. Returns the key that it completes.
    pub fn feed(&mut self, byte: u8) -> Option<Key> {
        let after_return = core::mem::replace(&mut self.after_return, byte == b'\r');
        if byte < 0x80 {
            self.partial.clear();
        }
        match core::mem::take(&mut self.escape) {
            Escape::Start => self.escape_start(byte),
            Escape::Sequence(first, last) => self.sequence(first, last, byte),
            Escape::No => match byte {
                0x1b => {
                    self.escape = Escape::Start;
                    None
                }
                b'\n' if after_return => None,
                0..=0x1f | 0x7f => Some(control(byte)),
                _ => self.text(byte).map(Key::Character),
            },
        }
    }

    fn escape_start(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'[' | b'O' => {
                self.escape = Escape::Sequence(0, 0);
                None
            }
            b'b' => Some(Key::WordLeft),
            b'f' => Some(Key::WordRight),
            _ => Some(Key::Other),
        }
    }

    fn sequence(&mut self, first: u8, last: u8, byte: u8) -> Option<Key> {
        let digit = |value: u8| value.saturating_mul(10).saturating_add(byte - b'0');
        self.escape = match byte {
            b'0'..=b'9' => Escape::Sequence(first, digit(last)),
            b';' => Escape::Sequence(last, 0),
            // The last parameter says which modifier keys are pressed, if there are two.
            0x40..=0x7e => return Some(named(if first == 0 { (last, 0) } else { (first, last) }, byte)),
            _ => Escape::Sequence(first, last),
        };
        None
    }

    fn text(&mut self, byte: u8) -> Option<char> {
        if byte & 0xc0 != 0x80 {
            self.partial.clear();
        }
        self.partial.push(byte);
        match core::str::from_utf8(&self.partial) {
            Ok(text) => {
                let c = text.chars().next();
                self.partial.clear();
                c
            }
            Err(e) => {
                if e.error_len().is_some() {
                    self.partial.clear();
                }
                None
            }
        }
    }
}

/// The key that sends a control character.
fn control(byte: u8) -> Key {
    match byte {
        0x01 => Key::Home,
        0x02 => Key::Left,
        0x03 => Key::Interrupt,
        0x04 => Key::EndOfInput,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x08 | 0x7f => Key::Backspace,
        b'\t' => Key::Tab,
        b'\r' | b'\n' => Key::Enter,
        0x0b => Key::KillAfter,
        0x0c => Key::Clear,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::KillBefore,
        0x17 => Key::KillWord,
        _ => Key::Other,
    }
}

/// The key that sends an escape sequence with these parameters and this last byte.
fn named((number, modifiers): (u8, u8), last: u8) -> Key {
    /// The parameter for the control key.
    const CONTROL: u8 = 5;
    match (last, number) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', _) if modifiers == CONTROL => Key::WordRight,
        (b'D', _) if modifiers == CONTROL => Key::WordLeft,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        (b'H', _) | (b'~', 1 | 7) => Key::Home,
        (b'F', _) | (b'~', 4 | 8) => Key::End,
        (b'~', 3) => Key::Delete,
        _ => Key::Other,
    }
}
