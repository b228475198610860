//! The blocks of a file system: a cache, and operations that change several blocks or none.
//!
//! What an operation changes stays in the cache until [`Store::commit`] writes it, together with what other operations
//! have changed meanwhile, through the log. An operation that fails is undone.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use lv6_ulib::Errno;

use crate::disk::{BLOCK_SIZE, Block, Disk};
use crate::layout::{Geometry, SUPERBLOCK, Superblock};
use crate::log;

/// Blocks that are kept although nobody has changed them.
const CACHE_BLOCKS: usize = 64;

/// A block in the cache.
struct Cached {
    contents: Box<Block>,
    /// Whether it differs from what is on the disk.
    changed: bool,
    /// When it was used last, in uses.
    used: u64,
}

/// What a block was before the operation that is under way: contents, and whether they differed from the disk; none if
/// it was not in the cache.
type Before = Option<(Box<Block>, bool)>;

/// The blocks of a file system.
pub struct Store<D> {
    disk: D,
    geometry: Geometry,
    cache: BTreeMap<u32, Cached>,
    /// How many uses of blocks there were.
    uses: u64,
    /// How many blocks of the cache differ from the disk.
    changed: usize,
    /// The blocks that the operation under way has changed; none if there is no operation.
    before: Option<BTreeMap<u32, Before>>,
    /// Number of the next write of the log.
    sequence: u64,
    /// The time, in nanoseconds since 1970.
    pub now: u64,
    /// Whether a write has failed: what is on the disk is not known any more, and nothing more is written.
    failed: bool,
}

impl<D: Disk> Store<D> {
    /// The blocks of the file system on a disk, after finishing what was begun when the machine stopped. Also returns
    /// the greatest time that the disk knows of.
    ///
    /// EINVAL if there is no file system; EUCLEAN if it is damaged or larger than the disk.
    pub fn open(mut disk: D) -> Result<Store<D>, Errno> {
        let mut block = Box::new([0; BLOCK_SIZE]);
        disk.read(SUPERBLOCK.into(), &mut block)?;
        let Superblock { geometry, made } = Superblock::decode(&block)?;
        if u64::from(geometry.blocks) > disk.blocks() {
            return Err(Errno::EUCLEAN);
        }
        let header = log::recover(&mut disk, &geometry)?.unwrap_or_else(|| log::Header::empty(made));
        Ok(Store {
            disk,
            geometry,
            cache: BTreeMap::new(),
            uses: 0,
            changed: 0,
            before: None,
            sequence: header.sequence.wrapping_add(1),
            now: made.max(header.time),
            failed: false,
        })
    }

    /// Where things are.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The disk. What was changed since the last commit is lost.
    pub fn into_disk(self) -> D {
        self.disk
    }

    /// Whether something is not on the disk yet.
    pub fn is_changed(&self) -> bool {
        self.changed > 0
    }

    /// Makes room for another block.
    fn evict(&mut self) {
        while self.cache.len() >= CACHE_BLOCKS + self.changed {
            let unchanged = self.cache.iter().filter(|(_, cached)| !cached.changed);
            let Some((&oldest, _)) = unchanged.min_by_key(|(_, cached)| cached.used) else { return };
            self.cache.remove(&oldest);
        }
    }

    /// A block in the cache, read from the disk if need be. EUCLEAN if there is no such block.
    fn cached(&mut self, number: u32) -> Result<&mut Cached, Errno> {
        if number >= self.geometry.blocks {
            return Err(Errno::EUCLEAN);
        }
        self.uses += 1;
        if !self.cache.contains_key(&number) {
            self.evict();
            let mut contents = Box::new([0; BLOCK_SIZE]);
            self.disk.read(number.into(), &mut contents)?;
            self.cache.insert(number, Cached { contents, changed: false, used: 0 });
        }
        let cached = self.cache.get_mut(&number).ok_or(Errno::EIO)?;
        cached.used = self.uses;
        Ok(cached)
    }

    /// The contents of a block.
    pub fn read(&mut self, number: u32) -> Result<&Block, Errno> {
        self.cached(number).map(|cached| &*cached.contents)
    }

    /// Remembers what a block is, in case that the operation fails. EROFS outside of an operation; EFBIG if the
    /// operation changes more than the log can hold.
    fn remember(&mut self, number: u32) -> Result<(), Errno> {
        let before = self.before.as_mut().ok_or(Errno::EROFS)?;
        if before.contains_key(&number) {
            return Ok(());
        }
        let old = self.cache.get(&number);
        if self.changed >= self.geometry.log_capacity() && !old.is_some_and(|cached| cached.changed) {
            return Err(Errno::EFBIG);
        }
        before.insert(number, old.map(|cached| (cached.contents.clone(), cached.changed)));
        Ok(())
    }

    /// The contents of a block, to be changed by the operation that is under way.
    pub fn modify(&mut self, number: u32) -> Result<&mut Block, Errno> {
        self.cached(number)?;
        self.remember(number)?;
        let cached = self.cache.get_mut(&number).ok_or(Errno::EIO)?;
        self.changed += usize::from(!cached.changed);
        cached.changed = true;
        Ok(&mut cached.contents)
    }

    /// As [`Store::modify`], for a block whose contents do not matter any more: they are zero now.
    pub fn fresh(&mut self, number: u32) -> Result<&mut Block, Errno> {
        if !self.geometry.is_data(number) {
            return Err(Errno::EUCLEAN);
        }
        self.remember(number)?;
        self.uses += 1;
        let new = Cached { contents: Box::new([0; BLOCK_SIZE]), changed: true, used: self.uses };
        let was_changed = self.cache.insert(number, new).is_some_and(|old| old.changed);
        self.changed += usize::from(!was_changed);
        self.cache.get_mut(&number).map(|cached| &mut *cached.contents).ok_or(Errno::EIO)
    }

    /// Begins an operation. What operations before have changed is written first if both do not fit into the log. EIO
    /// if a write has failed.
    pub fn begin(&mut self) -> Result<(), Errno> {
        if self.failed {
            return Err(Errno::EIO);
        }
        if self.changed + self.geometry.operation_max() > self.geometry.log_capacity() {
            self.commit()?;
        }
        self.before = Some(BTreeMap::new());
        Ok(())
    }

    /// Ends an operation: what it has changed stays.
    pub fn end(&mut self) {
        self.before = None;
    }

    /// Ends an operation that has failed: what it has changed is as it was.
    pub fn undo(&mut self) {
        for (number, before) in self.before.take().unwrap_or_default() {
            let is_changed = self.cache.get(&number).is_some_and(|cached| cached.changed);
            let was_changed = before.as_ref().is_some_and(|(_, changed)| *changed);
            match before {
                Some((contents, changed)) => {
                    self.cache.insert(number, Cached { contents, changed, used: self.uses });
                }
                None => drop(self.cache.remove(&number)),
            }
            self.changed = self.changed + usize::from(was_changed) - usize::from(is_changed);
        }
    }

    /// Writes what has changed, all or nothing, and returns when it is on the disk. After an error nothing more is
    /// written.
    pub fn commit(&mut self) -> Result<(), Errno> {
        if self.failed {
            return Err(Errno::EIO);
        }
        if self.changed == 0 {
            return Ok(());
        }
        let changed = self.cache.iter().filter(|(_, cached)| cached.changed);
        let changes = changed.map(|(number, cached)| (*number, &*cached.contents));
        if let Err(e) = log::write(&mut self.disk, self.sequence, self.now, changes) {
            self.failed = true;
            return Err(e);
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.cache.values_mut().for_each(|cached| cached.changed = false);
        self.changed = 0;
        Ok(())
    }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
