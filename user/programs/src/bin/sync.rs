//! `sync`: returns when all that was written is on the disk.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, cli, fs};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    match fs::sync() {
        Ok(()) => status::OK,
        Err(e) => complain("the disk", e),
    }
}
