//! Changing which names there are: making, removing and renaming files and directories.

use lv6_ulib::Errno;
use lv6_ulib::fs::FileKind;

use crate::content;
use crate::directory;
use crate::disk::Disk;
use crate::inode::{self, Inode};
use crate::layout::ROOT;
use crate::path::{self, Target};
use crate::store::Store;

/// What a target leads to now, with its place in the directory; none if there is no such name.
fn existing(store: &mut Store<impl Disk>, dir: &Inode, target: &Target) -> Result<Option<(u64, u32)>, Errno> {
    match target.name {
        "" => Ok(Some((0, ROOT))),
        name => directory::lookup(store, dir, name),
    }
}

/// Writes a directory's inode after its names have changed.
fn set_changed(store: &mut Store<impl Disk>, number: u32, dir: &mut Inode) -> Result<(), Errno> {
    dir.modified = store.now;
    dir.changed = store.now;
    inode::set(store, number, dir)
}

/// One name less leads to a file.
fn unlinked(links: u32) -> Result<u32, Errno> {
    links.checked_sub(1).ok_or(Errno::EUCLEAN)
}

/// Makes what a path is about: a file, directory or device of these numbers. Returns its inode, or, if it exists and
/// may, that one.
pub fn make(
    store: &mut Store<impl Disk>,
    target: &Target,
    kind: FileKind,
    numbers: (u16, u16),
    may_exist: bool,
    hint: u32,
) -> Result<u32, Errno> {
    let mut dir = path::directory_at(store, target.dir)?;
    if let Some((_, found)) = existing(store, &dir, target)? {
        return if may_exist { Ok(found) } else { Err(Errno::EEXIST) };
    }
    if target.is_dir && kind != FileKind::Directory {
        return Err(Errno::EISDIR);
    }
    let number = inode::find_free(store, hint)?;
    let mut new = Inode { major: numbers.0, minor: numbers.1, ..Inode::new(kind, store.now) };
    if kind == FileKind::Directory {
        new.links = 2;
        dir.links = dir.links.checked_add(1).ok_or(Errno::EMLINK)?;
        directory::add(store, &mut new, ".", number)?;
        directory::add(store, &mut new, "..", target.dir)?;
    }
    inode::set(store, number, &new)?;
    directory::add(store, &mut dir, target.name, number)?;
    set_changed(store, target.dir, &mut dir)?;
    Ok(number)
}

/// Gives back all that a file occupies, and its inode.
pub fn free(store: &mut Store<impl Disk>, number: u32) -> Result<(), Errno> {
    let mut inode = inode::get(store, number)?;
    content::truncate(store, &mut inode, 0)?;
    inode::clear(store, number)
}

/// Takes a file away from under a name: it goes unless other names lead to it or somebody has it open. A directory has
/// no other name, and must be empty.
fn detach(store: &mut Store<impl Disk>, number: u32, is_open: impl Fn(u32) -> bool) -> Result<(), Errno> {
    let mut inode = inode::get(store, number)?;
    inode.links = if inode.kind == FileKind::Directory { 0 } else { unlinked(inode.links)? };
    inode.changed = store.now;
    inode::set(store, number, &inode)?;
    if inode.links == 0 && !is_open(number) { free(store, number) } else { Ok(()) }
}

/// Removes the name that a path is about: of a directory, which must be empty, if `is_dir`, otherwise of anything else.
pub fn unlink(
    store: &mut Store<impl Disk>,
    target: &Target,
    is_dir: bool,
    is_open: impl Fn(u32) -> bool,
) -> Result<(), Errno> {
    match target.name {
        "" => return Err(Errno::EBUSY),
        "." => return Err(Errno::EINVAL),
        ".." => return Err(Errno::ENOTEMPTY),
        _ => {}
    }
    let mut dir = path::directory_at(store, target.dir)?;
    let (place, number) = existing(store, &dir, target)?.ok_or(Errno::ENOENT)?;
    let inode = inode::get(store, number)?;
    match (inode.kind == FileKind::Directory, is_dir) {
        (true, false) => return Err(Errno::EISDIR),
        (false, true) => return Err(Errno::ENOTDIR),
        (false, false) if target.is_dir => return Err(Errno::ENOTDIR),
        (true, true) if !directory::is_empty(store, &inode)? => return Err(Errno::ENOTEMPTY),
        (true, true) => dir.links = unlinked(dir.links)?,
        (false, false) => {}
    }
    directory::remove(store, &mut dir, place)?;
    set_changed(store, target.dir, &mut dir)?;
    detach(store, number, is_open)
}

