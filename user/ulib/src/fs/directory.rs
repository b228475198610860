//! Names: making, removing, changing and listing them, and the current directory.

use alloc::string::String;
use alloc::vec::Vec;

use super::client::{ask, ask_number};
use super::file::{CURRENT_DIR, File, OpenOptions};
use super::protocol::{DirEntry, FsInfo, NO_DIR, Request, Stat};
use crate::errno::Errno;
use crate::files;

/// The descriptor of the directory at which a path starts.
pub fn start_of(path: &str) -> u64 {
    if !path.starts_with('/') && files::number(CURRENT_DIR).is_some() { CURRENT_DIR } else { NO_DIR }
}

/// Makes a directory.
pub fn make_dir(path: &str) -> Result<(), Errno> {
    ask_number(&Request::MakeDir { dir: start_of(path), path }).map(|_| ())
}

/// Makes a name for a device: `major` says who drives it, `minor` which one it is.
pub fn make_device(path: &str, major: u16, minor: u16) -> Result<(), Errno> {
    let (major, minor) = (u64::from(major), u64::from(minor));
    ask_number(&Request::MakeDevice { dir: start_of(path), major, minor, path }).map(|_| ())
}

/// Removes a name of a file or device. Its contents go when nobody has it open any more. EISDIR if it is a directory.
pub fn unlink(path: &str) -> Result<(), Errno> {
    ask_number(&Request::Unlink { dir: start_of(path), is_dir: 0, path }).map(|_| ())
}

/// Removes a directory. ENOTEMPTY if there are names in it, ENOTDIR if it is none, EBUSY if it is the root.
pub fn remove_dir(path: &str) -> Result<(), Errno> {
    ask_number(&Request::Unlink { dir: start_of(path), is_dir: 1, path }).map(|_| ())
}

/// Gives a file or directory another name, in one step. What has that name is replaced, if it is of the same kind and,
/// when a directory, empty. EINVAL if a directory would get into itself.
pub fn rename(path: &str, new_path: &str) -> Result<(), Errno> {
    let (dir, new_dir) = (start_of(path), start_of(new_path));
    ask_number(&Request::Rename { dir, new_dir, path, new_path }).map(|_| ())
}

/// What is known of the file at a path.
pub fn stat(path: &str) -> Result<Stat, Errno> {
    ask(&Request::StatPath { dir: start_of(path), path }, |_, bytes| Stat::decode(bytes))
}

/// The names in a directory, but `.` and `..`, in the order in which the directory has them.
pub fn read_dir(path: &str) -> Result<Vec<DirEntry>, Errno> {
    let dir = OpenOptions::new().read(true).directory(true).open(path)?;
    let mut all = Vec::new();
    let mut position = 0;
    loop {
        let request = Request::ReadDir { fd: dir.fd(), position };
        let (next, entries) = ask(&request, |next, bytes| Ok((next, DirEntry::decode_all(bytes)?)))?;
        if entries.is_empty() {
            return Ok(all);
        }
        all.extend(entries.into_iter().filter(|entry| entry.name != "." && entry.name != ".."));
        position = next;
    }
}

/// Returns when all changes that were made until now are on the disk.
pub fn sync() -> Result<(), Errno> {
    ask_number(&Request::Sync {}).map(|_| ())
}

/// How full the file system is.
pub fn statfs() -> Result<FsInfo, Errno> {
    ask(&Request::StatFs {}, |_, bytes| FsInfo::decode(bytes))
}

/// Makes a directory the current one, of this process and of those that it will start.
pub fn set_current_dir(path: &str) -> Result<(), Errno> {
    let dir: File = OpenOptions::new().read(true).directory(true).open(path)?;
    files::dup_to(dir.fd(), CURRENT_DIR)
}

/// The path of the current directory. ENOENT if it was removed.
pub fn current_dir() -> Result<String, Errno> {
    let path = |_, bytes: &[u8]| core::str::from_utf8(bytes).map(String::from).map_err(|_| Errno::EIO);
    ask(&Request::PathOf { dir: start_of("") }, path)
}
