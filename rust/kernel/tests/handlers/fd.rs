//! System calls on file descriptors.

use lv6_abi::errno::*;
use lv6_abi::syscall::*;
use lv6_kernel::Kernel;
use lv6_kernel::state::{File, FileType};

use crate::checks;
use crate::support::*;
use crate::world::*;

checks! { sys_create: SYS_CREATE, [9, FREE_FILE, 2, 0x77, 3];
    type_0: EINVAL, |_, a| a[2] = 0;
    type_4: EINVAL, |_, a| a[2] = 4;
    any_type: EINVAL, |_, a| a[2] = u64::MAX;
    fd_16: EBADF, |_, a| a[0] = 16;
    fd_negative: EBADF, |_, a| a[0] = u64::MAX;
    fd_in_use: EINVAL, |_, a| a[0] = 0;
    file_0: EINVAL, |_, a| a[1] = 0;
    file_128: EINVAL, |_, a| a[1] = 128;
    file_in_use: EINVAL, |_, a| a[1] = 3;
}

#[test]
fn a_file_is_created() {
    for (n, kind) in [(1, FileType::Pipe), (2, FileType::Inode), (3, FileType::Socket)] {
        does(SYS_CREATE, [15, 127, n, u64::MAX, 7], |k| {
            k.files[127] = File { kind, refcnt: 1, value: u64::MAX, omode: 7, offset: 0, reserved: [0; 3] };
            k.procs[INIT as usize].ofile[15] = 127;
            k.procs[INIT as usize].nr_fds += 1;
        });
    }
}

checks! { sys_close: SYS_CLOSE, [ZOMBIE, 3];
    pid_0: ESRCH, |_, a| a[0] = 0;
    pid_64: ESRCH, |_, a| a[0] = 64;
    fd_16: EBADF, |_, a| a[1] = 16;
    pid_of_an_own_embryo: EACCES, |_, a| (a[0], a[1]) = (EMBRYO, 4);
    pid_of_a_live_process: EACCES, |_, a| a[0] = RUNNABLE;
    slot_empty: EBADF, |_, a| a[1] = 4;
}

#[test]
fn the_file_goes_with_its_last_descriptor() {
    for (pid, fd, file) in [(ZOMBIE, 3, 3), (INIT, 0, 1)] {
        does(SYS_CLOSE, [pid, fd], |k| {
            k.procs[pid as usize].ofile[fd as usize] = 0;
            k.procs[pid as usize].nr_fds -= 1;
            k.files[file] = k.files[FREE_FILE as usize];
        });
    }
}

#[test]
fn the_file_stays_while_it_has_another_descriptor() {
    does(SYS_CLOSE, [INIT, 1], |k| {
        k.procs[INIT as usize].ofile[1] = 0;
        k.procs[INIT as usize].nr_fds -= 1;
        k.files[2].refcnt -= 1;
    });
}

checks! { sys_dup: SYS_DUP, [0, EMBRYO, 9];
    pid_0: ESRCH, |_, a| a[1] = 0;
    pid_64: ESRCH, |_, a| a[1] = 64;
    pid_of_a_grown_up_child: EACCES, |_, a| a[1] = RUNNABLE;
    pid_of_somebody_elses_embryo: EACCES, |_, a| a[1] = GRANDCHILD;
    old_fd_16: EBADF, |_, a| a[0] = 16;
    old_slot_empty: EBADF, |_, a| a[0] = 8;
    new_fd_16: EBADF, |_, a| a[2] = 16;
    new_slot_in_use: EINVAL, |_, a| a[2] = 4;
}

fn install(k: &mut Kernel, pid: u64, fd: usize, file: usize) {
    k.procs[pid as usize].ofile[fd] = file as u64;
    k.procs[pid as usize].nr_fds += 1;
    k.files[file].refcnt += 1;
}

#[test]
fn a_descriptor_is_copied() {
    for pid in [INIT, EMBRYO] {
        does(SYS_DUP, [0, pid, 9], |k| install(k, pid, 9, 1));
        does(SYS_DUP2, [0, pid, 9], |k| install(k, pid, 9, 1));
    }
}

checks! { sys_dup2: SYS_DUP2, [0, EMBRYO, 4];
    pid_0: ESRCH, |_, a| a[1] = 0;
    pid_64: ESRCH, |_, a| a[1] = 64;
    pid_of_a_grown_up_child: EACCES, |_, a| a[1] = RUNNABLE;
    pid_of_somebody_elses_embryo: EACCES, |_, a| a[1] = GRANDCHILD;
    old_fd_16: EBADF, |_, a| a[0] = 16;
    old_slot_empty: EBADF, |_, a| a[0] = 8;
    new_fd_16: EBADF, |_, a| a[2] = 16;
}

#[test]
fn the_descriptor_in_the_way_is_closed() {
    does(SYS_DUP2, [0, EMBRYO, 4], |k| {
        k.procs[EMBRYO as usize].ofile[4] = 1;
        k.files[2].refcnt -= 1;
        k.files[1].refcnt += 1;
    });
}

#[test]
fn the_file_in_the_way_goes_with_its_last_descriptor() {
    does(SYS_DUP2, [1, INIT, 0], |k| {
        k.procs[INIT as usize].ofile[0] = 2;
        k.files[1] = k.files[FREE_FILE as usize];
        k.files[2].refcnt += 1;
    });
}

#[test]
fn copying_over_a_descriptor_of_the_same_file_changes_nothing() {
    does(SYS_DUP2, [0, INIT, 0], |_| {});
    does(SYS_DUP2, [1, EMBRYO, 4], |_| {});
}

checks! { sys_lseek: SYS_LSEEK, [0, 100];
    fd_16: EBADF, |_, a| a[0] = 16;
    slot_empty: EINVAL, |_, a| a[0] = 8;
    not_an_inode: EINVAL, |_, a| a[0] = 1;
    offset_negative: EINVAL, |_, a| a[1] = 1 << 63;
}

#[test]
fn the_offset_is_set() {
    for offset in [0, 100, (1 << 63) - 1] {
        does(SYS_LSEEK, [0, offset], |k| k.files[1].offset = offset);
    }
}
