//! From a system-call number to its handler, one family at a time.

use lv6_abi::errno::ENOSYS;
use lv6_abi::syscall::*;

use crate::fd::*;
use crate::interrupt::*;
use crate::iommu::*;
use crate::ipc::*;
use crate::port::*;
use crate::state::Kernel;

/// The calls on file descriptors.
pub fn dispatch_files(k: &mut Kernel, nr: u64, a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    match nr {
        SYS_CREATE => sys_create(k, a, b, c, d, e),
        SYS_CLOSE => sys_close(k, a, b),
        SYS_DUP => sys_dup(k, a, b, c),
        SYS_DUP2 => sys_dup2(k, a, b, c),
        SYS_LSEEK => sys_lseek(k, a, b),
        _ => ENOSYS,
    }
}

/// The calls that pass messages. This family alone uses a sixth argument.
pub fn dispatch_ipc(k: &mut Kernel, nr: u64, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64) -> u64 {
    match nr {
        SYS_SEND => sys_send(k, a, b, c, d, e),
        SYS_RECV => sys_recv(k, a, b, c),
        SYS_REPLY_WAIT => sys_reply_wait(k, a, b, c, d, e, f),
        SYS_CALL => sys_call(k, a, b, c, d, e, f),
        _ => ENOSYS,
    }
}

/// The calls on devices and their memory.
pub fn dispatch_iommu(k: &mut Kernel, nr: u64, a: u64, b: u64, c: u64, d: u64) -> u64 {
    match nr {
        SYS_MAP_PCIPAGE => sys_map_pcipage(k, a, b, c, d),
        SYS_ALLOC_IOMMU_ROOT => sys_alloc_iommu_root(k, a, b),
        SYS_ALLOC_IOMMU_PDPT => sys_alloc_iommu_pdpt(k, a, b, c, d),
        SYS_ALLOC_IOMMU_PD => sys_alloc_iommu_pd(k, a, b, c, d),
        SYS_ALLOC_IOMMU_PT => sys_alloc_iommu_pt(k, a, b, c, d),
        SYS_ALLOC_IOMMU_FRAME => sys_alloc_iommu_frame(k, a, b, c, d),
        SYS_MAP_IOMMU_FRAME => sys_map_iommu_frame(k, a, b, c, d),
        SYS_RECLAIM_IOMMU_FRAME => sys_reclaim_iommu_frame(k, a),
        SYS_RECLAIM_IOMMU_ROOT => sys_reclaim_iommu_root(k, a),
        _ => ENOSYS,
    }
}

/// The calls on interrupts.
pub fn dispatch_interrupts(k: &mut Kernel, nr: u64, a: u64, b: u64, c: u64) -> u64 {
    match nr {
        SYS_ALLOC_VECTOR => sys_alloc_vector(k, a),
        SYS_RECLAIM_VECTOR => sys_reclaim_vector(k, a),
        SYS_ALLOC_INTREMAP => sys_alloc_intremap(k, a, b, c),
        SYS_RECLAIM_INTREMAP => sys_reclaim_intremap(k, a),
        SYS_ACK_INTR => sys_ack_intr(k, a),
        _ => ENOSYS,
    }
}

/// The calls on I/O ports.
pub fn dispatch_ports(k: &mut Kernel, nr: u64, a: u64, b: u64, c: u64) -> u64 {
    match nr {
        SYS_ALLOC_IO_BITMAP => sys_alloc_io_bitmap(k, a, b, c),
        SYS_ALLOC_PORT => sys_alloc_port(k, a),
        SYS_RECLAIM_PORT => sys_reclaim_port(k, a),
        _ => ENOSYS,
    }
}
