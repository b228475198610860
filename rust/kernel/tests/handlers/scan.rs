//! The initial state, and what it takes over from the boot scan.

use lv6_abi::errno::EINVAL;
use lv6_exercise::Machine;
use lv6_exercise::machine::{BASE, BRIDGE, DEVICES, ECAM_FRAME, test_scan};
use lv6_kernel::boot::boot;
use lv6_kernel::scan::{Scan, boot_devices};
use lv6_kernel::state::{KERNEL, PciFunc};

use crate::support::assert_same;

const HOLE: u64 = 0xa0000;

/// A machine after `boot` alone.
fn bare() -> Machine {
    let mut m = Machine::blank();
    assert_eq!(boot(&mut m, BASE), 0);
    m
}

/// The initial state with these findings.
fn booted(scan: &Scan) -> Machine {
    let mut m = bare();
    assert_eq!(boot_devices(&mut m, scan), 0);
    assert_eq!(m.check(), Ok(()));
    m
}

/// The device of a page of the PCI hole, if it has one.
fn device_of(m: &Machine, frame: u64) -> Option<u64> {
    let page = m.pci_pages[(frame - HOLE) as usize];
    page.valid.then_some(u64::from(page.devid))
}

/// Whether a page of the PCI hole is taken for configuration space.
fn is_config(m: &Machine, frame: u64) -> bool {
    m.pci_pages[(frame - HOLE) as usize].config
}

#[test]
fn the_initial_state_satisfies_the_invariant() {
    assert_eq!(bare().check(), Ok(()));
}

#[test]
fn the_base_must_leave_room_below_the_pci_hole() {
    let last = HOLE - 8778;
    for (base, result) in [(0, EINVAL), (1, 0), (last, 0), (last + 1, EINVAL), (u64::MAX, EINVAL)] {
        let mut m = Machine::blank();
        assert_eq!(boot(&mut m, base), result, "base {base:#x}");
        if result == 0 {
            assert_eq!(m.check(), Ok(()), "base {base:#x}");
        } else {
            assert_same(&Machine::blank(), &m);
        }
    }
}

#[test]
fn what_the_scan_says_is_checked_first() {
    let mut many = test_scan();
    many.count = 65;
    let mut strange_id = test_scan();
    strange_id.funcs[5].devid = 65536;
    let mut crooked = test_scan();
    crooked.ecam += 8;
    for scan in [many, strange_id, crooked] {
        let mut m = bare();
        assert_eq!(boot_devices(&mut m, &scan), EINVAL);
        assert_same(&bare(), &m);
    }
}

#[test]
fn functions_are_listed() {
    let m = booted(&test_scan());
    let scan = test_scan();
    for i in 0..64 {
        assert!(m.devices[i] == scan.funcs[i], "function {i}");
    }
    for devid in 0..65536 {
        assert_eq!(m.pci[devid].present, u64::from(DEVICES.contains(&(devid as u64))), "device {devid:#x}");
    }
}

#[test]
fn only_the_counted_functions_are_taken_over() {
    let mut scan = test_scan();
    scan.count = 1;
    let m = booted(&scan);
    assert_eq!(m.pci.iter().filter(|slot| slot.present == 1).count(), 1);
    assert_eq!(m.devices[1].devid, 0);
}

#[test]
fn a_device_has_its_configuration_page_and_its_memory() {
    let m = booted(&test_scan());
    for (i, devid) in (0u64..).zip(DEVICES) {
        assert_eq!(device_of(&m, ECAM_FRAME + devid), Some(devid));
        assert!(is_config(&m, ECAM_FRAME + devid));
        for page in 1..4 {
            assert_eq!(device_of(&m, 0xfe000 + 4 * i + page), Some(devid), "device {i}, page {page}");
        }
    }
    let pages = m.pci_pages.iter().filter(|page| page.valid).count();
    assert_eq!(pages, 5 + 5 * 4 - 1);
    assert_eq!(m.pci_pages.iter().filter(|page| page.config).count(), 5);
}

#[test]
fn a_page_that_seems_to_be_configuration_space_and_memory_is_nobodys() {
    // Of one device, or of two, in either order.
    for (func, config_of) in [(1, 1), (2, 1), (1, 2)] {
        let mut scan = test_scan();
        let frame = ECAM_FRAME + DEVICES[config_of];
        scan.funcs[func].bar_base[4] = frame << 12;
        scan.funcs[func].bar_size[4] = 0x1000;
        let m = booted(&scan);
        assert_eq!(device_of(&m, frame), None, "function {func}, configuration space of {config_of}");
        assert!(!is_config(&m, frame));
    }
}

