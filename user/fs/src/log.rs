//! The redo log: a set of blocks changes as a whole or not at all.
//!
//! The log is a header and room for blocks. To change blocks, their new contents go to the log first; then the header,
//! which names them, is written; then the blocks themselves. Whoever finds a header whose checksums are right writes the
//! blocks again. The disk is flushed before the header, so that what it names is there; after the header, so that no
//! block is overwritten before; and after the blocks, so that the log can be used again.
//!
//! The first flush is there although the checksum of the contents sees that some of them are missing: it has 32 bits, and
//! whoever writes files can choose contents that have the checksum of what the log had before in their place, which
//! would then be written to the blocks.

use alloc::boxed::Box;
use alloc::vec::Vec;

use lv6_ulib::Errno;

use crate::bytes::{get32, get64, put};
use crate::disk::{BLOCK_SIZE, Block, Disk};
use crate::layout::{Geometry, LOG_START};

/// Offset of the numbers of blocks in the header.
const NUMBERS: usize = 64;
/// Most blocks that a header can name.
pub const LOG_MAX: u32 = ((BLOCK_SIZE - NUMBERS) / 4) as u32;

const MAGIC: u64 = u64::from_le_bytes(*b"lv6redo\0");

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// How many times the log was written before, and one.
    pub sequence: u64,
    /// When it was written, in nanoseconds since 1970.
    pub time: u64,
    /// Checksum of the contents, in order.
    pub checksum: u32,
    /// Where the contents belong.
    pub blocks: Vec<u32>,
}

impl Header {
    /// The header of a log that has never been written.
    pub fn empty(time: u64) -> Header {
        Header { sequence: 1, time, checksum: 0, blocks: Vec::new() }
    }

    /// Its bytes.
    pub fn encode(&self) -> Block {
        let mut block = [0; BLOCK_SIZE];
        put(&mut block, 0, MAGIC.to_le_bytes());
        put(&mut block, 16, self.sequence.to_le_bytes());
        put(&mut block, 24, self.time.to_le_bytes());
        put(&mut block, 32, self.checksum.to_le_bytes());
        put(&mut block, 36, (self.blocks.len() as u32).to_le_bytes());
        for (n, number) in self.blocks.iter().enumerate() {
            put(&mut block, NUMBERS + 4 * n, number.to_le_bytes());
        }
        let checksum = crc32fast::hash(&block);
        put(&mut block, 8, checksum.to_le_bytes());
        block
    }

    /// Reads it; none if it is not whole.
    pub fn decode(block: &Block) -> Option<Header> {
        let count = get32(block, 36);
        if get64(block, 0) != MAGIC || count > LOG_MAX {
            return None;
        }
        let blocks = (0..count as usize).map(|n| get32(block, NUMBERS + 4 * n)).collect();
        let found = Header { sequence: get64(block, 16), time: get64(block, 24), checksum: get32(block, 32), blocks };
        (found.encode() == *block).then_some(found)
    }

    /// Whether all blocks that it names can be changed on such a disk.
    fn fits(&self, geometry: &Geometry) -> bool {
        let homes = geometry.inode_start..geometry.blocks;
        self.blocks.len() <= geometry.log_capacity() && self.blocks.iter().all(|block| homes.contains(block))
    }
}

/// Where the log keeps its `n`-th block.
fn slot(n: usize) -> u64 {
    u64::from(LOG_START) + 1 + n as u64
}

/// Changes blocks, all or none, and returns when they are on the disk. There must not be more than the log can hold.
///
/// After an error it is not known which of the two has happened; the next [`recover`] decides.
pub fn write<'a>(
    disk: &mut impl Disk,
    sequence: u64,
    time: u64,
    changes: impl Iterator<Item = (u32, &'a Block)> + Clone,
) -> Result<(), Errno> {
    let mut checksum = crc32fast::Hasher::new();
    for (n, (_, contents)) in changes.clone().enumerate() {
        checksum.update(contents);
        disk.write(slot(n), contents)?;
    }
    disk.flush()?;
    let blocks = changes.clone().map(|(number, _)| number).collect();
    let header = Header { sequence, time, checksum: checksum.finalize(), blocks };
    disk.write(LOG_START.into(), &header.encode())?;
    disk.flush()?;
    for (number, contents) in changes {
        disk.write(number.into(), contents)?;
    }
    disk.flush()
}

/// Finishes what was begun when the machine stopped, and returns the header found.
///
/// A header or contents with a wrong checksum mean that the last change had not begun to reach the blocks, or had
/// reached them all: there is nothing to do. None if there is no header.
pub fn recover(disk: &mut impl Disk, geometry: &Geometry) -> Result<Option<Header>, Errno> {
    let mut block = Box::new([0; BLOCK_SIZE]);
    disk.read(LOG_START.into(), &mut block)?;
    let Some(header) = Header::decode(&block) else { return Ok(None) };
    if !header.fits(geometry) {
        return Err(Errno::EUCLEAN);
    }
    let mut checksum = crc32fast::Hasher::new();
    for n in 0..header.blocks.len() {
        disk.read(slot(n), &mut block)?;
        checksum.update(&*block);
    }
    if checksum.finalize() == header.checksum && !header.blocks.is_empty() {
        for (n, number) in header.blocks.iter().enumerate() {
            disk.read(slot(n), &mut block)?;
            disk.write((*number).into(), &block)?;
        }
        disk.flush()?;
    }
    Ok(Some(header))
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
