//! The first process: starts the file server, then the shell or the one command that the kernel was told to run, buries orphans, and kills on request.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

mod services;

use alloc::vec::Vec;

use lv6_abi::limits::NPAGE;
use lv6_ulib::kill::carry_out_requests;
use lv6_ulib::message::MessagePage;
use lv6_ulib::process::{self, status};
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::tables::base;
use lv6_ulib::{Args, Errno, memory, println, programs};

lv6_ulib::program!(program);

/// Greatest exit status that fits through the emulator's exit device, and that the kernel does not use itself.
const STATUS_MAX: u8 = 124;

fn program(args: Args) -> u8 {
    process::set_name("init");
    services::start();
    let command: Vec<&str> = args.rest().collect();
    if !command.is_empty() {
        return report(command[0], run(&command));
    }
    println!(
        "lv6 {}: {} programs, {} of {NPAGE} pages free, page 0 at {:#x}",
        env!("CARGO_PKG_VERSION"),
        programs::all().count(),
        (0..NPAGE as u64).filter(|&pn| memory::is_free(pn)).count(),
        base() << 12,
    );
    println!("Type `help` for the commands of the shell.");
    loop {
        if let Err(e) = run(&["sh"]) {
            println!("init: cannot start sh: {e}");
            return status::NOT_FOUND;
        }
    }
}

/// Runs a program to its end, burying whoever else dies meanwhile, and killing on request.
fn run(command: &[&str]) -> Result<Ended, Errno> {
    let program = programs::spawn(command)?;
    let page = MessagePage::new();
    loop {
        carry_out_requests(&page);
        match process::try_wait()? {
            Some((pid, ended)) if pid == program => return Ok(ended),
            Some(_) => {}
            None => process::yield_now(),
        }
    }
}

/// The status to leave the emulator with.
fn report(program: &str, result: Result<Ended, Errno>) -> u8 {
    match result {
        Ok(ended) => match ended.code() {
            code if code <= STATUS_MAX || code == status::NOT_FOUND => code,
            _ => status::FAILED,
        },
        Err(e) => {
            println!("init: {program}: {e}");
            if e == Errno::ENOENT { status::NOT_FOUND } else { status::NOT_STARTED }
        }
    }
}
