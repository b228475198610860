//! Editing a line of input on a terminal.
//!
//! Arrows, Home and End (or Ctrl-A and Ctrl-E) move the cursor, with Ctrl the arrows move it by words; Backspace and Del
//! take a character away, Ctrl-W the word before the cursor, Ctrl-U all before it, Ctrl-K all after it; arrow up and down
//! (or Ctrl-P, Ctrl-N) bring earlier lines back; Ctrl-L clears the screen; Tab asks for the rest of a word; Ctrl-C gives
//! the line up, Ctrl-D on an empty line ends the input.
//!
//! The terminal need only know backspace: what is shown is changed by overwriting it. A line that is too long for the
//! screen is shown around the cursor.

mod complete;
mod history;
mod keys;
mod view;

use alloc::string::String;
use alloc::vec::Vec;

pub use complete::Candidate;
use history::History;
use keys::{Decoder, Key};
use view::View;

/// Greatest length of a line in characters.
const MAX: usize = 1024;
/// Clears the screen and puts the cursor at its beginning.
const CLEAR: &str = "\x1b[H\x1b[2J";
const BEEP: &str = "\x07";

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
    /// The word before the cursor is to be completed, see [`Editor::complete`].
    Complete,
}

/// A line editor.
#[derive(Debug, Default)]
pub struct Editor {
    line: Vec<char>,
    /// Before which character of the line the cursor is.
    cursor: usize,
    history: History,
    decoder: Decoder,
    view: View,
}

impl Editor {
    /// Begins a line: shows the prompt.
    pub fn start(&mut self, prompt: &str, echo: &mut impl FnMut(&str)) {
        self.set_line(Vec::new());
        self.history.leave();
        self.view.start(prompt, echo);
    }

    /// Takes a byte that was typed, and tells `echo` what to show on the terminal.
    pub fn feed(&mut self, byte: u8, echo: &mut impl FnMut(&str)) -> Event {
        let Some(key) = self.decoder.feed(byte) else { return Event::Editing };
        match key {
            Key::Enter => return self.finish(echo),
            Key::Interrupt => {
                self.view.leave(&self.line, "^C\n", echo);
                return Event::Cancelled;
            }
            Key::EndOfInput if self.line.is_empty() => {
                self.view.leave(&self.line, "\n", echo);
                return Event::End;
            }
            Key::Tab => return Event::Complete,
            Key::Clear => {
                echo(CLEAR);
                self.view.restart(echo);
            }
            Key::Up => self.recall(1, echo),
            Key::Down => self.recall(-1, echo),
            Key::Character(c) => self.insert(c, echo),
            _ => self.edit(key),
        }
        self.view.show(&self.line, self.cursor, echo);
        Event::Editing
    }

    /// The part of the line before the cursor.
    pub fn before_cursor(&self) -> String {
        self.line[..self.cursor].iter().collect()
    }

    /// Carries out a key that moves the cursor or takes characters away.
    fn edit(&mut self, key: Key) {
        let (end, word) = (self.line.len(), self.word_before());
        match key {
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = end.min(self.cursor + 1),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = end,
            Key::WordLeft => self.cursor = word,
            Key::WordRight => self.cursor = self.word_after(),
            Key::Backspace => self.remove(self.cursor.saturating_sub(1), self.cursor),
            Key::Delete | Key::EndOfInput => self.remove(self.cursor, end.min(self.cursor + 1)),
            Key::KillWord => self.remove(word, self.cursor),
            Key::KillBefore => self.remove(0, self.cursor),
            Key::KillAfter => self.remove(self.cursor, end),
            _ => {}
        }
    }

    fn insert(&mut self, c: char, echo: &mut impl FnMut(&str)) {
        if self.line.len() >= MAX {
            return echo(BEEP);
        }
        self.line.insert(self.cursor, c);
        self.cursor += 1;
    }

    /// Takes characters away; the cursor is then where they were.
    fn remove(&mut self, from: usize, to: usize) {
        self.line.drain(from..to);
        self.cursor = from;
    }

    /// Where the word before the cursor begins.
    fn word_before(&self) -> usize {
        let before = &self.line[..self.cursor];
        let word = before.iter().rposition(|c| *c != ' ').map_or(0, |last| last + 1);
        before[..word].iter().rposition(|c| *c == ' ').map_or(0, |blank| blank + 1)
    }

    /// Where the word after the cursor ends.
    fn word_after(&self) -> usize {
        let after = &self.line[self.cursor..];
        let blanks = after.iter().position(|c| *c != ' ').unwrap_or(after.len());
        let word = after[blanks..].iter().position(|c| *c == ' ').unwrap_or(after.len() - blanks);
        self.cursor + blanks + word
    }

    fn set_line(&mut self, line: Vec<char>) {
        self.cursor = line.len();
        self.line = line;
    }

    /// Brings back the line that is so many lines older than this one.
    fn recall(&mut self, older: isize, echo: &mut impl FnMut(&str)) {
        match self.history.go(older, &self.line) {
            Some(line) => self.set_line(line),
            None => echo(BEEP),
        }
    }

    /// Ends the line and remembers it.
    fn finish(&mut self, echo: &mut impl FnMut(&str)) -> Event {
        self.view.leave(&self.line, "\n", echo);
        let line = core::mem::take(&mut self.line);
        self.history.add(&line);
        Event::Line(line.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
