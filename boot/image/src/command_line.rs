//! The kernel's command line: its own options, and then init's arguments.

use core::fmt;
use core::str::FromStr;

/// Most arguments that a program can have, its name included.
pub const MAX_ARGS: usize = 32;

/// What words that are options start with.
const PREFIX: &str = "lv6.";
/// The option that says how long a process may have the processor while others wait for it.
pub const PREEMPT: &str = "lv6.preempt=";

/// What the kernel can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How long a process runs while others wait.
    pub preempt: Slice,
}

/// How long a process has the processor while others wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// So many milliseconds, from 1 to [`Slice::LONGEST`].
    Milliseconds(u64),
    /// Until it gives the processor up.
    Endless,
}

impl Slice {
    /// The most milliseconds.
    pub const LONGEST: u64 = 10_000;
    /// What stands for [`Slice::Endless`].
    const OFF: &str = "off";
}

impl Default for Slice {
    /// Short enough that a person does not wait for each key while a program computes, and long enough that taking turns
    /// costs nothing that can be measured.
    fn default() -> Self {
        Slice::Milliseconds(20)
    }
}

/// A text that is no [`Slice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSlice;

impl fmt::Display for BadSlice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number of milliseconds from 1 to {}, or {}", Slice::LONGEST, Slice::OFF)
    }
}

impl core::error::Error for BadSlice {}

impl FromStr for Slice {
    type Err = BadSlice;

    fn from_str(text: &str) -> Result<Self, BadSlice> {
        match text.parse() {
            _ if text == Slice::OFF => Ok(Slice::Endless),
            Ok(ms @ 1..=Slice::LONGEST) => Ok(Slice::Milliseconds(ms)),
            _ => Err(BadSlice),
        }
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slice::Milliseconds(ms) => write!(f, "{ms}"),
            Slice::Endless => f.write_str(Slice::OFF),
        }
    }
}

/// A word that looks like an option and is none.
#[derive(Debug, PartialEq, Eq)]
pub struct BadOption<'a>(&'a str);

impl fmt::Display for BadOption<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown kernel option {:?}; there is {PREEMPT}N, with {BadSlice} for N", self.0)
    }
}

/// Splits the command line at white space; a word that starts with a quote ends at the next one, and may contain white
/// space. Its first word names the kernel and is dropped; the words after it that start with `lv6.` are options; the
/// others are for init. `lv6 lv6.preempt=100 echo 'hi there'` gives an option, `echo` and `hi there`.
pub fn parse(line: &str) -> Result<(Options, impl Iterator<Item = &str> + Clone), BadOption<'_>> {
    let words = Words(line).skip(1);
    let mut options = Options::default();
    for word in words.clone().take_while(is_option) {
        let slice = word.strip_prefix(PREEMPT).and_then(|slice| slice.parse().ok());
        options.preempt = slice.ok_or(BadOption(word))?;
    }
    Ok((options, words.skip_while(is_option)))
}

/// The words of a line.
#[derive(Clone)]
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_ascii_start();
        let quote = rest.chars().next().filter(|c| ['\'', '"'].contains(c));
        let (word, rest) = match quote {
            // A quote that is not closed goes on to the end.
            Some(quote) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
            None => rest.split_at(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len())),
        };
        self.0 = rest;
        (quote.is_some() || !word.is_empty()).then_some(word)
    }
}

fn is_option(word: &&str) -> bool {
    word.starts_with(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> (Options, Vec<&str>) {
        let (options, arguments) = parse(line).unwrap();
        (options, arguments.collect())
    }

    #[test]
    fn drops_the_kernels_name() {
        assert_eq!(split("lv6 echo  hi there "), (Options::default(), vec!["echo", "hi", "there"]));
        assert_eq!(split("lv6").1.len(), 0);
        assert_eq!(split("").1.len(), 0);
        assert_eq!(split("  ").1.len(), 0);
    }

    #[test]
    fn quotes_keep_words_together() {
        let (_, words) = split("lv6 sh -c 'echo \"a b\" | wc' \"it's\" '' a'b c' 'open");
        assert_eq!(words, vec!["sh", "-c", "echo \"a b\" | wc", "it's", "", "a'b", "c'", "open"]);
        assert_eq!(split("lv6 'a'b").1, vec!["a", "b"]);
    }

    #[test]
    fn options_come_first() {
        let preempt = |preempt| Options { preempt };
        assert_eq!(split("lv6 lv6.preempt=100 ps"), (preempt(Slice::Milliseconds(100)), vec!["ps"]));
        assert_eq!(split("lv6 lv6.preempt=off ps"), (preempt(Slice::Endless), vec!["ps"]));
        assert_eq!(split("lv6 lv6.preempt=off lv6.preempt=1"), (preempt(Slice::Milliseconds(1)), vec![]));
        assert_eq!(split("lv6 echo lv6.preempt=100"), (Options::default(), vec!["echo", "lv6.preempt=100"]));
        assert_eq!(split("lv6.x ps"), (Options::default(), vec!["ps"]));
    }

    #[test]
    fn processes_take_turns_unless_the_command_line_says_otherwise() {
        assert!(matches!(split("lv6 ps").0.preempt, Slice::Milliseconds(_)));
    }

    #[test]
    fn slices_are_written_as_they_are_read() {
        for text in ["1", "20", "10000", "off"] {
            assert_eq!(text.parse::<Slice>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn bad_options_are_named() {
        for word in [
            "lv6.",
            "lv6.x=1",
            "lv6.preempt=",
            "lv6.preempt=0",
            "lv6.preempt=10001",
            "lv6.preempt=1s",
            "lv6.preempt=OFF",
        ] {
            let line = format!("lv6 {word} ps");
            assert_eq!(parse(&line).err(), Some(BadOption(word)));
        }
    }
}
