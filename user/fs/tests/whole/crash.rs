//! Power fails at any moment, and the disk has kept any part of what it was not told to flush: afterwards the file system
//! has no problems, and is as it was after one of the operations, none earlier than the last one that was synced.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use lv6_fs::{FileSystem, MemoryDisk, fsck, mkfs};
use proptest::prelude::*;

use crate::disks::{Event, Recorder, after_power_loss, copy};
use crate::model::listing;
use crate::operation::{Operation, Pair, operation};

/// All paths, with the contents of files.
type Listing = BTreeMap<String, Option<Vec<u8>>>;

/// A run of operations that was recorded.
struct Recording {
    start: MemoryDisk,
    events: Vec<Event>,
    /// What there is after each operation; first, before all.
    states: Vec<Listing>,
    /// For each operation: how many events there were when it began, and whether all before it is on the disk then.
    operations: Vec<usize>,
    /// When so many events had happened, so many operations were on the disk for certain.
    synced: Vec<(usize, usize)>,
}

fn record(operations: &[Operation]) -> Recording {
    let start = mkfs::format(MemoryDisk::new(300), 32, 1).expect("format");
    let events = Rc::new(RefCell::new(Vec::new()));
    let disk = Recorder { disk: copy(&start), events: Rc::clone(&events) };
    let mut pair = Pair::new(FileSystem::mount(disk).expect("mount"));
    events.borrow_mut().clear();
    let mut recording =
        Recording { start, events: Vec::new(), states: vec![pair.model.listing()], operations: vec![], synced: vec![] };
    for operation in operations {
        recording.operations.push(events.borrow().len());
        pair.run(operation);
        recording.states.push(pair.model.listing());
        if matches!(operation, Operation::Sync) {
            recording.synced.push((events.borrow().len(), recording.states.len() - 1));
        }
    }
    drop(pair);
    recording.events = events.take();
    recording
}

impl Recording {
    /// Checks a disk that lost its power after so many events.
    fn check(&self, cut: usize, mut disk: MemoryDisk) {
        let mut fs = FileSystem::mount(&mut disk).expect("a disk after a crash can be mounted");
        fs.sync().expect("sync");
        let found = listing(&mut fs).expect("a disk after a crash can be read");
        drop(fs);
        let report = fsck::check(&mut disk);
        assert_eq!((report.problems, report.orphans), (vec![], 0), "after {cut} events");
        let least = self.synced.iter().rev().find(|(events, _)| *events <= cut).map_or(0, |(_, state)| *state);
        let most = self.operations.iter().take_while(|began| **began <= cut).count();
        let possible = &self.states[least..=most];
        assert!(
            possible.contains(&found),
            "after {cut} events of {}: not a state from {least} to {most}",
            self.events.len()
        );
    }

    /// Checks what can be on the disk after each number of events.
    fn check_all(&self, seed: u64, tries: u32) {
        let seed = Cell::new(seed | 1);
        let random = || {
            seed.set(seed.get() ^ seed.get() << 13);
            seed.set(seed.get() ^ seed.get() >> 7);
            seed.set(seed.get() ^ seed.get() << 17);
            (seed.get() >> 16) as usize
        };
        for cut in 0..=self.events.len() {
            let events = &self.events[..cut];
            self.check(cut, after_power_loss(&self.start, events, |all| all));
            self.check(cut, after_power_loss(&self.start, events, |_| 0));
            for _ in 0..tries {
                self.check(cut, after_power_loss(&self.start, events, |all| random() % (all + 1)));
            }
        }
    }
}

#[test]
fn a_workload_that_was_cut_at_every_point() {
    let text = |text: &str| text.to_owned();
    let write = |path: &str, len| Operation::Write { path: text(path), offset: None, len, byte: len as u8 };
    let operations = [
        Operation::MakeDir(text("a")),
        write("a/b", 5000),
        Operation::Sync,
        Operation::Rename(text("a/b"), text("c")),
        write("a/b", 40_000),
        Operation::Sync,
        Operation::Rename(text("c"), text("a/b")),
        Operation::Keep(0, text("a/b")),
        Operation::Unlink(text("a/b")),
        Operation::Sync,
        Operation::RemoveDir(text("a")),
        write("c", 100),
        Operation::Truncate(text("c"), 50),
        Operation::Sync,
        Operation::Drop(0),
        Operation::Sync,
    ];
    let recording = record(&operations);
    assert!(recording.events.len() > 50 && recording.synced.len() == 5);
    recording.check_all(1, 20);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_workloads_that_were_cut_at_every_point(
        operations in prop::collection::vec(operation(), 10..60),
        seed in any::<u64>(),
    ) {
        record(&operations).check_all(seed, 3);
    }
}
