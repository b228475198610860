//! Programs that never call the kernel: the others go on all the same, and a person can end them.

use std::thread::sleep;
use std::time::Duration;

use crate::machine::{Machine, lv6};

/// Starts a program that computes for ever, and lets it run for a while.
fn spin(machine: &mut Machine) {
    machine.keys("echo off it goes; spin; echo not this\r");
    machine.wait_for("\noff it goes");
    sleep(Duration::from_millis(500));
}

/// Waits for what Ctrl-C does.
#[track_caller]
fn expect_ended(machine: &mut Machine) {
    machine.wait_for("^C");
    let rest = machine.wait_for("$ ");
    assert!(!rest.contains("not this"), "{rest}");
    assert_eq!(machine.command("echo $?"), "130\n");
    let left = machine.command("ps");
    assert!(!left.contains("spin"), "{left}");
}

#[test]
fn ctrl_c_ends_what_never_calls_the_kernel() {
    let mut machine = Machine::shell();
    spin(&mut machine);
    machine.keys("\u{3}");
    expect_ended(&mut machine);
    spin(&mut machine);
    machine.keys("\u{1}c");
    machine.wait_for("(qemu) ");
    machine.keys("sendkey ctrl-c\r");
    machine.wait_for("(qemu) ");
    machine.keys("\u{1}c");
    expect_ended(&mut machine);
}

#[test]
fn others_answer_while_programs_compute() {
    let mut machine = Machine::shell();
    for _ in 0..2 {
        machine.command("spin &");
    }
    assert_eq!(machine.command("echo one two | wc"), "1 2 8\n");
    let running = machine.command("ps");
    assert_eq!(running.matches(" spin\n").count(), 2, "{running}");
    assert_eq!(machine.command("sh -c 'spin 0.1; echo $?'"), "0\n");
}

/// What `ps` shows a moment after a program has begun to compute for so many seconds, on a machine whose programs take
/// turns of this many milliseconds.
fn shown_while_computing(turn: &str, seconds: u32) -> String {
    let line = format!("spin {seconds} & sleep 0.01; ps");
    let run = lv6(&["run", "--preempt", turn, "--", "sh", "-c", &line], "");
    run.expect_status(0);
    run.out
}

#[test]
fn whether_programs_take_turns_can_be_chosen() {
    let taking_turns = shown_while_computing("100", 60);
    assert!(taking_turns.contains("spin"), "{taking_turns}");
    // Nobody comes in between, so it has ended when others run.
    let alone = shown_while_computing("off", 1);
    assert!(alone.contains("ps") && !alone.contains("spin"), "{alone}");
}
