//! A disk that remembers what is written instead of writing it: to look at a disk as it would be, and leave it alone.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use lv6_ulib::Errno;

use crate::disk::{Block, Disk};

/// A disk with changes that nobody else sees.
pub struct Overlay<D> {
    below: D,
    written: BTreeMap<u64, Box<Block>>,
}

impl<D: Disk> Overlay<D> {
    /// A disk without changes yet.
    pub fn new(below: D) -> Overlay<D> {
        Overlay { below, written: BTreeMap::new() }
    }
}

impl<D: Disk> Disk for Overlay<D> {
    fn blocks(&self) -> u64 {
        self.below.blocks()
    }

    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        match self.written.get(&number) {
            Some(block) => {
                *to = **block;
                Ok(())
            }
            None => self.below.read(number, to),
        }
    }

    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        if number >= self.blocks() {
            return Err(Errno::EINVAL);
        }
        self.written.insert(number, Box::new(*from));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::BLOCK_SIZE;
    use crate::memory_disk::MemoryDisk;

    #[test]
    fn what_is_written_does_not_reach_the_disk_below() {
        let mut disk = MemoryDisk::new(2);
        let mut block = [0; BLOCK_SIZE];
        let mut overlay = Overlay::new(&mut disk);
        assert_eq!(overlay.write(1, &[1; BLOCK_SIZE]), Ok(()));
        assert_eq!(overlay.read(1, &mut block), Ok(()));
        assert_eq!((block[0], overlay.write(2, &block)), (1, Err(Errno::EINVAL)));
        assert_eq!(disk.contents().count(), 0);
    }
}
