//! Inodes: what is known of a file but its name, in a table of fixed size.

use lv6_ulib::Errno;
use lv6_ulib::fs::FileKind;

use crate::bytes::{get16, get32, get64, put};
use crate::content::SIZE_MAX;
use crate::disk::{BLOCK_SIZE, Disk};
use crate::layout::Geometry;
use crate::store::Store;

/// Bytes of an inode.
pub const INODE_SIZE: usize = 128;
/// How many inodes are in a block.
pub const INODES_PER_BLOCK: u32 = (BLOCK_SIZE / INODE_SIZE) as u32;
/// Blocks that an inode names itself.
pub const DIRECT: usize = 8;

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inode {
    /// What it is.
    pub kind: FileKind,
    /// For a device: who drives it.
    pub major: u16,
    /// For a device: which one it is.
    pub minor: u16,
    /// How many names lead to it, `.` and `..` among them.
    pub links: u32,
    /// How many blocks it occupies, those among them that name others.
    pub blocks: u32,
    /// How many bytes it contains.
    pub size: u64,
    /// When it was last read, in nanoseconds since 1970.
    pub accessed: u64,
    /// When its contents were last changed.
    pub modified: u64,
    /// When anything about it was last changed.
    pub changed: u64,
    /// The first blocks of its contents; 0 where there is none, which reads as zeros.
    pub direct: [u32; DIRECT],
    /// The block that names the blocks after those, or 0.
    pub indirect: u32,
    /// The block that names blocks that name the blocks after those, or 0.
    pub double: u32,
}

impl Inode {
    /// A file that was made just now, with one name.
    pub fn new(kind: FileKind, now: u64) -> Inode {
        Inode {
            kind,
            major: 0,
            minor: 0,
            links: 1,
            blocks: 0,
            size: 0,
            accessed: now,
            modified: now,
            changed: now,
            direct: [0; DIRECT],
            indirect: 0,
            double: 0,
        }
    }

    /// Its bytes.
    pub fn encode(&self) -> [u8; INODE_SIZE] {
        let mut bytes = [0; INODE_SIZE];
        put(&mut bytes, 0, self.kind.code().to_le_bytes());
        put(&mut bytes, 2, self.major.to_le_bytes());
        put(&mut bytes, 4, self.minor.to_le_bytes());
        put(&mut bytes, 8, self.links.to_le_bytes());
        put(&mut bytes, 12, self.blocks.to_le_bytes());
        for (n, word) in [self.size, self.accessed, self.modified, self.changed].into_iter().enumerate() {
            put(&mut bytes, 16 + 8 * n, word.to_le_bytes());
        }
        for (n, number) in self.direct.iter().chain([&self.indirect, &self.double]).enumerate() {
            put(&mut bytes, 48 + 4 * n, number.to_le_bytes());
        }
        bytes
    }

    /// Reads it; none if it is free. EUCLEAN if it is damaged.
    pub fn decode(bytes: &[u8]) -> Result<Option<Inode>, Errno> {
        let code = get16(bytes, 0);
        if code == 0 {
            return Ok(None);
        }
        let kind = FileKind::from_code(code).filter(|kind| *kind != FileKind::Pipe).ok_or(Errno::EUCLEAN)?;
        let size = get64(bytes, 16);
        if size > SIZE_MAX {
            return Err(Errno::EUCLEAN);
        }
        Ok(Some(Inode {
            kind,
            major: get16(bytes, 2),
            minor: get16(bytes, 4),
            links: get32(bytes, 8),
            blocks: get32(bytes, 12),
            size,
            accessed: get64(bytes, 24),
            modified: get64(bytes, 32),
            changed: get64(bytes, 40),
            direct: core::array::from_fn(|n| get32(bytes, 48 + 4 * n)),
            indirect: get32(bytes, 80),
            double: get32(bytes, 84),
        }))
    }
}

/// The block that holds an inode, and where in it. EUCLEAN if there is no such inode.
fn place(geometry: &Geometry, number: u32) -> Result<(u32, usize), Errno> {
    if number == 0 || number >= geometry.inodes {
        return Err(Errno::EUCLEAN);
    }
    let offset = (number % INODES_PER_BLOCK) as usize * INODE_SIZE;
    Ok((geometry.inode_start + number / INODES_PER_BLOCK, offset))
}

/// Reads an inode; none if it is free.
pub fn find(store: &mut Store<impl Disk>, number: u32) -> Result<Option<Inode>, Errno> {
    let (block, offset) = place(store.geometry(), number)?;
    Inode::decode(&store.read(block)?[offset..offset + INODE_SIZE])
}

/// Reads an inode that is in use. EUCLEAN if it is free.
pub fn get(store: &mut Store<impl Disk>, number: u32) -> Result<Inode, Errno> {
    find(store, number)?.ok_or(Errno::EUCLEAN)
}

/// Writes an inode.
pub fn set(store: &mut Store<impl Disk>, number: u32, inode: &Inode) -> Result<(), Errno> {
    let (block, offset) = place(store.geometry(), number)?;
    put(&mut store.modify(block)?[..], offset, inode.encode());
    Ok(())
}

/// Makes an inode free.
pub fn clear(store: &mut Store<impl Disk>, number: u32) -> Result<(), Errno> {
    let (block, offset) = place(store.geometry(), number)?;
    put(&mut store.modify(block)?[..], offset, [0; INODE_SIZE]);
    Ok(())
}

/// The first free inode from `hint` on, or before. ENOSPC if there is none.
pub fn find_free(store: &mut Store<impl Disk>, hint: u32) -> Result<u32, Errno> {
    let inodes = store.geometry().inodes;
    let hint = hint.clamp(1, inodes - 1);
    for number in (hint..inodes).chain(1..hint) {
        let (block, offset) = place(store.geometry(), number)?;
        if get16(&store.read(block)?[..], offset) == 0 {
            return Ok(number);
        }
    }
    Err(Errno::ENOSPC)
}

/// How many inodes are free.
pub fn count_free(store: &mut Store<impl Disk>) -> Result<u64, Errno> {
    let mut free = 0;
    for number in 1..store.geometry().inodes {
        let (block, offset) = place(store.geometry(), number)?;
        free += u64::from(get16(&store.read(block)?[..], offset) == 0);
    }
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inode_comes_back_as_it_was() {
        let inode = Inode {
            major: 1,
            minor: 2,
            links: 3,
            blocks: 4,
            size: SIZE_MAX,
            accessed: 5,
            modified: 6,
            changed: 7,
            direct: [8, 9, 10, 11, 12, 13, 14, 15],
            indirect: 16,
            double: u32::MAX,
            ..Inode::new(FileKind::Device, 0)
        };
        assert_eq!(Inode::decode(&inode.encode()), Ok(Some(inode)));
        assert_eq!(Inode::decode(&[0; INODE_SIZE]), Ok(None));
        for code in [FileKind::Pipe.code(), 5, 0xffff] {
            let mut bytes = inode.encode();
            put(&mut bytes, 0, code.to_le_bytes());
            assert_eq!(Inode::decode(&bytes), Err(Errno::EUCLEAN));
        }
    }
}
