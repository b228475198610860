//! Tables of calls that must fail, each with its error, and leave everything as it was.

use alloc::vec;
use alloc::vec::Vec;

use lv6_abi::limits::{INIT_PID, NPAGE};
use lv6_kernel::state::PageType;
use lv6_ulib::Errno;
use lv6_ulib::memory::root_page;
use lv6_ulib::paging::{frame_of, index};
use lv6_ulib::process::{find_free_pid, getpid};
use lv6_ulib::sys::call::must_fail;
use lv6_ulib::sys::entry::startup;
use lv6_ulib::sys::tables::{Table, entry, page_desc, page_of_frame, proc, words};

use crate::kernel_tables;

/// A call, its arguments (the rest is 0), and the error that it must return.
pub type Case = (u64, Vec<u64>, Errno);

/// Makes each call, compares its error, and sees that nothing in the kernel's tables has changed.
pub fn all_fail(cases: Vec<Case>) {
    let small = [Table::Processes, Table::Files];
    let tables = [Table::Processes, Table::Files, Table::Devices, Table::Pages];
    let mut before = tables.map(|table| (table, vec![0; words(table).count()]));
    // Now that the memory for it is there, what it contains.
    for (table, contents) in &mut before {
        contents.iter_mut().zip(words(*table)).for_each(|(copy, word)| *copy = word);
    }
    for (nr, args, expected) in cases {
        let mut all = [0; 6];
        all[..args.len()].copy_from_slice(&args);
        assert_eq!(must_fail(nr, all), expected, "call {nr} with {args:x?}");
        for (table, before) in before.iter().filter(|(table, _)| small.contains(table)) {
            assert!(before.iter().copied().eq(words(*table)), "call {nr} with {args:x?} has changed {table:?}");
        }
    }
    for (table, before) in &before {
        assert!(before.iter().copied().eq(words(*table)), "one of the calls has changed {table:?}");
    }
    assert_eq!(kernel_tables::check(), Ok(()));
}

/// Shorthand for a case.
pub fn case<const N: usize>(nr: u64, args: [u64; N], expected: Errno) -> Case {
    (nr, args.to_vec(), expected)
}

/// Numbers that are out of range for everything.
pub const ANY_BAD: [u64; 4] = [NPAGE as u64, 1 << 32, 1 << 63, u64::MAX];

/// What the calls of this test can be about.
pub struct World {
    /// The pid of this process.
    pub me: u64,
    /// A free process slot.
    pub unused: u64,
    /// The root table of this program, and those through which its first page is translated.
    pub root: u64,
    pub pdpt: u64,
    pub pd: u64,
    pub pt: u64,
    /// The first page of this program, and its slot in `pt`.
    pub frame: u64,
    pub slot: u64,
    /// The last page of the free list: what is allocated meanwhile comes from its start.
    pub free: u64,
    /// Where the kernel keeps the registers of this process.
    pub stack: u64,
    /// Init's root table, a level-1 table of init and a frame of init.
    pub others: u64,
    pub others_pt: u64,
    pub others_frame: u64,
}

impl World {
    /// Looks around.
    pub fn new() -> World {
        let image = startup().image;
        let page = |level| entry(image, level).and_then(|e| page_of_frame(frame_of(e))).expect("the image is mapped");
        let of_init = |kind| {
            let belongs = |pn: &u64| page_desc(*pn).owner == INIT_PID && page_desc(*pn).kind.is(kind);
            (0..NPAGE as u64).find(belongs).expect("init has pages")
        };
        World {
            me: getpid(),
            unused: find_free_pid().expect("a slot is free"),
            root: root_page(),
            pdpt: page(4),
            pd: page(3),
            pt: page(2),
            frame: page(1),
            slot: index(image, 1),
            free: page_desc(0).free_prev,
            stack: proc(getpid()).stack,
            others: proc(INIT_PID).page_table_root,
            others_pt: of_init(PageType::X86Pt),
            others_frame: of_init(PageType::Frame),
        }
    }
}
