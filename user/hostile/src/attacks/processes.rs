//! Ruling over processes that are not one's own.

use lv6_abi::limits::{FIRST_VECTOR, FS_PID, INIT_PID, LAST_VECTOR, NDEVID, NDMAPAGE, NINTREMAP, NVECTOR};
use lv6_abi::syscall::*;
use lv6_ulib::Errno;
use lv6_ulib::kill::kill_related;
use lv6_ulib::message::{MessagePage, recv};
use lv6_ulib::process::{getpid, is_used, pids, set_name_words, status};
use lv6_ulib::process_name::{asking_to_kill, encode};
use lv6_ulib::sys::call::{alloc_vector, must_fail};
use lv6_ulib::sys::tables::proc;

use super::{Case, once};
use crate::stopped::Stopped::Refused;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("kill_others", Refused, kill_others),
    once("have_init_kill_others", Refused, have_init_kill_others),
    once("own_others", Refused, own_others),
    once("take_interrupts_of_the_machine", Refused, interrupts),
    once("take_what_zombies_do_not_have", Refused, reclaim),
];

/// Numbers that are no process.
const NOBODY: [u64; 6] = [0, 64, 65, 1 << 32, 1 << 63, u64::MAX];

/// Processes that are not this one's.
fn others() -> impl Iterator<Item = u64> {
    let me = getpid();
    pids().filter(move |&pid| pid != me && is_used(pid) && proc(pid).ppid != me)
}

fn kill_others(_: u64, peer: u64) -> u8 {
    assert!(
        others().any(|pid| pid == peer) && others().any(|pid| pid == FS_PID) && others().any(|pid| pid == INIT_PID)
    );
    others().chain(NOBODY).for_each(|pid| {
        must_fail(SYS_KILL, [pid, 0, 0, 0, 0, 0]);
    });
    status::OK
}

/// Asks init to kill what does not come of the same child of init, and what does not exist.
fn have_init_kill_others(_: u64, _: u64) -> u8 {
    for pid in [INIT_PID, FS_PID].into_iter().chain(pids().filter(|&pid| !is_used(pid))).chain(NOBODY) {
        assert!(kill_related(pid).is_err(), "process {pid}");
    }
    // The same past the library's own checks.
    let mut page = MessagePage::new();
    for pid in NOBODY.into_iter().chain([INIT_PID, FS_PID]) {
        set_name_words(asking_to_kill(encode("hostile"), pid));
        let message = recv(&mut page, None).expect("an answer comes");
        assert!(message.from == INIT_PID && Errno::check(message.value).is_err(), "process {pid}: {message:?}");
    }
    status::OK
}

/// Buries, starts, inherits, builds and clones over processes of others.
fn own_others(_: u64, _: u64) -> u8 {
    for pid in others().chain(NOBODY) {
        for nr in [SYS_REAP, SYS_REPARENT, SYS_SET_RUNNABLE, SYS_MAP_PML4, SYS_CLONE] {
            must_fail(nr, [pid, 300, 1, 0, 0, 0]);
        }
    }
    status::OK
}

/// Vectors of exceptions, the timer and the interrupt controller; routes of devices.
fn interrupts(_: u64, _: u64) -> u8 {
    let vectors = (0..FIRST_VECTOR).chain(LAST_VECTOR + 1..NVECTOR as u64 + 50).chain([1 << 32, 1 << 63, u64::MAX]);
    for vector in vectors {
        must_fail(SYS_ALLOC_VECTOR, [vector, 0, 0, 0, 0, 0]);
    }
    let free = (FIRST_VECTOR..=LAST_VECTOR).find(|&vector| alloc_vector(vector).is_ok()).expect("a vector is free");
    for device in (0..NDEVID as u64).step_by(8).chain([1 << 16, u64::MAX]) {
        for index in (0..NINTREMAP as u64 + 1).chain([u64::MAX]) {
            must_fail(SYS_ALLOC_INTREMAP, [index, device, free, 0, 0, 0]);
        }
    }
    status::OK
}

/// Devices, vectors, ports and memory of living processes and of nobody.
fn reclaim(_: u64, _: u64) -> u8 {
    let kinds = [
        (SYS_RECLAIM_IOMMU_FRAME, NDMAPAGE as u64),
        (SYS_RECLAIM_IOMMU_ROOT, NDEVID as u64),
        (SYS_RECLAIM_VECTOR, NVECTOR as u64),
        (SYS_RECLAIM_INTREMAP, NINTREMAP as u64),
        (SYS_RECLAIM_PORT, 65536),
    ];
    for (nr, len) in kinds {
        for n in (0..len + 100).chain([1 << 32, 1 << 63, u64::MAX]) {
            must_fail(nr, [n, 0, 0, 0, 0, 0]);
        }
    }
    status::OK
}
