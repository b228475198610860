//! Where the shell reads its commands.

use alloc::string::String;
use alloc::vec::Vec;

use lv6_ulib::fs::{self, STDIN};
use lv6_ulib::line::{Editor, Event};
use lv6_ulib::process::yield_now;
use lv6_ulib::terminal::{self, Mode};
use lv6_ulib::{Errno, console, print};

use crate::complete::candidates;
use crate::job::Terminal;

/// A line of input.
pub enum Line {
    /// The line, with the line feed unless the input ended.
    Text(String),
    /// Ctrl-C was typed.
    Cancelled,
    /// There are no more lines.
    End,
}

/// Where the shell reads its commands.
pub enum Input {
    /// A console, of the file server or of the kernel, with an editor.
    Console(Terminal, Editor),
    /// A file or a pipe.
    Plain,
}

impl Input {
    /// The input of this program.
    pub fn open() -> Input {
        if console::reads_kernel() {
            Input::Console(Terminal::Kernel, Editor::default())
        } else if terminal::set_mode(STDIN, Mode::Raw).is_ok() {
            Input::Console(Terminal::Console, Editor::default())
        } else {
            Input::Plain
        }
    }

    /// The console to be watched for Ctrl-C.
    pub fn terminal(&self) -> Option<Terminal> {
        match self {
            Input::Console(terminal, _) => Some(*terminal),
            Input::Plain => None,
        }
    }

    /// Makes the console what programs want it to be.
    pub fn begin_job(&self) {
        if let Input::Console(Terminal::Console, _) = self {
            // It was a console when it was opened.
            let _ = terminal::set_mode(STDIN, Mode::Cooked);
        }
    }

    /// Reads a line.
    pub fn read_line(&mut self, prompt: &str) -> Result<Line, Errno> {
        match self {
            Input::Plain => plain(),
            Input::Console(terminal, editor) => {
                if let Terminal::Console = terminal {
                    terminal::set_mode(STDIN, Mode::Raw)?;
                }
                let mut shown = String::new();
                editor.start(prompt, &mut |text| shown.push_str(text));
                loop {
                    print!("{shown}");
                    shown.clear();
                    let Some(byte) = next_byte(*terminal)? else { return Ok(Line::End) };
                    match editor.feed(byte, &mut |text| shown.push_str(text)) {
                        Event::Editing => continue,
                        Event::Complete => {
                            let (typed, found) = candidates(&editor.before_cursor());
                            editor.complete(&typed, &found, &mut |text| shown.push_str(text));
                            continue;
                        }
                        event => {
                            print!("{shown}");
                            return Ok(match event {
                                Event::Line(text) => Line::Text(text + "\n"),
                                Event::Cancelled => Line::Cancelled,
                                _ => Line::End,
                            });
                        }
                    }
                }
            }
        }
    }
}

/// The next character typed; none at the end.
fn next_byte(terminal: Terminal) -> Result<Option<u8>, Errno> {
    match terminal {
        Terminal::Console => {
            let mut byte = [0];
            fs::read(STDIN, &mut byte).map(|len| (len > 0).then_some(byte[0]))
        }
        Terminal::Kernel => loop {
            match console::next_byte() {
                Some(byte) => return Ok(Some(byte)),
                None => yield_now(),
            }
        },
    }
}

/// Reads a line from a file or a pipe: no byte more, for the commands may read what follows.
fn plain() -> Result<Line, Errno> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.last() != Some(&b'\n') {
        if fs::read(STDIN, &mut byte)? == 0 {
            break;
        }
        line.push(byte[0]);
    }
    if line.is_empty() {
        return Ok(Line::End);
    }
    String::from_utf8(line).map(Line::Text).map_err(|_| Errno::EINVAL)
}
