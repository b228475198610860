//! The contents of a file: which blocks hold them, reading, writing, and changing the length.
//!
//! Blocks that were never written are not there, and read as zeros. What follows the end of the contents in their last
//! block is zero, so that a file grows by zeros.

use lv6_ulib::Errno;

use crate::bitmap;
use crate::bytes::{get32, put};
use crate::disk::{BLOCK_SIZE, Disk};
use crate::inode::{DIRECT, Inode};
use crate::store::Store;

/// How many blocks a block can name.
pub const FANOUT: u64 = BLOCK_SIZE as u64 / 4;
/// Most blocks of contents that a file can have.
pub const FILE_BLOCKS_MAX: u64 = DIRECT as u64 + FANOUT + FANOUT * FANOUT;
/// Greatest length of a file.
pub const SIZE_MAX: u64 = FILE_BLOCKS_MAX * BLOCK_SIZE as u64;

/// Checks the number of a block that an inode, or a block of numbers, names; none for 0.
fn check(store: &Store<impl Disk>, number: u32) -> Result<Option<u32>, Errno> {
    match number {
        0 => Ok(None),
        _ if store.geometry().is_data(number) => Ok(Some(number)),
        _ => Err(Errno::EUCLEAN),
    }
}

/// The way to a block of contents: where it starts, and the places in the blocks of numbers on the way.
enum Way {
    Direct(usize),
    Indirect(u64),
    Double(u64, u64),
}

/// The way to block `index` of a file. EFBIG if no file is so long.
fn way(index: u64) -> Result<Way, Errno> {
    let direct = DIRECT as u64;
    match index {
        _ if index < direct => Ok(Way::Direct(index as usize)),
        _ if index < direct + FANOUT => Ok(Way::Indirect(index - direct)),
        _ if index < FILE_BLOCKS_MAX => {
            let rest = index - direct - FANOUT;
            Ok(Way::Double(rest / FANOUT, rest % FANOUT))
        }
        _ => Err(Errno::EFBIG),
    }
}

/// The `n`-th block that a block of numbers names.
fn named(store: &mut Store<impl Disk>, table: u32, n: u64) -> Result<Option<u32>, Errno> {
    let number = get32(&store.read(table)?[..], 4 * n as usize);
    check(store, number)
}

/// The block that holds block `index` of the contents, if there is one.
pub fn block(store: &mut Store<impl Disk>, inode: &Inode, index: u64) -> Result<Option<u32>, Errno> {
    match way(index)? {
        Way::Direct(n) => check(store, inode.direct[n]),
        Way::Indirect(n) => match check(store, inode.indirect)? {
            Some(table) => named(store, table, n),
            None => Ok(None),
        },
        Way::Double(outer, inner) => match check(store, inode.double)? {
            Some(table) => match named(store, table, outer)? {
                Some(table) => named(store, table, inner),
                None => Ok(None),
            },
            None => Ok(None),
        },
    }
}

/// The block with this number, or a new one if it is 0.
fn need(store: &mut Store<impl Disk>, inode: &mut Inode, number: u32, hint: u32) -> Result<u32, Errno> {
    match check(store, number)? {
        Some(found) => Ok(found),
        None => {
            let new = bitmap::take(store, hint)?;
            inode.blocks += 1;
            Ok(new)
        }
    }
}

/// The `n`-th block that a block of numbers names; a new one if there is none.
fn need_named(store: &mut Store<impl Disk>, inode: &mut Inode, table: u32, n: u64) -> Result<u32, Errno> {
    let old = get32(&store.read(table)?[..], 4 * n as usize);
    let new = need(store, inode, old, table + 1)?;
    if new != old {
        put(&mut store.modify(table)?[..], 4 * n as usize, new.to_le_bytes());
    }
    Ok(new)
}

/// The block that holds block `index` of the contents; a new one if there is none. The inode's own numbers change in
/// `inode` only. ENOSPC, EFBIG.
fn need_block(store: &mut Store<impl Disk>, inode: &mut Inode, index: u64) -> Result<u32, Errno> {
    match way(index)? {
        Way::Direct(n) => {
            // Next to the block before it.
            let hint = n.checked_sub(1).map_or(0, |before| inode.direct[before].saturating_add(1));
            inode.direct[n] = need(store, inode, inode.direct[n], hint)?;
            Ok(inode.direct[n])
        }
        Way::Indirect(n) => {
            inode.indirect = need(store, inode, inode.indirect, inode.direct[DIRECT - 1])?;
            need_named(store, inode, inode.indirect, n)
        }
        Way::Double(outer, inner) => {
            inode.double = need(store, inode, inode.double, inode.indirect)?;
            let table = need_named(store, inode, inode.double, outer)?;
            need_named(store, inode, table, inner)
        }
    }
}

