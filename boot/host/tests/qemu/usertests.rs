//! The tests inside the system: the program `usertests`, by what they are about.

use std::io::{self, Write};

use crate::machine::{Finished, program};

/// Runs the tests inside whose names contain `name`, and shows what they printed. There must be some.
#[track_caller]
fn inside(name: &[&str], least: usize) -> Finished {
    let run = program(&[&["usertests"], name].concat());
    // Not through the test's own output, which is hidden when it passes.
    let _ = writeln!(io::stderr(), "{}", run.out);
    run.expect_status(0).expect("all of them pass", |run| {
        let passed = run.out.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count();
        passed >= least && run.out.ends_with(&format!("{passed} passed, 0 failed\n"))
    });
    run
}

#[test]
fn everything() {
    inside(&[], 30);
}

#[test]
fn fork() {
    inside(&["fork"], 2);
}

#[test]
fn exec() {
    inside(&["exec"], 3);
}

#[test]
fn wait() {
    inside(&["wait"], 1);
}

#[test]
fn page_fault_handled_in_user_space() {
    inside(&["page_fault"], 1);
}

#[test]
fn out_of_memory() {
    inside(&["out_of_memory"], 1);
}

#[test]
fn all_64_process_slots() {
    inside(&["all_slots"], 1);
}

#[test]
fn a_privileged_instruction_kills_its_process_alone() {
    let run = inside(&["privileged_instructions"], 1);
    for exit in
        ["CR0_WRITE", "CR3_WRITE", "CR4_WRITE", "MSR", "HLT", "IOIO", "VMRUN", "VMLOAD", "VMSAVE", "STGI", "CLGI"]
    {
        run.expect(exit, |run| {
            run.err.lines().any(|line| line.contains("killed process") && line.contains(&format!("exit {exit} ")))
        });
    }
}
