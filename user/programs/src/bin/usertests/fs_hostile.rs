//! Tests of clients that do not keep to the protocol.

use alloc::vec::Vec;

use lv6_abi::limits::{FS_PID, NOFILE};
use lv6_kernel::state::FileType;
use lv6_ulib::Errno;
use lv6_ulib::files;
use lv6_ulib::fs::protocol::{NO_DIR, O_RDWR, Request};
use lv6_ulib::fs::*;
use lv6_ulib::message::{MessagePage, call_when_ready, send_when_ready};
use lv6_ulib::process::{is_alive, status};
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::tables::proc;

use crate::fs_files::Scratch;
use crate::support::{Random, in_child};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("fs_forged_descriptors", forged_descriptors),
    ("fs_bad_requests", bad_requests),
    ("fs_random_requests", random_requests),
    ("fs_senders_that_do_not_wait", senders_that_do_not_wait),
    ("fs_files_that_are_not_wanted", files_not_wanted),
    ("fs_server_dies_of_nothing", server_is_alone),
];

/// Makes a request from any bytes. Returns the error number, or the number.
fn ask(op: u64, bytes: &[u8]) -> Result<u64, Errno> {
    let (mut page, mut answer) = (MessagePage::new(), MessagePage::new());
    page[..bytes.len()].copy_from_slice(bytes);
    let message = call_when_ready(FS_PID, op, &page, bytes.len(), &mut answer, None).expect("call");
    assert_eq!(message.from, FS_PID);
    Errno::check(message.value)
}

/// A file that a client has made itself is none of the server's, whatever it looks like.
fn forged_descriptors() {
    let _scratch = Scratch::new("/tmp/t");
    write_all("/tmp/t/f", b"secret").expect("create");
    let genuine = open("/tmp/t/f").expect("open");
    let copy = files::get(genuine.fd()).expect("it is open");
    for (kind, value) in [(FileType::Inode, copy.value), (FileType::Pipe, 1), (FileType::Socket, copy.value)] {
        let forged = File::from_fd(files::create(kind, value, O_RDWR).expect("create"));
        assert_eq!(forged.read(&mut [0; 9]), Err(Errno::EBADF));
        assert_eq!(forged.write(b"x"), Err(Errno::EBADF));
        assert_eq!((forged.stat().err(), forged.truncate(0)), (Some(Errno::EBADF), Err(Errno::EBADF)));
    }
    // The number of a file that the server has forgotten means nothing either.
    let number = files::number(genuine.fd()).expect("it is open");
    drop(genuine);
    statfs().expect("statfs");
    lv6_ulib::sys::call::create(9, number, FileType::Inode.code(), copy.value, O_RDWR).expect("the number is free");
    assert_eq!(read(9, &mut [0; 9]), Err(Errno::EBADF));
    for fd in [10, NOFILE as u64, u64::MAX] {
        assert_eq!(read(fd, &mut [0; 9]), Err(Errno::EBADF));
    }
    assert_eq!(read_all("/tmp/t/f"), Ok(b"secret".to_vec()));
}

fn bad_requests() {
    for op in [0, 18, 1 << 32 | 1, u64::MAX] {
        assert_eq!(ask(op, b""), Err(Errno::ENOSYS));
    }
    for op in 1..=17 {
        let all_bad = if op == 8 || op == 13 || op == 14 { b"x".to_vec() } else { Vec::new() };
        assert_eq!(ask(op, &all_bad), Err(Errno::EINVAL), "request {op}");
    }
    let mut page = [0; 4096];
    let (op, len) =
        Request::Read { fd: u64::MAX, offset: u64::MAX, count: u64::MAX }.encode(&mut page).expect("encode");
    assert_eq!(ask(op, &page[..len]), Err(Errno::EBADF));
    let (op, len) = Request::Open { dir: NO_DIR, flags: u64::MAX, path: "/" }.encode(&mut page).expect("encode");
    assert_eq!(ask(op, &page[..len]), Err(Errno::EINVAL));
    assert!(is_alive(FS_PID));
}

fn random_requests() {
    let _scratch = Scratch::new("/tmp/t");
    set_current_dir("/tmp/t").expect("set_current_dir");
    let file = OpenOptions::new().read(true).write(true).create(true).open("f").expect("open");
    let (reader, writer) = pipe().expect("pipe");
    let fds = [file.fd(), reader.fd(), writer.fd(), CURRENT_DIR];
    let mut random = Random::new(5);
    for _ in 0..3000 {
        // All requests; words that are descriptors, small, or anything; then text.
        let mut bytes = Vec::new();
        for _ in 0..random.below(5) {
            let word = match random.below(4) {
                0 => fds[random.below(4) as usize],
                1 => random.below(70),
                2 => 1 << random.below(64),
                _ => random.word(),
            };
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(&b"a/../f/bc"[..random.below(10) as usize]);
        let _ = ask(random.below(18), &bytes);
    }
    assert!(is_alive(FS_PID));
    assert_eq!((write_all("g", b"good"), read_all("g")), (Ok(()), Ok(b"good".to_vec())));
}

/// A client that sends and goes on gets no answer, and others do.
fn senders_that_do_not_wait() {
    let _scratch = Scratch::new("/tmp/t");
    let mut page = MessagePage::new();
    for path in ["/tmp/t/a", "/tmp/t/b"] {
        let (op, len) = Request::MakeDir { dir: NO_DIR, path }.encode(&mut page).expect("encode");
        assert_eq!(send_when_ready(FS_PID, op, &page, len, None), Ok(()));
    }
    for op in 0..20 {
        assert_eq!(send_when_ready(FS_PID, op, &page, 4096, None), Ok(()));
    }
    // Also with a file that nobody wants.
    let fd = files::create(FileType::Inode, 1, 0).expect("create");
    assert_eq!(send_when_ready(FS_PID, 13, &page, 0, Some(fd)), Ok(()));
    // One that waits for somebody else.
    let ended = in_child(|| {
        let _ = send_when_ready(FS_PID, 8, &page, 0, None);
        status::OK
    });
    assert_eq!(ended, Ended::Exited(status::OK));
    let names = read_dir("/tmp/t").map(|entries| entries.len());
    assert_eq!(names, Ok(2));
}

/// An answer that brings a file to a client with no place for it.
fn files_not_wanted() {
    let held = || proc(FS_PID).nr_fds;
    statfs().expect("statfs");
    let before = held();
    let mut page = [0; 4096];
    let (op, len) = Request::Open { dir: NO_DIR, flags: 0, path: "/etc/motd" }.encode(&mut page).expect("encode");
    for _ in 0..40 {
        assert_eq!(ask(op, &page[..len]), Ok(0));
        assert_eq!(ask(8, b""), Ok(0));
    }
    statfs().expect("statfs");
    assert_eq!(held(), before);
}

/// Nobody but init can end the server, or close its files.
fn server_is_alone() {
    assert_eq!(lv6_ulib::process::kill(FS_PID), Err(Errno::EACCES));
    for fd in 0..NOFILE as u64 {
        assert_eq!(lv6_ulib::sys::call::close(FS_PID, fd), Err(Errno::EACCES));
    }
    assert!(is_there());
}
