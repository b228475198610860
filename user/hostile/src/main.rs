//! `hostile [NAME [VARIANT]]`: attacks the kernel in every way that we know; all attacks, or those whose name contains
//! NAME. Attacks that take minutes run only if NAME is the start of theirs. With VARIANT, only that variant of them runs:
//! to repeat one that has failed.
//!
//! Each attack runs in a process of its own, most of them in many. It fails, as it should, if it is stopped in the way
//! that its case says: the kernel kills the process and logs why, the processor raises an exception in the process, or
//! each call is refused. Afterwards the kernel's invariant must hold, what it never changes must be unchanged, other
//! processes must have what they had, and they must still answer.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

mod attacks;
mod log;
mod peer;
mod runner;
mod stopped;
mod world;

use lv6_ulib::process::status;
use lv6_ulib::{Args, cli, println};

lv6_ulib::program!(program);

/// How the program is used.
const USAGE: &str = " [NAME [VARIANT]]
NAME every_port: uses each I/O port, for some minutes; not done unless it is named";

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, 2, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let wanted = operands.first().copied().unwrap_or_default();
    let only = match operands.get(1).map(|text| text.parse()) {
        Some(Err(_)) => return cli::refuse(args, "not the number of a variant", operands[1], USAGE),
        Some(Ok(number)) => Some(number),
        None => None,
    };
    let mut runner = match runner::Runner::new() {
        Ok(runner) => runner,
        Err(e) => {
            println!("hostile: {e}");
            return status::FAILED;
        }
    };
    let (mut passed, mut failed) = (0, 0);
    for case in attacks::all().filter(|case| case.is_wanted(wanted)) {
        match runner.run(case, only) {
            Ok(report) => {
                println!("attack {} ... {report}", case.name);
                passed += 1;
            }
            Err(why) => {
                println!("attack {} ... FAILED: {why}", case.name);
                failed += 1;
            }
        }
    }
    println!("{passed} attacks stopped, {failed} not");
    match (passed, failed) {
        (0, 0) => {
            println!("hostile: no attack is called {wanted}");
            status::USAGE
        }
        (_, 0) => status::OK,
        _ => status::FAILED,
    }
}
