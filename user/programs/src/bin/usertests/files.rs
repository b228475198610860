//! Tests of file descriptors: creating, copying, closing, sharing, running out.

use alloc::vec::Vec;

use lv6_abi::limits::{INIT_PID, NFILE, NOFILE};
use lv6_abi::syscall::*;
use lv6_kernel::state::{File, FileType};
use lv6_ulib::process::*;
use lv6_ulib::process_name::Ended;
use lv6_ulib::programs::spawn;
use lv6_ulib::sys::call;
use lv6_ulib::sys::tables::{file, proc};
use lv6_ulib::{Errno, files, fs, println};

use crate::cases::{Case, World, all_fail, case};
use crate::kernel_tables;
use crate::support::{in_child, release, start, start_held, yield_until, yield_until_released};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("fd_bad_arguments", bad_arguments),
    ("fd_create_and_close", create_and_close),
    ("fd_dup", dup),
    ("fd_dup_to", dup_to),
    ("fd_seek", seek),
    ("fd_shared_after_fork", shared_after_fork),
    ("fd_closed_on_exit", closed_on_exit),
    ("fd_of_a_zombie_is_closed", closed_for_a_zombie),
    ("fd_kept_by_exec", kept_by_exec),
    ("fd_all_descriptors", all_descriptors),
    ("fd_all_files", all_files),
];

use Errno as E;

/// Descriptors that are none.
const BAD_FDS: [u64; 4] = [NOFILE as u64, 1 << 32, 1 << 63, u64::MAX];
/// Pids that are none.
const BAD_PIDS: [u64; 5] = [0, 64, 1 << 32 | 1, 1 << 63, u64::MAX];
/// A descriptor that no test uses.
const EMPTY: u64 = 13;

/// Makes an inode with the given value. Returns its descriptor and its number.
fn new_file(value: u64) -> (u64, u64) {
    let fd = files::create(FileType::Inode, value, 2).expect("create");
    (fd, files::number(fd).expect("it is open"))
}

/// What is in an open-file slot.
fn fields(number: u64) -> (u64, u64, u64, u64, u64) {
    let File { kind, refcnt, value, omode, offset, .. } = file(number);
    (kind.code(), refcnt, value, omode, offset)
}