#[test]
fn a_page_that_two_devices_seem_to_share_is_nobodys() {
    let mut scan = test_scan();
    assert_eq!(device_of(&booted(&scan), 0xfe000), None);
    // Nor does a third one get it.
    scan.funcs[2].bar_base[3] = 0xfe00_0000;
    scan.funcs[2].bar_size[3] = 0x1000;
    assert_eq!(device_of(&booted(&scan), 0xfe000), None);
    // The same device may name it twice.
    let mut scan = test_scan();
    scan.funcs[1].bar_size[2] = 0;
    scan.funcs[0].bar_base[2] = 0xfe00_0000;
    scan.funcs[0].bar_size[2] = 0x2000;
    assert_eq!(device_of(&booted(&scan), 0xfe000), Some(DEVICES[0]));
}

/// Whether device 0 gets the page `frame` if its last base-address register is as given.
fn gets(base: u64, size: u64, frame: u64) -> bool {
    let mut scan = test_scan();
    scan.funcs[0].bar_base[5] = base;
    scan.funcs[0].bar_size[5] = size;
    device_of(&booted(&scan), frame) == Some(DEVICES[0])
}

#[test]
fn memory_is_handed_out_in_whole_pages_inside_the_hole() {
    assert!(gets(0xc000_0000, 0x1000, 0xc0000));
    assert!(gets(0xa000_0000, 0x1000, 0xa0000), "first page of the hole");
    assert!(gets(0xfebf_f000, 0x1000, 0xfebff), "last page below the chipset");
    assert!(!gets(0xfec0_0000, 0x1000, 0xfec00), "interrupt controller");
    assert!(!gets(0xfee0_0000, 0x1000, 0xfee00), "local interrupt controller");
    assert!(!gets(0xc000_0800, 0x1000, 0xc0000), "not at a page boundary");
    assert!(!gets(0xc000_0000, 0x800, 0xc0000), "half a page");
    assert!(!gets(0xc000_0000, 0, 0xc0000), "nothing");
    assert!(gets(0x9fff_f000, 0x2000, 0xa0000), "begins below the hole");
    assert!(gets(0xfebf_f000, 0x2000, 0xfebff) && !gets(0xfebf_f000, 0x2000, 0xfec00), "ends above");
    assert!(!gets(0xc000_0000, 0xffff_ffff_ffff_f000, 0xc0000), "longer than the hole");
    assert!(!gets(0xffff_ffff_c000_0000, 0x1000, 0xc0000), "above 4 GiB");
}

#[test]
fn without_an_iommu_nothing_can_be_claimed() {
    let mut scan = test_scan();
    scan.iommu = 0;
    let m = booted(&scan);
    assert!(m.pci.iter().all(|slot| slot.present == 0));
    assert!(m.pci_pages.iter().all(|page| !page.valid));
    assert_eq!(m.devices[0].devid, DEVICES[0]);
}

#[test]
fn a_bridge_is_listed_only() {
    let m = booted(&test_scan());
    assert_eq!(m.devices[5].class >> 24, 6);
    assert_eq!(m.pci[BRIDGE as usize].present, 0);
    assert_eq!(device_of(&m, ECAM_FRAME + BRIDGE), None);
    assert_eq!(device_of(&m, 0xfd000), None);
}

#[test]
fn without_a_mapped_configuration_space_devices_keep_their_memory() {
    let mut scan = test_scan();
    scan.ecam = 0;
    let m = booted(&scan);
    assert_eq!(m.pci_pages.iter().filter(|page| page.valid).count(), 5 * 4 - 1);
}

#[test]
fn the_padding_of_a_listed_function_is_cleared() {
    let mut scan = test_scan();
    scan.funcs[0].reserved = 77;
    let m = booted(&scan);
    assert!(m.devices[0] == PciFunc { reserved: 0, ..scan.funcs[0] });
}

#[test]
fn vectors_of_the_processor_and_ports_but_the_consoles_are_kept() {
    let m = booted(&test_scan());
    for (vector, &owner) in m.vectors.iter().enumerate() {
        assert_eq!(owner, if (32..254).contains(&vector) { 0 } else { KERNEL }, "vector {vector}");
    }
    let console = |port| matches!(port, 0x3f8..=0x3fd | 0x2f8..=0x2fd | 0x60 | 0x64 | 0x3d4 | 0x3d5);
    for (port, &owner) in m.ports.iter().enumerate() {
        assert_eq!(owner, if console(port) { 0 } else { KERNEL }, "port {port:#x}");
    }
}

#[test]
fn no_findings_can_break_the_invariant() {
    let mut word = 1u64;
    let mut next = || {
        word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let small = word >> 33;
        match small % 4 {
            0 => word,
            1 => (0xa0000 + small % 0x60000) << 12,
            2 => (small % 64) << 12,
            _ => small % 70_000,
        }
    };
    for _ in 0..20 {
        let mut scan = test_scan();
        scan.ecam = next() & !0xfff;
        for func in &mut scan.funcs {
            func.devid = next() & 0xffff;
            func.class = next();
            func.bar_base = [0; 6].map(|_: u64| next());
            func.bar_size = [0; 6].map(|_: u64| next());
        }
        scan.count = 64;
        booted(&scan);
    }
}
