//! Devices, and the memory that they may reach.
//!
//! A process claims a device and builds the tables that translate its accesses, from pages of its own, as it builds its
//! page tables. The last level leads to DMA pages only, so a device can never write to a table or to a frame. Nothing
//! is taken out of the tables while they are in use: they go when the process is a zombie and its devices are taken
//! away.
//!
//! The entries are those of Intel's IOMMU: bits 51 to 12 the page frame, bit 1 for writing, bit 0 for reading.
//!
//! What differs from hv6: a device that is absent, or that no IOMMU confines, cannot be claimed (ENODEV); a DMA page is
//! cleared when it is given out; a number too large for a device id is refused, not cut off.

use lv6_abi::errno::{EACCES, EBUSY, EINVAL, ENODEV};
use lv6_abi::layout::{DMA_FRAME, PCI_START_FRAME};
use lv6_abi::pte::{IOMMU_PERM_MASK, PTE_W};

use crate::page::{alloc_page, is_free, is_page_of};
use crate::page_table::{make_entry, map_page};
use crate::state::{Kernel, PageType, ProcState, is_index, is_pid};

/// Whether the number is a PCI device id.
pub fn is_devid(devid: u64) -> bool {
    devid < 65536
}

/// Whether the number names a DMA page.
pub fn is_dmapn(dmapn: u64) -> bool {
    dmapn < 512
}

/// Whether the number names a page of the PCI hole that belongs to a device.
pub fn is_pci_page(k: &Kernel, pcipn: u64) -> bool {
    pcipn < 393_216 && k.pci_pages[pcipn as usize].valid
}

/// Maps a page of the caller's device at `pt[index]` of the caller. The device's page of the configuration space can be
/// mapped for reading only: who writes to its base-address registers moves it over another device.
///
/// In order: `pcipn` not a page of a device EINVAL; the device not the caller's EACCES; writing to the configuration
/// space EACCES; then as [`check_map`](crate::page_table::check_map).
pub fn sys_map_pcipage(k: &mut Kernel, pt: u64, index: u64, pcipn: u64, perm: u64) -> u64 {
    if !is_pci_page(k, pcipn) {
        return EINVAL;
    }
    let devid = k.pci_pages[pcipn as usize].devid;
    let pid = k.current;
    if k.pci[devid as usize].owner != pid {
        return EACCES;
    }
    if k.pci_pages[pcipn as usize].config && perm & PTE_W != 0 {
        return EACCES;
    }
    let pfn = PCI_START_FRAME + pcipn;
    map_page(k, pid, pt, index, pfn, perm, PageType::X86Pt)
}

/// Claims a device for the caller, with the free page `pn` as the root of its tables. The device can reach nothing yet.
///
/// In order: `devid` above 65535 EINVAL; no such device, or none that can be confined, ENODEV; owned EBUSY; `pn` not a
/// free page EINVAL.
pub fn sys_alloc_iommu_root(k: &mut Kernel, devid: u64, pn: u64) -> u64 {
    if !is_devid(devid) {
        return EINVAL;
    }
    if k.pci[devid as usize].present == 0 {
        return ENODEV;
    }
    if k.pci[devid as usize].owner != 0 {
        return EBUSY;
    }
    if !is_free(k, pn) {
        return EINVAL;
    }
    let pid = k.current;
    alloc_page(k, pid, PageType::IommuPml4, pn);
    k.pci[devid as usize].owner = pid;
    k.pci[devid as usize].root = pn;
    k.procs[pid as usize].nr_devs += 1;
    k.requests.context = devid + 1;
    k.requests.flush_iotlb = 1;
    0
}

/// Checks that the caller may put a new entry at `table[index]`, where `table` has the given IOMMU type.
///
/// In order: `table` not a page of that type EINVAL; not the caller's EACCES; `index` not below 512 EINVAL; `perm`
/// other than reading and writing EINVAL; slot in use EINVAL.
pub fn check_iommu_map(k: &Kernel, table: u64, index: u64, perm: u64, kind: PageType) -> u64 {
    if !is_page_of(k, table, kind) {
        return EINVAL;
    }
    if k.page_desc[table as usize].owner != k.current {
        return EACCES;
    }
    if !is_index(index) {
        return EINVAL;
    }
    if perm & !IOMMU_PERM_MASK != 0 {
        return EINVAL;
    }
    if k.pages[table as usize][index as usize] != 0 {
        return EINVAL;
    }
    0
}

/// Writes an entry into an IOMMU table and asks for a flush of the devices' translations.
pub fn set_iommu_entry(k: &mut Kernel, table: u64, index: u64, entry: u64) {
    k.pages[table as usize][index as usize] = entry;
    k.requests.flush_iotlb = 1;
}

/// Gives the caller the free page `pn` as an IOMMU table of type `child`, at `table[index]`.
///
/// In order: `pn` not a free page EINVAL; then the checks of [`check_iommu_map`] with type `parent`.
fn alloc_iommu_table(
    k: &mut Kernel,
    table: u64,
    index: u64,
    pn: u64,
    perm: u64,
    parent: PageType,
    child: PageType,
) -> u64 {
    if !is_free(k, pn) {
        return EINVAL;
    }
    let e = check_iommu_map(k, table, index, perm, parent);
    if e != 0 {
        return e;
    }
    let entry = make_entry(k.base + pn, perm);
    let pid = k.current;
    alloc_page(k, pid, child, pn);
    set_iommu_entry(k, table, index, entry);
    0
}

