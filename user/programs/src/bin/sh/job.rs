//! Waiting for programs, and ending them at Ctrl-C.
//!
//! Only a parent can kill a process, and init. So the shell kills the processes that it has started, and what those have
//! started goes to init, which kills it: a process does not outlive its parent. The shell waits for that.

use alloc::vec::Vec;

use lv6_ulib::fs::STDIN;
use lv6_ulib::process::{children, descendants, is_alive, kill, status, try_wait, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::{clock, console, eprintln, println, terminal};

use crate::shell::Shell;

/// Ctrl-C.
const INTERRUPT: u8 = 3;
/// How long nobody looks for an interrupt, in milliseconds.
const PAUSE: u128 = 20;

/// A console that is watched for Ctrl-C.
#[derive(Clone, Copy, Debug)]
pub enum Terminal {
    /// One of the file server.
    Console,
    /// The one that the kernel offers.
    Kernel,
}

impl Terminal {
    /// The number of interrupts so far. None if another process is to be told of them, such as a shell that runs in
    /// the foreground.
    fn interrupts(self, before: u64) -> Option<u64> {
        match self {
            Terminal::Console => terminal::interrupts(STDIN).ok(),
            Terminal::Kernel => {
                let mut seen = before;
                console::poll(|byte| seen += u64::from(byte == INTERRUPT));
                if seen > before {
                    console::discard();
                    println!("^C");
                }
                Some(seen)
            }
        }
    }
}

/// Looks for interrupts from time to time.
#[derive(Debug, Default)]
pub struct Watch {
    seen: u64,
    last: u128,
}

impl Watch {
    /// Takes note of the interrupts that were before a command.
    pub fn start(&mut self, terminal: Terminal) {
        self.seen = terminal.interrupts(self.seen).unwrap_or(self.seen);
    }

    /// Whether there was one since.
    fn interrupted(&mut self, terminal: Terminal) -> bool {
        let now = clock::uptime().map_or(u128::MAX, |time| time.as_millis());
        if now < self.last + PAUSE {
            return false;
        }
        self.last = if now == u128::MAX { 0 } else { now };
        let before = self.seen;
        self.seen = terminal.interrupts(before).unwrap_or(before);
        self.seen > before
    }
}

impl Shell {
    /// Whether Ctrl-C was typed, for this shell.
    fn interrupted(&mut self) -> bool {
        self.terminal.is_some_and(|terminal| self.watch.interrupted(terminal))
    }

    /// Waits for the processes of a job in the foreground, which Ctrl-C ends. Returns the status of the last one.
    pub fn wait_for(&mut self, job: &[u64]) -> u8 {
        let mut left = job.to_vec();
        let mut last = status::OK;
        let mut killed = None;
        while !left.is_empty() {
            match try_wait() {
                Ok(Some((child, ended))) => match left.iter().position(|&pid| pid == child) {
                    Some(n) => {
                        left.remove(n);
                        if job.last() == Some(&child) {
                            last = ended.code();
                        }
                        if ended == Ended::Killed && killed.is_none() {
                            eprintln!("sh: process {child} was killed");
                        }
                    }
                    None => self.report(child, ended),
                },
                Ok(None) if killed.is_none() && self.interrupted() => {
                    self.cancelled = true;
                    killed = Some(kill_all(&left));
                }
                Ok(None) => yield_now(),
                Err(e) => {
                    eprintln!("sh: wait: {e}");
                    return status::FAILED;
                }
            }
        }
        match killed {
            Some(below) => {
                wait_until_dead(&below);
                status::INTERRUPTED
            }
            None => last,
        }
    }

    /// Waits for programs in the background: these, or all. Ctrl-C stops waiting. Returns the status of the last
    /// one of these, which may have ended before.
    pub fn wait_background(&mut self, pids: Option<&[u64]>) -> u8 {
        let wanted = |shell: &Shell, pid| shell.background.contains(&pid);
        loop {
            let waiting = match pids {
                Some(pids) => pids.iter().any(|&pid| wanted(self, pid)),
                None => children() > 0,
            };
            if !waiting {
                let Some(pids) = pids else {
                    self.ended.clear();
                    return status::OK;
                };
                let codes: Vec<u8> = pids.iter().filter_map(|pid| self.ended.remove(pid)).collect();
                return codes.last().copied().unwrap_or(status::OK);
            }
            match try_wait() {
                Ok(Some((child, ended))) => self.report(child, ended),
                Ok(None) if self.interrupted() => {
                    self.cancelled = true;
                    return status::INTERRUPTED;
                }
                Ok(None) => yield_now(),
                Err(e) => {
                    eprintln!("sh: wait: {e}");
                    return status::FAILED;
                }
            }
        }
    }

    /// Buries the programs in the background that have ended.
    pub fn collect(&mut self) {
        while !self.background.is_empty()
            && let Ok(Some((child, ended))) = try_wait()
        {
            self.report(child, ended);
        }
    }

    /// Tells a person how a program in the background has ended.
    fn report(&mut self, pid: u64, ended: Ended) {
        self.background.retain(|&other| other != pid);
        self.ended.insert(pid, ended.code());
        if self.terminal.is_some() {
            match ended {
                Ended::Exited(status) => println!("[{pid}] exited with status {status}"),
                Ended::Killed => println!("[{pid}] was killed"),
            }
        }
    }
}

/// Kills children of this shell. Returns the processes that those have started.
fn kill_all(children: &[u64]) -> Vec<u64> {
    let below = descendants(children);
    for &child in children {
        // It may have died by itself meanwhile.
        if let Err(e) = kill(child)
            && is_alive(child)
        {
            eprintln!("sh: kill: {child}: {e}");
        }
    }
    below
}

/// Waits until init has killed these processes, whose parents are dead.
fn wait_until_dead(pids: &[u64]) {
    /// Turns of all other processes after which one that is still there must be a new one with an old number.
    const TURNS: usize = 1000;
    (0..TURNS).take_while(|_| pids.iter().any(|&pid| is_alive(pid))).for_each(|_| yield_now());
}
