//! Checks one file in one process of the npm Lean.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::install::Toolchain;
use crate::messages::{Filter, Line, Severity};

/// No file should take a minute. One that takes this long is stuck, and would otherwise hang the whole run.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Stem of the files that Lean writes.
pub const OUTPUT: &str = "module";

/// What Lean said about a file.
#[derive(Debug)]
pub struct Verdict {
    /// No error, no warning, and a regular end.
    pub accepted: bool,
    /// The messages, ready to print.
    pub messages: Vec<String>,
}

/// A file to check, and where.
#[derive(Debug)]
pub struct Check<'a> {
    /// The installation.
    pub toolchain: &'a Toolchain,
    /// The file.
    pub file: &'a Path,
    /// The file's name for messages.
    pub shown: &'a str,
    /// The folder that module names start from.
    pub source_root: &'a Path,
    /// The compiled modules that the file may import.
    pub library: &'a Path,
    /// An empty folder for the output.
    pub output: &'a Path,
}

impl Check<'_> {
    /// Runs Lean.
    pub fn run(&self) -> Result<Verdict> {
        let mut search_path = OsString::from(self.toolchain.library());
        search_path.push(":");
        search_path.push(self.library);
        let mut root = OsString::from("--root=");
        root.push(self.source_root);
        let node = self.toolchain.node();
        let mut child = Command::new(&node)
            // Skips the check of the whole WebAssembly, whose bytes are pinned; each function is still checked when it
            // is first called.
            .arg("--wasm-lazy-validation")
            .arg(self.toolchain.lean_js())
            .args(["--json".into(), root, "-o".into(), self.output.join(format!("{OUTPUT}.olean")).into()])
            .arg(self.file)
            .current_dir(self.output)
            .env("LEAN_PATH", search_path)
            .env_remove("NODE_OPTIONS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io("run", &node))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let child = Mutex::new(child);
        let (lines, stuck) = thread::scope(|scope| {
            let stderr = scope.spawn(move || read(stderr));
            let (done, waiting) = channel::<()>();
            let watchdog = scope.spawn({
                let child = &child;
                move || {
                    let stuck = waiting.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout);
                    if stuck {
                        let _ = lock(child).kill();
                    }
                    stuck
                }
            });
            let mut lines = read(stdout);
            lines.extend(stderr.join().unwrap_or_default());
            drop(done);
            (lines, watchdog.join().unwrap_or(true))
        });
        let status = lock(&child).wait().map_err(Error::io("wait for", &node))?;
        let mut verdict = self.judge(&lines, status);
        if stuck {
            verdict.messages.push(format!("{}: stopped after {} minutes", self.shown, LIMIT.as_secs() / 60));
        }
        Ok(verdict)
    }

    fn judge(&self, lines: &[Line], status: ExitStatus) -> Verdict {
        let mut accepted = status.success();
        let mut messages = Vec::new();
        for line in lines {
            match line {
                Line::Message(message) => {
                    accepted &= message.severity == Severity::Information;
                    messages.push(message.show(self.shown));
                }
                Line::Other(text) => messages.push(text.clone()),
            }
        }
        if !status.success() && messages.is_empty() {
            messages.push(format!("{}: Lean ended with {status} and no message", self.shown));
        }
        Verdict { accepted, messages }
    }
}

fn lock(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads a stream to its end, without the noise.
fn read(stream: Option<impl Read>) -> Vec<Line> {
    let Some(stream) = stream else { return Vec::new() };
    let mut filter = Filter::default();
    let lines = BufReader::new(stream).split(b'\n').map_while(|l| l.ok());
    lines.filter_map(|l| filter.line(&String::from_utf8_lossy(&l))).collect()
}
