use super::*;
use crate::memory_disk::MemoryDisk;
use std::vec;

fn geometry() -> Geometry {
    Geometry::new(200, 32).unwrap()
}

fn contents(disk: &mut MemoryDisk, number: u32) -> Block {
    let mut block = [0; BLOCK_SIZE];
    disk.read(number.into(), &mut block).unwrap();
    block
}

/// A disk on which a change of the last two blocks has reached the log, but not the blocks.
fn begun() -> MemoryDisk {
    let mut disk = MemoryDisk::new(200);
    write(&mut disk, 5, 77, [(198, &[1; BLOCK_SIZE]), (199, &[2; BLOCK_SIZE])].into_iter()).unwrap();
    assert_eq!(contents(&mut disk, 199), [2; BLOCK_SIZE]);
    for number in [198, 199] {
        disk.write(number, &[9; BLOCK_SIZE]).unwrap();
    }
    disk
}

#[test]
fn a_header_comes_back_or_is_refused() {
    let header = Header { sequence: 3, time: 4, checksum: 5, blocks: vec![6, 7] };
    assert_eq!(Header::decode(&header.encode()), Some(header.clone()));
    for at in (0..80).chain([BLOCK_SIZE - 1]) {
        let mut bad = header.encode();
        bad[at] ^= 1;
        assert_eq!(Header::decode(&bad), None, "byte {at}");
    }
}

#[test]
fn what_was_begun_is_finished() {
    let mut disk = begun();
    let header = recover(&mut disk, &geometry()).unwrap().unwrap();
    assert_eq!((header.sequence, header.time, &header.blocks[..]), (5, 77, &[198, 199][..]));
    assert_eq!(contents(&mut disk, 198), [1; BLOCK_SIZE]);
    assert_eq!(contents(&mut disk, 199), [2; BLOCK_SIZE]);
}

#[test]
fn a_log_that_is_not_whole_changes_nothing() {
    for damaged in [LOG_START, LOG_START + 1, LOG_START + 2] {
        let mut disk = begun();
        let mut block = contents(&mut disk, damaged);
        block[70] ^= 1;
        disk.write(damaged.into(), &block).unwrap();
        recover(&mut disk, &geometry()).unwrap();
        for number in [198, 199] {
            assert_eq!(contents(&mut disk, number), [9; BLOCK_SIZE], "block {damaged} is damaged");
        }
    }
}

#[test]
fn blocks_that_nobody_may_change_are_refused() {
    for number in [0, 1, LOG_START, geometry().inode_start - 1, 200, u32::MAX] {
        let mut disk = begun();
        let header = Header { blocks: vec![199, number], ..Header::empty(0) };
        disk.write(LOG_START.into(), &header.encode()).unwrap();
        assert_eq!(recover(&mut disk, &geometry()), Err(Errno::EUCLEAN));
    }
}
