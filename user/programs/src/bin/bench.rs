//! `bench [ROUNDS]`: what a system call, a page fault and changing a page's permissions cost.
//!
//! The four measurements are hv6's, which took them from Dune's, with the same counts and in the same words, so that
//! results can be laid side by side. The last two are from Appel and Li, "Virtual memory primitives for user programs":
//! what a garbage collector does with pages.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use core::sync::atomic::{AtomicU64, Ordering};

use lv6_abi::startup::DEMAND_OFFSET;
use lv6_ulib::errno::Errno;
use lv6_ulib::memory::{DATA, map_zeroed};
use lv6_ulib::process::status;
use lv6_ulib::sys::call::must_fail;
use lv6_ulib::sys::entry::startup;
use lv6_ulib::sys::hazard::{demand_word, protect_demand_page};
use lv6_ulib::sys::regs::{serialize, timestamp, timestamp_after};
use lv6_ulib::sys::trap::PAGE_FAULT;
use lv6_ulib::{Args, TrapFrame, cli, println, set_trap_handler};

lv6_ulib::program!(program);

const USAGE: &str = " [ROUNDS]";
/// How often each measurement is made, unless the command line says otherwise.
const ROUNDS: u64 = 10_000;
/// Pages that are stored to in each round. There are as many again that change their permissions only.
const PAGES: u64 = 100;
/// A number that is no system call's.
const NO_CALL: u64 = 0;

/// When the store began that is about to fault.
static STORE: AtomicU64 = AtomicU64::new(0);
/// Cycles from stores to handlers, in this round.
static FAULTS: AtomicU64 = AtomicU64::new(0);

fn program(args: Args) -> u8 {
    let rounds = match cli::operands(args, 1, USAGE) {
        Ok(operands) => match operands.first().map(|text| text.parse::<u64>()) {
            None => ROUNDS,
            Some(Ok(rounds @ 1..)) => rounds,
            Some(_) => return cli::refuse(args, "not a number of rounds", operands[0], USAGE),
        },
        Err(code) => return code,
    };
    println!("Starting benchmark...");
    let overhead = clock_overhead();
    println!("TSC overhead is {overhead}");
    println!("Benchmarking lv6 performance...");
    println!("System call took {} cycles", system_call(rounds, overhead));
    if let Err(error) = map_pages() {
        println!("bench: cannot map {} pages: {error}", 2 * PAGES);
        return status::FAILED;
    }
    let (fault, appel1) = protect_one(rounds, overhead);
    println!("User fault took {fault} cycles");
    println!("PROT1,TRAP,UNPROT took {appel1} cycles");
    println!("PROTN,TRAP,UNPROT took {} cycles", protect_all(rounds, overhead));
    status::OK
}

/// What reading the clock twice takes: the least that was seen.
fn clock_overhead() -> u64 {
    let once = || {
        serialize();
        let start = timestamp();
        timestamp_after() - start
    };
    (0..ROUNDS).map(|_| once()).min().unwrap_or_default()
}

/// Cycles of a system call that does nothing.
fn system_call(rounds: u64, overhead: u64) -> u64 {
    serialize();
    let start = timestamp();
    for _ in 0..rounds {
        must_fail(NO_CALL, [0; 6]);
    }
    (timestamp_after() - start).saturating_sub(overhead) / rounds
}

/// Maps the pages, writable.
fn map_pages() -> Result<(), Errno> {
    let first = startup().image + DEMAND_OFFSET;
    (0..2 * PAGES).try_for_each(|page| map_zeroed(first + page * 4096, DATA))
}

/// Allows or forbids stores to so many pages.
fn protect(pages: u64, writable: bool) {
    (0..pages).for_each(|page| protect_one_page(page, writable));
}

fn protect_one_page(page: u64, writable: bool) {
    protect_demand_page(page, writable).expect("the page is mapped");
}

/// Stores to the first word of a page.
fn store(page: u64) {
    demand_word(page * 512).store(page, Ordering::Relaxed);
}

/// The number of the page that a fault was about.
fn faulting_page(frame: &TrapFrame) -> u64 {
    (frame.fault_address() - startup().image - DEMAND_OFFSET) / 4096
}

/// Allows the store that faulted, and forbids one to another page.
fn allow_and_forbid(frame: &mut TrapFrame) {
    let arrived = timestamp_after();
    FAULTS.fetch_add(arrived - STORE.load(Ordering::Relaxed), Ordering::Relaxed);
    let page = faulting_page(frame);
    protect_one_page(page, true);
    protect_one_page(page + PAGES, false);
}

/// Cycles from a store to the first instruction of the fault's handler; and cycles of a round of stores, for each of
/// which the handler allows it and forbids another.
fn protect_one(rounds: u64, overhead: u64) -> (u64, u64) {
    set_trap_handler(PAGE_FAULT, Some(allow_and_forbid));
    let (mut faults, mut total) = (0, 0);
    for _ in 0..rounds {
        protect(PAGES, false);
        FAULTS.store(0, Ordering::Relaxed);
        serialize();
        let start = timestamp();
        for page in 0..PAGES {
            STORE.store(timestamp(), Ordering::Relaxed);
            store(page);
        }
        total += (timestamp_after() - start).saturating_sub(overhead);
        faults += FAULTS.load(Ordering::Relaxed).saturating_sub(overhead * PAGES) / PAGES;
    }
    (faults / rounds, total / rounds)
}

/// Allows the store that faulted.
fn allow(frame: &mut TrapFrame) {
    protect_one_page(faulting_page(frame), true);
}

/// Cycles of a round in which stores to all pages are forbidden, and then each is made and allowed by the handler.
fn protect_all(rounds: u64, overhead: u64) -> u64 {
    set_trap_handler(PAGE_FAULT, Some(allow));
    let mut total = 0;
    for _ in 0..rounds {
        protect(2 * PAGES, true);
        (0..2 * PAGES).for_each(store);
        serialize();
        let start = timestamp();
        protect(PAGES, false);
        (0..PAGES).for_each(store);
        total += (timestamp_after() - start).saturating_sub(overhead);
    }
    total / rounds
}
