//! `freelist`: counts the free pages, in the list and outside of it.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::process::status;
use lv6_ulib::{Args, cli, lists, println};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    let listed = lists::free_ring().count();
    let free = lists::free_pages().count();
    println!("{listed} free pages in the list, {} not in the list", free.saturating_sub(listed));
    if listed == free { status::OK } else { status::FAILED }
}
