//! Tests of files that several processes use, and of files that nobody uses any more.

use alloc::format;
use alloc::vec::Vec;

use lv6_abi::limits::{FS_PID, NFILE};
use lv6_kernel::state::FileType;
use lv6_ulib::Errno;
use lv6_ulib::fs::*;
use lv6_ulib::lists::free_pages;
use lv6_ulib::process::{is_alive, kill, name_of, set_name, wait, wait_for, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::tables::{file, proc};

use crate::fs_files::Scratch;
use crate::kernel_tables;
use crate::support::{in_child, release, start, start_held, yield_until};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("fs_offset_is_shared_after_fork", offset_is_shared),
    ("fs_unlinked_while_open", unlinked_while_open),
    ("fs_many_open_files", many_open_files),
    ("fs_clients_that_die", clients_that_die),
    ("fs_clients_that_die_with_many_open_files", clients_that_die_with_many_open_files),
];

/// How many open files the file server has made, once it has closed those that nobody uses.
fn open_files() -> usize {
    statfs().expect("statfs");
    let is_served = |kind: FileType| kind.is(FileType::Inode) || kind.is(FileType::Pipe);
    (1..NFILE as u64).filter(|&number| is_served(file(number).kind)).count()
}

fn offset_is_shared() {
    let _scratch = Scratch::new("/tmp/t");
    let file = OpenOptions::new().read(true).write(true).create(true).open("/tmp/t/f").expect("open");
    assert_eq!(in_child(|| file.write(b"child ").map_or(1, |_| 0)), Ended::Exited(0));
    assert_eq!(file.write(b"parent"), Ok(6));
    assert_eq!(read_all("/tmp/t/f"), Ok(b"child parent".to_vec()));
}

fn unlinked_while_open() {
    let _scratch = Scratch::new("/tmp/t");
    let before = statfs().expect("statfs");
    let file = OpenOptions::new().read(true).write(true).create(true).open("/tmp/t/f").expect("open");
    file.write_all(&[1; 20_000]).expect("write");
    unlink("/tmp/t/f").expect("unlink");
    assert_eq!(open("/tmp/t/f").err(), Some(Errno::ENOENT));
    assert_eq!(file.stat().map(|stat| (stat.links, stat.size)), Ok((0, 20_000)));
    // A child keeps it, too.
    let child = start_held(|| u8::from(file.pread(&mut [0; 10], 19_995) != Ok(5)));
    drop(file);
    assert!(statfs().expect("statfs").free_inodes < before.free_inodes);
    release();
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    let after = statfs().expect("statfs");
    assert_eq!((after.free_blocks, after.free_inodes), (before.free_blocks, before.free_inodes));
}

/// More files than the server has descriptors itself.
fn many_open_files() {
    let _scratch = Scratch::new("/tmp/t");
    let before = open_files();
    let helpers = proc(FS_PID).nr_children;
    let children: Vec<u64> = (0..6)
        .map(|child| {
            start_held(move || {
                let name = |n| format!("/tmp/t/{child}-{n}");
                let make = |n| OpenOptions::new().read(true).write(true).create(true).open(&name(n));
                let files: Vec<File> = (0..15).filter_map(|n| make(n).ok()).collect();
                // All descriptors but the one for the current directory.
                assert_eq!((files.len(), make(15)), (15, Err(Errno::EMFILE)));
                for (n, file) in files.iter().enumerate() {
                    file.write_all(name(n).as_bytes()).expect("write");
                }
                set_name("full");
                yield_now();
                for (n, file) in files.iter().enumerate() {
                    let mut bytes = [0; 40];
                    let len = file.pread(&mut bytes, 0).expect("pread");
                    assert_eq!(bytes[..len], *name(n).as_bytes());
                }
                0
            })
        })
        .collect();
    release();
    for _ in &children {
        let ended = wait();
        assert!(ended.is_ok_and(|(child, ended)| children.contains(&child) && ended == Ended::Exited(0)), "{ended:?}");
    }
    assert_eq!(read_all("/tmp/t/5-14"), Ok(b"/tmp/t/5-14".to_vec()));
    assert_eq!(open_files(), before);
    assert_eq!(proc(FS_PID).nr_children, helpers);
    assert_eq!(kernel_tables::check(), Ok(()));
}

/// Clients that are killed at every point of what they do.
fn clients_that_die() {
    let _scratch = Scratch::new("/tmp/t");
    let before = open_files();
    let free = statfs().expect("statfs");
    for round in 0..20u64 {
        let child = start(move || {
            loop {
                let file = create(&format!("/tmp/t/{round}")).expect("create");
                yield_now();
                let _ends = pipe().expect("pipe");
                yield_now();
                file.write_all(&[7; 5000]).expect("write");
                yield_now();
                unlink(&format!("/tmp/t/{round}")).expect("unlink");
                yield_now();
            }
        });
        for _ in 0..round {
            yield_now();
        }
        kill(child).expect("kill");
        assert_eq!(wait_for(child), Ok(Ended::Killed));
        let _ = unlink(&format!("/tmp/t/{round}"));
    }
    assert!(is_alive(FS_PID));
    assert_eq!(open_files(), before);
    let after = statfs().expect("statfs");
    assert_eq!((after.free_blocks + 1 >= free.free_blocks, after.free_inodes), (true, free.free_inodes));
}

/// Nothing stays of what the server had for clients that are killed with more files open than it has descriptors: no file,
/// no process, no page.
fn clients_that_die_with_many_open_files() {
    let before = (open_files(), proc(FS_PID).nr_children);
    let mut free = None;
    for _ in 0..3 {
        let clients: Vec<u64> = (0..4)
            .map(|_| {
                start(|| {
                    let _ends: Vec<_> = (0..6).map(|_| pipe().expect("pipe")).collect();
                    set_name("full");
                    loop {
                        yield_now();
                    }
                })
            })
            .collect();
        yield_until("their pipes", || clients.iter().all(|&pid| name_of(pid).as_str() == "full"));
        assert!(proc(FS_PID).nr_children > before.1);
        for client in clients {
            kill(client).expect("kill");
            assert_eq!(wait_for(client), Ok(Ended::Killed));
        }
        assert_eq!((open_files(), proc(FS_PID).nr_children), before);
        // The first time, heaps have grown, which they do only once.
        let now = free_pages().count();
        assert_eq!(now, *free.get_or_insert(now));
    }
    assert_eq!(kernel_tables::check(), Ok(()));
}
