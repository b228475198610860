//! Tests of the errors that system calls return for bad arguments.

use alloc::vec::Vec;

use lv6_abi::limits::{INIT_PID, NPAGE};
use lv6_abi::startup::{SELF_MAP_INDEX, UPAGES};
use lv6_abi::syscall::*;
use lv6_ulib::Errno;
use lv6_ulib::memory::{CONST, DATA};
use lv6_ulib::paging::index;
use lv6_ulib::process::wait_for;
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::call::must_fail;

use crate::cases::{ANY_BAD, World, all_fail, case};
use crate::support::{release, start_held};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("unknown_calls", unknown_calls),
    ("bad_arguments_of_process_calls", process_calls),
    ("bad_arguments_of_table_calls", table_calls),
    ("bad_arguments_of_page_calls", page_calls),
    ("bad_arguments_of_debugging_calls", debugging_calls),
];

use Errno as E;

fn unknown_calls() {
    let known = SYS_MAP_PAGE_DESC..=SYS_DEBUG_SYSCTL;
    for nr in
        (0..300).filter(|nr| !known.contains(nr)).chain([1, 8, 9, 15, 18, 60, 80, 100, u64::MAX, 1 << 63, 1 << 32 | 3])
    {
        assert_eq!(must_fail(nr, [0; 6]), Errno::ENOSYS, "call {nr}");
    }
}

