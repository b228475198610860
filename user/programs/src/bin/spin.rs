//! `spin [SECONDS]`: computes, for ever or so long, and never calls the kernel meanwhile: the other processes run only
//! because the kernel takes the processor away.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use core::hint::spin_loop;
use core::time::Duration;

use lv6_ulib::process::status;
use lv6_ulib::{Args, cli, clock, eprintln};

lv6_ulib::program!(program);

const USAGE: &str = " [SECONDS]";

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, 1, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let Some(text) = operands.first() else {
        loop {
            spin_loop();
        }
    };
    let Some(time) = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) else {
        return cli::refuse(args, "not a time", text, USAGE);
    };
    let Some(end) = clock::uptime().and_then(|now| now.checked_add(time)) else {
        eprintln!("spin: the speed of this machine's clock is not known");
        return status::FAILED;
    };
    while clock::uptime().is_some_and(|now| now < end) {
        spin_loop();
    }
    status::OK
}
