//! Names of programs and files: for the Tab key, and for patterns.

use alloc::string::String;
use alloc::vec::Vec;

use lv6_shell::expand::Char;
use lv6_shell::pattern;
use lv6_ulib::fs::{self, DirEntry, FileKind};
use lv6_ulib::line::Candidate;
use lv6_ulib::programs;

use crate::builtin;

/// Characters that end a word.
const ENDS: [char; 8] = [' ', '\t', '|', '&', ';', '(', '<', '>'];
/// Characters after which a word is the name of a program, if nothing is in between.
const COMMAND: [char; 4] = ['|', '&', ';', '('];

/// The word before the cursor, and what it can be completed to.
pub fn candidates(before: &str) -> (String, Vec<Candidate>) {
    let start = word_start(before);
    let (earlier, typed) = before.split_at(start);
    let earlier = earlier.trim_end_matches([' ', '\t']);
    let is_command = earlier.is_empty() || earlier.ends_with(COMMAND);
    let mut found = if is_command && !typed.contains('/') { commands() } else { Vec::new() };
    found.extend(if is_command && !typed.contains('/') { Vec::new() } else { paths(typed) });
    found.retain(|candidate| candidate.word.starts_with(typed));
    found.sort_unstable();
    found.dedup_by(|a, b| a.word == b.word);
    (String::from(typed), found)
}

/// Where the last word of a text begins. A character after `\` belongs to it.
fn word_start(text: &str) -> usize {
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if !escaped && ENDS.contains(&c) {
            start = at + c.len_utf8();
        }
        escaped = !escaped && c == '\\';
    }
    start
}

/// The names of all programs: those of the folder, or of the archive if there are no files.
pub fn programs() -> Vec<String> {
    let mut names: Vec<String> = match fs::read_dir(programs::FOLDER) {
        Ok(entries) => {
            entries.into_iter().filter(|entry| entry.kind == FileKind::File).map(|entry| entry.name).collect()
        }
        Err(_) => programs::all().map(|name| String::from(name.as_str())).collect(),
    };
    names.sort_unstable();
    names
}

/// All that can be run.
fn commands() -> Vec<Candidate> {
    let own = builtin::NAMES.into_iter().map(String::from);
    own.chain(programs()).map(|word| Candidate { word, end: ' ' }).collect()
}

/// All files in the directory that a word names.
fn paths(typed: &str) -> Vec<Candidate> {
    let (shown, name) = typed.split_at(typed.rfind('/').map_or(0, |slash| slash + 1));
    let folder: String = unescape(shown);
    let entries = fs::read_dir(if folder.is_empty() { "." } else { &folder }).unwrap_or_default();
    let visible = |entry: &DirEntry| !entry.name.starts_with('.') || name.starts_with('.');
    let candidate = |entry: DirEntry| {
        let end = if entry.kind == FileKind::Directory { '/' } else { ' ' };
        Candidate { word: String::from(shown) + &escape(&entry.name), end }
    };
    entries.into_iter().filter(visible).map(candidate).collect()
}

/// A name with `\` before what means something to the shell.
fn escape(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if ENDS.contains(&c) || "'\"\\$`*?[#)~!".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// The opposite of [`escape`].
fn unescape(text: &str) -> String {
    let mut escaped = false;
    text.chars()
        .filter(|&c| {
            escaped = !escaped && c == '\\';
            !escaped
        })
        .collect()
}

/// The files that match a path with patterns in it, in order.
pub fn matching_files(pattern: &[Char]) -> Vec<String> {
    let mut found = Vec::from([String::new()]);
    let mut parts = pattern.split_inclusive(|(c, _)| *c == '/').peekable();
    while let Some(part) = parts.next() {
        let (part, slash) = match part {
            [part @ .., ('/', _)] => (part, "/"),
            part => (part, ""),
        };
        found = found.into_iter().flat_map(|folder| matching(&folder, part, parts.peek().is_some(), slash)).collect();
    }
    found.sort_unstable();
    found
}

/// The paths that a folder and one part of a pattern stand for.
fn matching(folder: &str, part: &[Char], more: bool, slash: &str) -> Vec<String> {
    let path = |name: &str| alloc::format!("{folder}{name}{slash}");
    if !part.iter().any(|(c, quoted)| !quoted && matches!(c, '*' | '?' | '[')) {
        let path = path(&part.iter().map(|(c, _)| *c).collect::<String>());
        // A part in the middle is looked at when what follows it is.
        return if more || path.ends_with('/') || fs::stat(&path).is_ok() { Vec::from([path]) } else { Vec::new() };
    }
    let entries = fs::read_dir(if folder.is_empty() { "." } else { folder }).unwrap_or_default();
    let fits = |entry: &DirEntry| {
        (slash.is_empty() || entry.kind == FileKind::Directory) && pattern::matches(part, &entry.name)
    };
    entries.iter().filter(|entry| fits(entry)).map(|entry| path(&entry.name)).collect()
}
