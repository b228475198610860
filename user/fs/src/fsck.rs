//! Checking a file system: whether everything on the disk agrees with everything else.
//!
//! The disk is only read. What the log would finish at the next mount counts as finished.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use lv6_ulib::Errno;
use lv6_ulib::fs::FileKind;

use crate::bitmap;
use crate::bytes::get32;
use crate::content::FANOUT;
use crate::directory;
use crate::disk::{BLOCK_SIZE, Disk};
use crate::inode::{self, DIRECT, Inode};
use crate::layout::ROOT;
use crate::overlay::Overlay;
use crate::store::Store;

/// What is wrong with a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// There is no file system, or its superblock or log is damaged.
    NoFileSystem(Errno),
    /// The disk cannot be read.
    Unreadable,
    /// An inode makes no sense.
    BadInode(u32),
    /// A file names a block that is none of the contents.
    BadBlock(u32, u32),
    /// A block has two users; the second is this file.
    SharedBlock(u32, u32),
    /// A file does not count its blocks right: (file, what it says, what there are).
    BlockCount(u32, u32, u32),
    /// A file has blocks after its end.
    AfterEnd(u32),
    /// The root is no directory.
    NoRoot,
    /// A directory's length or one of its entries makes no sense.
    BadDirectory(u32),
    /// A directory does not start with `.` and `..`, or they lead elsewhere.
    BadDots(u32),
    /// A directory has a name twice.
    DoubleName(u32),
    /// A directory has a name that leads to no file.
    Dangling(u32, u32),
    /// A directory has two names.
    DoubleDirectory(u32),
    /// A file does not count its names right: (file, what it says, what there are).
    LinkCount(u32, u32, u32),
    /// A file has names, but none can be reached from the root.
    Unreachable(u32),
    /// A block is in use by a file, or by the file system itself, but free in the bitmap.
    NotMarked(u32),
    /// A block is in use in the bitmap, but nobody uses it.
    Lost(u32),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Problem::NoFileSystem(Errno::EINVAL) => write!(f, "no file system of lv6"),
            Problem::NoFileSystem(_) => write!(f, "the superblock or the log is damaged"),
            Problem::Unreadable => write!(f, "the disk cannot be read"),
            Problem::BadInode(n) => write!(f, "inode {n}: makes no sense"),
            Problem::BadBlock(n, block) => write!(f, "inode {n}: block {block} is not one for contents"),
            Problem::SharedBlock(n, block) => write!(f, "inode {n}: block {block} has another user too"),
            Problem::BlockCount(n, said, found) => write!(f, "inode {n}: says {said} blocks, has {found}"),
            Problem::AfterEnd(n) => write!(f, "inode {n}: has blocks after its end"),
            Problem::NoRoot => write!(f, "the root is no directory"),
            Problem::BadDirectory(n) => write!(f, "directory {n}: its entries make no sense"),
            Problem::BadDots(n) => write!(f, "directory {n}: . or .. is missing or leads elsewhere"),
            Problem::DoubleName(n) => write!(f, "directory {n}: has a name twice"),
            Problem::Dangling(n, to) => write!(f, "directory {n}: a name leads to inode {to}, which is none"),
            Problem::DoubleDirectory(n) => write!(f, "directory {n}: has two names"),
            Problem::LinkCount(n, said, found) => write!(f, "inode {n}: says {said} names, has {found}"),
            Problem::Unreachable(n) => write!(f, "inode {n}: cannot be reached from the root"),
            Problem::NotMarked(block) => write!(f, "block {block}: in use, but free in the bitmap"),
            Problem::Lost(block) => write!(f, "block {block}: in use in the bitmap, but by nobody"),
        }
    }
}

/// What a check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Files and directories that can be reached from the root.
    pub files: u32,
    /// Files without a name, which were open when the machine stopped. The next mount frees them.
    pub orphans: u32,
    /// Blocks in use.
    pub blocks: u32,
}

/// Checks the file system on a disk, which is not changed.
pub fn check(disk: impl Disk) -> Report {
    let store = match Store::open(Overlay::new(disk)) {
        Ok(store) => store,
        Err(Errno::EIO) => return Report { problems: vec![Problem::Unreadable], ..Report::default() },
        Err(e) => return Report { problems: vec![Problem::NoFileSystem(e)], ..Report::default() },
    };
    let inodes = store.geometry().inodes as usize;
    let blocks = store.geometry().blocks as usize;
    let mut check = Check { store, inodes: vec![None; inodes], used: vec![false; blocks], report: Report::default() };
    if check.everything().is_err() {
        check.report.problems.push(Problem::Unreadable);
    }
    check.report.problems.sort();
    check.report
}

/// A check under way.
struct Check<D> {
    store: Store<D>,
    /// The inodes that are in use and make sense.
    inodes: Vec<Option<Inode>>,
    /// The blocks that were seen in use.
    used: Vec<bool>,
    report: Report,
}

impl<D: Disk> Check<D> {
    fn problem(&mut self, problem: Problem) {
        self.report.problems.push(problem);
    }

    fn inode(&self, number: u32) -> Option<Inode> {
        self.inodes.get(number as usize).copied().flatten()
    }

    fn everything(&mut self) -> Result<(), Errno> {
        let own = self.store.geometry().data_start;
        self.used[..own as usize].fill(true);
        for number in 1..self.inodes.len() as u32 {
            match inode::find(&mut self.store, number) {
                Ok(found) => self.inodes[number as usize] = found,
                Err(Errno::EUCLEAN) => self.problem(Problem::BadInode(number)),
                Err(e) => return Err(e),
            }
            if let Some(inode) = self.inode(number) {
                self.contents(number, &inode)?;
            }
        }
        self.tree()?;
        self.bitmap()
    }

