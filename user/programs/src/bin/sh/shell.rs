//! Running commands.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lv6_shell::expand::{Char, Scope, fields, text};
use lv6_shell::syntax::{AndOr, Body, Command, Condition, List, Pipeline, Redirect, Word};
use lv6_shell::{SyntaxError, parse};
use lv6_ulib::fs::{self, File, STDIN, STDOUT};
use lv6_ulib::process::{exit, fork, getpid, status};
use lv6_ulib::{Errno, eprintln, files, println, programs};

use crate::complete::matching_files;
use crate::job::{Terminal, Watch};

/// A shell.
#[derive(Default)]
pub struct Shell {
    /// What it was called by: `$0`.
    pub name: String,
    /// Its arguments: `$1` and so on.
    pub arguments: Vec<String>,
    variables: BTreeMap<String, String>,
    /// Status of the last command.
    pub status: u8,
    /// Whether `exit` was called.
    pub done: bool,
    /// Whether Ctrl-C has ended the list that runs.
    pub cancelled: bool,
    /// The console at which a person is, if this shell reads its commands there.
    pub terminal: Option<Terminal>,
    /// What is known of the interrupts at that console.
    pub watch: Watch,
    /// The programs in the background.
    pub background: Vec<u64>,
    /// Of those that have ended and were not waited for: their statuses.
    pub ended: BTreeMap<u64, u8>,
    /// The last one that was started: `$!`
    last_background: Option<u64>,
    /// `$$`
    pid: u64,
}

impl Scope for Shell {
    fn parameter(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some(self.status.to_string()),
            "$" => Some(self.pid.to_string()),
            "!" => self.last_background.map(|pid| pid.to_string()),
            "#" => Some(self.arguments.len().to_string()),
            "0" => Some(self.name.clone()),
            _ => match name.parse::<usize>() {
                Ok(n) => self.arguments.get(n.checked_sub(1)?).cloned(),
                Err(_) => self.variables.get(name).cloned(),
            },
        }
    }

    fn arguments(&self) -> &[String] {
        &self.arguments
    }

    fn matches(&self, pattern: &[Char]) -> Vec<String> {
        matching_files(pattern)
    }
}

impl Shell {
    /// A shell with this name.
    pub fn new(name: &str) -> Shell {
        Shell { name: String::from(name), pid: getpid(), ..Shell::default() }
    }

    /// Runs the commands in a text. Returns the status of the last one.
    pub fn run_text(&mut self, text: &str) -> u8 {
        match parse(text) {
            Ok(list) => self.run_list(&list),
            Err(e) => self.syntax_error(e),
        }
        self.status
    }

    /// Complains about a text that is not understood.
    pub fn syntax_error(&mut self, e: SyntaxError) {
        eprintln!("{}: {e}", self.name);
        self.status = status::USAGE;
    }

    /// Makes ready for commands that were typed. An interrupt from now on ends them.
    pub fn begin(&mut self) {
        self.cancelled = false;
        if let Some(terminal) = self.terminal {
            self.watch.start(terminal);
        }
    }

    /// Runs commands one after the other.
    pub fn run_list(&mut self, list: &List) {
        for item in &list.0 {
            if item.background {
                self.start_in_background(&item.and_or);
            } else {
                self.run_and_or(&item.and_or);
            }
            if self.done || self.cancelled {
                return;
            }
        }
    }

    fn run_and_or(&mut self, and_or: &AndOr) {
        self.run_pipeline(&and_or.first);
        for (condition, pipeline) in &and_or.rest {
            if self.done || self.cancelled {
                return;
            }
            if (self.status == status::OK) == (*condition == Condition::And) {
                self.run_pipeline(pipeline);
            }
        }
    }

    fn run_pipeline(&mut self, pipeline: &Pipeline) {
        self.status = match &pipeline.commands[..] {
            [only] => self.run_command(only),
            commands => self.run_commands(commands),
        };
        if pipeline.negated && !self.done && !self.cancelled {
            self.status = u8::from(self.status == status::OK);
        }
    }

    /// Runs a command that is no part of a pipeline, in this process if it is one of the shell's own.
    fn run_command(&mut self, command: &Command) -> u8 {
        if let Body::Simple { assignments, words } = &command.body {
            let words = self.expand(words);
            if words.is_empty() || self.is_builtin(&words[0]) {
                return self.run_here(assignments, &words, &command.redirects);
            }
        }
        match self.start(command, None, None) {
            Ok(pid) => self.wait_for(&[pid]),
            Err(e) => fail("fork", e),
        }
    }

    /// Carries out a command of the shell's own, or sets variables.
    fn run_here(&mut self, assignments: &[(String, Word)], words: &[String], redirects: &[Redirect]) -> u8 {
        let saved = match self.redirect_for_now(redirects) {
            Ok(saved) => saved,
            Err(status) => return status,
        };
        self.assign(assignments);
        let status = if words.is_empty() { status::OK } else { self.builtin(words) };
        saved.restore();
        status
    }

    /// Sets variables.
    fn assign(&mut self, assignments: &[(String, Word)]) {
        for (name, value) in assignments {
            let value = text(value, self);
            self.variables.insert(name.clone(), value);
        }
    }

