//! Editing a line of input on a terminal.
//!
//! Characters go at the end of the line. Backspace takes one away, Ctrl-W a word, Ctrl-U all; Ctrl-C gives the line up,
//! Ctrl-D on an empty line ends the input; arrow up and down (or Ctrl-P, Ctrl-N) bring earlier lines back.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

/// Lines that are remembered.
const HISTORY: usize = 32;
/// Greatest length of a line in bytes.
const MAX: usize = 1024;

/// What a character did.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// The line goes on.
    Editing,
    /// The line is finished.
    Line(String),
    /// The line was given up.
    Cancelled,
    /// There will be no more lines.
    End,
}

/// Where in an escape sequence of the terminal we are.
#[derive(Debug, Default, Clone, Copy)]
enum Escape {
    /// Not in one.
    #[default]
    No,
    /// After the escape character.
    Start,
    /// After `ESC [` or `ESC O`.
    Sequence,
}

/// A line editor.
#[derive(Debug, Default)]
pub struct Editor {
    line: Vec<u8>,
    history: VecDeque<Vec<u8>>,
    /// How many lines back in the history we are.
    back: usize,
    escape: Escape,
    /// The last character was a carriage return, which a line feed may follow.
    after_return: bool,
}

impl Editor {
    /// Takes a character, and tells `echo` what to show on the terminal.
    pub fn feed(&mut self, byte: u8, echo: &mut impl FnMut(&str)) -> Event {
        let after_return = core::mem::replace(&mut self.after_return, byte == b'\r');
        match (self.escape, byte) {
            (Escape::Start, b'[' | b'O') => self.escape = Escape::Sequence,
            (Escape::Start, _) => self.escape = Escape::No,
            (Escape::Sequence, 0x40..=0x7e) => {
                self.escape = Escape::No;
                match byte {
                    b'A' => self.recall(self.back + 1, echo),
                    b'B' => self.recall(self.back.wrapping_sub(1), echo),
                    _ => {}
                }
            }
            (Escape::Sequence, _) => {}
            (Escape::No, b'\n') if after_return => {}
            (Escape::No, b'\r' | b'\n') => return self.finish(echo),
            (Escape::No, 0x03) => {
                echo("^C\n");
                self.reset();
                return Event::Cancelled;
            }
            (Escape::No, 0x04) if self.line.is_empty() => {
                echo("\n");
                return Event::End;
            }
            (Escape::No, 0x08 | 0x7f) => self.erase(1, echo),
            (Escape::No, 0x0e) => self.recall(self.back.wrapping_sub(1), echo),
            (Escape::No, 0x10) => self.recall(self.back + 1, echo),
            (Escape::No, 0x15) => self.erase(usize::MAX, echo),
            (Escape::No, 0x17) => self.erase(self.last_word(), echo),
            (Escape::No, 0x1b) => self.escape = Escape::Start,
            (Escape::No, b'\t') => self.insert(b' ', echo),
            (Escape::No, 0x20..=0x7e | 0x80..) => self.insert(byte, echo),
            (Escape::No, _) => {}
        }
        Event::Editing
    }

    /// Adds a byte; a character is shown when its last byte has come.
    fn insert(&mut self, byte: u8, echo: &mut impl FnMut(&str)) {
        if self.line.len() >= MAX {
            return;
        }
        self.line.push(byte);
        let start = self.line.iter().rposition(|byte| is_start(*byte)).unwrap_or(0);
        if let Ok(text) = core::str::from_utf8(&self.line[start..]) {
            echo(text);
        }
    }

    /// Takes away up to `count` characters.
    fn erase(&mut self, count: usize, echo: &mut impl FnMut(&str)) {
        for _ in 0..count {
            let Some(start) = self.line.iter().rposition(|byte| is_start(*byte)) else {
                self.line.clear();
                return;
            };
            if core::str::from_utf8(&self.line[start..]).is_ok() {
                echo("\x08 \x08");
            }
            self.line.truncate(start);
        }
    }

    /// Characters in the last word and the blanks after it.
    fn last_word(&self) -> usize {
        let text = String::from_utf8_lossy(&self.line);
        let kept = text.trim_end_matches(' ');
        let kept = kept.rfind(' ').map_or(0, |blank| blank + 1);
        text[kept..].chars().count()
    }

    /// Replaces the line by the one `back` lines ago; 0 is an empty one.
    fn recall(&mut self, back: usize, echo: &mut impl FnMut(&str)) {
        if back > self.history.len() {
            return;
        }
        self.erase(usize::MAX, echo);
        self.back = back;
        let line = if back == 0 { Vec::new() } else { self.history[back - 1].clone() };
        line.into_iter().for_each(|byte| self.insert(byte, echo));
    }

