//! `kill PID...`: kills processes. The kernel lets a process kill itself and its children; the shell has a `kill` of its own
//! for the programs that it has started.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::input::complain;
use lv6_ulib::process::{kill, status};
use lv6_ulib::{Args, cli};

lv6_ulib::program!(program);

const USAGE: &str = " PID...";

fn program(args: Args) -> u8 {
    let pids = match cli::operands(args, usize::MAX, USAGE) {
        Ok(pids) => pids,
        Err(code) => return code,
    };
    if pids.is_empty() {
        return cli::refuse(args, "no process", "", USAGE);
    }
    let mut result = status::OK;
    for text in pids {
        let Ok(pid) = text.parse() else { return cli::refuse(args, "not a pid", text, USAGE) };
        if let Err(e) = kill(pid) {
            result = complain(text, e);
        }
    }
    result
}
