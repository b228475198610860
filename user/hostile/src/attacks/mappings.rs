//! Writing to the kernel's tables through the mappings that every process has of them.

use lv6_abi::layout::{DEVICE_FRAMES, FILE_FRAMES, PAGE_DESC_FRAMES, PROC_FRAMES};
use lv6_abi::startup::{UDEVS, UFILES, UPAGES, UPROCS, UVPD, UVPDPT, UVPML4};
use lv6_ulib::paging::entry_address;
use lv6_ulib::sys::attack;
use lv6_ulib::sys::entry::startup;

use super::{Case, many};
use crate::stopped::Stopped::{Killed, Trapped};

/// The kernel's tables: where they are mapped, and how many pages.
const TABLES: [(u64, u64); 4] =
    [(UPAGES, PAGE_DESC_FRAMES), (UPROCS, PROC_FRAMES), (UFILES, FILE_FRAMES), (UDEVS, DEVICE_FRAMES)];
/// Pages of all of them.
const PAGES: u64 = PAGE_DESC_FRAMES + PROC_FRAMES + FILE_FRAMES + DEVICE_FRAMES;
/// Page tables in the self map: the root as a table of each level, and one of each level below it.
const OWN: u64 = 8;
/// One page of each table.
const SOME: u64 = TABLES.len() as u64 + OWN;

const PAGE_FAULT: crate::stopped::Stopped = Trapped(14);

/// The attacks of this file.
pub const CASES: &[Case] = &[
    many("write_each_page_of_the_tables", PAGES, PAGE_FAULT, |n, _| attack::store(page(n))),
    many("write_own_page_tables", OWN, PAGE_FAULT, |n, _| attack::store(own(n))),
    many("exchange_in_tables", SOME, PAGE_FAULT, |n, _| attack::exchange(some(n))),
    many("set_bit_in_tables", SOME, PAGE_FAULT, |n, _| attack::set_bit(some(n))),
    many("exchange_sixteen_in_tables", SOME, PAGE_FAULT, |n, _| attack::exchange_sixteen(some(n))),
    many("fill_tables", SOME, PAGE_FAULT, |n, _| attack::fill(some(n), 4096)),
    many("write_descriptor_to_tables", SOME, PAGE_FAULT, |n, _| attack::store_descriptor(some(n))),
    many("write_floating_point_to_tables", SOME, PAGE_FAULT, |n, _| attack::store_floating_point(some(n))),
    many("write_without_write_protection", PAGES, Killed("exit CR0_WRITE "), |n, _| {
        attack::unprotect_and_store(page(n))
    }),
    many("write_own_page_tables_without_write_protection", OWN, Killed("exit CR0_WRITE "), |n, _| {
        attack::unprotect_and_store(own(n))
    }),
    many("execute_tables", SOME, PAGE_FAULT, |n, _| attack::jump(some(n))),
];

/// Address in page `n` of all tables.
fn page(mut n: u64) -> u64 {
    for (start, frames) in TABLES {
        if n < frames {
            return start + n * 4096 + 64;
        }
        n -= frames;
    }
    unreachable!("there are {PAGES} pages")
}

/// Address of an entry in a page table of this process.
fn own(n: u64) -> u64 {
    let image = startup().image;
    [
        entry_address(image, 1),
        entry_address(image, 2),
        entry_address(image, 3),
        entry_address(image, 4),
        entry_address(UPROCS, 1),
        UVPD + 8 * 512 * 272,
        UVPDPT + 8 * 272,
        UVPML4,
    ][n as usize]
}

/// Address in one page of each table, for stores of sixteen bytes.
fn some(n: u64) -> u64 {
    TABLES.get(n as usize).map_or_else(|| own(n - TABLES.len() as u64) & !15, |(start, _)| *start)
}
