//! Interrupt vectors, and the routes by which devices reach them.
//!
//! A process claims a vector, and then routes the interrupts of a device of its own to it. The kernel only takes note
//! of an interrupt that arrives, see [`crate::trap::extintr`]; the process looks at its record and acknowledges.
//!
//! Unlike in hv6, a number too large for a device id or a vector is refused, not cut off.

use lv6_abi::errno::{EACCES, EBUSY, EINVAL};

use crate::iommu::is_devid;
use crate::state::{Kernel, ProcState, is_pid};

/// Whether the number is an interrupt vector.
pub fn is_vector(vector: u64) -> bool {
    vector < 256
}

/// Whether an interrupt waits for the acknowledgement of `pid`. `pid` must be valid.
pub fn is_interrupted(k: &Kernel, pid: u64) -> bool {
    k.procs[pid as usize].intr[0] != 0
        || k.procs[pid as usize].intr[1] != 0
        || k.procs[pid as usize].intr[2] != 0
        || k.procs[pid as usize].intr[3] != 0
}

/// Claims an interrupt vector for the caller.
///
/// In order: `vector` above 255 EINVAL; owned, by a process or by the kernel, EBUSY.
pub fn sys_alloc_vector(k: &mut Kernel, vector: u64) -> u64 {
    if !is_vector(vector) {
        return EINVAL;
    }
    if k.vectors[vector as usize] != 0 {
        return EBUSY;
    }
    let pid = k.current;
    k.vectors[vector as usize] = pid;
    k.procs[pid as usize].nr_vectors += 1;
    0
}

/// Takes an interrupt vector from a zombie. Any process may call it.
///
/// In order: `vector` above 255 EINVAL; its owner not a zombie EACCES; its owner still has an interrupt route EBUSY.
pub fn sys_reclaim_vector(k: &mut Kernel, vector: u64) -> u64 {
    if !is_vector(vector) {
        return EINVAL;
    }
    let owner = k.vectors[vector as usize];
    if !is_pid(owner) {
        return EACCES;
    }
    if !k.procs[owner as usize].state.is(ProcState::Zombie) {
        return EACCES;
    }
    if k.procs[owner as usize].nr_intremaps != 0 {
        return EBUSY;
    }
    k.vectors[vector as usize] = 0;
    k.procs[owner as usize].nr_vectors -= 1;
    0
}

/// Writes entry `index` of the interrupt-remapping table and asks for the hardware's entry to be made again.
fn set_intremap(k: &mut Kernel, index: u64, active: u64, devid: u64, vector: u64) {
    k.intremaps[index as usize].active = active;
    k.intremaps[index as usize].devid = devid;
    k.intremaps[index as usize].vector = vector;
    k.requests.intremap = index + 1;
}

/// Routes the interrupts of the caller's device `devid` to the caller's vector, with entry `index` of the
/// interrupt-remapping table.
///
/// In order: `index` not below 8 EINVAL; the entry in use EINVAL; `devid` above 65535 EINVAL; not the caller's EACCES;
/// `vector` above 255 EINVAL; not the caller's EACCES.
pub fn sys_alloc_intremap(k: &mut Kernel, index: u64, devid: u64, vector: u64) -> u64 {
    if index >= 8 {
        return EINVAL;
    }
    if k.intremaps[index as usize].active != 0 {
        return EINVAL;
    }
    if !is_devid(devid) {
        return EINVAL;
    }
    let pid = k.current;
    if k.pci[devid as usize].owner != pid {
        return EACCES;
    }
    if !is_vector(vector) {
        return EINVAL;
    }
    if k.vectors[vector as usize] != pid {
        return EACCES;
    }
    set_intremap(k, index, 1, devid, vector);
    k.procs[pid as usize].nr_intremaps += 1;
    0
}

/// Removes the interrupt route `index` of a zombie's device. Any process may call it.
///
/// In order: `index` not below 8 EINVAL; the entry not in use EINVAL; the device's owner not a zombie EACCES.
pub fn sys_reclaim_intremap(k: &mut Kernel, index: u64) -> u64 {
    if index >= 8 {
        return EINVAL;
    }
    if k.intremaps[index as usize].active == 0 {
        return EINVAL;
    }
    let devid = k.intremaps[index as usize].devid;
    let owner = k.pci[devid as usize].owner;
    if !k.procs[owner as usize].state.is(ProcState::Zombie) {
        return EACCES;
    }
    set_intremap(k, index, 0, 0, 0);
    k.procs[owner as usize].nr_intremaps -= 1;
    0
}

/// Forgets that an interrupt has arrived at the caller's vector. `vector` above 255 EINVAL.
pub fn sys_ack_intr(k: &mut Kernel, vector: u64) -> u64 {
    if !is_vector(vector) {
        return EINVAL;
    }
    let pid = k.current;
    let word = k.procs[pid as usize].intr[(vector >> 6) as usize];
    k.procs[pid as usize].intr[(vector >> 6) as usize] = word & !(1u64 << (vector & 63));
    0
}
