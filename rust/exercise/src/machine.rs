//! A kernel on the heap, and what each step does to it.

use std::ops::{Deref, DerefMut};

use lv6_abi::pte::{PTE_A, PTE_D, PTE_P};
use lv6_kernel::boot::boot;
use lv6_kernel::dispatch::dispatch;
use lv6_kernel::scan::{Scan, boot_devices};
use lv6_kernel::state::{Kernel, PageType, PciFunc, Requests};
use lv6_kernel::trap::{extintr, fault, preempt};
use zerocopy::FromZeros;

use crate::step::Step;

/// Page frame at which the kernel of a test machine lies.
pub const BASE: u64 = 0x1000;
/// Page frame number of the test machine's PCI configuration space.
pub const ECAM_FRAME: u64 = 0xb0000;
/// Device ids that processes of the test machine can claim.
pub const DEVICES: [u64; 5] = [0x0008, 0x0010, 0x0018, 0x00f8, 0x0100];
/// A device id of the test machine that belongs to a bridge.
pub const BRIDGE: u64 = 0x0000;

/// A kernel on the heap.
pub struct Machine(Box<Kernel>);

impl Deref for Machine {
    type Target = Kernel;

    fn deref(&self) -> &Kernel {
        &self.0
    }
}

impl DerefMut for Machine {
    fn deref_mut(&mut self) -> &mut Kernel {
        &mut self.0
    }
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// A kernel in its initial state, with the devices of [`test_scan`].
    pub fn new() -> Self {
        let mut machine = Self::blank();
        machine.boot();
        machine
    }

    /// A kernel of all zeros.
    pub fn blank() -> Self {
        Machine(Kernel::new_box_zeroed().expect("40 MB for a kernel"))
    }

    /// Goes back to the initial state.
    pub fn reset(&mut self) {
        self.0.zero();
        self.boot();
    }

    fn boot(&mut self) {
        assert_eq!(boot(&mut self.0, BASE), 0, "the initial state");
        assert_eq!(boot_devices(&mut self.0, &test_scan()), 0, "the test machine's devices");
    }

    /// A machine in the same state.
    pub fn copy(&self) -> Self {
        let mut copy = Self::blank();
        copy.copy_from(self);
        copy
    }

    /// Makes the state the same as that of `other`.
    pub fn copy_from(&mut self, other: &Kernel) {
        let Kernel {
            pages,
            dma_pages,
            page_desc,
            procs,
            files,
            devices,
            dma,
            pci,
            pci_pages,
            vectors,
            intremaps,
            ports,
            base,
            current,
            requests,
        } = other;
        self.pages.copy_from_slice(pages);
        self.dma_pages.copy_from_slice(dma_pages);
        self.page_desc.copy_from_slice(page_desc);
        self.procs.copy_from_slice(procs);
        self.files.copy_from_slice(files);
        self.devices.copy_from_slice(devices);
        self.dma.copy_from_slice(dma);
        self.pci.copy_from_slice(pci);
        self.pci_pages.copy_from_slice(pci_pages);
        self.vectors.copy_from_slice(vectors);
        self.intremaps.copy_from_slice(intremaps);
        self.ports.copy_from_slice(ports);
        self.base = *base;
        self.current = *current;
        self.requests = *requests;
    }

    /// Makes system call `nr`.
    pub fn call(&mut self, nr: u64, args: [u64; 6]) -> u64 {
        let [a, b, c, d, e, f] = args;
        dispatch(&mut self.0, nr, a, b, c, d, e, f)
    }

    /// Lets `step` happen; returns the result of the handler, 0 if there is none.
    pub fn apply(&mut self, step: Step) -> u64 {
        match step {
            Step::Call(nr, args) => self.call(nr, args),
            Step::Fault => fault(&mut self.0),
            Step::Preempt => preempt(&mut self.0),
            Step::Interrupt(vector) => extintr(&mut self.0, vector),
            Step::Glue => {
                self.requests = Requests::new_zeroed();
                0
            }
            Step::Store(page, index, value) => {
                if self.is_mine(page, |kind| kind.is(PageType::Frame)) {
                    self.pages[page as usize][index as usize % 512] = value;
                }
                0
            }
            Step::Mark(table, index) => {
                let is_table = |kind: PageType| kind.code() >= 4 && kind.code() <= 7;
                if self.is_mine(table, is_table) {
                    let entry = &mut self.pages[table as usize][index as usize % 512];
                    if *entry & PTE_P != 0 {
                        *entry |= PTE_A | PTE_D;
                    }
                }
                0
            }
            Step::Dma(page, index, value) => {
                if self.dma.get(page as usize).is_some_and(|desc| desc.owner != 0) {
                    self.dma_pages[page as usize][index as usize % 512] = value;
                }
                0
            }
        }
    }

    fn is_mine(&self, pn: u64, is_kind: impl Fn(PageType) -> bool) -> bool {
        self.page_desc.get(pn as usize).is_some_and(|desc| desc.owner == self.current && is_kind(desc.kind))
    }

    /// Whether the two states are the same, up to nothing.
    pub fn same(&self, other: &Kernel) -> bool {
        *self.0 == *other
    }
}

/// The PCI functions of the test machine: five devices with memory of their own, two of which share one page, and a
/// bridge.
pub fn test_scan() -> Scan {
    let mut scan = Scan::new_zeroed();
    scan.count = 6;
    scan.iommu = 1;
    scan.ecam = ECAM_FRAME << 12;
    for (i, devid) in (0u64..).zip(DEVICES) {
        scan.funcs[i as usize] = device(devid, 0xfe00_0000 + i * 0x4000);
    }
    scan.funcs[1].bar_base[2] = 0xfe00_0000;
    scan.funcs[1].bar_size[2] = 0x1000;
    scan.funcs[5] = PciFunc { class: 0x0600_0000, ..device(BRIDGE, 0xfd00_0000) };
    scan
}

fn device(devid: u64, bar: u64) -> PciFunc {
    let mut func = PciFunc::new_zeroed();
    func.devid = devid;
    func.id = 0x100e_8086;
    func.class = 0x0200_0000;
    func.bar_base[0] = bar;
    func.bar_size[0] = 0x4000;
    func.bar_base[1] = 0xc040;
    func.bar_size[1] = 0x40;
    func
}
