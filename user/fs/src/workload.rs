//! A workload whose every state is known: for tests that stop a machine in the middle of it.
//!
//! The changes are the same wherever they are made, since each follows from its number and from those before it. One
//! change is one request to the file server, so what a stopped machine leaves is the state after some change.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lv6_ulib::Errno;
use lv6_ulib::fs::FileKind;

use crate::{Disk, FileSystem};

/// Most bytes that a change writes: less than a request can carry.
pub const WRITE_MAX: usize = 2000;

/// Most bytes of a file.
const SIZE_MAX: u64 = 30_000;
/// Most files and directories.
const NAMES_MAX: usize = 24;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Makes a directory.
    MakeDir(String),
    /// Removes an empty directory.
    RemoveDir(String),
    /// Makes an empty file.
    Create(String),
    /// Writes bytes to a file at an offset.
    Write(String, u64, Vec<u8>),
    /// Sets the length of a file.
    Truncate(String, u64),
    /// Removes a file.
    Unlink(String),
    /// Gives a file another name, which another file may have had.
    Rename(String, String),
}

/// The files, with their contents, and the directories, by their paths from the top one of the workload.
pub type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// How far the workload is.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    seed: u64,
    /// How many changes there were.
    pub done: u64,
    /// What there is after them.
    pub tree: Tree,
}

impl Workload {
    /// The workload before its first change. Other seeds give other changes.
    pub fn new(seed: u64) -> Workload {
        Workload { seed, ..Workload::default() }
    }

    /// The workload after so many changes.
    pub fn after(seed: u64, changes: u64) -> Workload {
        let mut workload = Workload::new(seed);
        (0..changes).for_each(|_| drop(workload.step()));
        workload
    }

    /// The next change, which is carried out on the tree here.
    pub fn step(&mut self) -> Change {
        let mut random =
            Random(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ self.done.wrapping_mul(0xbf58_476d_1ce4_e5b9));
        let change = self.choose(&mut random);
        self.carry_out(&change);
        self.done += 1;
        change
    }

    fn choose(&self, random: &mut Random) -> Change {
        let paths = |is_dir: bool| {
            self.tree.iter().filter(move |(_, contents)| contents.is_none() == is_dir).map(|(path, _)| path.clone())
        };
        let (files, dirs): (Vec<String>, Vec<String>) = (paths(false).collect(), paths(true).collect());
        let new_path = |random: &mut Random| {
            let name = format!("f{}", random.below(40));
            match random.below(dirs.len() as u64 + 1) as usize {
                0 => name,
                n => format!("{}/{name}", dirs[n - 1]),
            }
        };
        let room = self.tree.len() < NAMES_MAX;
        let Some(file) = random.pick(&files) else { return Change::Create(new_path(random)) };
        match random.below(20) {
            0 if room && dirs.len() < 4 => {
                let dir = format!("d{}", self.done);
                Change::MakeDir(dir)
            }
            1 if !dirs.is_empty() => {
                let dir = random.pick(&dirs).unwrap_or_default();
                let inside = files.iter().find(|file| file.starts_with(&format!("{dir}/")));
                inside.map_or(Change::RemoveDir(dir), |file| Change::Unlink(file.to_string()))
            }
            2..5 if room => match new_path(random) {
                path if self.tree.contains_key(&path) => Change::Unlink(path),
                path => Change::Create(path),
            },
            5 | 6 => Change::Unlink(file),
            7..10 => match new_path(random) {
                path if path == file => Change::Truncate(file, 0),
                path => Change::Rename(file, path),
            },
            10 => Change::Truncate(file, random.below(SIZE_MAX)),
            _ => {
                let len = 1 + random.below(WRITE_MAX as u64) as usize;
                // No two changes write the same.
                let bytes = format!("{}.", self.done).into_bytes().into_iter().cycle().take(len).collect();
                Change::Write(file, random.below(SIZE_MAX - len as u64), bytes)
            }
        }
    }

    fn carry_out(&mut self, change: &Change) {
        match change {
            Change::MakeDir(path) => drop(self.tree.insert(path.clone(), None)),
            Change::RemoveDir(path) | Change::Unlink(path) => drop(self.tree.remove(path)),
            Change::Create(path) => drop(self.tree.insert(path.clone(), Some(vec![]))),
            Change::Write(path, offset, bytes) => {
                let contents = self.contents(path);
                let (start, end) = (*offset as usize, *offset as usize + bytes.len());
                contents.resize(contents.len().max(end), 0);
                contents[start..end].copy_from_slice(bytes);
            }
            Change::Truncate(path, size) => self.contents(path).resize(*size as usize, 0),
            Change::Rename(path, new_path) => {
                if let Some(contents) = self.tree.remove(path) {
                    self.tree.insert(new_path.clone(), contents);
                }
            }
        }
    }

