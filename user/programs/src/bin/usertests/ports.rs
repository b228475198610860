//! Tests of I/O ports: who may use one, and what happens to who may not.

use alloc::vec::Vec;

use lv6_abi::limits::{INIT_PID, NPAGE, NPORT};
use lv6_abi::syscall::*;
use lv6_ulib::memory::find_free_run;
use lv6_ulib::process::*;
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::tables::{page_desc, proc};
use lv6_ulib::sys::{call, hazard};
use lv6_ulib::{Errno, Port, lists};

use crate::cases::{World, all_fail, case};
use crate::support::{SURVIVED, in_child, start, yield_until};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("port_bad_arguments", bad_arguments),
    ("port_bitmap_takes_three_pages", bitmap_takes_three_pages),
    ("port_granted_works", granted_port_works),
    ("port_not_granted_kills", port_not_granted_kills),
    ("port_beyond_a_granted_one_kills", port_beyond_a_granted_one_kills),
    ("port_is_not_inherited", not_inherited),
    ("port_belongs_to_one_process", one_owner),
    ("port_of_a_zombie_is_reclaimed", reclaimed),
];

use Errno as E;

/// The second serial line, which need not be there: then its ports can be used, to no effect.
const COM2: u16 = 0x2f8;
/// The last of its ports that processes can have.
const COM2_END: u16 = 0x2fd;
/// The register of the first serial line, where the console is, that sets the signals to a modem.
const MODEM_CONTROL: u16 = 0x3fc;
/// The text screen's port that chooses a register; the one behind it reads and writes that.
const SCREEN_INDEX: u16 = 0x3d4;
/// The screen's register with the low half of the cursor's place.
const CURSOR_LOW: u8 = 0x0f;
/// Ports that the kernel keeps: interrupt and timer, configuration of PCI, around the serial lines, the last one.
const KERNEL_PORTS: [u64; 10] = [0x20, 0x40, 0x61, 0xcf8, 0xcfc, 0x2f7, 0x2fe, 0x3f7, 0x3fe, 0xffff];

fn bad_arguments() {
    let w = World::new();
    let first = find_free_run(3).expect("free pages");
    let last = NPAGE as u64 - 1;
    let mut cases = Vec::from([
        case(SYS_ALLOC_IO_BITMAP, [first, first + 1, first + 1], E::EINVAL),
        case(SYS_ALLOC_IO_BITMAP, [first, first + 2, first + 3], E::EINVAL),
        case(SYS_ALLOC_IO_BITMAP, [first + 2, first + 1, first], E::EINVAL),
        case(SYS_ALLOC_IO_BITMAP, [last - 1, last, last + 1], E::EINVAL),
        case(SYS_ALLOC_IO_BITMAP, [u64::MAX, 0, 1], E::EINVAL),
        case(SYS_ALLOC_IO_BITMAP, [u64::MAX - 1, u64::MAX, 0], E::EINVAL),
        // Page 0 is never free, nor is what this process or init uses.
        case(SYS_ALLOC_IO_BITMAP, [0, 1, 2], E::EINVAL),
        case(SYS_ALLOC_IO_BITMAP, [w.frame, w.frame + 1, w.frame + 2], E::EINVAL),
        case(SYS_ALLOC_IO_BITMAP, [w.others - 1, w.others, w.others + 1], E::EINVAL),
        // Without a bitmap, a port that is free.
        case(SYS_ALLOC_PORT, [u64::from(COM2)], E::EACCES),
        case(SYS_RECLAIM_PORT, [u64::from(COM2)], E::EACCES),
    ]);
    for nr in [SYS_ALLOC_PORT, SYS_RECLAIM_PORT] {
        let bad = [NPORT as u64, 1 << 32 | u64::from(COM2), 1 << 63, u64::MAX];
        cases.extend(bad.map(|port| case(nr, [port], E::EINVAL)));
    }
    cases.extend(KERNEL_PORTS.map(|port| case(SYS_ALLOC_PORT, [port], E::EBUSY)));
    cases.extend(KERNEL_PORTS.map(|port| case(SYS_RECLAIM_PORT, [port], E::EACCES)));
    all_fail(cases);

    // With a bitmap, and with a port.
    let port = Port::claim(COM2).expect("the port is free");
    let first = find_free_run(3).expect("free pages");
    let mut cases = Vec::from([
        case(SYS_ALLOC_IO_BITMAP, [first, first + 1, first + 2], E::EEXIST),
        case(SYS_ALLOC_IO_BITMAP, [w.frame, w.frame + 1, w.frame + 2], E::EEXIST),
        case(SYS_ALLOC_IO_BITMAP, [first, first + 1, first + 3], E::EINVAL),
        case(SYS_ALLOC_PORT, [u64::from(COM2)], E::EBUSY),
        case(SYS_RECLAIM_PORT, [u64::from(COM2)], E::EACCES),
    ]);
    cases.extend(KERNEL_PORTS.map(|port| case(SYS_ALLOC_PORT, [port], E::EBUSY)));
    all_fail(cases);
    port.read();
}

