//! A disk whose contents are bytes that somebody has: an image of one, cut off after the last block in use.

use lv6_ulib::Errno;

use crate::disk::{BLOCK_SIZE, Block, Disk};
use crate::layout::{SUPERBLOCK, Superblock};

/// A disk that can only be read.
pub struct ImageDisk<'a> {
    image: &'a [u8],
    blocks: u64,
}

impl<'a> ImageDisk<'a> {
    /// The disk with this image; what the image lacks at its end is zero. EINVAL if there is no file system on it, EUCLEAN
    /// if that is damaged.
    pub fn new(image: &'a [u8]) -> Result<ImageDisk<'a>, Errno> {
        let at = SUPERBLOCK as usize * BLOCK_SIZE;
        let block = image.get(at..).and_then(|rest| rest.first_chunk::<BLOCK_SIZE>()).ok_or(Errno::EINVAL)?;
        let blocks = Superblock::decode(block)?.geometry.blocks.into();
        Ok(ImageDisk { image, blocks })
    }
}

impl Disk for ImageDisk<'_> {
    fn blocks(&self) -> u64 {
        self.blocks
    }

    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        if number >= self.blocks {
            return Err(Errno::EINVAL);
        }
        let rest = self.image.get(number as usize * BLOCK_SIZE..).unwrap_or(&[]);
        to.fill(0);
        to.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
        Ok(())
    }

    fn write(&mut self, _number: u64, _from: &Block) -> Result<(), Errno> {
        Err(Errno::EROFS)
    }

    fn flush(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileSystem, MemoryDisk, ROOT, mkfs, overlay::Overlay};
    use std::vec::Vec;

    #[test]
    fn an_image_that_was_cut_off_is_a_disk() {
        let disk = mkfs::format(MemoryDisk::new(200), 32, 1).unwrap();
        let mut image = Vec::new();
        for (number, block) in disk.contents() {
            image.resize(number as usize * BLOCK_SIZE, 0);
            image.extend(block);
        }
        assert!(image.len() < 100 * BLOCK_SIZE);
        let mut fs = FileSystem::mount(Overlay::new(ImageDisk::new(&image).unwrap())).unwrap();
        assert_eq!(fs.make_dir(ROOT, "a"), Ok(2));
        fs.sync().unwrap();
        assert!(ImageDisk::new(&image[..BLOCK_SIZE]).is_err());
        assert_eq!(ImageDisk::new(&image).unwrap().write(1, &[0; BLOCK_SIZE]), Err(Errno::EROFS));
    }
}
