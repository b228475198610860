//! The server: what it answers to a request.
//!
//! A client is not trusted. What it sends is decoded by [`Request::decode`]; a descriptor that it names counts only if
//! the file behind it is one that the server has made; and it may be gone when the answer is there.

use lv6_fs::{Disk, FileSystem, ROOT};
use lv6_kernel::state::FileType;
use lv6_ulib::Errno;
use lv6_ulib::fs::protocol::{NO_DIR, READ_MAX, Request};
use lv6_ulib::fs::{FileKind, Stat};

use crate::device::Devices;
use crate::kernel::Kernel;
use crate::object::{Access, Object, Objects};
use crate::pipe::Pipe;

/// How old a change may get, in nanoseconds, until the next request makes the server write it to the disk.
const OLDEST_CHANGE: u64 = 5_000_000_000;

/// An answer to a client. Its bytes are in the page that was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The number, as a system call returns it.
    pub value: u64,
    /// How many bytes there are.
    pub size: usize,
    /// Whether the open file that was made last goes to the client.
    pub brings_file: bool,
}

/// An answer that is only a number.
fn number(value: u64) -> Answer {
    Answer { value, ..Answer::default() }
}

impl Answer {
    /// The answer that is an error.
    pub fn error(e: Errno) -> Answer {
        number(Errno::pack(Err(e)))
    }
}

/// The server.
pub struct Server<D, K> {
    fs: FileSystem<D>,
    /// The open files of the kernel.
    pub kernel: K,
    objects: Objects,
    devices: Devices,
    /// When the oldest change was made that is not on the disk.
    changed: Option<u64>,
}

impl<D: Disk, K: Kernel> Server<D, K> {
    /// A server of this file system and these devices.
    pub fn new(fs: FileSystem<D>, kernel: K, devices: Devices) -> Server<D, K> {
        Server { fs, kernel, objects: Objects::default(), devices, changed: None }
    }

    /// The time, in nanoseconds since 1970: before the first request, the greatest that the disk knows of.
    pub fn now(&self) -> u64 {
        self.fs.now()
    }

    /// Forgets what nobody uses any more, and then answers a message of a client at the time `now`. The result says why
    /// the answer is an error, if it is one.
    pub fn answer(
        &mut self,
        now: u64,
        client: u64,
        op: u64,
        bytes: &[u8],
        page: &mut [u8; 4096],
    ) -> (Answer, Result<(), Errno>) {
        self.fs.set_now(now);
        self.devices.poll();
        let collected = self.objects.collect(&mut self.kernel, &mut self.fs);
        let result = Request::decode(op, bytes).and_then(|request| self.carry_out(client, request, page));
        let synced = self.sync_old(now);
        match result {
            Ok(answer) => (answer, collected.and(synced)),
            Err(e) => (Answer::error(e), Err(e)),
        }
    }

    /// Writes changes to the disk that have become old.
    fn sync_old(&mut self, now: u64) -> Result<(), Errno> {
        if !self.fs.is_changed() {
            self.changed = None;
            return Ok(());
        }
        let since = *self.changed.get_or_insert(now);
        if now.saturating_sub(since) < OLDEST_CHANGE {
            return Ok(());
        }
        self.changed = None;
        self.fs.sync()
    }

    /// What a client's descriptor stands for.
    fn object(&self, client: u64, fd: u64) -> Result<Object, Errno> {
        self.objects.get(self.kernel.file_at(client, fd).ok_or(Errno::EBADF)?)
    }

    /// The directory at which a client's paths start.
    fn directory(&self, client: u64, fd: u64) -> Result<u32, Errno> {
        match fd {
            NO_DIR => Ok(ROOT),
            _ => match self.object(client, fd)? {
                Object::Directory(inode) => Ok(inode),
                _ => Err(Errno::ENOTDIR),
            },
        }
    }

