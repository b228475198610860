//! Devices and their memory.

use lv6_abi::errno::*;
use lv6_abi::pte::*;
use lv6_abi::syscall::*;
use lv6_exercise::machine::{BASE, BRIDGE, ECAM_FRAME};
use lv6_kernel::state::PageType;

use crate::checks;
use crate::support::*;
use crate::world::*;

const P: Pages = pages(INIT);

/// First page of the PCI hole, as a page frame number.
const HOLE: u64 = 0xa0000;
/// The page of init's device in the PCI configuration space.
const ECAM_PAGE: u64 = ECAM_FRAME - HOLE + DEVICE;
/// The first page of the memory of init's device.
const BAR_PAGE: u64 = 0xfe004 - HOLE;

checks! { sys_map_pcipage: SYS_MAP_PCIPAGE, [P.pt, 9, BAR_PAGE, RW];
    page_beyond_the_hole: EINVAL, |_, a| a[2] = 393_216;
    any_page: EINVAL, |_, a| a[2] = u64::MAX;
    page_of_no_device: EINVAL, |_, a| a[2] = 0;
    page_that_two_devices_share: EINVAL, |_, a| a[2] = 0xfe000 - HOLE;
    page_of_a_bridge: EINVAL, |_, a| a[2] = ECAM_FRAME - HOLE + BRIDGE;
    device_of_nobody: EACCES, |_, a| a[2] = ECAM_FRAME - HOLE + FREE_DEVICE;
    device_of_somebody_else: EACCES, |_, a| a[2] = ECAM_FRAME - HOLE + ZOMBIE_DEVICE;
    configuration_space: EACCES, |_, a| a[2] = ECAM_PAGE;
    table_beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
    table_of_level_2: EINVAL, |_, a| a[0] = P.pd;
    table_of_somebody_else: EACCES, |_, a| a[0] = pages(EMBRYO).pt;
    index_512: EINVAL, |_, a| a[1] = 512;
    large_page_bit: EINVAL, |_, a| a[3] |= PTE_PS;
    not_present: EINVAL, |_, a| a[3] &= !PTE_P;
    slot_in_use: EINVAL, |_, a| a[1] = 0;
}

#[test]
fn a_page_of_a_device_is_mapped() {
    for (page, perm) in [(BAR_PAGE, RW), (BAR_PAGE + 3, RW), (BAR_PAGE + 3, RO), (ECAM_PAGE, RO)] {
        does(SYS_MAP_PCIPAGE, [P.pt, 9, page, perm | PTE_PCD], |k| {
            k.pages[P.pt as usize][9] = (HOLE + page) << 12 | perm | PTE_PCD;
            k.requests.flush_tlb[INIT as usize] = 1;
        });
    }
}

#[test]
fn a_mapped_configuration_page_stays_read_only() {
    let mut m = world();
    assert_eq!(m.call(SYS_MAP_PCIPAGE, args([P.pt, 9, ECAM_PAGE, RO])), 0);
    assert_eq!(m.call(SYS_PROTECT_FRAME, args([P.pt, 9, P.frame, RW])), EINVAL);
    assert_eq!(m.call(SYS_PROTECT_FRAME, args([P.pt, 9, BASE, RW])), EINVAL);
    assert_eq!(m.pages[P.pt as usize][9], (HOLE + ECAM_PAGE) << 12 | RO);
}

checks! { sys_alloc_iommu_root: SYS_ALLOC_IOMMU_ROOT, [FREE_DEVICE, FREE];
    device_65536: EINVAL, |_, a| a[0] = 65536;
    device_above_16_bits: EINVAL, |_, a| a[0] |= 1 << 16;
    absent: ENODEV, |_, a| a[0] = 0x1234;
    bridge: ENODEV, |_, a| a[0] = BRIDGE;
    owned_by_the_caller: EBUSY, |_, a| a[0] = DEVICE;
    owned_by_somebody_else: EBUSY, |_, a| a[0] = ZOMBIE_DEVICE;
    page_beyond_the_pages: EINVAL, |_, a| a[1] = 8192;
    page_in_use: EINVAL, |_, a| a[1] = P.frame;
}

