//! `sleep SECONDS`: lets some time pass; the seconds may have a fraction.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use core::time::Duration;

use lv6_ulib::process::status;
use lv6_ulib::{Args, cli, clock, eprintln};

lv6_ulib::program!(program);

const USAGE: &str = " SECONDS";

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, 1, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let Some(text) = operands.first() else { return cli::refuse(args, "no time", "", USAGE) };
    let Some(time) = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) else {
        return cli::refuse(args, "not a time", text, USAGE);
    };
    if clock::sleep(time) {
        return status::OK;
    }
    eprintln!("sleep: the speed of this machine's clock is not known");
    status::FAILED
}
