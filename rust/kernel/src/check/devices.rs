//! Devices: their owners, DMA pages and IOMMU tables, interrupts and I/O ports.

use lv6_abi::layout::DMA_FRAME;
use lv6_abi::limits::{NDEVID, NPAGE, NVECTOR};
use lv6_abi::pte::IOMMU_PERM_MASK;

use super::counted;
use super::procs::{is_live, owns};
use crate::page_table::make_entry;
use crate::state::{KERNEL, Kernel, PageType, Proc, is_pid};

/// A DMA page is free and nobody's, or claimed by a process.
pub(super) fn dma(k: &Kernel) -> bool {
    k.dma.iter().all(|desc| {
        let kind = if desc.owner == 0 { PageType::Free } else { PageType::IommuFrame };
        desc.owner < 64 && desc.kind.is(kind)
    })
}

/// Each process owns as many DMA pages as its counter says.
pub(super) fn dmapages(k: &Kernel) -> bool {
    counted(k, k.dma.iter().map(|desc| desc.owner), |proc| proc.nr_dmapages)
}

/// Only a device that is present has an owner.
pub(super) fn pci(k: &Kernel) -> bool {
    k.pci.iter().all(|slot| slot.owner == 0 || (slot.owner < 64 && slot.present != 0))
}

/// Each process owns as many devices as its counter says.
pub(super) fn devs(k: &Kernel) -> bool {
    counted(k, k.pci.iter().map(|slot| slot.owner), |proc| proc.nr_devs)
}

/// A device without an owner has no root.
pub(super) fn device_blank(k: &Kernel) -> bool {
    k.pci.iter().all(|slot| slot.present <= 1 && (slot.owner != 0 || slot.root == 0))
}

/// A page of the PCI hole belongs only to a device that is present.
pub(super) fn pci_page(k: &Kernel) -> bool {
    k.pci_pages.iter().all(|page| !page.valid || k.pci[page.devid as usize].present == 1)
}

/// The root of a device's tables is an IOMMU root that belongs to the device's owner.
pub(super) fn iommu_root(k: &Kernel) -> bool {
    k.pci.iter().all(|slot| slot.owner == 0 || owns(k, slot.owner, slot.root, PageType::IommuPml4))
}

/// Whether a device may walk tables that `proc` owns.
fn reaches_devices(proc: &Proc) -> bool {
    is_live(proc) || proc.nr_devs != 0
}

/// In the IOMMU tables of a process that is live or has a device, an entry is empty or leads, with permissions to read
/// and write only, to a table of the same owner one level down, or from the last level to a DMA page of the same owner.
pub(super) fn iommu_entries(k: &Kernel) -> bool {
    k.page_desc.iter().zip(&k.pages).all(|(desc, words)| {
        let child = match desc.kind {
            PageType::IommuPml4 => PageType::IommuPdpt,
            PageType::IommuPdpt => PageType::IommuPd,
            PageType::IommuPd => PageType::IommuPt,
            PageType::IommuPt => PageType::IommuFrame,
            _ => return true,
        };
        !reaches_devices(&k.procs[desc.owner as usize])
            || words.iter().all(|&entry| entry == 0 || leads_to(k, desc.owner, entry, child))
    })
}

fn leads_to(k: &Kernel, owner: u64, entry: u64, child: PageType) -> bool {
    let pfn = entry >> 12;
    if make_entry(pfn, entry & IOMMU_PERM_MASK) != entry || pfn < k.base {
        return false;
    }
    let frame = pfn - k.base;
    if !child.is(PageType::IommuFrame) {
        return owns(k, owner, frame, child);
    }
    frame >= DMA_FRAME
        && k.dma
            .get((frame - DMA_FRAME) as usize)
            .is_some_and(|desc| desc.kind.is(PageType::IommuFrame) && desc.owner == owner)
}

fn is_owner(owner: u64) -> bool {
    owner < 64 || owner == KERNEL
}

/// An interrupt vector belongs to a process, or nobody, or the kernel.
pub(super) fn vector(k: &Kernel) -> bool {
    k.vectors.iter().all(|&owner| is_owner(owner))
}

