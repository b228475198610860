//! `uptime`: shows how long the machine runs, and how many processes there are.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::process::{processes, status};
use lv6_ulib::{Args, cli, clock, eprintln, println};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    let Some(time) = clock::uptime() else {
        eprintln!("uptime: the speed of this machine's clock is not known");
        return status::FAILED;
    };
    let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
    println!("up {}:{:02}:{seconds:02}, {} processes", minutes / 60, minutes % 60, processes().len());
    status::OK
}
