//! Machines on which lv6 cannot run, and arguments that cannot be right: one clear message, and the end.

use std::fs;
use std::path::Path;

use lv6_fs::layout::SUPERBLOCK;
use lv6_fs::{BLOCK_SIZE, MemoryDisk, mkfs};
use lv6_host::disk_image;
use tempfile::tempdir;

use crate::machine::{Machine, lv6};

/// The exit status of a kernel that gives up.
const GAVE_UP: i32 = 0x7e;

#[test]
fn too_little_memory_is_said() {
    lv6(&["run", "--memory", "32", "--", "echo", "hello"], "")
        .expect_status(GAVE_UP)
        .expect("how much there is and how much it takes", |run| {
            run.err.contains("lv6: error: lv6 needs ")
                && run.err.contains(" MiB of RAM ")
                && run.err.contains(", found ")
        })
        .expect("no output", |run| run.out.is_empty());
}

#[test]
fn a_processor_without_svm_is_said_in_one_line() {
    lv6(&["run", "--cpu", "max,-svm", "--", "echo", "hello"], "").expect_status(GAVE_UP).expect(
        "one line about SVM",
        |run| {
            let lines: Vec<_> = run.err.lines().filter(|line| line.starts_with("lv6: error: ")).collect();
            lines.len() == 1 && lines[0].contains("SVM")
        },
    );
}

#[test]
fn a_processor_that_does_not_exist_is_the_emulators_complaint() {
    lv6(&["run", "--cpu", "no-such-cpu", "--", "echo", "hello"], "")
        .expect_status(1)
        .expect("the emulator's words and ours", |run| {
            run.err.contains("no-such-cpu") && run.err.contains("lv6: qemu-system-x86_64 failed (exit status: 1)")
        });
}

#[test]
fn words_that_cannot_be_passed_are_wrong_usage() {
    lv6(&["run", "--", "echo", "h\u{e4}h"], "")
        .expect_status(2)
        .expect("the word", |run| run.err.contains("h\u{e4}h") && run.err.contains("printable ASCII"));
}

/// Makes a disk with an empty file system, and then changes its superblock.
fn disk_with(path: &Path, change: impl FnOnce(&mut [u8])) {
    let disk = mkfs::format(MemoryDisk::new(200), 32, 1).unwrap();
    disk_image::save(&disk, path, false).unwrap();
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes[SUPERBLOCK as usize * BLOCK_SIZE..][..BLOCK_SIZE]);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_disk_leaves_a_shell_without_files() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("disk");
    disk_with(&path, |superblock| superblock[100] ^= 1);
    let before = fs::read(&path).unwrap();
    let mut machine = Machine::start(&["run", "--no-ports", "--disk", path.to_str().unwrap()]);
    machine.wait_for("\nfs: cannot use the disk: the file system is damaged");
    machine.wait_for("\ninit: no file server, and so no files; there are the programs ps sh");
    machine.wait_for("$ ");
    assert!(machine.command("ps").contains(" sh\n"), "{}", machine.transcript());
    assert_eq!(machine.command("cat /etc/motd && ps"), "sh: cat: no such program\n");
    assert!(machine.command("sh -c 'exit 3' || ps").contains(" ps\n"), "{}", machine.transcript());
    drop(machine);
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn a_disk_of_another_kind_is_left_alone_and_files_are_in_memory() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("disk");
    disk_with(&path, |superblock| superblock[..8].copy_from_slice(b"whatever"));
    let before = fs::read(&path).unwrap();
    let run = lv6(&["run", "--disk", path.to_str().unwrap(), "--", "sh", "-c", "echo kept > /tmp/f; cat /tmp/f"], "");
    run.expect_status(0).expect("why, and the file", |run| {
        let all = run.out.clone() + &run.err;
        all.contains("fs: there is no file system on the drive\n")
            && all.contains("what is written to files stays in memory\n")
            && run.out.ends_with("\nkept\n")
    });
    assert!(fs::read(&path).unwrap() == before);
}
