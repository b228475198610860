//! The commands that make and check disk images: what they say, their status, and that nothing is lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lv6_fs::{BLOCK_SIZE, Block, Disk};
use lv6_host::disk_image::open_writable;
use tempfile::{TempDir, tempdir};

/// Runs `lv6` in a folder. Its status must be this one, and the output and the errors contain these texts.
#[track_caller]
fn lv6(folder: &Path, arguments: &[&str], status: i32, out: &str, err: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_lv6")).args(arguments).current_dir(folder).output().unwrap();
    let [found_out, found_err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    let report = format!("lv6 {arguments:?}\n--- output:\n{found_out}\n--- errors:\n{found_err}");
    assert_eq!(output.status.code(), Some(status), "{report}");
    assert!(found_out.contains(out) && found_err.contains(err), "expected: {out}{err}\n{report}");
    assert!(!out.is_empty() || found_out.is_empty(), "{report}");
    assert!(!err.is_empty() || found_err.is_empty(), "{report}");
}

/// A folder with a text and a disk of 200 blocks that has this text.
fn with_disk() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("text"), "some text").unwrap();
    lv6(folder.path(), &["mkfs", "--empty", "--blocks", "200", "disk", "text"], 0, "", "");
    let disk = folder.path().join("disk");
    (folder, disk)
}

/// The names in a folder.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

#[test]
fn a_new_disk_is_clean() {
    let (folder, disk) = with_disk();
    assert_eq!(fs::metadata(&disk).unwrap().len(), 200 * BLOCK_SIZE as u64);
    let before = fs::read(&disk).unwrap();
    lv6(folder.path(), &["fsck", "disk"], 0, "disk: clean: 2 files and directories, ", "");
    assert!(fs::read(&disk).unwrap() == before);
}

#[test]
fn a_disk_is_replaced_only_when_that_is_asked_for() {
    let (folder, disk) = with_disk();
    let before = fs::read(&disk).unwrap();
    let told = "disk exists already; --force replaces it";
    lv6(folder.path(), &["mkfs", "--empty", "disk"], 1, "", told);
    assert!(fs::read(&disk).unwrap() == before);
    lv6(folder.path(), &["mkfs", "--empty", "--blocks", "100", "--force", "disk"], 0, "", "");
    lv6(folder.path(), &["fsck", "disk"], 0, "disk: clean: 1 files and directories, ", "");
}

#[test]
fn a_disk_that_cannot_be_made_leaves_everything_as_it_was() {
    let (folder, disk) = with_disk();
    fs::write(folder.path().join("large"), vec![1; 400 * BLOCK_SIZE]).unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let before = (names(&folder), fs::read(&disk).unwrap());
    let cases: [(&[&str], i32, &str); 8] = [
        (&["--blocks", "63", "disk"], 2, "a disk has 64 to 2097152 blocks, not 63"),
        (&["--blocks", "2097153", "disk"], 2, "a disk has 64 to 2097152 blocks, not 2097153"),
        (&["--blocks", "many", "disk"], 2, "invalid value 'many'"),
        (&[], 2, "required arguments were not provided"),
        (&["disk", "none"], 1, "cannot read none"),
        (&["--blocks", "200", "disk", "text", "large"], 1, "no space is left for /large: --blocks makes a larger disk"),
        (&["none/disk"], 1, "cannot write none/disk"),
        (&["folder"], 2, "folder is no ordinary file: name a new one"),
    ];
    for (arguments, status, told) in cases {
        lv6(folder.path(), &[&["mkfs", "--empty", "--force"], arguments].concat(), status, "", told);
        assert!((names(&folder), fs::read(&disk).unwrap()) == before, "{arguments:?}");
    }
    lv6(folder.path(), &["mkfs", "--empty", "--force", "/dev/null"], 2, "", "/dev/null is no ordinary file");
}

#[test]
fn what_is_no_disk_cannot_be_checked() {
    let (folder, _) = with_disk();
    for (arguments, status, told) in [
        (&["fsck"][..], 2, "required arguments were not provided"),
        (&["fsck", "disk", "disk"], 2, "unexpected argument 'disk'"),
        (&["fsck", "none"], 1, "cannot open none"),
        (&["fsck", "."], 1, ". is not a file"),
    ] {
        lv6(folder.path(), arguments, status, "", told);
    }
    lv6(folder.path(), &["fsck", "text"], 1, "text: no file system of lv6\n", "");
}

#[test]
fn a_damaged_disk_is_described_and_not_changed() {
    // The inodes follow the superblock and the log; the root is the second inode, and its kind comes first.
    let (folder, disk) = with_disk();
    let mut image = open_writable(&disk).unwrap();
    let mut block: Block = [0; BLOCK_SIZE];
    let superblock = {
        image.read(1, &mut block).unwrap();
        lv6_fs::layout::Superblock::decode(&block).unwrap()
    };
    // Without a log, nothing is mended before the check.
    image.write(2, &[0; BLOCK_SIZE]).unwrap();
    lv6(folder.path(), &["fsck", "disk"], 0, "disk: clean: ", "");
    let inodes = u64::from(superblock.geometry.inode_start);
    image.read(inodes, &mut block).unwrap();
    block[128..130].fill(0);
    image.write(inodes, &block).unwrap();
    let before = fs::read(&disk).unwrap();
    lv6(folder.path(), &["fsck", "disk"], 1, "disk: the root is no directory\n", "");
    lv6(folder.path(), &["fsck", "disk"], 1, " problems\n", "");
    assert!(fs::read(&disk).unwrap() == before);
    // An image that was cut off.
    fs::write(&disk, &before[..before.len() / 2]).unwrap();
    lv6(folder.path(), &["fsck", "disk"], 1, "disk: ", "");
    assert_eq!(fs::metadata(&disk).unwrap().len(), before.len() as u64 / 2);
}
