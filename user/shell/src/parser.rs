//! From words and operators to commands.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Mistake, Position, SyntaxError};
use crate::lexer::{Token, tokens};
use crate::syntax::{
    AndOr, Body, Command, Condition, Item, List, Piece, Pipeline, Redirect, RedirectKind, Word, is_name,
};

/// Parentheses that can stand in each other. What parses and runs them calls itself, and stacks are small.
const DEPTH: usize = 20;
/// Descriptors that a redirection can name.
const DESCRIPTORS: u64 = 10;

/// Reads a text as commands.
pub fn parse(text: &str) -> Result<List, SyntaxError> {
    let tokens = tokens(text)?;
    let line = text.matches('\n').count();
    let column = text.rsplit('\n').next().unwrap_or(text).chars().count();
    let end = Position { line: line + 1, column: column + 1 };
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), end, depth: 0 };
    let list = parser.list()?;
    match parser.tokens.next() {
        // Only a parenthesis ends a list early.
        Some((token, at)) => Err(SyntaxError { at, what: Mistake::Unexpected(token.text()) }),
        None => Ok(list),
    }
}

struct Parser<I: Iterator<Item = (Token, Position)>> {
    tokens: core::iter::Peekable<I>,
    /// Where the text ends.
    end: Position,
    depth: usize,
}

impl<I: Iterator<Item = (Token, Position)>> Parser<I> {
    fn peek(&mut self) -> Option<&Token> {
        self.tokens.peek().map(|(token, _)| token)
    }

    /// Goes on if the next token is this one.
    fn take(&mut self, token: &Token) -> bool {
        self.tokens.next_if(|(next, _)| next == token).is_some()
    }

    /// Where the next token is.
    fn here(&mut self) -> Position {
        self.tokens.peek().map_or(self.end, |(_, at)| *at)
    }

    fn skip_newlines(&mut self) {
        while self.take(&Token::Newline) {}
    }

    /// Reads commands up to a `)` or the end.
    fn list(&mut self) -> Result<List, SyntaxError> {
        let mut items = Vec::new();
        loop {
            self.skip_newlines();
            if matches!(self.peek(), None | Some(Token::Close)) {
                return Ok(List(items));
            }
            let and_or = self.and_or()?;
            let background = self.take(&Token::Background);
            items.push(Item { and_or, background });
            if !background && !self.take(&Token::Semicolon) && !matches!(self.peek(), None | Some(Token::Newline)) {
                return Ok(List(items));
            }
        }
    }

    fn and_or(&mut self) -> Result<AndOr, SyntaxError> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            let (condition, token) = match self.peek() {
                Some(Token::And) => (Condition::And, Token::And),
                Some(Token::Or) => (Condition::Or, Token::Or),
                _ => return Ok(AndOr { first, rest }),
            };
            self.follow(&token)?;
            rest.push((condition, self.pipeline()?));
        }
    }

    /// Takes an operator, after which a command must follow, if need be in a later line.
    fn follow(&mut self, token: &Token) -> Result<(), SyntaxError> {
        let at = self.here();
        self.take(token);
        self.skip_newlines();
        match self.peek() {
            None => Err(SyntaxError { at, what: Mistake::NothingFollows(token.text()) }),
            Some(_) => Ok(()),
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, SyntaxError> {
        let negation = Word(alloc::vec![Piece::Plain(String::from("!"))]);
        let negated = self.take(&Token::Word(negation));
        let mut commands = alloc::vec![self.command()?];
        while self.peek() == Some(&Token::Pipe) {
            self.follow(&Token::Pipe)?;
            commands.push(self.command()?);
        }
        Ok(Pipeline { negated, commands })
    }

    fn command(&mut self) -> Result<Command, SyntaxError> {
        let at = self.here();
        if self.take(&Token::Open) {
            let list = self.parenthesized(at)?;
            let mut redirects = Vec::new();
            while let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
            }
            return match self.peek() {
                Some(token @ (Token::Word(_) | Token::Open)) => {
                    let what = Mistake::Unexpected(token.text());
                    Err(SyntaxError { at: self.here(), what })
                }
                _ => Ok(Command { body: Body::Subshell(list), redirects }),
            };
        }
        self.simple(at)
    }

    /// Reads a list and the `)` after it; the `(` was at `open`.
    fn parenthesized(&mut self, open: Position) -> Result<List, SyntaxError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(SyntaxError { at: open, what: Mistake::TooDeep });
        }
        let list = self.list()?;
        self.depth -= 1;
        let at = self.here();
        match self.tokens.next() {
            None => Err(SyntaxError { at: open, what: Mistake::OpenParenthesis }),
            Some((Token::Close, _)) if list.0.is_empty() => Err(SyntaxError { at, what: Mistake::NoCommand(")") }),
            Some((Token::Close, _)) => Ok(list),
            Some((token, at)) => Err(SyntaxError { at, what: Mistake::Unexpected(token.text()) }),
        }
    }

    fn simple(&mut self, start: Position) -> Result<Command, SyntaxError> {
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            let Some((Token::Word(word), _)) = self.tokens.next_if(|(next, _)| matches!(next, Token::Word(_))) else {
                break;
            };
            match assignment(&word) {
                Some(assignment) if words.is_empty() => assignments.push(assignment),
                _ => words.push(word),
            }
        }
        let empty = assignments.is_empty() && words.is_empty() && redirects.is_empty();
        let what = match self.peek() {
            Some(Token::Open) => Mistake::Unexpected("("),
            Some(token) if empty => Mistake::NoCommand(token.text()),
            None if empty => Mistake::NoCommand("the end"),
            _ => return Ok(Command { body: Body::Simple { assignments, words }, redirects }),
        };
        Err(SyntaxError { at: if empty { start } else { self.here() }, what })
    }

    /// Reads a redirection, if one is next.
    fn redirect(&mut self) -> Result<Option<Redirect>, SyntaxError> {
        let Some((Token::Redirect(fd, kind), at)) =
            self.tokens.next_if(|(next, _)| matches!(next, Token::Redirect(_, _)))
        else {
            return Ok(None);
        };
        let fd = fd.unwrap_or(if kind == RedirectKind::Read { 0 } else { 1 });
        if fd >= DESCRIPTORS {
            return Err(SyntaxError { at, what: Mistake::BadDescriptor });
        }
        let target_at = self.here();
        let Some((Token::Word(target), _)) = self.tokens.next_if(|(next, _)| matches!(next, Token::Word(_))) else {
            return Err(SyntaxError { at, what: Mistake::NoTarget(Token::Redirect(None, kind).text()) });
        };
        if kind == RedirectKind::Duplicate && duplicated(&target).is_none() {
            return Err(SyntaxError { at: target_at, what: Mistake::BadDescriptor });
        }
        Ok(Some(Redirect { fd, kind, target }))
    }
}

/// The descriptor that a word after `>&` names.
pub fn duplicated(target: &Word) -> Option<u64> {
    match &target.0[..] {
        [Piece::Plain(text)] => text.parse().ok().filter(|&fd| fd < DESCRIPTORS),
        _ => None,
    }
}

/// The variable and the value if a word is an assignment.
fn assignment(word: &Word) -> Option<(String, Word)> {
    let [Piece::Plain(text), rest @ ..] = &word.0[..] else { return None };
    let (name, value) = text.split_once('=').filter(|(name, _)| is_name(name))?;
    let first = (!value.is_empty()).then(|| Piece::Quoted(String::from(value)));
    Some((String::from(name), Word(first.into_iter().chain(rest.iter().cloned()).collect())))
}

#[cfg(test)]
mod tests;
