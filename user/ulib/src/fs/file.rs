//! Open files.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use core::mem::ManuallyDrop;

use lv6_abi::limits::NOFILE;
use lv6_kernel::state::FileType;

use super::client::{ask, ask_descriptor, ask_number};
use super::directory::start_of;
use super::protocol::{
    O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, READ_MAX, Request, Stat, WRITE_MAX,
};
use crate::errno::Errno;
use crate::files;

/// Descriptor of the input of a program.
pub const STDIN: u64 = 0;
/// Descriptor of its output.
pub const STDOUT: u64 = 1;
/// Descriptor of its complaints.
pub const STDERR: u64 = 2;
/// Descriptor of its current directory; not in use while that is the root.
pub const CURRENT_DIR: u64 = NOFILE as u64 - 1;

/// An open file, which is closed when this goes away.
#[derive(Debug, PartialEq, Eq)]
pub struct File(u64);

/// The input of this program.
pub fn stdin() -> ManuallyDrop<File> {
    File::borrow(STDIN)
}

/// The output of this program.
pub fn stdout() -> ManuallyDrop<File> {
    File::borrow(STDOUT)
}

/// Where this program complains.
pub fn stderr() -> ManuallyDrop<File> {
    File::borrow(STDERR)
}

/// How to open a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    read: bool,
    write: bool,
    flags: u64,
}

impl OpenOptions {
    /// Nothing is wanted yet.
    pub fn new() -> OpenOptions {
        OpenOptions::default()
    }

    /// Whether to read.
    pub fn read(mut self, read: bool) -> OpenOptions {
        self.read = read;
        self
    }

    /// Whether to write.
    pub fn write(mut self, write: bool) -> OpenOptions {
        self.write = write;
        self
    }

    /// Sets or clears a flag.
    fn flag(mut self, flag: u64, on: bool) -> OpenOptions {
        self.flags = if on { self.flags | flag } else { self.flags & !flag };
        self
    }

    /// Whether all writes go to the end, wherever that is then. Means writing.
    pub fn append(self, append: bool) -> OpenOptions {
        self.write(self.write || append).flag(O_APPEND, append)
    }

    /// Whether to make the file empty.
    pub fn truncate(self, truncate: bool) -> OpenOptions {
        self.flag(O_TRUNC, truncate)
    }

    /// Whether to make the file if it does not exist.
    pub fn create(self, create: bool) -> OpenOptions {
        self.flag(O_CREAT, create)
    }

    /// Whether to make the file, and fail with EEXIST if it exists.
    pub fn create_new(self, create: bool) -> OpenOptions {
        self.flag(O_CREAT | O_EXCL, create)
    }

    /// Whether to fail with ENOTDIR if it is not a directory.
    pub fn directory(self, directory: bool) -> OpenOptions {
        self.flag(O_DIRECTORY, directory)
    }

    /// Opens the file at a path.
    ///
    /// ENOENT, EEXIST, ENOTDIR, EISDIR (a directory for writing), ENAMETOOLONG, ENOSPC, ENXIO (a device that nobody
    /// drives), EMFILE, ENFILE; EINVAL if it is opened for nothing, or is to be emptied but not written to.
    pub fn open(self, path: &str) -> Result<File, Errno> {
        let access = match (self.read, self.write) {
            (true, false) => O_RDONLY,
            (false, true) => O_WRONLY,
            (true, true) => O_RDWR,
            (false, false) => return Err(Errno::EINVAL),
        };
        let request = Request::Open { dir: start_of(path), flags: access | self.flags, path };
        ask_descriptor(&request).map(File)
    }
}

/// The offset at which the next read or write of a descriptor starts. EBADF if it is not in use.
fn offset(fd: u64) -> Result<u64, Errno> {
    files::get(fd).map(|file| file.offset).ok_or(Errno::EBADF)
}

/// Moves the offset of a descriptor, if its file has one.
fn advance(fd: u64, to: u64) -> Result<(), Errno> {
    match files::get(fd).ok_or(Errno::EBADF)?.kind {
        FileType::Inode => files::seek(fd, to),
        _ => Ok(()),
    }
}

/// Reads some bytes at an offset. Returns how many there were; none at the end.
fn read_at(fd: u64, to: &mut [u8], offset: u64) -> Result<usize, Errno> {
    let count = to.len().min(READ_MAX);
    let request = Request::Read { fd, offset, count: count as u64 };
    let to = RefCell::new(&mut to[..count]);
    ask(&request, |_, bytes| {
        to.borrow_mut().get_mut(..bytes.len()).ok_or(Errno::EIO)?.copy_from_slice(bytes);
        Ok(bytes.len())
    })
}

