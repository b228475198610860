//! Pages: finding free ones, and mapping them.

use lv6_abi::limits::NPAGE;
use lv6_abi::pte::{PTE_NX, PTE_P, PTE_W};
use lv6_kernel::state::{PageType, ProcState};

use crate::errno::Errno;
use crate::paging::{frame_of, index};
use crate::process::getpid;
use crate::sys::call;
use crate::sys::regs::root_frame;
use crate::sys::tables::{entry, page_desc, page_of_frame, proc};

/// Readable and writable memory without code.
pub const DATA: u64 = PTE_P | PTE_W | PTE_NX;
/// Constants.
pub const CONST: u64 = PTE_P | PTE_NX;
/// Code.
pub const CODE: u64 = PTE_P;
/// What the entries of upper levels allow: everything, so that the lowest level decides.
pub const TABLE: u64 = PTE_P | PTE_W;

/// The page that holds the root table of this process.
pub fn root_page() -> u64 {
    page_of_frame(root_frame()).expect("the root table is a page of the kernel")
}

/// Whether a page is on the free list.
pub fn is_free(pn: u64) -> bool {
    page_desc(pn).kind.is(PageType::Free)
}

/// Frees the pages of every zombie, whoever its parent is. Returns how many were freed.
///
/// Nothing is lost: a zombie never runs again, and its parent reads its status from the process table.
fn reclaim_zombies() -> usize {
    let reclaimable = |pn: &u64| {
        let desc = page_desc(*pn);
        !desc.kind.is(PageType::Free) && proc(desc.owner).state.is(ProcState::Zombie)
    };
    (0..NPAGE as u64).filter(reclaimable).filter(|&pn| call::reclaim_page(pn).is_ok()).count()
}

/// Different free pages: the first ones of the free list. If it has too few, zombies give theirs.
pub fn find_free_pages<const N: usize>() -> Result<[u64; N], Errno> {
    loop {
        let mut last = 0;
        let pages = [(); N].map(|()| {
            last = page_desc(last).free_next;
            last
        });
        // The list is a ring through page 0.
        if !pages.contains(&0) {
            return Ok(pages);
        }
        if reclaim_zombies() == 0 {
            return Err(Errno::ENOMEM);
        }
    }
}

/// The first of `len` free pages that follow each other. ENOMEM if there is none; pages of zombies are not counted.
pub fn find_free_run(len: u64) -> Result<u64, Errno> {
    let mut found = 0;
    for pn in 1..NPAGE as u64 {
        found = if is_free(pn) { found + 1 } else { 0 };
        if found == len {
            return Ok(pn + 1 - len);
        }
    }
    Err(Errno::ENOMEM)
}

/// Offers free pages to `take`, a call that uses one, until one is taken or the call fails for another reason than that
/// someone else was faster.
pub fn with_free_page(mut take: impl FnMut(u64) -> Result<(), Errno>) -> Result<u64, Errno> {
    loop {
        let [pn] = find_free_pages()?;
        match take(pn) {
            Ok(()) => return Ok(pn),
            Err(e) if is_free(pn) => return Err(e),
            Err(_) => {}
        }
    }
}

/// The table of level 1 that maps an address; missing tables are created.
pub fn page_table(va: u64) -> Result<u64, Errno> {
    let pid = getpid();
    let mut table = root_page();
    for (level, alloc) in [(4, call::alloc_pdpt as AllocCall), (3, call::alloc_pd), (2, call::alloc_pt)] {
        table = match entry(va, level) {
            Some(found) => page_of_frame(frame_of(found)).ok_or(Errno::EINVAL)?,
            None => with_free_page(|pn| alloc(pid, table, index(va, level), pn, TABLE))?,
        };
    }
    Ok(table)
}

/// A call that gives a process a page: (pid, table, index, page, permissions).
pub type AllocCall = fn(u64, u64, u64, u64, u64) -> Result<(), Errno>;

/// Maps a new page of zeros. EINVAL if something is mapped there already.
pub fn map_zeroed(va: u64, perm: u64) -> Result<(), Errno> {
    let pt = page_table(va)?;
    let pid = getpid();
    with_free_page(|pn| call::alloc_frame(pid, pt, index(va, 1), pn, perm)).map(|_| ())
}
