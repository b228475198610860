//! From words to what they stand for.

use alloc::string::String;
use alloc::vec::Vec;

use crate::syntax::{Piece, Word};

/// What words can refer to.
pub trait Scope {
    /// The value of a parameter; none if it has none.
    fn parameter(&self, name: &str) -> Option<String>;

    /// The arguments, which `$@` stands for.
    fn arguments(&self) -> &[String];

    /// The names of the files that match a path with patterns in it, in order.
    fn matches(&self, pattern: &[Char]) -> Vec<String>;
}

/// A character of a word, and whether it is to be taken as it is.
pub type Char = (char, bool);

/// The texts that a word stands for. A value outside of `"…"` is split at its blanks; a text with `*`, `?` or `[…]` is
/// replaced by the names of the files that it matches, if there are any.
pub fn fields(word: &Word, scope: &impl Scope) -> Vec<String> {
    let mut split = Splitter::default();
    for piece in &word.0 {
        match piece {
            Piece::Quoted(text) => split.push(text, true),
            Piece::Plain(text) => split.push(text, false),
            Piece::Parameter { name, quoted: true } if name == "@" => split.push_all(scope.arguments()),
            Piece::Parameter { name, quoted: true } => split.push(&value(name, scope), true),
            Piece::Parameter { name, quoted: false } => split.push_split(&value(name, scope)),
        }
    }
    let fields = split.done.into_iter().chain(split.current);
    fields.flat_map(|field| files(&field, scope)).collect()
}

/// The one text that a word stands for, where it is not split: the value of a variable.
pub fn text(word: &Word, scope: &impl Scope) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Quoted(text) | Piece::Plain(text) => text.clone(),
        Piece::Parameter { name, .. } => value(name, scope),
    };
    word.0.iter().map(piece).collect()
}

/// The value of a parameter as one text.
fn value(name: &str, scope: &impl Scope) -> String {
    match name {
        "@" | "*" => scope.arguments().join(" "),
        _ => scope.parameter(name).unwrap_or_default(),
    }
}

/// The names that a field stands for: itself if it is no pattern, or matches nothing.
fn files(field: &[Char], scope: &impl Scope) -> Vec<String> {
    let is_pattern = field.iter().any(|&(c, quoted)| !quoted && matches!(c, '*' | '?' | '['));
    let found = if is_pattern { scope.matches(field) } else { Vec::new() };
    if found.is_empty() { alloc::vec![field.iter().map(|(c, _)| *c).collect()] } else { found }
}

/// Puts fields together.
#[derive(Default)]
struct Splitter {
    done: Vec<Vec<Char>>,
    /// The field that goes on; none if there is none yet, as opposed to an empty one.
    current: Option<Vec<Char>>,
}

impl Splitter {
    fn push(&mut self, text: &str, quoted: bool) {
        self.current.get_or_insert_default().extend(text.chars().map(|c| (c, quoted)));
    }

    /// Adds texts that are fields of their own, but for what the first and the last are joined with. No texts are no
    /// field.
    fn push_all(&mut self, texts: &[String]) {
        // The quotes have begun a field, which goes if nothing is in it.
        if texts.is_empty() && self.current.as_ref().is_some_and(Vec::is_empty) {
            self.current = None;
        }
        for (n, text) in texts.iter().enumerate() {
            if n > 0 {
                self.done.extend(self.current.take());
            }
            self.push(text, true);
        }
    }

    /// Adds a value, of which each blank ends a field.
    fn push_split(&mut self, value: &str) {
        for c in value.chars() {
            if c.is_ascii_whitespace() {
                self.done.extend(self.current.take());
            } else {
                self.current.get_or_insert_default().push((c, false));
            }
        }
    }
}

#[cfg(test)]
mod tests;
