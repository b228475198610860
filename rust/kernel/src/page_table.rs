//! Page-table entries: the one place that writes them.
//!
//! A table is an ordinary page whose type says its level. An entry is written and cleared only here, and each change
//! asks for a flush of the cached translations of the process that owns the table.

use lv6_abi::errno::{EACCES, EINVAL, ESRCH};
use lv6_abi::pte::{PTE_P, PTE_PERM_MASK, PTE_PFN_MASK, PTE_PFN_SHIFT};

use crate::page::{alloc_page, free_page, is_free, is_page_of};
use crate::state::{Kernel, PageType, is_index, is_pid, may_act_on};

/// Whether permission bits are allowed: none but those of [`PTE_PERM_MASK`], and the present bit among them.
pub fn is_perm(perm: u64) -> bool {
    perm & !PTE_PERM_MASK == 0 && perm & PTE_P != 0
}

/// The page frame number in an entry.
pub fn entry_pfn(entry: u64) -> u64 {
    (entry >> PTE_PFN_SHIFT) & PTE_PFN_MASK
}

/// An entry that maps the page frame `pfn` with permissions `perm`.
pub fn make_entry(pfn: u64, perm: u64) -> u64 {
    (pfn << PTE_PFN_SHIFT) | perm
}

/// Checks that the current process may put a new entry at `table[index]` of `pid`, where `table` has the given type.
///
/// In order: `pid` invalid ESRCH; neither the caller nor an embryo child of it EACCES; `table` not a page of that type
/// EINVAL; not owned by `pid` EACCES; `index` not below 512 EINVAL; `perm` not allowed EINVAL; slot in use EINVAL.
pub fn check_map(k: &Kernel, pid: u64, table: u64, index: u64, perm: u64, kind: PageType) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if !may_act_on(k, pid) {
        return EACCES;
    }
    if !is_page_of(k, table, kind) {
        return EINVAL;
    }
    if k.page_desc[table as usize].owner != pid {
        return EACCES;
    }
    if !is_index(index) {
        return EINVAL;
    }
    if !is_perm(perm) {
        return EINVAL;
    }
    if k.pages[table as usize][index as usize] & PTE_P != 0 {
        return EINVAL;
    }
    0
}

/// Writes an entry into a table of `pid` and asks for a flush of its translations.
pub fn set_entry(k: &mut Kernel, pid: u64, table: u64, index: u64, entry: u64) {
    k.pages[table as usize][index as usize] = entry;
    k.requests.flush_tlb[pid as usize] = 1;
}

/// Maps the page frame `pfn` at `table[index]` of `pid`, after the checks of [`check_map`].
pub fn map_page(k: &mut Kernel, pid: u64, table: u64, index: u64, pfn: u64, perm: u64, kind: PageType) -> u64 {
    let e = check_map(k, pid, table, index, perm, kind);
    if e != 0 {
        return e;
    }
    let entry = make_entry(pfn, perm);
    set_entry(k, pid, table, index, entry);
    0
}

/// Gives the free page `pn` to `pid` as a page of type `child` and maps it at `table[index]`.
///
/// In order: `pn` not a free page EINVAL; then the checks of [`check_map`] with type `parent`.
pub fn alloc_mapped(
    k: &mut Kernel,
    pid: u64,
    table: u64,
    index: u64,
    pn: u64,
    perm: u64,
    parent: PageType,
    child: PageType,
) -> u64 {
    if !is_free(k, pn) {
        return EINVAL;
    }
    let e = check_map(k, pid, table, index, perm, parent);
    if e != 0 {
        return e;
    }
    let entry = make_entry(k.base + pn, perm);
    alloc_page(k, pid, child, pn);
    set_entry(k, pid, table, index, entry);
    0
}

/// Checks that `table[index]` is an entry of the current process that maps its page `pn`.
///
/// In order: `table` not of type `parent` EINVAL; not the caller's EACCES; `index` not below 512 EINVAL; `pn` not of
/// type `child` EINVAL; not the caller's EACCES; slot not present EINVAL; slot maps another page EINVAL.
pub fn check_mapped(k: &Kernel, table: u64, index: u64, pn: u64, parent: PageType, child: PageType) -> u64 {
    if !is_page_of(k, table, parent) {
        return EINVAL;
    }
    if k.page_desc[table as usize].owner != k.current {
        return EACCES;
    }
    if !is_index(index) {
        return EINVAL;
    }
    if !is_page_of(k, pn, child) {
        return EINVAL;
    }
    if k.page_desc[pn as usize].owner != k.current {
        return EACCES;
    }
    let entry = k.pages[table as usize][index as usize];
    if entry & PTE_P == 0 {
        return EINVAL;
    }
    if entry_pfn(entry) != k.base + pn {
        return EINVAL;
    }
    0
}

/// Clears `table[index]` and frees the page `pn` that it maps, after the checks of [`check_mapped`].
///
/// A freed table need not be empty: what it maps stays with its owner, out of reach until the owner is a zombie.
pub fn free_mapped(k: &mut Kernel, table: u64, index: u64, pn: u64, parent: PageType, child: PageType) -> u64 {
    let e = check_mapped(k, table, index, pn, parent, child);
    if e != 0 {
        return e;
    }
    let pid = k.current;
    set_entry(k, pid, table, index, 0);
    free_page(k, pn);
    0
}
