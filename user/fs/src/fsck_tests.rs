use super::*;
use crate::bytes::put;
use crate::filesystem::FileSystem;
use crate::inode::INODE_SIZE;
use crate::layout::{Geometry, LOG_START};
use crate::log::Header;
use crate::memory_disk::MemoryDisk;
use crate::mkfs;
use lv6_ulib::fs::protocol::{O_CREAT, O_RDWR};

/// A disk with `/d`, inode 2, and `/d/f`, inode 3, of two blocks.
fn disk() -> MemoryDisk {
    let mut fs = FileSystem::mount(mkfs::format(MemoryDisk::new(400), 32, 1).unwrap()).unwrap();
    assert_eq!(fs.make_dir(ROOT, "d"), Ok(2));
    let file = fs.open(ROOT, "/d/f", O_CREAT | O_RDWR).unwrap();
    assert_eq!((file, fs.write(file, Some(5000), b"abc")), (3, Ok(5003)));
    assert_eq!(fs.write(file, Some(0), b"abc"), Ok(3));
    fs.sync().unwrap();
    let mut disk = fs.into_disk();
    // Otherwise the log would mend what the tests damage.
    disk.write(LOG_START.into(), &Header::empty(1).encode()).unwrap();
    disk
}

fn geometry() -> Geometry {
    Geometry::new(400, 32).unwrap()
}

/// Changes bytes of a block of the disk.
fn patch(disk: &mut MemoryDisk, block: u32, at: usize, bytes: &[u8]) {
    let mut contents = [0; BLOCK_SIZE];
    disk.read(block.into(), &mut contents).unwrap();
    contents[at..at + bytes.len()].copy_from_slice(bytes);
    disk.write(block.into(), &contents).unwrap();
}

/// What is found after an inode was changed.
fn with_inode(number: usize, change: impl FnOnce(&mut Inode)) -> Vec<Problem> {
    let mut disk = disk();
    let mut block = [0; BLOCK_SIZE];
    disk.read(geometry().inode_start.into(), &mut block).unwrap();
    let at = number * INODE_SIZE;
    let mut inode = Inode::decode(&block[at..at + INODE_SIZE]).unwrap().unwrap();
    change(&mut inode);
    put(&mut block, at, inode.encode());
    disk.write(geometry().inode_start.into(), &block).unwrap();
    check(disk).problems
}

#[test]
fn a_good_file_system_has_no_problems() {
    let report = check(disk());
    assert_eq!(report, Report { problems: vec![], files: 3, orphans: 0, blocks: geometry().data_start + 4 });
}

#[test]
fn what_is_no_file_system_is_called_so() {
    assert_eq!(check(MemoryDisk::new(400)).problems, [Problem::NoFileSystem(Errno::EINVAL)]);
    assert_eq!(check(MemoryDisk::new(0)).problems, [Problem::NoFileSystem(Errno::EINVAL)]);
    let mut damaged = disk();
    patch(&mut damaged, 1, 100, &[1]);
    assert_eq!(check(damaged).problems, [Problem::NoFileSystem(Errno::EUCLEAN)]);
}

#[test]
fn damaged_inodes_are_found() {
    assert_eq!(with_inode(3, |inode| inode.blocks = 9), [Problem::BlockCount(3, 9, 2)]);
    assert_eq!(with_inode(3, |inode| inode.size = 4096), [Problem::AfterEnd(3)]);
    assert_eq!(with_inode(3, |inode| inode.links = 2), [Problem::LinkCount(3, 2, 1)]);
    assert_eq!(with_inode(2, |inode| inode.links = 1), [Problem::LinkCount(2, 1, 2)]);
    let root = geometry().data_start;
    let shared = with_inode(3, |inode| inode.direct[2] = root);
    assert_eq!(shared, [Problem::SharedBlock(3, root)]);
    assert_eq!(with_inode(3, |inode| inode.indirect = 1), [Problem::BadBlock(3, 1)]);
    assert_eq!(with_inode(2, |inode| inode.size = 65)[0], Problem::BadDirectory(2));
    assert_eq!(with_inode(1, |inode| inode.kind = FileKind::File)[0], Problem::NoRoot);
    let lost = with_inode(3, |inode| (inode.direct[1], inode.blocks) = (0, 1));
    assert!(matches!(lost[..], [Problem::Lost(_)]));
    let mut disk = disk();
    patch(&mut disk, geometry().inode_start, 3 * INODE_SIZE, &[7]);
    let problems = check(disk).problems;
    assert!(problems.contains(&Problem::BadInode(3)) && problems.contains(&Problem::Dangling(2, 3)));
}

#[test]
fn damaged_directories_are_found() {
    // Entries of the root: `.`, `..` and `d`.
    let root = geometry().data_start;
    let with = |at: usize, bytes: &[u8]| {
        let mut disk = disk();
        patch(&mut disk, root, at, bytes);
        check(disk).problems
    };
    assert_eq!(with(0, &[2]), [Problem::BadDots(1), Problem::LinkCount(1, 3, 2), Problem::LinkCount(2, 2, 3)]);
    assert!(with(128, &[9]).contains(&Problem::Dangling(1, 9)));
    assert!(with(128, &[0, 0, 0, 0]).contains(&Problem::Unreachable(2)));
    assert!(with(128, &[1]).contains(&Problem::DoubleDirectory(1)));
    assert!(with(132, b"\xff").contains(&Problem::BadDirectory(1)));
    assert!(with(132, b".").contains(&Problem::DoubleName(1)));
}

#[test]
fn a_damaged_bitmap_is_found() {
    let mut disk = disk();
    let g = geometry();
    let byte = g.data_start as usize / 8 + 4;
    patch(&mut disk, g.bitmap_start, byte, &[1]);
    patch(&mut disk, g.bitmap_start, 0, &[0xfe]);
    assert_eq!(check(disk).problems, [Problem::NotMarked(0), Problem::Lost(8 * byte as u32)]);
}

#[test]
fn every_problem_reads_as_a_sentence() {
    assert_eq!(std::format!("{}", Problem::LinkCount(3, 2, 1)), "inode 3: says 2 names, has 1");
    assert_eq!(std::format!("{}", Problem::NoFileSystem(Errno::EINVAL)), "no file system of lv6");
}