/// Gives the caller the free page `pn` as a level-3 IOMMU table, at `table[index]` of a root.
///
/// In order: `pn` not a free page EINVAL; then as [`check_iommu_map`].
pub fn sys_alloc_iommu_pdpt(k: &mut Kernel, table: u64, index: u64, pn: u64, perm: u64) -> u64 {
    alloc_iommu_table(k, table, index, pn, perm, PageType::IommuPml4, PageType::IommuPdpt)
}

/// Gives the caller the free page `pn` as a level-2 IOMMU table, at `table[index]` of a level-3 table. Checks as in
/// [`sys_alloc_iommu_pdpt`].
pub fn sys_alloc_iommu_pd(k: &mut Kernel, table: u64, index: u64, pn: u64, perm: u64) -> u64 {
    alloc_iommu_table(k, table, index, pn, perm, PageType::IommuPdpt, PageType::IommuPd)
}

/// Gives the caller the free page `pn` as a level-1 IOMMU table, at `table[index]` of a level-2 table. Checks as in
/// [`sys_alloc_iommu_pdpt`].
pub fn sys_alloc_iommu_pt(k: &mut Kernel, table: u64, index: u64, pn: u64, perm: u64) -> u64 {
    alloc_iommu_table(k, table, index, pn, perm, PageType::IommuPd, PageType::IommuPt)
}

/// Gives the caller the free DMA page `dmapn`, filled with zeros, at `table[index]` of a level-1 IOMMU table.
///
/// In order: `dmapn` not a DMA page EINVAL; in use EBUSY; then as [`check_iommu_map`].
pub fn sys_alloc_iommu_frame(k: &mut Kernel, table: u64, index: u64, dmapn: u64, perm: u64) -> u64 {
    if !is_dmapn(dmapn) {
        return EINVAL;
    }
    if !k.dma[dmapn as usize].kind.is(PageType::Free) {
        return EBUSY;
    }
    let e = check_iommu_map(k, table, index, perm, PageType::IommuPt);
    if e != 0 {
        return e;
    }
    let entry = make_entry(k.base + DMA_FRAME + dmapn, perm);
    let pid = k.current;
    k.dma[dmapn as usize].kind = PageType::IommuFrame;
    k.dma[dmapn as usize].owner = pid;
    k.dma_pages[dmapn as usize] = [0; 512];
    k.procs[pid as usize].nr_dmapages += 1;
    set_iommu_entry(k, table, index, entry);
    0
}

/// Maps the caller's DMA page `dmapn` at `pt[index]` of the caller.
///
/// In order: `dmapn` not a DMA page in use EINVAL; not the caller's EACCES; then as
/// [`check_map`](crate::page_table::check_map).
pub fn sys_map_iommu_frame(k: &mut Kernel, pt: u64, index: u64, dmapn: u64, perm: u64) -> u64 {
    if !is_dmapn(dmapn) {
        return EINVAL;
    }
    if !k.dma[dmapn as usize].kind.is(PageType::IommuFrame) {
        return EINVAL;
    }
    let pid = k.current;
    if k.dma[dmapn as usize].owner != pid {
        return EACCES;
    }
    let pfn = k.base + DMA_FRAME + dmapn;
    map_page(k, pid, pt, index, pfn, perm, PageType::X86Pt)
}

/// Takes a DMA page from a zombie. Any process may call it.
///
/// In order: `dmapn` not a DMA page EINVAL; free EINVAL; its owner not a zombie EACCES; its owner still has a device,
/// which may write to the page, EBUSY.
pub fn sys_reclaim_iommu_frame(k: &mut Kernel, dmapn: u64) -> u64 {
    if !is_dmapn(dmapn) {
        return EINVAL;
    }
    if k.dma[dmapn as usize].kind.is(PageType::Free) {
        return EINVAL;
    }
    let owner = k.dma[dmapn as usize].owner;
    if !k.procs[owner as usize].state.is(ProcState::Zombie) {
        return EACCES;
    }
    if k.procs[owner as usize].nr_devs != 0 {
        return EBUSY;
    }
    k.dma[dmapn as usize].kind = PageType::Free;
    k.dma[dmapn as usize].owner = 0;
    k.procs[owner as usize].nr_dmapages -= 1;
    0
}

/// Takes a device from a zombie. Any process may call it.
///
/// In order: `devid` above 65535 EINVAL; its owner not a zombie EACCES; its owner still has an interrupt route EBUSY.
pub fn sys_reclaim_iommu_root(k: &mut Kernel, devid: u64) -> u64 {
    if !is_devid(devid) {
        return EINVAL;
    }
    let owner = k.pci[devid as usize].owner;
    if !is_pid(owner) {
        return EACCES;
    }
    if !k.procs[owner as usize].state.is(ProcState::Zombie) {
        return EACCES;
    }
    if k.procs[owner as usize].nr_intremaps != 0 {
        return EBUSY;
    }
    k.pci[devid as usize].owner = 0;
    k.pci[devid as usize].root = 0;
    k.procs[owner as usize].nr_devs -= 1;
    k.requests.context = devid + 1;
    k.requests.flush_iotlb = 1;
    0
}
