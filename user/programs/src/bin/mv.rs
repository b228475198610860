//! `mv FROM... TO`: gives files and directories other names; several go into a directory.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::fs;
use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, cli};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    cli::each_pair(args, " FROM... TO", &[], |from, to, _| match fs::rename(from, to) {
        Ok(()) => status::OK,
        Err(e) => complain(if fs::stat(from).is_ok() { to } else { from }, e),
    })
}
