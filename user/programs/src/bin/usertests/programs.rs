//! Tests of exec.

use alloc::format;
use alloc::string::String;
use alloc::vec;

use lv6_ulib::process::{name, status, wait_for};
use lv6_ulib::process_name::Ended;
use lv6_ulib::programs::{exec_file, exec_program, spawn};
use lv6_ulib::sys::archive;
use lv6_ulib::{Errno, fs, lists, println};

use crate::files;

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("run_a_program", run_a_program),
    ("exec_missing_program", exec_missing_program),
    ("exec_garbage", exec_garbage),
    ("exec_long_arguments", exec_long_arguments),
    ("exec_many_times", exec_many_times),
    ("exec_files_that_are_no_programs", files_that_are_no_programs),
    ("archive_is_dropped", archive_is_dropped),
];

/// Runs a program to its end.
fn run(args: &[&str]) -> Ended {
    wait_for(spawn(args).expect("spawn")).expect("wait")
}

fn run_a_program() {
    for code in [0, 42, 255] {
        assert_eq!(run(&["sh", "-c", &format!("exit {code}")]), Ended::Exited(code));
    }
}

fn exec_missing_program() {
    assert_eq!(exec_program(&["no-such-program"]), Errno::ENOENT);
    // Now that the heap has what it takes to ask for files.
    let free = lists::free_pages().count();
    assert_eq!(exec_program(&["/no/such/program"]), Errno::ENOENT);
    assert_eq!(exec_program(&[""]), Errno::ENOENT);
    assert_eq!(exec_program(&[]), Errno::ENOENT);
    assert_eq!(spawn(&["no-such-program"]), Err(Errno::ENOENT));
    assert_eq!(name().as_str(), "usertests");
    assert_eq!(lists::free_pages().count(), free);
}

fn exec_garbage() {
    let good = fs::read_all("/bin/echo").expect("there is a program");
    let free = lists::free_pages().count();
    assert_eq!(exec_file(b"", &["x"]), Errno::ENOEXEC);
    assert_eq!(exec_file(b"#!/bin/sh\n", &["x"]), Errno::ENOEXEC);
    for len in [1, 63, 64, 200, 500, 4096, good.len() / 2] {
        assert_eq!(exec_file(&good[..len], &["x"]), Errno::ENOEXEC, "first {len} bytes");
    }
    // Another machine, another type, and an entry point outside of the code.
    for (at, byte) in [(18, 3), (16, 2), (26, 0x7f)] {
        let mut bad = good.to_vec();
        bad[at] = byte;
        assert_eq!(exec_file(&bad, &["x"]), Errno::ENOEXEC, "byte {at}");
    }
    assert_eq!(name().as_str(), "usertests");
    assert!(lists::free_pages().count() + 64 >= free, "failed attempts keep pages other than the heap's");
}

fn exec_long_arguments() {
    let long = "x".repeat(5000);
    assert_eq!(exec_program(&["echo", &long]), Errno::E2BIG);
    assert_eq!(exec_program(&vec!["echo"; 400]), Errno::E2BIG);
    // As much as fits arrives.
    let longest = "y".repeat(3000);
    let ended = run(&["usertests", "chain-length", &longest]);
    assert_eq!(ended, Ended::Exited(status::OK));
}

fn exec_many_times() {
    assert_eq!(run(&["usertests", "chain", "20"]), Ended::Exited(status::OK));
}

/// What this program does when it is started by one of the tests above: `chain N` becomes itself N times,
/// `chain-length TEXT` checks that the text has come whole, and `holds-file FD` that a file was passed on.
pub fn chain_link(operands: &[&str]) -> u8 {
    match (operands[0], operands[1], operands[1].parse::<u64>()) {
        ("chain-length", text, _) if text.len() == 3000 && text.bytes().all(|c| c == b'y') => status::OK,
        ("holds-file", fd, _) => files::holds_file(fd),
        ("chain", _, Ok(0)) => status::OK,
        ("chain", _, Ok(more)) => {
            let next: String = format!("{}", more - 1);
            let e = exec_program(&["usertests", "chain", &next]);
            println!("usertests: {e}");
            status::NOT_STARTED
        }
        _ => {
            println!("usertests: unexpected argument: {}", operands[1]);
            status::USAGE
        }
    }
}

fn files_that_are_no_programs() {
    assert_eq!(exec_program(&["/etc/motd"]), Errno::ENOEXEC);
    assert_eq!(exec_program(&["/etc"]), Errno::EACCES);
    assert_eq!(spawn(&["/dev/null"]), Err(Errno::EACCES));
    assert_eq!(exec_program(&["/etc/motd/x"]), Errno::ENOTDIR);
    assert_eq!(run(&["/bin/sh", "-c", "exit 7"]), Ended::Exited(7));
}

fn archive_is_dropped() {
    // With a file server, programs are files, and nobody else needs the archive.
    assert!(fs::is_there() && archive::bytes().is_none());
    assert_eq!(run(&["sh", "-c", "exit 3"]), Ended::Exited(3));
}
