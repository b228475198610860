//! `bounce [ROUNDS]`: two processes print in turn, for ever or so many times each.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::process::{fork, getpid, is_alive, me, status, wait_for, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::{Args, cli, eprintln, println};

lv6_ulib::program!(program);

const USAGE: &str = " [ROUNDS]";

fn program(args: Args) -> u8 {
    let rounds = match cli::operands(args, 1, USAGE) {
        Ok(operands) => match operands.first().map(|text| text.parse::<u64>()) {
            None => u64::MAX,
            Some(Ok(rounds)) => rounds,
            Some(Err(_)) => return cli::refuse(args, "not a number", operands[0], USAGE),
        },
        Err(code) => return code,
    };
    let parent = getpid();
    match fork(false) {
        Ok(0) => {
            bounce("child", rounds, || me().ppid == parent && is_alive(parent));
            status::OK
        }
        Ok(child) => {
            bounce("parent", rounds, || true);
            match wait_for(child) {
                Ok(Ended::Exited(status::OK)) => status::OK,
                _ => status::FAILED,
            }
        }
        Err(e) => {
            eprintln!("bounce: fork: {e}");
            status::FAILED
        }
    }
}

/// Prints who we are, and lets the other one run, while `go_on` says so.
fn bounce(who: &str, rounds: u64, go_on: impl Fn() -> bool) {
    for round in 1..=rounds {
        if !go_on() {
            return;
        }
        println!("{who} {round}");
        yield_now();
    }
}
