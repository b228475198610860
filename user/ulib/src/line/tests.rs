use super::*;
use proptest::prelude::*;
use std::vec;

/// A terminal that knows text, line feeds and backspaces. Writing in the last column, moving beyond the first, and
/// anything else are errors.
#[derive(Default)]
struct Terminal {
    rows: Vec<Vec<char>>,
    column: usize,
    beeps: usize,
}

impl Terminal {
    fn write(&mut self, text: &str) {
        if text == CLEAR {
            *self = Terminal::default();
            return;
        }
        for c in text.chars() {
            if self.rows.is_empty() {
                self.rows.push(Vec::new());
            }
            let row = self.rows.last_mut().unwrap();
            match c {
                '\n' => {
                    self.rows.push(Vec::new());
                    self.column = 0;
                }
                '\x08' => self.column = self.column.checked_sub(1).expect("no backspace in the first column"),
                '\x07' => self.beeps += 1,
                _ => {
                    assert!(!c.is_control() && self.column < 79, "{c:?} in column {}", self.column);
                    row.resize(row.len().max(self.column + 1), ' ');
                    row[self.column] = c;
                    self.column += 1;
                }
            }
        }
    }

    fn row(&self, n: usize) -> String {
        self.rows.get(n).map_or(String::new(), |row| row.iter().collect::<String>().trim_end().into())
    }

    /// All rows, without the blanks at their ends.
    fn text(&self) -> String {
        let rows: Vec<String> = (0..self.rows.len()).map(|n| self.row(n)).collect();
        rows.join("\n")
    }
}

/// An editor at a terminal.
struct Session {
    editor: Editor,
    terminal: Terminal,
}

impl Session {
    fn new() -> Session {
        let mut session = Session { editor: Editor::default(), terminal: Terminal::default() };
        session.start();
        session
    }

    fn start(&mut self) {
        let terminal = &mut self.terminal;
        self.editor.start("$ ", &mut |text| terminal.write(text));
    }

    /// Types; returns what happened but for plain editing. A new line begins after each that ends.
    fn keys(&mut self, keys: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in keys {
            let terminal = &mut self.terminal;
            let event = self.editor.feed(*byte, &mut |text| terminal.write(text));
            if !matches!(event, Event::Editing | Event::Complete) {
                self.start();
            }
            if event != Event::Editing {
                events.push(event);
            }
        }
        events
    }

    fn complete(&mut self, typed: &str, words: &[(&str, char)]) {
        let candidates: Vec<Candidate> =
            words.iter().map(|(word, end)| Candidate { word: String::from(*word), end: *end }).collect();
        let terminal = &mut self.terminal;
        self.editor.complete(typed, &candidates, &mut |text| terminal.write(text));
    }
}

fn line(text: &str) -> Event {
    Event::Line(text.into())
}

/// The lines that come of typing these keys at a fresh editor.
#[track_caller]
fn assert_lines(keys: &[u8], lines: &[&str]) {
    let events = Session::new().keys(keys);
    assert_eq!(events, lines.iter().map(|text| line(text)).collect::<Vec<_>>(), "{}", keys.escape_ascii());
}

#[test]
fn lines_end_with_return_newline_or_both() {
    let mut session = Session::new();
    assert_eq!(session.keys(b"ps\rps\nps\r\n\nx"), vec![line("ps"), line("ps"), line("ps"), line("")]);
    assert_eq!(session.terminal.text(), "$ ps\n$ ps\n$ ps\n$\n$ x");
}

#[test]
fn erasing() {
    assert_lines(b"pss\x7f\r", &["ps"]);
    assert_lines(b"\x7f\x08a\r", &["a"]);
    assert_lines(b"echo a bc  \x17d\r", &["echo a d"]);
    assert_lines(b"\x17echo\x15ps\r", &["ps"]);
    assert_lines("aéß\x7f\r".as_bytes(), &["aé"]);
    assert_lines(b"echo one\x01\x1b[3~\x1b[3~\x04x\r", &["xo one"]);
    assert_lines(b"abc\x1b[D\x1b[D\x0bd\x15e\r", &["e"]);
}

#[test]
fn moving() {
    assert_lines(b"bc\x01a\x05d\r", &["abcd"]);
    assert_lines(b"ac\x1b[Db\x1b[Cd\r", &["abcd"]);
    assert_lines(b"bc\x1b[Ha\x1b[Fd\r", &["abcd"]);
    assert_lines(b"bc\x1b[1~a\x1b[4~d\r", &["abcd"]);
    assert_lines(b"bc\x1bOHa\x1bOFd\r", &["abcd"]);
    assert_lines(b"bc\x02\x02\x02\x02a\x06\x06\x06d\r", &["abcd"]);
    assert_lines(b"one two\x1b[1;5D-\x1b[1;5D\x1b[1;5D+\x1b[1;5C!\r", &["+one! -two"]);
    assert_lines(b"one two\x1bb\x1bbx\x1bfy\r", &["xoney two"]);
}

#[test]
fn the_screen_follows() {
    let mut session = Session::new();
    session.keys(b"echo ne\x1b[D\x1b[Do\x1b[F!\x1b[D");
    assert_eq!((session.terminal.text().as_str(), session.terminal.column), ("$ echo one!", 10));
    session.keys(b"\x01\x1b[3~");
    assert_eq!((session.terminal.text().as_str(), session.terminal.column), ("$ cho one!", 2));
}

#[test]
fn giving_up_and_ending() {
    let mut session = Session::new();
    assert_eq!(session.keys(b"ab\x1b[D\x03x\x04\r\x04"), vec![Event::Cancelled, line("x"), Event::End]);
    assert_eq!(session.terminal.text(), "$ ab^C\n$ x\n$\n$");
}

