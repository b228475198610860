//! Random traces over all handlers: after each call the whole invariant holds, and a call that fails changes nothing.

use lv6_abi::syscall::*;
use lv6_exercise::soak::{Options, Report, soak};

/// Every call of the core.
const CALLS: &[u64] = &[
    SYS_MAP_PAGE_DESC,
    SYS_MAP_PML4,
    SYS_MAP_PROC,
    SYS_MAP_DEV,
    SYS_MAP_FILE,
    SYS_CLONE,
    SYS_SET_PROC_NAME,
    SYS_SET_RUNNABLE,
    SYS_SWITCH,
    SYS_KILL,
    SYS_REAP,
    SYS_REPARENT,
    SYS_ALLOC_PDPT,
    SYS_ALLOC_PD,
    SYS_ALLOC_PT,
    SYS_ALLOC_FRAME,
    SYS_COPY_FRAME,
    SYS_PROTECT_FRAME,
    SYS_FREE_PDPT,
    SYS_FREE_PD,
    SYS_FREE_PT,
    SYS_FREE_FRAME,
    SYS_RECLAIM_PAGE,
    SYS_CREATE,
    SYS_CLOSE,
    SYS_DUP,
    SYS_DUP2,
    SYS_LSEEK,
    SYS_SEND,
    SYS_RECV,
    SYS_REPLY_WAIT,
    SYS_CALL,
    SYS_MAP_PCIPAGE,
    SYS_ALLOC_IOMMU_ROOT,
    SYS_ALLOC_IOMMU_PDPT,
    SYS_ALLOC_IOMMU_PD,
    SYS_ALLOC_IOMMU_PT,
    SYS_ALLOC_IOMMU_FRAME,
    SYS_MAP_IOMMU_FRAME,
    SYS_RECLAIM_IOMMU_FRAME,
    SYS_RECLAIM_IOMMU_ROOT,
    SYS_ALLOC_VECTOR,
    SYS_RECLAIM_VECTOR,
    SYS_ALLOC_INTREMAP,
    SYS_RECLAIM_INTREMAP,
    SYS_ACK_INTR,
    SYS_ALLOC_IO_BITMAP,
    SYS_ALLOC_PORT,
    SYS_RECLAIM_PORT,
];

fn run(options: Options) -> Report {
    match soak(&options) {
        Ok(report) => report,
        Err(failure) => panic!("{failure}"),
    }
}

/// The trace is worth something: each call succeeded, and failed, a fair number of times.
fn assert_all_met(report: &Report) {
    for &nr in CALLS {
        assert!(report.successes(nr) >= 5, "call {nr} succeeded too seldom:\n{report}");
    }
}

#[test]
fn the_invariant_holds_after_each_of_fifty_thousand_calls() {
    assert_all_met(&run(Options::thorough(50_000, 1)));
}

#[test]
fn the_invariant_holds_after_each_of_another_fifty_thousand_calls() {
    assert_all_met(&run(Options::thorough(50_000, 2)));
}

#[test]
fn the_cheap_invariant_holds_through_a_long_run() {
    assert_all_met(&run(Options::fast(1_000_000, 3)));
}
