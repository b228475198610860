//! Where things are on a disk, and the superblock that says so.
//!
//! In order: the boot block, which nobody uses; the superblock; the log; the inodes; the bitmap of blocks; the contents.

use lv6_ulib::Errno;

use crate::bytes::{get32, get64, put};
use crate::disk::{BLOCK_SIZE, Block};
use crate::inode::INODES_PER_BLOCK;
use crate::log::LOG_MAX;

/// Number of the superblock.
pub const SUPERBLOCK: u32 = 1;
/// Number of the log's first block.
pub const LOG_START: u32 = 2;
/// Number of the root directory's inode.
pub const ROOT: u32 = 1;
/// Most blocks that a file system can have: 8 GiB. A change of one file must fit into the log, and the greatest file
/// has blocks in every block of the bitmap.
pub const BLOCKS_MAX: u64 = 1 << 21;
/// Fewest blocks that a file system can have.
pub const BLOCKS_MIN: u64 = 64;

/// Blocks that one operation changes at most besides those of the bitmap: two directories that grow, their inodes and
/// those of two files, with what leads to their blocks.
const OPERATION_MAX: u32 = 24;
/// Blocks that a block of the bitmap covers.
pub const BITS_PER_BLOCK: u32 = 8 * BLOCK_SIZE as u32;

const MAGIC: u64 = u64::from_le_bytes(*b"lv6files");
const VERSION: u32 = 1;

/// Where things are on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Blocks of the disk.
    pub blocks: u32,
    /// Blocks of the log, its header included.
    pub log_blocks: u32,
    /// First block of the inodes.
    pub inode_start: u32,
    /// How many inodes there are. Inode 0 is none.
    pub inodes: u32,
    /// First block of the bitmap.
    pub bitmap_start: u32,
    /// Blocks of the bitmap.
    pub bitmap_blocks: u32,
    /// First block of the contents, which go on to the end of the disk.
    pub data_start: u32,
}

impl Geometry {
    /// The layout of a disk of so many blocks with at least so many inodes. EINVAL if there is no room for contents, or
    /// the disk is too large.
    pub fn new(blocks: u64, inodes: u32) -> Result<Geometry, Errno> {
        if !(BLOCKS_MIN..=BLOCKS_MAX).contains(&blocks) {
            return Err(Errno::EINVAL);
        }
        let blocks = blocks as u32;
        let bitmap_blocks = blocks.div_ceil(BITS_PER_BLOCK);
        // Room for an operation and, on disks that are not tiny, for some more to be written together with it.
        let log_blocks = 1 + bitmap_blocks + OPERATION_MAX + (blocks / 32).min(100);
        let inode_blocks = inodes.max(2).div_ceil(INODES_PER_BLOCK);
        let inode_start = LOG_START + log_blocks;
        let bitmap_start = inode_start.checked_add(inode_blocks).ok_or(Errno::EINVAL)?;
        let data_start = bitmap_start.checked_add(bitmap_blocks).ok_or(Errno::EINVAL)?;
        if data_start >= blocks || log_blocks - 1 > LOG_MAX {
            return Err(Errno::EINVAL);
        }
        let inodes = inode_blocks * INODES_PER_BLOCK;
        Ok(Geometry { blocks, log_blocks, inode_start, inodes, bitmap_start, bitmap_blocks, data_start })
    }

    /// Whether a block is one of the contents.
    pub fn is_data(&self, block: u32) -> bool {
        (self.data_start..self.blocks).contains(&block)
    }

    /// Blocks that the log can hold.
    pub fn log_capacity(&self) -> usize {
        self.log_blocks as usize - 1
    }

    /// Blocks that one operation changes at most.
    pub fn operation_max(&self) -> usize {
        (self.bitmap_blocks + OPERATION_MAX) as usize
    }
}

/// The superblock: how the file system was made. Nothing in it changes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Superblock {
    /// Where things are.
    pub geometry: Geometry,
    /// When it was made, in nanoseconds since 1970.
    pub made: u64,
}

impl Superblock {
    /// Its bytes.
    pub fn encode(&self) -> Block {
        let Geometry { blocks, log_blocks, inode_start, inodes, bitmap_start, bitmap_blocks, data_start } =
            self.geometry;
        let mut block = [0; BLOCK_SIZE];
        put(&mut block, 0, MAGIC.to_le_bytes());
        put(&mut block, 16, self.made.to_le_bytes());
        let words = [
            VERSION,
            BLOCK_SIZE as u32,
            blocks,
            log_blocks,
            inode_start,
            inodes,
            bitmap_start,
            bitmap_blocks,
            data_start,
        ];
        for (n, word) in words.into_iter().enumerate() {
            put(&mut block, 24 + 4 * n, word.to_le_bytes());
        }
        let checksum = crc32fast::hash(&block);
        put(&mut block, 8, checksum.to_le_bytes());
        block
    }

    /// Reads it. EINVAL if this is no file system of lv6, or of another version; EUCLEAN if it is damaged.
    pub fn decode(block: &Block) -> Result<Superblock, Errno> {
        if get64(block, 0) != MAGIC || get32(block, 24) != VERSION || get32(block, 28) != BLOCK_SIZE as u32 {
            return Err(Errno::EINVAL);
        }
        let geometry = Geometry::new(get32(block, 32).into(), get32(block, 44)).map_err(|_| Errno::EUCLEAN)?;
        let found = Superblock { geometry, made: get64(block, 16) };
        // All else follows from what was just read.
        if found.encode() == *block { Ok(found) } else { Err(Errno::EUCLEAN) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other() {
        for (blocks, inodes) in [(64, 2), (1000, 200), (BLOCKS_MAX, 16384)] {
            let g = Geometry::new(blocks, inodes).unwrap();
            assert!(g.inodes >= inodes && g.inodes < inodes + INODES_PER_BLOCK);
            assert_eq!(g.inode_start, LOG_START + g.log_blocks);
            assert_eq!(g.bitmap_start, g.inode_start + g.inodes / INODES_PER_BLOCK);
            assert_eq!(g.data_start, g.bitmap_start + g.bitmap_blocks);
            assert!(u64::from(g.bitmap_blocks) * u64::from(BITS_PER_BLOCK) >= blocks);
            assert!(g.log_capacity() >= g.operation_max() && g.log_capacity() <= LOG_MAX as usize);
            assert!(!g.is_data(g.data_start - 1) && g.is_data(g.data_start));
            assert!(g.is_data(g.blocks - 1) && !g.is_data(g.blocks));
        }
    }

    #[test]
    fn impossible_sizes_are_refused() {
        for (blocks, inodes) in [(0, 2), (63, 2), (BLOCKS_MAX + 1, 2), (u64::MAX, 2), (64, 2000), (1000, u32::MAX)] {
            assert_eq!(Geometry::new(blocks, inodes), Err(Errno::EINVAL), "{blocks} {inodes}");
        }
    }

    #[test]
    fn a_superblock_comes_back_or_is_refused() {
        let good = Superblock { geometry: Geometry::new(1000, 200).unwrap(), made: 77 };
        assert_eq!(Superblock::decode(&good.encode()), Ok(good));
        assert_eq!(Superblock::decode(&[0; BLOCK_SIZE]), Err(Errno::EINVAL));
        for at in 0..64 {
            let mut bad = good.encode();
            bad[at] ^= 0x10;
            assert!(Superblock::decode(&bad).is_err(), "byte {at}");
        }
    }
}
