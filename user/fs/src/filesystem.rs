//! A file system that is in use: what the file server and `mkfs` do with one.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use lv6_ulib::Errno;
use lv6_ulib::fs::protocol::{O_ACCMODE, O_ALL, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_TRUNC};
use lv6_ulib::fs::{DirEntry, FileKind, FsInfo, Stat};

use crate::bitmap;
use crate::content;
use crate::directory;
use crate::disk::{BLOCK_SIZE, Disk};
use crate::inode::{self, Inode};
use crate::layout::ROOT;
use crate::names;
use crate::path;
use crate::store::Store;

/// A read sets the time of access only if the last one is so long ago, in nanoseconds, or before the last change:
/// otherwise reading would write all the time.
const ACCESS_PRECISION: u64 = 24 * 3600 * 1_000_000_000;

/// Longest path that [`FileSystem::path_of`] gives, in bytes.
const PATH_OF_MAX: usize = 4096;

/// A file system that is in use. Files are known by their inodes' numbers.
///
/// An operation that fails has changed nothing. On a damaged disk operations fail with EUCLEAN.
pub struct FileSystem<D> {
    store: Store<D>,
    /// How many times files are open.
    open: BTreeMap<u32, u32>,
    /// Where to look for a free inode first.
    hint: u32,
}

impl<D: Disk> FileSystem<D> {
    /// Takes the file system on a disk into use, after finishing what was begun when the machine stopped.
    ///
    /// EINVAL if there is no file system; EUCLEAN if it is damaged; EIO.
    pub fn mount(disk: D) -> Result<FileSystem<D>, Errno> {
        let mut fs = FileSystem { store: Store::open(disk)?, open: BTreeMap::new(), hint: ROOT + 1 };
        match path::directory_at(&mut fs.store, ROOT) {
            Ok(_) => {}
            Err(Errno::EIO) => return Err(Errno::EIO),
            Err(_) => return Err(Errno::EUCLEAN),
        }
        fs.free_orphans()?;
        Ok(fs)
    }