/// Whether the directory `ancestor` is `number`, or above it. EUCLEAN if the way up does not end.
fn is_above(store: &mut Store<impl Disk>, ancestor: u32, mut number: u32) -> Result<bool, Errno> {
    for _ in 0..store.geometry().inodes {
        if number == ancestor {
            return Ok(true);
        }
        if number == ROOT {
            return Ok(false);
        }
        let dir = path::directory_at(store, number)?;
        number = directory::lookup(store, &dir, "..")?.ok_or(Errno::EUCLEAN)?.1;
    }
    Err(Errno::EUCLEAN)
}

/// Checks that `number` may replace what has its new name.
fn check_replace(store: &mut Store<impl Disk>, moved: &Inode, replaced: u32) -> Result<(), Errno> {
    let old = inode::get(store, replaced)?;
    match (moved.kind == FileKind::Directory, old.kind == FileKind::Directory) {
        (true, false) => Err(Errno::ENOTDIR),
        (false, true) => Err(Errno::EISDIR),
        (true, true) if !directory::is_empty(store, &old)? => Err(Errno::ENOTEMPTY),
        _ => Ok(()),
    }
}

/// Gives what `from` is about the name that `to` is about. What has that name is replaced.
pub fn rename(
    store: &mut Store<impl Disk>,
    from: &Target,
    to: &Target,
    is_open: impl Fn(u32) -> bool,
) -> Result<(), Errno> {
    if [from.name, to.name].iter().any(|name| ["", ".", ".."].contains(name)) {
        return Err(Errno::EBUSY);
    }
    let from_dir = path::directory_at(store, from.dir)?;
    let to_dir = path::directory_at(store, to.dir)?;
    let (_, number) = existing(store, &from_dir, from)?.ok_or(Errno::ENOENT)?;
    let moved = inode::get(store, number)?;
    let is_dir = moved.kind == FileKind::Directory;
    if !is_dir && (from.is_dir || to.is_dir) {
        return Err(Errno::ENOTDIR);
    }
    if is_dir && is_above(store, number, to.dir)? {
        return Err(Errno::EINVAL);
    }
    let replaced = existing(store, &to_dir, to)?;
    if let Some((_, old)) = replaced {
        if old == number {
            return Ok(());
        }
        check_replace(store, &moved, old)?;
    }
    put_name(store, to, number, is_dir, replaced)?;
    take_name(store, from, is_dir)?;
    if is_dir {
        set_parent(store, number, to.dir)?;
    }
    let mut moved = inode::get(store, number)?;
    moved.changed = store.now;
    inode::set(store, number, &moved)?;
    match replaced {
        Some((_, old)) => detach(store, old, is_open),
        None => Ok(()),
    }
}

/// Makes a name lead to `number`. The directory gets a link if `number` is a directory, and loses that of a directory
/// which is replaced.
fn put_name(
    store: &mut Store<impl Disk>,
    to: &Target,
    number: u32,
    is_dir: bool,
    replaced: Option<(u64, u32)>,
) -> Result<(), Errno> {
    let mut dir = path::directory_at(store, to.dir)?;
    match replaced {
        Some((place, _)) => directory::redirect(store, &mut dir, place, to.name, number)?,
        None => {
            directory::add(store, &mut dir, to.name, number)?;
            dir.links = dir.links.checked_add(is_dir.into()).ok_or(Errno::EMLINK)?;
        }
    }
    set_changed(store, to.dir, &mut dir)
}

/// Removes a name, and the link from below if it led to a directory.
fn take_name(store: &mut Store<impl Disk>, from: &Target, is_dir: bool) -> Result<(), Errno> {
    let mut dir = path::directory_at(store, from.dir)?;
    let (place, _) = directory::lookup(store, &dir, from.name)?.ok_or(Errno::EUCLEAN)?;
    directory::remove(store, &mut dir, place)?;
    if is_dir {
        dir.links = unlinked(dir.links)?;
    }
    set_changed(store, from.dir, &mut dir)
}

/// Makes `..` of a directory lead to its parent.
fn set_parent(store: &mut Store<impl Disk>, number: u32, parent: u32) -> Result<(), Errno> {
    let mut dir = path::directory_at(store, number)?;
    let (place, old) = directory::lookup(store, &dir, "..")?.ok_or(Errno::EUCLEAN)?;
    if old != parent {
        directory::redirect(store, &mut dir, place, "..", parent)?;
        inode::set(store, number, &dir)?;
    }
    Ok(())
}
