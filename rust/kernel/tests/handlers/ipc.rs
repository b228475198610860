//! Messages.

use lv6_abi::errno::*;
use lv6_abi::syscall::*;
use lv6_exercise::Step;
use lv6_kernel::Kernel;
use lv6_kernel::state::ProcState;

use crate::checks;
use crate::support::*;
use crate::world::*;

const P: Pages = pages(INIT);
const NONE: u64 = u64::MAX;

/// The first `size` bytes of one page copied over another, byte by byte.
fn copied(target: &[u64; 512], source: &[u64; 512], size: usize) -> [u64; 512] {
    let bytes = |page: &[u64; 512]| page.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let mut result = bytes(target);
    result[..size].copy_from_slice(&bytes(source)[..size]);
    let mut words = [0; 512];
    for (word, chunk) in words.iter_mut().zip(result.chunks(8)) {
        *word = u64::from_le_bytes(chunk.try_into().unwrap());
    }
    words
}

/// What a message does to its receiver, which joins the ready list.
fn receive(k: &mut Kernel, pid: u64, sender: u64, val: u64, page: u64, size: u64) {
    let target = k.procs[pid as usize].ipc_page as usize;
    k.pages[target] = copied(&k.pages[target], &k.pages[page as usize], size as usize);
    let proc = &mut k.procs[pid as usize];
    (proc.ipc_from, proc.ipc_val, proc.ipc_size) = (sender, val, size);
    link_process(k, pid);
}

/// Gives the processor away.
fn run(k: &mut Kernel, pid: u64, state: ProcState) {
    k.procs[k.current as usize].state = state;
    k.procs[pid as usize].state = ProcState::Running;
    if !state.is(ProcState::Runnable) {
        unlink_process(k, k.current);
    }
    k.current = pid;
}

/// The world, with something to overwrite in the receivers' pages.
fn dirty_world() -> Lent {
    let mut m = world();
    for pid in [SLEEPER, CALLER] {
        m.pages[pages(pid).frame as usize] = [0xaaaa_bbbb_cccc_dddd; 512];
    }
    m
}

checks! { sys_send: SYS_SEND, [SLEEPER, 1, P.frame, 100, 0];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    not_asleep: EAGAIN, |_, a| a[0] = RUNNABLE;
    itself: EAGAIN, |_, a| a[0] = INIT;
    page_beyond_the_pages: EINVAL, |_, a| a[2] = 8192;
    page_of_somebody_else: EACCES, |_, a| a[2] = pages(EMBRYO).frame;
    free_page: EACCES, |_, a| a[2] = FREE;
    size_4097: EINVAL, |_, a| a[3] = 4097;
    any_size: EINVAL, |_, a| a[3] = u64::MAX;
    fd_empty: EINVAL, |_, a| a[4] = 9;
    receiver_waits_for_another: EACCES, |_, a| a[0] = CALLER;
}

#[test]
fn a_message_of_any_size_is_delivered() {
    for size in [0, 1, 7, 8, 9, 63, 64, 100, 4088, 4095, 4096] {
        does_in(dirty_world(), SYS_SEND, [SLEEPER, 0x1234, P.frame, size, NONE], |k| {
            receive(k, SLEEPER, INIT, 0x1234, P.frame, size);
            run(k, SLEEPER, ProcState::Runnable);
        });
    }
}

#[test]
fn a_descriptor_is_delivered_to_one_who_wants_it() {
    does(SYS_SEND, [SLEEPER, 0, P.frame, 0, 1], |k| {
        receive(k, SLEEPER, INIT, 0, P.frame, 0);
        k.procs[SLEEPER as usize].ofile[5] = 2;
        k.procs[SLEEPER as usize].nr_fds += 1;
        k.files[2].refcnt += 1;
        run(k, SLEEPER, ProcState::Runnable);
    });
}

#[test]
fn a_descriptor_is_not_delivered_to_one_who_does_not_want_it() {
    let mut m = world();
    m.procs[SLEEPER as usize].ipc_fd = NONE;
    does_in(m, SYS_SEND, [SLEEPER, 0, P.frame, 0, 1], |k| {
        receive(k, SLEEPER, INIT, 0, P.frame, 0);
        run(k, SLEEPER, ProcState::Runnable);
    });
}

#[test]
fn the_one_who_was_called_may_send() {
    let mut m = world();
    assert_eq!(m.call(SYS_SWITCH, args([RUNNABLE])), 0);
    does_in(m, SYS_SEND, [CALLER, 7, pages(RUNNABLE).frame, 16, NONE], |k| {
        receive(k, CALLER, RUNNABLE, 7, pages(RUNNABLE).frame, 16);
        run(k, CALLER, ProcState::Runnable);
    });
}

