//! Random operations give what the model says, and leave a disk without problems.

use lv6_fs::{FileSystem, fsck};
use proptest::prelude::*;

use crate::disks::Shared;
use crate::model::listing;
use crate::operation::{Pair, operation};

/// Runs operations on a disk of so many blocks, and checks the disk after each.
fn run(blocks: u64, inodes: u32, operations: &[crate::operation::Operation]) {
    let disk = Shared::formatted(blocks, inodes);
    let mut pair = Pair::new(FileSystem::mount(disk.clone()).expect("mount"));
    for operation in operations {
        pair.run(operation);
        pair.compare_kept();
        pair.fs.sync().expect("sync");
        let report = fsck::check(&mut *disk.0.borrow_mut());
        assert_eq!(report.problems, [], "after {operation:?}");
    }
    assert!(listing(&mut pair.fs) == Ok(pair.model.listing()), "the trees differ");
    // A new mount sees the same; what only an open file kept is gone.
    drop(pair.fs);
    let mut fs = FileSystem::mount(disk.clone()).expect("mount");
    assert!(listing(&mut fs) == Ok(pair.model.listing()), "the trees differ after another mount");
    fs.sync().expect("sync");
    let report = fsck::check(&mut *disk.0.borrow_mut());
    assert_eq!((report.problems, report.orphans), (vec![], 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_operations_do_what_the_model_does(operations in prop::collection::vec(operation(), 1..80)) {
        run(3000, 64, &operations);
    }

    #[test]
    fn a_full_disk_loses_nothing(operations in prop::collection::vec(operation(), 20..120)) {
        run(64, 8, &operations);
    }
}
