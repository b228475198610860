//! `sh [COMMAND [ARGUMENT...]]`: reads commands from the console and runs them, or runs the one given.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use lv6_ulib::line::{Editor, Event};
use lv6_ulib::process::{children, kill, status, try_wait, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::words::{Command, parse};
use lv6_ulib::{Args, Errno, cli, console, print, println, programs};

lv6_ulib::program!(program);

const USAGE: &str = " [COMMAND [ARGUMENT...]]";
const HELP: &str = "\
PROGRAM [ARGUMENT...]   run a program; Ctrl-C kills it
COMMAND ; COMMAND       run one after the other
COMMAND &               run in the background
help                    show this
wait                    wait for all programs in the background; Ctrl-C stops waiting
kill PID                kill a program that this shell started
exit [STATUS]           leave the shell
'...' \"...\" \\C           take blanks and special characters as they are
$?                      the status of the last command";

/// Ctrl-C.
const INTERRUPT: u8 = 3;

fn program(args: Args) -> u8 {
    let given: Vec<&str> = args.rest().collect();
    match given.first() {
        None => Shell::default().interact(),
        Some(&"--help") => {
            println!("usage: sh{USAGE}");
            status::OK
        }
        Some(option) if option.starts_with('-') => cli::refuse(args, "unknown option", option, USAGE),
        Some(_) => {
            let mut shell = Shell::default();
            let words = given.iter().map(|&word| String::from(word)).collect();
            shell.run(words, false);
            shell.status
        }
    }
}

/// A shell.
#[derive(Default)]
struct Shell {
    editor: Editor,
    /// Status of the last command.
    status: u8,
    /// Whether `exit` was called.
    done: bool,
    /// How many programs are in the background.
    background: usize,
}

impl Shell {
    /// Reads and runs commands until the input ends or `exit` is called.
    fn interact(&mut self) -> u8 {
        while !self.done {
            self.collect();
            print!("$ ");
            match self.read_line() {
                Event::Line(line) => self.run_line(&line),
                Event::Cancelled => self.status = status::FAILED,
                Event::End | Event::Editing => self.done = true,
            }
        }
        self.status
    }

    /// Reads a line.
    fn read_line(&mut self) -> Event {
        loop {
            match self.editor.feed(console::read_byte(), &mut |text| print!("{text}")) {
                Event::Editing => {}
                event => return event,
            }
        }
    }

    /// Runs the commands of a line.
    fn run_line(&mut self, line: &str) {
        let commands = match parse(line) {
            Ok(commands) => commands,
            Err(e) => {
                println!("sh: {e}");
                self.status = status::USAGE;
                return;
            }
        };
        for Command { words, background } in commands {
            let words = words.iter().map(|word| word.expand(self.status)).collect();
            self.run(words, background);
            if self.done {
                return;
            }
        }
    }

    /// Runs a command: one of the shell's own, or a program.
    fn run(&mut self, words: Vec<String>, background: bool) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.status = match words[..] {
            ["exit", ref rest @ ..] => self.exit(rest),
            ["help"] => {
                println!("{HELP}\n");
                let mut names: Vec<programs::Name> = programs::all().collect();
                names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
                let names: Vec<&str> = names.iter().map(programs::Name::as_str).collect();
                println!("Programs: {}", names.join(" "));
                status::OK
            }
            ["wait"] => self.wait_all(),
            ["kill", pid] => kill_program(pid),
            ["kill", ..] => kill_program(""),
            ["help" | "wait", ..] => {
                println!("sh: {} takes no arguments", words[0]);
                status::USAGE
            }
            _ => self.start(&words, background),
        };
    }

    /// `exit [STATUS]`.
    fn exit(&mut self, operands: &[&str]) -> u8 {
        let code = match operands {
            [] => Some(self.status),
            [code] => code.parse().ok(),
            _ => None,
        };
        match code {
            Some(code) => {
                self.done = true;
                code
            }
            None => {
                println!("sh: usage: exit [STATUS], a number from 0 to 255");
                status::USAGE
            }
        }
    }

    /// Runs a program, and waits for it unless it goes to the background.
    fn start(&mut self, words: &[&str], background: bool) -> u8 {
        match programs::spawn(words) {
            Ok(pid) if background => {
                println!("[{pid}]");
                self.background += 1;
                status::OK
            }
            // Another shell reads the console itself, and must not be robbed of its input.
            Ok(pid) => self.wait_for(pid, words[0] != "sh"),
            Err(Errno::ENOENT) => {
                println!("sh: {}: {}", words[0], Errno::ENOENT);
                status::NOT_FOUND
            }
            Err(e) => {
                println!("sh: {}: {e}", words[0]);
                status::NOT_STARTED
            }
        }
    }

    /// Waits for a program in the foreground, which Ctrl-C kills if we watch the console meanwhile.
    fn wait_for(&mut self, pid: u64, watch: bool) -> u8 {
        loop {
            match try_wait() {
                Ok(Some((child, ended))) if child == pid => {
                    if ended == Ended::Killed {
                        println!("sh: process {pid} was killed");
                    }
                    return ended.code();
                }
                Ok(Some((child, ended))) => self.report(child, ended),
                // It may have died by itself meanwhile.
                Ok(None) if watch && interrupted() => drop(kill(pid)),
                Ok(None) => yield_now(),
                Err(e) => {
                    println!("sh: wait: {e}");
                    return status::FAILED;
                }
            }
        }
    }

    /// Waits for all programs in the background.
    fn wait_all(&mut self) -> u8 {
        while children() > 0 {
            match try_wait() {
                Ok(Some((child, ended))) => self.report(child, ended),
                Ok(None) if interrupted() => return status::FAILED,
                Ok(None) => yield_now(),
                Err(e) => {
                    println!("sh: wait: {e}");
                    return status::FAILED;
                }
            }
        }
        status::OK
    }

    /// Buries the programs in the background that have ended.
    fn collect(&mut self) {
        while self.background > 0
            && let Ok(Some((child, ended))) = try_wait()
        {
            self.report(child, ended);
        }
    }

    /// Tells how a program in the background ended.
    fn report(&mut self, pid: u64, ended: Ended) {
        self.background = self.background.saturating_sub(1);
        match ended {
            Ended::Exited(status) => println!("[{pid}] exited with status {status}"),
            Ended::Killed => println!("[{pid}] was killed"),
        }
    }
}

/// Whether Ctrl-C was typed. Other characters are kept for later.
fn interrupted() -> bool {
    let mut interrupted = false;
    console::poll(|byte| interrupted |= byte == INTERRUPT);
    if interrupted {
        console::discard();
        println!("^C");
    }
    interrupted
}

/// `kill PID`.
fn kill_program(pid: &str) -> u8 {
    let Ok(pid) = pid.parse() else {
        println!("sh: usage: kill PID");
        return status::USAGE;
    };
    match kill(pid) {
        Ok(()) => status::OK,
        Err(e) => {
            println!("sh: kill: {pid}: {e}");
            status::FAILED
        }
    }
}
