//! What the hardware has: the findings of the boot scan, checked and taken over.
//!
//! The scan is not part of the verified core, so its findings are an argument, and nothing that they may contain can
//! make the state inconsistent. In doubt a resource is nobody's: a page that two functions seem to share, or that seems
//! to be configuration space and memory, a base-address register that does not cover whole pages, and every address from
//! 0xfec0_0000 on, where the interrupt controllers and the IOMMU have their registers.

use lv6_abi::errno::EINVAL;
use lv6_abi::layout::PCI_START_FRAME;
use lv6_abi::limits::{FIRST_VECTOR, LAST_VECTOR};

use crate::state::{KERNEL, Kernel, PciFunc, PciPage};

/// The findings of the boot scan.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct Scan {
    /// How many records of `funcs` are filled.
    pub count: u64,
    /// 1 if an IOMMU translates what these functions access, and remaps their interrupts; 0 if not.
    pub iommu: u64,
    /// Physical address of the PCI configuration space, 0 if it is not mapped to memory.
    pub ecam: u64,
    /// The PCI functions found.
    pub funcs: [PciFunc; 64],
}

/// First page frame above the PCI hole's device memory: interrupt controllers, timers and the IOMMU follow.
const CHIPSET_FRAME: u64 = 0xfec00;

/// Class of bridges, which serve other functions too.
const CLASS_BRIDGE: u64 = 6;

/// Gives the page of the PCI hole at page frame `pfn` to the device, as its page of the configuration space or as its
/// memory, if it is in the part that devices may have. A page that belongs to another device already, or to the same one
/// as the other kind, becomes nobody's for good, which the id 1 in an invalid record says.
fn claim_frame(k: &mut Kernel, pfn: u64, devid: u64, config: bool) {
    if pfn < PCI_START_FRAME {
        return;
    }
    if pfn >= CHIPSET_FRAME {
        return;
    }
    let n = (pfn - PCI_START_FRAME) as usize;
    let page = k.pci_pages[n];
    if page.valid {
        if page.devid as u64 != devid || page.config != config {
            k.pci_pages[n] = PciPage { devid: 1, valid: false, config: false };
        }
    } else if page.devid == 0 {
        k.pci_pages[n] = PciPage { devid: devid as u16, valid: true, config };
    }
}

/// Gives the device the pages of a base-address register, if it covers whole pages below 4 GiB.
fn claim_bar(k: &mut Kernel, devid: u64, base: u64, size: u64) {
    if base & 0xfff != 0 || size & 0xfff != 0 || base > 0xffff_ffff || size > 0x6000_0000 {
        return;
    }
    let first = base >> 12;
    let len = size >> 12;
    let mut i = 0u64;
    while i < len {
        claim_frame(k, first + i, devid, false);
        i += 1;
    }
}

/// Gives the function its base-address registers' pages and its page of the configuration space.
fn claim_pages(k: &mut Kernel, func: &PciFunc, ecam: u64) {
    if ecam != 0 {
        claim_frame(k, (ecam >> 12) + func.devid, func.devid, true);
    }
    let mut i = 0u64;
    while i < 6 {
        claim_bar(k, func.devid, func.bar_base[i as usize], func.bar_size[i as usize]);
        i += 1;
    }
}

/// Lists the function in the exported table, and lets processes claim it if it can be confined.
fn add_function(k: &mut Kernel, scan: &Scan, n: u64) {
    let func = scan.funcs[n as usize];
    k.devices[n as usize] = func;
    k.devices[n as usize].reserved = 0;
    if scan.iommu != 0 && (func.class >> 24) & 0xff != CLASS_BRIDGE {
        k.pci[func.devid as usize].present = 1;
        claim_pages(k, &func, scan.ecam);
    }
}

/// Whether processes may have the vector: not those of exceptions and of the processor's own interrupt controller.
pub fn is_device_vector(vector: u64) -> bool {
    if vector < FIRST_VECTOR {
        return false;
    }
    vector <= LAST_VECTOR
}

/// Keeps all vectors but those for devices.
fn reserve_vectors(k: &mut Kernel) {
    let mut v = 0u64;
    while v < 256 {
        if !is_device_vector(v) {
            k.vectors[v as usize] = KERNEL;
        }
        v += 1;
    }
}

/// Whether processes may have the port: serial lines, keyboard, text screen.
pub fn is_console_port(port: u64) -> bool {
    (port > 0x3f7 && port < 0x3fe)
        || (port > 0x2f7 && port < 0x2fe)
        || port == 0x60
        || port == 0x64
        || port == 0x3d4
        || port == 0x3d5
}

/// Keeps all ports but those of the console.
fn reserve_ports(k: &mut Kernel) {
    let mut port = 0u64;
    while port < 65536 {
        if !is_console_port(port) {
            k.ports[port as usize] = KERNEL;
        }
        port += 1;
    }
}

/// Whether every function of the scan has a valid device id.
fn are_functions(scan: &Scan) -> bool {
    let mut ok = true;
    let mut i = 0u64;
    while i < scan.count {
        if scan.funcs[i as usize].devid >= 65536 {
            ok = false;
        }
        i += 1;
    }
    ok
}

/// Fills the device tables of the state that [`boot`](crate::boot::boot) made, before the first call of a process, and
/// keeps the vectors and ports that no process may have. Without an IOMMU, the functions are listed, but none can be
/// claimed; nor can a bridge.
///
/// In order: more than 64 functions EINVAL; a function's device id above 65535 EINVAL; the configuration space not at a
/// page boundary EINVAL.
pub fn boot_devices(k: &mut Kernel, scan: &Scan) -> u64 {
    if scan.count > 64 {
        return EINVAL;
    }
    if !are_functions(scan) {
        return EINVAL;
    }
    if scan.ecam & 0xfff != 0 {
        return EINVAL;
    }
    reserve_vectors(k);
    reserve_ports(k);
    let mut i = 0u64;
    while i < scan.count {
        add_function(k, scan, i);
        i += 1;
    }
    0
}
