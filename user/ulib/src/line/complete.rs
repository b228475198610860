//! Completing a word.

use alloc::string::String;
use alloc::vec::Vec;

use super::{BEEP, Editor};

/// What a word can be completed to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The whole word.
    pub word: String,
    /// What follows it when it is the only one: a blank, or the `/` of a directory.
    pub end: char,
}

/// Columns of the list of candidates.
const COLUMNS: usize = 79;

impl Editor {
    /// Completes the word before the cursor, of which `typed` is there already and with which all candidates begin: as
    /// far as the candidates agree. If that is nothing, they are listed.
    pub fn complete(&mut self, typed: &str, candidates: &[Candidate], echo: &mut impl FnMut(&str)) {
        let more = match candidates {
            [] => None,
            [only] => only.word.strip_prefix(typed).map(|more| String::from(more) + only.end.encode_utf8(&mut [0; 4])),
            [first, rest @ ..] => {
                let agree = |text: &str| rest.iter().all(|candidate| candidate.word.starts_with(text));
                let ends = first.word.char_indices().map(|(at, c)| at + c.len_utf8());
                let longest = ends.map(|end| &first.word[..end]).take_while(|text| agree(text)).last();
                longest.and_then(|text| text.strip_prefix(typed)).map(String::from)
            }
        };
        match more.as_deref() {
            None => echo(BEEP),
            Some("") => {
                self.view.leave(&self.line, "\n", echo);
                list(candidates, echo);
                self.view.restart(echo);
            }
            Some(more) => more.chars().for_each(|c| self.insert(c, echo)),
        }
        self.view.show(&self.line, self.cursor, echo);
    }
}

/// Shows the candidates, as many in a line as fit.
fn list(candidates: &[Candidate], echo: &mut impl FnMut(&str)) {
    let names: Vec<String> = candidates
        .iter()
        .map(|candidate| {
            let name = candidate.word.trim_end_matches('/');
            let name = name.rsplit('/').next().unwrap_or(name);
            String::from(name) + if candidate.end == '/' { "/" } else { "" }
        })
        .collect();
    let column = 2 + names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for row in names.chunks((COLUMNS / column).max(1)) {
        let row: String = row.iter().map(|name| alloc::format!("{name:column$}")).collect();
        echo(row.trim_end());
        echo("\n");
    }
}
