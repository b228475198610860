//! Machines on which lv6 cannot run, and arguments that cannot be right: one clear message, and the end.

use crate::machine::lv6;

/// The exit status of a kernel that gives up.
const GAVE_UP: i32 = 0x7e;

#[test]
fn too_little_memory_is_said() {
    lv6(&["run", "--memory", "32", "--", "echo", "hello"], "")
        .expect_status(GAVE_UP)
        .expect("how much there is and how much it takes", |run| {
            run.err.contains("lv6: error: lv6 needs ")
                && run.err.contains(" MiB of RAM ")
                && run.err.contains(", found ")
        })
        .expect("no output", |run| run.out.is_empty());
}

#[test]
fn a_processor_without_svm_is_said_in_one_line() {
    lv6(&["run", "--cpu", "max,-svm", "--", "echo", "hello"], "").expect_status(GAVE_UP).expect(
        "one line about SVM",
        |run| {
            let lines: Vec<_> = run.err.lines().filter(|line| line.starts_with("lv6: error: ")).collect();
            lines.len() == 1 && lines[0].contains("SVM")
        },
    );
}

#[test]
fn a_processor_that_does_not_exist_is_the_emulators_complaint() {
    lv6(&["run", "--cpu", "no-such-cpu", "--", "echo", "hello"], "")
        .expect_status(1)
        .expect("the emulator's words and ours", |run| {
            run.err.contains("no-such-cpu") && run.err.contains("lv6: qemu-system-x86_64 failed (exit status: 1)")
        });
}

#[test]
fn words_that_cannot_be_passed_are_wrong_usage() {
    lv6(&["run", "--", "echo", "h\u{e4}h"], "")
        .expect_status(2)
        .expect("the word", |run| run.err.contains("h\u{e4}h") && run.err.contains("printable ASCII"));
}
