//! System calls on virtual memory.
//!
//! A process builds its own page tables: it names the free page to use, the table and the slot, for itself or for an
//! embryo that it is building. The kernel only checks. A frame is mapped in exactly one place, so nothing is shared
//! but the kernel's own tables, which are mapped read-only.

use lv6_abi::errno::{EACCES, EBUSY, EINVAL, ESRCH};
use lv6_abi::layout::{
    DEVICE_FRAME, DEVICE_FRAMES, FILE_FRAME, FILE_FRAMES, PAGE_DESC_FRAME, PAGE_DESC_FRAMES, PROC_FRAME, PROC_FRAMES,
};
use lv6_abi::pte::PTE_W;

use crate::page::{copy_page, free_page, is_page_of};
use crate::page_table::{alloc_mapped, check_map, check_mapped, free_mapped, is_perm, make_entry, map_page, set_entry};
use crate::state::{Kernel, PageType, ProcState, is_pid, is_pn, may_act_on};

/// Maps the `n`-th page of a kernel table that starts `first` frames after the base and is `len` frames long.
fn map_table(k: &mut Kernel, pid: u64, pt: u64, index: u64, n: u64, perm: u64, first: u64, len: u64) -> u64 {
    if n >= len {
        return EINVAL;
    }
    if perm & PTE_W != 0 {
        return EACCES;
    }
    let pfn = k.base + first + n;
    map_page(k, pid, pt, index, pfn, perm, PageType::X86Pt)
}

/// Maps the `n`-th page of the page descriptors at `pt[index]` of `pid`.
///
/// In order: `n` not below 64 EINVAL; `perm` writable EACCES; then as [`check_map`].
pub fn sys_map_page_desc(k: &mut Kernel, pid: u64, pt: u64, index: u64, n: u64, perm: u64) -> u64 {
    map_table(k, pid, pt, index, n, perm, PAGE_DESC_FRAME, PAGE_DESC_FRAMES)
}

/// Maps the `n`-th page of the process table at `pt[index]` of `pid`.
///
/// In order: `n` not below 6 EINVAL; `perm` writable EACCES; then as [`check_map`].
pub fn sys_map_proc(k: &mut Kernel, pid: u64, pt: u64, index: u64, n: u64, perm: u64) -> u64 {
    map_table(k, pid, pt, index, n, perm, PROC_FRAME, PROC_FRAMES)
}

/// Maps the `n`-th page of the PCI device table at `pt[index]` of `pid`.
///
/// In order: `n` not below 2 EINVAL; `perm` writable EACCES; then as [`check_map`].
pub fn sys_map_dev(k: &mut Kernel, pid: u64, pt: u64, index: u64, n: u64, perm: u64) -> u64 {
    map_table(k, pid, pt, index, n, perm, DEVICE_FRAME, DEVICE_FRAMES)
}

/// Maps the `n`-th page of the file table at `pt[index]` of `pid`.
///
/// In order: `n` not below 2 EINVAL; `perm` writable EACCES; then as [`check_map`].
pub fn sys_map_file(k: &mut Kernel, pid: u64, pt: u64, index: u64, n: u64, perm: u64) -> u64 {
    map_table(k, pid, pt, index, n, perm, FILE_FRAME, FILE_FRAMES)
}

/// Maps the root table of `pid` into itself, read-only, so that the process can read its own page tables.
///
/// In order: `pid` invalid ESRCH; `perm` writable EACCES; then as [`check_map`] with the root as the table.
pub fn sys_map_pml4(k: &mut Kernel, pid: u64, index: u64, perm: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if perm & PTE_W != 0 {
        return EACCES;
    }
    let root = k.procs[pid as usize].page_table_root;
    let e = check_map(k, pid, root, index, perm, PageType::X86Pml4);
    if e != 0 {
        return e;
    }
    let entry = make_entry(k.base + root, perm);
    set_entry(k, pid, root, index, entry);
    0
}

/// Gives `pid` the free page `pn` as a level-3 table, at `table[index]` of a root table.
///
/// In order: `pn` not a free page EINVAL; then as [`check_map`].
pub fn sys_alloc_pdpt(k: &mut Kernel, pid: u64, table: u64, index: u64, pn: u64, perm: u64) -> u64 {
    alloc_mapped(k, pid, table, index, pn, perm, PageType::X86Pml4, PageType::X86Pdpt)
}

/// Gives `pid` the free page `pn` as a level-2 table, at `table[index]` of a level-3 table. Checks as in
/// [`sys_alloc_pdpt`].
pub fn sys_alloc_pd(k: &mut Kernel, pid: u64, table: u64, index: u64, pn: u64, perm: u64) -> u64 {
    alloc_mapped(k, pid, table, index, pn, perm, PageType::X86Pdpt, PageType::X86Pd)
}

