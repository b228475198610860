//! Taking all descriptors and open files, and naming those of others.

use lv6_abi::limits::{FS_PID, INIT_PID, NFILE, NOFILE};
use lv6_abi::syscall::*;
use lv6_kernel::state::FileType;
use lv6_ulib::process::{getpid, status};
use lv6_ulib::sys::call::dup;
use lv6_ulib::sys::call::must_fail;
use lv6_ulib::sys::fork::embryo;
use lv6_ulib::{Errno, files};

use super::{Case, once};
use crate::stopped::Stopped::Refused;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("take_all_descriptors", Refused, all_descriptors),
    once("take_all_open_files", Refused, all_files),
    once("forge_open_files", Refused, forge),
    once("descriptors_of_others", Refused, others),
];

/// Makes files until that fails.
fn fill_up() -> Errno {
    loop {
        if let Err(e) = files::create(FileType::Socket, 7, 0) {
            return e;
        }
    }
}

fn all_descriptors(_: u64, _: u64) -> u8 {
    assert_eq!(fill_up(), Errno::ENOMEM);
    assert_eq!(files::open().count(), NOFILE);
    status::OK
}

/// Children that never run keep the files.
fn all_files(_: u64, _: u64) -> u8 {
    files::close_all();
    while files::find_free_file().is_ok() {
        fill_up();
        let child = embryo().expect("a slot is free");
        for fd in files::open() {
            dup(fd, child, fd).expect("the child has no files yet");
        }
        files::close_all();
    }
    assert_eq!(files::create(FileType::Socket, 7, 0), Err(Errno::ENOMEM));
    status::OK
}

/// Open files whose numbers are taken, or none; and of kinds that there are not.
fn forge(_: u64, _: u64) -> u8 {
    files::close_all();
    let kind = FileType::Inode.code();
    let free = files::find_free_file().expect("a file is free");
    let taken = (1..NFILE as u64).filter(|&n| lv6_ulib::sys::tables::file(n).refcnt > 0);
    for number in taken.chain(NFILE as u64..1000).chain((7..64).map(|bit| 1 << bit)).chain([0, u64::MAX]) {
        must_fail(SYS_CREATE, [0, number, kind, 1, 0, 0]);
    }
    for fd in (NOFILE as u64..1000).chain((4..64).map(|bit| 1 << bit)).chain([u64::MAX]) {
        must_fail(SYS_CREATE, [fd, free, kind, 1, 0, 0]);
        must_fail(SYS_LSEEK, [fd, 0, 0, 0, 0, 0]);
    }
    for kind in (4..1000).chain((2..64).map(|bit| 1 << bit)).chain([0, u64::MAX]) {
        must_fail(SYS_CREATE, [0, free, kind, 1, 0, 0]);
    }
    status::OK
}

/// Closes descriptors of others, and puts some there.
fn others(_: u64, peer: u64) -> u8 {
    let me = getpid();
    files::close_all();
    files::create(FileType::Socket, 7, 0).expect("all descriptors are free");
    for pid in [INIT_PID, FS_PID, peer, 0, 64, 1 << 32, u64::MAX] {
        for fd in (0..NOFILE as u64 + 4).chain([u64::MAX]) {
            must_fail(SYS_CLOSE, [pid, fd, 0, 0, 0, 0]);
            must_fail(SYS_DUP, [0, pid, fd, 0, 0, 0]);
            must_fail(SYS_DUP2, [0, pid, fd, 0, 0, 0]);
            must_fail(SYS_DUP, [fd + u64::from(fd == 0), me, 20, 0, 0, 0]);
        }
    }
    status::OK
}
