//! `usertests [NAME]`: tests the kernel and the user library from inside; all tests, or those whose name contains NAME.
//!
//! Each test runs in a process of its own. It passes if that process exits with status 0, the kernel's tables are
//! consistent afterwards, and all pages have come back. Other programs must not start or end meanwhile: the pages that
//! they take or give back would be missed or found.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

mod arguments;
mod isolation;
mod kernel_tables;
mod memory;
mod processes;
mod programs;
mod support;

use lv6_ulib::process::{exit, fork, status, wait_for, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::{Args, cli, lists, println};

lv6_ulib::program!(program);

/// A test: its name, and what it does. It fails by panicking.
pub type Test = (&'static str, fn());

/// All tests.
fn tests() -> impl Iterator<Item = &'static Test> {
    [processes::TESTS, programs::TESTS, memory::TESTS, isolation::TESTS, arguments::TESTS].into_iter().flatten()
}

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, 2, " [NAME]") {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let wanted = match operands[..] {
        [] => "",
        [name] => name,
        _ => return programs::chain_link(&operands),
    };
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in tests().filter(|(name, _)| name.contains(wanted)) {
        match run(*test) {
            Ok(()) => {
                println!("test {name} ... ok");
                passed += 1;
            }
            Err(why) => {
                println!("test {name} ... FAILED: {why}");
                failed += 1;
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    if passed + failed == 0 {
        println!("usertests: no test is called {wanted}");
        return status::USAGE;
    }
    if failed == 0 { status::OK } else { status::FAILED }
}

/// Runs a test in a process of its own.
fn run(test: fn()) -> Result<(), &'static str> {
    let before = settled_free_pages();
    match fork(true) {
        Ok(0) => {
            test();
            exit(status::OK)
        }
        Ok(child) => match wait_for(child) {
            Ok(Ended::Exited(status::OK)) => {}
            Ok(Ended::Exited(_)) => return Err("its process failed"),
            Ok(Ended::Killed) => return Err("its process was killed"),
            Err(_) => return Err("its process cannot be waited for"),
        },
        Err(_) => return Err("cannot fork"),
    }
    let after = settled_free_pages();
    kernel_tables::check()?;
    if after == before { Ok(()) } else { Err("pages were lost or found") }
}

/// The number of free pages once init has had time to bury orphans.
fn settled_free_pages() -> usize {
    for _ in 0..200 {
        yield_now();
    }
    lists::free_pages().count()
}