/// The part of a range of bytes that lies in one block: the block, where in it, and how many bytes.
fn part(offset: u64, len: usize) -> (u64, usize, usize) {
    let at = (offset % BLOCK_SIZE as u64) as usize;
    (offset / BLOCK_SIZE as u64, at, len.min(BLOCK_SIZE - at))
}

/// Reads bytes at an offset. Returns how many there were before the end.
pub fn read(store: &mut Store<impl Disk>, inode: &Inode, offset: u64, to: &mut [u8]) -> Result<usize, Errno> {
    let left = usize::try_from(inode.size.saturating_sub(offset)).unwrap_or(usize::MAX);
    let len = to.len().min(left);
    let mut done = 0;
    while done < len {
        let (index, at, n) = part(offset + done as u64, len - done);
        let to = &mut to[done..done + n];
        match block(store, inode, index)? {
            Some(number) => to.copy_from_slice(&store.read(number)?[at..at + n]),
            None => to.fill(0),
        }
        done += n;
    }
    Ok(len)
}

/// Writes bytes at an offset; the file grows if need be. EFBIG if it would be too long, ENOSPC.
pub fn write(store: &mut Store<impl Disk>, inode: &mut Inode, offset: u64, from: &[u8]) -> Result<(), Errno> {
    let end = offset.checked_add(from.len() as u64).filter(|&end| end <= SIZE_MAX).ok_or(Errno::EFBIG)?;
    let mut done = 0;
    while done < from.len() {
        let (index, at, n) = part(offset + done as u64, from.len() - done);
        let number = need_block(store, inode, index)?;
        store.modify(number)?[at..at + n].copy_from_slice(&from[done..done + n]);
        done += n;
    }
    if !from.is_empty() {
        inode.size = inode.size.max(end);
    }
    Ok(())
}

/// Gives back the block with this number, if it is one, and those that it names from `from` on, which lie `depth` levels
/// below. Returns the number to keep: 0 if the block is gone.
fn shrink(store: &mut Store<impl Disk>, inode: &mut Inode, number: u32, depth: u32, from: u64) -> Result<u32, Errno> {
    let Some(number) = check(store, number)? else { return Ok(0) };
    if depth > 0 {
        let span = FANOUT.pow(depth - 1);
        for n in from / span..FANOUT {
            let old = get32(&store.read(number)?[..], 4 * n as usize);
            let new = shrink(store, inode, old, depth - 1, from.saturating_sub(n * span))?;
            // A block that goes anyway need not say so.
            if new != old && from > 0 {
                put(&mut store.modify(number)?[..], 4 * n as usize, new.to_le_bytes());
            }
        }
    }
    if from > 0 {
        return Ok(number);
    }
    bitmap::give(store, number)?;
    inode.blocks = inode.blocks.checked_sub(1).ok_or(Errno::EUCLEAN)?;
    Ok(0)
}

/// Sets the length. What is cut off is given back, what is added is zero. EFBIG if no file is so long.
pub fn truncate(store: &mut Store<impl Disk>, inode: &mut Inode, size: u64) -> Result<(), Errno> {
    if size > SIZE_MAX {
        return Err(Errno::EFBIG);
    }
    if size < inode.size {
        let keep = size.div_ceil(BLOCK_SIZE as u64);
        for n in (keep.min(DIRECT as u64) as usize)..DIRECT {
            inode.direct[n] = shrink(store, inode, inode.direct[n], 0, 0)?;
        }
        let keep = keep.saturating_sub(DIRECT as u64);
        inode.indirect = shrink(store, inode, inode.indirect, 1, keep)?;
        inode.double = shrink(store, inode, inode.double, 2, keep.saturating_sub(FANOUT))?;
        let (index, at, _) = part(size, 1);
        if at > 0
            && let Some(last) = block(store, inode, index)?
        {
            store.modify(last)?[at..].fill(0);
        }
    }
    inode.size = size;
    Ok(())
}
