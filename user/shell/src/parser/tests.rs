use super::*;
use proptest::prelude::*;
use std::format;
use std::string::ToString;
use std::vec;

/// The text of a list, fully quoted and on one line, which parses to the same list.
fn print(list: &List) -> String {
    let items = list.0.iter().map(|item| {
        let rest = item.and_or.rest.iter().map(|(condition, pipeline)| {
            format!(" {} {}", if *condition == Condition::And { "&&" } else { "||" }, print_pipeline(pipeline))
        });
        print_pipeline(&item.and_or.first) + &rest.collect::<String>() + if item.background { " & " } else { "; " }
    });
    items.collect()
}

fn print_pipeline(pipeline: &Pipeline) -> String {
    let commands: Vec<String> = pipeline.commands.iter().map(print_command).collect();
    String::from(if pipeline.negated { "! " } else { "" }) + &commands.join(" | ")
}

fn print_command(command: &Command) -> String {
    let redirects = command.redirects.iter().map(|redirect| {
        let operator = Token::Redirect(None, redirect.kind).text();
        format!(" {}{operator}{}", redirect.fd, print_word(&redirect.target))
    });
    let body = match &command.body {
        Body::Subshell(list) => format!("({})", print(list)),
        Body::Simple { assignments, words } => {
            let assignments = assignments.iter().map(|(name, value)| format!("{name}={}", print_word(value)));
            assignments.chain(words.iter().map(print_word)).collect::<Vec<_>>().join(" ")
        }
    };
    body + &redirects.collect::<String>()
}

fn print_word(word: &Word) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Quoted(text) => format!("'{}'", text.replace('\'', r"'\''")),
        Piece::Plain(text) => text.clone(),
        Piece::Parameter { name, quoted } => format!("{0}${{{name}}}{0}", if *quoted { "\"" } else { "" }),
    };
    word.0.iter().map(piece).collect()
}

/// What a text means, printed; or what is wrong with it.
fn meaning(text: &str) -> Result<String, String> {
    parse(text).map(|list| print(&list)).map_err(|e| e.to_string())
}

#[track_caller]
fn means(text: &str, printed: &str) {
    assert_eq!(meaning(text).as_deref(), Ok(printed), "{text}");
}

#[test]
fn commands_one_after_the_other() {
    means("", "");
    means(" \n # nothing\n", "");
    means("ps;bounce 3&echo x;", "ps; bounce 3 & echo x; ");
    means("one\ntwo\r\n\nthree # four", "one; two; three; ");
    means("a & b & ", "a & b & ");
}

#[test]
fn pipelines_and_conditions() {
    means("a|b | c && d || ! e;f", "a | b | c && d || ! e; f; ");
    means("a |\n b &&\n\n c", "a | b && c; ");
    means("a ! b", "a ! b; ");
}

#[test]
fn redirections() {
    means("a<b >c 2>>d 2>&1 e", "a e 0<b 1>c 2>>d 2>&1; ");
    means("> a", " 1>a; ");
    means("a2>b 2 >c 'x'>d", "a2 2 'x' 1>b 1>c 1>d; ");
    means("<'in put' cat", "cat 0<'in put'; ");
}

#[test]
fn subshells() {
    means("(a; b) | (c) >d & e", "(a; b; ) | (c; ) 1>d & e; ");
    means("(\na\n\n(b &)\n)", "(a; (b & ); ); ");
}

