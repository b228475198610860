//! Tests of memory: page faults, protection, the stack's end, running out.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use lv6_abi::limits::NPAGE;
use lv6_abi::startup::{DEMAND_OFFSET, UFILES, UPAGES, UPROCS, UVPML4, UVPT};
use lv6_ulib::memory::{DATA, map_zeroed};
use lv6_ulib::process::{children, exit, fork, is_alive, set_name, status, wait};
use lv6_ulib::process_name::Ended;
use lv6_ulib::programs::exec_file;
use lv6_ulib::sys::entry::startup;
use lv6_ulib::sys::trap::{DOUBLE_FAULT, PAGE_FAULT};
use lv6_ulib::sys::{hazard, tables};
use lv6_ulib::{Errno, TrapFrame, fs, lists, set_trap_handler};

use crate::kernel_tables;
use crate::support::{Random, SURVIVED, expect_traps, in_child, start, yield_until};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("heap", heap),
    ("page_fault_is_handled_and_the_store_retried", page_fault_is_handled_and_the_store_retried),
    ("other_exceptions_are_handled", other_exceptions_are_handled),
    ("unhandled_exception_ends_the_process", unhandled_exception_ends_the_process),
    ("stores_to_kernel_tables_fault", stores_to_kernel_tables_fault),
    ("stores_to_code_and_constants_fault", stores_to_code_and_constants_fault),
    ("data_is_not_executable", data_is_not_executable),
    ("stack_overflow_hits_the_guard_page", stack_overflow_hits_the_guard_page),
    ("new_pages_are_zero", new_pages_are_zero),
    ("out_of_memory", out_of_memory),
    ("fork_and_exec_fail_half_way", fork_and_exec_fail_half_way),
    ("pages_of_zombies_are_reused", pages_of_zombies_are_reused),
];

fn heap() {
    let mut random = Random::new(3);
    let mut blocks: Vec<(u64, Box<[u64]>)> = Vec::new();
    for round in 0..2000 {
        if blocks.len() > 40 {
            let (mark, block) = blocks.swap_remove(random.below(40) as usize);
            assert!(block.iter().all(|word| *word == mark));
        }
        blocks.push((round, alloc::vec![round; random.below(600) as usize].into()));
    }
    assert!(blocks.iter().all(|(mark, block)| block.iter().all(|word| word == mark)));
}

/// Faults seen by [`map_on_demand`].
static FAULTS: AtomicU64 = AtomicU64::new(0);

/// Maps the page that is missing.
fn map_on_demand(frame: &mut TrapFrame) {
    FAULTS.fetch_add(1, Ordering::Relaxed);
    assert_eq!((frame.vector(), frame.error() & 3), (PAGE_FAULT, 2), "a store to a page that is not there");
    map_zeroed(frame.fault_address() & !4095, DATA).expect("a page for the fault");
}

fn page_fault_is_handled_and_the_store_retried() {
    assert!(set_trap_handler(PAGE_FAULT, Some(map_on_demand)).is_none());
    for n in 0..8 {
        hazard::demand_word(n * 600).store(n + 100, Ordering::Relaxed);
    }
    assert!((0..8).all(|n| hazard::demand_word(n * 600).load(Ordering::Relaxed) == n + 100));
    // 8 stores 4800 bytes apart: one per page but the seventh, which lies in the page after the sixth's anyway.
    let pages = (0..8u64).map(|n| n * 4800 / 4096).fold(Vec::new(), |mut pages: Vec<u64>, page| {
        if pages.last() != Some(&page) {
            pages.push(page);
        }
        pages
    });
    assert_eq!(FAULTS.load(Ordering::Relaxed), pages.len() as u64);
    assert!(set_trap_handler(PAGE_FAULT, None).is_some());
}

fn other_exceptions_are_handled() {
    static SEEN: AtomicU64 = AtomicU64::new(0);
    fn see(frame: &mut TrapFrame) {
        SEEN.fetch_add(1 << frame.vector(), Ordering::Relaxed);
    }
    for vector in [3, 4, 40, 41] {
        set_trap_handler(vector, Some(see));
    }
    hazard::interrupts();
    assert_eq!(SEEN.load(Ordering::Relaxed), 1 << 3 | 1 << 40 | 1 << 41);
}

fn unhandled_exception_ends_the_process() {
    let ended = in_child(|| {
        set_name("expected");
        hazard::store(8, SURVIVED)
    });
    assert_eq!(ended, Ended::Exited(status::TRAP));
}

/// A store to each address ends a child by an exception.
fn stores_fault(addresses: &[u64]) {
    for address in addresses {
        let ended = in_child(|| {
            expect_traps();
            hazard::store(*address, SURVIVED)
        });
        assert_eq!(ended, Ended::Exited(status::TRAP), "store to {address:#x}");
    }
}

