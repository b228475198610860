//! Paths: from text to inodes.

use lv6_ulib::Errno;
use lv6_ulib::fs::{FileKind, NAME_MAX, PATH_MAX};

use crate::directory;
use crate::disk::Disk;
use crate::inode::{self, Inode};
use crate::layout::ROOT;
use crate::store::Store;

/// What a path is about: a name in a directory, whether or not the directory has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// The directory.
    pub dir: u32,
    /// The name; empty if the path is the root.
    pub name: &'a str,
    /// Whether the path ends with a slash, and so can lead to nothing but a directory.
    pub is_dir: bool,
}

/// The names of a path.
fn names(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty())
}

/// Where a path starts, given where relative ones do. ENOENT if it is empty, ENAMETOOLONG if it, or a name in it, is
/// too long, EINVAL if it contains a zero.
fn start(path: &str, from: u32) -> Result<u32, Errno> {
    if path.is_empty() {
        return Err(Errno::ENOENT);
    }
    if path.len() > PATH_MAX || names(path).any(|name| name.len() > NAME_MAX) {
        return Err(Errno::ENAMETOOLONG);
    }
    if path.contains('\0') {
        return Err(Errno::EINVAL);
    }
    Ok(if path.starts_with('/') { ROOT } else { from })
}

/// The inode of a directory. ENOTDIR if it is none, ENOENT if it was removed.
pub fn directory_at(store: &mut Store<impl Disk>, number: u32) -> Result<Inode, Errno> {
    let inode = inode::get(store, number)?;
    if inode.kind != FileKind::Directory {
        return Err(Errno::ENOTDIR);
    }
    if inode.links == 0 { Err(Errno::ENOENT) } else { Ok(inode) }
}

/// What a name in a directory leads to. ENOENT if there is no such name.
fn step(store: &mut Store<impl Disk>, dir: u32, name: &str) -> Result<u32, Errno> {
    let inode = directory_at(store, dir)?;
    directory::lookup(store, &inode, name)?.map(|(_, number)| number).ok_or(Errno::ENOENT)
}

/// What a path leads to.
pub fn resolve(store: &mut Store<impl Disk>, from: u32, path: &str) -> Result<u32, Errno> {
    let mut at = start(path, from)?;
    for name in names(path) {
        at = step(store, at, name)?;
    }
    if path.ends_with('/') || names(path).next().is_none() {
        directory_at(store, at)?;
    }
    Ok(at)
}

/// What a path is about. All but its last name must exist.
pub fn target<'a>(store: &mut Store<impl Disk>, from: u32, path: &'a str) -> Result<Target<'a>, Errno> {
    let mut dir = start(path, from)?;
    let mut rest = names(path);
    let name = rest.next_back().unwrap_or("");
    for name in rest {
        dir = step(store, dir, name)?;
    }
    directory_at(store, dir)?;
    Ok(Target { dir, name, is_dir: path.ends_with('/') })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_is_between_slashes() {
        let all = |path| names(path).collect::<std::vec::Vec<_>>();
        assert_eq!(all("/a//b/../c/"), ["a", "b", "..", "c"]);
        assert!(all("///").is_empty());
    }

    #[test]
    fn paths_that_cannot_be_are_refused() {
        let long = "n".repeat(NAME_MAX + 1);
        let longest = "/a".repeat(PATH_MAX / 2);
        assert_eq!(start("", 5), Err(Errno::ENOENT));
        assert_eq!(start(&long, 5), Err(Errno::ENAMETOOLONG));
        assert_eq!(start(&(longest.clone() + "/"), 5), Err(Errno::ENAMETOOLONG));
        assert_eq!(start("a\0b", 5), Err(Errno::EINVAL));
        assert_eq!(start(&long[1..], 5), Ok(5));
        assert_eq!(start(&longest, 5), Ok(ROOT));
    }
}