#[test]
fn a_sender_need_not_acknowledge_its_interrupts() {
    let mut m = world();
    m.procs[INIT as usize].intr = [1, 2, 3, 4];
    does_in(m, SYS_SEND, [SLEEPER, 0, P.frame, 0, NONE], |k| {
        receive(k, SLEEPER, INIT, 0, P.frame, 0);
        run(k, SLEEPER, ProcState::Runnable);
    });
}

#[test]
fn any_page_of_the_sender_can_be_sent() {
    does(SYS_SEND, [SLEEPER, 0, P.pt, 16, NONE], |k| {
        receive(k, SLEEPER, INIT, 0, P.pt, 16);
        run(k, SLEEPER, ProcState::Runnable);
    });
}

#[test]
fn a_killed_sender_dies() {
    let mut m = world();
    assert_eq!(m.call(SYS_KILL, args([INIT])), 0);
    does_in(m, SYS_SEND, [SLEEPER, 0, P.frame, 8, NONE], |k| {
        receive(k, SLEEPER, INIT, 0, P.frame, 8);
        run(k, SLEEPER, ProcState::Zombie);
    });
}

checks! { sys_recv: SYS_RECV, [RUNNABLE, P.frame, 9];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    not_runnable: EINVAL, |_, a| a[0] = SLEEPER;
    itself: EINVAL, |_, a| a[0] = INIT;
    page_beyond_the_pages: EINVAL, |_, a| a[1] = 8192;
    page_of_somebody_else: EACCES, |_, a| a[1] = pages(RUNNABLE).frame;
    not_a_frame: EINVAL, |_, a| a[1] = P.pt;
    fd_in_use: EINVAL, |_, a| a[2] = 0;
    interrupted: EINTR, |k, _| k.procs[INIT as usize].intr[1] = 1 << 16;
}

/// Every call after which its caller would sleep.
const SLEEPS: [(u64, [u64; 6]); 3] = [
    (SYS_RECV, [RUNNABLE, P.frame, 9, 0, 0, 0]),
    (SYS_REPLY_WAIT, [SLEEPER, 1, P.frame, 100, 0, FRAME2]),
    (SYS_CALL, [SLEEPER, 1, P.frame, 100, FRAME2, 9]),
];

#[test]
fn nobody_sleeps_through_an_interrupt_at_any_vector() {
    let world = world();
    let mut m = copy(&world);
    for (nr, args) in SLEEPS {
        for vector in [0, 63, 64, 127, 128, 191, 192, 255] {
            m.copy_from(&world);
            m.procs[INIT as usize].intr[vector / 64] = 1 << (vector % 64);
            let before = copy(&m);
            assert_eq!(m.call(nr, args), EINTR, "call {nr}, vector {vector}");
            assert_same(&before, &m);
        }
        // Those of others do not count.
        m.copy_from(&world);
        m.procs[RUNNABLE as usize].intr = [u64::MAX; 4];
        assert_eq!(m.call(nr, args), 0);
    }
}

#[test]
fn an_interrupt_just_before_or_just_after_the_call_is_seen() {
    for (nr, args) in SLEEPS {
        let mut m = world();
        assert_eq!(m.apply(Step::Interrupt(VECTOR)), 0);
        assert_eq!(m.call(nr, args), EINTR);
        assert_eq!(m.call(SYS_ACK_INTR, [VECTOR, 0, 0, 0, 0, 0]), 0);
        assert_eq!(m.call(nr, args), 0);
        assert!(m.procs[INIT as usize].state.is(ProcState::Sleeping));
        assert_eq!(m.apply(Step::Interrupt(VECTOR)), 0);
        assert!(m.procs[INIT as usize].state.is(ProcState::Runnable));
        assert_eq!((m.procs[INIT as usize].ipc_from, m.procs[INIT as usize].ipc_val), (0, VECTOR));
        assert_eq!(m.check(), Ok(()));
    }
}

#[test]
fn a_receiver_sleeps() {
    for fd in [9, NONE, 16] {
        let mut m = world();
        let proc = &mut m.procs[INIT as usize];
        (proc.ipc_from, proc.ipc_val, proc.ipc_size) = (9, 9, 9);
        does_in(m, SYS_RECV, [RUNNABLE, FRAME2, fd], |k| {
            let proc = &mut k.procs[INIT as usize];
            (proc.ipc_from, proc.ipc_page, proc.ipc_size, proc.ipc_fd) = (0, FRAME2, 0, fd);
            run(k, RUNNABLE, ProcState::Sleeping);
        });
    }
}

#[test]
fn a_killed_receiver_dies() {
    let mut m = world();
    assert_eq!(m.call(SYS_KILL, args([INIT])), 0);
    does_in(m, SYS_RECV, [RUNNABLE, FRAME2, NONE], |k| {
        let proc = &mut k.procs[INIT as usize];
        (proc.ipc_page, proc.ipc_fd) = (FRAME2, NONE);
        run(k, RUNNABLE, ProcState::Zombie);
    });
}

