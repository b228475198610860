//! `readylist`: shows the ring of processes that can run, from the running one on.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lv6_ulib::process::{name_of, status};
use lv6_ulib::{Args, cli, lists, print, println, report};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, "") {
        return code;
    }
    let ring: Vec<u64> = lists::ready_ring().collect();
    let labels: Vec<String> = ring.iter().map(|&pid| format!("{pid} {}", name_of(pid))).collect();
    print!("{}", report::boxes(&labels));
    let outside = lists::ready_processes().filter(|pid| !ring.contains(pid)).count();
    println!("{} in the list, {outside} ready but not in the list", ring.len());
    if outside == 0 { status::OK } else { status::FAILED }
}