/// Writes some bytes at an offset. Returns how many, and where the next one goes.
fn write_at(fd: u64, from: &[u8], offset: u64) -> Result<(usize, u64), Errno> {
    let data = &from[..from.len().min(WRITE_MAX)];
    ask(&Request::Write { fd, offset, data }, |len, bytes| {
        let end = bytes.try_into().map(u64::from_le_bytes).map_err(|_| Errno::EIO)?;
        if len > data.len() as u64 { Err(Errno::EIO) } else { Ok((len as usize, end)) }
    })
}

/// Reads some bytes from a descriptor, from where the last read or write ended. Returns how many; none at the end.
pub fn read(fd: u64, to: &mut [u8]) -> Result<usize, Errno> {
    let at = offset(fd)?;
    let len = read_at(fd, to, at)?;
    advance(fd, at + len as u64)?;
    Ok(len)
}

/// Writes some bytes to a descriptor, from where the last read or write ended. Returns how many.
pub fn write(fd: u64, from: &[u8]) -> Result<usize, Errno> {
    let (len, end) = write_at(fd, from, offset(fd)?)?;
    advance(fd, end)?;
    Ok(len)
}

/// Asks a device for something that depends on the device. ENOTTY if it is none, or does not know the request.
pub fn control(fd: u64, request: u64, argument: u64) -> Result<u64, Errno> {
    ask_number(&Request::Control { fd, request, argument })
}

impl File {
    /// The file at a descriptor, which is closed with it.
    pub fn from_fd(fd: u64) -> File {
        File(fd)
    }

    /// The file at a descriptor, which stays open.
    pub fn borrow(fd: u64) -> ManuallyDrop<File> {
        ManuallyDrop::new(File(fd))
    }

    /// Its descriptor, which is not closed any more.
    pub fn into_fd(self) -> u64 {
        ManuallyDrop::new(self).0
    }

    /// Its descriptor.
    pub fn fd(&self) -> u64 {
        self.0
    }

    /// Reads some bytes, from where the last read or write ended. Returns how many; none at the end.
    pub fn read(&self, to: &mut [u8]) -> Result<usize, Errno> {
        read(self.0, to)
    }

    /// Reads all that is left.
    pub fn read_to_end(&self) -> Result<Vec<u8>, Errno> {
        let mut bytes = Vec::new();
        loop {
            let len = bytes.len();
            bytes.try_reserve(READ_MAX).map_err(|_| Errno::ENOMEM)?;
            bytes.resize(len + READ_MAX, 0);
            let more = self.read(&mut bytes[len..])?;
            bytes.truncate(len + more);
            if more == 0 {
                return Ok(bytes);
            }
        }
    }

    /// Writes some bytes, from where the last read or write ended. Returns how many.
    pub fn write(&self, from: &[u8]) -> Result<usize, Errno> {
        write(self.0, from)
    }

    /// Writes all of the bytes.
    pub fn write_all(&self, mut from: &[u8]) -> Result<(), Errno> {
        while !from.is_empty() {
            match self.write(from)? {
                0 => return Err(Errno::EIO),
                len => from = &from[len..],
            }
        }
        Ok(())
    }

    /// Reads some bytes at an offset, and leaves the file's own offset alone.
    pub fn pread(&self, to: &mut [u8], offset: u64) -> Result<usize, Errno> {
        read_at(self.0, to, offset)
    }

    /// Writes some bytes at an offset, and leaves the file's own offset alone.
    pub fn pwrite(&self, from: &[u8], offset: u64) -> Result<usize, Errno> {
        write_at(self.0, from, offset).map(|(len, _)| len)
    }

    /// Sets where the next read or write starts, for everyone who has this open. ESPIPE if it is a pipe.
    pub fn seek(&self, offset: u64) -> Result<(), Errno> {
        match files::get(self.0).ok_or(Errno::EBADF)?.kind {
            FileType::Inode => files::seek(self.0, offset),
            _ => Err(Errno::ESPIPE),
        }
    }

    /// Where the next read or write starts.
    pub fn position(&self) -> Result<u64, Errno> {
        offset(self.0)
    }

    /// What is known of it.
    pub fn stat(&self) -> Result<Stat, Errno> {
        ask(&Request::StatFd { fd: self.0 }, |_, bytes| Stat::decode(bytes))
    }

    /// Sets its length; what is added is zero.
    pub fn truncate(&self, size: u64) -> Result<(), Errno> {
        ask_number(&Request::Truncate { fd: self.0, size }).map(|_| ())
    }

    /// Makes another descriptor for it.
    pub fn duplicate(&self) -> Result<File, Errno> {
        files::dup(self.0).map(File)
    }

    /// Closes it.
    pub fn close(self) -> Result<(), Errno> {
        files::close(self.into_fd())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // Somebody may have closed the descriptor by its number; then there is nothing to do.
        let _ = files::close(self.0);
    }
}

impl fmt::Write for File {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_all(text.as_bytes()).map_err(|_| fmt::Error)
    }
}
