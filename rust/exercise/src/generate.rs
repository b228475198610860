//! Random steps, biased towards arguments that succeed.
//!
//! A generator looks at the state to choose: it walks down page tables to find where the next level is missing, asks
//! the free list for pages, and cleans up after zombies. Each choice looks at a handful of entries only, so that it
//! takes no longer than the call itself. Once in a while it puts a strange number in the place of an argument.

mod cleanup;
mod device;
mod ipc;
mod process;
mod table;

use lv6_abi::limits::{NDMAPAGE, NPAGE, NPROC};
use lv6_abi::syscall::*;
use lv6_kernel::state::{Kernel, PageType, ProcState, is_pid};

use crate::random::Random;
use crate::step::Step;

/// Numbers at which a check may be off by one.
const STRANGE: [u64; 26] = [
    0,
    1,
    2,
    7,
    8,
    15,
    16,
    63,
    64,
    127,
    128,
    255,
    256,
    511,
    512,
    4096,
    4097,
    8190,
    8191,
    8192,
    65535,
    65536,
    393_216,
    1 << 32,
    1 << 63,
    u64::MAX,
];

/// Chooses steps.
pub struct Generator {
    random: Random,
    /// For each process, pages that it was given. Some may be somebody else's by now.
    pages: Vec<Vec<u16>>,
    /// For each process, DMA pages that it was given. Some may be somebody else's by now.
    dma_pages: Vec<Vec<u16>>,
}

/// A system call with few arguments.
fn call<const N: usize>(nr: u64, args: [u64; N]) -> Step {
    let mut all = [0; 6];
    all[..N].copy_from_slice(&args);
    Step::Call(nr, all)
}

impl Generator {
    /// A generator with the given seed, for a machine in its initial state.
    pub fn new(seed: u64) -> Self {
        Generator { random: Random::new(seed), pages: vec![Vec::new(); NPROC], dma_pages: vec![Vec::new(); NPROC] }
    }

    /// Chooses the next step.
    pub fn next(&mut self, k: &Kernel) -> Step {
        let step = match self.random.below(100) {
            0..34 => self.table_step(k),
            34..50 => self.process_step(k),
            50..58 => self.file_step(k),
            58..68 => self.ipc_step(k),
            68..80 => self.device_step(k),
            80..96 => self.cleanup_step(k),
            _ => self.event(k),
        };
        match step {
            Step::Call(nr, mut args) if self.random.one_in(12) => {
                let i = self.random.below(6) as usize;
                args[i] = self.strange();
                Step::Call(nr, args)
            }
            step => step,
        }
    }

    /// Takes note of what `step` has given away. Call it after each step that returned `result`, with the state after
    /// it.
    pub fn learn(&mut self, k: &Kernel, step: Step, result: u64) {
        let Step::Call(nr, args) = step else { return };
        if result != 0 {
            return;
        }
        let me = k.current as usize;
        match nr {
            SYS_CLONE => self.gave(args[0] as usize, &args[1..4]),
            SYS_ALLOC_PDPT..=SYS_ALLOC_FRAME => self.gave(args[0] as usize, &args[3..4]),
            SYS_ALLOC_IO_BITMAP => self.gave(me, &args[0..3]),
            SYS_ALLOC_IOMMU_ROOT => self.gave(me, &args[1..2]),
            SYS_ALLOC_IOMMU_PDPT..=SYS_ALLOC_IOMMU_PT => self.gave(me, &args[2..3]),
            SYS_ALLOC_IOMMU_FRAME => self.dma_pages[me].push(args[2] as u16),
            SYS_REAP => {
                self.pages[args[0] as usize].clear();
                self.dma_pages[args[0] as usize].clear();
            }
            _ => {}
        }
    }

    fn gave(&mut self, pid: usize, pages: &[u64]) {
        self.pages[pid].extend(pages.iter().map(|&pn| pn as u16));
    }

    /// A number that is likely to be refused.
    fn strange(&mut self) -> u64 {
        if self.random.one_in(4) { self.random.word() } else { self.random.pick(&STRANGE) }
    }

    /// Something that is not a system call.
    fn event(&mut self, k: &Kernel) -> Step {
        match self.random.below(10) {
            0..5 => Step::Interrupt(32 + self.random.below(24)),
            5..7 => Step::Preempt,
            7 if self.may_die(k, k.current) && k.procs[k.current as usize].ready_next != k.current => Step::Fault,
            _ => Step::Glue,
        }
    }

    /// Whether it does no harm to the rest of the trace if `pid` dies: without init, nobody adopts orphans.
    fn may_die(&mut self, k: &Kernel, pid: u64) -> bool {
        pid != 1 && is_pid(pid) || k.procs[1].state.is(ProcState::Zombie) || self.random.one_in(5000)
    }

    /// A page that is free, if there is any.
    fn free_page(&mut self, k: &Kernel) -> u64 {
        match self.random.below(16) {
            0 => self.random.below(NPAGE as u64),
            1 => k.page_desc[0].free_prev,
            _ => k.page_desc[0].free_next,
        }
    }

    /// A process in the given state, if a few looks find one.
    fn find_process(&mut self, k: &Kernel, state: ProcState) -> Option<u64> {
        let start = self.random.below(63);
        (0..16).map(|i| (start + i) % 63 + 1).find(|&pid| k.procs[pid as usize].state.is(state))
    }

    /// The current process, or an embryo that it is building.
    fn target(&mut self, k: &Kernel) -> u64 {
        match self.random.below(8) {
            0..4 => match self.find_process(k, ProcState::Embryo) {
                Some(pid) if k.procs[pid as usize].ppid == k.current => pid,
                _ => k.current,
            },
            4..7 => k.current,
            _ => 1 + self.random.below(63),
        }
    }

    /// A page of type `kind` that `pid` owns, if a few looks find one.
    fn find_page(&mut self, k: &Kernel, pid: u64, kind: PageType) -> Option<u64> {
        let known = self.pages.get(pid as usize)?;
        if known.is_empty() {
            return None;
        }
        (0..6).map(|_| u64::from(self.random.pick(known))).find(|&pn| {
            let desc = &k.page_desc[pn as usize];
            desc.owner == pid && desc.kind.is(kind)
        })
    }

    /// A DMA page that is free, if a few looks find one.
    fn free_dma_page(&mut self, k: &Kernel) -> u64 {
        let start = self.random.below(NDMAPAGE as u64);
        (0..8).map(|i| (start + i) % NDMAPAGE as u64).find(|&n| k.dma[n as usize].owner == 0).unwrap_or(start)
    }

    /// A descriptor number of `pid` whose slot is in use, or not.
    fn find_fd(&mut self, k: &Kernel, pid: u64, in_use: bool) -> u64 {
        let start = self.random.below(16);
        (0..16)
            .map(|i| (start + i) % 16)
            .find(|&fd| (k.procs[pid as usize % NPROC].ofile[fd as usize] != 0) == in_use)
            .unwrap_or(start)
    }
}
