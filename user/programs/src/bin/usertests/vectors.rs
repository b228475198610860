//! Tests of interrupt vectors and routes, as far as they need no device.

use alloc::vec::Vec;

use lv6_abi::limits::{FIRST_VECTOR, LAST_VECTOR, NINTREMAP, NVECTOR};
use lv6_abi::syscall::*;
use lv6_ulib::process::*;
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::call;
use lv6_ulib::sys::tables::proc;
use lv6_ulib::{Errno, interrupt};

use crate::cases::{all_fail, case};
use crate::support::{in_child, start, yield_until};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("vector_bad_arguments", bad_arguments),
    ("vector_of_the_kernel", vectors_of_the_kernel),
    ("vector_belongs_to_one_process", one_owner),
    ("vector_of_a_zombie_is_reclaimed", reclaimed),
    ("vector_all_of_them", all_vectors),
    ("vector_nothing_to_acknowledge", nothing_to_acknowledge),
    ("route_bad_arguments", route_bad_arguments),
];

use Errno as E;

/// Vectors that are none.
const BAD: [u64; 4] = [NVECTOR as u64, 1 << 32 | 64, 1 << 63, u64::MAX];
/// A vector that no test but those here uses.
const FREE: u64 = 150;

fn bad_arguments() {
    let mut cases = Vec::new();
    for nr in [SYS_ALLOC_VECTOR, SYS_RECLAIM_VECTOR, SYS_ACK_INTR] {
        cases.extend(BAD.map(|vector| case(nr, [vector], E::EINVAL)));
    }
    cases.extend([0, 14, FIRST_VECTOR - 1].map(|vector| case(SYS_ALLOC_VECTOR, [vector], E::EBUSY)));
    cases.extend([0, 14, FIRST_VECTOR - 1, FREE].map(|vector| case(SYS_RECLAIM_VECTOR, [vector], E::EACCES)));
    all_fail(cases);
    // Its own.
    assert_eq!(call::alloc_vector(FREE), Ok(()));
    all_fail(Vec::from([case(SYS_ALLOC_VECTOR, [FREE], E::EBUSY), case(SYS_RECLAIM_VECTOR, [FREE], E::EACCES)]));
}

fn vectors_of_the_kernel() {
    let kept = (0..FIRST_VECTOR).chain(LAST_VECTOR + 1..NVECTOR as u64);
    for vector in kept {
        assert_eq!(call::alloc_vector(vector), Err(E::EBUSY), "vector {vector}");
    }
    assert_eq!(me().nr_vectors, 0);
}

fn one_owner() {
    assert_eq!(call::alloc_vector(FREE), Ok(()));
    assert_eq!(me().nr_vectors, 1);
    let child = start(|| {
        assert_eq!(me().nr_vectors, 0);
        assert_eq!(call::alloc_vector(FREE), Err(E::EBUSY));
        assert_eq!(call::reclaim_vector(FREE), Err(E::EACCES));
        0
    });
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn reclaimed() {
    let child = start(|| {
        assert_eq!(call::alloc_vector(FREE), Ok(()));
        assert_eq!(call::alloc_vector(FREE + 1), Ok(()));
        0
    });
    yield_until("its end", || !is_alive(child));
    assert_eq!(proc(child).nr_vectors, 2);
    assert_eq!(call::alloc_vector(FREE), Err(E::EBUSY));
    assert_eq!(call::reclaim_vector(FREE), Ok(()));
    assert_eq!(proc(child).nr_vectors, 1);
    assert_eq!(call::alloc_vector(FREE), Ok(()));
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    assert_eq!(call::alloc_vector(FREE + 1), Ok(()));
}

fn all_vectors() {
    let claim_all = || core::iter::from_fn(|| interrupt::claim_vector().ok()).count() as u8;
    let Ended::Exited(first) = in_child(claim_all) else { panic!("the child was killed") };
    assert_eq!(u64::from(first), LAST_VECTOR - FIRST_VECTOR + 1);
    assert_eq!(in_child(claim_all), Ended::Exited(first));
    assert_eq!(interrupt::claim_vector().map(u64::from), Ok(FIRST_VECTOR));
}

fn nothing_to_acknowledge() {
    // Whoever owns the vector.
    for vector in [0, FREE, FREE + 1, 255] {
        assert_eq!(call::ack_intr(vector), Ok(()));
    }
    assert_eq!(me().intr, [0; 4]);
}

fn route_bad_arguments() {
    let mut cases = Vec::new();
    for nr in [SYS_ALLOC_INTREMAP, SYS_RECLAIM_INTREMAP] {
        let bad = [NINTREMAP as u64, 1 << 32, 1 << 63, u64::MAX];
        cases.extend(bad.map(|index| case(nr, [index, u64::MAX, u64::MAX], E::EINVAL)));
    }
    // No route is in use.
    cases.extend((0..NINTREMAP as u64).map(|index| case(SYS_RECLAIM_INTREMAP, [index], E::EINVAL)));
    for device in [1 << 16, 1 << 32, 1 << 63, u64::MAX] {
        cases.push(case(SYS_ALLOC_INTREMAP, [0, device, u64::MAX], E::EINVAL));
    }
    // No device is this process's.
    for device in [0, 8, 0xffff] {
        cases.push(case(SYS_ALLOC_INTREMAP, [0, device, u64::MAX], E::EACCES));
    }
    all_fail(cases);
}