    /// Ends the line and remembers it.
    fn finish(&mut self, echo: &mut impl FnMut(&str)) -> Event {
        echo("\n");
        let line = self.reset();
        let text = String::from_utf8_lossy(&line).into_owned();
        if !text.trim().is_empty() && self.history.front() != Some(&line) {
            self.history.truncate(HISTORY - 1);
            self.history.push_front(line);
        }
        Event::Line(text)
    }

    /// Starts a new line; returns the old one.
    fn reset(&mut self) -> Vec<u8> {
        self.back = 0;
        core::mem::take(&mut self.line)
    }
}

/// Whether a character starts with this byte in UTF-8.
fn is_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// Feeds text; returns what happened but for plain editing, and what the terminal shows, backspaces carried out.
    fn type_in(editor: &mut Editor, text: &[u8]) -> (Vec<Event>, String) {
        let mut screen = String::new();
        let mut events = Vec::new();
        for byte in text {
            let event = editor.feed(*byte, &mut |echo: &str| {
                for c in echo.split("\x08 \x08").enumerate() {
                    if c.0 > 0 {
                        screen.pop();
                    }
                    screen.push_str(c.1);
                }
            });
            if event != Event::Editing {
                events.push(event);
            }
        }
        (events, screen)
    }

    fn line(text: &str) -> Event {
        Event::Line(text.into())
    }

    #[test]
    fn lines_end_with_return_newline_or_both() {
        let (events, screen) = type_in(&mut Editor::default(), b"ps\rps\nps\r\n\nx");
        assert_eq!(events, vec![line("ps"), line("ps"), line("ps"), line("")]);
        assert_eq!(screen, "ps\nps\nps\n\nx");
    }

    #[test]
    fn erasing() {
        let mut editor = Editor::default();
        assert_eq!(type_in(&mut editor, b"pss\x7f\r"), (vec![line("ps")], "ps\n".into()));
        assert_eq!(type_in(&mut editor, b"\x7f\x08a\r"), (vec![line("a")], "a\n".into()));
        assert_eq!(type_in(&mut editor, b"echo a bc  \x17d\r"), (vec![line("echo a d")], "echo a d\n".into()));
        assert_eq!(type_in(&mut editor, b"\x17echo\x15ps\r"), (vec![line("ps")], "ps\n".into()));
        assert_eq!(type_in(&mut editor, "aéß\x7f\r".as_bytes()), (vec![line("aé")], "aé\n".into()));
    }

    #[test]
    fn giving_up_and_ending() {
        let (events, screen) = type_in(&mut Editor::default(), b"ab\x03x\x04\r\x04");
        assert_eq!(events, vec![Event::Cancelled, line("x"), Event::End]);
        assert_eq!(screen, "ab^C\nx\n\n");
    }

    #[test]
    fn history() {
        let mut editor = Editor::default();
        type_in(&mut editor, b"one\rtwo\rtwo\r \r");
        assert_eq!(type_in(&mut editor, b"\x1b[A\r").0, vec![line("two")]);
        assert_eq!(type_in(&mut editor, b"\x1b[A\x1bOA!\r").0, vec![line("one!")]);
        assert_eq!(type_in(&mut editor, b"x\x10\x10\x10\x10\x0e\r"), (vec![line("two")], "two\n".into()));
        assert_eq!(type_in(&mut editor, b"\x1b[A\x1b[B\x1b[By\r").0, vec![line("y")]);
    }

    #[test]
    fn what_is_not_understood_is_swallowed() {
        assert_eq!(
            type_in(&mut Editor::default(), b"a\x1b[3~\x1b[1;5C\x01\x1bxb\r"),
            (vec![line("ab")], "ab\n".into())
        );
    }

    #[test]
    fn bad_utf8_does_no_harm() {
        let (events, screen) = type_in(&mut Editor::default(), b"a\xff\x80\xc3\x7f\x7f\x7f\x7fb\xe2\x82\r");
        assert_eq!(events, vec![line("b\u{fffd}")]);
        assert_eq!(screen, "b\n");
    }

    #[test]
    fn long_lines_are_cut() {
        let (events, _) = type_in(&mut Editor::default(), &[&[b'x'; 5000][..], b"\r"].concat());
        assert_eq!(events, vec![line(&"x".repeat(MAX))]);
    }
}