fn bitmap_takes_three_pages() {
    let (pages, first) = (me().nr_pages, find_free_run(3).expect("free pages"));
    assert_eq!(call::alloc_io_bitmap(first, first + 1, first + 2), Ok(()));
    let me = me();
    assert_eq!((me.use_io_bitmap, me.io_bitmap_a, me.io_bitmap_b), (1, first, first + 1));
    assert_eq!((me.nr_pages, me.nr_ports), (pages + 3, 0));
    assert!((first..first + 3).all(|pn| page_desc(pn).owner == getpid()));
    // It allows nothing.
    assert_eq!(in_child(|| hazard::use_port(COM2, false, false, SURVIVED)), Ended::Killed);
}

fn granted_port_works() {
    for number in COM2..=COM2_END {
        let port = Port::claim(number).expect("the port is free");
        port.read();
    }
    assert_eq!(me().nr_ports, u64::from(COM2_END - COM2) + 1);
    // Behind these two there is a device, which remembers what is written: the place of the text cursor.
    let mut index = Port::claim(SCREEN_INDEX).expect("the port is free");
    let mut data = Port::claim(SCREEN_INDEX + 1).expect("the port is free");
    index.write(CURSOR_LOW);
    let before = data.read();
    for byte in [before ^ 1, before ^ 2, before ^ 3] {
        data.write(byte);
        assert_eq!(data.read(), byte);
    }
    data.write(before);
    assert_eq!(data.read(), before);
    // Ports below and above 0x8000 have different pages; all above are the kernel's.
    assert_eq!(Port::claim(0x8000).err(), Some(E::EBUSY));
}

fn port_not_granted_kills() {
    for port in [COM2, MODEM_CONTROL, 0x20, 0xcf8, 0x501, 0x8000, 0xffff] {
        for (write, wide) in [(false, false), (true, false), (false, true), (true, true)] {
            let without = in_child(|| hazard::use_port(port, write, wide, SURVIVED));
            assert_eq!(without, Ended::Killed, "port {port:#x} without a bitmap");
            let with = in_child(|| {
                Port::claim(COM2 + 3).expect("the port is free");
                hazard::use_port(port, write, wide, SURVIVED)
            });
            assert_eq!(with, Ended::Killed, "port {port:#x} with another port");
        }
    }
}

fn port_beyond_a_granted_one_kills() {
    // Two bytes at the last port that can be granted reach into one that cannot.
    for (number, wide, expected) in [
        (COM2_END, false, Ended::Exited(SURVIVED)),
        (COM2_END - 1, true, Ended::Exited(SURVIVED)),
        (COM2_END, true, Ended::Killed),
        (COM2_END - 2, true, Ended::Killed),
    ] {
        let ended = in_child(|| {
            for port in [COM2_END - 1, COM2_END] {
                Port::claim(port).expect("the port is free");
            }
            hazard::use_port(number, false, wide, SURVIVED)
        });
        assert_eq!(ended, expected, "port {number:#x}");
    }
}

fn not_inherited() {
    let port = Port::claim(COM2).expect("the port is free");
    port.read();
    let child = start(|| {
        let me = me();
        assert_eq!((me.use_io_bitmap, me.nr_ports), (0, 0));
        port.read();
        SURVIVED
    });
    assert_eq!(wait_for(child), Ok(Ended::Killed));
    port.read();
}

fn one_owner() {
    let port = Port::claim(COM2).expect("the port is free");
    assert_eq!(in_child(|| u8::from(Port::claim(COM2).err() == Some(E::EBUSY))), Ended::Exited(1));
    // Another one of the same bitmap is free for others.
    assert_eq!(in_child(|| u8::from(Port::claim(COM2 + 1).is_ok())), Ended::Exited(1));
    port.read();
}

fn reclaimed() {
    let free = lists::free_pages().count();
    let child = start(|| {
        for port in COM2..=COM2_END {
            Port::claim(port).expect("the port is free");
        }
        0
    });
    yield_until("its end", || !is_alive(child));
    assert_eq!(proc(child).nr_ports, 6);
    assert_eq!(call::reclaim_port(u64::from(COM2)), Ok(()));
    assert_eq!(proc(child).nr_ports, 5);
    assert_eq!(call::reclaim_port(u64::from(COM2)), Err(E::EACCES));
    assert_eq!(call::reap(child), Err(E::ETXTBSY));
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    assert_eq!(lists::free_pages().count(), free);
    assert_eq!(proc(INIT_PID).nr_ports, 0);
    // All of them can be had again.
    for port in COM2..=COM2_END {
        Port::claim(port).expect("the port is free again");
    }
}
