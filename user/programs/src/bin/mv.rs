//! `mv FROM... TO`: gives files and directories other names; several go into a directory.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::cli::into;
use lv6_ulib::fs;
use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, cli};

lv6_ulib::program!(program);

const USAGE: &str = " FROM... TO";

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, usize::MAX, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let targets = match into(args, &operands, USAGE) {
        Ok(targets) => targets,
        Err(code) => return code,
    };
    let mut result = status::OK;
    for (from, to) in targets {
        if let Err(e) = fs::rename(from, &to) {
            result = complain(from, e);
        }
    }
    result
}
