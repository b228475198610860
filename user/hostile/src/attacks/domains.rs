//! Entries of a device's tables, and of the process's own for the device, by a process that has claimed one: they must lead
//! to nothing but its DMA pages and the device's registers.

use core::ops::Range;

use lv6_abi::layout::PCI_START_FRAME;
use lv6_abi::limits::{NDMAPAGE, NPAGE, NPCIPAGE, NVECTOR, PAGE_WORDS};
use lv6_abi::pte::{IOMMU_PERM_MASK, PTE_PERM_MASK};
use lv6_abi::syscall::*;
use lv6_kernel::state::{PageType, PciFunc};
use lv6_ulib::device::{self, Device, READ, WRITE};
use lv6_ulib::memory::DATA;
use lv6_ulib::paging::frame_of;
use lv6_ulib::println;
use lv6_ulib::process::{getpid, status};
use lv6_ulib::sys::call::{alloc_iommu_frame, alloc_vector};
use lv6_ulib::sys::entry::startup;
use lv6_ulib::sys::tables::{entry, page_desc, page_of_frame};

use super::entries::{in_use, no_pages, refused};
use super::{Case, once};
use crate::stopped::Stopped::Refused;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("device_tables_that_lead_elsewhere", Refused, |_, _| with_device(device_tables)),
    once("own_tables_that_lead_to_other_devices", Refused, |_, _| with_device(own_tables)),
    once("device_that_interrupts_the_kernel", Refused, |_, _| with_device(interrupts)),
];

/// A page of the device, and the slot of its table that it is in.
const AT: u64 = 0;
/// A slot that is free in each table.
const FREE_SLOT: u64 = PAGE_WORDS as u64 - 2;

/// Claims a device, and lets it use a DMA page.
fn with_device(attack: fn(Device)) -> u8 {
    let Some(function) = device::functions().find(|function| device::is_claimable(function.devid)) else {
        println!("hostile: no device can be claimed: its tables are not tried");
        return status::OK;
    };
    let mut device = Device::claim(function).expect("it was just free");
    device.share(AT, READ | WRITE).expect("there are DMA pages");
    attack(device);
    status::OK
}

/// The page of this process that is of this kind. There is one.
fn page_of_kind(kind: PageType) -> u64 {
    let me = getpid();
    let mine = |pn: &u64| page_desc(*pn).owner == me && page_desc(*pn).kind.is(kind);
    (0..NPAGE as u64).find(mine).expect("the device has tables")
}

/// Each level of the device's tables: kernel frames, pages in use, bits that are no permission, slots that are none.
fn device_tables(device: Device) {
    let tables = [device.root(), page_of_kind(PageType::IommuPdpt), page_of_kind(PageType::IommuPd)];
    let last = page_of_kind(PageType::IommuPt);
    let free = page_desc(0).free_prev;
    let bad_bits = || (0..64).map(|bit| 1 << bit).filter(|bit| bit & IOMMU_PERM_MASK == 0);
    let bad_slots = || (9..64).map(|bit| FREE_SLOT | 1 << bit);
    let adding = [SYS_ALLOC_IOMMU_PDPT, SYS_ALLOC_IOMMU_PD, SYS_ALLOC_IOMMU_PT];
    for (nr, table) in adding.into_iter().zip(tables) {
        in_use().chain(no_pages()).for_each(|pn| refused(nr, [table, FREE_SLOT, pn, READ | WRITE]));
        bad_bits().for_each(|bit| refused(nr, [table, FREE_SLOT, free, READ | bit]));
        bad_slots().for_each(|slot| refused(nr, [table, slot, free, READ | WRITE]));
        let others = in_use().filter(|&pn| pn != table).chain(no_pages());
        others.for_each(|other| refused(nr, [other, FREE_SLOT, free, READ | WRITE]));
    }
    let free = (0..NDMAPAGE as u64).rev().find(|&n| alloc_iommu_frame(last, FREE_SLOT - 1, n, READ).is_ok());
    let free = free.expect("there are DMA pages") - 1;
    let no_dma_pages = || (NDMAPAGE as u64..NDMAPAGE as u64 + 10_000).chain((9..64).map(|bit| 1 << bit));
    no_dma_pages().for_each(|n| refused(SYS_ALLOC_IOMMU_FRAME, [last, FREE_SLOT, n, READ | WRITE]));
    (0..1000).for_each(|n: u64| refused(SYS_ALLOC_IOMMU_FRAME, [last, FREE_SLOT, !n, READ | WRITE]));
    bad_bits().for_each(|bit| refused(SYS_ALLOC_IOMMU_FRAME, [last, FREE_SLOT, free, READ | bit]));
    bad_slots().for_each(|slot| refused(SYS_ALLOC_IOMMU_FRAME, [last, slot, free, READ | WRITE]));
    for other in in_use().filter(|&pn| pn != last).chain(no_pages()) {
        refused(SYS_ALLOC_IOMMU_FRAME, [other, FREE_SLOT, free, READ | WRITE]);
    }
    in_use().chain(no_pages()).for_each(|pn| refused(SYS_ALLOC_IOMMU_ROOT, [device.function.devid, pn]));
}

/// The pages of the PCI hole that a base-address register of the function decodes.
fn register_pages(function: PciFunc) -> impl Iterator<Item = Range<u64>> + Clone {
    let bars = function.bar_base.into_iter().zip(function.bar_size);
    bars.map(|(base, size)| {
        let first = (base >> 12).wrapping_sub(PCI_START_FRAME);
        first..first.saturating_add(size.div_ceil(4096))
    })
}

/// This process's own tables: registers of other devices, the IOMMU and the interrupt controller, DMA pages of others.
fn own_tables(device: Device) {
    let pt = entry(startup().image, 2).and_then(|e| page_of_frame(frame_of(e))).expect("the image is mapped");
    let own = register_pages(device.function);
    let foreign = |page: &u64| !own.clone().any(|range| range.contains(page));
    let hole = (0..NPCIPAGE as u64).step_by(7).chain((0xfec0..0xfef0).map(|page| 0xf_0000 + page - PCI_START_FRAME));
    let others = device::functions().flat_map(|function| register_pages(function).map(|range| range.start));
    for page in hole.chain(others).filter(foreign) {
        // The configuration space of its own device can be read, and by no one written.
        refused(SYS_MAP_PCIPAGE, [pt, FREE_SLOT, page, DATA]);
    }
    let bad_bits = (0..64).map(|bit| 1 << bit).filter(|bit| bit & PTE_PERM_MASK == 0);
    bad_bits.for_each(|bit| refused(SYS_MAP_IOMMU_FRAME, [pt, FREE_SLOT, 0, DATA | bit]));
    (1..20_000).chain((9..64).map(|bit| 1 << bit)).for_each(|n| refused(SYS_MAP_IOMMU_FRAME, [pt, FREE_SLOT, n, DATA]));
}

/// Vectors that are not this process's: exceptions, the timer, those of others.
fn interrupts(device: Device) {
    for vector in (0..NVECTOR as u64 + 50).chain((8..64).map(|bit| 1 << bit)) {
        refused(SYS_ALLOC_INTREMAP, [0, device.function.devid, vector]);
    }
    let own = (0..NVECTOR as u64).find(|&vector| alloc_vector(vector).is_ok()).expect("a vector is free");
    for other in device::functions().filter(|function| function.devid != device.function.devid) {
        refused(SYS_ALLOC_INTREMAP, [0, other.devid, own]);
    }
}
