//! `timer PID [COUNT]`: sends ticks to a process, for ever or so many, whenever it waits for a message.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::input::complain;
use lv6_ulib::message::{MessagePage, send_when_ready};
use lv6_ulib::process::{status, yield_now};
use lv6_ulib::{Args, cli};

lv6_ulib::program!(program);

const USAGE: &str = " PID [COUNT]";
/// The number of a tick.
const TICK: u64 = 1;

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, 2, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let (pid, count) = match operands[..] {
        [pid] => (pid, u64::MAX),
        [pid, count] => match count.parse() {
            Ok(count) => (pid, count),
            Err(_) => return cli::refuse(args, "not a number", count, USAGE),
        },
        _ => return cli::refuse(args, "no process", "", USAGE),
    };
    let Ok(number) = pid.parse() else { return cli::refuse(args, "not a pid", pid, USAGE) };
    let page = MessagePage::new();
    for _ in 0..count {
        if let Err(e) = send_when_ready(number, TICK, &page, 0, None) {
            return complain(pid, e);
        }
        yield_now();
    }
    status::OK
}
