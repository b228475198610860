//! I/O ports.
//!
//! A process may use the ports that it owns: their bits in its I/O bitmap, which the processor consults, are clear, and
//! all other bits are set. The bitmap is three pages: one for the ports below 0x8000, one for the others, and one that
//! stays full of ones, for an access that begins at the last port and ends beyond it.

use lv6_abi::errno::{EACCES, EBUSY, EEXIST, EINVAL};

use crate::page::{alloc_page, is_free};
use crate::state::{Kernel, PageType, ProcState, is_pid};

/// Whether the number is an I/O port.
pub fn is_port(port: u64) -> bool {
    port < 65536
}

/// Whether the three are pages, one after the other.
fn are_consecutive(pn1: u64, pn2: u64, pn3: u64) -> bool {
    pn1 < 8192 && pn2 < 8192 && pn3 < 8192 && pn2 == pn1 + 1 && pn3 == pn2 + 1
}

/// Gives the current process the free page `pn`, filled with ones.
fn alloc_full_page(k: &mut Kernel, pn: u64) {
    let pid = k.current;
    alloc_page(k, pid, PageType::ProcData, pn);
    k.pages[pn as usize] = [0xffff_ffff_ffff_ffff; 512];
}

/// Gives the caller an I/O bitmap in three consecutive free pages, with all ports denied.
///
/// In order: not three consecutive pages EINVAL; the caller has a bitmap already EEXIST; one of the pages not free
/// EINVAL.
pub fn sys_alloc_io_bitmap(k: &mut Kernel, pn1: u64, pn2: u64, pn3: u64) -> u64 {
    let pid = k.current;
    if !are_consecutive(pn1, pn2, pn3) {
        return EINVAL;
    }
    if k.procs[pid as usize].use_io_bitmap != 0 {
        return EEXIST;
    }
    if !is_free(k, pn1) {
        return EINVAL;
    }
    if !is_free(k, pn2) {
        return EINVAL;
    }
    if !is_free(k, pn3) {
        return EINVAL;
    }
    alloc_full_page(k, pn1);
    alloc_full_page(k, pn2);
    alloc_full_page(k, pn3);
    k.procs[pid as usize].io_bitmap_a = pn1;
    k.procs[pid as usize].io_bitmap_b = pn2;
    k.procs[pid as usize].use_io_bitmap = 1;
    k.requests.io_bitmap = pid;
    0
}

/// Clears the bit of `port` in the bitmap page `pn`, which covers 32768 ports.
fn allow_port(k: &mut Kernel, pn: u64, port: u64) {
    let bit = port & 0x7fff;
    let word = k.pages[pn as usize][(bit >> 6) as usize];
    k.pages[pn as usize][(bit >> 6) as usize] = word & !(1u64 << (bit & 63));
}

/// Claims an I/O port for the caller, and lets it use the port.
///
/// In order: `port` above 65535 EINVAL; the port owned, by a process or by the kernel, EBUSY; the caller without a
/// bitmap EACCES.
pub fn sys_alloc_port(k: &mut Kernel, port: u64) -> u64 {
    if !is_port(port) {
        return EINVAL;
    }
    if k.ports[port as usize] != 0 {
        return EBUSY;
    }
    let pid = k.current;
    if k.procs[pid as usize].use_io_bitmap == 0 {
        return EACCES;
    }
    let pn = if port < 0x8000 { k.procs[pid as usize].io_bitmap_a } else { k.procs[pid as usize].io_bitmap_b };
    allow_port(k, pn, port);
    k.ports[port as usize] = pid;
    k.procs[pid as usize].nr_ports += 1;
    0
}

/// Takes an I/O port from a zombie. Any process may call it.
///
/// In order: `port` above 65535 EINVAL; its owner not a zombie EACCES.
pub fn sys_reclaim_port(k: &mut Kernel, port: u64) -> u64 {
    if !is_port(port) {
        return EINVAL;
    }
    let owner = k.ports[port as usize];
    if !is_pid(owner) {
        return EACCES;
    }
    if !k.procs[owner as usize].state.is(ProcState::Zombie) {
        return EACCES;
    }
    k.ports[port as usize] = 0;
    k.procs[owner as usize].nr_ports -= 1;
    0
}
