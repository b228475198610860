//! Why a text is no program of the shell, and where.

use core::fmt;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1 on.
    pub line: usize,
    /// The character in the line, from 1 on.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// An error, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub at: Position,
    /// What.
    pub what: Mistake,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// This quote is not closed.
    OpenQuote(char),
    /// `\` is the last character.
    TrailingBackslash,
    /// `(` is not closed.
    OpenParenthesis,
    /// Something must follow this operator.
    NothingFollows(&'static str),
    /// There is no command before this operator.
    NoCommand(&'static str),
    /// This does not belong here.
    Unexpected(&'static str),
    /// A word is missing after this operator.
    NoTarget(&'static str),
    /// What follows `>&` is not the number of a descriptor, or the number before an operator is too large.
    BadDescriptor,
    /// `${` is not followed by a name and `}`.
    BadParameter,
    /// This means something in other shells.
    Unsupported(&'static str),
    /// Parentheses in parentheses, too often.
    TooDeep,
}

impl SyntaxError {
    /// Whether more text could make it right.
    pub fn is_incomplete(&self) -> bool {
        use Mistake::{NothingFollows, OpenParenthesis, OpenQuote, TrailingBackslash};
        matches!(self.what, OpenQuote(_) | TrailingBackslash | OpenParenthesis | NothingFollows(_))
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.at)?;
        match self.what {
            Mistake::OpenQuote(c) => write!(f, "the quote {c} is not closed"),
            Mistake::TrailingBackslash => f.write_str("nothing follows \\"),
            Mistake::OpenParenthesis => f.write_str("( is not closed"),
            Mistake::NothingFollows(operator) => write!(f, "a command must follow {operator}"),
            Mistake::NoCommand(operator) => write!(f, "no command before {operator}"),
            Mistake::Unexpected(text) => write!(f, "{text} does not belong here"),
            Mistake::NoTarget(operator) => write!(f, "a file must follow {operator}"),
            Mistake::BadDescriptor => f.write_str("this is not the number of a descriptor"),
            Mistake::BadParameter => f.write_str("a name and } must follow ${"),
            Mistake::Unsupported(text) => write!(f, "{text} is not supported; put it in quotes to pass it on"),
            Mistake::TooDeep => f.write_str("too many parentheses in parentheses"),
        }
    }
}
