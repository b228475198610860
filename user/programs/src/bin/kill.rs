//! `kill PID...`: kills processes, and what they have started.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::input::complain;
use lv6_ulib::kill::kill_related;
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli};

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
    if let Some(text) = pids.iter().find(|text| text.parse::<u64>().is_err()) {
        return cli::refuse(args, "not a pid", text, USAGE);
    }
    let mut result = status::OK;
    for text in pids {
        if let Err(e) = text.parse().map_err(|_| Errno::ESRCH).and_then(kill_related) {
            result = complain(text, e);
        }
    }
    result
}
