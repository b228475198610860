//! Just enough of Lean's lexical grammar to see words and to skip comments and strings.
//!
//! The import graph and the scan for forbidden words must not be fooled by a word in a comment, and must not need a
//! Lean to run. Interpolated strings count as strings: what they hide, the audit of the compiled files sees.

/// A token: a (dotted) identifier or keyword, or one other character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `foo`, `Foo.bar'`, `«a b».c`; keywords too.
    Word(&'a str),
    /// Any other character that is not white space.
    Char(char),
}

/// A token with its place, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<'a> {
    /// What it is.
    pub token: Token<'a>,
    /// Its line.
    pub line: usize,
    /// Its column, in characters.
    pub column: usize,
}

/// Iterates over the tokens of `text`.
pub fn tokens(text: &str) -> Lexer<'_> {
    Lexer { text, at: 0, line: 1, column: 1 }
}

/// The iterator behind [`tokens`].
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    column: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn bump_n(&mut self, n: usize) {
        for _ in 0..n {
            self.bump();
        }
    }

    fn bump_while(&mut self, f: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&f) {
            self.bump();
        }
    }

    /// Comments nest, and an unfinished one reaches to the end of the file.
    fn block_comment(&mut self) {
        let mut depth = 0usize;
        loop {
            if self.rest().starts_with("/-") {
                depth += 1;
                self.bump_n(2);
            } else if self.rest().starts_with("-/") {
                depth -= 1;
                self.bump_n(2);
                if depth == 0 {
                    return;
                }
            } else if self.bump().is_none() {
                return;
            }
        }
    }

    /// After the opening quote.
    fn string(&mut self) {
        while let Some(c) = self.bump() {
            match c {
                '\\' => {
                    self.bump();
                }
                '"' => return,
                _ => {}
            }
        }
    }

    /// At `r"` or `r#…#"`; false (and nothing consumed) if it is not a raw string after all.
    fn raw_string(&mut self) -> bool {
        let hashes = self.rest()[1..].chars().take_while(|&c| c == '#').count();
        if self.rest().as_bytes().get(1 + hashes) != Some(&b'"') {
            return false;
        }
        self.bump_n(2 + hashes);
        let close = format!("\"{}", "#".repeat(hashes));
        while !self.rest().is_empty() && !self.rest().starts_with(&close) {
            self.bump();
        }
        self.bump_n(close.len());
        true
    }

    /// At a quote that is not part of a word: consumes a character literal if it is one.
    fn char_literal(&mut self) -> bool {
        let mut ahead = self.rest().chars().skip(1);
        match (ahead.next(), ahead.next()) {
            (Some('\\'), _) => {
                self.bump_n(3);
                self.bump_while(|c| c != '\'' && c != '\n');
                self.bump();
                true
            }
            (Some(_), Some('\'')) => {
                self.bump_n(3);
                true
            }
            _ => false,
        }
    }

    /// At the start of a word: `a.b.c` is one word.
    fn word(&mut self) -> &'a str {
        let start = self.at;
        loop {
            if self.peek() == Some('«') {
                self.bump_while(|c| c != '»');
                self.bump();
            } else {
                self.bump_while(continues_word);
            }
            let mut ahead = self.rest().chars();
            if ahead.next() == Some('.') && ahead.next().is_some_and(|c| starts_word(c) || c == '«') {
                self.bump();
            } else {
                return &self.text[start..self.at];
            }
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Spanned<'a>;

    fn next(&mut self) -> Option<Spanned<'a>> {
        loop {
            let (line, column) = (self.line, self.column);
            let c = self.peek()?;
            if c.is_whitespace() {
                self.bump();
            } else if self.rest().starts_with("--") {
                self.bump_while(|c| c != '\n');
            } else if self.rest().starts_with("/-") {
                self.block_comment();
            } else if c == '"' {
                self.bump();
                self.string();
            } else if (c == 'r' && self.raw_string()) || (c == '\'' && self.char_literal()) {
                // Nothing to report.
            } else if c.is_ascii_digit() {
                self.bump_while(|c| c.is_alphanumeric() || c == '_');
            } else if starts_word(c) || c == '«' {
                return Some(Spanned { token: Token::Word(self.word()), line, column });
            } else {
                self.bump();
                return Some(Spanned { token: Token::Char(c), line, column });
            }
        }
    }
}

fn starts_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '\'' | '!' | '?') || ('₀'..='₉').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text)
            .filter_map(|t| match t.token {
                Token::Word(w) => Some(w),
                Token::Char(_) => None,
            })
            .collect()
    }

    #[test]
    fn comments_are_skipped_and_nest() {
        assert_eq!(words("a -- b c\n d /- e /- f -/ g -/ h /-- i -/ j"), ["a", "d", "h", "j"]);
        assert_eq!(words("a /- never closed"), ["a"]);
    }

    #[test]
    fn strings_are_skipped() {
        assert_eq!(words(r#"a "b \" c" d"#), ["a", "d"]);
        assert_eq!(words(r##"a r"b\" c r#"d " e"# f"##), ["a", "c", "f"]);
        assert_eq!(words("r rx #r"), ["r", "rx", "r"]);
    }

    #[test]
    fn characters_and_primes() {
        assert_eq!(words(r"a' 'b' '\'' '\u{41}' c"), ["a'", "c"]);
        assert_eq!(words("f '"), ["f"]);
    }

    #[test]
    fn words_are_dotted_and_quoted() {
        assert_eq!(words("A.b.c x.1 «a b».c h.. y"), ["A.b.c", "x", "«a b».c", "h", "y"]);
        assert_eq!(words("0x1f 12 α₁ x_1!"), ["α₁", "x_1!"]);
    }

    #[test]
    fn places_count_from_one() {
        let all: Vec<_> = tokens("α (b\n  c").map(|t| (t.line, t.column)).collect();
        assert_eq!(all, [(1, 1), (1, 3), (1, 4), (2, 3)]);
    }
}
