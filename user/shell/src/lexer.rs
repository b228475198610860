//! From text to words and operators.
//!
//! Words are separated by blanks and operators. `'…'` keeps everything as it is; `"…"` keeps all but `$`, `"` and `\`;
//! `\` keeps the next character, and joins two lines at the end of one; `#` at the start of a word begins a comment.

use alloc::string::String;
use alloc::vec::Vec;
use core::iter::Peekable;
use core::str::Chars;

use crate::error::{Mistake, Position, SyntaxError};
use crate::syntax::{Piece, RedirectKind, Word, is_name_part, is_name_start};

/// A word or an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word.
    Word(Word),
    /// A redirection: the descriptor, if one is given, and what becomes of it. A word follows.
    Redirect(Option<u64>, RedirectKind),
    /// `|`
    Pipe,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;`
    Semicolon,
    /// `&`
    Background,
    /// `(`
    Open,
    /// `)`
    Close,
    /// The end of a line.
    Newline,
}

impl Token {
    /// The operator as it is written.
    pub fn text(&self) -> &'static str {
        match self {
            Token::Word(_) => "the word",
            Token::Redirect(_, RedirectKind::Read) => "<",
            Token::Redirect(_, RedirectKind::Write) => ">",
            Token::Redirect(_, RedirectKind::Append) => ">>",
            Token::Redirect(_, RedirectKind::Duplicate) => ">&",
            Token::Pipe => "|",
            Token::And => "&&",
            Token::Or => "||",
            Token::Semicolon => ";",
            Token::Background => "&",
            Token::Open => "(",
            Token::Close => ")",
            Token::Newline => "the end of the line",
        }
    }
}

/// Reads characters, and knows where it is.
struct Cursor<'a> {
    chars: Peekable<Chars<'a>>,
    at: Position,
}

impl Cursor<'_> {
    fn peek(&mut self) -> Option<char> {
        self.chars.peek().copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.chars.next()?;
        match c {
            '\n' => self.at = Position { line: self.at.line + 1, column: 1 },
            _ => self.at.column += 1,
        }
        Some(c)
    }

    /// Goes on if the next character is this one.
    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.next();
        }
        found
    }

    fn take_while(&mut self, such: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|&c| such(c)) {
            text.push(c);
            self.next();
        }
        text
    }

    fn error<T>(&self, what: Mistake) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at, what })
    }
}

/// Splits a text into tokens, each with its place.
pub fn tokens(text: &str) -> Result<Vec<(Token, Position)>, SyntaxError> {
    let mut cursor = Cursor { chars: text.chars().peekable(), at: Position { line: 1, column: 1 } };
    let mut tokens = Vec::new();
    while let Some(c) = cursor.peek() {
        let at = cursor.at;
        match c {
            ' ' | '\t' | '\r' => drop(cursor.next()),
            '#' => drop(cursor.take_while(|c| c != '\n')),
            _ => match operator(&mut cursor)? {
                Some(token) => tokens.push((token, at)),
                None => {
                    let word = word(&mut cursor)?;
                    match number(&word, cursor.peek()) {
                        Some(fd) => tokens.push((redirect(&mut cursor, fd, at)?, at)),
                        // A line that ends in \ and nothing else is no word.
                        None if word.0.is_empty() => {}
                        None => tokens.push((Token::Word(word), at)),
                    }
                }
            },
        }
    }
    Ok(tokens)
}

/// Reads an operator, if one is next.
fn operator(cursor: &mut Cursor) -> Result<Option<Token>, SyntaxError> {
    let Some(c) = cursor.peek() else { return Ok(None) };
    let at = cursor.at;
    let token = match c {
        '<' | '>' => return redirect(cursor, None, at).map(Some),
        '|' => Token::Pipe,
        '&' => Token::Background,
        ';' => Token::Semicolon,
        '(' => Token::Open,
        ')' => Token::Close,
        '\n' => Token::Newline,
        _ => return Ok(None),
    };
    cursor.next();
    Ok(Some(match token {
        Token::Pipe if cursor.take('|') => Token::Or,
        Token::Background if cursor.take('&') => Token::And,
        token => token,
    }))
}

/// Reads a redirection.
fn redirect(cursor: &mut Cursor, fd: Option<u64>, at: Position) -> Result<Token, SyntaxError> {
    let kind = if cursor.take('<') {
        if cursor.peek() == Some('<') {
            return Err(SyntaxError { at, what: Mistake::Unsupported("<<") });
        }
        RedirectKind::Read
    } else {
        cursor.next();
        match () {
            () if cursor.take('>') => RedirectKind::Append,
            () if cursor.take('&') => RedirectKind::Duplicate,
            () => RedirectKind::Write,
        }
    };
    Ok(Token::Redirect(fd, kind))
}

/// The descriptor that a word is before a redirection: digits alone. One that is too large becomes one that no process
/// can have.
#[expect(clippy::option_option, reason = "whether it is a number, and which")]
fn number(word: &Word, next: Option<char>) -> Option<Option<u64>> {
    match &word.0[..] {
        [Piece::Plain(text)] if matches!(next, Some('<' | '>')) && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Some(text.parse().unwrap_or(u64::MAX)))
        }
        _ => None,
    }
}

/// Reads a word.
fn word(cursor: &mut Cursor) -> Result<Word, SyntaxError> {
    let mut word = Word::default();
    while let Some(c) = cursor.peek() {
        match c {
            ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
            '`' => return cursor.error(Mistake::Unsupported("`")),
            '\'' => single(cursor, &mut word)?,
            '"' => double(cursor, &mut word)?,
            '\\' => escape(cursor, &mut word)?,
            '$' => parameter(cursor, &mut word, false)?,
            _ => {
                cursor.next();
                plain(&mut word, c);
            }
        }
    }
    Ok(word)
}

