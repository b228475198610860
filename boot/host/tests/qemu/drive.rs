//! A disk in a file, and the drive that the guest sees.

use std::fs;
use std::path::PathBuf;

use tempfile::{TempDir, tempdir};

use crate::machine::lv6;

const BLOCK: usize = 4096;
/// Blocks of the tests' disks.
const BLOCKS: u64 = 64;

/// What a block contains, for `usertests` to know: its number, and the place, in each word.
fn contents(number: u64, key: u64) -> Vec<u8> {
    (0..BLOCK as u64 / 8).flat_map(|place| ((number << 32 | place) ^ key).to_le_bytes()).collect()
}

/// A disk that the tests inside may write to, in a file whose name is not easy to pass on.
pub struct Scratch {
    _folder: TempDir,
    path: PathBuf,
}

impl Scratch {
    pub fn new() -> Self {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a disk, for tests");
        let mut bytes: Vec<u8> = (0..BLOCKS).flat_map(|number| contents(number, 0)).collect();
        bytes[..16].copy_from_slice(b"lv6 scratch disk");
        fs::write(&path, bytes).unwrap();
        Self { _folder: folder, path }
    }

    pub fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// Asserts that the tests inside have written what they say, and nothing else.
    #[track_caller]
    pub fn expect_written(&self) {
        let bytes = fs::read(&self.path).unwrap();
        assert_eq!(bytes.len() as u64, BLOCKS * BLOCK as u64);
        for (block, number) in bytes.chunks(BLOCK).zip(0..) {
            let expected = match number {
                1..9 => contents(number, u64::MAX),
                24..32 => contents(number, 102),
                _ => contents(number, 0),
            };
            let from = if number == 0 { 16 } else { 0 };
            assert!(block[from..] == expected[from..], "block {number}");
        }
    }
}

#[test]
fn a_drive_in_user_space() {
    let scratch = Scratch::new();
    let run = lv6(&["run", "--disk", scratch.path(), "--", "usertests", "--devices", "nvme"], "");
    run.expect_status(0).expect("all of them", |run| run.out.ends_with("7 passed, 0 failed\n"));
    scratch.expect_written();
}

#[test]
fn a_disk_without_the_mark_is_not_written_to() {
    let scratch = Scratch::new();
    let mut bytes = fs::read(scratch.path()).unwrap();
    bytes[0] = b'L';
    fs::write(scratch.path(), &bytes).unwrap();
    let run = lv6(&["run", "--disk", scratch.path(), "--", "usertests", "nvme"], "");
    run.expect_status(0).expect("why not", |run| run.out.contains("not run: no NVMe drive with the mark"));
    assert!(fs::read(scratch.path()).unwrap() == bytes);
}

#[test]
fn the_program_shows_the_drive_and_its_blocks() {
    let scratch = Scratch::new();
    let nvme = |words: &[&str]| lv6(&[&["run", "--disk", scratch.path(), "--", "nvme"], words].concat(), "");
    nvme(&["info"]).expect_status(0).expect("what it is", |run| {
        run.out.contains("serial:   lv6\n") && run.out.contains("blocks:   64 of 4096 bytes\n")
    });
    nvme(&["read", "3"]).expect_status(0).expect("its contents", |run| {
        run.out.lines().filter(|line| line.starts_with("0000")).count() == BLOCK / 16 + 1
            && run.out.contains("\n00000000  00 00 00 00 03 00 00 00  01 00 00 00 03 00 00 00  |................|\n")
    });
    nvme(&["read", "64"])
        .expect_status(1)
        .expect("which block", |run| run.out.ends_with("nvme: the drive has no block 64\n"));
}

#[test]
fn without_a_drive_the_program_says_so() {
    let missing = "nvme: there is no NVMe drive that can be claimed\n";
    lv6(&["run", "--", "nvme", "info"], "").expect_status(1).expect("why", |run| run.out == missing);
    let scratch = Scratch::new();
    lv6(&["run", "--iommu", "none", "--disk", scratch.path(), "--", "nvme", "info"], "")
        .expect_status(1)
        .expect("why", |run| run.out == missing);
}

#[test]
fn a_file_that_is_not_there_is_no_disk() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("disk");
    lv6(&["run", "--disk", path.to_str().unwrap(), "--", "ps"], "")
        .expect_status(1)
        .expect("what makes one", |run| run.err.contains(&format!("`cargo run -- mkfs {}` makes one", path.display())));
    assert!(!path.exists());
}