fn process_calls() {
    let w = World::new();
    let child = start_held(|| 0);
    let mut cases = Vec::from([
        case(SYS_SET_RUNNABLE, [child], E::EINVAL),
        case(SYS_REAP, [child], E::EINVAL),
        case(SYS_REPARENT, [child], E::EINVAL),
        case(SYS_CLONE, [child, w.free, w.free, w.free], E::ENOMEM),
        case(SYS_CLONE, [w.me, w.free, w.free, w.free], E::ENOMEM),
        case(SYS_CLONE, [w.unused, w.root, w.free, w.free], E::ENOMEM),
        case(SYS_CLONE, [w.unused, w.free, w.root, w.free], E::ENOMEM),
        case(SYS_CLONE, [w.unused, w.free, w.free, w.root], E::ENOMEM),
        case(SYS_CLONE, [w.unused, w.free, w.free, w.free], E::EINVAL),
        case(SYS_SET_RUNNABLE, [INIT_PID], E::EACCES),
        case(SYS_SET_RUNNABLE, [w.unused], E::EACCES),
        case(SYS_SWITCH, [w.me], E::EINVAL),
        case(SYS_SWITCH, [w.unused], E::EINVAL),
        case(SYS_KILL, [w.unused], E::EINVAL),
        case(SYS_KILL, [INIT_PID], E::EACCES),
        case(SYS_REAP, [INIT_PID], E::EACCES),
        case(SYS_REPARENT, [w.me], E::EINVAL),
        case(SYS_REPARENT, [w.unused], E::EINVAL),
    ]);
    for bad in [0, 64, 1 << 32, 1 << 63, u64::MAX] {
        cases.push(case(SYS_CLONE, [bad, w.free, w.free, w.free], E::ENOMEM));
        for nr in [SYS_SET_RUNNABLE, SYS_SWITCH, SYS_KILL, SYS_REAP, SYS_REPARENT, SYS_MAP_PML4] {
            cases.push(case(nr, [bad], E::ESRCH));
        }
    }
    all_fail(cases);
    release();
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn table_calls() {
    let w = World::new();
    let mut cases = Vec::from([
        case(SYS_MAP_PML4, [w.me, 300, DATA], E::EACCES),
        case(SYS_MAP_PML4, [INIT_PID, 300, CONST], E::EACCES),
        case(SYS_MAP_PML4, [w.me, 512, CONST], E::EINVAL),
        case(SYS_MAP_PML4, [w.me, 300, 0], E::EINVAL),
        case(SYS_MAP_PML4, [w.me, SELF_MAP_INDEX, CONST], E::EINVAL),
    ]);
    let free_slot = 511;
    for (nr, len) in [(SYS_MAP_PAGE_DESC, 64), (SYS_MAP_PROC, 6), (SYS_MAP_DEV, 2), (SYS_MAP_FILE, 2)] {
        for bad in [len, len + 1, u64::MAX] {
            cases.push(case(nr, [w.me, w.pt, free_slot, bad, CONST], E::EINVAL));
        }
        cases.extend([
            case(nr, [w.me, w.pt, free_slot, 0, DATA], E::EACCES),
            case(nr, [0, w.pt, free_slot, 0, CONST], E::ESRCH),
            case(nr, [64, w.pt, free_slot, 0, CONST], E::ESRCH),
            case(nr, [INIT_PID, w.pt, free_slot, 0, CONST], E::EACCES),
            case(nr, [w.me, w.pd, free_slot, 0, CONST], E::EINVAL),
            case(nr, [w.me, w.root, free_slot, 0, CONST], E::EINVAL),
            case(nr, [w.me, w.pt, 512, 0, CONST], E::EINVAL),
            case(nr, [w.me, w.pt, free_slot, 0, CONST | 0x80], E::EINVAL),
            case(nr, [w.me, w.pt, free_slot, 0, CONST | 1 << 12], E::EINVAL),
            case(nr, [w.me, w.pt, free_slot, 0, 0], E::EINVAL),
            case(nr, [w.me, w.pt, w.slot, 0, CONST], E::EINVAL),
        ]);
    }
    all_fail(cases);
}

fn page_calls() {
    let w = World::new();
    let mut cases = Vec::new();
    let tables = [(SYS_ALLOC_PDPT, w.root), (SYS_ALLOC_PD, w.pdpt), (SYS_ALLOC_PT, w.pd), (SYS_ALLOC_FRAME, w.pt)];
    for (nr, table) in tables {
        cases.extend(ANY_BAD.map(|bad| case(nr, [w.me, table, 500, bad, DATA], E::EINVAL)));
        cases.extend(ANY_BAD.map(|bad| case(nr, [w.me, bad, 500, w.free, DATA], E::EINVAL)));
        cases.extend([
            case(nr, [w.me, table, 500, 0, DATA], E::EINVAL),
            case(nr, [w.me, table, 500, w.frame, DATA], E::EINVAL),
            case(nr, [w.me, table, 500, table, DATA], E::EINVAL),
            case(nr, [0, table, 500, w.free, DATA], E::ESRCH),
            case(nr, [64, table, 500, w.free, DATA], E::ESRCH),
            case(nr, [INIT_PID, table, 500, w.free, DATA], E::EACCES),
            case(nr, [w.me, w.frame, 500, w.free, DATA], E::EINVAL),
            case(nr, [w.me, w.stack, 500, w.free, DATA], E::EINVAL),
            case(nr, [w.me, table, 512, w.free, DATA], E::EINVAL),
            case(nr, [w.me, table, u64::MAX, w.free, DATA], E::EINVAL),
            case(nr, [w.me, table, 500, w.free, DATA | 0x100], E::EINVAL),
            case(nr, [w.me, table, 500, w.free, DATA & !1], E::EINVAL),
        ]);
    }
    cases.push(case(SYS_ALLOC_FRAME, [w.me, w.others_pt, 500, w.free, DATA], E::EACCES));
    cases.push(case(SYS_ALLOC_PDPT, [w.me, w.others, 500, w.free, DATA], E::EACCES));
    cases.push(case(SYS_ALLOC_PDPT, [w.me, w.root, index(UPAGES, 4), w.free, DATA], E::EINVAL));
    cases.push(case(SYS_ALLOC_FRAME, [w.me, w.pt, w.slot, w.free, DATA], E::EINVAL));
    let frees = [
        (SYS_FREE_PDPT, w.root, w.pdpt),
        (SYS_FREE_PD, w.pdpt, w.pd),
        (SYS_FREE_PT, w.pd, w.pt),
        (SYS_FREE_FRAME, w.pt, w.frame),
    ];
    for (nr, table, page) in frees {
        cases.extend(ANY_BAD.map(|bad| case(nr, [bad, 0, page], E::EINVAL)));
        cases.extend(ANY_BAD.map(|bad| case(nr, [table, 0, bad], E::EINVAL)));
        cases.extend([
            case(nr, [w.frame, 0, page], E::EINVAL),
            case(nr, [table, 512, page], E::EINVAL),
            case(nr, [table, 500, page], E::EINVAL),
            case(nr, [table, 0, w.free], E::EINVAL),
            case(nr, [table, 0, table], E::EINVAL),
        ]);
    }
    cases.push(case(SYS_FREE_PDPT, [w.others, 1, w.pdpt], E::EACCES));
    cases.push(case(SYS_FREE_FRAME, [w.others_pt, w.slot, w.frame], E::EACCES));
    cases.push(case(SYS_FREE_FRAME, [w.pt, w.slot, w.others_frame], E::EACCES));
    cases.extend([
        case(SYS_COPY_FRAME, [w.pt, w.me, w.frame], E::EINVAL),
        case(SYS_COPY_FRAME, [w.free, w.me, w.frame], E::EINVAL),
        case(SYS_COPY_FRAME, [w.others_frame, w.me, w.frame], E::EACCES),
        case(SYS_COPY_FRAME, [w.frame, w.me, w.others_frame], E::EACCES),
        case(SYS_COPY_FRAME, [w.frame, INIT_PID, w.others_frame], E::EACCES),
        case(SYS_COPY_FRAME, [w.frame, 0, w.frame], E::ESRCH),
        case(SYS_COPY_FRAME, [w.frame, w.me, w.pt], E::EINVAL),
        case(SYS_COPY_FRAME, [w.frame, INIT_PID, w.frame], E::EACCES),
        case(SYS_COPY_FRAME, [w.frame, w.me, u64::MAX], E::EINVAL),
        case(SYS_PROTECT_FRAME, [w.pd, w.slot, w.frame, CONST], E::EINVAL),
        case(SYS_PROTECT_FRAME, [w.others_pt, w.slot, w.frame, CONST], E::EACCES),
        case(SYS_PROTECT_FRAME, [w.pt, w.slot, w.others_frame, CONST], E::EACCES),
        case(SYS_PROTECT_FRAME, [w.pt, 512, w.frame, CONST], E::EINVAL),
        case(SYS_PROTECT_FRAME, [w.pt, w.slot, w.pt, CONST], E::EINVAL),
        case(SYS_PROTECT_FRAME, [w.pt, 500, w.frame, CONST], E::EINVAL),
        case(SYS_PROTECT_FRAME, [w.pt, w.slot, w.frame, CONST | 0x80], E::EINVAL),
        case(SYS_PROTECT_FRAME, [w.pt, w.slot, w.frame, 0], E::EINVAL),
        case(SYS_RECLAIM_PAGE, [w.free], E::EINVAL),
        case(SYS_RECLAIM_PAGE, [w.frame], E::EACCES),
        case(SYS_RECLAIM_PAGE, [w.others_frame], E::EACCES),
        case(SYS_RECLAIM_PAGE, [w.others], E::EACCES),
        case(SYS_RECLAIM_PAGE, [0], E::EACCES),
    ]);
    cases.extend(ANY_BAD.map(|bad| case(SYS_RECLAIM_PAGE, [bad], E::EINVAL)));
    all_fail(cases);
}

fn debugging_calls() {
    let w = World::new();
    let address = |pn: u64| (lv6_ulib::sys::tables::base() + pn) << 12;
    let mut cases = Vec::new();
    for nr in [SYS_DEBUG_READ_CONSOLE, SYS_DEBUG_PRINT_CONSOLE, SYS_DEBUG_PRINT_SCREEN, SYS_DEBUG_DMESG] {
        cases.extend([
            case(nr, [0, 1], E::EINVAL),
            case(nr, [u64::MAX, 1], E::EINVAL),
            case(nr, [address(w.pt), 1], E::EINVAL),
            case(nr, [address(w.others), 1], E::EINVAL),
            case(nr, [address(w.free), 1], E::EINVAL),
            case(nr, [address(w.frame), 4097], E::EINVAL),
            case(nr, [address(w.frame) + 1, 4096], E::EINVAL),
            case(nr, [address(w.frame), u64::MAX], E::EINVAL),
            case(nr, [address(NPAGE as u64), 1], E::EINVAL),
        ]);
    }
    cases.extend([6, 99, u64::MAX].map(|bad| case(SYS_DEBUG_SYSCTL, [bad], E::EINVAL)));
    all_fail(cases);
}
