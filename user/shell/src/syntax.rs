//! What a program of the shell consists of.

use alloc::string::String;
use alloc::vec::Vec;

/// Commands one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<Item>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What runs.
    pub and_or: AndOr,
    /// Whether the shell goes on without waiting for it.
    pub background: bool,
}

/// Pipelines of which each runs or not, depending on how those before it have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndOr {
    /// The one that always runs.
    pub first: Pipeline,
    /// The others.
    pub rest: Vec<(Condition, Pipeline)>,
}

/// When a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// If the status is 0.
    And,
    /// If it is not.
    Or,
}

/// Commands that run at the same time, each reading what the one before it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Whether the status is turned round.
    pub negated: bool,
    /// The commands; at least one.
    pub commands: Vec<Command>,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What runs.
    pub body: Body,
    /// Files in place of its input and output, in order.
    pub redirects: Vec<Redirect>,
}

/// What a command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A program or something that the shell does itself.
    Simple {
        /// Variables to set: for good if there are no words.
        assignments: Vec<(String, Word)>,
        /// The name and the arguments.
        words: Vec<Word>,
    },
    /// A list that another shell runs.
    Subshell(List),
}

/// A file in place of a descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The descriptor.
    pub fd: u64,
    /// What becomes of it.
    pub kind: RedirectKind,
    /// The file's name, or the other descriptor's number.
    pub target: Word,
}

/// What becomes of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// It reads a file.
    Read,
    /// It writes a file, which is made or emptied.
    Write,
    /// It writes at the end of a file, which is made if it does not exist.
    Append,
    /// It becomes a copy of another descriptor.
    Duplicate,
}

/// A word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub Vec<Piece>);

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that is taken as it is.
    Quoted(String),
    /// Text in which `*`, `?` and `[` may stand for others.
    Plain(String),
    /// The value of a parameter.
    Parameter {
        /// Its name: `?`, `$`, `!`, `#`, `@`, `*`, digits, or that of a variable.
        name: String,
        /// Whether it stands in `"…"`, so that its value is taken as it is.
        quoted: bool,
    },
}

/// Whether a text can be the name of a variable.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_part)
}

/// Whether a name can begin with this character.
pub fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// Whether a name can go on with this character.
pub fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
