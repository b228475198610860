//! Messages between processes: a number, up to a page of bytes, and a file descriptor.
//!
//! A receiver sleeps. A sender finds it asleep, hands the message over, and the receiver runs at once; nothing is
//! queued. The receiver finds the result in its own record in the exported process table.
//!
//! Nobody goes to sleep while an interrupt waits for its acknowledgement: `sys_recv`, `sys_reply_wait` and `sys_call`
//! return EINTR then, and nothing has happened. Together with [`crate::trap::extintr`], which wakes a sleeper, this
//! means that no interrupt is lost or slept through, whether it arrives just before the call or after it. That goes for
//! `sys_call` too: otherwise it would depend on a moment whether the interrupt ends the wait for an answer or has to wait
//! for it, and the peer need not answer at all.
//!
//! Five things differ from hv6: the length of a message is in bytes in the specification too; a process that was killed
//! dies when it would go to sleep or give the processor to a receiver, instead of living on as long as it stays in
//! system calls of this family; all process numbers and descriptors are checked as 64-bit numbers; who waits for an
//! answer gets nothing from anyone else, by `sys_send` neither; and interrupts are not slept through.

use lv6_abi::errno::{EACCES, EAGAIN, EINTR, EINVAL, ESRCH};
use lv6_abi::limits::PAGE_SIZE;

use crate::fd::{install_fd, is_empty_fd, is_open_fd};
use crate::interrupt::is_interrupted;
use crate::page::is_page_of;
use crate::proc::switch_to;
use crate::ready::{ready_add, ready_del};
use crate::state::{Kernel, PageType, ProcState, is_fd, is_pid, is_pn};

/// A descriptor number for "no descriptor".
pub const NO_FD: u64 = 0xffff_ffff_ffff_ffff;

/// Copies the first `n` words of the page `source` to the page `target`.
fn copy_words(k: &mut Kernel, source: u64, target: u64, n: u64) {
    let mut i = 0u64;
    while i < n {
        k.pages[target as usize][i as usize] = k.pages[source as usize][i as usize];
        i += 1;
    }
}

/// Copies the first `n` bytes of word `i` of the page `source` to the page `target`. `n` must be below 8.
fn copy_low_bytes(k: &mut Kernel, source: u64, target: u64, i: u64, n: u64) {
    let mask = (1u64 << (8 * n)) - 1;
    let old = k.pages[target as usize][i as usize];
    let new = k.pages[source as usize][i as usize];
    k.pages[target as usize][i as usize] = (old & !mask) | (new & mask);
}

/// Copies the first `size` bytes of the page `source` to the page `target`. `size` must not be above 4096.
pub fn copy_bytes(k: &mut Kernel, source: u64, target: u64, size: u64) {
    let words = size / 8;
    let rest = size % 8;
    copy_words(k, source, target, words);
    if rest != 0 {
        copy_low_bytes(k, source, target, words, rest);
    }
}

/// Checks what every sender names.
///
/// In order: `pid` invalid ESRCH; not asleep EAGAIN; `pn` not a page EINVAL; not the caller's EACCES; `size` above 4096
/// EINVAL; `fd` a descriptor number whose slot is empty EINVAL.
pub fn check_send(k: &Kernel, pid: u64, pn: u64, size: u64, fd: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if !k.procs[pid as usize].state.is(ProcState::Sleeping) {
        return EAGAIN;
    }
    if !is_pn(pn) {
        return EINVAL;
    }
    if k.page_desc[pn as usize].owner != k.current {
        return EACCES;
    }
    if size > PAGE_SIZE as u64 {
        return EINVAL;
    }
    if is_empty_fd(k, k.current, fd) {
        return EINVAL;
    }
    0
}

/// Checks what every receiver names.
///
/// In order: `pn` not a page EINVAL; not the caller's EACCES; not a frame EINVAL; `fd` a descriptor number whose slot
/// is in use EINVAL.
pub fn check_recv(k: &Kernel, pn: u64, fd: u64) -> u64 {
    if !is_pn(pn) {
        return EINVAL;
    }
    if k.page_desc[pn as usize].owner != k.current {
        return EACCES;
    }
    if !is_page_of(k, pn, PageType::Frame) {
        return EINVAL;
    }
    if is_open_fd(k, k.current, fd) {
        return EINVAL;
    }
    0
}

/// Whether `pid` waits for the answer of somebody other than the caller. `pid` must be valid and asleep.
fn awaits_another(k: &Kernel, pid: u64) -> bool {
    let awaited = k.procs[pid as usize].ipc_from;
    awaited != 0 && awaited != k.current
}

/// Checks an exchange.
///
/// In order: the checks of [`check_send`]; then those of [`check_recv`]; `pid` waits for the answer of somebody else
/// EACCES; an interrupt waits for the caller EINTR.
fn check_exchange(k: &Kernel, pid: u64, inpn: u64, size: u64, infd: u64, outpn: u64, outfd: u64) -> u64 {
    let e = check_send(k, pid, inpn, size, infd);
    if e != 0 {
        return e;
    }
    let e = check_recv(k, outpn, outfd);
    if e != 0 {
        return e;
    }
    if awaits_another(k, pid) {
        return EACCES;
    }
    if is_interrupted(k, k.current) {
        return EINTR;
    }
    0
}

