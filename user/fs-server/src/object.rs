//! What the open files of clients stand for.

use alloc::collections::BTreeMap;

use lv6_fs::{Disk, FileSystem};
use lv6_ulib::Errno;
use lv6_ulib::fs::protocol::{O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY};

use crate::kernel::Kernel;
use crate::pipe::Pipe;

/// What may be done with an open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// It may be read.
    pub read: bool,
    /// It may be written to.
    pub write: bool,
    /// All writes go to the end.
    pub append: bool,
}

impl Access {
    /// What the flags of open ask for.
    pub fn of(flags: u64) -> Access {
        let mode = flags & O_ACCMODE;
        Access { read: mode != O_WRONLY, write: mode != O_RDONLY, append: flags & O_APPEND != 0 }
    }

    /// EBADF unless it may be read.
    pub fn reads(self) -> Result<(), Errno> {
        if self.read { Ok(()) } else { Err(Errno::EBADF) }
    }

    /// EBADF unless it may be written to.
    pub fn writes(self) -> Result<(), Errno> {
        if self.write { Ok(()) } else { Err(Errno::EBADF) }
    }
}

/// What an open file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A file of bytes, by its inode.
    File(u32, Access),
    /// A directory, by its inode.
    Directory(u32),
    /// A device: inode, major and minor number.
    Device(u32, u16, u16, Access),
    /// The reading end of a pipe.
    Reader(u64),
    /// The writing end of a pipe.
    Writer(u64),
}

/// The open files, by the kernel's numbers, and the pipes.
#[derive(Default)]
pub struct Objects {
    files: BTreeMap<u64, Object>,
    pub(crate) pipes: BTreeMap<u64, Pipe>,
    /// Number of the next pipe.
    next_pipe: u64,
}

impl Objects {
    /// Remembers what an open file stands for.
    pub fn add(&mut self, number: u64, object: Object) {
        self.files.insert(number, object);
    }

    /// What an open file stands for. EBADF if the server has not made it.
    pub fn get(&self, number: u64) -> Result<Object, Errno> {
        self.files.get(&number).copied().ok_or(Errno::EBADF)
    }

    /// Adds a pipe. Returns its number.
    pub fn add_pipe(&mut self, pipe: Pipe) -> u64 {
        self.next_pipe += 1;
        self.pipes.insert(self.next_pipe, pipe);
        self.next_pipe
    }

    /// A pipe. EBADF if there is none, which is so only if the server is wrong about itself.
    pub fn pipe(&mut self, number: u64) -> Result<&mut Pipe, Errno> {
        self.pipes.get_mut(&number).ok_or(Errno::EBADF)
    }

    /// Forgets the files that nobody has open any more, and closes what they stand for. Returns the last error.
    pub fn collect(&mut self, kernel: &mut impl Kernel, fs: &mut FileSystem<impl Disk>) -> Result<(), Errno> {
        let mut result = Ok(());
        self.files.retain(|&number, &mut object| {
            if kernel.is_in_use(number) {
                return true;
            }
            kernel.release(number);
            match object {
                Object::File(inode, _) | Object::Directory(inode) | Object::Device(inode, ..) => {
                    result = result.and(fs.close(inode));
                }
                Object::Reader(pipe) => drop(self.pipes.get_mut(&pipe).map(Pipe::close_reader)),
                Object::Writer(pipe) => drop(self.pipes.get_mut(&pipe).map(Pipe::close_writer)),
            }
            false
        });
        self.pipes.retain(|_, pipe| !pipe.is_dead());
        result
    }
}
