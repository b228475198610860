//! The line discipline: what becomes of the characters that are typed.
//!
//! Characters wait as they are until somebody reads. In cooked mode it is the reading that shows them and makes lines of
//! them, so that text typed ahead appears where it is used, and is shown once. Backspace takes a character back, Ctrl-W
//! a word, Ctrl-U the line; Ctrl-D ends the line without a line feed, and an empty line with it is the end of the input.
//! Only Ctrl-C acts when it arrives: it is counted, and what was typed before it is forgotten.
//!
//! In raw mode the reader gets all characters, Ctrl-C too.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use lv6_ulib::terminal::Mode;

/// Characters that can wait to be read.
const WAITING: usize = 4096;
/// Bytes of the longest line; what is typed beyond it is refused with a beep.
const LINE: usize = 1024;

const INTERRUPT: u8 = 0x03;
const END: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const KILL_LINE: u8 = 0x15;
const ERASE_WORD: u8 = 0x17;
const DELETE: u8 = 0x7f;

/// What is shown for an interrupt.
pub const INTERRUPTED: &[u8] = b"^C\n";
const BEEP: &[u8] = b"\x07";

/// The line discipline.
#[derive(Debug, Default)]
pub struct Discipline {
    mode: Mode,
    /// What was typed and not looked at yet.
    typed: VecDeque<u8>,
    /// The line that is being made.
    line: Vec<u8>,
    /// What is left of a line that a reader has begun to take.
    ready: VecDeque<u8>,
    /// The last character was a carriage return, which a line feed may follow.
    after_return: bool,
    interrupts: u64,
}

impl Discipline {
    /// The mode.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How many interrupts there were.
    pub fn interrupts(&self) -> u64 {
        self.interrupts
    }

    /// Whether no more characters can be taken.
    pub fn is_full(&self) -> bool {
        self.typed.len() >= WAITING
    }

    /// Takes a character that was typed. Returns whether it was an interrupt.
    pub fn arrive(&mut self, byte: u8) -> bool {
        let interrupt = self.mode == Mode::Cooked && byte == INTERRUPT;
        if interrupt {
            self.interrupts += 1;
            self.typed.clear();
            self.line.clear();
            self.ready.clear();
        } else {
            self.typed.push_back(byte);
        }
        interrupt
    }

    /// Changes the mode; nothing that was typed is lost. Returns whether there is an interrupt among what was typed, for
    /// in cooked mode that counts.
    pub fn set_mode(&mut self, mode: Mode) -> bool {
        if mode == self.mode {
            return false;
        }
        self.mode = mode;
        let mut waiting = core::mem::take(&mut self.ready);
        waiting.extend(self.line.drain(..));
        waiting.append(&mut self.typed);
        waiting.into_iter().fold(false, |interrupted, byte| self.arrive(byte) | interrupted)
    }

    /// Gives a reader what there is for it, and `echo` what to show. None if it has to wait; `Some(0)` is the end of the
    /// input.
    pub fn read(&mut self, out: &mut [u8], echo: &mut impl FnMut(&[u8])) -> Option<usize> {
        if self.mode == Mode::Raw {
            return Some(take(&mut self.typed, out)).filter(|&n| n > 0 || out.is_empty());
        }
        if self.ready.is_empty() && !self.make_line(echo) {
            return None;
        }
        Some(take(&mut self.ready, out))
    }

    /// Works on what was typed until a line is ready. Returns whether one is; an empty one is the end of the input.
    fn make_line(&mut self, echo: &mut impl FnMut(&[u8])) -> bool {
        while let Some(byte) = self.typed.pop_front() {
            let after_return = core::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\r' | b'\n' => {
                    echo(b"\n");
                    self.line.push(b'\n');
                    self.ready.extend(self.line.drain(..));
                    return true;
                }
                END => {
                    self.ready.extend(self.line.drain(..));
                    return true;
                }
                BACKSPACE | DELETE => self.erase(echo),
                KILL_LINE => self.erase_while(|_| true, echo),
                ERASE_WORD => {
                    self.erase_while(|byte| byte == b' ', echo);
                    self.erase_while(|byte| byte != b' ', echo);
                }
                _ if self.line.len() >= LINE => echo(BEEP),
                _ => {
                    self.line.push(byte);
                    show(byte, echo);
                }
            }
        }
        false
    }

    /// Takes the last character off the line and off the screen, if there is one.
    fn erase(&mut self, echo: &mut impl FnMut(&[u8])) {
        while let Some(byte) = self.line.pop() {
            if !is_continuation(byte) {
                let columns = if is_control(byte) { 2 } else { 1 };
                (0..columns).for_each(|_| echo(b"\x08 \x08"));
                return;
            }
        }
    }

    /// Takes characters off the line as long as the last byte is such.
    fn erase_while(&mut self, such: impl Fn(u8) -> bool, echo: &mut impl FnMut(&[u8])) {
        while self.line.last().is_some_and(|&byte| such(byte)) {
            self.erase(echo);
        }
    }
}

/// Whether a byte goes on a character of UTF-8 that began before it.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Whether a character is shown as `^` and a letter. A tabulator is shown as a blank.
fn is_control(byte: u8) -> bool {
    byte < b' ' && byte != b'\t'
}

/// Shows a byte of the line.
fn show(byte: u8, echo: &mut impl FnMut(&[u8])) {
    match byte {
        b'\t' => echo(b" "),
        _ if is_control(byte) => echo(&[b'^', byte ^ 0x40]),
        _ => echo(&[byte]),
    }
}

/// Moves bytes from the front of a queue, as many as there are and fit.
fn take(from: &mut VecDeque<u8>, out: &mut [u8]) -> usize {
    let count = from.len().min(out.len());
    from.drain(..count).zip(out).for_each(|(byte, slot)| *slot = byte);
    count
}

#[cfg(test)]
#[path = "discipline_tests.rs"]
mod tests;
