//! Random operations, carried out by the file system and by the model.

use lv6_fs::{Disk, FileSystem, ROOT};
use lv6_ulib::Errno;
use lv6_ulib::fs::protocol::{O_CREAT, O_EXCL, O_RDWR, O_TRUNC};
use proptest::prelude::*;

use crate::model::Model;

/// How many files can be kept open.
pub const SLOTS: usize = 3;

/// An operation.
#[derive(Clone, Debug)]
pub enum Operation {
    MakeDir(String),
    Open {
        path: String,
        create: bool,
        exclusive: bool,
        truncate: bool,
    },
    Write {
        path: String,
        offset: Option<u64>,
        len: usize,
        byte: u8,
    },
    Truncate(String, u64),
    Unlink(String),
    RemoveDir(String),
    Rename(String, String),
    /// Opens a file and keeps it open.
    Keep(usize, String),
    /// Closes a file that was kept open.
    Drop(usize),
    /// Writes to the end of a file that was kept open.
    WriteKept(usize, u8),
    Sync,
}

/// Paths of few names, so that they meet often, and some that are odd.
fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        12 => prop::sample::select(vec!["a", "b", "c"]),
        1 => prop::sample::select(vec![".", "..", "a-name-that-is-longer-than-any-name-can-be-in-this-file-system-x"]),
    ];
    let names = prop::collection::vec(name, 0..4);
    (names, prop::bool::weighted(0.05)).prop_map(|(names, slash)| {
        let path = names.join("/");
        if slash { path + "/" } else { path }
    })
}

/// Places at which something changes: blocks named by the inode, by a block, by blocks that a block names.
fn offset() -> impl Strategy<Value = u64> {
    let block = prop_oneof![8 => 0..12u64, 2 => 1030..1034u64, 1 => 2054..2058u64];
    prop_oneof![
        30 => (block, 0..4096u64).prop_map(|(block, at)| block * 4096 + at),
        1 => prop::sample::select(vec![u64::MAX, 1 << 60]),
    ]
}

/// An operation.
pub fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        3 => path().prop_map(Operation::MakeDir),
        3 => (path(), any::<[bool; 3]>()).prop_map(|(path, [create, exclusive, truncate])| {
            Operation::Open { path, create, exclusive, truncate }
        }),
        8 => (path(), prop::option::of(offset()), 0..9000usize, any::<u8>()).prop_map(|(path, offset, len, byte)| {
            Operation::Write { path, offset, len, byte }
        }),
        3 => (path(), offset()).prop_map(|(path, size)| Operation::Truncate(path, size)),
        3 => path().prop_map(Operation::Unlink),
        2 => path().prop_map(Operation::RemoveDir),
        4 => (path(), path()).prop_map(|(path, new_path)| Operation::Rename(path, new_path)),
        2 => (0..SLOTS, path()).prop_map(|(slot, path)| Operation::Keep(slot, path)),
        1 => (0..SLOTS).prop_map(Operation::Drop),
        1 => (0..SLOTS, any::<u8>()).prop_map(|(slot, byte)| Operation::WriteKept(slot, byte)),
        1 => Just(Operation::Sync),
    ]
}

/// A file system and its model.
pub struct Pair<D> {
    pub fs: FileSystem<D>,
    pub model: Model,
    /// Files that are kept open: their numbers in the file system and in the model.
    kept: [Option<(u32, usize)>; SLOTS],
}

impl<D: Disk> Pair<D> {
    /// Both, empty.
    pub fn new(fs: FileSystem<D>) -> Pair<D> {
        Pair { fs, model: Model::new(), kept: [None; SLOTS] }
    }

    /// Carries out an operation on both, and compares what they say. The model knows nothing of limits: where the file
    /// system meets one, the model does nothing.
    pub fn run(&mut self, operation: &Operation) {
        let before = self.model.clone();
        let (real, expected) = self.both(operation);
        match real {
            Err(Errno::ENOSPC) => {
                self.model = before;
                // The file may have been made although there was no room for its contents.
                if let Operation::Write { path, .. } = operation
                    && self.fs.lookup(ROOT, path).is_ok()
                {
                    assert!(self.model.open(path, true, false, false).is_ok());
                }
            }
            real => assert_eq!(real, expected, "{operation:?}"),
        }
    }

    fn both(&mut self, operation: &Operation) -> (Result<(), Errno>, Result<(), Errno>) {
        let Pair { fs, model, kept } = self;
        match operation {
            Operation::MakeDir(path) => (fs.make_dir(ROOT, path).map(drop), model.make_dir(path)),
            Operation::Open { path, create, exclusive, truncate } => {
                let bit = |on: bool, bit| if on { bit } else { 0 };
                let flags = O_RDWR | bit(*create, O_CREAT) | bit(*exclusive, O_EXCL) | bit(*truncate, O_TRUNC);
                let real = fs.open(ROOT, path, flags).and_then(|number| fs.close(number));
                (real, model.open(path, *create, *exclusive, *truncate).map(drop))
            }
            Operation::Write { path, offset, len, byte } => {
                let bytes = vec![*byte; *len];
                let real = with(fs, path, O_CREAT, |fs, number| fs.write(number, *offset, &bytes).map(drop));
                let file = model.open(path, true, false, false);
                (real, file.and_then(|file| model.write(file, *offset, &bytes)).map(drop))
            }
            Operation::Truncate(path, size) => {
                let real = with(fs, path, 0, |fs, number| fs.truncate(number, *size));
                let file = model.open(path, false, false, false);
                (real, file.and_then(|file| model.truncate(file, *size)))
            }
            Operation::Unlink(path) => (fs.unlink(ROOT, path, false), model.unlink(path, false)),
            Operation::RemoveDir(path) => (fs.unlink(ROOT, path, true), model.unlink(path, true)),
            Operation::Rename(path, new_path) => (fs.rename(ROOT, path, ROOT, new_path), model.rename(path, new_path)),
            Operation::Keep(slot, path) => {
                if let Some((number, _)) = kept[*slot].take() {
                    assert_eq!(fs.close(number), Ok(()));
                }
                let (real, expected) = (fs.open(ROOT, path, O_RDWR), model.open(path, false, false, false));
                if let (Ok(number), Ok(file)) = (real, expected) {
                    kept[*slot] = Some((number, file));
                }
                (real.map(drop), expected.map(drop))
            }
            Operation::Drop(slot) => (kept[*slot].take().map_or(Ok(()), |(number, _)| fs.close(number)), Ok(())),
            Operation::WriteKept(slot, byte) => match kept[*slot] {
                Some((number, file)) => {
                    let real = fs.write(number, None, &[*byte; 100]).map(drop);
                    (real, model.write(file, None, &[*byte; 100]).map(drop))
                }
                None => (Ok(()), Ok(())),
            },
            Operation::Sync => (fs.sync(), Ok(())),
        }
    }

    /// Compares the contents of the files that are kept open, with or without a name.
    pub fn compare_kept(&mut self) {
        for (number, file) in self.kept.iter().flatten() {
            let mut contents = vec![0; self.model.contents[*file].len() + 1];
            let len = self.fs.read(*number, 0, &mut contents).expect("it is open");
            assert!(contents[..len] == self.model.contents[*file]);
        }
    }
}

/// Opens a file, does something with it, and closes it.
fn with<D: Disk>(
    fs: &mut FileSystem<D>,
    path: &str,
    flags: u64,
    work: impl FnOnce(&mut FileSystem<D>, u32) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let number = fs.open(ROOT, path, O_RDWR | flags)?;
    let result = work(fs, number);
    assert_eq!(fs.close(number), Ok(()));
    result
}