#[test]
fn quotes() {
    means(r#"echo 'a  "b' "c  'd" e\ f '' "" x'y'"z""#, r#"echo 'a  "b' 'c  '\''d' e' 'f '' '' x'yz'; "#);
    means(
        r#"echo "\"\\\$?\n" \; a\
b"#,
        r#"echo '"\$?\n' ';' ab; "#,
    );
    means("echo a#b #c", "echo a#b; ");
    means("'a\nb'", "'a\nb'; ");
    means("\\\n", "");
}

#[test]
fn parameters() {
    means(
        r#"echo $? a$?b "$x" '$x' ${long}er $ "$" $1 $12 $- $!"#,
        "echo ${?} a${?}b ''\"${x}\" '$x' ${long}er '$' '$' ${1} ${1}2 '$'- ${!}; ",
    );
}

#[test]
fn assignments() {
    means("a=1 b= c=\"x y\"z d", "a='1' b= c='x yz' d; ".replace("c='x yz'", "c='x y'z").as_str());
    means("echo a=1 1a=2", "echo a=1 1a=2; ");
    means("'a'=1 b\\=2", "'a'=1 b'='2; ");
}

#[test]
fn errors_say_where() {
    for (text, error) in [
        ("echo 'a", "line 1, column 6: the quote ' is not closed"),
        ("ok\necho \"a\n", "line 2, column 6: the quote \" is not closed"),
        ("echo a\\", "line 1, column 7: nothing follows \\"),
        ("; ps", "line 1, column 1: no command before ;"),
        ("ps ;; ps", "line 1, column 5: no command before ;"),
        ("ps &&", "line 1, column 4: a command must follow &&"),
        ("ps |\n", "line 1, column 4: a command must follow |"),
        ("ps | | ps", "line 1, column 6: no command before |"),
        ("ps && ; ps", "line 1, column 7: no command before ;"),
        ("(ps", "line 1, column 1: ( is not closed"),
        ("ps)", "line 1, column 3: ) does not belong here"),
        ("()", "line 1, column 2: no command before )"),
        ("(ps) ps", "line 1, column 6: the word does not belong here"),
        ("ps (a)", "line 1, column 4: ( does not belong here"),
        ("ps >", "line 1, column 4: a file must follow >"),
        ("ps > | a", "line 1, column 4: a file must follow >"),
        ("ps 2>&x", "line 1, column 7: this is not the number of a descriptor"),
        ("ps 99999999999999999999>x", "line 1, column 4: this is not the number of a descriptor"),
        ("ps << x", "line 1, column 4: << is not supported; put it in quotes to pass it on"),
        ("echo `ps`", "line 1, column 6: ` is not supported; put it in quotes to pass it on"),
        ("echo $(ps)", "line 1, column 6: $( is not supported; put it in quotes to pass it on"),
        ("echo ${", "line 1, column 6: a name and } must follow ${"),
        ("!", "line 1, column 2: no command before the end"),
    ] {
        assert_eq!(meaning(text), Err(error.into()), "{text}");
    }
}

#[test]
fn what_can_go_on_is_told_from_what_cannot() {
    for text in ["echo 'a", "echo \"", "a \\", "a &&", "a |", "(a", "(a;\n"] {
        assert!(parse(text).unwrap_err().is_incomplete(), "{text}");
    }
    for text in ["ps)", "; a", "a > ", "!"] {
        assert!(!parse(text).unwrap_err().is_incomplete(), "{text}");
    }
}

#[test]
fn parentheses_do_not_nest_for_ever() {
    let nested = |depth: usize| "(".repeat(depth) + "a" + &")".repeat(depth);
    assert!(parse(&nested(DEPTH)).is_ok());
    assert_eq!(parse(&nested(DEPTH + 1)).unwrap_err().what, Mistake::TooDeep);
    assert_eq!(parse(&nested(100_000)).unwrap_err().what, Mistake::TooDeep);
}

fn any_word() -> impl Strategy<Value = Word> {
    let name = prop::sample::select(vec!["?", "$", "#", "1", "x", "long_1"]).prop_map(String::from);
    let parameter = (name, any::<bool>()).prop_map(|(name, quoted)| Piece::Parameter { name, quoted });
    let plain = "[a-z*?.,:-]{1,4}".prop_map(Piece::Plain);
    let quoted = "[ -~äß\n]{0,6}".prop_map(Piece::Quoted);
    let pieces = prop::collection::vec(prop_oneof![plain, quoted, parameter], 1..4);
    pieces.prop_map(|pieces| Word(joined(pieces)))
}

/// Joins neighbours as the lexer does; a quoted parameter begins with an empty piece of quoted text.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        if matches!(piece, Piece::Parameter { quoted: true, .. }) && !matches!(joined.last(), Some(Piece::Quoted(_))) {
            joined.push(Piece::Quoted(String::new()));
        }
        match (joined.last_mut(), piece) {
            (Some(Piece::Quoted(text)), Piece::Quoted(more)) | (Some(Piece::Plain(text)), Piece::Plain(more)) => {
                text.push_str(&more);
            }
            (_, piece) => joined.push(piece),
        }
    }
    joined
}