#[test]
fn clearing_the_screen_keeps_the_line() {
    let mut session = Session::new();
    session.keys(b"ps\recho\x1b[D\x0c");
    assert_eq!((session.terminal.text().as_str(), session.terminal.column), ("$ echo", 5));
}

#[test]
fn history() {
    let mut session = Session::new();
    session.keys(b"one\rtwo\rtwo\r \r");
    assert_eq!(session.keys(b"\x1b[A\r"), vec![line("two")]);
    assert_eq!(session.keys(b"\x1b[A\x1bOA!\r"), vec![line("one!")]);
    assert_eq!(session.keys(b"x\x10\x10\x10\x10\x0e\r"), vec![line("two")]);
    assert_eq!(session.keys(b"\x1b[A\x1b[B\x1b[By\r"), vec![line("y")]);
    assert_eq!(session.keys(b"draft\x1b[A\x1b[A\x1b[B\x1b[B\r"), vec![line("draft")]);
    assert!(session.terminal.beeps >= 2);
}

#[test]
fn what_is_not_understood_is_swallowed() {
    assert_lines(b"a\x1b[5~\x1b[1;2P\x1bx\x00\x1cb\r", &["ab"]);
    assert_lines(b"a\x1b[999999999;;;~b\r", &["ab"]);
}

#[test]
fn bytes_that_are_no_text_are_dropped() {
    assert_lines(b"a\xff\x80\xc3b\xe2\x82\r", &["ab"]);
    assert_lines("a\u{e4}\x7f\u{20ac}\r".as_bytes(), &["a€"]);
}

#[test]
fn long_lines_are_cut_and_shown_in_part() {
    let mut session = Session::new();
    session.keys(&[b'x'; 5000]);
    assert!(session.terminal.beeps > 0);
    session.keys(b"\x01y");
    assert_eq!(session.terminal.row(0), std::format!("$ {}", "x".repeat(75)));
    session.keys(b"\x1b[3~z\x0b");
    assert_eq!(session.terminal.row(0), "$ z");
}

#[test]
fn the_only_candidate_is_filled_in() {
    let mut session = Session::new();
    assert_eq!(session.keys(b"cat RE\t"), vec![Event::Complete]);
    assert_eq!(session.editor.before_cursor(), "cat RE");
    session.complete("RE", &[("README", ' ')]);
    assert_eq!(session.terminal.text(), "$ cat README");
    assert_eq!(session.keys(b"x\r"), vec![line("cat README x")]);
    session.keys(b"ls et");
    session.complete("et", &[("etc", '/')]);
    assert_eq!(session.keys(b"m\r"), vec![line("ls etc/m")]);
}

#[test]
fn candidates_are_filled_in_as_far_as_they_agree_and_then_listed() {
    let mut session = Session::new();
    let words = [("/etc/pass", ' '), ("/etc/past", '/')];
    session.keys(b"cat /etc/p now\x1b[D\x1b[D\x1b[D\x1b[D");
    session.complete("/etc/p", &words);
    assert_eq!(session.terminal.text(), "$ cat /etc/pas now");
    session.complete("/etc/pas", &words);
    assert_eq!(session.terminal.text(), "$ cat /etc/pas now\npass   past/\n$ cat /etc/pas now");
    assert_eq!(session.terminal.column, 14);
    session.complete("x", &[]);
    assert_eq!(session.terminal.beeps, 1);
    assert_eq!(session.keys(b"s\r"), vec![line("cat /etc/pass now")]);
}

#[test]
fn many_candidates_fill_several_rows() {
    let mut session = Session::new();
    let names: Vec<String> = (0..30).map(|n| std::format!("file-{n:02}")).collect();
    let words: Vec<(&str, char)> = names.iter().map(|name| (name.as_str(), ' ')).collect();
    session.keys(b"file-");
    session.complete("file-", &words);
    assert_eq!(session.terminal.rows.len(), 6);
    assert!(session.terminal.row(1).starts_with("file-00  file-01"));
}

/// The keys that tests type at random.
fn any_key() -> impl Strategy<Value = &'static [u8]> {
    prop::sample::select(vec![
        &b"a"[..],
        b"b",
        b" ",
        "é".as_bytes(),
        b"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
        b"\x1b[A",
        b"\x1b[B",
        b"\x1b[C",
        b"\x1b[D",
        b"\x1b[1;5C",
        b"\x1b[1;5D",
        b"\x1b[H",
        b"\x1b[F",
        b"\x1b[3~",
        b"\x7f",
        b"\x17",
        b"\x15",
        b"\x0b",
        b"\x0c",
        b"\r",
        b"\x03",
    ])
}

proptest! {
    /// Whatever is typed, the screen shows the part of the line around the cursor, and the cursor where it is.
    #[test]
    fn the_screen_shows_the_line(keys in prop::collection::vec(any_key(), 0..120)) {
        let mut session = Session::new();
        for key in keys {
            session.keys(key);
            let Session { editor, terminal } = &session;
            let from = editor.view.from;
            let part: String = std::iter::once("$ ".chars()).flatten().chain(editor.line[from..].iter().copied().take(75)).collect();
            prop_assert_eq!(terminal.row(terminal.rows.len() - 1), part.trim_end());
            prop_assert_eq!(terminal.column, 2 + editor.cursor - from);
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut session = Session::new();
        for event in session.keys(&bytes) {
            prop_assert!(event != Event::Editing);
        }
    }
}
