//! `lv6 soak`: long random runs of the verified core on this machine.

use std::fs;
use std::io::Write;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::{Result, anyhow};
pub use lv6_exercise::soak::Options;
use lv6_exercise::soak::{self, Failure, Report};
use lv6_exercise::step::parse_trace;
use lv6_exercise::{Machine, Step};

use crate::cli::Usage;
use crate::step::say;

/// What to run.
#[derive(Clone, Debug)]
pub enum Work {
    /// Random calls.
    Random(Options),
    /// The calls that this file lists.
    Replay(PathBuf),
}

/// Does the work and prints what came of it: how fast it was, or the calls that lead to a mistake. Returns whether
/// there was none.
pub fn soak(work: &Work, out: &mut impl Write) -> Result<bool> {
    match work {
        Work::Random(options) => {
            say_panics_once();
            report(soak::soak(options), out)
        }
        Work::Replay(file) => replay(&read(file)?, out),
    }
}

fn report(result: Result<Report, Failure>, out: &mut impl Write) -> Result<bool> {
    match result {
        Ok(report) => write!(out, "{report}")?,
        Err(failure) => {
            write!(out, "{failure}")?;
            say("the core has a mistake; `lv6 soak --replay FILE` repeats it from these lines in a file");
            return Ok(false);
        }
    }
    Ok(true)
}

/// A file that is no trace is wrong usage: a core that fails on one is another matter.
fn read(file: &Path) -> Result<Vec<Step>> {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(|error| anyhow!(Usage(format!("cannot read {name}: {error}"))))?;
    let trace = parse_trace(&text).map_err(|error| anyhow!(Usage(format!("{name}: {error}"))))?;
    if trace.is_empty() {
        return Err(anyhow!(Usage(format!("{name} lists no calls"))));
    }
    Ok(trace)
}

fn replay(trace: &[Step], out: &mut impl Write) -> Result<bool> {
    let result = soak::replay(&mut Machine::new(), trace);
    match &result {
        Ok(()) => writeln!(out, "the invariant holds after each of {} steps", trace.len())?,
        Err(what) => writeln!(out, "{what}")?,
    }
    Ok(result.is_ok())
}

/// Making a failing run short repeats it, with its panic, hundreds of times.
fn say_panics_once() {
    let hook = panic::take_hook();
    let said = Once::new();
    panic::set_hook(Box::new(move |info| said.call_once(|| hook(info))));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn a_run_says_how_fast_it_was() {
        let mut out = Vec::new();
        assert!(soak(&Work::Random(Options::fast(2000, 3)), &mut out).unwrap());
        let out = String::from_utf8(out).unwrap();
        let first = out.lines().next().unwrap();
        assert!(first.starts_with("2000 calls in ") && first.ends_with(" calls per second"), "{out}");
    }

    #[test]
    fn what_a_failing_run_prints_can_be_replayed() {
        let trace = vec![Step::Preempt, Step::Call(23, [1, 0, 3, 0, 0, 0])];
        let mut out = Vec::new();
        assert!(!report(Err(Failure { what: "clause `x` fails".into(), trace: trace.clone() }), &mut out).unwrap());
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("# clause `x` fails"), "{text}");
        assert_eq!(read(file(&text).path()).unwrap(), trace);
    }

    #[test]
    fn what_is_no_trace_is_wrong_usage() {
        for (text, told) in [("preempt\njump 1\n", "not a step of a trace: jump 1"), ("# nothing\n", "lists no calls")]
        {
            let file = file(text);
            let error = read(file.path()).unwrap_err();
            assert!(error.is::<Usage>() && error.to_string().contains(told), "{error}");
            assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
        }
        assert!(read(Path::new("no/such/file")).unwrap_err().is::<Usage>());
    }
}
