//! The invariant as code: every clause that the proofs assume before a call and re-prove after it.
//!
//! A clause has the name of its record in `lean/Lv6/Spec/Inv.lean` and of its field there. Nothing here is part of the
//! proof: the boot crate evaluates it once in debug builds, and the tests evaluate it after each call, to find out
//! early what a proof would find late. Clauses are evaluated in order, and one may rely on the bounds that an earlier
//! one has established.

mod devices;
mod lists;
mod procs;
mod tables;

use lv6_abi::layout::{PCI_START_FRAME, SHARED_FRAMES};
use lv6_abi::limits::NPROC;

use crate::state::{Kernel, PageType, Proc, is_pid};

/// A clause: its name, and whether it holds.
pub type Clause = (&'static str, fn(&Kernel) -> bool);

/// The invariant of the specification.
pub const CLAUSES: &[Clause] = &[
    ("table.base", base),
    ("proc.pid", procs::pid),
    ("proc.running", procs::running),
    ("proc.nobody", procs::nobody),
    ("proc.dying", procs::dying),
    ("proc.parent", procs::parent),
    ("proc.children", procs::children),
    ("ready.ring", lists::ready_ring),
    ("ready.off", lists::ready_off),
    ("page.reserved", tables::reserved),
    ("page.owner", tables::owner),
    ("page.pages", tables::pages),
    ("free.ring", lists::free_ring),
    ("free.off", lists::free_off),
    ("unused.children", |k| procs::unused(k, |proc| proc.nr_children)),
    ("unused.fds", |k| procs::unused(k, |proc| proc.nr_fds)),
    ("unused.pages", |k| procs::unused(k, |proc| proc.nr_pages)),
    ("unused.dmapages", |k| procs::unused(k, |proc| proc.nr_dmapages)),
    ("unused.devs", |k| procs::unused(k, |proc| proc.nr_devs)),
    ("unused.ports", |k| procs::unused(k, |proc| proc.nr_ports)),
    ("unused.vectors", |k| procs::unused(k, |proc| proc.nr_vectors)),
    ("unused.intremaps", |k| procs::unused(k, |proc| proc.nr_intremaps)),
    ("root.rootPage", |k| procs::own_page(k, |proc| proc.page_table_root, PageType::X86Pml4)),
    ("root.stackPage", |k| procs::own_page(k, |proc| proc.stack, PageType::ProcData)),
    ("root.hvmPage", |k| procs::own_page(k, |proc| proc.hvm, PageType::ProcData)),
    ("root.distinct", procs::distinct),
    ("root.bitmap", devices::bitmap),
    ("root.apart", devices::apart),
    ("table.entries", tables::entries),
    ("table.unique", tables::unique),
    ("file.number", procs::number),
    ("file.fds", procs::fds),
    ("file.refs", procs::refs),
    ("file.used", procs::used),
    ("sleep.page", procs::sleep_page),
    ("sleep.fd", procs::sleep_fd),
    ("intr.asleep", procs::asleep),
    ("device.dma", devices::dma),
    ("device.dmapages", devices::dmapages),
    ("device.pci", devices::pci),
    ("device.devs", devices::devs),
    ("device.port", devices::port),
    ("device.ports", devices::ports),
    ("device.vector", devices::vector),
    ("device.vectors", devices::vectors),
    ("device.intremap", devices::intremap),
    ("device.intremaps", devices::intremaps),
    ("port.bits", devices::bits),
    ("port.last", devices::last),
    ("port.owner", devices::owner),
    ("iommu.root", devices::iommu_root),
    ("iommu.entries", devices::iommu_entries),
];

/// What holds as well, but the specification does not say.
pub const MORE_CLAUSES: &[Clause] = &[
    ("unused.blank", procs::blank),
    ("file.blank", procs::file_blank),
    ("device.blank", devices::device_blank),
    ("device.pciPage", devices::pci_page),
    ("device.intremapBlank", devices::intremap_blank),
    ("root.bitmapBlank", devices::bitmap_blank),
];

/// The clauses that look at no table longer than the process table, or look only at the neighbourhood of the current
/// process and of the free list's anchor. They take well under a microsecond.
pub const QUICK_CLAUSES: &[Clause] = &[
    ("table.base", base),
    ("proc.pid", procs::pid),
    ("proc.running", procs::running),
    ("proc.nobody", procs::nobody),
    ("ready.ring", lists::ready_near),
    ("free.ring", lists::free_near),
    ("root.rootPage", |k| procs::owns(k, k.current, k.procs[k.current as usize].page_table_root, PageType::X86Pml4)),
    ("root.stackPage", |k| procs::owns(k, k.current, k.procs[k.current as usize].stack, PageType::ProcData)),
    ("root.hvmPage", |k| procs::owns(k, k.current, k.procs[k.current as usize].hvm, PageType::ProcData)),
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
        first_failure(self, CLAUSES)?;
        first_failure(self, MORE_CLAUSES)
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

/// Whether each process is among `owners` as often as its counter says. Owners that are no process do not count.
fn counted(k: &Kernel, owners: impl Iterator<Item = u64>, counter: fn(&Proc) -> u64) -> bool {
    let mut count = [0u64; NPROC];
    for owner in owners {
        if is_pid(owner) {
            count[owner as usize] += 1;
        }
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
