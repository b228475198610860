//! The tests inside the system: the program `usertests`, by what they are about.

use std::io::{self, Write};
use std::time::Duration;

use crate::drive::Scratch;
use crate::machine::{Finished, lv6, lv6_within};

/// Runs the tests inside with these arguments, on a machine with these options, and shows what they printed. At least so
/// many must pass, and none fail.
#[track_caller]
fn inside_with(machine: &[&str], arguments: &[&str], least: usize) -> Finished {
    let run = lv6(&[&["run"], machine, &["--", "usertests"], arguments].concat(), "");
    // Not through the test's own output, which is hidden when it passes.
    let _ = writeln!(io::stderr(), "{}", run.out);
    run.expect_status(0).expect("all of them pass", |run| {
        let passed = run.out.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count();
        passed >= least && run.out.ends_with(&format!("{passed} passed, 0 failed\n"))
    });
    run
}

/// Runs the tests inside whose names contain `name`, on the machine that `lv6 run` starts.
#[track_caller]
fn inside(name: &str, least: usize) -> Finished {
    inside_with(&[], &["--devices", name], least)
}

#[test]
fn everything_with_devices() {
    let scratch = Scratch::new();
    inside_with(&["--disk", scratch.path()], &["--devices"], 90);
    scratch.expect_written();
}

#[test]
fn everything_with_tables_of_three_levels() {
    let scratch = Scratch::new();
    inside_with(&["--iommu", "39", "--disk", scratch.path()], &["--devices"], 90);
    scratch.expect_written();
}

#[test]
fn everything_without_an_iommu() {
    let run = inside_with(&["--iommu", "none"], &[], 80);
    run.expect("why some cannot run", |run| {
        run.out.contains("test edu_registers ... not run: ") && !run.out.contains("test edu_registers ... ok")
    });
    run.expect("no device without one", |run| {
        run.out.contains("test device_without_an_iommu_cannot_be_claimed ... ok")
    });
}

#[test]
fn without_an_iommu_the_kernel_says_what_that_means() {
    lv6(&["run", "--iommu", "none", "--verbose", "--", "echo", "hello"], "")
        .expect_status(0)
        .expect("a line about it", |run| run.err.contains("lv6: no IOMMU: no process can have a device"));
}

#[test]
fn fork() {
    inside("fork", 2);
}

#[test]
fn exec() {
    inside("exec", 3);
}

#[test]
fn wait() {
    inside("wait", 1);
}

#[test]
fn page_fault_handled_in_user_space() {
    inside("page_fault", 1);
}

#[test]
fn out_of_memory() {
    inside("out_of_memory", 1);
}

#[test]
fn all_64_process_slots() {
    inside("all_slots", 1);
}

#[test]
fn a_privileged_instruction_kills_its_process_alone() {
    let run = inside("privileged_instructions", 1);
    for exit in
        ["CR0_WRITE", "CR3_WRITE", "CR4_WRITE", "MSR", "HLT", "IOIO", "VMRUN", "VMLOAD", "VMSAVE", "STGI", "CLGI"]
    {
        run.expect(exit, |run| {
            run.err.lines().any(|line| line.contains("killed process") && line.contains(&format!("exit {exit} ")))
        });
    }
}

/// Names of exits that the kernel must have killed for in the course of the attacks.
const KILLED_FOR: [&str; 22] = [
    "CR0_WRITE",
    "CR3_WRITE",
    "CR4_WRITE",
    "CR8_WRITE",
    "CR8_READ",
    "DR_WRITE",
    "DR_READ",
    "MSR",
    "IOIO",
    "HLT",
    "RSM",
    "WBINVD",
    "RDPMC",
    "MONITOR",
    "MWAIT",
    "VMRUN",
    "VMLOAD",
    "VMSAVE",
    "STGI",
    "CLGI",
    "SKINIT",
    "SHUTDOWN",
];

/// The attacks take about two minutes on a machine that has nothing else to do, and the ports take about three.
const LONG: Duration = Duration::from_secs(40 * 60);

#[test]
fn hostile_programs_are_stopped_and_leave_no_trace() {
    let run = lv6_within(LONG, &["run", "--", "usertests", "--hostile"], "");
    let _ = writeln!(io::stderr(), "{}", run.out);
    run.expect_status(0).expect("all of them are stopped", |run| {
        let stopped = |line: &&str| line.starts_with("attack ") && line.contains(" ... stopped");
        let count = run.out.lines().filter(stopped).count();
        count >= 120 && run.out.ends_with(&format!("\n{count} attacks stopped, 0 not\n"))
    });
    for exit in KILLED_FOR {
        run.expect(exit, |run| {
            run.err.lines().any(|line| line.contains("killed process") && line.contains(&format!(": exit {exit} ")))
        });
    }
    run.expect("no broken invariant", |run| !run.err.contains("breaks"));
    run.expect("attacks with a device", |run| !run.out.contains("hostile: no device can be claimed"));
    // Random calls go on for a minute, one process after another, and each of them can be run again.
    let random = run.out.lines().filter(|line| line.starts_with("attack random_calls, variant "));
    let calls =
        random.clone().filter_map(|line| line.split_once(": ")?.1.split_once(" times, then ")?.0.parse::<u64>().ok());
    run.expect("some random calls", |_| random.count() >= 5 && calls.sum::<u64>() >= 5000);
}

#[test]
fn one_variant_of_an_attack_can_be_repeated() {
    let run = lv6(&["run", "--", "usertests", "--hostile", "random_calls", "7"], "");
    run.expect_status(0).expect("that one and no other", |run| {
        let variants: Vec<_> =
            run.out.lines().filter(|line| line.starts_with("attack random_calls, variant ")).collect();
        variants.len() == 1 && variants[0].contains("variant 7: ") && run.out.ends_with("\n1 attacks stopped, 0 not\n")
    });
    lv6(&["run", "--", "usertests", "--hostile", "port_in", "40"], "")
        .expect_status(1)
        .expect("that there is none", |run| {
            run.out.contains("attack port_in ... FAILED: it has 40 variants, from 0 on\n")
        });
    lv6(&["run", "--", "usertests", "--hostile", "port_in", "last"], "")
        .expect_status(2)
        .expect("what is wrong", |run| run.out.contains("not the number of a variant: last"));
}

#[test]
fn no_process_can_use_any_of_the_65536_ports() {
    let run = lv6_within(LONG, &["run", "--", "usertests", "--hostile", "every_port"], "");
    let _ = writeln!(io::stderr(), "{}", run.out);
    // Not with the log, which has a line for each use of a port.
    assert!(run.status.success() && run.out.ends_with("\n2 attacks stopped, 0 not\n"), "{:?}\n{}", run.status, run.out);
    for verb in ["read", "write"] {
        let mut deaths = vec![0; 1 << 16];
        let what = format!(": no permission to {verb} I/O port 0x");
        for (_, port) in run.err.lines().filter_map(|line| line.split_once(&what)) {
            deaths[usize::from_str_radix(port, 16).unwrap()] += 1;
        }
        let wrong: Vec<_> = deaths.iter().enumerate().filter(|(_, deaths)| **deaths != 1).collect();
        assert!(wrong.is_empty(), "ports that not exactly one process died for trying to {verb}: {wrong:x?}");
    }
}

#[test]
fn an_attack_that_does_not_exist_is_an_error() {
    lv6(&["run", "--", "usertests", "--hostile", "no-such-attack"], "")
        .expect_status(2)
        .expect("a line that says so", |run| run.out.contains("hostile: no attack is called no-such-attack\n"));
}
