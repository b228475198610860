//! Disks for tests.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use lv6_fs::{Block, Disk, MemoryDisk, mkfs};
use lv6_ulib::Errno;

/// A disk that a test can look at while a file system uses it.
#[derive(Clone)]
pub struct Shared(pub Rc<RefCell<MemoryDisk>>);

impl Shared {
    /// A disk with an empty file system on it.
    pub fn formatted(blocks: u64, inodes: u32) -> Shared {
        let disk = mkfs::format(MemoryDisk::new(blocks), inodes, 1).expect("format");
        Shared(Rc::new(RefCell::new(disk)))
    }
}

impl Disk for Shared {
    fn blocks(&self) -> u64 {
        self.0.borrow().blocks()
    }
    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        self.0.borrow_mut().read(number, to)
    }
    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        self.0.borrow_mut().write(number, from)
    }
    fn flush(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

/// What a disk is told.
#[derive(Clone)]
pub enum Event {
    /// To write a block.
    Write(u64, Box<Block>),
    /// To flush.
    Flush,
}

/// A disk that remembers what it is told.
pub struct Recorder {
    pub disk: MemoryDisk,
    pub events: Rc<RefCell<Vec<Event>>>,
}

impl Disk for Recorder {
    fn blocks(&self) -> u64 {
        self.disk.blocks()
    }
    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        self.disk.read(number, to)
    }
    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        self.events.borrow_mut().push(Event::Write(number, Box::new(*from)));
        self.disk.write(number, from)
    }
    fn flush(&mut self) -> Result<(), Errno> {
        self.events.borrow_mut().push(Event::Flush);
        Ok(())
    }
}

/// A copy of a disk.
pub fn copy(disk: &MemoryDisk) -> MemoryDisk {
    let mut copy = MemoryDisk::new(disk.blocks());
    for (number, block) in disk.contents() {
        copy.write(number, block).expect("it is as large");
    }
    copy
}

/// What may be on a disk that loses its power after so many of the events: all that was flushed, and of the writes to
/// each block since then the first few, as `choose` says when told how many there are.
pub fn after_power_loss(start: &MemoryDisk, events: &[Event], mut choose: impl FnMut(usize) -> usize) -> MemoryDisk {
    let mut disk = copy(start);
    let flushed = events.iter().rposition(|event| matches!(event, Event::Flush)).map_or(0, |n| n + 1);
    let mut late: BTreeMap<u64, Vec<&Block>> = BTreeMap::new();
    for (n, event) in events.iter().enumerate() {
        match event {
            Event::Write(number, block) if n < flushed => disk.write(*number, block).expect("it was written before"),
            Event::Write(number, block) => late.entry(*number).or_default().push(block),
            Event::Flush => {}
        }
    }
    for (number, blocks) in late {
        if let Some(kept) = choose(blocks.len()).checked_sub(1) {
            disk.write(number, blocks[kept]).expect("it was written before");
        }
    }
    disk
}