    fn contents(&mut self, path: &str) -> &mut Vec<u8> {
        self.tree.get_mut(path).and_then(Option::as_mut).expect("changes are chosen among the files that there are")
    }
}

/// All files and directories below a directory.
pub fn tree_of(fs: &mut FileSystem<impl Disk>, top: u32) -> Result<Tree, Errno> {
    let mut tree = Tree::new();
    let mut directories = vec![(top, String::new())];
    while let Some((dir, prefix)) = directories.pop() {
        for entry in fs.entries(dir)?.into_iter().filter(|entry| entry.name != "." && entry.name != "..") {
            let (path, number) = (format!("{prefix}{}", entry.name), fs.lookup(dir, &entry.name)?);
            let contents = if entry.kind == FileKind::Directory {
                directories.push((number, format!("{path}/")));
                None
            } else {
                let mut contents = vec![0; fs.stat(number)?.size as usize];
                let len = fs.read(number, 0, &mut contents)?;
                contents.truncate(len);
                Some(contents)
            };
            tree.insert(path, contents);
        }
    }
    Ok(tree)
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn pick(&mut self, all: &[String]) -> Option<String> {
        all.get(self.below(all.len() as u64) as usize).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryDisk, ROOT, fsck, mkfs};
    use lv6_ulib::fs::protocol::{O_CREAT, O_EXCL, O_RDWR};

    fn apply(fs: &mut FileSystem<MemoryDisk>, change: &Change) {
        let open =
            |fs: &mut FileSystem<MemoryDisk>, path: &str, flags| fs.open(ROOT, path, O_RDWR | flags).expect("open");
        match change {
            Change::MakeDir(path) => drop(fs.make_dir(ROOT, path).expect("make a directory")),
            Change::RemoveDir(path) => fs.unlink(ROOT, path, true).expect("remove a directory"),
            Change::Unlink(path) => fs.unlink(ROOT, path, false).expect("unlink"),
            Change::Rename(path, new_path) => fs.rename(ROOT, path, ROOT, new_path).expect("rename"),
            Change::Create(path) => {
                let file = open(fs, path, O_CREAT | O_EXCL);
                fs.close(file).expect("close");
            }
            Change::Write(path, offset, bytes) => {
                let file = open(fs, path, 0);
                fs.write(file, Some(*offset), bytes).expect("write");
                fs.close(file).expect("close");
            }
            Change::Truncate(path, size) => {
                let file = open(fs, path, 0);
                fs.truncate(file, *size).expect("truncate");
                fs.close(file).expect("close");
            }
        }
    }

    #[test]
    fn every_change_succeeds_on_a_small_disk() {
        let disk = mkfs::format(MemoryDisk::new(600), 64, 1).expect("format");
        let mut fs = FileSystem::mount(disk).expect("mount");
        let mut workload = Workload::new(3);
        let mut kinds = [0; 7];
        for _ in 0..3000 {
            let change = workload.step();
            apply(&mut fs, &change);
            kinds[match change {
                Change::MakeDir(_) => 0,
                Change::RemoveDir(_) => 1,
                Change::Create(_) => 2,
                Change::Write(..) => 3,
                Change::Truncate(..) => 4,
                Change::Unlink(_) => 5,
                Change::Rename(..) => 6,
            }] += 1;
        }
        assert!(kinds.iter().all(|count| *count > 10), "{kinds:?}");
        assert_eq!(tree_of(&mut fs, ROOT).expect("read"), workload.tree);
        fs.sync().expect("sync");
        assert!(fsck::check(fs.into_disk()).problems.is_empty());
    }

    #[test]
    fn the_same_seed_gives_the_same_changes() {
        let mut one = Workload::new(5);
        let changes: Vec<Change> = (0..100).map(|_| one.step()).collect();
        let mut two = Workload::after(5, 60);
        assert_eq!(two.done, 60);
        assert_eq!((60..100).map(|_| two.step()).collect::<Vec<_>>(), changes[60..]);
        assert_eq!(one.tree, two.tree);
        assert_ne!(Workload::after(6, 100).tree, one.tree);
    }
}
