//! From power-on to the prompt.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::machine::{Machine, lv6, program};

#[test]
fn the_prompt_comes_in_ten_seconds() {
    drop(Machine::shell());
    let start = Instant::now();
    let machine = Machine::shell();
    let time = start.elapsed();
    assert!(time < Duration::from_secs(10), "it took {time:?}\n{}", machine.transcript());
}

#[test]
fn one_program_prints_its_output_and_nothing_else() {
    program(&["echo", "hello"])
        .expect_status(0)
        .expect("just the line", |run| run.out == "hello\n")
        .expect("no log", |run| !run.err.contains("lv6: memory") && !run.err.contains("error"));
}

#[test]
fn verbose_shows_the_kernels_log_apart_from_the_output() {
    lv6(&["run", "--verbose", "--", "echo", "hello"], "")
        .expect_status(0)
        .expect("just the line", |run| run.out == "hello\n")
        .expect("the log and the emulator's command line", |run| {
            run.err.contains("qemu-system-x86_64 -M q35")
                && run.err.lines().filter(|line| line.starts_with("lv6: ")).count() > 3
        });
}

#[test]
fn a_failing_programs_status_is_passed_on() {
    program(&["sh", "-c", "exit 42"]).expect_status(42);
    program(&["echo", "--no-such-option"]).expect_status(0);
    program(&["ps", "--no-such-option"]).expect_status(2);
}

#[test]
fn an_unknown_program_is_named() {
    program(&["no-such-program"])
        .expect_status(127)
        .expect("its name and what is wrong", |run| (run.out.clone() + &run.err).contains("no-such-program: "));
}

#[test]
fn ports_of_this_machine_lead_to_the_guest() {
    // Somebody else may be using them, now or in a moment; then the command must say so and go on.
    let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 10007));
    let mut machine = Machine::start(&[]);
    machine.wait_for("port 10007 of this machine is in use: going on without it");
    machine.wait_for("$ ");
    drop(held);
    if !machine.transcript().contains("port 10080 of this machine is in use") {
        TcpStream::connect((Ipv4Addr::LOCALHOST, 10080)).unwrap();
    }
}