checks! { sys_reply_wait: SYS_REPLY_WAIT, [SLEEPER, 1, P.frame, 100, 0, FRAME2];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    not_asleep: EAGAIN, |_, a| a[0] = RUNNABLE;
    sent_page_beyond_the_pages: EINVAL, |_, a| a[2] = 8192;
    sent_page_of_somebody_else: EACCES, |_, a| a[2] = pages(EMBRYO).frame;
    size_4097: EINVAL, |_, a| a[3] = 4097;
    fd_empty: EINVAL, |_, a| a[4] = 9;
    page_beyond_the_pages: EINVAL, |_, a| a[5] = 8192;
    page_of_somebody_else: EACCES, |_, a| a[5] = pages(SLEEPER).frame;
    not_a_frame: EINVAL, |_, a| a[5] = P.pt;
    receiver_waits_for_another: EACCES, |_, a| a[0] = CALLER;
    interrupted: EINTR, |k, _| k.procs[INIT as usize].intr[0] = 1;
}

#[test]
fn an_answer_is_delivered_and_the_sender_waits_for_anyone() {
    let mut m = dirty_world();
    m.procs[INIT as usize].ipc_from = 9;
    does_in(m, SYS_REPLY_WAIT, [SLEEPER, 0x55, P.frame, 333, 1, FRAME2], |k| {
        receive(k, SLEEPER, INIT, 0x55, P.frame, 333);
        k.procs[SLEEPER as usize].ofile[5] = 2;
        k.procs[SLEEPER as usize].nr_fds += 1;
        k.files[2].refcnt += 1;
        let proc = &mut k.procs[INIT as usize];
        (proc.ipc_from, proc.ipc_page, proc.ipc_fd) = (0, FRAME2, NONE);
        run(k, SLEEPER, ProcState::Sleeping);
    });
}

#[test]
fn the_one_who_was_called_may_answer() {
    let mut m = world();
    assert_eq!(m.call(SYS_SWITCH, args([RUNNABLE])), 0);
    let frame = pages(RUNNABLE).frame;
    does_in(m, SYS_REPLY_WAIT, [CALLER, 5, frame, 8, NONE, frame], |k| {
        receive(k, CALLER, RUNNABLE, 5, frame, 8);
        let proc = &mut k.procs[RUNNABLE as usize];
        (proc.ipc_from, proc.ipc_page, proc.ipc_fd) = (0, frame, NONE);
        run(k, CALLER, ProcState::Sleeping);
    });
}

checks! { sys_call: SYS_CALL, [SLEEPER, 1, P.frame, 100, FRAME2, 9];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    not_asleep: EAGAIN, |_, a| a[0] = RUNNABLE;
    sent_page_beyond_the_pages: EINVAL, |_, a| a[2] = 8192;
    sent_page_of_somebody_else: EACCES, |_, a| a[2] = pages(EMBRYO).frame;
    size_4097: EINVAL, |_, a| a[3] = 4097;
    page_beyond_the_pages: EINVAL, |_, a| a[4] = 8192;
    page_of_somebody_else: EACCES, |_, a| a[4] = pages(SLEEPER).frame;
    not_a_frame: EINVAL, |_, a| a[4] = P.pt;
    fd_in_use: EINVAL, |_, a| a[5] = 0;
    receiver_waits_for_another: EACCES, |_, a| a[0] = CALLER;
    interrupted: EINTR, |k, _| k.procs[INIT as usize].intr[3] = 1 << 63;
}

#[test]
fn a_call_is_delivered_and_the_caller_waits_for_the_answer() {
    for fd in [9, NONE] {
        does_in(dirty_world(), SYS_CALL, [SLEEPER, 0x55, P.frame, 21, P.frame, fd], |k| {
            receive(k, SLEEPER, INIT, 0x55, P.frame, 21);
            let proc = &mut k.procs[INIT as usize];
            (proc.ipc_from, proc.ipc_page, proc.ipc_fd) = (SLEEPER, P.frame, fd);
            run(k, SLEEPER, ProcState::Sleeping);
        });
    }
}

#[test]
fn a_killed_caller_dies() {
    let mut m = world();
    assert_eq!(m.call(SYS_KILL, args([INIT])), 0);
    does_in(m, SYS_CALL, [SLEEPER, 0, P.frame, 0, P.frame, NONE], |k| {
        receive(k, SLEEPER, INIT, 0, P.frame, 0);
        let proc = &mut k.procs[INIT as usize];
        (proc.ipc_from, proc.ipc_page, proc.ipc_fd) = (SLEEPER, P.frame, NONE);
        run(k, SLEEPER, ProcState::Zombie);
    });
}
