//! `usertests [--devices] [NAME]`: tests the kernel and the user library from inside; all tests, or those whose name
//! contains NAME.
//!
//! With `--hostile` it becomes the program `hostile`, whose attacks on the kernel must all fail; again those whose name
//! contains NAME, or a variant of them. `usertests --hostile every_port` tries each I/O port, which takes minutes.
//!
//! Some tests need devices that a machine may lack. They are named then, and not run; with `--devices` they fail.
//!
//! Each test runs in a process of its own, with no open files. It passes if that process exits with status 0, the kernel's tables are
//! consistent afterwards, and all pages have come back. Other programs must not start or end meanwhile: the pages that
//! they take or give back would be missed or found.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

mod arguments;
mod cases;
mod domains;
mod edu;
mod files;
mod fs_files;
mod fs_hostile;
mod fs_pipes;
mod fs_shared;
mod isolation;
mod kernel_tables;
mod memory;
mod messages;
mod nvme;
mod ports;
mod processes;
mod programs;
mod servers;
mod support;
mod unowned;
mod vectors;

use lv6_abi::limits::FS_PID;
use lv6_abi::syscall::SYSCTL_TSC_KHZ;
use lv6_ulib::process::{exit, fork, kill, pids, status, try_wait, wait_for, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::programs::exec_program;
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::sys::regs::timestamp;
use lv6_ulib::sys::tables::proc;
use lv6_ulib::{Args, cli, files as files_of_process, fs, lists, println};

lv6_ulib::program!(program);

/// A test: its name, and what it does. It fails by panicking.
pub type Test = (&'static str, fn());

/// What a machine must have for some tests: says what it lacks.
pub type Needs = fn() -> Option<&'static str>;

/// For tests that run on every machine.
fn nothing() -> Option<&'static str> {
    None
}

/// For tests that use files.
fn lack_file_server() -> Option<&'static str> {
    (!fs::is_there()).then_some("there is no file server")
}

/// All tests, and what they need.
const FAMILIES: &[(Needs, &[Test])] = &[
    (nothing, processes::TESTS),
    (nothing, programs::TESTS),
    (nothing, memory::TESTS),
    (nothing, isolation::TESTS),
    (nothing, arguments::TESTS),
    (nothing, files::TESTS),
    (nothing, messages::TESTS),
    (nothing, servers::TESTS),
    (lack_file_server, fs_files::TESTS),
    (lack_file_server, fs_pipes::TESTS),
    (lack_file_server, fs_shared::TESTS),
    (lack_file_server, fs_hostile::TESTS),
    (nothing, ports::TESTS),
    (nothing, vectors::TESTS),
    (nothing, unowned::TESTS),
    (domains::lack, domains::TESTS),
    (edu::lack, edu::TESTS),
    (nvme::lack, nvme::TESTS),
];

/// Option: a test that cannot run because of the machine fails.
const DEVICES: &str = "--devices";

/// Option: attacks instead of tests.
const HOSTILE: &str = "--hostile";

/// How the program is used.
const USAGE: &str = " [--devices] [NAME] | --hostile [NAME [VARIANT]]
--hostile every_port: uses each I/O port, for some minutes; not done unless it is named";

fn program(args: Args) -> u8 {
    let (operands, options) = match cli::parse(args, 2, USAGE, &[DEVICES, HOSTILE]) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    if options.contains(&HOSTILE) {
        let e = exec_program(&[&["hostile"], &operands[..]].concat());
        println!("usertests: hostile: {e}");
        return status::NOT_STARTED;
    }
    let wanted = match operands[..] {
        [] => "",
        [name] => name,
        _ => return programs::chain_link(&operands),
    };
    let demanded = options.contains(&DEVICES);
    let mut results = Results::default();
    for (needs, tests) in FAMILIES {
        let lack = needs();
        for (name, test) in tests.iter().filter(|(name, _)| name.contains(wanted)) {
            match lack {
                Some(what) if demanded => results.failed(name, what),
                Some(what) => results.not_run(name, what),
                None => results.ran(name, run(*test)),
            }
        }
    }
    results.report(wanted)
}

/// What has become of the tests so far.
#[derive(Default)]
struct Results {
    passed: u32,
    failed: u32,
    not_run: u32,
}

impl Results {
    /// A test that could not run.
    fn not_run(&mut self, name: &str, lack: &str) {
        println!("test {name} ... not run: {lack}");
        self.not_run += 1;
    }

    /// A test that has failed.
    fn failed(&mut self, name: &str, why: &str) {
        println!("test {name} ... FAILED: {why}");
        self.failed += 1;
    }

    /// A test that has run.
    fn ran(&mut self, name: &str, result: Result<(), &'static str>) {
        if let Err(why) = result {
            return self.failed(name, why);
        }
        println!("test {name} ... ok");
        self.passed += 1;
    }

    /// Says how many there were of each. Returns the exit status.
    fn report(&self, wanted: &str) -> u8 {
        let Results { passed, failed, not_run } = *self;
        if not_run > 0 {
            println!("{not_run} not run for want of a device; {DEVICES} makes them fail");
        }
        println!("{passed} passed, {failed} failed");
        if passed + failed + not_run == 0 {
            println!("usertests: no test is called {wanted}");
            return status::USAGE;
        }
        if failed == 0 { status::OK } else { status::FAILED }
    }
}

/// Runs a test in a process of its own.
fn run(test: fn()) -> Result<(), &'static str> {
    let before = settled_free_pages();
    match fork(true) {
        Ok(0) => {
            // What is printed goes to the kernel's console now.
            files_of_process::close_all();
            test();
            exit(status::OK)
        }
        Ok(child) => match wait_with_patience(child)? {
            Ended::Exited(status::OK) => {}
            Ended::Exited(_) => return Err("its process failed"),
            Ended::Killed => return Err("its process was killed"),
        },
        Err(_) => return Err("cannot fork"),
    }
    let after = settled_free_pages();
    kernel_tables::check()?;
    if after == before { Ok(()) } else { Err("pages were lost or found") }
}

/// Waits for a test, but not forever: it may sleep, or wait for something that does not happen. Tests take seconds at
/// most; an emulator that has little of its machine may need longer.
fn wait_with_patience(child: u64) -> Result<Ended, &'static str> {
    const SECONDS: u64 = 120;
    // Where the speed of the counter is not known, patience has no end.
    let per_ms = debug_sysctl(SYSCTL_TSC_KHZ).ok().filter(|&khz| khz != 0);
    let end = per_ms.map(|khz| timestamp() + SECONDS * 1000 * khz);
    loop {
        match try_wait() {
            Ok(Some((pid, ended))) if pid == child => return Ok(ended),
            Ok(_) => {}
            Err(_) => return Err("its process cannot be waited for"),
        }
        if end.is_some_and(|end| timestamp() > end) {
            let _ = kill(child);
            let _ = wait_for(child);
            return Err("it takes too long");
        }
        yield_now();
    }
}

/// The number of free pages once init has had time to bury orphans. Pages of the file server count as free: it takes
/// some when it needs them, and keeps them for the next time.
fn settled_free_pages() -> usize {
    for _ in 0..200 {
        yield_now();
    }
    let is_server = |pid| pid == FS_PID || proc(pid).ppid == FS_PID;
    let of_server = pids().filter(|&pid| is_server(pid)).map(|pid| proc(pid).nr_pages as usize);
    lists::free_pages().count() + of_server.sum::<usize>()
}