fn any_redirect() -> impl Strategy<Value = Redirect> {
    let kinds = vec![RedirectKind::Read, RedirectKind::Write, RedirectKind::Append];
    let file = (0..DESCRIPTORS, prop::sample::select(kinds), any_word());
    let file = file.prop_map(|(fd, kind, target)| Redirect { fd, kind, target });
    let copy = (0..DESCRIPTORS, 0..DESCRIPTORS).prop_map(|(fd, from)| Redirect {
        fd,
        kind: RedirectKind::Duplicate,
        target: Word(vec![Piece::Plain(from.to_string())]),
    });
    prop_oneof![file, copy]
}

fn any_list() -> impl Strategy<Value = List> {
    let assignment =
        ("[a-z_][a-z0-9_]{0,3}", any_word().prop_filter("not plain", |word| !matches!(word.0[0], Piece::Plain(_))));
    let simple = (prop::collection::vec(assignment, 0..2), prop::collection::vec(any_word(), 1..4))
        .prop_map(|(assignments, words)| Body::Simple { assignments, words });
    let simple = (simple, prop::collection::vec(any_redirect(), 0..3));
    let leaf = simple.prop_map(|(body, redirects)| Command { body, redirects });
    let command = leaf.prop_recursive(3, 20, 4, |inner| {
        let redirects = prop::collection::vec(any_redirect(), 0..2);
        (any_list_of(inner), redirects).prop_map(|(list, redirects)| Command { body: Body::Subshell(list), redirects })
    });
    any_list_of(command)
}

fn any_list_of(command: impl Strategy<Value = Command> + Clone) -> impl Strategy<Value = List> {
    let pipeline = (any::<bool>(), prop::collection::vec(command, 1..3));
    let pipeline = pipeline.prop_map(|(negated, commands)| Pipeline { negated, commands });
    let condition = prop::sample::select(vec![Condition::And, Condition::Or]);
    let and_or = (pipeline.clone(), prop::collection::vec((condition, pipeline), 0..2));
    let item = (and_or, any::<bool>())
        .prop_map(|((first, rest), background)| Item { and_or: AndOr { first, rest }, background });
    prop::collection::vec(item, 1..3).prop_map(List)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_printed_is_read_back(list in any_list()) {
        let text = print(&list);
        prop_assert_eq!(parse(&text), Ok(list), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_in_it(text in "[a-z '\"\\\\$?|&;()<>#!{}=\n0-9é]{0,40}") {
        if let Err(e) = parse(&text) {
            let line = text.split('\n').nth(e.at.line - 1);
            prop_assert!(line.is_some_and(|line| e.at.column <= line.chars().count() + 1), "{} in {:?}", e, text);
        }
    }

    #[test]
    fn words_in_single_quotes_come_through(words in prop::collection::vec("[^']{0,20}", 1..5)) {
        let text = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let expected = words.iter().map(|word| Word(vec![Piece::Quoted(word.clone())])).collect::<Vec<_>>();
        let list = parse(&text).unwrap();
        prop_assert_eq!(&list.0[0].and_or.first.commands[0].body, &Body::Simple { assignments: vec![], words: expected });
    }
}
