//! Page-table entries that would point at memory which is not the process's, by every call that writes one.

use lv6_abi::layout::{PCI_START_FRAME, SHARED_FRAMES};
use lv6_abi::limits::{NPAGE, PAGE_WORDS};
use lv6_abi::pte::PTE_PERM_MASK;
use lv6_abi::syscall::*;
use lv6_kernel::state::PageType;
use lv6_ulib::memory::{CONST, DATA, TABLE, root_page};
use lv6_ulib::paging::frame_of;
use lv6_ulib::process::{find_free_pid, getpid, status};
use lv6_ulib::sys::call::must_fail;
use lv6_ulib::sys::entry::startup;
use lv6_ulib::sys::tables::{base, entry, page_desc, page_of_frame, proc};

use super::{Case, once};
use crate::stopped::Stopped::Refused;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("map_pages_in_use", Refused, pages_in_use),
    once("map_frames_beyond_the_pages", Refused, beyond_the_pages),
    once("map_with_each_bad_permission", Refused, permissions),
    once("map_tables_beyond_their_end", Refused, beyond_the_tables),
    once("map_tables_writable", Refused, tables_writable),
    once("map_into_tables_of_others", Refused, into_others),
    once("unprotect_what_is_no_memory", Refused, unprotect),
    once("copy_over_what_is_no_memory", Refused, copy_over),
    once("registers_and_bitmaps_in_pages_in_use", Refused, kernel_pages),
    once("map_devices_of_others", Refused, devices),
];

/// What this process has: pages of each kind.
struct Own {
    pid: u64,
    /// Its tables, from the root down, and a frame.
    tables: [u64; 4],
    frame: u64,
    /// A slot that is free in each table.
    free_slot: u64,
}

/// The calls that add a page to a table, from the root down.
const ADDING: [u64; 4] = [SYS_ALLOC_PDPT, SYS_ALLOC_PD, SYS_ALLOC_PT, SYS_ALLOC_FRAME];
/// The calls that map the kernel's tables.
const MAPPING: [u64; 4] = [SYS_MAP_PAGE_DESC, SYS_MAP_PROC, SYS_MAP_DEV, SYS_MAP_FILE];

fn own() -> Own {
    let image = startup().image;
    let page = |level| entry(image, level).and_then(|e| page_of_frame(frame_of(e))).expect("the image is mapped");
    let tables = [root_page(), page(4), page(3), page(2)];
    Own { pid: getpid(), tables, frame: page(1), free_slot: PAGE_WORDS as u64 - 2 }
}

/// A call that must be refused; if it is not, the process dies at once.
pub(super) fn refused<const N: usize>(nr: u64, args: [u64; N]) {
    let mut all = [0; 6];
    all[..N].copy_from_slice(&args);
    must_fail(nr, all);
}

/// Pages that are not free, whoever has them.
pub(super) fn in_use() -> impl Iterator<Item = u64> {
    (0..NPAGE as u64).filter(|&pn| !page_desc(pn).kind.is(PageType::Free))
}

/// Numbers of pages that are none: those that would be the kernel's tables, its code, the hole for devices, and the ends.
pub(super) fn no_pages() -> impl Iterator<Item = u64> {
    let at = |frame: u64| frame.wrapping_sub(base());
    let shared = NPAGE as u64..SHARED_FRAMES + 600;
    let kernel = at(0x1000)..at(0x1000) + 600;
    let bits = (13..64).map(|bit| 1 << bit);
    shared.chain(kernel).chain(bits).chain([at(0), at(PCI_START_FRAME), at(0xfee00), u64::MAX, u64::MAX - 1])
}

fn pages_in_use(_: u64, _: u64) -> u8 {
    let own = own();
    for (nr, table) in ADDING.into_iter().zip(own.tables) {
        in_use().for_each(|pn| refused(nr, [own.pid, table, own.free_slot, pn, DATA]));
    }
    status::OK
}

fn beyond_the_pages(_: u64, _: u64) -> u8 {
    let own = own();
    for (nr, table) in ADDING.into_iter().zip(own.tables) {
        no_pages().for_each(|pn| refused(nr, [own.pid, table, own.free_slot, pn, DATA]));
        let free = page_desc(0).free_prev;
        no_pages().for_each(|pn| refused(nr, [own.pid, pn, own.free_slot, free, DATA]));
        for bit in 9..64 {
            refused(nr, [own.pid, table, own.free_slot | 1 << bit, free, DATA]);
        }
    }
    status::OK
}

/// Bits that are no permission would be part of the frame's number, make a large page, or keep a translation.
fn permissions(_: u64, peer: u64) -> u8 {
    let own = own();
    let free = page_desc(0).free_prev;
    let secret = (base() + proc(peer).page_table_root) << 12;
    let bad = (0..64).map(|bit| 1 << bit).filter(|bit| bit & PTE_PERM_MASK == 0).chain([secret, 0x100_0000]);
    for bits in bad {
        for (nr, table) in ADDING.into_iter().zip(own.tables) {
            refused(nr, [own.pid, table, own.free_slot, free, TABLE | bits]);
        }
        for nr in MAPPING {
            refused(nr, [own.pid, own.tables[3], own.free_slot, 0, CONST | bits]);
        }
        refused(SYS_MAP_PML4, [own.pid, own.free_slot, CONST | bits]);
        refused(SYS_PROTECT_FRAME, [own.tables[3], 0, own.frame, DATA | bits]);
    }
    status::OK
}

