//! Devices: their owners, DMA pages and IOMMU tables, interrupts and I/O ports.

use lv6_abi::limits::{NDEVID, NPORT, NVECTOR};
use lv6_abi::pte::IOMMU_PERM_MASK;

use super::counted;
use super::procs::{is_live, owns};
use crate::page_table::make_entry;
use crate::state::{KERNEL, Kernel, PageType, Proc, is_pid, is_pn};

/// A DMA page is free and nobody's, or claimed by a process, and each process has as many as its counter says.
pub(super) fn dma(k: &Kernel) -> bool {
    k.dma.iter().all(|desc| {
        if desc.owner == 0 { desc.kind.is(PageType::Free) } else { desc.kind.is(PageType::IommuFrame) }
    }) && counted(k, k.dma.iter().map(|desc| desc.owner), |proc| proc.nr_dmapages)
}

/// Only a device that is present has an owner, one without has no root, and each process has as many devices as its
/// counter says.
pub(super) fn devices(k: &Kernel) -> bool {
    k.pci.iter().all(|slot| {
        if slot.owner == 0 { slot.root == 0 && slot.present <= 1 } else { slot.present == 1 }
    }) && counted(k, k.pci.iter().map(|slot| slot.owner), |proc| proc.nr_devs)
}

/// The root of a device's tables is an IOMMU root that belongs to the device's owner.
pub(super) fn device_root(k: &Kernel) -> bool {
    k.pci.iter().all(|slot| slot.owner == 0 || owns(k, slot.owner, slot.root, PageType::IommuPml4))
}

/// A page of the PCI hole belongs only to a device that is present.
pub(super) fn pci_pages(k: &Kernel) -> bool {
    k.pci_pages.iter().all(|page| !page.valid || k.pci[page.devid as usize].present == 1)
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
        if !reaches_devices(&k.procs[desc.owner as usize]) {
            return true;
        }
        words.iter().all(|&entry| entry == 0 || leads_to(k, desc.owner, entry, child))
    })
}

fn leads_to(k: &Kernel, owner: u64, entry: u64, child: PageType) -> bool {
    let perm = entry & IOMMU_PERM_MASK;
    let pfn = entry >> 12;
    if make_entry(pfn, perm) != entry || pfn < k.base {
        return false;
    }
    let frame = pfn - k.base;
    if !child.is(PageType::IommuFrame) {
        return owns(k, owner, frame, child);
    }
    let first = lv6_abi::layout::DMA_FRAME;
    frame >= first
        && (frame - first) < k.dma.len() as u64
        && k.dma[(frame - first) as usize].kind.is(PageType::IommuFrame)
        && k.dma[(frame - first) as usize].owner == owner
}

/// What no process can own counts as nobody's.
fn claimable(owner: &u64) -> u64 {
    if *owner == KERNEL { 0 } else { *owner }
}

/// Each process has as many interrupt vectors as its counter says.
pub(super) fn vectors(k: &Kernel) -> bool {
    counted(k, k.vectors.iter().map(claimable), |proc| proc.nr_vectors)
}

/// An active interrupt route joins a device and a vector of the same owner, an inactive one is blank, and each process
/// has as many routes as its counter says.
pub(super) fn intremaps(k: &Kernel) -> bool {
    let owner = |devid: u64| k.pci[devid as usize].owner;
    k.intremaps.iter().all(|route| match route.active {
        0 => route.devid == 0 && route.vector == 0,
        1 => {
            route.devid < NDEVID as u64
                && route.vector < NVECTOR as u64
                && is_pid(owner(route.devid))
                && owner(route.devid) == k.vectors[route.vector as usize]
        }
        _ => false,
    }) && counted(k, k.intremaps.iter().filter(|route| route.active == 1).map(|route| owner(route.devid)), |proc| {
        proc.nr_intremaps
    })
}

/// Each process has as many I/O ports as its counter says.
pub(super) fn ports(k: &Kernel) -> bool {
    counted(k, k.ports.iter().map(claimable), |proc| proc.nr_ports)
}

/// The I/O bitmap of a live process is three consecutive pages of its own, which are not those of its registers or
/// control block; a process without one names no pages for it.
pub(super) fn io_bitmap(k: &Kernel) -> bool {
    k.procs.iter().zip(0u64..).all(|(proc, pid)| {
        let a = proc.io_bitmap_a;
        let in_bitmap = |pn: u64| pn >= a && pn - a < 3;
        match proc.use_io_bitmap {
            0 => a == 0 && proc.io_bitmap_b == 0,
            1 if is_live(proc) => {
                is_pn(a)
                    && proc.io_bitmap_b == a + 1
                    && (a..a + 3).all(|pn| owns(k, pid, pn, PageType::ProcData))
                    && !in_bitmap(proc.stack)
                    && !in_bitmap(proc.hvm)
            }
            n => n == 1,
        }
    })
}

/// A bit in the I/O bitmap of a live process is clear if and only if the process owns that port. The third page, which
/// the processor reads for an access that straddles the end, has no clear bit.
pub(super) fn port_bits(k: &Kernel) -> bool {
    let owned_are_clear = (0..NPORT).all(|port| {
        let owner = claimable(&k.ports[port]);
        let proc = &k.procs[owner as usize];
        owner == 0
            || !is_live(proc)
            || (proc.use_io_bitmap == 1 && {
                let page = proc.io_bitmap_a as usize + port / 32768;
                k.pages[page][port % 32768 / 64] >> (port % 64) & 1 == 0
            })
    });
    owned_are_clear
        && k.procs.iter().all(|proc| {
            proc.use_io_bitmap == 0 || !is_live(proc) || {
                let a = proc.io_bitmap_a as usize;
                let clear = |words: &[u64]| words.iter().map(|word| u64::from(word.count_zeros())).sum::<u64>();
                clear(k.pages[a].as_slice()) + clear(k.pages[a + 1].as_slice()) == proc.nr_ports
                    && clear(k.pages[a + 2].as_slice()) == 0
            }
        })
}
