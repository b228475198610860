//! Input and output on each of the 65536 ports, by processes that own none.
//!
//! Each use of a port costs a process, so these are as small as they can be, and one after another has the same pid and
//! the same pages. That each of them died for using its port, and for nothing else, is read in the kernel's log.

use alloc::format;
use alloc::string::String;
use core::ops::Range;

use lv6_abi::limits::NPORT;
use lv6_kernel::state::ProcState;
use lv6_ulib::memory::find_free_pages;
use lv6_ulib::process::{find_free_pid, status, yield_now};
use lv6_ulib::sys::call;
use lv6_ulib::sys::tables::proc;
use lv6_ulib::sys::tiny::{SURVIVED, use_port};
use lv6_ulib::{Errno, println};

use super::{Case, long};
use crate::log;
use crate::stopped::Stopped::Refused;

/// Parts that the ports are tried in.
const PARTS: u64 = 16;
/// Ports of a part.
const PART: u64 = NPORT as u64 / PARTS;
/// Processes after whose death the log is read. It has room for twice as many lines.
const BATCH: usize = 512;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    long("every_port_in", PARTS, Refused, |part, _| try_part(part, false)),
    long("every_port_out", PARTS, Refused, |part, _| try_part(part, true)),
];

/// What such a process does, in the words of the kernel's log.
fn verb(write: bool) -> &'static str {
    if write { "write" } else { "read" }
}

fn try_part(part: u64, write: bool) -> u8 {
    let ports = part * PART..(part + 1) * PART;
    for start in ports.clone().step_by(BATCH) {
        try_batch(start..ports.end.min(start + BATCH as u64), write);
    }
    let Range { start, end } = ports;
    println!("no process can {} a port from {start:#x} to {:#x}: {PART} tried, {PART} killed", verb(write), end - 1);
    status::OK
}

fn try_batch(ports: Range<u64>, write: bool) {
    let pid = find_free_pid().expect("a slot is free");
    for port in ports.clone() {
        if let Err(why) = try_port(pid, port as u16, write) {
            panic!("{} port {port:#x}: {why}", verb(write));
        }
    }
    let start = format!("lv6: error: killed process {pid} (): exit IOIO (0x7b) at rip 0x");
    let deaths = log::last_lines(BATCH, |line| line.contains(": killed process "));
    let ours = deaths.iter().skip(deaths.len().saturating_sub(ports.clone().count()));
    assert_eq!(ours.len(), ports.clone().count(), "lines in the log");
    for (port, line) in ports.zip(ours) {
        let end = format!(": no permission to {} I/O port {port:#x}", verb(write));
        assert!(line.starts_with(&start) && line.ends_with(&end), "{} port {port:#x}: {line}", verb(write));
    }
}

/// Has a process use a port, and buries it. Says what went wrong if that did not kill it.
fn try_port(pid: u64, port: u16, write: bool) -> Result<(), String> {
    let failed = |what: &'static str| move |e: Errno| format!("{what}: {e}");
    let pages = find_free_pages().map_err(failed("no pages"))?;
    use_port(pid, pages, port, write).map_err(failed("the process cannot be made"))?;
    // The timer may have let it run already, or may take the processor from it.
    match call::switch(pid) {
        Err(Errno::EINVAL) if proc(pid).state.is(ProcState::Zombie) => {}
        result => result.map_err(failed("the process cannot run"))?,
    }
    while proc(pid).state.is(ProcState::Runnable) {
        yield_now();
    }
    let dead = proc(pid);
    if dead.name[0] == SURVIVED {
        return Err(String::from("the process was not stopped"));
    }
    if !dead.state.is(ProcState::Zombie) || dead.killed == 0 || dead.name != [0; 2] {
        return Err(String::from("the process has not died of it"));
    }
    pages.into_iter().try_for_each(call::reclaim_page).map_err(failed("its pages cannot be had back"))?;
    call::reap(pid).map_err(failed("it cannot be buried"))
}
