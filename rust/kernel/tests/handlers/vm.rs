//! Exported tables, and copying and reclaiming pages.

use lv6_abi::errno::*;
use lv6_abi::pte::*;
use lv6_abi::syscall::*;
use lv6_exercise::machine::BASE;
use lv6_kernel::state::PageType;

use crate::checks;
use crate::support::*;
use crate::world::*;

const P: Pages = pages(INIT);
const E: Pages = pages(EMBRYO);
const R: Pages = pages(REMAINS);
const Z: Pages = pages(ZOMBIE);

/// A module of tests for a call that maps one of the `len` pages of a kernel table, which lies `first` pages after the
/// base.
macro_rules! map_table {
    ($handler:ident, $effect:ident: $nr:expr, $len:expr, $first:expr) => {
        checks! { $handler: $nr, [EMBRYO, E.pt, 9, $len - 1, RO];
            n_beyond_the_table: EINVAL, |_, a| a[3] = $len;
            writable: EACCES, |_, a| a[4] |= PTE_W;
            pid_0: ESRCH, |_, a| a[0] = 0;
            pid_64: ESRCH, |_, a| a[0] = 64;
            pid_of_a_grown_up_child: EACCES, |_, a| a[0] = RUNNABLE;
            pid_of_somebody_elses_embryo: EACCES, |_, a| a[0] = GRANDCHILD;
            table_beyond_the_pages: EINVAL, |_, a| a[1] = 8192;
            table_of_level_2: EINVAL, |_, a| a[1] = E.pd;
            table_of_somebody_else: EACCES, |_, a| a[1] = P.pt;
            index_512: EINVAL, |_, a| a[2] = 512;
            accessed_bit: EINVAL, |_, a| a[4] |= PTE_A;
            dirty_bit: EINVAL, |_, a| a[4] |= PTE_D;
            large_page_bit: EINVAL, |_, a| a[4] |= PTE_PS;
            global_bit: EINVAL, |_, a| a[4] |= PTE_G;
            address_bit: EINVAL, |_, a| a[4] |= 1 << 12;
            not_present: EINVAL, |_, a| a[4] &= !PTE_P;
            slot_in_use: EINVAL, |_, a| a[2] = 0;
        }

        #[test]
        fn $effect() {
            for (pid, pt) in [(EMBRYO, E.pt), (INIT, P.pt)] {
                for n in [0, $len - 1] {
                    does($nr, [pid, pt, 511, n, RO | PTE_NX], |k| {
                        k.pages[pt as usize][511] = (BASE + $first + n) << 12 | RO | PTE_NX;
                        k.requests.flush_tlb[pid as usize] = 1;
                    });
                }
            }
        }
    };
}

map_table! { sys_map_page_desc, page_descriptors_are_mapped: SYS_MAP_PAGE_DESC, 64, 8704 }
map_table! { sys_map_proc, processes_are_mapped: SYS_MAP_PROC, 6, 8768 }
map_table! { sys_map_file, files_are_mapped: SYS_MAP_FILE, 2, 8774 }
map_table! { sys_map_dev, devices_are_mapped: SYS_MAP_DEV, 2, 8776 }

checks! { sys_map_pml4: SYS_MAP_PML4, [EMBRYO, 272, RO];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    pid_of_nobody: EACCES, |_, a| a[0] = 63;
    writable: EACCES, |_, a| a[2] |= PTE_W;
    pid_of_a_grown_up_child: EACCES, |_, a| a[0] = RUNNABLE;
    pid_of_somebody_elses_embryo: EACCES, |_, a| a[0] = GRANDCHILD;
    index_512: EINVAL, |_, a| a[1] = 512;
    large_page_bit: EINVAL, |_, a| a[2] |= PTE_PS;
    not_present: EINVAL, |_, a| a[2] &= !PTE_P;
    slot_in_use: EINVAL, |_, a| a[1] = 0;
}