    /// Runs commands of which each reads what the one before writes.
    fn run_commands(&mut self, commands: &[Command]) -> u8 {
        let mut job = Vec::new();
        let mut input: Option<File> = None;
        for (n, command) in commands.iter().enumerate() {
            let (next, output) = if n + 1 < commands.len() {
                match fs::pipe() {
                    Ok((reader, writer)) => (Some(reader), Some(writer)),
                    Err(e) => return self.give_up("pipe", e, input, &job),
                }
            } else {
                (None, None)
            };
            match self.start(command, input.as_ref(), output.as_ref().map(|output| (output, next.as_ref()))) {
                Ok(pid) => job.push(pid),
                Err(e) => {
                    drop(next);
                    return self.give_up("fork", e, input, &job);
                }
            }
            input = next;
        }
        self.wait_for(&job)
    }

    /// Ends a pipeline that cannot be completed: its last command finds nobody who reads.
    fn give_up(&mut self, what: &str, e: Errno, input: Option<File>, job: &[u64]) -> u8 {
        drop(input);
        let status = fail(what, e);
        self.wait_for(job);
        status
    }

    /// Starts a process that runs a command, with these ends of pipes for its input and its output; the other end of the
    /// latter is not for it.
    fn start(
        &mut self,
        command: &Command,
        input: Option<&File>,
        output: Option<(&File, Option<&File>)>,
    ) -> Result<u64, Errno> {
        let pid = fork_shell()?;
        if pid != 0 {
            return Ok(pid);
        }
        self.become_child();
        let moved = input.map_or(Ok(()), |input| redirect_to(input, STDIN)).and_then(|()| match output {
            Some((output, other)) => {
                other.map_or(Ok(()), |other| files::close(other.fd()))?;
                redirect_to(output, STDOUT)
            }
            None => Ok(()),
        });
        exit(match moved {
            Ok(()) => self.run_in_child(command),
            Err(e) => fail("pipe", e),
        })
    }

    /// Starts a process that runs pipelines while this shell goes on. Its input is empty unless it says otherwise.
    fn start_in_background(&mut self, and_or: &AndOr) {
        match fork_shell() {
            Ok(0) => {
                self.become_child();
                // If it cannot be empty, it is the shell's.
                if let Ok(empty) = fs::open("/dev/null") {
                    let _ = redirect_to(&empty, STDIN);
                    let _: u64 = empty.into_fd();
                }
                match (&and_or.first.commands[..], &and_or.rest[..]) {
                    ([only], []) if !and_or.first.negated => self.status = self.run_in_child(only),
                    _ => self.run_and_or(and_or),
                }
                exit(self.status)
            }
            Ok(pid) => {
                if self.terminal.is_some() {
                    println!("[{pid}]");
                }
                self.background.push(pid);
                self.ended.remove(&pid);
                self.last_background = Some(pid);
                self.status = status::OK;
            }
            Err(e) => self.status = fail("fork", e),
        }
    }

    /// Makes a copy of a shell a shell of its own: nobody is at its console, and nothing in its background.
    fn become_child(&mut self) {
        self.terminal = None;
        self.background.clear();
        self.ended.clear();
    }

    /// Runs a command as the last thing that this process does.
    fn run_in_child(&mut self, command: &Command) -> u8 {
        if let Err(status) = self.redirect_for_good(&command.redirects) {
            return status;
        }
        match &command.body {
            Body::Subshell(list) => {
                self.run_list(list);
                self.status
            }
            Body::Simple { assignments, words } => {
                let words = self.expand(words);
                self.assign(assignments);
                match words.first() {
                    None => status::OK,
                    Some(name) if self.is_builtin(name) => self.builtin(&words),
                    Some(_) => self.exec(&words),
                }
            }
        }
    }

    /// Becomes a program. Returns only if that fails; a file that is a text is run as commands.
    fn exec(&mut self, words: &[String]) -> u8 {
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        let name = args[0];
        let e = programs::exec_program(&args);
        if e == Errno::ENOEXEC
            && let Ok(text) = fs::read_to_string(&programs::path_of(name))
            && !text.contains('\0')
        {
            self.name = String::from(name);
            self.arguments = words[1..].to_vec();
            self.done = false;
            return self.run_text(&text);
        }
        if e == Errno::ENOENT && !name.contains('/') {
            eprintln!("sh: {name}: no such program");
            return status::NOT_FOUND;
        }
        eprintln!("sh: {name}: {e}");
        match e {
            Errno::ENOENT => status::NOT_FOUND,
            Errno::ENOEXEC | Errno::EISDIR | Errno::ENOTDIR | Errno::EACCES => status::NOT_RUNNABLE,
            _ => status::NOT_STARTED,
        }
    }

    fn expand(&self, words: &[Word]) -> Vec<String> {
        words.iter().flat_map(|word| fields(word, self)).collect()
    }
}

/// Makes a copy of this shell. It needs the archive of programs only if there are no files.
fn fork_shell() -> Result<u64, Errno> {
    fork(!fs::is_there())
}

/// Complains about something that the shell needs and cannot have.
pub fn fail(what: &str, e: Errno) -> u8 {
    eprintln!("sh: {what}: {e}");
    status::FAILED
}

/// Makes `fd` a descriptor of a file, and closes the one that it had.
pub fn redirect_to(file: &File, fd: u64) -> Result<(), Errno> {
    if file.fd() == fd {
        return Ok(());
    }
    files::dup_to(file.fd(), fd)?;
    files::close(file.fd())
}
