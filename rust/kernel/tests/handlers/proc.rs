//! System calls on processes.

use lv6_abi::errno::*;
use lv6_abi::syscall::*;
use lv6_kernel::Kernel;
use lv6_kernel::state::{PageType, ProcState};

use crate::checks;
use crate::support::*;
use crate::world::*;

/// The world with the current process killed.
fn killed_world() -> Lent {
    let mut m = world();
    assert_eq!(m.call(SYS_KILL, args([INIT])), 0);
    m
}

checks! { sys_clone: SYS_CLONE, [UNUSED, FREE, FREE + 1, FREE + 2];
    pid_0: ENOMEM, |_, a| a[0] = 0;
    pid_64: ENOMEM, |_, a| a[0] = 64;
    pid_in_use: ENOMEM, |_, a| a[0] = SLEEPER;
    pid_of_a_zombie: ENOMEM, |_, a| a[0] = CORPSE;
    root_beyond_the_pages: ENOMEM, |_, a| a[1] = 8192;
    root_in_use: ENOMEM, |_, a| a[1] = FRAME2;
    stack_beyond_the_pages: ENOMEM, |_, a| a[2] = 8192;
    stack_in_use: ENOMEM, |_, a| a[2] = FRAME2;
    hvm_beyond_the_pages: ENOMEM, |_, a| a[3] = 8192;
    hvm_is_page_0: ENOMEM, |_, a| a[3] = 0;
    root_is_stack: EINVAL, |_, a| a[2] = a[1];
    root_is_hvm: EINVAL, |_, a| a[3] = a[1];
    stack_is_hvm: EINVAL, |_, a| a[3] = a[2];
}

fn give(k: &mut Kernel, pid: u64, kind: PageType, pn: u64) {
    unlink_page(k, pn);
    k.page_desc[pn as usize].kind = kind;
    k.page_desc[pn as usize].owner = pid;
    k.procs[pid as usize].nr_pages += 1;
    k.pages[pn as usize] = [0; 512];
}

#[test]
fn clone_makes_an_embryo() {
    let mut m = world();
    for pn in [2, 3, FREE, FREE + 1, FREE + 2] {
        m.pages[pn as usize] = [pn; 512];
    }
    does_in(m, SYS_CLONE, [UNUSED, FREE, FREE + 1, FREE + 2], |k| {
        give(k, UNUSED, PageType::X86Pml4, FREE);
        give(k, UNUSED, PageType::ProcData, FREE + 1);
        give(k, UNUSED, PageType::ProcData, FREE + 2);
        k.pages[FREE as usize + 1] = [2; 512];
        k.pages[FREE as usize + 2] = [3; 512];
        let proc = &mut k.procs[UNUSED as usize];
        (proc.state, proc.ppid) = (ProcState::Embryo, INIT);
        (proc.page_table_root, proc.stack, proc.hvm) = (FREE, FREE + 1, FREE + 2);
        k.procs[INIT as usize].nr_children += 1;
        k.requests.flush_tlb[UNUSED as usize] = 1;
    });
}

#[test]
fn a_name_is_set() {
    does(SYS_SET_PROC_NAME, [0x1234, u64::MAX], |k| k.procs[INIT as usize].name = [0x1234, u64::MAX]);
}

checks! { sys_set_runnable: SYS_SET_RUNNABLE, [EMBRYO];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    somebody_elses_embryo: EACCES, |_, a| a[0] = GRANDCHILD;
    unused: EACCES, |_, a| a[0] = UNUSED;
    runnable_already: EINVAL, |_, a| a[0] = RUNNABLE;
    itself: EINVAL, |_, a| a[0] = INIT;
}

#[test]
fn an_embryo_joins_the_ready_list() {
    does(SYS_SET_RUNNABLE, [EMBRYO], |k| {
        k.procs[EMBRYO as usize].state = ProcState::Runnable;
        link_process(k, EMBRYO);
    });
}

checks! { sys_switch: SYS_SWITCH, [RUNNABLE];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    itself: EINVAL, |_, a| a[0] = INIT;
    embryo: EINVAL, |_, a| a[0] = EMBRYO;
    sleeper: EINVAL, |_, a| a[0] = SLEEPER;
    zombie: EINVAL, |_, a| a[0] = ZOMBIE;
    unused: EINVAL, |_, a| a[0] = UNUSED;
}

#[test]
fn switch_gives_the_processor() {
    does(SYS_SWITCH, [RUNNABLE], |k| {
        k.procs[INIT as usize].state = ProcState::Runnable;
        k.procs[RUNNABLE as usize].state = ProcState::Running;
        k.current = RUNNABLE;
    });
}

#[test]
fn a_killed_process_dies_when_it_switches() {
    does_in(killed_world(), SYS_SWITCH, [RUNNABLE], |k| {
        k.procs[INIT as usize].state = ProcState::Zombie;
        unlink_process(k, INIT);
        k.procs[RUNNABLE as usize].state = ProcState::Running;
        k.current = RUNNABLE;
    });
}

checks! { sys_kill: SYS_KILL, [RUNNABLE];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    unused: EINVAL, |_, a| a[0] = UNUSED;
    zombie: EINVAL, |_, a| a[0] = ZOMBIE;
    stranger: EACCES, |k, a| {
        assert_eq!(lv6_kernel::proc::sys_switch(k, RUNNABLE), 0);
        a[0] = EMBRYO;
    };
}

#[test]
fn a_runnable_process_dies_at_once() {
    does(SYS_KILL, [RUNNABLE], |k| {
        k.procs[RUNNABLE as usize].killed = 1;
        k.procs[RUNNABLE as usize].state = ProcState::Zombie;
        unlink_process(k, RUNNABLE);
    });
}

