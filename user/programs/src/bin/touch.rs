//! `touch FILE...`: makes files that do not exist, and makes those that do exist as new as if they were just written.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::fs::OpenOptions;
use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli};

lv6_ulib::program!(program);

const USAGE: &str = " FILE...";

fn program(args: Args) -> u8 {
    let files = match cli::operands(args, usize::MAX, USAGE) {
        Ok(files) => files,
        Err(code) => return code,
    };
    if files.is_empty() {
        return cli::refuse(args, "no file", "", USAGE);
    }
    let mut result = status::OK;
    for path in files {
        if let Err(e) = touch(path) {
            result = complain(path, e);
        }
    }
    result
}

fn touch(path: &str) -> Result<(), Errno> {
    let file = OpenOptions::new().write(true).create(true).open(path)?;
    file.truncate(file.stat()?.size)
}