fn stores_to_kernel_tables_fault() {
    stores_fault(&[UPAGES, UPAGES + 63 * 4096, UPROCS, UPROCS + 5 * 4096, UFILES, UFILES + 4096]);
    stores_fault(&[UVPML4, UVPT + (UPAGES >> 12 & 0xf_ffff_ffff) * 8, UVPT + (startup().image >> 12) * 8]);
}

fn stores_to_code_and_constants_fault() {
    stores_fault(&[stores_fault as fn(&[u64]) as usize as u64, startup().image, "constant".as_ptr() as u64]);
}

fn data_is_not_executable() {
    let code = Box::new([0xc3u8; 64]);
    let ended = in_child(|| {
        expect_traps();
        hazard::jump(code.as_ptr() as u64, SURVIVED)
    });
    assert_eq!(ended, Ended::Exited(status::TRAP));
}

fn stack_overflow_hits_the_guard_page() {
    fn report(_: &mut TrapFrame) {
        exit(88)
    }
    let ended = in_child(|| {
        set_trap_handler(DOUBLE_FAULT, Some(report));
        hazard::exhaust_stack(0) as u8
    });
    assert_eq!(ended, Ended::Exited(88));
    let ended = in_child(|| {
        set_name("expected");
        hazard::exhaust_stack(0) as u8
    });
    assert_eq!(ended, Ended::Exited(status::TRAP));
}

fn new_pages_are_zero() {
    // Dirty many pages, give them back, and look at those we get next.
    let dirty = || {
        core::hint::black_box(alloc::vec![0xa5u8; 400 * 4096]);
        0
    };
    assert_eq!(in_child(dirty), Ended::Exited(0));
    let start = startup().image + DEMAND_OFFSET;
    for n in 0..400 {
        map_zeroed(start + n * 4096, DATA).expect("a page");
        assert!((0..512).all(|word| hazard::demand_word(n * 512 + word).load(Ordering::Relaxed) == 0), "page {n}");
    }
}

/// Allocates memory in blocks until that fails, or only so many pages are left.
fn fill(block: usize, left: usize) -> Vec<Vec<u8>> {
    let mut blocks = Vec::with_capacity(NPAGE);
    while lists::free_pages().nth(left).is_some() {
        let mut memory = Vec::new();
        match memory.try_reserve_exact(block) {
            Ok(()) => blocks.push(memory),
            Err(_) => break,
        }
    }
    blocks
}

fn fork_and_exec_fail_half_way() {
    let ended = in_child(|| {
        let program = fs::read_all("/bin/sh").expect("there is a shell");
        let blocks = fill(4096, 30);
        let free = lists::free_pages().count();
        assert!((1..=30).contains(&free), "{free} pages left");
        for _ in 0..3 {
            assert_eq!(fork(false), Err(Errno::ENOMEM));
            assert_eq!(exec_file(&program, &["sh"]), Errno::ENOMEM);
        }
        assert_eq!(children(), 0);
        assert_eq!(kernel_tables::check(), Ok(()));
        // The heap may have taken some for lists.
        assert!(lists::free_pages().count() + 8 >= free);
        drop(blocks);
        0
    });
    assert_eq!(ended, Ended::Exited(0));
}

fn out_of_memory() {
    let ended = in_child(|| {
        let blocks = fill(16 * 4096, 0);
        assert!(blocks.len() > 100, "{} blocks", blocks.len());
        // The allocator leaves less than a block; take the rest page by page.
        let start = startup().image + DEMAND_OFFSET;
        let error = (0..512).find_map(|n| map_zeroed(start + n * 4096, DATA).err());
        assert_eq!(error, Some(Errno::ENOMEM));
        assert_eq!(lists::free_pages().count(), 0);
        assert_eq!(fork(false), Err(Errno::ENOMEM));
        assert_eq!(kernel_tables::check(), Ok(()));
        // What is given back can be used again.
        drop(blocks);
        assert!(Vec::<u8>::new().try_reserve_exact(16 * 4096).is_ok());
        0
    });
    assert_eq!(ended, Ended::Exited(0));
}

/// Uses more memory than is free.
fn fill_beyond(dead: u64) {
    let start = startup().image + DEMAND_OFFSET;
    let blocks = fill(4096, 20);
    let mut more = (0..512).map(|n| map_zeroed(start + n * 4096, DATA));
    assert!(more.any(|_| tables::proc(dead).nr_pages == 0));
    drop(blocks);
}

fn pages_of_zombies_are_reused() {
    let ended = in_child(|| {
        let dead = start(|| {
            core::hint::black_box(alloc::vec![1u8; 64 * 4096]);
            9
        });
        yield_until("its end", || !is_alive(dead));
        fill_beyond(dead);
        assert_eq!(tables::proc(dead).nr_pages, 0, "the dead child still has pages");
        // Its status is still there.
        assert_eq!(wait(), Ok((dead, Ended::Exited(9))));
        0
    });
    assert_eq!(ended, Ended::Exited(0));
}
