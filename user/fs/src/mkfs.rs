//! Making a file system.

use alloc::boxed::Box;

use lv6_ulib::Errno;
use lv6_ulib::fs::FileKind;

use crate::directory;
use crate::disk::{BLOCK_SIZE, Disk};
use crate::inode::{self, Inode};
use crate::layout::{BITS_PER_BLOCK, Geometry, LOG_START, ROOT, SUPERBLOCK, Superblock};
use crate::log::Header;
use crate::store::Store;

/// How many inodes a disk of so many blocks gets when nobody says: one for every 16 KiB.
pub fn default_inodes(blocks: u64) -> u32 {
    (blocks / 4).clamp(32, 16384) as u32
}

/// Makes a file system with nothing in it but the root directory, for at least so many files. `now` is the time in
/// nanoseconds since 1970. EINVAL if the disk is too small or too large.
pub fn format<D: Disk>(mut disk: D, inodes: u32, now: u64) -> Result<D, Errno> {
    let geometry = Geometry::new(disk.blocks(), inodes)?;
    let mut block = Box::new([0; BLOCK_SIZE]);
    for number in 0..geometry.bitmap_start {
        // The superblock comes last, when all else is there.
        disk.write(number.into(), &block)?;
    }
    disk.write(LOG_START.into(), &Header::empty(now).encode())?;
    for n in 0..geometry.bitmap_blocks {
        let used = geometry.data_start.saturating_sub(n * BITS_PER_BLOCK).min(BITS_PER_BLOCK);
        block.fill(0);
        (0..used).for_each(|bit| block[bit as usize / 8] |= 1 << (bit % 8));
        disk.write(u64::from(geometry.bitmap_start + n), &block)?;
    }
    disk.flush()?;
    disk.write(SUPERBLOCK.into(), &Superblock { geometry, made: now }.encode())?;
    disk.flush()?;
    let mut store = Store::open(disk)?;
    store.begin()?;
    let mut root = Inode { links: 2, ..Inode::new(FileKind::Directory, now) };
    directory::add(&mut store, &mut root, ".", ROOT)?;
    directory::add(&mut store, &mut root, "..", ROOT)?;
    inode::set(&mut store, ROOT, &root)?;
    store.end();
    store.commit()?;
    Ok(store.into_disk())
}