    fn carry_out(&mut self, client: u64, request: Request, page: &mut [u8; 4096]) -> Result<Answer, Errno> {
        match request {
            Request::Open { dir, flags, path } => self.open(self.directory(client, dir)?, path, flags),
            Request::Read { fd, offset, count } => self.read(self.object(client, fd)?, offset, count, page),
            Request::Write { fd, offset, data } => self.write(self.object(client, fd)?, offset, data, page),
            Request::MakeDevice { dir, major, minor, path } => {
                let [major, minor] = [major, minor].map(|n| u16::try_from(n).map_err(|_| Errno::EINVAL));
                let dir = self.directory(client, dir)?;
                self.fs.make_device(dir, path, major?, minor?).map(|_| number(0))
            }
            Request::MakeDir { dir, path } => {
                let dir = self.directory(client, dir)?;
                self.fs.make_dir(dir, path).map(|_| number(0))
            }
            Request::StatFd { fd } => {
                let stat = self.stat(self.object(client, fd)?)?;
                Ok(Answer { size: stat.encode(page), ..number(0) })
            }
            Request::StatPath { dir, path } => {
                let dir = self.directory(client, dir)?;
                let inode = self.fs.lookup(dir, path)?;
                Ok(Answer { size: self.fs.stat(inode)?.encode(page), ..number(0) })
            }
            Request::Unlink { dir, is_dir, path } => {
                let is_dir = bool_of(is_dir)?;
                let dir = self.directory(client, dir)?;
                self.fs.unlink(dir, path, is_dir).map(number_of)
            }
            Request::Rename { dir, new_dir, path, new_path } => {
                let (dir, new_dir) = (self.directory(client, dir)?, self.directory(client, new_dir)?);
                self.fs.rename(dir, path, new_dir, new_path).map(number_of)
            }
            Request::Pipe {} => self.pipe(),
            Request::PipeWriter { reader } => self.pipe_writer(self.object(client, reader)?),
            Request::Truncate { fd, size } => self.truncate(self.object(client, fd)?, size),
            Request::ReadDir { fd, position } => self.read_dir(self.object(client, fd)?, position, page),
            Request::Sync {} => self.fs.sync().map(number_of),
            Request::StatFs {} => Ok(Answer { size: self.fs.info()?.encode(page), ..number(0) }),
            Request::PathOf { dir } => {
                let dir = self.directory(client, dir)?;
                let path = self.fs.path_of(dir)?;
                page.get_mut(..path.len()).ok_or(Errno::ENAMETOOLONG)?.copy_from_slice(path.as_bytes());
                Ok(Answer { size: path.len(), ..number(0) })
            }
            Request::Control { fd, request, argument } => match self.object(client, fd)? {
                Object::Device(_, major, minor, _) => {
                    self.devices.get(major)?.control(minor, request, argument).map(number)
                }
                _ => Err(Errno::ENOTTY),
            },
        }
    }

    /// Makes an open file that stands for an object.
    fn give(&mut self, kind: FileType, object: Object, value: u64, flags: u64) -> Result<Answer, Errno> {
        let file = self.kernel.create(kind, value, flags)?;
        self.objects.add(file, object);
        Ok(Answer { brings_file: true, ..number(0) })
    }

    fn open(&mut self, dir: u32, path: &str, flags: u64) -> Result<Answer, Errno> {
        let inode = self.fs.open(dir, path, flags)?;
        let access = Access::of(flags);
        let opened = self.fs.stat(inode).and_then(|stat| match stat.kind {
            FileKind::Directory => Ok(Object::Directory(inode)),
            FileKind::Device => {
                self.devices.get(stat.major)?;
                Ok(Object::Device(inode, stat.major, stat.minor, access))
            }
            FileKind::File | FileKind::Pipe => Ok(Object::File(inode, access)),
        });
        let given = opened.and_then(|object| self.give(FileType::Inode, object, inode.into(), flags));
        if given.is_err() {
            self.fs.close(inode)?;
        }
        given
    }

