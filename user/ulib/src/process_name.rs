//! What a process leaves in its name: a text while it lives, and how it ended.
//!
//! The kernel knows no exit status. A process that exits puts it into the second half of its own name, which its parent
//! reads from the process table while the child is a zombie: byte 15 is 0xff, which no text contains, and byte 8 is the
//! status. A zombie without that mark was killed. The first half of the name stays as it was.
//!
//! A process that counts what it does can keep the count there, for its parent to find however the process has ended.
//!
//! In the same way a living process can ask that another be killed: byte 15 is 0xfe, and the bytes before it are a pid.

/// The last byte of a name, where a mark can be.
const MARK: u64 = 0xff << 56;
/// The mark of a process that has exited.
const EXITED: u64 = 0xff << 56;
/// The mark of a process that asks for another one to be killed.
const ASKING: u64 = 0xfe << 56;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with a status.
    Exited(u8),
    /// By someone else, or by the kernel because it did what it must not.
    Killed,
}

impl Ended {
    /// As one number, the way shells put it.
    pub fn code(self) -> u8 {
        match self {
            Ended::Exited(status) => status,
            Ended::Killed => crate::process::status::KILLED,
        }
    }
}

/// The two words of a name: the first 16 bytes of the text, but no part of a character.
pub fn encode(text: &str) -> [u64; 2] {
    let mut bytes = [0; 16];
    let len = text.floor_char_boundary(16);
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    let (low, high) = bytes.split_at(8);
    [low, high].map(|half| half.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)))
}

/// The words that a process with this name leaves behind when it exits.
pub fn with_status(words: [u64; 2], status: u8) -> [u64; 2] {
    [words[0], EXITED | u64::from(status)]
}

/// How the zombie with this name ended.
pub fn ended(words: [u64; 2]) -> Ended {
    if words[1] & MARK == EXITED { Ended::Exited(words[1] as u8) } else { Ended::Killed }
}

/// The words of a process with this name while it asks for another one to be killed.
pub fn asking_to_kill(words: [u64; 2], pid: u64) -> [u64; 2] {
    [words[0], ASKING | pid & !MARK]
}

/// Whom the process with this name asks to be killed.
pub fn asked_to_kill(words: [u64; 2]) -> Option<u64> {
    (words[1] & MARK == ASKING).then_some(words[1] & !MARK)
}

/// Digits of the count in a name: all of its first half.
const DIGITS: usize = 8;

/// The last decimal digits of a number, the first of them in the lowest byte.
fn digits(mut number: u64, len: usize) -> u64 {
    (0..len).fold(0, |word, _| {
        let digit = u64::from(b'0') + number % 10;
        number /= 10;
        word << 8 | digit
    })
}

/// The words of the name of a process that has counted so far, and that another number tells from others like it. It takes
/// no memory to make them.
pub fn counting(count: u64, number: u64) -> [u64; 2] {
    [digits(count, DIGITS), digits(number, DIGITS - 1) << 8 | u64::from(b'/')]
}

/// The count in a name; none if there is no such thing.
pub fn count(words: [u64; 2]) -> Option<u64> {
    core::str::from_utf8(&words[0].to_le_bytes()).ok()?.parse().ok()
}

/// A name as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name([u8; 16]);

impl Name {
    /// The text in the two words of a name, without what comes with a mark.
    pub fn decode(words: [u64; 2]) -> Name {
        let high = if [EXITED, ASKING].contains(&(words[1] & MARK)) { 0 } else { words[1] };
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&words[0].to_le_bytes());
        bytes[8..].copy_from_slice(&high.to_le_bytes());
        Name(bytes)
    }

    /// The text; what is not UTF-8 is left out.
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let text = &self.0[..len];
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(e) => core::str::from_utf8(&text[..e.valid_up_to()]).unwrap_or(""),
        }
    }
}

impl core::fmt::Display for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.as_str())
    }
}

impl core::fmt::Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_up_to_sixteen_bytes() {
        for (text, kept) in [
            ("", ""),
            ("init", "init"),
            ("sixteen-bytes-ok", "sixteen-bytes-ok"),
            ("seventeen-bytes-x", "seventeen-bytes-"),
            ("fifteen-bytes-xé", "fifteen-bytes-x"),
        ] {
            assert_eq!(Name::decode(encode(text)).as_str(), kept);
        }
    }

    #[test]
    fn statuses_are_told_from_texts() {
        for status in [0, 1, 101, 255] {
            let words = with_status(encode("usertests-child"), status);
            assert_eq!(ended(words), Ended::Exited(status));
            assert_eq!(Name::decode(words).as_str(), "usertest");
        }
        assert_eq!(ended(encode("sixteen-bytes-ok")), Ended::Killed);
        assert_eq!(ended(encode("")), Ended::Killed);
    }

    #[test]
    fn counts_outlive_the_process() {
        for number in [0, 9, 2990, 99_999_999] {
            let words = counting(number, 17);
            assert_eq!(count(words), Some(number));
            assert_eq!(count(with_status(words, 142)), Some(number));
            assert_eq!(ended(words), Ended::Killed);
        }
        assert_eq!(Name::decode(counting(2990, 17)).as_str(), "00002990/0000017");
        assert_eq!([encode("hostile-12"), encode(""), encode("12")].map(count), [None; 3]);
    }

    #[test]
    fn requests_are_told_from_texts_and_statuses() {
        for pid in [0, 7, 63, u64::MAX >> 8] {
            let words = asking_to_kill(encode("sixteen-bytes-ok"), pid);
            assert_eq!(asked_to_kill(words), Some(pid));
            assert_eq!((Name::decode(words).as_str(), ended(words)), ("sixteen-", Ended::Killed));
        }
        for words in [encode("sixteen-bytes-ok"), encode(""), with_status(encode("kill"), 7)] {
            assert_eq!(asked_to_kill(words), None);
        }
    }

    #[test]
    fn garbage_is_cut_at_the_first_bad_byte() {
        assert_eq!(Name::decode([0x0000_80ff_6261, 0]).as_str(), "ab");
    }
}