#[test]
fn a_device_is_claimed() {
    let mut m = world();
    m.pages[FREE as usize] = [9; 512];
    does_in(m, SYS_ALLOC_IOMMU_ROOT, [FREE_DEVICE, FREE], |k| {
        unlink_page(k, FREE);
        k.page_desc[FREE as usize].kind = PageType::IommuPml4;
        k.page_desc[FREE as usize].owner = INIT;
        k.pages[FREE as usize] = [0; 512];
        k.procs[INIT as usize].nr_pages += 1;
        k.procs[INIT as usize].nr_devs += 1;
        k.pci[FREE_DEVICE as usize].owner = INIT;
        k.pci[FREE_DEVICE as usize].root = FREE;
        k.requests.context = FREE_DEVICE + 1;
        k.requests.flush_iotlb = 1;
    });
}

/// Tests of a call that adds an IOMMU table below the table of init's device at `$level`.
macro_rules! alloc {
    ($handler:ident, $effect:ident: $nr:expr, $level:expr, $kind:expr) => {
        checks! { $handler: $nr, [IOMMU[$level], 9, FREE, 3];
            page_beyond_the_pages: EINVAL, |_, a| a[2] = 8192;
            page_in_use: EINVAL, |_, a| a[2] = P.frame;
            table_beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
            table_of_another_level: EINVAL, |_, a| a[0] = IOMMU[$level + 1];
            table_of_a_process: EINVAL, |_, a| a[0] = P.root;
            table_of_somebody_else: EACCES, |_, a| a[0] = ZOMBIE_IOMMU[$level];
            index_512: EINVAL, |_, a| a[1] = 512;
            permission_bit_2: EINVAL, |_, a| a[3] |= 4;
            permission_bit_12: EINVAL, |_, a| a[3] |= 1 << 12;
            slot_in_use: EINVAL, |_, a| a[1] = 0;
        }

        #[test]
        fn $effect() {
            for perm in 0..4 {
                let mut m = world();
                m.pages[FREE as usize] = [9; 512];
                does_in(m, $nr, [IOMMU[$level], 511, FREE, perm], |k| {
                    unlink_page(k, FREE);
                    k.page_desc[FREE as usize].kind = $kind;
                    k.page_desc[FREE as usize].owner = INIT;
                    k.pages[FREE as usize] = [0; 512];
                    k.procs[INIT as usize].nr_pages += 1;
                    k.pages[IOMMU[$level] as usize][511] = (BASE + FREE) << 12 | perm;
                    k.requests.flush_iotlb = 1;
                });
            }
        }
    };
}

alloc! { sys_alloc_iommu_pdpt, a_level_3_table_is_added: SYS_ALLOC_IOMMU_PDPT, 0, PageType::IommuPdpt }
alloc! { sys_alloc_iommu_pd, a_level_2_table_is_added: SYS_ALLOC_IOMMU_PD, 1, PageType::IommuPd }
alloc! { sys_alloc_iommu_pt, a_level_1_table_is_added: SYS_ALLOC_IOMMU_PT, 2, PageType::IommuPt }

checks! { sys_alloc_iommu_frame: SYS_ALLOC_IOMMU_FRAME, [IOMMU[3], 9, FREE_DMA, 3];
    page_beyond_the_dma_pages: EINVAL, |_, a| a[2] = 512;
    any_page: EINVAL, |_, a| a[2] = u64::MAX;
    page_of_the_caller: EBUSY, |_, a| a[2] = DMA;
    page_of_somebody_else: EBUSY, |_, a| a[2] = ZOMBIE_DMA;
    table_beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
    table_of_level_2: EINVAL, |_, a| a[0] = IOMMU[2];
    table_of_a_process: EINVAL, |_, a| a[0] = P.pt;
    table_of_somebody_else: EACCES, |_, a| a[0] = ZOMBIE_IOMMU[3];
    index_512: EINVAL, |_, a| a[1] = 512;
    permission_bit_2: EINVAL, |_, a| a[3] |= 4;
    slot_in_use: EINVAL, |_, a| a[1] = 0;
}

#[test]
fn a_dma_page_is_added_and_cleared() {
    for n in [FREE_DMA, 0, 511] {
        let mut m = world();
        m.dma_pages[n as usize] = [9; 512];
        does_in(m, SYS_ALLOC_IOMMU_FRAME, [IOMMU[3], 511, n, 2], |k| {
            k.dma[n as usize].kind = PageType::IommuFrame;
            k.dma[n as usize].owner = INIT;
            k.dma_pages[n as usize] = [0; 512];
            k.procs[INIT as usize].nr_dmapages += 1;
            k.pages[IOMMU[3] as usize][511] = (BASE + 8192 + n) << 12 | 2;
            k.requests.flush_iotlb = 1;
        });
    }
}

