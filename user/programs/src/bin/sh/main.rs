//! `sh [-c COMMANDS | FILE] [ARGUMENT...]`: reads commands and runs them; at the console, with a prompt and a line
//! editor.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

mod builtin;
mod complete;
mod input;
mod job;
mod redirect;
mod shell;

use alloc::string::String;
use alloc::vec::Vec;

use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli, eprintln, fs, println};

use input::{Input, Line};
use lv6_shell::parse;
use shell::Shell;

lv6_ulib::program!(program);

const USAGE: &str = " [-c COMMANDS | FILE] [ARGUMENT...]";

fn program(args: Args) -> u8 {
    let given: Vec<String> = args.rest().map(String::from).collect();
    let mut shell = Shell::new(args.program());
    match given.split_first() {
        None => interact(shell),
        Some((option, _)) if option == "--help" => {
            println!("usage: sh{USAGE}");
            status::OK
        }
        Some((option, rest)) if option == "-c" => {
            let Some((commands, arguments)) = rest.split_first() else {
                return cli::refuse(args, "no commands after", option, USAGE);
            };
            shell.arguments = arguments.to_vec();
            shell.run_text(commands)
        }
        Some((option, _)) if option.starts_with('-') => cli::refuse(args, "unknown option", option, USAGE),
        Some((path, arguments)) => {
            shell.name.clone_from(path);
            shell.arguments = arguments.to_vec();
            script(shell, path)
        }
    }
}

/// Runs the commands of a file. A mistake anywhere in it is found before the first one runs.
fn script(mut shell: Shell, path: &str) -> u8 {
    match fs::read_to_string(path) {
        Ok(text) => shell.run_text(&text),
        Err(e) => {
            eprintln!("sh: {path}: {e}");
            if e == Errno::ENOENT { status::NOT_FOUND } else { status::NOT_RUNNABLE }
        }
    }
}

/// Reads and runs commands until the input ends or `exit` is called.
fn interact(mut shell: Shell) -> u8 {
    let mut input = Input::open();
    shell.terminal = input.terminal();
    // Lines that only make sense together with the next one.
    let mut text = String::new();
    let mut ended = false;
    while !shell.done && !ended {
        if text.is_empty() {
            shell.collect();
        }
        let line = match input.read_line(if text.is_empty() { "$ " } else { "> " }) {
            Ok(line) => line,
            Err(e) => {
                eprintln!("sh: cannot read: {e}");
                return status::FAILED;
            }
        };
        match line {
            Line::Text(line) => text.push_str(&line),
            Line::Cancelled => {
                text.clear();
                shell.status = status::INTERRUPTED;
                continue;
            }
            Line::End => ended = true,
        }
        match parse(&text) {
            Err(e) if e.is_incomplete() && !ended => continue,
            Err(e) => shell.syntax_error(e),
            Ok(list) => {
                // In this order: an interrupt that was typed ahead counts when the mode changes.
                shell.begin();
                input.begin_job();
                shell.run_list(&list);
            }
        }
        text.clear();
    }
    shell.status
}
