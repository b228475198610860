//! The heap: an allocator crate over pages that are mapped when it runs out.

use core::alloc::Layout;
use core::ptr::NonNull;

use lv6_abi::startup::{HEAP_MAX, HEAP_OFFSET};
use talc::base::Talc;
use talc::base::binning::Binning;
use talc::source::Source;
use talc::{DefaultBinning, TalcLock, min_first_heap_size};

use super::entry::startup;
use crate::memory::{DATA, map_zeroed};
use crate::paging::round_up;

/// The heap of this process. It takes pages when it needs them, and keeps them.
#[cfg_attr(target_os = "none", global_allocator)]
pub static HEAP: TalcLock<spin::Mutex<()>, Pages> = TalcLock::new(Pages { mapped: 0, end: 0 });

/// Where the heap's memory comes from: pages mapped one after the other, from the start of the heap area.
#[derive(Debug)]
pub struct Pages {
    /// Bytes mapped so far.
    mapped: u64,
    /// End of the memory that the allocator manages; 0 while it has none.
    end: u64,
}

/// Bytes of pages to map for an allocation that does not fit: its size, its alignment and the allocator's own records,
/// of which the first pages hold the most.
fn growth(layout: Layout, first: bool) -> Option<u64> {
    let own = if first { min_first_heap_size::<DefaultBinning>() } else { 0 } + 4 * size_of::<usize>();
    let bytes = layout.size().checked_add(layout.align())?.checked_add(own)? as u64;
    (bytes <= HEAP_MAX).then(|| round_up(bytes))
}

// SAFETY: `acquire` touches no allocator but the one it is given, and hands it only pages that were just mapped for it.
unsafe impl Source for Pages {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let heap = startup().image + HEAP_OFFSET;
        let first = talc.source.end == 0;
        let wanted = talc.source.mapped + growth(layout, first).ok_or(())?;
        if wanted > HEAP_MAX {
            return Err(());
        }
        let mut enough = true;
        while enough && talc.source.mapped < wanted {
            enough = map_zeroed(heap + talc.source.mapped, DATA).is_ok();
            talc.source.mapped += if enough { 4096 } else { 0 };
        }
        let end = (heap + talc.source.mapped) as *mut u8;
        // SAFETY: the pages from the heap's start, or from its former end, up to `end` are mapped for this heap alone.
        // What could be mapped is kept even if it is too little for this allocation: smaller ones will use it.
        let end = unsafe {
            match NonNull::new(talc.source.end as *mut u8) {
                Some(old) => Some(talc.extend(old, end)),
                None => talc.claim(heap as *mut u8, talc.source.mapped as usize),
            }
        };
        talc.source.end = end.map_or(0, |end| end.as_ptr() as u64);
        if enough { Ok(()) } else { Err(()) }
    }
}
