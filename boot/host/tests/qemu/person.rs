//! A person at the shell.

use crate::machine::{Machine, lv6};

#[test]
fn ps_shows_the_processes() {
    let mut machine = Machine::shell();
    let text = machine.command("ps");
    let mut lines = text.lines();
    let header: Vec<_> = lines.next().unwrap_or_default().split_whitespace().collect();
    assert_eq!(header, ["PID", "PPID", "STATE", "NAME"], "{text}");
    let rows: Vec<Vec<_>> = lines.map(|line| line.split_whitespace().collect()).collect();
    let row = |name: &str| {
        let found = rows.iter().find(|row| row.len() == 4 && row[3] == name);
        found.unwrap_or_else(|| panic!("no line for {name}:\n{text}"))
    };
    let (init, sh, ps) = (row("init"), row("sh"), row("ps"));
    assert_eq!(init[..3], ["1", "1", "RUNNABLE"], "{text}");
    assert_eq!(sh[1..3], ["1", "RUNNABLE"], "{text}");
    assert_eq!(ps[1..3], [sh[0], "RUNNING"], "{text}");
}

#[test]
fn typing_mistakes_can_be_taken_back() {
    let mut machine = Machine::shell();
    machine.keys("ecxx\u{7f}\u{8}ho one twp\u{7f}o");
    assert_eq!(machine.command(""), "one two\n");
}

#[test]
fn the_last_status_can_be_asked_for() {
    let mut machine = Machine::shell();
    machine.command("echo fine");
    assert_eq!(machine.command("echo $?"), "0\n");
    assert!(machine.command("no-such-program").contains("no-such-program: "), "{}", machine.transcript());
    assert_eq!(machine.command("echo $?"), "127\n");
}

#[test]
fn an_empty_line_is_just_another_prompt() {
    let mut machine = Machine::shell();
    assert_eq!(machine.command(""), "");
    assert_eq!(machine.command("   "), "");
    assert_eq!(machine.command("echo still here"), "still here\n");
}

#[test]
fn ctrl_a_x_leaves_and_the_terminal_is_as_before() {
    let mut machine = Machine::start(&["run", "--no-ports"]);
    let before = machine.terminal_mode();
    machine.wait_for("$ ");
    assert_ne!(machine.terminal_mode(), before, "the emulator reads key by key");
    machine.keys("\u{1}x");
    machine.wait_for("QEMU: Terminated");
    assert_eq!(machine.end(), 0);
    assert_eq!(machine.terminal_mode(), before);
}

#[test]
fn a_killed_command_takes_its_machine_along_and_restores_the_terminal() {
    let mut machine = Machine::start(&["run", "--no-ports"]);
    let before = machine.terminal_mode();
    machine.wait_for("$ ");
    machine.terminate();
    assert_eq!(machine.end(), 143);
    assert_eq!(machine.terminal_mode(), before);
}

#[test]
fn commands_can_come_through_a_pipe() {
    lv6(&["run", "--no-ports"], "echo one\necho two\n").expect_status(0).expect("both lines", |run| {
        let one = run.out.lines().position(|line| line == "one");
        let two = run.out.lines().position(|line| line == "two");
        one.is_some() && one < two
    });
}
