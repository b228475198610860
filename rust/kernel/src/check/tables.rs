//! Pages of RAM and the page tables of processes.

use lv6_abi::layout::{
    DEVICE_FRAME, DEVICE_FRAMES, DMA_FRAME, FILE_FRAME, FILE_FRAMES, PAGE_DESC_FRAME, PAGE_DESC_FRAMES, PCI_END_FRAME,
    PCI_START_FRAME, PROC_FRAME, PROC_FRAMES,
};
use lv6_abi::limits::{NDMAPAGE, NPAGE};
use lv6_abi::pte::{PTE_A, PTE_ADDR, PTE_D, PTE_P, PTE_PERM_MASK, PTE_W};

use super::procs::{is_live, owns};
use super::{Set, counted};
use crate::page_table::entry_pfn;
use crate::state::{Kernel, PageType, is_pn};

/// Page 0, and no other, is reserved.
pub(super) fn reserved(k: &Kernel) -> bool {
    k.page_desc.iter().zip(0u64..).all(|(desc, pn)| desc.kind.is(PageType::Reserved) == (pn == 0))
}

/// Exactly the free pages and the reserved one have no owner.
pub(super) fn owner(k: &Kernel) -> bool {
    k.page_desc.iter().all(|desc| {
        let nobody = desc.kind.is(PageType::Free) || desc.kind.is(PageType::Reserved);
        desc.owner < 64 && (desc.owner == 0) == nobody
    })
}

/// Each process owns as many pages as its counter says.
pub(super) fn pages(k: &Kernel) -> bool {
    counted(k, k.page_desc.iter().map(|desc| desc.owner), |proc| proc.nr_pages)
}

/// What lies at a page frame number.
enum Target {
    Page(u64),
    Dma(u64),
    Table,
    Pci(u64),
    Other,
}

fn target(k: &Kernel, pfn: u64) -> Target {
    if (PCI_START_FRAME..PCI_END_FRAME).contains(&pfn) {
        return Target::Pci(pfn - PCI_START_FRAME);
    }
    let within = |frame: u64, first: u64, len: u64| frame >= first && frame - first < len;
    if pfn < k.base {
        return Target::Other;
    }
    let frame = pfn - k.base;
    if is_pn(frame) {
        Target::Page(frame)
    } else if within(frame, DMA_FRAME, NDMAPAGE as u64) {
        Target::Dma(frame - DMA_FRAME)
    } else if within(frame, PAGE_DESC_FRAME, PAGE_DESC_FRAMES)
        || within(frame, PROC_FRAME, PROC_FRAMES)
        || within(frame, FILE_FRAME, FILE_FRAMES)
        || within(frame, DEVICE_FRAME, DEVICE_FRAMES)
    {
        Target::Table
    } else {
        Target::Other
    }
}

/// The type of what an entry of a table of type `kind` points at; `None` if `kind` is not a table of a process.
fn child_kind(kind: PageType) -> Option<PageType> {
    match kind {
        PageType::X86Pml4 => Some(PageType::X86Pdpt),
        PageType::X86Pdpt => Some(PageType::X86Pd),
        PageType::X86Pd => Some(PageType::X86Pt),
        PageType::X86Pt => Some(PageType::Frame),
        _ => None,
    }
}

/// Whether `holds(table, child type, entry)` is true of every present entry of every table of a live process.
fn all_entries(k: &Kernel, mut holds: impl FnMut(u64, PageType, u64) -> bool) -> bool {
    k.page_desc.iter().zip(0u64..).all(|(desc, table)| match child_kind(desc.kind) {
        Some(child) if is_live(&k.procs[desc.owner as usize]) => {
            k.pages[table as usize].iter().all(|&entry| entry & PTE_P == 0 || holds(table, child, entry))
        }
        _ => true,
    })
}

/// An entry maps, with permissions that a process may choose, one of these: a page of the same owner one level down;
/// the root table itself or an exported kernel table, read-only; a DMA page or a PCI page of the same owner, read-only
/// if it is configuration space. The last three kinds stand in level-1 tables.
pub(super) fn entries(k: &Kernel) -> bool {
    all_entries(k, |table, child, entry| {
        let owner = k.page_desc[table as usize].owner;
        let in_pt = child.is(PageType::Frame);
        if entry & !(PTE_PERM_MASK | PTE_ADDR | PTE_A | PTE_D) != 0 {
            return false;
        }
        match target(k, entry_pfn(entry)) {
            Target::Page(pn) if pn == table => child.is(PageType::X86Pdpt) && entry & PTE_W == 0,
            Target::Page(pn) => owns(k, owner, pn, child),
            Target::Table => in_pt && entry & PTE_W == 0,
            Target::Dma(n) => {
                let desc = &k.dma[n as usize];
                in_pt && desc.kind.is(PageType::IommuFrame) && desc.owner == owner
            }
            Target::Pci(n) => {
                let page = k.pci_pages[n as usize];
                let allowed = !page.config || entry & PTE_W == 0;
                in_pt && allowed && page.valid && k.pci[page.devid as usize].owner == owner
            }
            Target::Other => false,
        }
    })
}

/// A page is mapped by at most one entry of all tables of live processes, not counting a root table's entry for itself.
pub(super) fn unique(k: &Kernel) -> bool {
    let mut seen = Set::<{ NPAGE / 64 }>::new();
    all_entries(k, |table, _, entry| match target(k, entry_pfn(entry)) {
        Target::Page(pn) if pn != table => seen.insert(pn),
        _ => true,
    })
}