    /// Frees files that have no name: they were open when the machine stopped.
    fn free_orphans(&mut self) -> Result<(), Errno> {
        for number in 1..self.store.geometry().inodes {
            match inode::find(&mut self.store, number) {
                // One that is damaged is left for `fsck` to find.
                Ok(Some(Inode { links: 0, .. })) => match self.change(|store| names::free(store, number)) {
                    Ok(()) | Err(Errno::EUCLEAN) => {}
                    Err(e) => return Err(e),
                },
                Ok(_) | Err(Errno::EUCLEAN) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Does something that changes the disk: all of it, or, if it fails, nothing.
    fn change<T>(&mut self, operation: impl FnOnce(&mut Store<D>) -> Result<T, Errno>) -> Result<T, Errno> {
        self.store.begin()?;
        let result = operation(&mut self.store);
        match result {
            Ok(_) => self.store.end(),
            Err(_) => self.store.undo(),
        }
        result
    }

    /// The time, in nanoseconds since 1970: at first the greatest that the disk knows of.
    pub fn now(&self) -> u64 {
        self.store.now
    }

    /// Sets the time.
    pub fn set_now(&mut self, now: u64) {
        self.store.now = now;
    }

    /// Returns when all changes are on the disk.
    pub fn sync(&mut self) -> Result<(), Errno> {
        self.store.commit()
    }

    /// Whether there are changes that are not on the disk.
    pub fn is_changed(&self) -> bool {
        self.store.is_changed()
    }

    /// Gives the disk back. What was changed since the last [`FileSystem::sync`] is lost.
    pub fn into_disk(self) -> D {
        self.store.into_disk()
    }

    /// Opens the file at a path, from the directory `from` on, and returns its number. `flags` are those of
    /// [`lv6_ulib::fs::protocol`].
    pub fn open(&mut self, from: u32, path: &str, flags: u64) -> Result<u32, Errno> {
        let writes = flags & O_ACCMODE != O_RDONLY;
        let makes = flags & O_CREAT != 0;
        let unknown = flags & !O_ALL != 0 || flags & O_ACCMODE == O_ACCMODE;
        if unknown || flags & O_TRUNC != 0 && !writes || makes && flags & O_DIRECTORY != 0 {
            return Err(Errno::EINVAL);
        }
        let may_exist = flags & O_EXCL == 0;
        let hint = self.hint;
        let number = match path::resolve(&mut self.store, from, path) {
            Ok(_) if makes && !may_exist => return Err(Errno::EEXIST),
            Err(Errno::ENOENT) if makes => self.change(|store| {
                let target = path::target(store, from, path)?;
                names::make(store, &target, FileKind::File, (0, 0), may_exist, hint)
            })?,
            result => result?,
        };
        let inode = inode::get(&mut self.store, number)?;
        match inode.kind {
            FileKind::Directory if writes || makes => return Err(Errno::EISDIR),
            FileKind::Directory => {}
            _ if flags & O_DIRECTORY != 0 => return Err(Errno::ENOTDIR),
            FileKind::File if flags & O_TRUNC != 0 && inode.size > 0 => self.truncate(number, 0)?,
            _ => {}
        }
        self.hint = self.hint.max(number);
        *self.open.entry(number).or_insert(0) += 1;
        Ok(number)
    }

    /// Ends one use of an open file. If that was the last, and no name leads to the file, it goes.
    pub fn close(&mut self, number: u32) -> Result<(), Errno> {
        let uses = self.open.get_mut(&number).ok_or(Errno::EBADF)?;
        *uses -= 1;
        if *uses > 0 {
            return Ok(());
        }
        self.open.remove(&number);
        if inode::get(&mut self.store, number)?.links > 0 {
            return Ok(());
        }
        self.hint = self.hint.min(number);
        self.change(|store| names::free(store, number))
    }

    /// Reads bytes of a file. Returns how many there were before the end. EISDIR if it is a directory, EINVAL if it is
    /// a device.
    pub fn read(&mut self, number: u32, offset: u64, to: &mut [u8]) -> Result<usize, Errno> {
        let inode = self.file(number)?;
        let len = content::read(&mut self.store, &inode, offset, to)?;
        self.accessed(number, &inode);
        Ok(len)
    }

    /// The inode of a file of bytes.
    fn file(&mut self, number: u32) -> Result<Inode, Errno> {
        let inode = inode::get(&mut self.store, number)?;
        match inode.kind {
            FileKind::File => Ok(inode),
            FileKind::Directory => Err(Errno::EISDIR),
            FileKind::Device | FileKind::Pipe => Err(Errno::EINVAL),
        }
    }

    /// Sets the time of access, if it tells anything new.
    fn accessed(&mut self, number: u32, inode: &Inode) {
        let now = self.store.now;
        let old = inode.accessed;
        if old > inode.modified && old > inode.changed && now.saturating_sub(old) < ACCESS_PRECISION || now == old {
            return;
        }
        // What was read is right even if this cannot be written.
        let _ = self.change(|store| inode::set(store, number, &Inode { accessed: now, ..*inode }));
    }

    /// Writes bytes to a file, at an offset, or at the end if `offset` is none. Returns where the next byte goes.
    pub fn write(&mut self, number: u32, offset: Option<u64>, from: &[u8]) -> Result<u64, Errno> {
        let mut inode = self.file(number)?;
        let offset = offset.unwrap_or(inode.size);
        if from.is_empty() {
            return Ok(offset);
        }
        self.change(|store| {
            content::write(store, &mut inode, offset, from)?;
            (inode.modified, inode.changed) = (store.now, store.now);
            inode::set(store, number, &inode)
        })?;
        Ok(offset + from.len() as u64)
    }

    /// Sets the length of a file; what is added is zero.
    pub fn truncate(&mut self, number: u32, size: u64) -> Result<(), Errno> {
        let mut inode = self.file(number)?;
        self.change(|store| {
            content::truncate(store, &mut inode, size)?;
            (inode.modified, inode.changed) = (store.now, store.now);
            inode::set(store, number, &inode)
        })
    }

    /// What a path leads to.
    pub fn lookup(&mut self, from: u32, path: &str) -> Result<u32, Errno> {
        path::resolve(&mut self.store, from, path)
    }

    /// What is known of a file.
    pub fn stat(&mut self, number: u32) -> Result<Stat, Errno> {
        let inode = inode::get(&mut self.store, number)?;
        Ok(Stat {
            kind: inode.kind,
            inode: number.into(),
            links: inode.links.into(),
            size: inode.size,
            blocks: inode.blocks.into(),
            major: inode.major,
            minor: inode.minor,
            accessed: inode.accessed,
            modified: inode.modified,
            changed: inode.changed,
        })
    }

    /// Makes a directory or device at a path.
    fn make(&mut self, from: u32, path: &str, kind: FileKind, numbers: (u16, u16)) -> Result<u32, Errno> {
        let hint = self.hint;
        let number = self.change(|store| {
            let target = path::target(store, from, path)?;
            names::make(store, &target, kind, numbers, false, hint)
        })?;
        self.hint = self.hint.max(number);
        Ok(number)
    }

    /// Makes a directory.
    pub fn make_dir(&mut self, from: u32, path: &str) -> Result<u32, Errno> {
        self.make(from, path, FileKind::Directory, (0, 0))
    }

    /// Makes a name for a device.
    pub fn make_device(&mut self, from: u32, path: &str, major: u16, minor: u16) -> Result<u32, Errno> {
        self.make(from, path, FileKind::Device, (major, minor))
    }

    /// Removes a name: of a directory, which must be empty, if `is_dir`, otherwise of anything else.
    pub fn unlink(&mut self, from: u32, path: &str, is_dir: bool) -> Result<(), Errno> {
        let open = core::mem::take(&mut self.open);
        let result = self.change(|store| {
            let target = path::target(store, from, path)?;
            names::unlink(store, &target, is_dir, |number| open.contains_key(&number))
        });
        self.open = open;
        self.hint = ROOT + 1;
        result
    }

    /// Gives a file another name, in one step; what has that name is replaced.
    pub fn rename(&mut self, from: u32, path: &str, new_from: u32, new_path: &str) -> Result<(), Errno> {
        let open = core::mem::take(&mut self.open);
        let result = self.change(|store| {
            let old = path::target(store, from, path)?;
            let new = path::target(store, new_from, new_path)?;
            names::rename(store, &old, &new, |number| open.contains_key(&number))
        });
        self.open = open;
        result
    }

    /// The first name of a directory at or after a position, and the position after it; none at the end.
    pub fn next_entry(&mut self, number: u32, position: u64) -> Result<Option<(DirEntry, u64)>, Errno> {
        let dir = path::directory_at(&mut self.store, number)?;
        for n in position..directory::entries(&self.store, &dir)? {
            if let Some(found) = directory::entry(&mut self.store, &dir, n)? {
                let kind = inode::get(&mut self.store, found.inode)?.kind;
                return Ok(Some((DirEntry { inode: found.inode.into(), kind, name: found.name }, n + 1)));
            }
        }
        Ok(None)
    }

    /// All names of a directory, `.` and `..` among them.
    pub fn entries(&mut self, number: u32) -> Result<Vec<DirEntry>, Errno> {
        let mut all = Vec::new();
        let mut position = 0;
        while let Some((entry, next)) = self.next_entry(number, position)? {
            all.push(entry);
            position = next;
        }
        Ok(all)
    }

    /// The path of a directory from the root. ENOENT if it was removed.
    pub fn path_of(&mut self, number: u32) -> Result<String, Errno> {
        let mut path = String::new();
        let mut at = number;
        while at != ROOT {
            let dir = path::directory_at(&mut self.store, at)?;
            let (_, parent) = directory::lookup(&mut self.store, &dir, "..")?.ok_or(Errno::EUCLEAN)?;
            let own = |entry: &DirEntry| entry.inode == at.into() && entry.name != "." && entry.name != "..";
            let name = self.entries(parent)?.into_iter().find(own).ok_or(Errno::EUCLEAN)?.name;
            path.insert_str(0, &name);
            path.insert(0, '/');
            // Also ends a way up that goes round.
            if path.len() > PATH_OF_MAX {
                return Err(Errno::ENAMETOOLONG);
            }
            at = parent;
        }
        Ok(if path.is_empty() { String::from("/") } else { path })
    }

    /// How full the file system is.
    pub fn info(&mut self) -> Result<FsInfo, Errno> {
        let geometry = *self.store.geometry();
        Ok(FsInfo {
            block_size: BLOCK_SIZE as u64,
            blocks: geometry.blocks.into(),
            data_blocks: u64::from(geometry.blocks - geometry.data_start),
            free_blocks: bitmap::count_free(&mut self.store)?,
            inodes: u64::from(geometry.inodes) - 1,
            free_inodes: inode::count_free(&mut self.store)?,
        })
    }
}