checks! { sys_map_iommu_frame: SYS_MAP_IOMMU_FRAME, [P.pt, 9, DMA, RW];
    page_beyond_the_dma_pages: EINVAL, |_, a| a[2] = 512;
    page_of_nobody: EINVAL, |_, a| a[2] = FREE_DMA;
    page_of_somebody_else: EACCES, |_, a| a[2] = ZOMBIE_DMA;
    table_beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
    table_of_a_device: EINVAL, |_, a| a[0] = IOMMU[3];
    table_of_somebody_else: EACCES, |_, a| a[0] = pages(EMBRYO).pt;
    index_512: EINVAL, |_, a| a[1] = 512;
    global_bit: EINVAL, |_, a| a[3] |= PTE_G;
    not_present: EINVAL, |_, a| a[3] &= !PTE_P;
    slot_in_use: EINVAL, |_, a| a[1] = 0;
}

#[test]
fn a_dma_page_is_mapped_into_the_owners_memory() {
    does(SYS_MAP_IOMMU_FRAME, [P.pt, 9, DMA, RW], |k| {
        k.pages[P.pt as usize][9] = (BASE + 8192 + DMA) << 12 | RW;
        k.requests.flush_tlb[INIT as usize] = 1;
    });
}

/// A change after which a zombie without a device owns the DMA page [`FREE_DMA`].
fn give_dma_page(k: &mut lv6_kernel::Kernel) {
    k.dma[FREE_DMA as usize].kind = PageType::IommuFrame;
    k.dma[FREE_DMA as usize].owner = REMAINS;
    k.procs[REMAINS as usize].nr_dmapages += 1;
}

#[test]
fn a_dma_page_is_reclaimed() {
    let mut m = world();
    give_dma_page(&mut m);
    does_in(m, SYS_RECLAIM_IOMMU_FRAME, [FREE_DMA], |k| {
        k.dma[FREE_DMA as usize].kind = PageType::Free;
        k.dma[FREE_DMA as usize].owner = 0;
        k.procs[REMAINS as usize].nr_dmapages -= 1;
    });
}

#[test]
fn a_dma_page_is_not_reclaimed_from_one_who_may_use_it() {
    for (page, errno) in [(512, EINVAL), (u64::MAX, EINVAL), (FREE_DMA, EINVAL), (DMA, EACCES), (ZOMBIE_DMA, EBUSY)] {
        let mut m = world();
        let before = copy(&m);
        assert_eq!(m.call(SYS_RECLAIM_IOMMU_FRAME, args([page])), errno, "DMA page {page}");
        assert_same(&before, &m);
    }
}

#[test]
fn a_device_is_reclaimed_once_its_route_is_removed() {
    let mut m = world();
    let before = copy(&m);
    assert_eq!(m.call(SYS_RECLAIM_IOMMU_ROOT, args([ZOMBIE_DEVICE])), EBUSY);
    assert_same(&before, &m);
    assert_eq!(m.call(SYS_RECLAIM_INTREMAP, args([ZOMBIE_ROUTE])), 0);
    does_in(m, SYS_RECLAIM_IOMMU_ROOT, [ZOMBIE_DEVICE], |k| {
        k.pci[ZOMBIE_DEVICE as usize].owner = 0;
        k.pci[ZOMBIE_DEVICE as usize].root = 0;
        k.procs[ZOMBIE as usize].nr_devs -= 1;
        k.requests.context = ZOMBIE_DEVICE + 1;
        k.requests.flush_iotlb = 1;
    });
}

#[test]
fn a_device_is_not_reclaimed_from_one_who_may_use_it() {
    for (devid, errno) in
        [(65536, EINVAL), (u64::MAX, EINVAL), (0x1234, EACCES), (FREE_DEVICE, EACCES), (DEVICE, EACCES)]
    {
        let mut m = world();
        let before = copy(&m);
        assert_eq!(m.call(SYS_RECLAIM_IOMMU_ROOT, args([devid])), errno, "device {devid:#x}");
        assert_same(&before, &m);
    }
}