fn beyond_the_tables(_: u64, _: u64) -> u8 {
    let own = own();
    for (nr, len) in MAPPING.into_iter().zip([64, 6, 2, 2]) {
        for n in
            (len..len + 10_000).chain((13..64).map(|bit| 1 << bit)).chain((1..10_000).map(|n: u64| n.wrapping_neg()))
        {
            refused(nr, [own.pid, own.tables[3], own.free_slot, n, CONST]);
        }
    }
    status::OK
}

fn tables_writable(_: u64, _: u64) -> u8 {
    let own = own();
    for (nr, len) in MAPPING.into_iter().zip([64, 6, 2, 2]) {
        (0..len).for_each(|n| refused(nr, [own.pid, own.tables[3], own.free_slot, n, DATA]));
    }
    (0..PAGE_WORDS as u64).for_each(|slot| refused(SYS_MAP_PML4, [own.pid, slot, DATA]));
    status::OK
}

/// Tables that are another process's, or no tables of that level.
fn into_others(_: u64, peer: u64) -> u8 {
    let own = own();
    let free = page_desc(0).free_prev;
    for (nr, right) in ADDING.into_iter().zip(own.tables) {
        for table in in_use().filter(|&pn| pn != right && page_desc(pn).owner != own.pid) {
            refused(nr, [own.pid, table, own.free_slot, free, DATA]);
            refused(nr, [peer, table, own.free_slot, free, DATA]);
        }
    }
    for nr in MAPPING {
        for table in in_use().filter(|&pn| page_desc(pn).owner != own.pid || !page_desc(pn).kind.is(PageType::X86Pt)) {
            refused(nr, [own.pid, table, own.free_slot, 0, CONST]);
        }
    }
    refused(SYS_MAP_PML4, [peer, own.free_slot, CONST]);
    status::OK
}

/// Makes a kernel table or a page table writable, or someone else's page.
fn unprotect(_: u64, _: u64) -> u8 {
    let own = own();
    for pn in in_use().filter(|&pn| pn != own.frame) {
        refused(SYS_PROTECT_FRAME, [own.tables[3], 0, pn, DATA]);
    }
    no_pages().for_each(|pn| refused(SYS_PROTECT_FRAME, [own.tables[3], 0, pn, DATA]));
    for table in in_use().filter(|&pn| pn != own.tables[3] && !page_desc(pn).kind.is(PageType::X86Pt)) {
        (0..8).for_each(|slot| refused(SYS_PROTECT_FRAME, [table, slot, own.frame, DATA]));
    }
    status::OK
}

/// Has the kernel copy over a table or control block, or read someone else's memory.
fn copy_over(_: u64, peer: u64) -> u8 {
    let own = own();
    let memory = |pn: u64| page_desc(pn).owner == own.pid && page_desc(pn).kind.is(PageType::Frame);
    for pn in in_use().filter(|&pn| !memory(pn)).chain(no_pages()) {
        refused(SYS_COPY_FRAME, [own.frame, own.pid, pn]);
        refused(SYS_COPY_FRAME, [own.frame, peer, pn]);
        refused(SYS_COPY_FRAME, [pn, own.pid, own.frame]);
        refused(SYS_RECV, [peer, pn, u64::MAX]);
        for nr in [SYS_DEBUG_READ_CONSOLE, SYS_DEBUG_DMESG] {
            refused(nr, [base().wrapping_add(pn) << 12, 4096, 0]);
        }
    }
    status::OK
}

/// Gives the kernel pages in use for registers, control blocks and permission maps, which it would write to.
fn kernel_pages(_: u64, _: u64) -> u8 {
    let pid = find_free_pid().expect("a slot is free");
    let free = page_desc(0).free_prev;
    let other = page_desc(free).free_prev;
    for pn in in_use().chain(no_pages()) {
        refused(SYS_CLONE, [pid, pn, free, other]);
        refused(SYS_CLONE, [pid, free, pn, other]);
        refused(SYS_CLONE, [pid, free, other, pn]);
        refused(SYS_ALLOC_IO_BITMAP, [pn, pn.wrapping_add(1), pn.wrapping_add(2)]);
        refused(SYS_ALLOC_IO_BITMAP, [pn.wrapping_sub(1), pn, pn.wrapping_add(1)]);
        refused(SYS_ALLOC_IO_BITMAP, [pn.wrapping_sub(2), pn.wrapping_sub(1), pn]);
        refused(SYS_RECLAIM_PAGE, [pn]);
    }
    status::OK
}

/// Registers of devices and memory for them, none of which is this process's.
fn devices(_: u64, _: u64) -> u8 {
    let own = own();
    let free = page_desc(0).free_prev;
    let holes = (0..0x10_0000 - PCI_START_FRAME).step_by(61);
    for page in holes.chain((19..64).map(|bit| 1 << bit)).chain([0x1000u64.wrapping_sub(PCI_START_FRAME)]) {
        refused(SYS_MAP_PCIPAGE, [own.tables[3], own.free_slot, page, DATA]);
    }
    for page in (0..600).chain((9..64).map(|bit| 1 << bit)) {
        refused(SYS_MAP_IOMMU_FRAME, [own.tables[3], own.free_slot, page, DATA]);
        refused(SYS_ALLOC_IOMMU_FRAME, [own.tables[3], own.free_slot, page, 3]);
    }
    for table in in_use().filter(|&pn| page_desc(pn).kind.code() < PageType::IommuPml4.code()) {
        for nr in [SYS_ALLOC_IOMMU_PDPT, SYS_ALLOC_IOMMU_PD, SYS_ALLOC_IOMMU_PT] {
            refused(nr, [table, own.free_slot, free, 3]);
        }
    }
    status::OK
}
