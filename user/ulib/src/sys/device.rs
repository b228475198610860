//! Memory of devices in the address space of this process: registers, and pages that devices can reach.

use core::sync::atomic::{AtomicU64, Ordering};

use lv6_abi::pte::PTE_PCD;

use super::call;
use super::entry::startup;
use crate::errno::Errno;
use crate::memory::{CONST, DATA, page_table};
use crate::paging::index;
use crate::pci;

/// From the start of a slot to where memory of devices is mapped.
const AREA_OFFSET: u64 = 0x30_0000_0000;
/// Length of that area.
const AREA_SIZE: u64 = 0x100_0000;

/// Bytes of the area that are in use. What is mapped there stays as long as the program lives.
static USED: AtomicU64 = AtomicU64::new(0);

/// Maps pages with `map`, which is told the table, the slot in it, and how many pages were mapped before. Returns where.
fn map_pages(len: u64, map: impl Fn(u64, u64, u64) -> Result<(), Errno>) -> Result<u64, Errno> {
    let at = USED.fetch_add(len * 4096, Ordering::Relaxed);
    if at + len * 4096 > AREA_SIZE {
        return Err(Errno::ENOMEM);
    }
    let start = startup().image + AREA_OFFSET + at;
    for n in 0..len {
        let address = start + n * 4096;
        map(page_table(address)?, index(address, 1), n)?;
    }
    Ok(start)
}

/// Registers of a device of this process, in memory.
///
/// Using them is safe: the device reaches no memory of this program but pages that consist of atomics.
#[derive(Debug)]
pub struct Registers {
    start: u64,
    len: u64,
}

/// Maps the registers at a physical address. EINVAL if that is not the start of a page of a device, EACCES if the device
/// is not this process's.
pub fn map_registers(address: u64, len: u64) -> Result<Registers, Errno> {
    map_device(address, len, DATA)
}

fn map_device(address: u64, len: u64, perm: u64) -> Result<Registers, Errno> {
    let first = pci::page_number(address).filter(|_| address.is_multiple_of(4096)).ok_or(Errno::EINVAL)?;
    let map = |pt, slot, n| call::map_pcipage(pt, slot, first + n, perm | PTE_PCD);
    let start = map_pages(len.div_ceil(4096), map)?;
    Ok(Registers { start, len })
}

/// The configuration space of a device of this process, which only the kernel writes to.
#[derive(Debug)]
pub struct Configuration(Registers);

/// Maps the configuration space at a physical address. Errors as in [`map_registers`].
pub fn map_configuration(address: u64) -> Result<Configuration, Errno> {
    map_device(address, 4096, CONST).map(Configuration)
}

impl Configuration {
    /// Reads 32 bits.
    pub fn read(&self, offset: u64) -> u32 {
        self.0.read(offset)
    }

    /// Where it is mapped.
    pub fn address(&self) -> u64 {
        self.0.address()
    }
}

impl Registers {
    /// Address of the register at an offset.
    ///
    /// Panics unless it lies in what is mapped, at a multiple of its size.
    fn at(&self, offset: u64) -> *mut u32 {
        assert!(offset.is_multiple_of(4) && offset < self.len, "no register at {offset:#x}");
        (self.start + offset) as *mut u32
    }

    /// Reads 32 bits.
    pub fn read(&self, offset: u64) -> u32 {
        // SAFETY: the register is mapped as long as this program lives, and no reference leads there. In a child that was
        // forked it is not mapped; there the access faults.
        unsafe { self.at(offset).read_volatile() }
    }

    /// Writes 32 bits.
    pub fn write(&self, offset: u64, value: u32) {
        // SAFETY: as above. What the device does then is confined to the pages that it may reach.
        unsafe { self.at(offset).write_volatile(value) }
    }

    /// Where they are mapped.
    pub fn address(&self) -> u64 {
        self.start
    }
}

/// A page that a device of this process can reach.
#[derive(Debug)]
pub struct DmaPage {
    number: u64,
    start: u64,
}

/// Maps a DMA page of this process.
pub fn map_dma_page(number: u64) -> Result<DmaPage, Errno> {
    let start = map_pages(1, |pt, slot, _| call::map_iommu_frame(pt, slot, number, DATA))?;
    Ok(DmaPage { number, start })
}

impl DmaPage {
    /// The number by which the kernel knows it.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Where it is mapped.
    pub fn address(&self) -> u64 {
        self.start
    }

    /// Its contents. Atomics, since the device may change them at any time.
    pub fn words(&self) -> &[AtomicU64; 512] {
        // SAFETY: the page is mapped as long as this program lives, all references to it are of this type, and any bits
        // are a valid value. In a child that was forked it is not mapped; there an access faults.
        unsafe { &*(self.start as *const [AtomicU64; 512]) }
    }
}
