//! What an extraction must not contain.

use crate::error::Error;

/// Words that make a theorem about a definition worthless: Aeneas writes them for code that it cannot translate.
const UNSOUND: [&str; 6] = ["axiom", "sorry", "opaque", "unsafe", "extern", "implemented_by"];

/// Refuses text that contains one of the unsound words outside comments.
pub fn refuse_unsound(text: &str) -> Result<(), Error> {
    let code = without_comments(text);
    for (index, line) in code.lines().enumerate() {
        let word = line
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.' || c == '\''))
            .find(|word| UNSOUND.contains(word));
        if let Some(word) = word {
            return Err(Error::Unsound {
                file: "the extraction".into(),
                line: index + 1,
                word: word.into(),
                text: text.lines().nth(index).unwrap_or_default().into(),
            });
        }
    }
    Ok(())
}

/// The text with every comment blanked out, line numbers kept.
pub fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut depth = 0usize;
    let mut line_comment = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line_comment = false;
            code.push('\n');
        } else if line_comment {
            code.push(' ');
        } else if c == '/' && chars.peek() == Some(&'-') {
            chars.next();
            depth += 1;
            code.push_str("  ");
        } else if depth > 0 && c == '-' && chars.peek() == Some(&'/') {
            chars.next();
            depth -= 1;
            code.push_str("  ");
        } else if depth > 0 {
            code.push(' ');
        } else if c == '-' && chars.peek() == Some(&'-') {
            line_comment = true;
            code.push(' ');
        } else {
            code.push(c);
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axiom_is_refused_with_its_line() {
        let error = refuse_unsound("def a := 1\n\naxiom f : Nat\n").unwrap_err();
        assert!(matches!(error, Error::Unsound { line: 3, ref word, .. } if word == "axiom"), "{error}");
    }

    #[test]
    fn a_sorry_inside_a_definition_is_refused() {
        assert!(refuse_unsound("def a : Nat := do\n  let x ← (sorry)\n  ok x\n").is_err());
    }

    #[test]
    fn the_words_are_allowed_in_comments_and_inside_names() {
        refuse_unsound("/- an axiom /- sorry -/ opaque -/\n-- sorry\ndef sorry_count := 1\ndef x.axiom_ := 2\n")
            .unwrap();
    }

    #[test]
    fn comments_are_blanked_in_place() {
        assert_eq!(without_comments("a /- b\n c -/ d -- e\nf"), "a     \n      d     \nf");
    }
}
