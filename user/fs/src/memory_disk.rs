//! A disk in memory.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use lv6_ulib::Errno;

use crate::disk::{BLOCK_SIZE, Block, Disk};

/// A disk in memory. Blocks of zeros take none.
pub struct MemoryDisk {
    blocks: u64,
    contents: BTreeMap<u64, Box<Block>>,
}

impl MemoryDisk {
    /// A disk of `blocks` blocks of zeros.
    pub fn new(blocks: u64) -> MemoryDisk {
        MemoryDisk { blocks, contents: BTreeMap::new() }
    }

    /// The numbers and contents of the blocks that are not zero, in ascending order.
    pub fn contents(&self) -> impl Iterator<Item = (u64, &Block)> {
        self.contents.iter().map(|(number, block)| (*number, &**block))
    }
}

impl Disk for MemoryDisk {
    fn blocks(&self) -> u64 {
        self.blocks
    }

    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        if number >= self.blocks {
            return Err(Errno::EINVAL);
        }
        match self.contents.get(&number) {
            Some(block) => *to = **block,
            None => to.fill(0),
        }
        Ok(())
    }

    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        if number >= self.blocks {
            return Err(Errno::EINVAL);
        }
        if from.iter().all(|&byte| byte == 0) {
            self.contents.remove(&number);
        } else {
            self.contents.entry(number).or_insert_with(|| Box::new([0; BLOCK_SIZE])).copy_from_slice(from);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut disk = MemoryDisk::new(3);
        let mut block = [0; BLOCK_SIZE];
        assert_eq!(disk.write(2, &[7; BLOCK_SIZE]), Ok(()));
        assert_eq!(disk.read(2, &mut block), Ok(()));
        assert_eq!(block, [7; BLOCK_SIZE]);
        assert_eq!(disk.read(1, &mut block), Ok(()));
        assert_eq!(block, [0; BLOCK_SIZE]);
        assert_eq!(disk.read(3, &mut block), Err(Errno::EINVAL));
        assert_eq!(disk.write(3, &block), Err(Errno::EINVAL));
        assert_eq!(disk.write(2, &[0; BLOCK_SIZE]), Ok(()));
        assert_eq!(disk.contents().count(), 0);
    }
}
