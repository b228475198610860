//! Steps that take time: quiet when they succeed, and everything they said when they fail.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A step that is over sooner is not worth a line.
const SHORT: Duration = Duration::from_millis(700);

/// Runs a command as the step `name`: one line with its time, unless it was short. Returns its standard output. When it
/// fails, the error carries the command and what it wrote to standard error.
pub fn run(name: &str, command: &mut Command) -> Result<String> {
    let mut out = tempfile::tempfile()?;
    let mut err = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(err.try_clone()?);
    let status = wait(name, command)?;
    if !status.success() {
        bail!("{name} failed ({status}): {}\n{}", line(command), text(&mut err)?.trim_end());
    }
    text(&mut out)
}

/// Says what is about to be installed and how, and runs it.
pub fn install(what: &str, how: &str, command: &mut Command) -> Result<()> {
    say(&format!("{what} is missing; running: {how}"));
    match run(&format!("installing {what}"), command) {
        Ok(_) => Ok(()),
        Err(error) => bail!("{error}\nIt needs the network: try the command by hand if this machine has one."),
    }
}

/// Writes one line about what happens, where it does not mix with a program's output.
pub fn say(text: &str) {
    // Nothing sensible is left to do when standard error is gone.
    let _ = writeln!(io::stderr(), "lv6: {text}");
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn wait(name: &str, command: &mut Command) -> Result<ExitStatus> {
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start: {}", line(command)))?;
    let mut announced = false;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if !announced && start.elapsed() >= SHORT {
            announced = true;
            announce(name);
        }
        sleep(Duration::from_millis(10));
    };
    if announced && status.success() {
        finish(name, start.elapsed());
    } else if announced && io::stderr().is_terminal() {
        let _ = writeln!(io::stderr());
    }
    Ok(status)
}

/// On a terminal the line is there while the step runs, and gets its time at the end.
fn announce(name: &str) {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "lv6: {name} ... ");
    }
}

fn finish(name: &str, time: Duration) {
    let time = time.as_secs_f64();
    if io::stderr().is_terminal() {
        let _ = writeln!(io::stderr(), "{time:.1} s");
    } else {
        say(&format!("{name}: {time:.1} s"));
    }
}

fn text(file: &mut File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_shows_what_it_wrote_and_the_command() {
        let error = run("greeting", Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert_eq!(text, "greeting failed (exit status: 3): sh -c echo out; echo err >&2; exit 3\nerr");
    }

    #[test]
    fn a_step_returns_its_output_alone() {
        let out = run("greeting", Command::new("sh").args(["-c", "echo out; echo err >&2"])).unwrap();
        assert_eq!(out, "out\n");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run("greeting", &mut Command::new("no-such-program")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start: no-such-program");
    }
}
