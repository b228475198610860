//! Tests of devices that this process does not have: on every machine, with an IOMMU or without.

use alloc::vec::Vec;

use lv6_abi::layout::PCI_START_FRAME;
use lv6_abi::limits::{NDEVID, NDMAPAGE, NPCIPAGE};
use lv6_abi::syscall::*;
use lv6_kernel::state::PciFunc;
use lv6_ulib::memory::DATA;
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::{Errno, device, pci};

use crate::cases::{ANY_BAD, World, all_fail, case};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("device_table_is_plausible", table_is_plausible),
    ("device_without_an_iommu_cannot_be_claimed", confined_or_not),
    ("device_bad_claims", bad_claims),
    ("device_bad_arguments_of_table_calls", table_calls),
    ("device_bad_arguments_of_dma_calls", dma_calls),
    ("device_bad_arguments_of_register_calls", register_calls),
];

use Errno as E;

/// Whether the function is a bridge, which serves other devices.
fn is_bridge(function: &PciFunc) -> bool {
    function.class >> 24 == 6
}

fn table_is_plausible() {
    let functions: Vec<PciFunc> = device::functions().collect();
    assert!(functions.iter().any(is_bridge), "a machine with PCI has a bridge to it");
    for function in &functions {
        assert!(function.devid < NDEVID as u64 && function.id >> 32 == 0 && function.class >> 32 == 0);
        assert!(device::find(function.id).is_some());
        assert_eq!(functions.iter().filter(|other| other.devid == function.devid).count(), 1);
        assert!(function.bar_size.iter().all(|&size| size == 0 || size.is_power_of_two()));
        assert_eq!(function.reserved, 0);
    }
    assert_eq!(device::find(0xffff_ffff).map(|function| function.devid), None);
}

/// With an IOMMU, all devices but bridges can be claimed; without, none.
fn confined_or_not() {
    let iommu = debug_sysctl(SYSCTL_IOMMU).expect("sysctl") != 0;
    for function in device::functions() {
        let expected = iommu && !is_bridge(&function);
        assert_eq!(device::is_claimable(function.devid), expected, "device {:#x}", function.devid);
    }
    assert_eq!(device::are_confined(), iommu);
}

fn bad_claims() {
    let w = World::new();
    let mut cases = Vec::new();
    let bad = [NDEVID as u64, 1 << 32, 1 << 63, u64::MAX];
    cases.extend(bad.map(|device| case(SYS_ALLOC_IOMMU_ROOT, [device, w.free], E::EINVAL)));
    cases.extend(bad.map(|device| case(SYS_RECLAIM_IOMMU_ROOT, [device], E::EINVAL)));
    for function in device::functions() {
        let device = function.devid;
        if device::is_claimable(device) {
            // A page that is none, and pages in use.
            cases.extend(ANY_BAD.map(|pn| case(SYS_ALLOC_IOMMU_ROOT, [device, pn], E::EINVAL)));
            cases.extend([0, w.frame, w.others].map(|pn| case(SYS_ALLOC_IOMMU_ROOT, [device, pn], E::EINVAL)));
        } else {
            cases.extend([w.free, u64::MAX].map(|pn| case(SYS_ALLOC_IOMMU_ROOT, [device, pn], E::ENODEV)));
        }
        cases.push(case(SYS_RECLAIM_IOMMU_ROOT, [device], E::EACCES));
    }
    // Places where there is nothing.
    let empty = [0x0007, 0x00f8, 0x8000, 0xffff].into_iter();
    for device in empty.filter(|&device| device::functions().all(|function| function.devid != device)) {
        cases.push(case(SYS_ALLOC_IOMMU_ROOT, [device, w.free], E::ENODEV));
        cases.push(case(SYS_RECLAIM_IOMMU_ROOT, [device], E::EACCES));
    }
    all_fail(cases);
}

fn table_calls() {
    let w = World::new();
    let mut cases = Vec::new();
    for nr in [SYS_ALLOC_IOMMU_PDPT, SYS_ALLOC_IOMMU_PD, SYS_ALLOC_IOMMU_PT] {
        cases.extend(ANY_BAD.map(|pn| case(nr, [w.root, 0, pn, 3], E::EINVAL)));
        cases.extend([0, w.frame, w.others].map(|pn| case(nr, [w.root, 0, pn, 3], E::EINVAL)));
        // Tables of a processor, memory, free pages, pages of others and numbers that are none.
        let tables = [w.root, w.pdpt, w.pd, w.pt, w.frame, w.stack, w.free, w.others, 0];
        cases.extend(tables.into_iter().chain(ANY_BAD).map(|table| case(nr, [table, 0, w.free, 3], E::EINVAL)));
    }
    all_fail(cases);
}

fn dma_calls() {
    let w = World::new();
    let mut cases = Vec::new();
    let bad = [NDMAPAGE as u64, 1 << 32, 1 << 63, u64::MAX];
    cases.extend(bad.map(|number| case(SYS_ALLOC_IOMMU_FRAME, [w.pt, 500, number, 3], E::EINVAL)));
    cases.extend([w.pt, w.root, w.frame, w.free].map(|pt| case(SYS_ALLOC_IOMMU_FRAME, [pt, 500, 0, 3], E::EINVAL)));
    // Nobody has a DMA page now.
    for number in bad.into_iter().chain(0..NDMAPAGE as u64) {
        cases.push(case(SYS_MAP_IOMMU_FRAME, [w.pt, 500, number, DATA], E::EINVAL));
        cases.push(case(SYS_RECLAIM_IOMMU_FRAME, [number], E::EINVAL));
    }
    all_fail(cases);
}

fn register_calls() {
    let w = World::new();
    let mut cases = Vec::new();
    let bad = [NPCIPAGE as u64, 1 << 32, 1 << 63, u64::MAX];
    cases.extend(bad.map(|page| case(SYS_MAP_PCIPAGE, [w.pt, 500, page, DATA], E::EINVAL)));
    // The interrupt controllers and the IOMMU's own registers are no process's.
    for address in [0xfec0_0000, 0xfed9_0000, 0xfee0_0000, 0xffff_f000u64] {
        cases.push(case(SYS_MAP_PCIPAGE, [w.pt, 500, (address >> 12) - PCI_START_FRAME, DATA], E::EINVAL));
    }
    // Pages of devices: those of others, or of nobody if there is no IOMMU.
    let ecam = debug_sysctl(SYSCTL_ECAM).expect("sysctl");
    for function in device::functions() {
        let expected = if device::is_claimable(function.devid) { E::EACCES } else { E::EINVAL };
        if let Some(page) = pci::page_number(pci::configuration(ecam, function.devid)) {
            cases.push(case(SYS_MAP_PCIPAGE, [w.pt, 500, page, DATA], expected));
        }
    }
    all_fail(cases);
}
