use super::*;
use crate::parse;
use crate::pattern;
use crate::syntax::Body;
use proptest::prelude::*;
use std::string::ToString;
use std::vec;

struct Fake {
    arguments: Vec<String>,
    files: Vec<&'static str>,
}

impl Scope for Fake {
    fn parameter(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some("7".into()),
            "x" => Some(" a  b ".into()),
            "star" => Some("*".into()),
            "empty" => Some(String::new()),
            _ => self.arguments.get(name.parse::<usize>().ok()?.checked_sub(1)?).cloned(),
        }
    }

    fn arguments(&self) -> &[String] {
        &self.arguments
    }

    fn matches(&self, pattern: &[Char]) -> Vec<String> {
        self.files.iter().filter(|name| pattern::matches(pattern, name)).map(ToString::to_string).collect()
    }
}

/// What the words of a command stand for.
fn expand(command: &str) -> Vec<String> {
    let scope = Fake { arguments: vec!["one".into(), "t w o".into()], files: vec!["a.rs", "b.rs", "c"] };
    let list = parse(command).unwrap();
    let Body::Simple { words, .. } = &list.0[0].and_or.first.commands[0].body else {
        panic!("{command} is a subshell")
    };
    words.iter().flat_map(|word| fields(word, &scope)).collect()
}

#[test]
fn values_are_filled_in() {
    assert_eq!(
        expand("echo $? a$?b \"$?\" '$?' $1 ${2} $unknown"),
        ["echo", "7", "a7b", "7", "$?", "one", "t", "w", "o"]
    );
}

#[test]
fn values_are_split_outside_of_quotes_only() {
    assert_eq!(expand("\"$x\""), [" a  b "]);
    assert_eq!(expand("$x"), ["a", "b"]);
    assert_eq!(expand("-$x-"), ["-", "a", "b", "-"]);
    assert_eq!(expand("c $empty $unknown \"$empty\" ''"), ["c", "", ""]);
}

#[test]
fn all_arguments() {
    assert_eq!(expand("\"$@\""), ["one", "t w o"]);
    assert_eq!(expand("\"-$@-\""), ["-one", "t w o-"]);
    assert_eq!(expand("\"$*\""), ["one t w o"]);
    assert_eq!(expand("$@"), ["one", "t", "w", "o"]);
    let scope = Fake { arguments: vec![], files: vec![] };
    let word =
        |name: &str| Word(vec![Piece::Quoted(String::new()), Piece::Parameter { name: name.into(), quoted: true }]);
    assert_eq!(fields(&word("@"), &scope), [""; 0]);
    assert_eq!(fields(&word("*"), &scope), [""]);
}

#[test]
fn patterns_stand_for_names() {
    assert_eq!(expand("*.rs"), ["a.rs", "b.rs"]);
    assert_eq!(expand("? $star"), ["c", "a.rs", "b.rs", "c"]);
    assert_eq!(expand("'*' \\*.rs \"$star\" x*"), ["*", "*.rs", "*", "x*"]);
}

proptest! {
    #[test]
    fn what_is_in_single_quotes_is_one_word(text in "[^']{0,30}") {
        prop_assert_eq!(expand(&std::format!("'{text}'")), [text]);
    }
}
