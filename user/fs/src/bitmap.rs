//! Which blocks are in use: a bit for each, set if it is.

use lv6_ulib::Errno;

use crate::disk::Disk;
use crate::layout::BITS_PER_BLOCK;
use crate::store::Store;

/// The block of the bitmap, the byte in it and the bit in that which stand for a block.
fn place(number: u32) -> (u32, usize, u8) {
    let bit = number % BITS_PER_BLOCK;
    (number / BITS_PER_BLOCK, bit as usize / 8, 1 << (bit % 8))
}

/// The first free block from `from` on, before `to`.
fn find(store: &mut Store<impl Disk>, from: u32, to: u32) -> Result<Option<u32>, Errno> {
    let start = store.geometry().bitmap_start;
    let mut number = from;
    while number < to {
        let (block, mut byte, _) = place(number);
        let bits = store.read(start + block)?;
        // Whole bytes of blocks in use are passed over at once.
        while byte < bits.len() {
            if bits[byte] != 0xff {
                let first = (block * BITS_PER_BLOCK + 8 * byte as u32).max(number);
                let free = (first..(first / 8 + 1) * 8).find(|&n| bits[byte] & place(n).2 == 0);
                if let Some(found) = free {
                    return Ok(Some(found).filter(|&found| found < to));
                }
            }
            byte += 1;
        }
        number = (block + 1) * BITS_PER_BLOCK;
    }
    Ok(None)
}

/// Takes a free block, near `hint` if there is one; it contains zeros. ENOSPC if all are in use.
pub fn take(store: &mut Store<impl Disk>, hint: u32) -> Result<u32, Errno> {
    let geometry = *store.geometry();
    let hint = hint.clamp(geometry.data_start, geometry.blocks - 1);
    let found = match find(store, hint, geometry.blocks)? {
        Some(found) => found,
        None => find(store, geometry.data_start, hint)?.ok_or(Errno::ENOSPC)?,
    };
    let (block, byte, bit) = place(found);
    store.modify(geometry.bitmap_start + block)?[byte] |= bit;
    store.fresh(found)?;
    Ok(found)
}

/// Gives a block back. EUCLEAN if it is none of the contents, or free already.
pub fn give(store: &mut Store<impl Disk>, number: u32) -> Result<(), Errno> {
    let geometry = *store.geometry();
    let (block, byte, bit) = place(number);
    if !geometry.is_data(number) || !is_used(store, number)? {
        return Err(Errno::EUCLEAN);
    }
    store.modify(geometry.bitmap_start + block)?[byte] &= !bit;
    Ok(())
}

/// Whether a block of the disk is in use.
pub fn is_used(store: &mut Store<impl Disk>, number: u32) -> Result<bool, Errno> {
    let (block, byte, bit) = place(number);
    let start = store.geometry().bitmap_start;
    Ok(store.read(start + block)?[byte] & bit != 0)
}

/// How many blocks are free.
pub fn count_free(store: &mut Store<impl Disk>) -> Result<u64, Errno> {
    let geometry = *store.geometry();
    let mut used = 0;
    for block in 0..geometry.bitmap_blocks {
        let bits = store.read(geometry.bitmap_start + block)?;
        used += bits.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>();
    }
    Ok(u64::from(geometry.blocks).saturating_sub(used))
}
