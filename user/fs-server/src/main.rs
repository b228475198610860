//! `fs`: the file server.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::process::status;
use lv6_ulib::{Args, println};

lv6_ulib::program!(program);

fn program(_: Args) -> u8 {
    println!("fs: it serves nothing yet");
    status::FAILED
}