    /// Checks the blocks of a file.
    fn contents(&mut self, number: u32, inode: &Inode) -> Result<(), Errno> {
        let mut count = 0;
        let mut end = 0;
        for (n, &block) in inode.direct.iter().enumerate() {
            self.block(number, block, 0, n as u64, &mut count, &mut end)?;
        }
        let first = DIRECT as u64;
        self.block(number, inode.indirect, 1, first, &mut count, &mut end)?;
        self.block(number, inode.double, 2, first + FANOUT, &mut count, &mut end)?;
        if count != inode.blocks {
            self.problem(Problem::BlockCount(number, inode.blocks, count));
        }
        if end > inode.size.div_ceil(BLOCK_SIZE as u64) {
            self.problem(Problem::AfterEnd(number));
        }
        Ok(())
    }

    /// Checks a block of a file, which holds its contents from block `index` on, or, if `depth` is not 0, names blocks
    /// that do. Counts it, and finds the end of the blocks.
    fn block(
        &mut self,
        number: u32,
        block: u32,
        depth: u32,
        index: u64,
        count: &mut u32,
        end: &mut u64,
    ) -> Result<(), Errno> {
        if block == 0 {
            return Ok(());
        }
        if !self.store.geometry().is_data(block) {
            self.problem(Problem::BadBlock(number, block));
            return Ok(());
        }
        if core::mem::replace(&mut self.used[block as usize], true) {
            self.problem(Problem::SharedBlock(number, block));
            return Ok(());
        }
        *count += 1;
        if depth == 0 {
            *end = (*end).max(index + 1);
            return Ok(());
        }
        let span = FANOUT.pow(depth - 1);
        let names = *self.store.read(block)?;
        for (n, bytes) in names.chunks_exact(4).enumerate() {
            self.block(number, get32(bytes, 0), depth - 1, index + n as u64 * span, count, end)?;
        }
        Ok(())
    }

    /// Checks all directories that can be reached from the root, and counts names.
    fn tree(&mut self) -> Result<(), Errno> {
        if self.inode(ROOT).is_none_or(|root| root.kind != FileKind::Directory) {
            self.problem(Problem::NoRoot);
            return Ok(());
        }
        let mut names: BTreeMap<u32, u32> = BTreeMap::new();
        let mut seen = BTreeSet::from([ROOT]);
        let mut waiting = VecDeque::from([(ROOT, ROOT)]);
        while let Some((number, parent)) = waiting.pop_front() {
            for (name, to) in self.directory(number, parent)? {
                *names.entry(to).or_insert(0) += 1;
                let Some(inode) = self.inode(to) else {
                    self.problem(Problem::Dangling(number, to));
                    continue;
                };
                if !name {
                    continue;
                }
                if !seen.insert(to) {
                    if inode.kind == FileKind::Directory {
                        self.problem(Problem::DoubleDirectory(to));
                    }
                } else if inode.kind == FileKind::Directory {
                    waiting.push_back((to, number));
                }
            }
        }
        self.report.files = seen.len() as u32;
        for number in 1..self.inodes.len() as u32 {
            let Some(inode) = self.inode(number) else { continue };
            let found = names.get(&number).copied().unwrap_or(0);
            match (seen.contains(&number), inode.links) {
                (false, 0) => self.report.orphans += 1,
                (false, _) => self.problem(Problem::Unreachable(number)),
                (true, said) if said != found => self.problem(Problem::LinkCount(number, said, found)),
                (true, _) => {}
            }
        }
        Ok(())
    }

    /// The inodes that the entries of a directory lead to, each with whether its name is neither `.` nor `..`.
    fn directory(&mut self, number: u32, parent: u32) -> Result<Vec<(bool, u32)>, Errno> {
        let Some(inode) = self.inode(number) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut known = BTreeSet::new();
        let mut dots = [None; 2];
        let entries = match directory::entries(&self.store, &inode) {
            Ok(entries) => entries,
            Err(_) => {
                self.problem(Problem::BadDirectory(number));
                return Ok(found);
            }
        };
        for n in 0..entries {
            let entry = match directory::entry(&mut self.store, &inode, n) {
                Ok(Some(entry)) => entry,
                Ok(None) => continue,
                Err(Errno::EUCLEAN) => {
                    self.problem(Problem::BadDirectory(number));
                    return Ok(found);
                }
                Err(e) => return Err(e),
            };
            match entry.name.as_str() {
                "." => dots[0] = Some(entry.inode),
                ".." => dots[1] = Some(entry.inode),
                _ => {}
            }
            found.push((entry.name != "." && entry.name != "..", entry.inode));
            if !known.insert(entry.name) {
                self.problem(Problem::DoubleName(number));
            }
        }
        if dots != [Some(number), Some(parent)] {
            self.problem(Problem::BadDots(number));
        }
        Ok(found)
    }

    /// Compares the bitmap with the blocks seen in use.
    fn bitmap(&mut self) -> Result<(), Errno> {
        for block in 0..self.used.len() as u32 {
            let marked = bitmap::is_used(&mut self.store, block)?;
            match (self.used[block as usize], marked) {
                (true, false) => self.problem(Problem::NotMarked(block)),
                (false, true) => self.problem(Problem::Lost(block)),
                (used, _) => self.report.blocks += u32::from(used),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "fsck_tests.rs"]
mod tests;
