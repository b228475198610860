//! What the shell does itself.

use alloc::string::String;
use alloc::vec::Vec;

use lv6_ulib::kill::kill_related;
use lv6_ulib::process::status;
use lv6_ulib::{eprintln, fs, println};

use crate::complete;
use crate::shell::{Shell, fail};

/// The names of what the shell does itself.
pub const NAMES: [&str; 9] = ["cd", "exit", "false", "help", "kill", "pwd", "true", "wait", ":"];

const HELP: &str = "\
PROGRAM [ARGUMENT...]    run a program; Ctrl-C ends it
A ; B    A & B           run A, then B; run A in the background, which ends with this shell
A && B   A || B   ! A    run B if A succeeds; if A fails; turn the status of A round
A | B    ( LIST )        B reads what A writes; run LIST in a shell of its own
< FILE   > FILE   >> FILE   2> FILE   2>&1      read, write, append; the same for complaints
'...' \"...\" \\C            take blanks and special characters as they are
*  ?  [a-z]              names of files
NAME=VALUE  $NAME        variables; $? the last status, $1 $# $@ the arguments, $$ this
                         shell's pid, $! that of the last program in the background
cd [DIR]  pwd            change the current directory; show it
kill PID...              end processes, and what they have started
wait [PID...]            wait for programs in the background
exit [STATUS]            leave the shell
At the prompt: arrows, Home, End, Del, Ctrl-A -E -U -K -W -L; Tab completes; arrow up is history";

impl Shell {
    /// Whether the shell does this itself.
    pub fn is_builtin(&self, name: &str) -> bool {
        NAMES.contains(&name)
    }

    /// Does something itself.
    pub fn builtin(&mut self, words: &[String]) -> u8 {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["true" | ":", ..] => status::OK,
            ["false", ..] => status::FAILED,
            [name, "--help"] => {
                println!("usage: {}", usage(name));
                status::OK
            }
            ["cd"] => change_directory("/"),
            ["cd", path] => change_directory(path),
            ["pwd"] => match fs::current_dir() {
                Ok(path) => {
                    println!("{path}");
                    status::OK
                }
                Err(e) => fail("pwd", e),
            },
            ["exit"] => {
                self.done = true;
                self.status
            }
            ["exit", code] if code.parse::<u8>().is_ok() => {
                self.done = true;
                code.parse().unwrap_or(status::USAGE)
            }
            ["help"] => help(),
            ["wait"] => self.wait_background(None),
            ["wait" | "kill", ref pids @ ..]
                if !pids.is_empty() && pids.iter().all(|pid| pid.parse::<u64>().is_ok()) =>
            {
                let pids: Vec<u64> = pids.iter().filter_map(|pid| pid.parse().ok()).collect();
                if words[0] == "kill" { kill_some(&pids) } else { self.wait_for_some(&pids) }
            }
            _ => {
                eprintln!("sh: usage: {}", usage(words[0]));
                status::USAGE
            }
        }
    }

    /// `wait PID...`
    fn wait_for_some(&mut self, pids: &[u64]) -> u8 {
        if let Some(stranger) = pids.iter().find(|pid| !self.background.contains(pid) && !self.ended.contains_key(pid))
        {
            eprintln!("sh: wait: {stranger}: not in the background of this shell");
            return status::NOT_FOUND;
        }
        self.wait_background(Some(pids))
    }
}

fn usage(name: &str) -> &'static str {
    match name {
        "cd" => "cd [DIR]",
        "exit" => "exit [STATUS], a number from 0 to 255",
        "kill" => "kill PID...",
        "wait" => "wait [PID...]",
        "help" => "help",
        _ => "pwd",
    }
}

fn change_directory(path: &str) -> u8 {
    match fs::set_current_dir(path) {
        Ok(()) => status::OK,
        Err(e) => fail(&alloc::format!("cd: {path}"), e),
    }
}

fn help() -> u8 {
    let names = complete::programs();
    println!("{HELP}\n\nPrograms: {}", names.join(" "));
    status::OK
}

/// `kill PID...`: all that can be killed are.
fn kill_some(pids: &[u64]) -> u8 {
    pids.iter().fold(status::OK, |result, &pid| match kill_related(pid) {
        Ok(()) => result,
        Err(e) => fail(&alloc::format!("kill: {pid}"), e),
    })
}
