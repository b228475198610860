//! The initial state.

use lv6_abi::errno::EINVAL;
use lv6_abi::layout::{PCI_START_FRAME, SHARED_FRAMES};
use lv6_abi::limits::{INIT_HVM, INIT_PID, INIT_ROOT, INIT_STACK};

use crate::page::alloc_page;
use crate::state::{Kernel, PageType, ProcState};

/// Links all pages into the ring of free pages, in ascending order from page 0.
fn link_free_pages(k: &mut Kernel) {
    let mut pn = 0u64;
    while pn < 8192 {
        k.page_desc[pn as usize].free_prev = pn.wrapping_sub(1) & 8191;
        k.page_desc[pn as usize].free_next = (pn + 1) & 8191;
        pn += 1;
    }
}

/// Takes page 0 off the pages that can be given out, and gives init its first three.
fn reserve_pages(k: &mut Kernel) {
    k.page_desc[0].kind = PageType::Reserved;
    alloc_page(k, INIT_PID, PageType::X86Pml4, INIT_ROOT);
    alloc_page(k, INIT_PID, PageType::ProcData, INIT_STACK);
    alloc_page(k, INIT_PID, PageType::ProcData, INIT_HVM);
}

/// Makes init the current and only process, its own parent.
fn start_init(k: &mut Kernel) {
    k.procs[1].page_table_root = INIT_ROOT;
    k.procs[1].stack = INIT_STACK;
    k.procs[1].hvm = INIT_HVM;
    k.procs[1].state = ProcState::Running;
    k.procs[1].ppid = INIT_PID;
    k.procs[1].nr_children = 1;
    k.procs[1].ready_prev = INIT_PID;
    k.procs[1].ready_next = INIT_PID;
    k.requests.flush_tlb[1] = 1;
    k.current = INIT_PID;
}

/// Makes the initial state out of an all-zero `k` that lies at page frame `base`: every page is free but page 0 and
/// init's first three, and init is the current and only process, its own parent, with an empty address space.
///
/// EINVAL if the shared tables would not lie below the PCI hole, or would start at address 0.
///
/// The glue then loads init's program by making system calls in its name, so nothing more needs to be proved of that.
pub fn boot(k: &mut Kernel, base: u64) -> u64 {
    if base == 0 || base > PCI_START_FRAME - SHARED_FRAMES {
        return EINVAL;
    }
    k.base = base;
    link_free_pages(k);
    reserve_pages(k);
    start_init(k);
    0
}
