//! Steps on page tables and frames.

use lv6_abi::pte::{PTE_NX, PTE_P, PTE_PERM_MASK, PTE_U, PTE_W};
use lv6_abi::syscall::*;
use lv6_kernel::page_table::entry_pfn;
use lv6_kernel::state::{Kernel, PageType, is_pn};

use super::{Generator, call};
use crate::machine::{DEVICES, ECAM_FRAME};
use crate::step::Step;

/// Slots of a table that are used most, so that walks meet tables that exist.
const BUSY_SLOTS: u64 = 4;

/// Where a walk ended: a table of the given level (4 is the root), a slot in it, and what stands there.
struct Place {
    level: u64,
    table: u64,
    index: u64,
    entry: u64,
}

/// The page that an entry maps, as a number that may be out of range.
fn entry_page(k: &Kernel, entry: u64) -> u64 {
    entry_pfn(entry).wrapping_sub(k.base)
}

impl Generator {
    /// Walks from the root of `pid` along random slots as far as there are tables.
    fn walk(&mut self, k: &Kernel, pid: u64) -> Place {
        let mut table = k.procs[pid as usize].page_table_root;
        let mut level = 4;
        loop {
            let index = self.random.below(BUSY_SLOTS);
            let entry = k.pages[table as usize][index as usize];
            let next = entry_page(k, entry);
            let stops = level == 1 || entry & PTE_P == 0 || !is_pn(next) || next == table || self.random.one_in(40);
            if stops {
                return Place { level, table, index, entry };
            }
            table = next;
            level -= 1;
        }
    }

    fn perm(&mut self) -> u64 {
        match self.random.below(12) {
            0..8 => PTE_P | PTE_W | PTE_U,
            8..10 => PTE_P | PTE_U | PTE_NX,
            10 => self.random.word() & PTE_PERM_MASK | PTE_P,
            _ => self.random.word(),
        }
    }

    pub(super) fn table_step(&mut self, k: &Kernel) -> Step {
        let pid = self.target(k);
        let place = self.walk(k, pid);
        if place.entry & PTE_P == 0 { self.fill(k, pid, &place) } else { self.change(k, pid, &place) }
    }

    /// A call that puts something into an empty slot.
    fn fill(&mut self, k: &Kernel, pid: u64, place: &Place) -> Step {
        let Place { level, table, index, .. } = *place;
        let perm = self.perm();
        let read_only = if self.random.one_in(16) { perm } else { perm & !PTE_W };
        if level == 4 && self.random.one_in(8) {
            return call(SYS_MAP_PML4, [pid, index, read_only]);
        }
        if level == 1 && self.random.one_in(3) {
            let (nr, len) = self.random.pick(&[
                (SYS_MAP_PAGE_DESC, 64),
                (SYS_MAP_PROC, 6),
                (SYS_MAP_DEV, 2),
                (SYS_MAP_FILE, 2),
                (SYS_MAP_PCIPAGE, 0),
                (SYS_MAP_IOMMU_FRAME, 0),
            ]);
            return match nr {
                SYS_MAP_PCIPAGE => call(nr, [table, index, self.pci_page(), perm]),
                SYS_MAP_IOMMU_FRAME => {
                    let known = &self.dma_pages[k.current as usize];
                    let page = if known.is_empty() { 0 } else { u64::from(self.random.pick(known)) };
                    call(nr, [table, index, page, perm])
                }
                _ => call(nr, [pid, table, index, self.random.below(len), read_only]),
            };
        }
        let page = self.free_page(k);
        call(SYS_ALLOC_PDPT + 4 - level, [pid, table, index, page, perm])
    }

    fn pci_page(&mut self) -> u64 {
        if self.random.one_in(2) {
            ECAM_FRAME - 0xa0000 + self.random.pick(&DEVICES)
        } else {
            0xfe000 - 0xa0000 + self.random.below(20)
        }
    }

    /// A step on what stands in a slot.
    fn change(&mut self, k: &Kernel, pid: u64, place: &Place) -> Step {
        let Place { level, table, index, entry } = *place;
        let page = entry_page(k, entry);
        if level > 1 {
            return match self.random.below(3) {
                0 => call(SYS_FREE_PDPT + 4 - level, [table, index, page]),
                _ => Step::Mark(table, index),
            };
        }
        match self.random.below(7) {
            0 => call(SYS_FREE_FRAME, [table, index, page]),
            1 | 2 => call(SYS_PROTECT_FRAME, [table, index, page, self.perm()]),
            3 | 4 => {
                let from = self.find_page(k, k.current, PageType::Frame).unwrap_or(page);
                let to = self.find_page(k, pid, PageType::Frame).unwrap_or(page);
                call(SYS_COPY_FRAME, [from, pid, to])
            }
            5 => Step::Mark(table, index),
            _ => Step::Store(page, self.random.below(512), self.random.word()),
        }
    }
}
