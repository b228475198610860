//! Disks: numbered blocks that can be read and written.

use alloc::boxed::Box;

use lv6_ulib::Errno;

/// Bytes of a block.
pub const BLOCK_SIZE: usize = 4096;

/// What is in a block.
pub type Block = [u8; BLOCK_SIZE];

/// A disk, or what behaves like one.
///
/// A write may stay in the disk's own memory, and reach the medium late or in another order than it was made, until
/// [`Disk::flush`] has returned. One block is written as a whole or not at all.
pub trait Disk {
    /// How many blocks it has.
    fn blocks(&self) -> u64;

    /// Reads a block. EINVAL if there is no such block, EIO if the disk cannot read it.
    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno>;

    /// Writes a block. EINVAL if there is no such block, EIO if the disk cannot write it.
    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno>;

    /// Returns when all that was written is on the medium. EIO if that is not certain.
    fn flush(&mut self) -> Result<(), Errno>;
}

impl<D: Disk + ?Sized> Disk for &mut D {
    fn blocks(&self) -> u64 {
        (**self).blocks()
    }
    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        (**self).read(number, to)
    }
    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        (**self).write(number, from)
    }
    fn flush(&mut self) -> Result<(), Errno> {
        (**self).flush()
    }
}

impl<D: Disk + ?Sized> Disk for Box<D> {
    fn blocks(&self) -> u64 {
        (**self).blocks()
    }
    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        (**self).read(number, to)
    }
    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        (**self).write(number, from)
    }
    fn flush(&mut self) -> Result<(), Errno> {
        (**self).flush()
    }
}
