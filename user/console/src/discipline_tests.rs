use super::*;
use proptest::prelude::*;
use std::string::String;

fn type_in(discipline: &mut Discipline, text: &[u8]) {
    for &byte in text {
        discipline.arrive(byte);
    }
}

/// A discipline that was typed to, in cooked mode.
fn typed(text: &[u8]) -> Discipline {
    let mut discipline = Discipline::default();
    type_in(&mut discipline, text);
    discipline
}

/// What reads of up to `len` bytes give until a reader would wait, and what they show.
fn read_all(discipline: &mut Discipline, len: usize) -> (Vec<Vec<u8>>, Vec<u8>) {
    let (mut reads, mut shown) = (Vec::new(), Vec::new());
    let mut out = std::vec![0; len];
    while let Some(n) = discipline.read(&mut out, &mut |echo| shown.extend_from_slice(echo)) {
        reads.push(out[..n].to_vec());
    }
    (reads, shown)
}

fn texts(reads: &[Vec<u8>]) -> Vec<String> {
    reads.iter().map(|read| String::from_utf8_lossy(read).into_owned()).collect()
}

#[test]
fn a_read_gives_one_line() {
    let (reads, shown) = read_all(&mut typed(b"one\rtwo\r\nthree\n\nrest"), 100);
    assert_eq!(texts(&reads), ["one\n", "two\n", "three\n", "\n"]);
    assert_eq!(shown, b"one\ntwo\nthree\n\nrest");
}

#[test]
fn a_long_line_is_given_in_parts() {
    let (reads, _) = read_all(&mut typed(b"abcde\nf\n"), 4);
    assert_eq!(texts(&reads), ["abcd", "e\n", "f\n"]);
}

#[test]
fn mistakes_are_taken_back_and_off_the_screen() {
    for (keys, line) in [
        (&b"ab\x7f\x08c\n"[..], "c\n"),
        (b"\x7f\x7fa\n", "a\n"),
        (b"one two  \x17x\n", "one x\n"),
        (b"one\x15two\n", "two\n"),
        ("aé\x7fb\n".as_bytes(), "ab\n"),
        (b"a\x01\x7fb\n", "ab\n"),
    ] {
        let (reads, shown) = read_all(&mut typed(keys), 100);
        assert_eq!(texts(&reads), [line], "{keys:?}");
        assert_eq!(screen(&shown), line, "{keys:?}");
    }
}

#[test]
fn bytes_that_are_no_text_can_be_taken_back_too() {
    assert_eq!(texts(&read_all(&mut typed(b"\xff\x80\x7f\x80\x7fa\n"), 100).0), ["a\n"]);
}

/// What a terminal shows that only knows backspace.
fn screen(shown: &[u8]) -> String {
    let mut screen: Vec<char> = Vec::new();
    let mut column = 0;
    for c in String::from_utf8_lossy(shown).chars() {
        if c == '\x08' {
            column -= 1;
        } else {
            screen.truncate(column);
            screen.push(c);
            column += 1;
        }
    }
    screen.into_iter().collect::<String>().split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_end_of_input_is_seen_once() {
    let (reads, shown) = read_all(&mut typed(b"\x04a\x04b\n\x04"), 100);
    assert_eq!(texts(&reads), ["", "a", "b\n", ""]);
    assert_eq!(shown, b"ab\n");
}

#[test]
fn an_interrupt_acts_when_it_arrives_and_forgets_what_was_typed() {
    let mut discipline = typed(b"some\nli");
    read_all(&mut discipline, 1);
    assert!(!discipline.arrive(b'n'));
    assert!(discipline.arrive(INTERRUPT));
    assert!(!discipline.arrive(b'x'));
    assert_eq!(discipline.interrupts(), 1);
    assert!(!discipline.arrive(b'\n'));
    assert_eq!(texts(&read_all(&mut discipline, 100).0), ["x\n"]);
}

#[test]
fn nothing_is_shown_and_nothing_is_special_in_raw_mode() {
    let mut discipline = Discipline::default();
    discipline.set_mode(Mode::Raw);
    for &byte in b"\x03\x04\r\x7fa" {
        assert!(!discipline.arrive(byte));
    }
    let (reads, shown) = read_all(&mut discipline, 4);
    assert_eq!(reads, [&b"\x03\x04\r\x7f"[..], b"a"]);
    assert!(shown.is_empty());
    assert_eq!(discipline.interrupts(), 0);
}

#[test]
fn text_typed_ahead_survives_a_change_of_mode_and_is_shown_where_it_is_read() {
    let mut discipline = typed(b"one\ntwo\nthr");
    let mut shown = Vec::new();
    let mut out = [0; 2];
    assert_eq!(discipline.read(&mut out, &mut |echo| shown.extend_from_slice(echo)), Some(2));
    assert_eq!((&out, &shown[..]), (b"on", &b"one\n"[..]));
    discipline.set_mode(Mode::Raw);
    assert_eq!(read_all(&mut discipline, 5).0, [&b"e\ntwo"[..], b"\nthr"]);
}

#[test]
fn an_interrupt_typed_ahead_counts_when_the_mode_becomes_cooked() {
    let mut discipline = Discipline::default();
    discipline.set_mode(Mode::Raw);
    type_in(&mut discipline, b"sleep\n\x03ls\n");
    assert!(discipline.set_mode(Mode::Cooked));
    assert_eq!(discipline.interrupts(), 1);
    assert_eq!(texts(&read_all(&mut discipline, 100).0), ["ls\n"]);
    assert!(!discipline.set_mode(Mode::Cooked));
}

#[test]
fn lines_and_queues_are_bounded() {
    let mut discipline = typed(&[b'x'; LINE + 10]);
    let (_, shown) = read_all(&mut discipline, 100);
    assert_eq!(shown.iter().filter(|&&byte| byte == 7).count(), 10);
    discipline.arrive(b'\n');
    assert_eq!(read_all(&mut discipline, 2 * LINE).0[0].len(), LINE + 1);
    let mut discipline = typed(&[b'x'; WAITING - 1]);
    assert!(!discipline.is_full());
    discipline.arrive(b'x');
    assert!(discipline.is_full());
}

proptest! {
    #[test]
    fn plain_text_comes_through_unchanged(text in "[ -~\n]{0,300}", sizes in prop::collection::vec(1usize..50, 1..20)) {
        let mut discipline = typed(text.as_bytes());
        let mut all = Vec::new();
        for size in sizes.iter().cycle() {
            let mut out = std::vec![0; *size];
            match discipline.read(&mut out, &mut |_| ()) {
                Some(n) => all.extend_from_slice(&out[..n]),
                None => break,
            }
        }
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        prop_assert_eq!(&all[..], &text.as_bytes()[..whole]);
    }

    #[test]
    fn raw_bytes_survive_any_changes_of_mode(pieces in prop::collection::vec((any::<bool>(), prop::collection::vec(4u8..=255, 0..20)), 0..10)) {
        let mut discipline = Discipline::default();
        let mut typed = Vec::new();
        for (raw, bytes) in pieces {
            discipline.set_mode(if raw { Mode::Raw } else { Mode::Cooked });
            type_in(&mut discipline, &bytes);
            typed.extend(bytes);
        }
        discipline.set_mode(Mode::Raw);
        prop_assert_eq!(read_all(&mut discipline, 7).0.concat(), typed);
    }

    #[test]
    fn any_input_is_worked_off(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut discipline = typed(&bytes);
        read_all(&mut discipline, 3);
        prop_assert!(discipline.typed.is_empty());
    }
}
