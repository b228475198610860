//! Tests with an NVMe drive. They write to it, so they run only on one whose first block says that it may be used up.

use alloc::boxed::Box;

use lv6_nvme::{BLOCK_SIZE, Block, Drive, Error, device};
use lv6_ulib::process_name::Ended;

use crate::support::in_child;

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("nvme_says_what_it_is", says_what_it_is),
    ("nvme_reads", reads),
    ("nvme_writes", writes),
    ("nvme_many_commands", many_commands),
    ("nvme_bad_blocks", bad_blocks),
    ("nvme_after_its_owner", after_its_owner),
    ("nvme_has_one_owner", one_owner),
];

/// How the first block begins of a disk that these tests may write to.
const SCRATCH: &[u8] = b"lv6 scratch disk";
/// Blocks that are written once; those after them, up to the busy ones, keep what they had.
const WRITTEN: core::ops::Range<u64> = 1..9;
/// Blocks that are written again and again.
const BUSY: core::ops::Range<u64> = 24..32;

/// What these tests need.
pub fn lack() -> Option<&'static str> {
    if !device::is_present() {
        return Some("no NVMe drive behind an IOMMU");
    }
    let is_scratch = || match lv6_nvme::open() {
        Ok(mut drive) => u8::from(read(&mut drive, 0).starts_with(SCRATCH) && drive.blocks() >= BUSY.end),
        Err(_) => 2,
    };
    match in_child(is_scratch) {
        Ended::Exited(1) => None,
        Ended::Exited(0) => Some("no NVMe drive with the mark of a scratch disk"),
        _ => Some("no NVMe drive that works"),
    }
}

fn open() -> Drive {
    lv6_nvme::open().expect("a drive")
}

fn read(drive: &mut Drive, number: u64) -> Box<Block> {
    let mut block = Box::new([0x5a; BLOCK_SIZE]);
    drive.read(number, &mut block).expect("read");
    block
}

/// What a block contains: its number, and the place, in each word; all of it turned round by `key`.
fn contents(number: u64, key: u64) -> Box<Block> {
    let mut block = Box::new([0; BLOCK_SIZE]);
    for (word, place) in block.as_chunks_mut().0.iter_mut().zip(0..) {
        *word = ((number << 32 | place) ^ key).to_le_bytes();
    }
    block
}

fn says_what_it_is() {
    let drive = open();
    assert!(!drive.identity().model.as_str().is_empty());
    assert!([512, 4096].contains(&drive.namespace().unit_size()));
}

fn reads() {
    let mut drive = open();
    for number in WRITTEN.end..BUSY.start {
        assert_eq!(read(&mut drive, number), contents(number, 0), "block {number}");
    }
}

fn writes() {
    let mut drive = open();
    for number in WRITTEN {
        drive.write(number, &contents(number, u64::MAX)).expect("write");
    }
    drive.flush().expect("flush");
    for number in WRITTEN {
        assert_eq!(read(&mut drive, number), contents(number, u64::MAX), "block {number}");
    }
    assert_eq!(read(&mut drive, WRITTEN.end), contents(WRITTEN.end, 0), "the next block has changed");
}

fn many_commands() {
    let mut drive = open();
    for key in 0..40 {
        for number in BUSY {
            drive.write(number, &contents(number, key)).expect("write");
        }
        for number in BUSY {
            assert_eq!(read(&mut drive, number), contents(number, key), "block {number}");
        }
    }
    assert_eq!(drive.shut_down(), Ok(()));
}

fn bad_blocks() {
    let mut drive = open();
    for number in [drive.blocks(), drive.blocks() + 1, 1 << 40, u64::MAX / 8, u64::MAX] {
        assert_eq!(drive.read(number, &mut [0; BLOCK_SIZE]), Err(Error::NoSuchBlock(number)));
        assert_eq!(drive.write(number, &[0; BLOCK_SIZE]), Err(Error::NoSuchBlock(number)));
    }
    let last = drive.blocks() - 1;
    assert_eq!(drive.read(last, &mut [0; BLOCK_SIZE]), Ok(()));
}

fn after_its_owner() {
    for key in 100..103 {
        // It leaves the drive as it is: on, with its queues, and with what it has not flushed.
        let writer = in_child(|| {
            let mut drive = open();
            BUSY.for_each(|number| drive.write(number, &contents(number, key)).expect("write"));
            0
        });
        assert_eq!(writer, Ended::Exited(0));
        let reader = in_child(|| {
            let mut drive = open();
            BUSY.for_each(|number| assert_eq!(read(&mut drive, number), contents(number, key), "block {number}"));
            0
        });
        assert_eq!(reader, Ended::Exited(0));
    }
}

fn one_owner() {
    let mut drive = open();
    let child = in_child(|| u8::from(lv6_nvme::open().err() == Some(Error::NoDrive)));
    assert_eq!(child, Ended::Exited(1));
    assert!(read(&mut drive, 0).starts_with(SCRATCH));
}