/// Each process has as many interrupt vectors as its counter says.
pub(super) fn vectors(k: &Kernel) -> bool {
    counted(k, k.vectors.iter().copied(), |proc| proc.nr_vectors)
}

/// An active interrupt route joins a device and a vector of the same owner.
pub(super) fn intremap(k: &Kernel) -> bool {
    k.intremaps.iter().all(|route| {
        route.active == 0
            || (route.devid < NDEVID as u64
                && route.vector < NVECTOR as u64
                && is_pid(k.pci[route.devid as usize].owner)
                && k.pci[route.devid as usize].owner == k.vectors[route.vector as usize])
    })
}

/// Each process has as many interrupt routes as its counter says.
pub(super) fn intremaps(k: &Kernel) -> bool {
    let active = k.intremaps.iter().filter(|route| route.active != 0);
    counted(k, active.map(|route| k.pci[route.devid as usize].owner), |proc| proc.nr_intremaps)
}

/// Every number in an interrupt route that is not in use is 0.
pub(super) fn intremap_blank(k: &Kernel) -> bool {
    k.intremaps.iter().all(|route| route.active == 1 || (route.active == 0 && route.devid == 0 && route.vector == 0))
}

/// An I/O port belongs to a process, or nobody, or the kernel.
pub(super) fn port(k: &Kernel) -> bool {
    k.ports.iter().all(|&owner| is_owner(owner))
}

/// Each process has as many I/O ports as its counter says.
pub(super) fn ports(k: &Kernel) -> bool {
    counted(k, k.ports.iter().copied(), |proc| proc.nr_ports)
}

/// Whether `holds(process, its number, first page of its bitmap)` is true of every live process with an I/O bitmap.
fn all_bitmaps(k: &Kernel, holds: impl Fn(&Proc, u64, u64) -> bool) -> bool {
    let mut procs = k.procs.iter().zip(0u64..);
    procs.all(|(proc, pid)| !is_live(proc) || proc.use_io_bitmap == 0 || holds(proc, pid, proc.io_bitmap_a))
}

/// The I/O bitmap of a live process lies in three consecutive pages of its own.
pub(super) fn bitmap(k: &Kernel) -> bool {
    all_bitmaps(k, |proc, pid, a| {
        a < NPAGE as u64 && proc.io_bitmap_b == a + 1 && (a..a + 3).all(|pn| owns(k, pid, pn, PageType::ProcData))
    })
}

/// None of these is the page of the registers or of the control block.
pub(super) fn apart(k: &Kernel) -> bool {
    all_bitmaps(k, |proc, _, a| !(a..a + 3).contains(&proc.stack) && !(a..a + 3).contains(&proc.hvm))
}

/// A bit in the I/O bitmap of a live process is clear if and only if the process owns that port: each clear bit is that
/// of a port of its own, and there are as many of these as of clear bits.
pub(super) fn bits(k: &Kernel) -> bool {
    all_bitmaps(k, |proc, pid, a| {
        let words = k.pages[a as usize].iter().chain(&k.pages[a as usize + 1]);
        let mut clear = words.zip(k.ports.chunks(64)).filter(|(word, _)| **word != u64::MAX);
        let mut count = 0;
        clear.all(|(word, ports)| {
            count += u64::from(word.count_zeros());
            ports.iter().enumerate().all(|(bit, &owner)| word >> bit & 1 == 1 || owner == pid)
        }) && count == proc.nr_ports
    })
}

/// The third page, which the processor reads for an access that begins at the last port and ends beyond it, is full of
/// ones.
pub(super) fn last(k: &Kernel) -> bool {
    all_bitmaps(k, |_, _, a| k.pages[a as usize + 2] == [u64::MAX; 512])
}

/// A live process without a bitmap owns no port.
pub(super) fn owner(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| !is_live(proc) || proc.use_io_bitmap != 0 || proc.nr_ports == 0)
}

/// A process without a bitmap names no pages for it.
pub(super) fn bitmap_blank(k: &Kernel) -> bool {
    k.procs.iter().all(|proc| match proc.use_io_bitmap {
        0 => proc.io_bitmap_a == 0 && proc.io_bitmap_b == 0,
        n => n == 1,
    })
}
