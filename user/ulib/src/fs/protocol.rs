//! What a client and the file server tell each other.
//!
//! A request is a message: its number says what is wanted, its bytes are some words and then text or data. The answer's
//! number is a result as system calls return it, and its bytes are what was asked for. Everything that a server reads
//! is checked here: whatever bytes arrive, decoding them gives a request or an error.

use alloc::string::String;
use alloc::vec::Vec;

use crate::errno::Errno;

/// Open for reading.
pub const O_RDONLY: u64 = 0;
/// Open for writing.
pub const O_WRONLY: u64 = 1;
/// Open for reading and writing.
pub const O_RDWR: u64 = 2;
/// The bits that hold one of those three.
pub const O_ACCMODE: u64 = 3;
/// Make the file if it does not exist.
pub const O_CREAT: u64 = 0o100;
/// With [`O_CREAT`]: fail if it exists.
pub const O_EXCL: u64 = 0o200;
/// Make the file empty.
pub const O_TRUNC: u64 = 0o1000;
/// Write to the end, wherever that is at the time.
pub const O_APPEND: u64 = 0o2000;
/// Fail if it is not a directory.
pub const O_DIRECTORY: u64 = 0o20_0000;
/// All flags of open.
pub const O_ALL: u64 = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_DIRECTORY;

/// In place of the descriptor of a directory: paths start at the root.
pub const NO_DIR: u64 = u64::MAX;

/// Greatest length of a path, in bytes.
pub const PATH_MAX: usize = 1024;
/// Greatest length of one name in a path, in bytes.
pub const NAME_MAX: usize = 60;
/// Most bytes that one request can read.
pub const READ_MAX: usize = 4096;
/// Most bytes that one request can write.
pub const WRITE_MAX: usize = 4096 - 2 * 8;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A directory.
    Directory,
    /// A file of bytes.
    File,
    /// A device.
    Device,
    /// A pipe, which has no name.
    Pipe,
}

impl FileKind {
    /// Its number in messages and on the disk.
    pub const fn code(self) -> u16 {
        match self {
            FileKind::Directory => 1,
            FileKind::File => 2,
            FileKind::Device => 3,
            FileKind::Pipe => 4,
        }
    }

    /// The kind with this number.
    pub const fn from_code(code: u16) -> Option<FileKind> {
        match code {
            1 => Some(FileKind::Directory),
            2 => Some(FileKind::File),
            3 => Some(FileKind::Device),
            4 => Some(FileKind::Pipe),
            _ => None,
        }
    }
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: FileKind,
    /// Its number in the file system.
    pub inode: u64,
    /// How many names it has.
    pub links: u64,
    /// How many bytes it contains.
    pub size: u64,
    /// How many blocks it occupies.
    pub blocks: u64,
    /// For a device: who drives it.
    pub major: u16,
    /// For a device: which one it is.
    pub minor: u16,
    /// When it was last read, in nanoseconds since 1970 as the file server counts them.
    pub accessed: u64,
    /// When its contents were last changed.
    pub modified: u64,
    /// When anything about it was last changed.
    pub changed: u64,
}

/// How full the file system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FsInfo {
    /// Bytes of a block.
    pub block_size: u64,
    /// Blocks of the disk.
    pub blocks: u64,
    /// Blocks for contents, used or not.
    pub data_blocks: u64,
    /// Blocks that are free.
    pub free_blocks: u64,
    /// Files that there can be.
    pub inodes: u64,
    /// Files that there can be besides those that there are.
    pub free_inodes: u64,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// Number of the file.
    pub inode: u64,
    /// What it is.
    pub kind: FileKind,
    /// Its name.
    pub name: String,
}