#[test]
fn an_embryo_and_a_sleeper_die_at_once() {
    for pid in [EMBRYO, SLEEPER] {
        does(SYS_KILL, [pid], |k| {
            k.procs[pid as usize].killed = 1;
            k.procs[pid as usize].state = ProcState::Zombie;
        });
    }
}

#[test]
fn the_running_process_dies_later() {
    does(SYS_KILL, [INIT], |k| k.procs[INIT as usize].killed = 1);
}

#[test]
fn init_can_kill_whose_parent_it_is_not() {
    does(SYS_KILL, [GRANDCHILD], |k| {
        k.procs[GRANDCHILD as usize].killed = 1;
        k.procs[GRANDCHILD as usize].state = ProcState::Zombie;
    });
}

#[test]
fn a_parent_other_than_init_can_kill_its_child() {
    let mut m = world();
    assert_eq!(m.call(SYS_SWITCH, args([RUNNABLE])), 0);
    does_in(m, SYS_KILL, [GRANDCHILD], |k| {
        k.procs[GRANDCHILD as usize].killed = 1;
        k.procs[GRANDCHILD as usize].state = ProcState::Zombie;
    });
}

checks! { sys_reap: SYS_REAP, [CORPSE];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    somebody_elses_child: EACCES, |_, a| a[0] = GRANDCHILD;
    unused: EACCES, |_, a| a[0] = UNUSED;
    not_a_zombie: EINVAL, |_, a| a[0] = RUNNABLE;
    owns_a_page: ETXTBSY, |_, a| a[0] = REMAINS;
    owns_a_child: ETXTBSY, |k, _| {
        let child = &mut k.procs[SLEEPER as usize];
        child.ppid = CORPSE;
        k.procs[CORPSE as usize].nr_children = 1;
        k.procs[INIT as usize].nr_children -= 1;
    };
    owns_a_descriptor: ETXTBSY, |k, _| {
        k.procs[CORPSE as usize].ofile[7] = 1;
        k.procs[CORPSE as usize].nr_fds = 1;
        k.files[1].refcnt += 1;
    };
    owns_a_device: ETXTBSY, |k, _| {
        lv6_kernel::page::alloc_page(k, CORPSE, PageType::IommuPml4, FREE);
        let slot = &mut k.pci[FREE_DEVICE as usize];
        (slot.owner, slot.root) = (CORPSE, FREE);
        k.procs[CORPSE as usize].nr_devs = 1;
    };
    owns_a_dma_page: ETXTBSY, |k, _| {
        let desc = &mut k.dma[FREE_DMA as usize];
        (desc.kind, desc.owner) = (PageType::IommuFrame, CORPSE);
        k.procs[CORPSE as usize].nr_dmapages = 1;
    };
    owns_a_port: ETXTBSY, |k, _| {
        k.ports[FREE_PORT as usize] = CORPSE;
        k.procs[CORPSE as usize].nr_ports = 1;
    };
    owns_a_vector: ETXTBSY, |k, _| {
        k.vectors[FREE_VECTOR as usize] = CORPSE;
        k.procs[CORPSE as usize].nr_vectors = 1;
    };
}

/// Routes come with devices and vectors; only the counter is set here, so the state is not one that can be reached.
#[test]
fn a_zombie_with_an_interrupt_route_is_not_reaped() {
    let mut m = world();
    m.procs[CORPSE as usize].nr_intremaps = 1;
    assert_eq!(m.call(SYS_REAP, args([CORPSE])), ETXTBSY);
}

#[test]
fn reaping_blanks_the_slot() {
    let mut m = world();
    let proc = &mut m.procs[CORPSE as usize];
    proc.intr = [1, 2, 3, 4];
    proc.name = [5, 6];
    (proc.ipc_from, proc.ipc_val, proc.ipc_page, proc.ipc_size, proc.ipc_fd) = (7, 8, 9, 10, 11);
    (proc.use_io_bitmap, proc.io_bitmap_a, proc.io_bitmap_b) = (1, 12, 13);
    does_in(m, SYS_REAP, [CORPSE], |k| {
        k.procs[CORPSE as usize] = k.procs[UNUSED as usize];
        k.procs[INIT as usize].nr_children -= 1;
    });
}

checks! { sys_reparent: SYS_REPARENT, [ORPHAN];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    unused: EINVAL, |_, a| a[0] = UNUSED;
    parent_alive: EINVAL, |_, a| a[0] = GRANDCHILD;
    init_asleep: EINVAL, |k, _| {
        assert_eq!(lv6_kernel::ipc::sys_recv(k, RUNNABLE, FRAME2, u64::MAX), 0);
    };
}

#[test]
fn an_orphan_becomes_inits_child() {
    does(SYS_REPARENT, [ORPHAN], |k| {
        k.procs[ORPHAN as usize].ppid = INIT;
        k.procs[ZOMBIE as usize].nr_children -= 1;
        k.procs[INIT as usize].nr_children += 1;
    });
}

#[test]
fn anybody_can_hand_an_orphan_to_a_waiting_init() {
    let mut m = world();
    assert_eq!(m.call(SYS_SWITCH, args([RUNNABLE])), 0);
    does_in(m, SYS_REPARENT, [ORPHAN], |k| {
        k.procs[ORPHAN as usize].ppid = INIT;
        k.procs[ZOMBIE as usize].nr_children -= 1;
        k.procs[INIT as usize].nr_children += 1;
    });
}
