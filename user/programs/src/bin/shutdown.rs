//! `shutdown [STATUS]`: puts everything on the disk and ends the machine: leaves the emulator with a status, or stops the
//! processor where there is no emulator.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::sys::call::debug_exit;
use lv6_ulib::{Args, Errno, cli, fs, println};

lv6_ulib::program!(program);

const USAGE: &str = " [STATUS]";
/// Greatest status that an emulator can be left with, and that the kernel does not use itself.
const STATUS_MAX: u8 = 124;

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, 1, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let code = match operands.first().map(|text| (text, text.parse::<u8>())) {
        None => status::OK,
        Some((_, Ok(code))) if code <= STATUS_MAX => code,
        Some((text, _)) => return cli::refuse(args, "not a status from 0 to 124", text, USAGE),
    };
    match fs::sync() {
        // Without a file server there is nothing to be lost.
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(e) => return complain("the disk", e),
    }
    println!("The disk is complete. If the machine does not switch itself off, you can.");
    debug_exit(u64::from(code));
    status::FAILED
}