/// Declares the requests, with their numbers, words, and what follows the words.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident = $op:literal { $($word:ident),* } $([$($rest:ident: $kind:ident),*])?;)*) => {
        /// A request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Request<'a> {
            $($(#[$doc])* #[allow(missing_docs)] $name { $($word: u64,)* $($($rest: requests!(@type $kind 'a),)*)? },)*
        }

        impl<'a> Request<'a> {
            /// Writes it to the start of a page. Returns its number and length. ENAMETOOLONG or EINVAL if it does not
            /// fit.
            pub fn encode(&self, page: &mut [u8; 4096]) -> Result<(u64, usize), Errno> {
                let mut to = Writer { page, at: 0 };
                match *self {
                    $(Request::$name { $($word,)* $($($rest,)*)? } => {
                        $(to.word($word)?;)*
                        $($(requests!(@put $kind to $rest);)*)?
                        Ok(($op, to.at))
                    })*
                }
            }

            /// Reads the request with this number from the bytes of a message. ENOSYS if there is no such request,
            /// EINVAL if it is not well-formed, ENAMETOOLONG if a path is too long.
            pub fn decode(op: u64, bytes: &'a [u8]) -> Result<Request<'a>, Errno> {
                let mut from = Reader { bytes };
                match op {
                    $($op => {
                        $(let $word = from.word()?;)*
                        $($(let $rest = requests!(@get $kind from);)*)?
                        from.end()?;
                        Ok(Request::$name { $($word,)* $($($rest,)*)? })
                    })*
                    _ => Err(Errno::ENOSYS),
                }
            }
        }
    };
    (@type path $a:lifetime) => { &$a str };
    (@type data $a:lifetime) => { &$a [u8] };
    (@put path $to:ident $value:ident) => { $to.path($value)? };
    (@put data $to:ident $value:ident) => { $to.bytes($value)? };
    (@get path $from:ident) => { $from.path()? };
    (@get data $from:ident) => { $from.rest() };
}

requests! {
    /// Opens a file. Answers with a descriptor.
    Open = 1 { dir, flags } [path: path];
    /// Reads bytes. The answer's number says how many; none at the end.
    Read = 2 { fd, offset, count };
    /// Makes a device.
    MakeDevice = 3 { dir, major, minor } [path: path];
    /// Makes a directory.
    MakeDir = 4 { dir } [path: path];
    /// Asks what is known of an open file. Answers with a [`Stat`].
    StatFd = 5 { fd };
    /// Writes bytes. The answer's number says how many; its word where the next byte goes.
    Write = 6 { fd, offset } [data: data];
    /// Removes a name: of a directory, which must be empty, if `is_dir` is 1, of anything else if it is 0.
    Unlink = 7 { dir, is_dir } [path: path];
    /// Makes a pipe. Answers with a descriptor of its reading end.
    Pipe = 8 {};
    /// Makes the writing end of a pipe that has none yet. Answers with a descriptor.
    PipeWriter = 9 { reader };
    /// Gives a file another name, in one step; a file that has it is replaced.
    Rename = 10 { dir, new_dir } [path: path, new_path: path];
    /// Sets the length of a file.
    Truncate = 11 { fd, size };
    /// Reads names of a directory, from a position on. The answer's number is the next position; no bytes at the end.
    ReadDir = 12 { fd, position };
    /// Returns when all changes are on the disk.
    Sync = 13 {};
    /// Asks how full the file system is. Answers with an [`FsInfo`].
    StatFs = 14 {};
    /// Asks what is known of the file at a path. Answers with a [`Stat`].
    StatPath = 15 { dir } [path: path];
    /// Asks for the path of a directory from the root. Answers with text.
    PathOf = 16 { dir };
    /// Asks a device for something that depends on the device. The answer's number is what the device returns.
    Control = 17 { fd, request, argument };
}

/// Writes words, texts and data to a page.
struct Writer<'a> {
    page: &'a mut [u8; 4096],
    at: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        let to = self.page.get_mut(self.at..self.at + bytes.len()).ok_or(Errno::EINVAL)?;
        to.copy_from_slice(bytes);
        self.at += bytes.len();
        Ok(())
    }

    fn word(&mut self, word: u64) -> Result<(), Errno> {
        self.bytes(&word.to_le_bytes())
    }

    fn path(&mut self, path: &str) -> Result<(), Errno> {
        if path.len() > PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        self.word(path.len() as u64)?;
        self.bytes(path.as_bytes())
    }
}

