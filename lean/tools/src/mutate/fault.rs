//! A fault, and what became of it.

use std::fmt;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A hardware request for a flush is not made.
    MissingFlush,
    /// A page is given out with its old contents.
    MissingZeroing,
    /// A counter is not updated.
    MissingCounter,
    /// A check of an argument or of the state is not made.
    DroppedCheck,
    /// A field of the same type is written instead.
    SwappedField,
    /// The neighbour of a number.
    OffByOne,
    /// Another argument is the index.
    WrongIndex,
    /// Another field is not written.
    MissingWrite,
    /// Another state, type or kind.
    WrongConstant,
    /// Two arguments of a call change places.
    SwappedArguments,
    /// A call is not made.
    MissingCall,
    /// Another error number.
    WrongError,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 12] = [
        Kind::DroppedCheck,
        Kind::WrongError,
        Kind::WrongIndex,
        Kind::OffByOne,
        Kind::SwappedField,
        Kind::SwappedArguments,
        Kind::WrongConstant,
        Kind::MissingFlush,
        Kind::MissingZeroing,
        Kind::MissingCounter,
        Kind::MissingWrite,
        Kind::MissingCall,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Kind::MissingFlush => "missing flush",
            Kind::MissingZeroing => "missing zeroing",
            Kind::MissingCounter => "missing counter update",
            Kind::MissingWrite => "missing write",
            Kind::DroppedCheck => "dropped check",
            Kind::OffByOne => "off by one",
            Kind::WrongIndex => "wrong index",
            Kind::SwappedField => "swapped field",
            Kind::WrongConstant => "wrong constant",
            Kind::SwappedArguments => "swapped arguments",
            Kind::MissingCall => "missing call",
            Kind::WrongError => "wrong error",
        })
    }
}

/// One line of the extraction, changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The module.
    pub module: String,
    /// The function, as the extraction names it.
    pub function: String,
    /// What is wrong.
    pub kind: Kind,
    /// The line of the module's file, from 1.
    pub line: usize,
    /// The line as it is.
    pub old: String,
    /// The line with the fault.
    pub new: String,
}

impl Fault {
    /// The text of the module with the fault in it.
    pub fn apply(&self, text: &str) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[self.line - 1] = &self.new;
        lines.join("\n") + "\n"
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let file = self.module.replace('.', "/");
        write!(
            f,
            "{file}.lean:{}: {}, {}: `{}` for `{}`",
            self.line,
            self.function,
            self.kind,
            self.new.trim(),
            self.old.trim()
        )
    }
}

/// What became of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A proof fails: the module, and the first message about it.
    Found {
        /// The module whose proofs fail.
        module: String,
        /// Where Lean says so first.
        place: String,
    },
    /// The changed code is no Lean: the fault says nothing.
    IllTyped,
    /// All proofs still hold.
    Survived,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Outcome::Found { place, .. } => write!(f, "found, at {place}"),
            Outcome::IllTyped => f.write_str("no valid code"),
            Outcome::Survived => f.write_str("SURVIVED"),
        }
    }
}
