//! Open files of this process, by their descriptors.
//!
//! The kernel keeps an open file's type, number, mode and offset, and counts the descriptors that refer to it. What a
//! file contains is the business of the server that made it.

use lv6_abi::limits::{NFILE, NOFILE};
use lv6_kernel::state::{File, FileType};

use crate::errno::Errno;
use crate::process::{getpid, me};
use crate::sys::call;
use crate::sys::tables::file;

/// The descriptors of this process that are in use.
pub fn open() -> impl Iterator<Item = u64> {
    let slots = me().ofile;
    (0..NOFILE as u64).filter(move |&fd| slots[fd as usize] != 0)
}

/// The number of the open file that a descriptor of this process refers to.
pub fn number(fd: u64) -> Option<u64> {
    me().ofile.get(fd as usize).copied().filter(|&number| number != 0)
}

/// The open file that a descriptor of this process refers to.
pub fn get(fd: u64) -> Option<File> {
    number(fd).map(file)
}

/// The first descriptor that is not in use. ENOMEM if all are.
pub fn find_free_descriptor() -> Result<u64, Errno> {
    me().ofile.iter().position(|&number| number == 0).map(|fd| fd as u64).ok_or(Errno::ENOMEM)
}

/// The first open-file slot that is not in use. ENOMEM if all are.
pub fn find_free_file() -> Result<u64, Errno> {
    (1..NFILE as u64).find(|&n| file(n).refcnt == 0).ok_or(Errno::ENOMEM)
}

/// Makes an open file, at the descriptor `fd`, which must be free.
pub fn create_at(fd: u64, kind: FileType, value: u64, mode: u64) -> Result<(), Errno> {
    loop {
        let number = find_free_file()?;
        match call::create(fd, number, kind.code(), value, mode) {
            // Someone else was faster.
            Err(_) if file(number).refcnt != 0 => {}
            result => return result,
        }
    }
}

/// Makes an open file, and returns its descriptor. ENOMEM if there are too many descriptors or files.
pub fn create(kind: FileType, value: u64, mode: u64) -> Result<u64, Errno> {
    let fd = find_free_descriptor()?;
    create_at(fd, kind, value, mode).map(|()| fd)
}

/// Closes a descriptor; the file goes with its last one.
pub fn close(fd: u64) -> Result<(), Errno> {
    call::close(getpid(), fd)
}

/// Closes all descriptors of this process.
pub fn close_all() {
    open().for_each(|fd| {
        let _ = close(fd);
    });
}

/// Makes another descriptor for the same file, and returns it.
pub fn dup(fd: u64) -> Result<u64, Errno> {
    let new = find_free_descriptor()?;
    call::dup(fd, getpid(), new).map(|()| new)
}

/// Makes `new` a descriptor for the same file, and closes what it was.
pub fn dup_to(fd: u64, new: u64) -> Result<(), Errno> {
    call::dup2(fd, getpid(), new)
}

/// Sets the offset of a file, for everyone who has it open.
pub fn seek(fd: u64, offset: u64) -> Result<(), Errno> {
    call::lseek(fd, offset)
}
