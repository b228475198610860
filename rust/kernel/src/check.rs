//! The invariant as code: every clause that the proofs assume before a call and re-prove after it.
//!
//! A clause has the same name as in `lean/Lv6/Spec/Inv.lean`. Nothing here is part of the proof: the boot crate evaluates
//! it once in debug builds, and the tests evaluate it after each call, to find out early what a proof would find late.
//! Clauses are evaluated in order, and one may rely on the bounds that an earlier one has established.

mod devices;
mod lists;
mod procs;
mod tables;

use lv6_abi::layout::{PCI_START_FRAME, SHARED_FRAMES};
use lv6_abi::limits::NPROC;

use crate::state::{Kernel, Proc, is_pid};

/// A clause: its name, and whether it holds.
pub type Clause = (&'static str, fn(&Kernel) -> bool);

/// The whole invariant.
pub const CLAUSES: &[Clause] = &[
    ("base", base),
    ("null", procs::null),
    ("current", procs::current),
    ("running", procs::running),
    ("killed", procs::killed),
    ("ring", lists::ring),
    ("freeList", lists::free_list),
    ("pageOwner", tables::page_owner),
    ("nrPages", tables::nr_pages),
    ("unused", procs::unused),
    ("nrChildren", procs::nr_children),
    ("live", procs::live),
    ("entries", tables::entries),
    ("unique", tables::unique),
    ("nrFds", procs::nr_fds),
    ("files", procs::files),
    ("sleeping", procs::sleeping),
    ("dma", devices::dma),
    ("devices", devices::devices),
    ("deviceRoot", devices::device_root),
    ("pciPages", devices::pci_pages),
    ("iommuEntries", devices::iommu_entries),
    ("vectors", devices::vectors),
    ("intremaps", devices::intremaps),
    ("ports", devices::ports),
    ("ioBitmap", devices::io_bitmap),
    ("portBits", devices::port_bits),
];

/// The clauses that look at no table longer than the process table, or look only at the neighbourhood of the current
/// process and of the free list's anchor. They take well under a microsecond.
pub const QUICK_CLAUSES: &[Clause] = &[
    ("base", base),
    ("null", procs::null),
    ("current", procs::current),
    ("running", procs::running),
    ("ring", lists::ring_near),
    ("freeList", lists::free_list_near),
    ("live", procs::live_current),
];

fn first_failure(k: &Kernel, clauses: &[Clause]) -> Result<(), &'static str> {
    for (name, holds) in clauses {
        if !holds(k) {
            return Err(name);
        }
    }
    Ok(())
}

impl Kernel {
    /// Evaluates the whole invariant, and names the first clause that fails.
    pub fn check(&self) -> Result<(), &'static str> {
        first_failure(self, CLAUSES)
    }

    /// Evaluates the cheap part of the invariant, see [`QUICK_CLAUSES`], and names the first clause that fails.
    pub fn check_quick(&self) -> Result<(), &'static str> {
        first_failure(self, QUICK_CLAUSES)
    }
}

/// The shared tables lie above address 0 and below the PCI hole, so frame numbers tell them and PCI pages apart.
fn base(k: &Kernel) -> bool {
    k.base > 0 && k.base <= PCI_START_FRAME - SHARED_FRAMES
}

/// Whether `owners` names only valid processes and 0, and each process as often as its counter says.
fn counted(k: &Kernel, owners: impl Iterator<Item = u64>, counter: fn(&Proc) -> u64) -> bool {
    let mut count = [0u64; NPROC];
    for owner in owners {
        if owner == 0 {
            continue;
        }
        if !is_pid(owner) {
            return false;
        }
        count[owner as usize] += 1;
    }
    k.procs.iter().zip(count).skip(1).all(|(proc, n)| counter(proc) == n)
}

/// A set of numbers below `64 * WORDS`.
struct Set<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Set<WORDS> {
    fn new() -> Self {
        Set([0; WORDS])
    }

    fn contains(&self, n: u64) -> bool {
        self.0[(n / 64) as usize] >> (n % 64) & 1 == 1
    }

    /// Adds `n`; false if it was there already.
    fn insert(&mut self, n: u64) -> bool {
        let fresh = !self.contains(n);
        self.0[(n / 64) as usize] |= 1 << (n % 64);
        fresh
    }
}
