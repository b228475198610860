//! What the terminal shows of a line, and how to change that with text and backspaces alone.

use alloc::string::String;
use alloc::vec::Vec;

/// Columns of a line of the screen.
const COLUMNS: usize = 80;
/// Columns for the line that are left even beside a long prompt.
const LEAST: usize = 16;

/// The part of the line that is on the screen, after the prompt.
#[derive(Debug, Default)]
pub struct View {
    prompt: String,
    /// What the screen shows.
    shown: Vec<char>,
    /// Before which of these characters the screen's cursor is.
    column: usize,
    /// Where in the line the part begins.
    pub(super) from: usize,
}

impl View {
    /// Begins with a prompt, on a fresh line of the screen.
    pub fn start(&mut self, prompt: &str, echo: &mut impl FnMut(&str)) {
        self.prompt = String::from(prompt);
        self.from = 0;
        self.restart(echo);
    }

    /// Shows the prompt again, on a fresh line of the screen; nothing of the line is shown yet.
    pub fn restart(&mut self, echo: &mut impl FnMut(&str)) {
        self.shown.clear();
        self.column = 0;
        echo(&self.prompt);
    }

    /// How many characters of the line fit beside the prompt and `^C` at the end. The last column stays free: some
    /// terminals go to the next line when it is written.
    fn width(&self) -> usize {
        (COLUMNS - 3).saturating_sub(self.prompt.chars().count()).max(LEAST)
    }

    /// Makes the screen show the line, with the cursor before this character.
    pub fn show(&mut self, line: &[char], cursor: usize, echo: &mut impl FnMut(&str)) {
        let width = self.width();
        if cursor < self.from || cursor > self.from + width || line.len() < self.from {
            // Half of the space on either side of the cursor, so that this is not needed with every key.
            self.from = cursor.saturating_sub(width / 2);
        }
        let rest = &line[self.from..];
        let part: Vec<char> = rest[..rest.len().min(width)].iter().map(|&c| visible(c)).collect();
        let same = part.iter().zip(&self.shown).take_while(|(new, old)| new == old).count();
        if part != self.shown {
            self.move_to(same, echo);
            echo(&part[same..].iter().collect::<String>());
            let surplus = self.shown.len().saturating_sub(part.len());
            echo(&" ".repeat(surplus));
            echo(&"\x08".repeat(surplus));
            self.column = part.len();
            self.shown = part;
        }
        self.move_to(cursor - self.from, echo);
    }

    /// Moves the screen's cursor.
    fn move_to(&mut self, column: usize, echo: &mut impl FnMut(&str)) {
        echo(&"\x08".repeat(self.column.saturating_sub(column)));
        if self.column < column {
            echo(&self.shown[self.column..column].iter().collect::<String>());
        }
        self.column = column;
    }

    /// Leaves the line: goes to the end of it, and shows a last text.
    pub fn leave(&mut self, line: &[char], last: &str, echo: &mut impl FnMut(&str)) {
        self.show(line, line.len(), echo);
        echo(last);
    }
}

/// What is shown for a character: one that would move the cursor is replaced.
fn visible(c: char) -> char {
    if c.is_control() { '?' } else { c }
}
