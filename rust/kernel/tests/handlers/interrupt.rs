//! Interrupt vectors and routes.

use lv6_abi::errno::*;
use lv6_abi::limits::{FIRST_VECTOR, LAST_VECTOR, SPURIOUS_VECTOR, TIMER_VECTOR};
use lv6_abi::syscall::*;
use lv6_kernel::state::Intremap;

use crate::checks;
use crate::support::*;
use crate::world::*;

checks! { sys_alloc_vector: SYS_ALLOC_VECTOR, [FREE_VECTOR];
    vector_256: EINVAL, |_, a| a[0] = 256;
    any_number: EINVAL, |_, a| a[0] = u64::MAX;
    exception: EBUSY, |_, a| a[0] = 31;
    timer: EBUSY, |_, a| a[0] = TIMER_VECTOR;
    false_alarm: EBUSY, |_, a| a[0] = SPURIOUS_VECTOR;
    owned_by_the_caller: EBUSY, |_, a| a[0] = VECTOR;
    owned_by_somebody_else: EBUSY, |_, a| a[0] = ZOMBIE_VECTOR;
}

#[test]
fn a_vector_is_claimed() {
    for vector in [FIRST_VECTOR, FREE_VECTOR, LAST_VECTOR] {
        does(SYS_ALLOC_VECTOR, [vector], |k| {
            k.vectors[vector as usize] = INIT;
            k.procs[INIT as usize].nr_vectors += 1;
        });
    }
}

/// A change after which a zombie without routes owns [`FREE_VECTOR`].
fn give_vector(k: &mut lv6_kernel::Kernel) {
    k.vectors[FREE_VECTOR as usize] = REMAINS;
    k.procs[REMAINS as usize].nr_vectors += 1;
}

#[test]
fn a_vector_is_reclaimed() {
    let mut m = world();
    give_vector(&mut m);
    does_in(m, SYS_RECLAIM_VECTOR, [FREE_VECTOR], |k| {
        k.vectors[FREE_VECTOR as usize] = 0;
        k.procs[REMAINS as usize].nr_vectors -= 1;
    });
}

#[test]
fn a_vector_is_not_reclaimed_from_one_who_may_use_it() {
    for (vector, errno) in [
        (256, EINVAL),
        (u64::MAX, EINVAL),
        (31, EACCES),
        (FREE_VECTOR, EACCES),
        (VECTOR, EACCES),
        (ZOMBIE_VECTOR, EBUSY),
    ] {
        let mut m = world();
        let before = copy(&m);
        assert_eq!(m.call(SYS_RECLAIM_VECTOR, args([vector])), errno, "vector {vector}");
        assert_same(&before, &m);
    }
}

checks! { sys_alloc_intremap: SYS_ALLOC_INTREMAP, [FREE_ROUTE, DEVICE, VECTOR];
    index_8: EINVAL, |_, a| a[0] = 8;
    any_index: EINVAL, |_, a| a[0] = u64::MAX;
    in_use: EINVAL, |_, a| a[0] = ZOMBIE_ROUTE;
    device_65536: EINVAL, |_, a| a[1] = 65536;
    device_above_16_bits: EINVAL, |_, a| a[1] |= 1 << 16;
    device_of_nobody: EACCES, |_, a| a[1] = FREE_DEVICE;
    device_of_somebody_else: EACCES, |_, a| a[1] = ZOMBIE_DEVICE;
    vector_256: EINVAL, |_, a| a[2] = 256;
    vector_above_8_bits: EINVAL, |_, a| a[2] |= 1 << 8;
    vector_of_nobody: EACCES, |_, a| a[2] = FREE_VECTOR;
    vector_of_the_kernel: EACCES, |_, a| a[2] = 3;
    vector_of_somebody_else: EACCES, |_, a| a[2] = ZOMBIE_VECTOR;
}

#[test]
fn a_route_is_made() {
    for index in [FREE_ROUTE, 7] {
        does(SYS_ALLOC_INTREMAP, [index, DEVICE, VECTOR], |k| {
            k.intremaps[index as usize] = Intremap { active: 1, devid: DEVICE, vector: VECTOR };
            k.procs[INIT as usize].nr_intremaps += 1;
            k.requests.intremap = index + 1;
        });
    }
}

checks! { sys_reclaim_intremap: SYS_RECLAIM_INTREMAP, [ZOMBIE_ROUTE];
    index_8: EINVAL, |_, a| a[0] = 8;
    not_in_use: EINVAL, |_, a| a[0] = FREE_ROUTE;
    owner_alive: EACCES, |_, a| a[0] = ROUTE;
}

#[test]
fn a_route_is_removed() {
    does(SYS_RECLAIM_INTREMAP, [ZOMBIE_ROUTE], |k| {
        k.intremaps[ZOMBIE_ROUTE as usize] = Intremap { active: 0, devid: 0, vector: 0 };
        k.procs[ZOMBIE as usize].nr_intremaps -= 1;
        k.requests.intremap = ZOMBIE_ROUTE + 1;
    });
}

checks! { sys_ack_intr: SYS_ACK_INTR, [VECTOR];
    vector_256: EINVAL, |_, a| a[0] = 256;
    any_number: EINVAL, |_, a| a[0] = u64::MAX;
}

#[test]
fn one_interrupt_is_acknowledged() {
    for vector in [0u64, 63, 64, VECTOR, 255] {
        let mut m = world();
        m.procs[INIT as usize].intr = [u64::MAX; 4];
        does_in(m, SYS_ACK_INTR, [vector], |k| {
            k.procs[INIT as usize].intr[vector as usize / 64] ^= 1 << (vector % 64);
        });
    }
    does(SYS_ACK_INTR, [VECTOR], |_| {});
}
