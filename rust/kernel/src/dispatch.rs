//! From a system-call number to its handler.

use lv6_abi::errno::ENOSYS;
use lv6_abi::syscall::*;

use crate::family::*;
use crate::proc::*;
use crate::state::Kernel;
use crate::vm::*;

/// The calls on processes and virtual memory.
pub fn dispatch_processes(k: &mut Kernel, nr: u64, a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    match nr {
        SYS_MAP_PAGE_DESC => sys_map_page_desc(k, a, b, c, d, e),
        SYS_MAP_PML4 => sys_map_pml4(k, a, b, c),
        SYS_MAP_PROC => sys_map_proc(k, a, b, c, d, e),
        SYS_MAP_DEV => sys_map_dev(k, a, b, c, d, e),
        SYS_MAP_FILE => sys_map_file(k, a, b, c, d, e),
        SYS_CLONE => sys_clone(k, a, b, c, d),
        SYS_SET_PROC_NAME => sys_set_proc_name(k, a, b),
        SYS_SET_RUNNABLE => sys_set_runnable(k, a),
        SYS_SWITCH => sys_switch(k, a),
        SYS_KILL => sys_kill(k, a),
        SYS_REAP => sys_reap(k, a),
        SYS_REPARENT => sys_reparent(k, a),
        SYS_ALLOC_PDPT => sys_alloc_pdpt(k, a, b, c, d, e),
        SYS_ALLOC_PD => sys_alloc_pd(k, a, b, c, d, e),
        SYS_ALLOC_PT => sys_alloc_pt(k, a, b, c, d, e),
        SYS_ALLOC_FRAME => sys_alloc_frame(k, a, b, c, d, e),
        SYS_COPY_FRAME => sys_copy_frame(k, a, b, c),
        SYS_PROTECT_FRAME => sys_protect_frame(k, a, b, c, d),
        SYS_FREE_PDPT => sys_free_pdpt(k, a, b, c),
        SYS_FREE_PD => sys_free_pd(k, a, b, c),
        SYS_FREE_PT => sys_free_pt(k, a, b, c),
        SYS_FREE_FRAME => sys_free_frame(k, a, b, c),
        SYS_RECLAIM_PAGE => sys_reclaim_page(k, a),
        _ => ENOSYS,
    }
}

/// Runs the handler of system call `nr` on its arguments; a handler that takes fewer ignores the rest.
///
/// Returns 0 or an error number; ENOSYS if there is no such call. The numbers of a family lie together, and each
/// family refuses the gaps between them.
pub fn dispatch(k: &mut Kernel, nr: u64, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64) -> u64 {
    if nr <= SYS_RECLAIM_PAGE {
        return dispatch_processes(k, nr, a, b, c, d, e);
    }
    if nr <= SYS_LSEEK {
        return dispatch_files(k, nr, a, b, c, d, e);
    }
    if nr <= SYS_CALL {
        return dispatch_ipc(k, nr, a, b, c, d, e, f);
    }
    if nr <= SYS_RECLAIM_IOMMU_ROOT {
        return dispatch_iommu(k, nr, a, b, c, d);
    }
    if nr <= SYS_ACK_INTR {
        return dispatch_interrupts(k, nr, a, b, c);
    }
    dispatch_ports(k, nr, a, b, c)
}
