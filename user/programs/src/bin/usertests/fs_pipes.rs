//! Tests of pipes.

use alloc::vec;
use alloc::vec::Vec;

use lv6_ulib::Errno;
use lv6_ulib::files;
use lv6_ulib::fs::*;
use lv6_ulib::process::wait_for;
use lv6_ulib::process_name::Ended;

use crate::support::start;

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("pipe_between_parent_and_child", between_parent_and_child),
    ("pipe_without_readers", without_readers),
    ("pipe_of_several_writers", several_writers),
    ("pipe_is_no_file", is_no_file),
];

/// Bytes that differ from place to place.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|n| ((n * 31) >> 4) as u8).collect()
}

fn between_parent_and_child() {
    let (reader, writer) = pipe().expect("pipe");
    let child = start(|| {
        // Otherwise there would be a writer for ever.
        let _ = files::close(writer.fd());
        u8::from(reader.read_to_end() != Ok(pattern(50_000)))
    });
    drop(reader);
    assert_eq!(writer.write_all(&pattern(50_000)), Ok(()));
    drop(writer);
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn without_readers() {
    let (reader, writer) = pipe().expect("pipe");
    assert_eq!(writer.write(b"abc"), Ok(3));
    drop(reader);
    assert_eq!(writer.write(b"abc"), Err(Errno::EPIPE));
    assert_eq!(writer.write_all(&vec![0; 10_000]), Err(Errno::EPIPE));
}

fn several_writers() {
    let (reader, writer) = pipe().expect("pipe");
    let children: Vec<u64> =
        (1..=4u8).map(|n| start(|| u8::from((0..50).any(|_| writer.write_all(&[n; 100]).is_err())))).collect();
    drop(writer);
    let bytes = reader.read_to_end().expect("read");
    // Each write arrives as a whole.
    assert_eq!(bytes.len(), 4 * 50 * 100);
    assert!(bytes.chunks(100).all(|chunk| chunk.iter().all(|byte| *byte == chunk[0])));
    assert!((1..=4).all(|n| bytes.iter().filter(|byte| **byte == n).count() == 5000));
    for child in children {
        assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    }
}

fn is_no_file() {
    let (reader, writer) = pipe().expect("pipe");
    assert_eq!(reader.stat().map(|stat| stat.kind), Ok(FileKind::Pipe));
    assert_eq!((reader.seek(0), writer.truncate(0)), (Err(Errno::ESPIPE), Err(Errno::EINVAL)));
    assert_eq!((reader.write(b"x"), writer.read(&mut [0; 1])), (Err(Errno::EBADF), Err(Errno::EBADF)));
    assert_eq!((writer.write(b""), reader.read(&mut [])), (Ok(0), Ok(0)));
}