    fn read(&mut self, object: Object, offset: u64, count: u64, page: &mut [u8; 4096]) -> Result<Answer, Errno> {
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(READ_MAX);
        let to = &mut page[..count];
        let size = match object {
            Object::File(inode, access) => {
                access.reads()?;
                self.fs.read(inode, offset, to)?
            }
            Object::Device(_, major, minor, access) => {
                access.reads()?;
                self.devices.get(major)?.read(minor, to)?.min(count)
            }
            Object::Reader(pipe) => self.objects.pipe(pipe)?.read(to)?,
            Object::Directory(_) => return Err(Errno::EISDIR),
            Object::Writer(_) => return Err(Errno::EBADF),
        };
        Ok(Answer { size, ..number(size as u64) })
    }

    fn write(&mut self, object: Object, offset: u64, data: &[u8], page: &mut [u8; 4096]) -> Result<Answer, Errno> {
        let mut next = 0;
        let len = match object {
            Object::File(inode, access) => {
                access.writes()?;
                next = self.fs.write(inode, Some(offset).filter(|_| !access.append), data)?;
                data.len()
            }
            Object::Device(_, major, minor, access) => {
                access.writes()?;
                self.devices.get(major)?.write(minor, data)?.min(data.len())
            }
            Object::Writer(pipe) => self.objects.pipe(pipe)?.write(data)?,
            Object::Directory(_) | Object::Reader(_) => return Err(Errno::EBADF),
        };
        page[..8].copy_from_slice(&next.to_le_bytes());
        Ok(Answer { size: 8, ..number(len as u64) })
    }

    fn stat(&mut self, object: Object) -> Result<Stat, Errno> {
        match object {
            Object::File(inode, _) | Object::Directory(inode) | Object::Device(inode, ..) => self.fs.stat(inode),
            Object::Reader(pipe) | Object::Writer(pipe) => {
                let now = self.fs.now();
                Ok(Stat {
                    kind: FileKind::Pipe,
                    inode: 0,
                    links: 0,
                    size: self.objects.pipe(pipe)?.len() as u64,
                    blocks: 0,
                    major: 0,
                    minor: 0,
                    accessed: now,
                    modified: now,
                    changed: now,
                })
            }
        }
    }

    fn pipe(&mut self) -> Result<Answer, Errno> {
        let pipe = self.objects.add_pipe(Pipe::new()?);
        let given = self.give(FileType::Pipe, Object::Reader(pipe), pipe, 0);
        if given.is_err() {
            self.objects.pipe(pipe)?.close_reader();
        }
        given
    }

    fn pipe_writer(&mut self, reader: Object) -> Result<Answer, Errno> {
        let Object::Reader(pipe) = reader else { return Err(Errno::EINVAL) };
        self.objects.pipe(pipe)?.open_writer()?;
        let given = self.give(FileType::Pipe, Object::Writer(pipe), pipe, 1);
        if given.is_err() {
            self.objects.pipe(pipe)?.close_writer();
        }
        given
    }

    fn truncate(&mut self, object: Object, size: u64) -> Result<Answer, Errno> {
        match object {
            Object::File(inode, access) => {
                access.writes()?;
                self.fs.truncate(inode, size).map(number_of)
            }
            Object::Directory(_) => Err(Errno::EISDIR),
            Object::Device(..) | Object::Reader(_) | Object::Writer(_) => Err(Errno::EINVAL),
        }
    }

    fn read_dir(&mut self, object: Object, position: u64, page: &mut [u8; 4096]) -> Result<Answer, Errno> {
        let Object::Directory(inode) = object else { return Err(Errno::ENOTDIR) };
        // At most what cannot be taken for an error.
        let (mut at, mut size) = (position.min(u32::MAX.into()), 0);
        while let Some((entry, next)) = self.fs.next_entry(inode, at)? {
            let Some(end) = entry.encode(page, size) else { break };
            (at, size) = (next, end);
        }
        Ok(Answer { size, ..number(at) })
    }
}

/// The number of an answer that says nothing but that all went well.
fn number_of((): ()) -> Answer {
    number(0)
}

/// Reads a word that is 0 or 1.
fn bool_of(word: u64) -> Result<bool, Errno> {
    match word {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Errno::EINVAL),
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
