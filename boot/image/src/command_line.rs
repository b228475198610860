//! The kernel's command line: its own options, and then init's arguments.

use core::fmt;

/// Most arguments that a program can have, its name included.
pub const MAX_ARGS: usize = 32;

/// What words that are options start with.
const PREFIX: &str = "lv6.";
/// The option that takes the processor away from a process after some milliseconds.
const PREEMPT: &str = "lv6.preempt=";
/// Longest time, in milliseconds, that it can be set to.
const PREEMPT_MAX: u64 = 10_000;

/// What the kernel can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// After how many milliseconds the next process runs; nothing if a process runs until it gives the processor up.
    pub preempt: Option<u64>,
}

/// A word that looks like an option and is none.
#[derive(Debug, PartialEq, Eq)]
pub struct BadOption<'a>(&'a str);

impl fmt::Display for BadOption<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown kernel option {:?}; there is {PREEMPT}N, with N from 1 to {PREEMPT_MAX} milliseconds",
            self.0
        )
    }
}

/// Splits the command line at white space. Its first word names the kernel and is dropped; the words after it that
/// start with `lv6.` are options; the others are for init. `lv6 lv6.preempt=100 echo hi` gives an option, `echo` and
/// `hi`.
pub fn parse(line: &str) -> Result<(Options, impl Iterator<Item = &str> + Clone), BadOption<'_>> {
    let words = line.split_ascii_whitespace().skip(1);
    let mut options = Options::default();
    for word in words.clone().take_while(is_option) {
        let time = word.strip_prefix(PREEMPT).and_then(|ms| ms.parse().ok());
        match time.filter(|ms| (1..=PREEMPT_MAX).contains(ms)) {
            Some(ms) => options.preempt = Some(ms),
            None => return Err(BadOption(word)),
        }
    }
    Ok((options, words.skip_while(is_option)))
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
    fn options_come_first() {
        let preempt = Options { preempt: Some(100) };
        assert_eq!(split("lv6 lv6.preempt=100 ps"), (preempt, vec!["ps"]));
        assert_eq!(split("lv6 echo lv6.preempt=100"), (Options::default(), vec!["echo", "lv6.preempt=100"]));
        assert_eq!(split("lv6.x ps"), (Options::default(), vec!["ps"]));
    }

    #[test]
    fn bad_options_are_named() {
        for word in ["lv6.", "lv6.x=1", "lv6.preempt=", "lv6.preempt=0", "lv6.preempt=10001", "lv6.preempt=1s"] {
            let line = format!("lv6 {word} ps");
            assert_eq!(parse(&line).err(), Some(BadOption(word)));
        }
    }
}
