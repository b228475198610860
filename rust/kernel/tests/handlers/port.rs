//! I/O ports.

use lv6_abi::errno::*;
use lv6_abi::syscall::*;
use lv6_kernel::state::PageType;

use crate::checks;
use crate::support::*;
use crate::world::*;

/// The world with a process without an I/O bitmap running.
fn without_bitmap() -> Lent {
    let mut m = world();
    assert_eq!(m.call(SYS_SWITCH, args([RUNNABLE])), 0);
    m
}

#[test]
fn a_bitmap_is_given_with_all_ports_denied() {
    let mut m = without_bitmap();
    m.pages[FREE as usize] = [5; 512];
    does_in(m, SYS_ALLOC_IO_BITMAP, [FREE, FREE + 1, FREE + 2], |k| {
        for pn in FREE..FREE + 3 {
            unlink_page(k, pn);
            k.page_desc[pn as usize].kind = PageType::ProcData;
            k.page_desc[pn as usize].owner = RUNNABLE;
            k.pages[pn as usize] = [u64::MAX; 512];
        }
        let proc = &mut k.procs[RUNNABLE as usize];
        proc.nr_pages += 3;
        (proc.use_io_bitmap, proc.io_bitmap_a, proc.io_bitmap_b) = (1, FREE, FREE + 1);
        k.requests.io_bitmap = RUNNABLE;
    });
}

#[test]
fn a_bitmap_is_refused() {
    for (pages, errno) in [
        ([FREE, FREE + 2, FREE + 3], EINVAL),
        ([FREE, FREE + 1, FREE + 3], EINVAL),
        ([FREE + 1, FREE, FREE + 2], EINVAL),
        ([FREE, FREE, FREE], EINVAL),
        ([8190, 8191, 8192], EINVAL),
        ([u64::MAX, 0, 1], EINVAL),
        ([u64::MAX - 1, u64::MAX, 0], EINVAL),
        ([207, 208, 209], EINVAL),
        ([109, 110, 111], EINVAL),
        ([108, 109, 110], EINVAL),
        ([0, 1, 2], EINVAL),
    ] {
        let mut m = without_bitmap();
        let before = copy(&m);
        assert_eq!(m.call(SYS_ALLOC_IO_BITMAP, args(pages)), errno, "{pages:?}");
        assert_same(&before, &m);
    }
}

#[test]
fn a_second_bitmap_is_refused_before_its_pages_are_looked_at() {
    let mut m = world();
    let before = copy(&m);
    assert_eq!(m.call(SYS_ALLOC_IO_BITMAP, args([FREE, FREE + 1, FREE + 2])), EEXIST);
    assert_eq!(m.call(SYS_ALLOC_IO_BITMAP, args([1, 2, 3])), EEXIST);
    assert_eq!(m.call(SYS_ALLOC_IO_BITMAP, args([1, 2, 4])), EINVAL);
    assert_same(&before, &m);
}

checks! { sys_alloc_port: SYS_ALLOC_PORT, [FREE_PORT];
    port_65536: EINVAL, |_, a| a[0] = 65536;
    any_number: EINVAL, |_, a| a[0] = u64::MAX;
    port_of_the_kernel: EBUSY, |_, a| a[0] = 0xcf8;
    port_of_the_caller: EBUSY, |_, a| a[0] = PORT;
    port_of_somebody_else: EBUSY, |_, a| a[0] = ZOMBIE_PORT;
    no_bitmap: EACCES, |k, _| {
        assert_eq!(lv6_kernel::proc::sys_switch(k, RUNNABLE), 0);
    };
}

#[test]
fn a_port_is_allowed() {
    for port in [FREE_PORT, 0, 0x7fff, 0x8000, 0x8001, 0xffff] {
        let mut m = world();
        m.ports[port as usize] = 0;
        does_in(m, SYS_ALLOC_PORT, [port], |k| {
            k.ports[port as usize] = INIT;
            k.procs[INIT as usize].nr_ports += 1;
            let page = BITMAP + port / 0x8000;
            k.pages[page as usize][port as usize % 0x8000 / 64] &= !(1 << (port % 64));
        });
    }
}

checks! { sys_reclaim_port: SYS_RECLAIM_PORT, [ZOMBIE_PORT];
    port_65536: EINVAL, |_, a| a[0] = 65536;
    port_of_nobody: EACCES, |_, a| a[0] = FREE_PORT;
    port_of_the_kernel: EACCES, |_, a| a[0] = 0xcf8;
    owner_alive: EACCES, |_, a| a[0] = PORT;
}

#[test]
fn a_port_is_reclaimed() {
    does(SYS_RECLAIM_PORT, [ZOMBIE_PORT], |k| {
        k.ports[ZOMBIE_PORT as usize] = 0;
        k.procs[ZOMBIE as usize].nr_ports -= 1;
    });
}