#[test]
fn the_root_is_mapped_into_itself() {
    for (pid, root) in [(EMBRYO, E.root), (INIT, P.root)] {
        does(SYS_MAP_PML4, [pid, 272, RO], |k| {
            k.pages[root as usize][272] = (BASE + root) << 12 | RO;
            k.requests.flush_tlb[pid as usize] = 1;
        });
    }
}

checks! { sys_copy_frame: SYS_COPY_FRAME, [P.frame, EMBRYO, E.frame];
    source_beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
    source_not_a_frame: EINVAL, |_, a| a[0] = P.pt;
    source_of_somebody_else: EACCES, |_, a| a[0] = E.frame;
    pid_0: ESRCH, |_, a| a[1] = 0;
    pid_64: ESRCH, |_, a| a[1] = 64;
    target_beyond_the_pages: EINVAL, |_, a| a[2] = 8192;
    target_not_a_frame: EINVAL, |_, a| a[2] = E.pt;
    target_of_somebody_else: EACCES, |_, a| a[2] = pages(GRANDCHILD).frame;
    pid_of_a_grown_up_child: EACCES, |_, a| (a[1], a[2]) = (RUNNABLE, pages(RUNNABLE).frame);
    pid_of_somebody_elses_embryo: EACCES, |_, a| (a[1], a[2]) = (GRANDCHILD, pages(GRANDCHILD).frame);
}

#[test]
fn a_frame_is_copied() {
    for (pid, target) in [(EMBRYO, E.frame), (INIT, FRAME2)] {
        does(SYS_COPY_FRAME, [P.frame, pid, target], |k| k.pages[target as usize] = k.pages[P.frame as usize]);
    }
}

#[test]
fn a_frame_can_be_copied_to_itself() {
    does(SYS_COPY_FRAME, [P.frame, INIT, P.frame], |_| {});
}

checks! { sys_protect_frame: SYS_PROTECT_FRAME, [P.pt, 0, P.frame, RO];
    table_beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
    table_of_level_2: EINVAL, |_, a| a[0] = P.pd;
    table_of_somebody_else: EACCES, |_, a| a[0] = E.pt;
    index_512: EINVAL, |_, a| a[1] = 512;
    frame_beyond_the_pages: EINVAL, |_, a| a[2] = 8192;
    not_a_frame: EINVAL, |_, a| a[2] = P.pd;
    frame_of_somebody_else: EACCES, |_, a| a[2] = E.frame;
    slot_empty: EINVAL, |_, a| a[1] = 2;
    slot_of_another_frame: EINVAL, |_, a| a[1] = 1;
    address_bit: EINVAL, |_, a| a[3] |= 1 << 12;
    global_bit: EINVAL, |_, a| a[3] |= PTE_G;
    not_present: EINVAL, |_, a| a[3] &= !PTE_P;
}

#[test]
fn permissions_are_replaced() {
    let mut m = world();
    m.pages[P.pt as usize][0] |= PTE_A | PTE_D;
    does_in(m, SYS_PROTECT_FRAME, [P.pt, 0, P.frame, RO | PTE_NX], |k| {
        k.pages[P.pt as usize][0] = (BASE + P.frame) << 12 | RO | PTE_NX;
        k.requests.flush_tlb[INIT as usize] = 1;
    });
}

checks! { sys_reclaim_page: SYS_RECLAIM_PAGE, [R.frame];
    beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
    any_number: EINVAL, |_, a| a[0] = u64::MAX;
    free: EINVAL, |_, a| a[0] = FREE;
    page_0: EACCES, |_, a| a[0] = 0;
    owner_alive: EACCES, |_, a| a[0] = pages(SLEEPER).frame;
    owner_with_a_device: EBUSY, |_, a| a[0] = Z.frame;
}

#[test]
fn a_zombies_page_becomes_free() {
    does(SYS_RECLAIM_PAGE, [R.pt], |k| {
        k.page_desc[R.pt as usize].kind = PageType::Free;
        k.page_desc[R.pt as usize].owner = 0;
        k.procs[REMAINS as usize].nr_pages -= 1;
        link_page(k, R.pt);
    });
}