/// Reads words, texts and data.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Errno> {
        let (taken, rest) = self.bytes.split_at_checked(len).ok_or(Errno::EINVAL)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn word(&mut self) -> Result<u64, Errno> {
        let mut word = [0; 8];
        word.copy_from_slice(self.take(8)?);
        Ok(u64::from_le_bytes(word))
    }

    fn path(&mut self) -> Result<&'a str, Errno> {
        let len = usize::try_from(self.word()?).map_err(|_| Errno::ENAMETOOLONG)?;
        if len > PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        core::str::from_utf8(self.take(len)?).map_err(|_| Errno::EINVAL)
    }

    fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.bytes)
    }

    fn end(&self) -> Result<(), Errno> {
        if self.bytes.is_empty() { Ok(()) } else { Err(Errno::EINVAL) }
    }
}

/// Declares how a record is sent: as words.
macro_rules! records {
    ($($name:ident { $($field:ident: $get:expr, $put:expr;)* })*) => {$(
        impl $name {
            /// Writes it to the start of a page. Returns its length.
            pub fn encode(&self, page: &mut [u8; 4096]) -> usize {
                let words = [$($put(self.$field)),*];
                for (to, word) in page.chunks_exact_mut(8).zip(words) {
                    to.copy_from_slice(&u64::to_le_bytes(word));
                }
                words.len() * 8
            }

            /// Reads it from the bytes of an answer. EIO if it is not one.
            pub fn decode(bytes: &[u8]) -> Result<$name, Errno> {
                let mut from = Reader { bytes };
                $(let $field = from.word().ok().and_then($get).ok_or(Errno::EIO)?;)*
                Ok($name { $($field),* })
            }
        }
    )*};
}

/// A word that is a field as it is.
const GET: fn(u64) -> Option<u64> = Some;
/// A word that holds 16 bits.
const GET16: fn(u64) -> Option<u16> = |word| u16::try_from(word).ok();

records! {
    Stat {
        kind: |word| u16::try_from(word).ok().and_then(FileKind::from_code), |kind: FileKind| u64::from(kind.code());
        inode: GET, u64::from;
        links: GET, u64::from;
        size: GET, u64::from;
        blocks: GET, u64::from;
        major: GET16, u64::from;
        minor: GET16, u64::from;
        accessed: GET, u64::from;
        modified: GET, u64::from;
        changed: GET, u64::from;
    }
    FsInfo {
        block_size: GET, u64::from;
        blocks: GET, u64::from;
        data_blocks: GET, u64::from;
        free_blocks: GET, u64::from;
        inodes: GET, u64::from;
        free_inodes: GET, u64::from;
    }
}

impl DirEntry {
    /// Appends it to a page whose first `at` bytes are in use. Returns how many are then; none if it does not fit.
    pub fn encode(&self, page: &mut [u8; 4096], at: usize) -> Option<usize> {
        let mut to = Writer { page, at };
        let all = [self.inode, u64::from(self.kind.code()), self.name.len() as u64];
        all.iter().try_for_each(|&word| to.word(word)).and_then(|()| to.bytes(self.name.as_bytes())).ok()?;
        Some(to.at)
    }

    /// Reads all entries of an answer. EIO if it contains anything else.
    pub fn decode_all(bytes: &[u8]) -> Result<Vec<DirEntry>, Errno> {
        let mut from = Reader { bytes };
        let mut entry = || -> Result<DirEntry, Errno> {
            let inode = from.word()?;
            let kind = GET16(from.word()?).and_then(FileKind::from_code).ok_or(Errno::EIO)?;
            Ok(DirEntry { inode, kind, name: String::from(from.path()?) })
        };
        let mut entries = Vec::new();
        let mut left = bytes.len();
        while left > 0 {
            let found = entry().map_err(|_| Errno::EIO)?;
            left -= 3 * 8 + found.name.len();
            entries.push(found);
        }
        Ok(entries)
    }
}

#[cfg(test)]
#[path = "protocol_tests.rs"]
mod tests;