/// Gives `pid` the free page `pn` as a level-1 table, at `table[index]` of a level-2 table. Checks as in
/// [`sys_alloc_pdpt`].
pub fn sys_alloc_pt(k: &mut Kernel, pid: u64, table: u64, index: u64, pn: u64, perm: u64) -> u64 {
    alloc_mapped(k, pid, table, index, pn, perm, PageType::X86Pd, PageType::X86Pt)
}

/// Gives `pid` the free page `pn` as memory, at `table[index]` of a level-1 table. Checks as in [`sys_alloc_pdpt`].
pub fn sys_alloc_frame(k: &mut Kernel, pid: u64, table: u64, index: u64, pn: u64, perm: u64) -> u64 {
    alloc_mapped(k, pid, table, index, pn, perm, PageType::X86Pt, PageType::Frame)
}

/// Copies the caller's frame `source` to the frame `target` of `pid`.
///
/// In order: `source` not a frame EINVAL; not the caller's EACCES; `pid` invalid ESRCH; `target` not a frame EINVAL; not
/// owned by `pid` EACCES; `pid` neither the caller nor an embryo child of it EACCES.
pub fn sys_copy_frame(k: &mut Kernel, source: u64, pid: u64, target: u64) -> u64 {
    if !is_page_of(k, source, PageType::Frame) {
        return EINVAL;
    }
    if k.page_desc[source as usize].owner != k.current {
        return EACCES;
    }
    if !is_pid(pid) {
        return ESRCH;
    }
    if !is_page_of(k, target, PageType::Frame) {
        return EINVAL;
    }
    if k.page_desc[target as usize].owner != pid {
        return EACCES;
    }
    if !may_act_on(k, pid) {
        return EACCES;
    }
    copy_page(k, source, target);
    0
}

/// Changes the permissions of the caller's `frame`, mapped at `pt[index]`.
///
/// In order: the checks of [`check_mapped`]; then `perm` not allowed EINVAL.
pub fn sys_protect_frame(k: &mut Kernel, pt: u64, index: u64, frame: u64, perm: u64) -> u64 {
    let e = check_mapped(k, pt, index, frame, PageType::X86Pt, PageType::Frame);
    if e != 0 {
        return e;
    }
    if !is_perm(perm) {
        return EINVAL;
    }
    let entry = make_entry(k.base + frame, perm);
    let pid = k.current;
    set_entry(k, pid, pt, index, entry);
    0
}

/// Frees the caller's level-3 table `pn`, at `table[index]` of its root table. Checks as in [`check_mapped`].
pub fn sys_free_pdpt(k: &mut Kernel, table: u64, index: u64, pn: u64) -> u64 {
    free_mapped(k, table, index, pn, PageType::X86Pml4, PageType::X86Pdpt)
}

/// Frees the caller's level-2 table `pn`, at `table[index]` of a level-3 table. Checks as in [`check_mapped`].
pub fn sys_free_pd(k: &mut Kernel, table: u64, index: u64, pn: u64) -> u64 {
    free_mapped(k, table, index, pn, PageType::X86Pdpt, PageType::X86Pd)
}

/// Frees the caller's level-1 table `pn`, at `table[index]` of a level-2 table. Checks as in [`check_mapped`].
pub fn sys_free_pt(k: &mut Kernel, table: u64, index: u64, pn: u64) -> u64 {
    free_mapped(k, table, index, pn, PageType::X86Pd, PageType::X86Pt)
}

/// Frees the caller's frame `pn`, at `table[index]` of a level-1 table. Checks as in [`check_mapped`].
pub fn sys_free_frame(k: &mut Kernel, table: u64, index: u64, pn: u64) -> u64 {
    free_mapped(k, table, index, pn, PageType::X86Pt, PageType::Frame)
}

/// Frees a page of a zombie. Any process may call it.
///
/// In order: `pn` invalid EINVAL; free EINVAL; its owner not a zombie EACCES; its owner still has a device, which may
/// write to its pages, EBUSY.
pub fn sys_reclaim_page(k: &mut Kernel, pn: u64) -> u64 {
    if !is_pn(pn) {
        return EINVAL;
    }
    if k.page_desc[pn as usize].kind.is(PageType::Free) {
        return EINVAL;
    }
    let owner = k.page_desc[pn as usize].owner;
    if !k.procs[owner as usize].state.is(ProcState::Zombie) {
        return EACCES;
    }
    if k.procs[owner as usize].nr_devs != 0 {
        return EBUSY;
    }
    free_page(k, pn);
    0
}
