use super::*;
use crate::memory_disk::MemoryDisk;
use crate::mkfs;

fn store() -> Store<MemoryDisk> {
    Store::open(mkfs::format(MemoryDisk::new(400), 32, 5).unwrap()).unwrap()
}

/// The last block of the disk, and those before it.
fn last(n: u32) -> u32 {
    399 - n
}

fn set(store: &mut Store<MemoryDisk>, number: u32, byte: u8) {
    store.modify(number).unwrap().fill(byte);
}

#[test]
fn changes_reach_the_disk_when_they_are_committed() {
    let mut store = store();
    store.begin().unwrap();
    set(&mut store, last(0), 7);
    store.end();
    let mut block = [0; BLOCK_SIZE];
    store.disk.read(399, &mut block).unwrap();
    assert_eq!((block[0], store.is_changed()), (0, true));
    store.commit().unwrap();
    store.disk.read(399, &mut block).unwrap();
    assert_eq!((block[0], store.is_changed()), (7, false));
}

#[test]
fn an_operation_that_fails_is_undone() {
    let mut store = store();
    store.begin().unwrap();
    set(&mut store, last(0), 1);
    store.end();
    store.begin().unwrap();
    set(&mut store, last(0), 2);
    set(&mut store, last(0), 3);
    set(&mut store, last(1), 4);
    store.fresh(last(2)).unwrap().fill(5);
    store.undo();
    let bytes: std::vec::Vec<u8> = (0..3).map(|n| store.read(last(n)).unwrap()[0]).collect();
    assert_eq!(bytes, [1, 0, 0]);
    assert_eq!(store.changed, 1);
    store.commit().unwrap();
    assert_eq!(
        store.into_disk().contents().filter(|(n, _)| *n > 390).map(|(n, _)| n).collect::<std::vec::Vec<_>>(),
        [399]
    );
}

#[test]
fn nothing_changes_outside_of_an_operation() {
    let mut store = store();
    assert_eq!(store.modify(last(0)).err(), Some(Errno::EROFS));
    assert_eq!(store.fresh(last(0)).err(), Some(Errno::EROFS));
}

#[test]
fn blocks_that_do_not_exist_are_refused() {
    let mut store = store();
    store.begin().unwrap();
    assert_eq!(store.read(400).err(), Some(Errno::EUCLEAN));
    assert_eq!(store.modify(u32::MAX).err(), Some(Errno::EUCLEAN));
    assert_eq!(store.fresh(0).err(), Some(Errno::EUCLEAN));
}

#[test]
fn what_does_not_fit_into_the_log_is_refused_and_undone() {
    let mut store = store();
    let capacity = store.geometry().log_capacity() as u32;
    store.begin().unwrap();
    (0..capacity).for_each(|n| set(&mut store, last(n), 1));
    assert_eq!(store.modify(last(capacity)).err(), Some(Errno::EFBIG));
    store.undo();
    assert!(!store.is_changed());
}

#[test]
fn operations_are_written_before_the_log_is_too_small_for_the_next() {
    let mut store = store();
    for n in 0..100 {
        store.begin().unwrap();
        set(&mut store, last(n), n as u8 + 1);
        store.end();
        assert!(store.changed <= store.geometry.log_capacity());
    }
    assert!(store.sequence > 4, "it was written on the way");
    assert!((0..100).all(|n| store.read(last(n)).unwrap()[0] == n as u8 + 1));
}

#[test]
fn the_cache_has_a_limit() {
    let mut store = store();
    for n in 0..300 {
        store.read(n).unwrap();
    }
    assert!(store.cache.len() <= CACHE_BLOCKS);
}

/// A disk that fails when so many more writes have been made.
struct Failing(MemoryDisk, u32);

impl Disk for Failing {
    fn blocks(&self) -> u64 {
        self.0.blocks()
    }
    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        self.0.read(number, to)
    }
    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        self.1 = self.1.checked_sub(1).ok_or(Errno::EIO)?;
        self.0.write(number, from)
    }
    fn flush(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    for writes in 0..3 {
        let disk = mkfs::format(MemoryDisk::new(400), 32, 5).unwrap();
        let mut store = Store::open(Failing(disk, 1000)).unwrap();
        store.disk.1 = writes;
        store.begin().unwrap();
        store.modify(last(0)).unwrap().fill(1);
        store.end();
        assert_eq!(store.commit(), Err(Errno::EIO));
        store.disk.1 = 1000;
        assert_eq!((store.commit(), store.begin()), (Err(Errno::EIO), Err(Errno::EIO)));
        assert_eq!(store.read(last(0)).unwrap()[0], 1);
    }
}