/// Adds a character that may have a meaning.
fn plain(word: &mut Word, c: char) {
    match word.0.last_mut() {
        Some(Piece::Plain(text)) => text.push(c),
        _ => word.0.push(Piece::Plain(String::from(c))),
    }
}

/// Adds text that is taken as it is; none makes an empty word, so that `''` is one.
fn quoted(word: &mut Word, more: &str) {
    match word.0.last_mut() {
        Some(Piece::Quoted(text)) => text.push_str(more),
        _ => word.0.push(Piece::Quoted(String::from(more))),
    }
}

/// Reads `\` and what follows it.
fn escape(cursor: &mut Cursor, word: &mut Word) -> Result<(), SyntaxError> {
    let at = cursor.at;
    cursor.next();
    match cursor.next() {
        None => return Err(SyntaxError { at, what: Mistake::TrailingBackslash }),
        Some('\n') => {}
        Some(c) => quoted(word, c.encode_utf8(&mut [0; 4])),
    }
    Ok(())
}

/// Reads `'…'`.
fn single(cursor: &mut Cursor, word: &mut Word) -> Result<(), SyntaxError> {
    let at = cursor.at;
    cursor.next();
    quoted(word, &cursor.take_while(|c| c != '\''));
    if cursor.take('\'') { Ok(()) } else { Err(SyntaxError { at, what: Mistake::OpenQuote('\'') }) }
}

/// Reads `"…"`.
fn double(cursor: &mut Cursor, word: &mut Word) -> Result<(), SyntaxError> {
    let at = cursor.at;
    cursor.next();
    quoted(word, "");
    loop {
        match cursor.peek() {
            None => return Err(SyntaxError { at, what: Mistake::OpenQuote('"') }),
            Some('"') => {
                cursor.next();
                return Ok(());
            }
            Some('$') => parameter(cursor, word, true)?,
            Some('`') => return cursor.error(Mistake::Unsupported("`")),
            Some('\\') => {
                cursor.next();
                match cursor.peek() {
                    Some(c @ ('"' | '\\' | '$' | '`')) => quoted(word, c.encode_utf8(&mut [0; 4])),
                    Some('\n') => {}
                    _ => {
                        quoted(word, "\\");
                        continue;
                    }
                }
                cursor.next();
            }
            Some(c) => {
                cursor.next();
                quoted(word, c.encode_utf8(&mut [0; 4]));
            }
        }
    }
}

/// Reads `$` and the parameter's name; if there is none, `$` stands for itself.
fn parameter(cursor: &mut Cursor, word: &mut Word, in_quotes: bool) -> Result<(), SyntaxError> {
    let at = cursor.at;
    cursor.next();
    let name = match cursor.peek() {
        Some('(') => return Err(SyntaxError { at, what: Mistake::Unsupported("$(") }),
        Some('{') => {
            cursor.next();
            let name = match cursor.peek() {
                Some(c) if is_special(c) => special(cursor, c),
                _ => cursor.take_while(is_name_part),
            };
            if name.is_empty() || !cursor.take('}') {
                return Err(SyntaxError { at, what: Mistake::BadParameter });
            }
            name
        }
        Some(c) if is_special(c) || c.is_ascii_digit() => special(cursor, c),
        Some(c) if is_name_start(c) => cursor.take_while(is_name_part),
        _ => {
            quoted(word, "$");
            return Ok(());
        }
    };
    word.0.push(Piece::Parameter { name, quoted: in_quotes });
    Ok(())
}

/// Whether a character is the whole name of a parameter.
fn is_special(c: char) -> bool {
    matches!(c, '?' | '$' | '!' | '#' | '@' | '*')
}

/// Takes the character that is the whole name of a parameter.
fn special(cursor: &mut Cursor, c: char) -> String {
    cursor.next();
    String::from(c)
}
