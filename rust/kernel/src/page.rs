//! Pages of RAM: giving them out and taking them back.
//!
//! The free pages form a ring that starts and ends at page 0, which is never given out. User space reads the ring
//! through the exported page descriptors to find a free page, and then names that page to the call that needs one.

use crate::state::{Kernel, PageType};

/// Inserts `pn` into the ring of free pages, after page 0: the page freed last is found first.
pub fn free_add(k: &mut Kernel, pn: u64) {
    let next = k.page_desc[0].free_next;
    k.page_desc[0].free_next = pn;
    k.page_desc[next as usize].free_prev = pn;
    k.page_desc[pn as usize].free_prev = 0;
    k.page_desc[pn as usize].free_next = next;
}

/// Takes `pn` out of the ring of free pages.
pub fn free_del(k: &mut Kernel, pn: u64) {
    let prev = k.page_desc[pn as usize].free_prev;
    let next = k.page_desc[pn as usize].free_next;
    k.page_desc[prev as usize].free_next = next;
    k.page_desc[next as usize].free_prev = prev;
    k.page_desc[pn as usize].free_prev = 0;
    k.page_desc[pn as usize].free_next = 0;
}

/// Gives the free page `pn` to `pid`, filled with zeros: nobody sees what was there before.
pub fn alloc_page(k: &mut Kernel, pid: u64, kind: PageType, pn: u64) {
    free_del(k, pn);
    k.page_desc[pn as usize].kind = kind;
    k.page_desc[pn as usize].owner = pid;
    k.procs[pid as usize].nr_pages += 1;
    k.pages[pn as usize] = [0; 512];
}

/// Takes the page `pn` from its owner and puts it on the free list.
pub fn free_page(k: &mut Kernel, pn: u64) {
    let owner = k.page_desc[pn as usize].owner;
    k.page_desc[pn as usize].kind = PageType::Free;
    k.page_desc[pn as usize].owner = 0;
    k.procs[owner as usize].nr_pages -= 1;
    free_add(k, pn);
}

/// Whether `pn` is a page on the free list.
pub fn is_free(k: &Kernel, pn: u64) -> bool {
    pn < 8192 && k.page_desc[pn as usize].kind.is(PageType::Free)
}

/// Whether `pn` is a page of the given type.
pub fn is_page_of(k: &Kernel, pn: u64, kind: PageType) -> bool {
    pn < 8192 && k.page_desc[pn as usize].kind.is(kind)
}

/// Copies the whole page `source` to the page `target`.
pub fn copy_page(k: &mut Kernel, source: u64, target: u64) {
    k.pages[target as usize] = k.pages[source as usize];
}
