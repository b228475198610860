//! The lines that were entered before.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Lines that are remembered.
const LINES: usize = 64;

/// The lines that were entered before, and which of them is being looked at.
#[derive(Debug, Default)]
pub struct History {
    /// The newest one first.
    lines: VecDeque<Vec<char>>,
    /// How many lines back we are; 0 is the line that was being edited.
    back: usize,
    /// That line.
    draft: Vec<char>,
}

impl History {
    /// Remembers a line, unless it is blank or the same as the one before.
    pub fn add(&mut self, line: &[char]) {
        self.leave();
        if line.iter().any(|c| *c != ' ') && self.lines.front().map(Vec::as_slice) != Some(line) {
            self.lines.truncate(LINES - 1);
            self.lines.push_front(line.to_vec());
        }
    }

    /// Goes back to the line that is being edited.
    pub fn leave(&mut self) {
        self.back = 0;
    }

    /// Goes so many lines back, or forth if negative, from `line`. None if there is no such line.
    pub fn go(&mut self, older: isize, line: &[char]) -> Option<Vec<char>> {
        let to = self.back.checked_add_signed(older).filter(|&to| to <= self.lines.len())?;
        if self.back == 0 {
            self.draft = line.to_vec();
        }
        self.back = to;
        Some(if to == 0 { self.draft.clone() } else { self.lines[to - 1].clone() })
    }
}