/// Copies the caller's descriptor `fd` to the slot that the sleeping process `pid` has named for one, if both are
/// descriptors.
fn pass_fd(k: &mut Kernel, pid: u64, fd: u64) {
    let slot = k.procs[pid as usize].ipc_fd;
    if is_fd(fd) && is_fd(slot) {
        let file = k.procs[k.current as usize].ofile[fd as usize];
        install_fd(k, pid, slot, file);
    }
}

/// Hands the caller's message over to the sleeping process `pid`, and puts that on the ready list.
fn deliver(k: &mut Kernel, pid: u64, val: u64, pn: u64, size: u64, fd: u64) {
    let sender = k.current;
    k.procs[pid as usize].ipc_from = sender;
    k.procs[pid as usize].ipc_val = val;
    k.procs[pid as usize].ipc_size = size;
    let target = k.procs[pid as usize].ipc_page;
    copy_bytes(k, pn, target, size);
    pass_fd(k, pid, fd);
    k.procs[pid as usize].state = ProcState::Runnable;
    ready_add(k, pid);
}

/// Lets the current process wait for a message from `awaited`, 0 for anyone, in its page `pn` and descriptor slot `fd`,
/// and gives the processor to the runnable process `pid`. A process that was killed dies instead.
fn sleep_and_run(k: &mut Kernel, pid: u64, awaited: u64, pn: u64, fd: u64) {
    let sleeper = k.current;
    k.procs[sleeper as usize].ipc_from = awaited;
    k.procs[sleeper as usize].ipc_page = pn;
    k.procs[sleeper as usize].ipc_fd = fd;
    if k.procs[sleeper as usize].killed != 0 {
        k.procs[sleeper as usize].state = ProcState::Zombie;
    } else {
        k.procs[sleeper as usize].state = ProcState::Sleeping;
    }
    ready_del(k, sleeper);
    k.procs[pid as usize].state = ProcState::Running;
    k.current = pid;
}

/// Sends a message to `pid`, which is asleep, and gives it the processor: the number `val`, the first `size` bytes of
/// the caller's page `pn`, and the caller's descriptor `fd` if that is one and the receiver wants one.
///
/// In order: the checks of [`check_send`]; then `pid` waits for the answer of somebody else EACCES.
pub fn sys_send(k: &mut Kernel, pid: u64, val: u64, pn: u64, size: u64, fd: u64) -> u64 {
    let e = check_send(k, pid, pn, size, fd);
    if e != 0 {
        return e;
    }
    if awaits_another(k, pid) {
        return EACCES;
    }
    deliver(k, pid, val, pn, size, fd);
    switch_to(k, pid);
    0
}

/// Sleeps until a message from anyone arrives in the caller's frame `pn`, with a descriptor in the slot `fd` if that is
/// one, and gives the processor to the runnable process `pid`.
///
/// In order: `pid` invalid ESRCH; not runnable EINVAL; the checks of [`check_recv`]; then an interrupt waits for the
/// caller EINTR.
pub fn sys_recv(k: &mut Kernel, pid: u64, pn: u64, fd: u64) -> u64 {
    if !is_pid(pid) {
        return ESRCH;
    }
    if !k.procs[pid as usize].state.is(ProcState::Runnable) {
        return EINVAL;
    }
    let e = check_recv(k, pn, fd);
    if e != 0 {
        return e;
    }
    if is_interrupted(k, k.current) {
        return EINTR;
    }
    let receiver = k.current;
    k.procs[receiver as usize].ipc_size = 0;
    sleep_and_run(k, pid, 0, pn, fd);
    0
}

/// Answers `pid` as [`sys_send`] does, and sleeps until the next message from anyone arrives in the caller's frame
/// `outpn`.
///
/// In order: the checks of [`check_send`] on `pid`, `inpn`, `size` and `infd`; those of [`check_recv`] on `outpn`;
/// `pid` waits for the answer of somebody else EACCES; an interrupt waits for the caller EINTR.
pub fn sys_reply_wait(k: &mut Kernel, pid: u64, val: u64, inpn: u64, size: u64, infd: u64, outpn: u64) -> u64 {
    let e = check_exchange(k, pid, inpn, size, infd, outpn, NO_FD);
    if e != 0 {
        return e;
    }
    deliver(k, pid, val, inpn, size, infd);
    sleep_and_run(k, pid, 0, outpn, NO_FD);
    0
}

/// Sends to `pid` as [`sys_send`] does, without a descriptor, and sleeps until the answer arrives in the caller's frame
/// `outpn`, with a descriptor in the slot `outfd` if that is one.
///
/// In order: the checks of [`check_send`] on `pid`, `inpn` and `size`; those of [`check_recv`] on `outpn` and `outfd`;
/// `pid` waits for the answer of somebody else EACCES; an interrupt waits for the caller EINTR.
pub fn sys_call(k: &mut Kernel, pid: u64, val: u64, inpn: u64, size: u64, outpn: u64, outfd: u64) -> u64 {
    let e = check_exchange(k, pid, inpn, size, NO_FD, outpn, outfd);
    if e != 0 {
        return e;
    }
    deliver(k, pid, val, inpn, size, NO_FD);
    sleep_and_run(k, pid, pid, outpn, outfd);
    0
}
