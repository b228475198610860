//! The kernel's tables, as this process sees them: read-only, and changing under our eyes with every system call.
//!
//! Records are copied out with volatile reads; nobody keeps a reference into the tables.

use core::sync::atomic::{AtomicU64, Ordering};

use lv6_abi::layout::{DEVICE_FRAMES, FILE_FRAMES, PAGE_DESC_FRAMES, PROC_FRAMES};
use lv6_abi::limits::{NFILE, NPAGE, NPCIDEV, NPROC, PAGE_WORDS};
use lv6_abi::pte::PTE_P;
use lv6_abi::startup::{UDEVS, UFILES, UPAGES, UPROCS};
use lv6_kernel::state::{File, PageDesc, PciFunc, Proc};

use crate::paging::{LEVELS, entry_address, frame_of};

/// Page frame number of page 0, see [`lv6_abi::layout`].
static BASE: AtomicU64 = AtomicU64::new(0);

/// Page frame number of page 0.
pub fn base() -> u64 {
    BASE.load(Ordering::Relaxed)
}

/// Remembers the page frame number of page 0; for the start-up code.
pub fn set_base(base: u64) {
    BASE.store(base, Ordering::Relaxed);
}

/// The page with this page frame number; none if the frame is not one of the kernel's pages.
pub fn page_of_frame(frame: u64) -> Option<u64> {
    frame.checked_sub(base()).filter(|&pn| pn < NPAGE as u64)
}

/// Copies record `n` of a table of `len` records out of the kernel's memory.
fn read<T: Copy>(table: u64, len: usize, n: u64) -> T {
    assert!(n < len as u64, "record {n} of a table of {len}");
    let record = (table as *const T).wrapping_add(n as usize);
    // SAFETY: the start-up code has mapped the whole table at this address, where it stays for the life of the process;
    // it is an array of `len` such records, and the kernel keeps each a valid value.
    unsafe { record.read_volatile() }
}

/// A process slot.
pub fn proc(pid: u64) -> Proc {
    read(UPROCS, NPROC, pid)
}

/// A page descriptor.
pub fn page_desc(pn: u64) -> PageDesc {
    read(UPAGES, NPAGE, pn)
}

/// An open-file slot.
pub fn file(n: u64) -> File {
    read(UFILES, NFILE, n)
}

/// A record of the PCI device table; all zeros where there is none.
pub fn device(n: u64) -> PciFunc {
    read(UDEVS, NPCIDEV, n)
}

/// A table of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The page descriptors.
    Pages,
    /// The processes.
    Processes,
    /// The open files.
    Files,
    /// The PCI functions.
    Devices,
}

/// All words of a table, to be compared with what they are at another time.
pub fn words(table: Table) -> impl Iterator<Item = u64> {
    let (address, frames) = match table {
        Table::Pages => (UPAGES, PAGE_DESC_FRAMES),
        Table::Processes => (UPROCS, PROC_FRAMES),
        Table::Files => (UFILES, FILE_FRAMES),
        Table::Devices => (UDEVS, DEVICE_FRAMES),
    };
    let len = frames as usize * PAGE_WORDS;
    (0..len as u64).map(move |n| read(address, len, n))
}

/// The entry of the given level through which this process translates an address; none if it, or one above it, is
/// absent.
pub fn entry(va: u64, level: u32) -> Option<u64> {
    let mut found = 0;
    for upper in LEVELS.into_iter().filter(|&upper| upper >= level) {
        // SAFETY: the self map shows this slot, since all entries above it are present.
        found = unsafe { (entry_address(va, upper) as *const u64).read_volatile() };
        if found & PTE_P == 0 {
            return None;
        }
    }
    Some(found)
}

/// The physical address that this process translates an address to; none if it is not mapped.
pub fn physical(va: u64) -> Option<u64> {
    entry(va, 1).map(|entry| (frame_of(entry) << 12) | (va & 4095))
}
