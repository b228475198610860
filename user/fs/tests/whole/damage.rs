//! A damaged disk: every operation ends, with a result or an error, and none panics.

use std::collections::BTreeSet;

use lv6_fs::layout::{Geometry, LOG_START};
use lv6_fs::log::Header;
use lv6_fs::{Disk, FileSystem, MemoryDisk, ROOT, fsck, mkfs};
use lv6_ulib::fs::protocol::{O_CREAT, O_RDWR};
use proptest::prelude::*;

const BLOCKS: u64 = 400;
const INODES: u32 = 32;

/// A disk with files of all kinds.
fn disk() -> MemoryDisk {
    let disk = mkfs::format(MemoryDisk::new(BLOCKS), INODES, 1).expect("format");
    let mut fs = FileSystem::mount(disk).expect("mount");
    for path in ["d", "d/e", "d/e/f", "g"] {
        fs.make_dir(ROOT, path).expect("make_dir");
    }
    fs.make_device(ROOT, "console", 1, 0).expect("make_device");
    for (path, offset) in [("d/small", 0), ("d/e/large", 60_000), ("sparse", 5_000_000)] {
        let number = fs.open(ROOT, path, O_CREAT | O_RDWR).expect("open");
        fs.write(number, Some(offset), &[7; 5000]).expect("write");
    }
    fs.sync().expect("sync");
    let mut disk = fs.into_disk();
    // Otherwise the log would mend the damage.
    disk.write(LOG_START.into(), &Header::empty(1).encode()).expect("write");
    disk
}

/// A change of the disk: a byte of a block that is in use, or of its start, where most numbers are.
#[derive(Clone, Debug)]
struct Damage {
    block: prop::sample::Index,
    at: usize,
    bytes: Vec<u8>,
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = prop_oneof![3 => 0..512usize, 1 => 0..4096usize];
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..5),
        Just(vec![0; 4]),
        Just(vec![0xff; 4]),
        (0..BLOCKS as u32).prop_map(|number| number.to_le_bytes().to_vec()),
    ];
    (any::<prop::sample::Index>(), at, bytes).prop_map(|(block, at, bytes)| Damage { block, at, bytes })
}

/// Applies damage to blocks other than the superblock, whose checksum refuses any.
fn apply(disk: &mut MemoryDisk, damages: &[Damage]) {
    let geometry = Geometry::new(BLOCKS, INODES).expect("geometry");
    let used: Vec<u64> =
        disk.contents().map(|(number, _)| number).filter(|number| *number >= geometry.inode_start.into()).collect();
    for Damage { block, at, bytes } in damages {
        let number = *block.get(&used);
        let mut contents = [0; 4096];
        disk.read(number, &mut contents).expect("read");
        contents[*at..].iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
        disk.write(number, &contents).expect("write");
    }
}

/// Does everything that can be done.
fn use_all(fs: &mut FileSystem<impl Disk>) {
    let mut waiting = vec![ROOT];
    let mut seen = BTreeSet::new();
    while let Some(number) = waiting.pop() {
        if !seen.insert(number) {
            continue;
        }
        let _ = fs.path_of(number);
        let _ = fs.stat(number);
        let mut buffer = vec![0; 10_000];
        for offset in [0, 60_000, 5_000_000] {
            let _ = fs.read(number, offset, &mut buffer);
        }
        waiting.extend(fs.entries(number).unwrap_or_default().iter().map(|entry| entry.inode as u32));
    }
    for path in ["d/small", "d/e/large", "sparse", "g/new", "new"] {
        if let Ok(number) = fs.open(ROOT, path, O_CREAT | O_RDWR) {
            let _ = fs.write(number, Some(50_000), &[1; 9000]);
            let _ = fs.truncate(number, 45_000);
            let _ = fs.write(number, None, &[2; 5000]);
            let _ = fs.close(number);
        }
    }
    let _ = fs.rename(ROOT, "d/e", ROOT, "g/e");
    let _ = fs.rename(ROOT, "d", ROOT, "g/e/f/d");
    let _ = fs.make_dir(ROOT, "d/e/f/h");
    for path in ["d/small", "d/e/large", "g/e/large", "sparse", "console", "g/new"] {
        let _ = fs.unlink(ROOT, path, false);
    }
    for path in ["d/e/f/h", "d/e/f", "g/e/f", "d/e", "g/e", "d", "g"] {
        let _ = fs.unlink(ROOT, path, true);
    }
    let _ = fs.info();
    let _ = fs.sync();
}

#[test]
fn what_is_tried_works_on_a_good_disk() {
    let mut fs = FileSystem::mount(disk()).expect("mount");
    use_all(&mut fs);
    let report = fsck::check(fs.into_disk());
    assert_eq!((report.problems, report.orphans), (vec![], 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_disk_makes_nothing_panic(damages in prop::collection::vec(damage(), 1..12)) {
        let mut disk = disk();
        apply(&mut disk, &damages);
        fsck::check(&mut disk);
        if let Ok(mut fs) = FileSystem::mount(disk) {
            use_all(&mut fs);
            fsck::check(fs.into_disk());
        }
    }

    #[test]
    fn a_damaged_log_makes_nothing_panic(at in 0..128usize, byte in any::<u8>(), whole in any::<bool>()) {
        let mut fs = FileSystem::mount(disk()).expect("mount");
        let number = fs.open(ROOT, "new", O_CREAT | O_RDWR).expect("open");
        fs.write(number, Some(0), &[3; 5000]).expect("write");
        fs.sync().expect("sync");
        let mut disk = fs.into_disk();
        let mut block = [0; 4096];
        disk.read(LOG_START.into(), &mut block).expect("read");
        let mut header = Header::decode(&block).expect("the header is whole");
        if whole {
            // One that was written like this.
            let n = at % header.blocks.len();
            header.blocks[n] = u32::from(byte) * 3;
            block = header.encode();
        } else {
            block[at] = byte;
        }
        disk.write(LOG_START.into(), &block).expect("write");
        if let Ok(mut fs) = FileSystem::mount(disk) {
            use_all(&mut fs);
        }
    }
}
