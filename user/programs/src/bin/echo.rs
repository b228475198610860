//! `echo [WORD...]`: prints its arguments.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;

use lv6_ulib::process::status;
use lv6_ulib::{Args, println};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    let words: Vec<&str> = args.rest().collect();
    if words == ["--help"] {
        println!("usage: echo [WORD...]");
    } else {
        println!("{}", words.join(" "));
    }
    status::OK
}
