//! `ps`: lists the processes.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::process::{processes, status};
use lv6_ulib::{Args, cli, print, report};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    print!("{}", report::ps(&processes()));
    status::OK
}
