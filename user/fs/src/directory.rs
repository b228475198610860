//! Directories: files whose contents are names, with the inodes that they lead to.
//!
//! An entry is the inode's number and 60 bytes of name, filled up with zeros; the number is 0 in an entry that is free.
//! The first two entries are `.` and `..`.

use alloc::string::String;

use lv6_ulib::Errno;
use lv6_ulib::fs::NAME_MAX;

use crate::bytes::{get32, put};
use crate::content;
use crate::disk::Disk;
use crate::inode::Inode;
use crate::store::Store;

/// Bytes of an entry.
pub const ENTRY_SIZE: usize = 64;

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The inode.
    pub inode: u32,
    /// The name.
    pub name: String,
}

/// The bytes of an entry. The name must not be longer than [`NAME_MAX`].
fn encode(inode: u32, name: &str) -> [u8; ENTRY_SIZE] {
    let mut bytes = [0; ENTRY_SIZE];
    put(&mut bytes, 0, inode.to_le_bytes());
    bytes[4..4 + name.len()].copy_from_slice(name.as_bytes());
    bytes
}

/// Reads an entry; none if it is free. EUCLEAN if the name is none.
fn decode(bytes: &[u8; ENTRY_SIZE]) -> Result<Option<Entry>, Errno> {
    let inode = get32(bytes, 0);
    if inode == 0 {
        return Ok(None);
    }
    let len = bytes[4..].iter().position(|&byte| byte == 0).unwrap_or(NAME_MAX);
    let (name, rest) = bytes[4..].split_at(len);
    let name = core::str::from_utf8(name).map_err(|_| Errno::EUCLEAN)?;
    if name.is_empty() || name.contains('/') || rest.iter().any(|&byte| byte != 0) {
        return Err(Errno::EUCLEAN);
    }
    Ok(Some(Entry { inode, name: String::from(name) }))
}

/// How many entries a directory has, in use or free. EUCLEAN if there is a part of one, or there are more than names
/// could ever have been needed.
pub fn entries(store: &Store<impl Disk>, dir: &Inode) -> Result<u64, Errno> {
    let len = ENTRY_SIZE as u64;
    let most = u64::from(store.geometry().inodes) + 2;
    if dir.size.is_multiple_of(len) && dir.size / len <= most { Ok(dir.size / len) } else { Err(Errno::EUCLEAN) }
}

/// The `n`-th entry of a directory; none if it is free.
pub fn entry(store: &mut Store<impl Disk>, dir: &Inode, n: u64) -> Result<Option<Entry>, Errno> {
    let mut bytes = [0; ENTRY_SIZE];
    match content::read(store, dir, n * ENTRY_SIZE as u64, &mut bytes)? {
        ENTRY_SIZE => decode(&bytes),
        _ => Err(Errno::EUCLEAN),
    }
}

/// The place of a name in a directory, and its inode.
pub fn lookup(store: &mut Store<impl Disk>, dir: &Inode, name: &str) -> Result<Option<(u64, u32)>, Errno> {
    for n in 0..entries(store, dir)? {
        if let Some(found) = entry(store, dir, n)?
            && found.name == name
        {
            return Ok(Some((n, found.inode)));
        }
    }
    Ok(None)
}

/// Adds a name that the directory does not have. ENOSPC.
pub fn add(store: &mut Store<impl Disk>, dir: &mut Inode, name: &str, inode: u32) -> Result<(), Errno> {
    let len = entries(store, dir)?;
    let mut place = len;
    for n in 0..len {
        if entry(store, dir, n)?.is_none() {
            place = n;
            break;
        }
    }
    content::write(store, dir, place * ENTRY_SIZE as u64, &encode(inode, name))
}

/// Makes an entry lead to another inode.
pub fn redirect(
    store: &mut Store<impl Disk>,
    dir: &mut Inode,
    place: u64,
    name: &str,
    inode: u32,
) -> Result<(), Errno> {
    content::write(store, dir, place * ENTRY_SIZE as u64, &encode(inode, name))
}

/// Makes an entry free.
pub fn remove(store: &mut Store<impl Disk>, dir: &mut Inode, place: u64) -> Result<(), Errno> {
    content::write(store, dir, place * ENTRY_SIZE as u64, &[0; ENTRY_SIZE])
}

/// Whether there is no name in a directory but `.` and `..`.
pub fn is_empty(store: &mut Store<impl Disk>, dir: &Inode) -> Result<bool, Errno> {
    for n in 0..entries(store, dir)? {
        if entry(store, dir, n)?.is_some_and(|found| found.name != "." && found.name != "..") {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_as_it_was() {
        let longest = "\u{e4}".repeat(NAME_MAX / 2);
        for name in ["a", "..", &longest] {
            let entry = Entry { inode: 7, name: String::from(name) };
            assert_eq!(decode(&encode(7, name)), Ok(Some(entry)));
        }
        assert_eq!(decode(&encode(0, "a")), Ok(None));
        let mut rest = encode(1, "a");
        rest[ENTRY_SIZE - 1] = 1;
        for bad in [encode(1, ""), encode(1, "a/b"), rest] {
            assert_eq!(decode(&bad), Err(Errno::EUCLEAN));
        }
        let mut bytes = encode(1, "abc");
        bytes[5] = 0xff;
        assert_eq!(decode(&bytes), Err(Errno::EUCLEAN));
    }
}
