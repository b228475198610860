//! Patterns for the names of files: `*` stands for any text, `?` for any character, `[…]` for one of those in it.

use crate::expand::Char;

/// Whether a name matches a pattern. A name that begins with a dot matches only a pattern that does.
pub fn matches(pattern: &[Char], name: &str) -> bool {
    let hidden = name.starts_with('.') && pattern.first().is_none_or(|(c, _)| *c != '.');
    !hidden && matches_rest(pattern, name)
}

/// Matches without looking back further than the last `*`, so that no pattern takes long.
fn matches_rest(pattern: &[Char], name: &str) -> bool {
    let (mut rest, mut text) = (pattern, name);
    let mut star: Option<(&[Char], &str)> = None;
    loop {
        if let [('*', false), after @ ..] = rest {
            star = Some((after, text));
            rest = after;
            continue;
        }
        if rest.is_empty() && text.is_empty() {
            return true;
        }
        if let (Some(after), Some(c)) = (text.chars().next().and_then(|c| one(rest, c)), text.chars().next()) {
            (rest, text) = (after, &text[c.len_utf8()..]);
            continue;
        }
        // The last `*` has to stand for one character more.
        let Some((after, from)) = star else { return false };
        let Some(c) = from.chars().next() else { return false };
        star = Some((after, &from[c.len_utf8()..]));
        (rest, text) = (after, &from[c.len_utf8()..]);
    }
}

/// What is left of a pattern after what matches this character; none if it does not match.
fn one(pattern: &[Char], c: char) -> Option<&[Char]> {
    match pattern {
        [('?', false), rest @ ..] => Some(rest),
        [('[', false), rest @ ..] => match set(rest) {
            Some((chars, after)) => is_in(chars, c).then_some(after),
            None => (c == '[').then_some(rest),
        },
        [(own, _), rest @ ..] => (*own == c).then_some(rest),
        [] => None,
    }
}

/// Splits what follows `[` into the characters up to the `]` and the rest. A `]` that comes first is one of them.
fn set(pattern: &[Char]) -> Option<(&[Char], &[Char])> {
    let negated = usize::from(matches!(pattern, [('!', false), ..]));
    let end = pattern.iter().skip(negated + 1).position(|&char| char == (']', false))? + negated + 1;
    Some((&pattern[..end], &pattern[end + 1..]))
}

/// Whether a character is one of a set; `a-z` stands for a range, and `!` at the start for all others.
fn is_in(set: &[Char], c: char) -> bool {
    let (negated, mut set) = match set {
        [('!', false), rest @ ..] => (true, rest),
        _ => (false, set),
    };
    let mut found = false;
    while let [(first, _), rest @ ..] = set {
        (found, set) = match rest {
            [('-', false), (last, _), rest @ ..] => (found || (*first..=*last).contains(&c), rest),
            _ => (found || *first == c, rest),
        };
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn pattern(text: &str) -> Vec<Char> {
        text.chars().map(|c| (c, false)).collect()
    }

    #[track_caller]
    fn check(text: &str, yes: &[&str], no: &[&str]) {
        for name in yes {
            assert!(matches(&pattern(text), name), "{text} should match {name}");
        }
        for name in no {
            assert!(!matches(&pattern(text), name), "{text} should not match {name}");
        }
    }

    #[test]
    fn stars_and_question_marks() {
        check("*", &["", "a", "abc"], &[".a"]);
        check("*.rs", &["a.rs", ".rs.rs".trim_start_matches('.'), "a.b.rs"], &["rs", "a.rsx", ".rs"]);
        check("a*b*c", &["abc", "axbxbc"], &["ab", "acb"]);
        check("?é?", &["aéb"], &["éb", "aébc"]);
        check(".*", &[".a", "."], &["a"]);
    }

    #[test]
    fn sets() {
        check("[abc]x", &["ax", "cx"], &["dx", "x"]);
        check("[a-cx-z]", &["b", "y"], &["d", "-"]);
        check("[!a-c]", &["d"], &["a"]);
        check("[]a]", &["]", "a"], &["b"]);
        check("[a-]", &["a", "-"], &["b"]);
        check("[abc", &["[abc"], &["a"]);
    }

    #[test]
    fn what_is_quoted_stands_for_itself() {
        let pattern = [('*', true), ('a', false), ('?', true)];
        assert!(matches(&pattern, "*a?") && !matches(&pattern, "xab"));
    }

    /// What matches, by definition.
    fn by_definition(pattern: &str, name: &str) -> bool {
        match pattern.chars().next() {
            None => name.is_empty(),
            Some('*') => (0..=name.len()).any(|n| by_definition(&pattern[1..], &name[n..])),
            Some(c) => name.starts_with(|d| c == '?' || c == d) && by_definition(&pattern[1..], &name[1..]),
        }
    }

    proptest! {
        #[test]
        fn matching_is_as_defined(text in "[ab*?]{0,8}", name in "[ab]{0,10}") {
            prop_assert_eq!(matches(&pattern(&text), &name), by_definition(&text, &name));
        }

        #[test]
        fn any_pattern_ends(text in "[ab*?\\[\\]!-]{0,30}", name in "[ab\\]-]{0,30}") {
            matches(&pattern(&text), &name);
        }
    }
}
