//! `dmesg`: shows what the kernel has logged.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;

use lv6_ulib::input::{complain, output};
use lv6_ulib::process::status;
use lv6_ulib::sys::console::Frame;
use lv6_ulib::{Args, Errno, cli};

lv6_ulib::program!(program);

/// Where the kernel puts a piece of its log.
static PIECE: Frame = Frame::new();

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    match show() {
        Ok(()) => status::OK,
        Err(e) => complain("the log", e),
    }
}

fn show() -> Result<(), Errno> {
    let mut offset = 0;
    let mut bytes = Vec::new();
    loop {
        match PIECE.read_log(offset, |byte| bytes.push(byte))? {
            0 => return Ok(()),
            len => offset += len,
        }
        output(&bytes)?;
        bytes.clear();
    }
}
