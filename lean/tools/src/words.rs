//! Words that no Lean file of ours may contain.
//!
//! Each opens a way round the kernel or round the reader: `sorry` and `axiom` assume, `native_decide` and `bv_decide`
//! trust the compiler, `implemented_by`, `extern`, `unsafe` and `partial` make what runs differ from what is proved,
//! `import all` sees what a file keeps private. The audit of the compiled files finds the first four again by their
//! effect; this scan is there to name the line, and for the rest.

use crate::lexer::{Token, tokens};

/// The words, as tokens outside comments and strings. `partial_fixpoint` is another token, and fine.
pub const FORBIDDEN: [&str; 8] =
    ["sorry", "axiom", "native_decide", "bv_decide", "implemented_by", "extern", "unsafe", "partial"];

/// Findings in one file, each as `FILE:LINE:COLUMN: …`.
pub fn scan(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut after_import = false;
    for t in tokens(text) {
        let Token::Word(word) = t.token else {
            after_import = false;
            continue;
        };
        let place = || format!("{file}:{}:{}", t.line, t.column);
        for part in word.split('.') {
            let part = part.trim_start_matches('«').trim_end_matches('»');
            if FORBIDDEN.contains(&part) {
                found.push(format!("{}: `{part}` is not allowed", place()));
            }
        }
        if after_import && word == "all" {
            found.push(format!("{}: `import all` is not allowed", place()));
        }
        after_import = word == "import";
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found() {
        for word in FORBIDDEN {
            assert_eq!(scan("F", &format!("a\n  {word} b")), [format!("F:2:3: `{word}` is not allowed")]);
        }
        assert_eq!(scan("F", "import all A").len(), 1);
        assert_eq!(scan("F", "@[simp, extern \"c\"] def x := (sorry : Nat)").len(), 2);
        assert_eq!(scan("F", "«unsafe» Lean.sorry").len(), 2);
    }

    #[test]
    fn other_uses_are_fine() {
        let text =
            "-- sorry\n/- axiom -/ def s := \"unsafe\"\ntheorem sorry_free : partial_fixpoint\nimport A\nall b axioms";
        assert_eq!(scan("F", text), Vec::<String>::new());
    }
}
