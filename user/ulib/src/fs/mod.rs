//! Files, directories, devices and pipes, as the file server offers them.
//!
//! [`File`] is an open file; [`OpenOptions`] says how to open one; the functions here work on paths. A path that starts
//! with `/` starts at the root, any other at the current directory, which is a descriptor too ([`CURRENT_DIR`]), so
//! children and the next program inherit it. A process starts with three descriptors for its input, its output and its
//! complaints: [`stdin`], [`stdout`], [`stderr`].
//!
//! What is closed, also by a process that ends, is not on the disk yet: [`sync`] says when it is. An error is
//! ESRCH if there is no file server.

mod client;
mod directory;
mod file;
mod pipe;
pub mod protocol;

pub use client::is_there;
pub use directory::{
    current_dir, make_device, make_dir, read_dir, remove_dir, rename, set_current_dir, stat, statfs, sync, unlink,
};
pub use file::{CURRENT_DIR, File, OpenOptions, STDERR, STDIN, STDOUT, control, read, stderr, stdin, stdout, write};
pub use pipe::pipe;
pub use protocol::{DirEntry, FileKind, FsInfo, NAME_MAX, PATH_MAX, Stat};

use alloc::string::String;
use alloc::vec::Vec;

use crate::errno::Errno;

/// Opens a file for reading.
pub fn open(path: &str) -> Result<File, Errno> {
    OpenOptions::new().read(true).open(path)
}

/// Makes a file, or empties it, and opens it for writing.
pub fn create(path: &str) -> Result<File, Errno> {
    OpenOptions::new().write(true).create(true).truncate(true).open(path)
}

/// All bytes of a file.
pub fn read_all(path: &str) -> Result<Vec<u8>, Errno> {
    open(path)?.read_to_end()
}

/// All of a file, as text. EINVAL if it is not UTF-8.
pub fn read_to_string(path: &str) -> Result<String, Errno> {
    String::from_utf8(read_all(path)?).map_err(|_| Errno::EINVAL)
}

/// Makes a file with these bytes in it, and nothing else.
pub fn write_all(path: &str, bytes: &[u8]) -> Result<(), Errno> {
    create(path)?.write_all(bytes)
}
