//! The archive of programs, where init's loader and fork put it.

use core::sync::atomic::{AtomicBool, Ordering};

use lv6_abi::startup::ARCHIVE;

use super::entry::startup;
use super::space::free_root_entry;
use crate::paging::index;

/// Whether this process has given its archive up, or was forked without it.
static GONE: AtomicBool = AtomicBool::new(false);

/// The archive's bytes; none if this process does not have it.
pub fn bytes() -> Option<&'static [u8]> {
    let start = startup();
    if start.archive == 0 || GONE.load(Ordering::Relaxed) {
        return None;
    }
    // SAFETY: whoever started this program mapped the archive there, read-only. It goes away in `release` and in
    // a child that was forked without it, and neither has a reference into it.
    Some(unsafe { core::slice::from_raw_parts(start.archive as *const u8, start.archive_len as usize) })
}

/// Marks the archive as gone; for a child that was forked without it.
pub fn forget() {
    GONE.store(true, Ordering::Relaxed);
}

/// Gives the archive's pages back.
///
/// # Safety
///
/// The program must not use a slice that [`bytes`] returned any more.
pub unsafe fn release() {
    if bytes().is_some() {
        forget();
        // SAFETY: the caller's promise.
        unsafe { free_root_entry(index(ARCHIVE, 4)) };
    }
}