fn bad_arguments() {
    let w = World::new();
    let (inode, used) = new_file(7);
    let pipe = files::create(FileType::Pipe, 8, 0).expect("create");
    let child = start_held(|| 0);
    let unused = files::find_free_file().expect("a file is free");
    let (new_inode, new_pipe) = (FileType::Inode.code(), FileType::Pipe.code());
    let mut cases = Vec::new();
    // The type is looked at first, then the descriptor, then the file.
    cases.extend([0, 4, 1 << 32 | 1, u64::MAX].map(|kind| case(SYS_CREATE, [EMPTY, unused, kind], E::EINVAL)));
    cases.extend(BAD_FDS.map(|fd| case(SYS_CREATE, [fd, unused, new_inode], E::EBADF)));
    cases.extend(BAD_FDS.map(|fd| case(SYS_CREATE, [fd, unused, 4], E::EINVAL)));
    cases.extend(BAD_FDS.map(|fd| case(SYS_CREATE, [fd, 0, new_pipe], E::EBADF)));
    cases.extend([0, NFILE as u64, 1 << 32 | 1, u64::MAX].map(|n| case(SYS_CREATE, [EMPTY, n, new_pipe], E::EINVAL)));
    cases.extend([
        case(SYS_CREATE, [inode, unused, new_inode], E::EINVAL),
        case(SYS_CREATE, [EMPTY, used, new_inode], E::EINVAL),
    ]);
    cases.extend(BAD_PIDS.map(|pid| case(SYS_CLOSE, [pid, 99], E::ESRCH)));
    cases.extend(BAD_FDS.map(|fd| case(SYS_CLOSE, [INIT_PID, fd], E::EBADF)));
    cases.extend([INIT_PID, child, w.unused].map(|pid| case(SYS_CLOSE, [pid, inode], E::EACCES)));
    cases.push(case(SYS_CLOSE, [w.me, EMPTY], E::EBADF));
    for nr in [SYS_DUP, SYS_DUP2] {
        cases.extend(BAD_PIDS.map(|pid| case(nr, [99, pid, 99], E::ESRCH)));
        // The child can run, so it is no embryo any more.
        cases.extend([INIT_PID, child, w.unused].map(|pid| case(nr, [99, pid, 99], E::EACCES)));
        cases.extend(BAD_FDS.map(|fd| case(nr, [fd, w.me, EMPTY], E::EBADF)));
        cases.extend(BAD_FDS.map(|fd| case(nr, [inode, w.me, fd], E::EBADF)));
        cases.push(case(nr, [EMPTY, w.me, EMPTY], E::EBADF));
    }
    cases.extend([inode, pipe].map(|to| case(SYS_DUP, [inode, w.me, to], E::EINVAL)));
    cases.extend(bad_seeks(inode, pipe));
    all_fail(cases);
    release();
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

/// Calls of `lseek` that fail.
fn bad_seeks(inode: u64, pipe: u64) -> Vec<Case> {
    let mut cases = Vec::from(BAD_FDS.map(|fd| case(SYS_LSEEK, [fd, 1 << 63], E::EBADF)));
    cases.extend([EMPTY, pipe].map(|fd| case(SYS_LSEEK, [fd, 0], E::EINVAL)));
    cases.extend([1 << 63, u64::MAX].map(|offset| case(SYS_LSEEK, [inode, offset], E::EINVAL)));
    cases
}

fn create_and_close() {
    for (kind, code) in [(FileType::Pipe, 1), (FileType::Inode, 2), (FileType::Socket, 3)] {
        let number = files::find_free_file().expect("a file is free");
        assert_eq!(call::create(5, number, code, u64::MAX, 1 << 40), Ok(()));
        assert_eq!(fields(number), (kind.code(), 1, u64::MAX, 1 << 40, 0));
        assert_eq!((files::number(5), me().nr_fds), (Some(number), 1));
        assert_eq!(files::close(5), Ok(()));
        assert_eq!(fields(number), (0, 0, 0, 0, 0));
        assert_eq!((files::number(5), me().nr_fds), (None, 0));
        assert_eq!(files::close(5), Err(E::EBADF));
    }
}

fn dup() {
    let (fd, number) = new_file(3);
    let copy = files::dup(fd).expect("dup");
    assert_ne!(copy, fd);
    assert_eq!((files::number(copy), file(number).refcnt), (Some(number), 2));
    // The file stays as long as one descriptor does.
    assert_eq!(files::close(fd), Ok(()));
    assert_eq!(fields(number), (2, 1, 3, 2, 0));
    assert_eq!(files::close(copy), Ok(()));
    assert_eq!(fields(number), (0, 0, 0, 0, 0));
}

fn dup_to() {
    let (first, first_number) = new_file(1);
    let (second, second_number) = new_file(2);
    // What was there is closed, and goes if that was its last descriptor.
    assert_eq!(files::dup_to(first, second), Ok(()));
    assert_eq!((files::number(second), file(first_number).refcnt), (Some(first_number), 2));
    assert_eq!(fields(second_number), (0, 0, 0, 0, 0));
    assert_eq!(files::dup_to(first, 15), Ok(()));
    assert_eq!((file(first_number).refcnt, me().nr_fds), (3, 3));
    // To itself, and to another descriptor of the same file: nothing changes.
    assert_eq!(files::dup_to(first, first), Ok(()));
    assert_eq!(files::dup_to(first, 15), Ok(()));
    assert_eq!((file(first_number).refcnt, me().nr_fds), (3, 3));
}

fn seek() {
    let (fd, number) = new_file(1);
    for offset in [1, 0x7fff_ffff_ffff_ffff, 0] {
        assert_eq!(files::seek(fd, offset), Ok(()));
        assert_eq!(file(number).offset, offset);
    }
}

fn shared_after_fork() {
    let (fd, number) = new_file(6);
    let copy = files::dup(fd).expect("dup");
    let child = start_held(|| {
        assert_eq!((files::number(fd), files::number(copy)), (Some(number), Some(number)));
        assert_eq!(files::get(fd).map(|file| file.value), Some(6));
        assert_eq!(files::seek(copy, 77), Ok(()));
        assert_eq!(files::close(fd), Ok(()));
        assert_eq!(file(number).refcnt, 3);
        0
    });
    assert_eq!((file(number).refcnt, proc(child).nr_fds), (4, 2));
    release();
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    assert_eq!((file(number).refcnt, file(number).offset), (2, 77));
}

fn closed_on_exit() {
    let (_, number) = new_file(6);
    let child = start(|| 0);
    yield_until("its end", || !is_alive(child));
    // Nobody has waited for it yet.
    assert_eq!((file(number).refcnt, proc(child).nr_fds), (1, 0));
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn closed_for_a_zombie() {
    let (fd, number) = new_file(6);
    let child = start_held(|| 0);
    assert_eq!(call::close(child, fd), Err(E::EACCES));
    assert_eq!(kill(child), Ok(()));
    assert_eq!(file(number).refcnt, 2);
    assert_eq!(call::close(child, fd), Ok(()));
    assert_eq!((file(number).refcnt, proc(child).nr_fds), (1, 0));
    assert_eq!(call::close(child, fd), Err(E::EBADF));
    // The parent closes what is left.
    let other = start_held(|| 0);
    assert_eq!(kill(other), Ok(()));
    for pid in [child, other] {
        assert!(!is_alive(pid));
        assert_eq!(bury(pid), Ok(()));
    }
    assert_eq!(file(number).refcnt, 1);
}

fn kept_by_exec() {
    let (fd, _) = new_file(0x6578_6563);
    assert_eq!(files::dup_to(fd, 9), Ok(()));
    let program = spawn(&["usertests", "holds-file", "9"]).expect("spawn");
    assert_eq!(wait_for(program), Ok(Ended::Exited(status::OK)));
}

/// What this program does when it is started by the test above: looks at its descriptor.
pub fn holds_file(fd: &str) -> u8 {
    let file = fd.parse().ok().and_then(files::get);
    if file.is_some_and(|file| file.value == 0x6578_6563) {
        return status::OK;
    }
    println!("usertests: descriptor {fd} is not the file that it should be");
    status::FAILED
}

fn all_descriptors() {
    let opened: Vec<u64> = core::iter::from_fn(|| files::create(FileType::Pipe, 0, 0).ok()).collect();
    assert_eq!(opened, (0..NOFILE as u64).collect::<Vec<_>>());
    assert_eq!(files::create(FileType::Pipe, 0, 0), Err(E::ENOMEM));
    assert_eq!(files::dup(0), Err(E::ENOMEM));
    assert_eq!(files::dup_to(0, 15), Ok(()));
    // Forking with all of them open, too.
    assert_eq!(in_child(|| me().nr_fds as u8), Ended::Exited(NOFILE as u8));
    files::close_all();
    assert_eq!(me().nr_fds, 0);
}

fn all_files() {
    let parent = getpid();
    // The file server has closed what it had for the tests before this, and keeps the console open.
    let _ = fs::statfs();
    let others: Vec<bool> = (0..NFILE as u64).map(|number| file(number).refcnt > 0).collect();
    let children: Vec<u64> = (0..NFILE.div_ceil(NOFILE))
        .map(|_| {
            start(|| {
                let opened = core::iter::from_fn(|| files::create(FileType::Socket, 0, 0).ok()).count();
                assert_eq!(opened as u64, me().nr_fds);
                set_name("full");
                yield_until_released(parent);
                opened as u8
            })
        })
        .collect();
    yield_until("all files", || children.iter().all(|&child| name_of(child).as_str() == "full"));
    assert_eq!(files::create(FileType::Socket, 0, 0), Err(E::ENOMEM));
    assert!((1..NFILE).all(|number| others[number] || file(number as u64).refcnt == 1));
    assert_eq!(kernel_tables::check(), Ok(()));
    release();
    let mut opened = 0;
    for _ in children {
        let Ok((_, Ended::Exited(number))) = wait() else { panic!("a child has failed") };
        opened += usize::from(number);
    }
    let used = others.iter().filter(|used| **used).count();
    assert_eq!(opened, NFILE - 1 - used);
    assert!((0..NFILE).all(|number| others[number] || fields(number as u64) == (0, 0, 0, 0, 0)));
}
