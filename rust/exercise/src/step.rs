//! One event of a machine's life. A trace is a list of them, one line of text each.

use std::fmt;
use std::str::FromStr;

/// What can happen to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The running process makes a system call.
    Call(u64, [u64; 6]),
    /// The running process does what it must not.
    Fault,
    /// The running process has used up its time.
    Preempt,
    /// An interrupt arrives at a vector.
    Interrupt(u64),
    /// The glue carries out the requests.
    Glue,
    /// The running process writes a word of a page; without effect if the page is not a frame of its own.
    Store(u64, u64, u64),
    /// The processor marks an entry of a table accessed and dirty; without effect on anything but a present entry of a
    /// table of the running process.
    Mark(u64, u64),
    /// A device writes a word of a DMA page; without effect if nobody owns the page.
    Dma(u64, u64, u64),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Call(nr, args) => {
                write!(f, "call {nr}")?;
                let used = args.iter().rposition(|&arg| arg != 0).map_or(0, |last| last + 1);
                args[..used].iter().try_for_each(|arg| write!(f, " {arg:#x}"))
            }
            Step::Fault => write!(f, "fault"),
            Step::Preempt => write!(f, "preempt"),
            Step::Interrupt(vector) => write!(f, "interrupt {vector:#x}"),
            Step::Glue => write!(f, "glue"),
            Step::Store(page, index, value) => write!(f, "store {page:#x} {index:#x} {value:#x}"),
            Step::Mark(page, index) => write!(f, "mark {page:#x} {index:#x}"),
            Step::Dma(page, index, value) => write!(f, "dma {page:#x} {index:#x} {value:#x}"),
        }
    }
}

/// Why a line is not a step.
#[derive(Debug, PartialEq, Eq)]
pub struct BadStep(String);

impl fmt::Display for BadStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a step of a trace: {}", self.0)
    }
}

impl std::error::Error for BadStep {}

fn number(word: &str) -> Option<u64> {
    match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

impl FromStr for Step {
    type Err = BadStep;

    fn from_str(line: &str) -> Result<Step, BadStep> {
        let bad = || BadStep(line.to_owned());
        let mut words = line.split_whitespace();
        let name = words.next().ok_or_else(bad)?;
        let numbers = words.map(number).collect::<Option<Vec<u64>>>().ok_or_else(bad)?;
        match (name, numbers.as_slice()) {
            ("call", [nr, given @ ..]) if given.len() <= 6 => {
                let mut args = [0; 6];
                args[..given.len()].copy_from_slice(given);
                Ok(Step::Call(*nr, args))
            }
            ("fault", []) => Ok(Step::Fault),
            ("preempt", []) => Ok(Step::Preempt),
            ("interrupt", [vector]) => Ok(Step::Interrupt(*vector)),
            ("glue", []) => Ok(Step::Glue),
            ("store", [page, index, value]) => Ok(Step::Store(*page, *index, *value)),
            ("mark", [page, index]) => Ok(Step::Mark(*page, *index)),
            ("dma", [page, index, value]) => Ok(Step::Dma(*page, *index, *value)),
            _ => Err(bad()),
        }
    }
}

/// Reads a trace: one step a line; empty lines and lines that begin with `#` are skipped.
pub fn parse_trace(text: &str) -> Result<Vec<Step>, BadStep> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_reads_back_as_itself() {
        let steps = [
            Step::Call(23, [1, 0, 3, u64::MAX, 0, 0]),
            Step::Call(0, [0; 6]),
            Step::Call(43, [1, 2, 3, 4, 5, 6]),
            Step::Fault,
            Step::Preempt,
            Step::Interrupt(0x20),
            Step::Glue,
            Step::Store(7, 511, 0xffff),
            Step::Mark(4, 0),
            Step::Dma(511, 1, 2),
        ];
        let text: String = steps.iter().map(|step| format!("{step}\n")).collect();
        assert_eq!(parse_trace(&format!("# a trace\n\n{text}")).unwrap(), steps);
    }

    #[test]
    fn a_line_that_is_no_step_is_refused() {
        for line in ["call", "call x", "call 1 2 3 4 5 6 7 8", "store 1 2", "jump 1", "fault 1", "interrupt -1"] {
            assert_eq!(parse_trace(line), Err(BadStep(line.to_owned())));
        }
    }
}
