//! The terminal's mode. The emulator changes it and puts it back, unless it is killed.

use std::io;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// The mode of standard input at some moment; set again when this goes away.
pub struct Saved(Option<Termios>);

impl Saved {
    /// Remembers the mode, if standard input is a terminal.
    pub fn now() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        if let Some(mode) = &self.0 {
            // A terminal that has gone away needs no mode.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, mode);
        }
    }
}
