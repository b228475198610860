//! Splitting a command line into commands and words.
//!
//! Words are separated by blanks. `'…'` keeps everything as it is; `"…"` keeps blanks; `\` keeps the next character.
//! `$?` is the status of the command before, except in `'…'`. `;` ends a command, `&` ends one and leaves it in the
//! background, `#` at the start of a word begins a comment.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::iter::Peekable;
use core::str::Chars;

/// A part of a word.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// Text to be taken as it is.
    Text(String),
    /// The status of the command before.
    Status,
}

/// A word of a command.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Word(Vec<Piece>);

impl Word {
    /// The word's text, given the status of the command before.
    pub fn expand(&self, status: u8) -> String {
        self.0.iter().fold(String::new(), |text, piece| match piece {
            Piece::Text(more) => text + more,
            Piece::Status => alloc::format!("{text}{status}"),
        })
    }

    /// Adds a character.
    fn push(&mut self, c: char) {
        match self.0.last_mut() {
            Some(Piece::Text(text)) => text.push(c),
            _ => self.0.push(Piece::Text(String::from(c))),
        }
    }

    /// Adds a piece that may be empty, so that `''` is a word.
    fn touch(&mut self) {
        if self.0.is_empty() {
            self.0.push(Piece::Text(String::new()));
        }
    }
}

/// A command: a program and its arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Its words; at least one.
    pub words: Vec<Word>,
    /// Whether the shell goes on without waiting for it.
    pub background: bool,
}

/// Why a line is no sequence of commands.
#[derive(Debug, PartialEq, Eq)]
pub enum SyntaxError {
    /// A quote is open at the end of the line.
    OpenQuote(char),
    /// `\` is the last character.
    TrailingBackslash,
    /// `;` or `&` with no command before it.
    NoCommand(char),
    /// A character that means something in other shells.
    Unsupported(char),
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SyntaxError::OpenQuote(c) => write!(f, "the quote {c} is not closed"),
            SyntaxError::TrailingBackslash => f.write_str("nothing follows the last \\"),
            SyntaxError::NoCommand(c) => write!(f, "no command before {c}"),
            SyntaxError::Unsupported(c) => write!(f, "{c} is not supported; put it in quotes to pass it on"),
        }
    }
}

/// Splits a line into commands.
pub fn parse(line: &str) -> Result<Vec<Command>, SyntaxError> {
    let mut commands = Vec::new();
    let mut command = Command::default();
    let mut chars = line.chars().peekable();
    while let Some(&c) = chars.peek() {
        match c {
            ' ' | '\t' => drop(chars.next()),
            '#' => break,
            ';' | '&' => {
                chars.next();
                if command.words.is_empty() {
                    return Err(SyntaxError::NoCommand(c));
                }
                command.background = c == '&';
                commands.push(core::mem::take(&mut command));
            }
            _ => command.words.push(word(&mut chars)?),
        }
    }
    if !command.words.is_empty() {
        commands.push(command);
    }
    Ok(commands)
}

/// Reads one word.
fn word(chars: &mut Peekable<Chars>) -> Result<Word, SyntaxError> {
    let mut word = Word::default();
    while let Some(&c) = chars.peek() {
        match c {
            ' ' | '\t' | ';' | '&' => break,
            '|' | '<' | '>' | '(' | ')' | '`' => return Err(SyntaxError::Unsupported(c)),
            _ => {}
        }
        chars.next();
        match c {
            '\'' | '"' => quoted(chars, &mut word, c)?,
            '\\' => word.push(chars.next().ok_or(SyntaxError::TrailingBackslash)?),
            _ => plain(chars, &mut word, c),
        }
    }
    Ok(word)
}

/// Reads up to the closing quote.
fn quoted(chars: &mut Peekable<Chars>, word: &mut Word, quote: char) -> Result<(), SyntaxError> {
    word.touch();
    loop {
        match chars.next() {
            None => return Err(SyntaxError::OpenQuote(quote)),
            Some(c) if c == quote => return Ok(()),
            Some('\\') if quote == '"' && matches!(chars.peek(), Some('"' | '\\' | '$')) => {
                chars.next().into_iter().for_each(|c| word.push(c));
            }
            Some(c) if quote == '"' => plain(chars, word, c),
            Some(c) => word.push(c),
        }
    }
}

/// Takes a character that is not special, or `$?`.
fn plain(chars: &mut Peekable<Chars>, word: &mut Word, c: char) {
    if c == '$' && chars.next_if_eq(&'?').is_some() {
        word.0.push(Piece::Status);
    } else {
        word.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// The commands of a line as texts, `&` after those in the background.
    fn split(line: &str) -> Result<Vec<Vec<String>>, SyntaxError> {
        let texts = |command: Command| {
            let mut texts: Vec<String> = command.words.iter().map(|word| word.expand(7)).collect();
            texts.extend(command.background.then(|| String::from("&")));
            texts
        };
        Ok(parse(line)?.into_iter().map(texts).collect())
    }

    #[test]
    fn words_and_commands() {
        assert_eq!(split(""), Ok(vec![]));
        assert_eq!(split("  # nothing"), Ok(vec![]));
        assert_eq!(split(" echo  a\tb#c # d"), Ok(vec![vec!["echo".into(), "a".into(), "b#c".into()]]));
        assert_eq!(
            split("ps;bounce 3&echo x;"),
            Ok(vec![vec!["ps".into()], vec!["bounce".into(), "3".into(), "&".into()], vec!["echo".into(), "x".into()]])
        );
    }

    #[test]
    fn quotes() {
        let words = r#"echo 'a  "b' "c  'd" e\ f '' "" x'y'"z" "\"\\\$?\n" \;"#;
        let expected = ["echo", "a  \"b", "c  'd", "e f", "", "", "xyz", "\"\\$?\\n", ";"];
        assert_eq!(split(words), Ok(vec![expected.map(String::from).to_vec()]));
    }

    #[test]
    fn status_is_filled_in_late() {
        assert_eq!(
            split("echo $? a$?b \"$?\" '$?' $x $"),
            Ok(vec![["echo", "7", "a7b", "7", "$?", "$x", "$"].map(String::from).to_vec()])
        );
        assert_eq!(parse("echo $?").unwrap()[0].words[1].expand(104), "104");
    }

    #[test]
    fn errors() {
        for (line, error) in [
            ("echo 'a", SyntaxError::OpenQuote('\'')),
            ("echo \"a", SyntaxError::OpenQuote('"')),
            ("echo a\\", SyntaxError::TrailingBackslash),
            ("; ps", SyntaxError::NoCommand(';')),
            ("ps &&", SyntaxError::NoCommand('&')),
            ("ps | ps", SyntaxError::Unsupported('|')),
            ("ps>x", SyntaxError::Unsupported('>')),
        ] {
            assert_eq!(split(line), Err(error), "{line}");
        }
    }
}
