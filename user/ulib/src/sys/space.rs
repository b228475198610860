//! The address space of this process: what is taken away from it.
//!
//! Adding to it is safe and lives in [`crate::memory`].

use lv6_abi::limits::NPAGE;

use super::call;
use super::tables::{entry, page_of_frame};
use crate::errno::Errno;
use crate::memory::root_page;
use crate::paging::{address, frame_of, index, span};

/// The page that maps an address, or the table of a level above that does; none if absent or not one of our pages.
fn page_at(va: u64, level: u32) -> Option<u64> {
    entry(va, level).and_then(|e| page_of_frame(frame_of(e)))
}

/// The table of this level through which an address is translated.
fn table(va: u64, level: u32) -> Option<u64> {
    if level == 4 { Some(root_page()) } else { page_at(va, level + 1) }
}

/// Changes the permissions of a page.
///
/// # Safety
///
/// The program must not go on writing to or executing what that forbids, and hold no reference that says it could.
pub unsafe fn protect(va: u64, perm: u64) -> Result<(), Errno> {
    let (Some(pt), Some(page)) = (table(va, 1), page_at(va, 1)) else { return Err(Errno::EINVAL) };
    // SAFETY: the caller's promise.
    unsafe { call::protect_frame(pt, index(va, 1), page, perm) }
}

/// Removes a page and frees it.
///
/// # Safety
///
/// Nothing may use the page any more.
pub unsafe fn unmap(va: u64) -> Result<(), Errno> {
    let (Some(pt), Some(page)) = (table(va, 1), page_at(va, 1)) else { return Err(Errno::EINVAL) };
    // SAFETY: the caller's promise.
    unsafe { call::free_frame(pt, index(va, 1), page) }
}

/// Frees what an entry of the given level maps for `va`, from the bottom up, then the entry itself.
///
/// # Safety
///
/// Nothing may use that memory any more.
unsafe fn free_below(va: u64, level: u32) {
    let (Some(table), Some(page)) = (table(va, level), page_at(va, level)) else { return };
    if level > 1 {
        for i in 0..512 {
            // SAFETY: this is part of what the caller promised.
            unsafe { free_below(va + i * span(level - 1), level - 1) };
        }
    }
    let slot = index(va, level);
    // SAFETY: the caller's promise; tables are of no use when what they map is gone.
    let result = unsafe {
        match level {
            1 => call::free_frame(table, slot, page),
            2 => call::free_pt(table, slot, page),
            3 => call::free_pd(table, slot, page),
            _ => call::free_pdpt(table, slot, page),
        }
    };
    debug_assert!(page < NPAGE as u64 && result.is_ok());
}

/// Frees everything below one entry of the root table: a program's slot, or the archive.
///
/// # Safety
///
/// Nothing may use that memory any more.
pub unsafe fn free_root_entry(slot: u64) {
    // SAFETY: the caller's promise.
    unsafe { free_below(address([slot, 0, 0, 0]), 4) };
}
