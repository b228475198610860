//! Memory of the kernel that must not change any more once processes run, and a checksum of it.
//!
//! A process reaches none of it, so the checksum is the same at all times. Programs that attack the kernel compare it.

use core::ops::Range;

use lv6_image::bitmap::{self, Fault};
use x86_64::instructions::tables::{sgdt, sidt};
use x86_64::structures::DescriptorTablePointer;

use crate::machine::{descriptors, paging, svm};

/// Bits of a page-table entry that the processor sets: it was used, it was written through.
const BY_PROCESSOR: u64 = 1 << 5 | 1 << 6;

/// Checksum of the code and constants, the page tables, the permission maps, and the tables of segments, interrupts and
/// stacks.
pub fn checksum() -> u64 {
    let [io_map, msr_map] = svm::permission_maps();
    let pieces = [
        (paging::constants(), 0),
        (paging::tables(), BY_PROCESSOR),
        (io_map, 0),
        (msr_map, 0),
        (table(&sgdt()), 0),
        (table(&sidt()), 0),
        (descriptors::task(), 0),
    ];
    pieces.into_iter().fold(0, |sum, (range, ignored)| {
        // SAFETY: all of them are mapped, and nobody writes there while the kernel runs this.
        unsafe { add(sum, range, ignored) }
    })
}

/// Looks at each bit of the permission maps.
pub fn check_permissions() -> Result<(), Fault> {
    let [io_map, msr_map] = svm::permission_maps().map(|range| {
        range.map(|at| {
            // SAFETY: the maps are mapped, and nobody writes there once processes run.
            unsafe { (at as *const u8).read_volatile() }
        })
    });
    bitmap::check(io_map, msr_map)
}

/// Where a table lies that the processor knows.
fn table(pointer: &DescriptorTablePointer) -> Range<u64> {
    let start = pointer.base.as_u64();
    start..start + u64::from(pointer.limit) + 1
}

/// Adds the 32-bit words of a range to a checksum, without the `ignored` bits of each 64. Each step can be undone, so that
/// two ranges that differ in one word have different sums.
///
/// # Safety
/// The range must be mapped, aligned to words, and change in no other way than by the processor's hand.
unsafe fn add(sum: u64, range: Range<u64>, ignored: u64) -> u64 {
    range.step_by(4).fold(sum, |sum, at| {
        // SAFETY: the word lies in the range, as the caller promises.
        let word = unsafe { (at as *const u32).read_volatile() };
        let ignored = if at % 8 == 0 { ignored as u32 } else { 0 };
        (sum.rotate_left(5) ^ u64::from(word & !ignored)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}
