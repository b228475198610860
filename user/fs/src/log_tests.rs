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

/// A disk that loses its power after so many writes and flushes. Of what was not flushed then, it has kept the writes to
/// one block.
struct Failing {
    disk: MemoryDisk,
    late: Vec<(u64, Block)>,
    left: usize,
    kept: u64,
}

impl Failing {
    fn step(&mut self) -> Result<(), Errno> {
        let late = core::mem::take(&mut self.late);
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                self.late = late;
                Ok(())
            }
            None => {
                late.iter()
                    .filter(|(number, _)| *number == self.kept)
                    .try_for_each(|(number, block)| self.disk.write(*number, block))?;
                Err(Errno::EIO)
            }
        }
    }
}

impl Disk for Failing {
    fn blocks(&self) -> u64 {
        self.disk.blocks()
    }
    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        self.disk.read(number, to)
    }
    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        self.step()?;
        self.late.push((number, *from));
        Ok(())
    }
    fn flush(&mut self) -> Result<(), Errno> {
        self.step()?;
        core::mem::take(&mut self.late).iter().try_for_each(|(number, block)| self.disk.write(*number, block))
    }
}

/// A block with other contents and the same checksum. The checksum is linear, so one that differs in the first byte can
/// be corrected by its last 32 bits.
fn with_the_checksum_of(block: &Block) -> Block {
    let wanted = crc32fast::hash(block);
    let mut other = *block;
    other[0] ^= 1;
    let last = BLOCK_SIZE - 4;
    let effect = |bits: u32| {
        let mut changed = other;
        changed[last..].iter_mut().zip(bits.to_le_bytes()).for_each(|(byte, bit)| *byte ^= bit);
        crc32fast::hash(&changed)
    };
    // Each pair is a change of the last bits and what it does to the checksum; no two have the same highest bit there.
    let mut basis: Vec<(u32, u32)> = Vec::new();
    let reduce = |basis: &[(u32, u32)], start: (u32, u32)| {
        basis.iter().fold(start, |(bits, sum), &(b, s)| if sum ^ s < sum { (bits ^ b, sum ^ s) } else { (bits, sum) })
    };
    for bit in 0..32 {
        basis.push(reduce(&basis, (1 << bit, effect(1 << bit) ^ effect(0))));
        basis.sort_by_key(|&(_, sum)| core::cmp::Reverse(sum));
    }
    let (bits, rest) = reduce(&basis, (0, effect(0) ^ wanted));
    assert_eq!(rest, 0);
    other[last..].iter_mut().zip(bits.to_le_bytes()).for_each(|(byte, bit)| *byte ^= bit);
    other
}

#[test]
fn a_header_that_arrives_alone_changes_nothing_even_if_its_checksum_fits() {
    let old = [1; BLOCK_SIZE];
    let new = with_the_checksum_of(&old);
    assert!(new != old && crc32fast::hash(&new) == crc32fast::hash(&old));
    let mut written = false;
    for left in 0..8 {
        let mut disk = MemoryDisk::new(200);
        write(&mut disk, 5, 77, [(198, &old)].into_iter()).unwrap();
        disk.write(199, &[9; BLOCK_SIZE]).unwrap();
        let mut disk = Failing { disk, late: Vec::new(), left, kept: LOG_START.into() };
        written |= write(&mut disk, 6, 78, [(199, &new)].into_iter()).is_ok();
        recover(&mut disk.disk, &geometry()).unwrap();
        let found = contents(&mut disk.disk, 199);
        assert!(found == [9; BLOCK_SIZE] || found == new, "after {left} writes and flushes: {:?}", &found[..4]);
        assert!(!written || found == new);
    }
    assert!(written);
}
