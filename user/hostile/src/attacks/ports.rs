//! Input and output on ports that the process does not own, in every way that there is.
//!
//! Each use of a port costs a process, so those with a meaning are used here, and those at the edges of the permission
//! map's bytes, words and pages; [`super::every_port`] uses the others too. Each of the 65536 ports is asked for by a
//! call.

use lv6_abi::limits::NPORT;
use lv6_abi::syscall::SYS_ALLOC_PORT;
use lv6_kernel::scan::is_console_port;
use lv6_ulib::memory::find_free_run;
use lv6_ulib::sys::attack;
use lv6_ulib::sys::call::{alloc_io_bitmap, must_fail};
use lv6_ulib::sys::entry::startup;
use lv6_ulib::{Errno, process::status};

use super::{Case, many, once};
use crate::stopped::Stopped::{Killed, Refused};

/// Interrupt controllers, DMA, timers, keyboard, clock, reset, serial lines, the emulator's exit and debug ports, PCI
/// configuration, power, and edges of the map.
const PORTS: [u64; 40] = [
    0x0, 0x7, 0x8, 0x20, 0x21, 0x40, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92, 0xa0, 0xa1, 0xcf, 0x1f0, 0x2f8,
    0x3c0, 0x3d4, 0x3f8, 0x402, 0x4d0, 0x501, 0x510, 0x604, 0xae00, 0xb004, 0xcf8, 0xcf9, 0xcfc, 0x7ff8, 0x7ffe,
    0x7fff, 0x8000, 0xc040, 0xfff8, 0xfffe, 0xffff,
];

const READ: crate::stopped::Stopped = Killed("no permission to read I/O port ");
const WRITE: crate::stopped::Stopped = Killed("no permission to write I/O port ");

/// The attacks of this file.
pub const CASES: &[Case] = &[
    many("port_in", PORTS.len() as u64, READ, |n, _| attack::in_byte(0, 0, PORTS[n as usize])),
    many("port_out", PORTS.len() as u64, WRITE, |n, _| attack::out_byte(0xfe, 0, PORTS[n as usize])),
    many("port_in_four", PORTS.len() as u64, READ, |n, _| attack::in_four(0, 0, PORTS[n as usize])),
    many("port_out_four", PORTS.len() as u64, WRITE, |n, _| attack::out_four(u64::MAX, 0, PORTS[n as usize])),
    many("port_in_string", 4, READ, |n, _| attack::in_string(startup().image, 1 << 20, 0x60 + n)),
    many("port_out_string", 4, WRITE, |n, _| attack::out_string(startup().image, 1 << 20, 0xcf8 + n)),
    many("port_with_a_bitmap", PORTS.len() as u64, WRITE, with_bitmap),
    once("port_each_asked_for", Refused, each_asked_for),
    once("port_each_asked_for_with_a_bitmap", Refused, each_asked_for_with_bitmap),
];

/// Gives this process a permission map of its own, as one needs to own ports.
fn take_bitmap() {
    let first = find_free_run(3).expect("three free pages follow each other");
    alloc_io_bitmap(first, first + 1, first + 2).expect("it has no bitmap yet");
}

fn with_bitmap(variant: u64, _: u64) -> u8 {
    take_bitmap();
    attack::out_byte(0xfe, 0, PORTS[variant as usize])
}

/// Whether the port can be had and nobody has it: the second serial line and the text screen. The file server has the
/// first serial line and the keyboard, for the console.
fn is_free_port(port: u64) -> bool {
    matches!(port, 0x2f8..=0x2fd | 0x3d4 | 0x3d5)
}

fn each_asked_for(_: u64, _: u64) -> u8 {
    for port in 0..NPORT as u64 {
        let e = must_fail(SYS_ALLOC_PORT, [port, 0, 0, 0, 0, 0]);
        assert_eq!(e, if is_free_port(port) { Errno::EACCES } else { Errno::EBUSY }, "port {port:#x}");
    }
    status::OK
}

fn each_asked_for_with_bitmap(_: u64, _: u64) -> u8 {
    take_bitmap();
    for port in (0..NPORT as u64).filter(|&port| !is_console_port(port)) {
        assert_eq!(must_fail(SYS_ALLOC_PORT, [port, 0, 0, 0, 0, 0]), Errno::EBUSY, "port {port:#x}");
    }
    for port in [1 << 16, 1 << 32, 1 << 63, u64::MAX] {
        assert_eq!(must_fail(SYS_ALLOC_PORT, [port, 0, 0, 0, 0, 0]), Errno::EINVAL, "port {port:#x}");
    }
    status::OK
}
