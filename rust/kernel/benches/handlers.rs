//! What each call costs: its success, and its first failing check. `cargo bench -p lv6-kernel`.
//!
//! Each call is made many times in the same state of the test world. What it changed is put back in between, outside of
//! the measured time; the figure is the median, less the cost of reading the clock. A call that fails changes nothing,
//! so it is made a thousand times between two readings of the clock.

#[allow(dead_code)]
#[path = "../tests/handlers/world.rs"]
mod world;

use std::hint::black_box;
use std::time::Instant;

use lv6_abi::syscall::*;
use lv6_exercise::machine::{DEVICES, ECAM_FRAME};
use lv6_exercise::{Machine, Step};
use lv6_kernel::Kernel;
use world::*;

/// How many times each call is made.
const ROUNDS: usize = 4001;

const P: Pages = pages(INIT);
const E: Pages = pages(EMBRYO);
const NO_PAGE: u64 = 8192;
const NONE: u64 = u64::MAX;

/// A call: what comes before it, the arguments that succeed, and arguments that fail the first check.
struct Row {
    name: &'static str,
    nr: u64,
    before: &'static [(u64, [u64; 3])],
    succeeds: [u64; 6],
    fails: Option<[u64; 6]>,
}

/// A row whose call fails if argument `which` is `bad`.
fn row<const N: usize>(name: &'static str, nr: u64, args: [u64; N], which: usize, bad: u64) -> Row {
    let mut succeeds = [0; 6];
    succeeds[..N].copy_from_slice(&args);
    let mut fails = succeeds;
    fails[which] = bad;
    Row { name, nr, before: &[], succeeds, fails: Some(fails) }
}

/// What one call changed, so that it can be put back.
#[derive(Default)]
struct Changed {
    pages: Vec<usize>,
    dma_pages: Vec<usize>,
    page_desc: Vec<usize>,
    pci: Vec<usize>,
    ports: Vec<usize>,
}

fn changed<T: PartialEq>(old: &[T], new: &[T]) -> Vec<usize> {
    (0..old.len()).filter(|&i| old[i] != new[i]).collect()
}

impl Changed {
    fn between(old: &Kernel, new: &Kernel) -> Self {
        Changed {
            pages: changed(&old.pages, &new.pages),
            dma_pages: changed(&old.dma_pages, &new.dma_pages),
            page_desc: changed(&old.page_desc, &new.page_desc),
            pci: changed(&old.pci, &new.pci),
            ports: changed(&old.ports, &new.ports),
        }
    }

    fn put_back(&self, k: &mut Kernel, old: &Kernel) {
        self.pages.iter().for_each(|&i| k.pages[i] = old.pages[i]);
        self.dma_pages.iter().for_each(|&i| k.dma_pages[i] = old.dma_pages[i]);
        self.page_desc.iter().for_each(|&i| k.page_desc[i] = old.page_desc[i]);
        self.pci.iter().for_each(|&i| k.pci[i] = old.pci[i]);
        self.ports.iter().for_each(|&i| k.ports[i] = old.ports[i]);
        k.procs.copy_from_slice(&old.procs);
        k.files.copy_from_slice(&old.files);
        k.dma.copy_from_slice(&old.dma);
        k.vectors.copy_from_slice(&old.vectors);
        k.intremaps.copy_from_slice(&old.intremaps);
        k.current = old.current;
        k.requests = old.requests;
    }
}

/// The median time of `work`, in nanoseconds, with `put_back` after each.
fn median(m: &mut Machine, work: impl Fn(&mut Machine) -> u64, put_back: impl Fn(&mut Machine)) -> u128 {
    let mut times: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(work(m));
            let time = start.elapsed().as_nanos();
            put_back(m);
            time
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

/// The time of one call that fails.
fn time_failure(before: &Machine, m: &mut Machine, nr: u64, args: [u64; 6]) -> f64 {
    m.copy_from(before);
    assert_ne!(m.call(nr, args), 0, "call {nr} {args:x?}");
    let thousand = |m: &mut Machine| (0..1000).map(|_| m.call(black_box(nr), black_box(args))).sum();
    median(m, thousand, |_| {}) as f64 / 1000.0
}

/// The time of one step that succeeds.
fn time_success(before: &Machine, m: &mut Machine, step: Step) -> u128 {
    m.copy_from(before);
    assert_eq!(m.apply(step), 0, "{step}");
    let change = Changed::between(before, m);
    change.put_back(m, before);
    assert!(m.same(before), "{step} is not put back");
    let clock = median(m, |_| 0, |m| change.put_back(m, before));
    median(m, |m| m.apply(black_box(step)), |m| change.put_back(m, before)).saturating_sub(clock)
}

fn rows() -> Vec<Row> {
    let zombie = pages(ZOMBIE);
    let to_runnable: &[(u64, [u64; 3])] = &[(SYS_SWITCH, [RUNNABLE, 0, 0])];
    let no_route: &[(u64, [u64; 3])] = &[(SYS_RECLAIM_INTREMAP, [ZOMBIE_ROUTE, 0, 0])];
    let no_device: &[(u64, [u64; 3])] =
        &[(SYS_RECLAIM_INTREMAP, [ZOMBIE_ROUTE, 0, 0]), (SYS_RECLAIM_IOMMU_ROOT, [ZOMBIE_DEVICE, 0, 0])];
    let page = ECAM_FRAME - 0xa0000 + DEVICES[1];
    vec![
        row("sys_map_page_desc", SYS_MAP_PAGE_DESC, [EMBRYO, E.pt, 9, 63, RO], 3, 64),
        row("sys_map_pml4", SYS_MAP_PML4, [EMBRYO, 272, RO], 0, 0),
        row("sys_map_proc", SYS_MAP_PROC, [EMBRYO, E.pt, 9, 5, RO], 3, 6),
        row("sys_map_dev", SYS_MAP_DEV, [EMBRYO, E.pt, 9, 1, RO], 3, 2),
        row("sys_map_file", SYS_MAP_FILE, [EMBRYO, E.pt, 9, 1, RO], 3, 2),
        row("sys_clone", SYS_CLONE, [UNUSED, FREE, FREE + 1, FREE + 2], 0, 0),
        Row { fails: None, ..row("sys_set_proc_name", SYS_SET_PROC_NAME, [1, 2], 0, 0) },
        row("sys_set_runnable", SYS_SET_RUNNABLE, [EMBRYO], 0, 0),
        row("sys_switch", SYS_SWITCH, [RUNNABLE], 0, 0),
        row("sys_kill", SYS_KILL, [RUNNABLE], 0, 0),
        row("sys_reap", SYS_REAP, [CORPSE], 0, 0),
        row("sys_reparent", SYS_REPARENT, [ORPHAN], 0, 0),
        row("sys_alloc_pdpt", SYS_ALLOC_PDPT, [INIT, P.root, 9, FREE, RW], 3, NO_PAGE),
        row("sys_alloc_pd", SYS_ALLOC_PD, [INIT, P.pdpt, 9, FREE, RW], 3, NO_PAGE),
        row("sys_alloc_pt", SYS_ALLOC_PT, [INIT, P.pd, 9, FREE, RW], 3, NO_PAGE),
        row("sys_alloc_frame", SYS_ALLOC_FRAME, [INIT, P.pt, 9, FREE, RW], 3, NO_PAGE),
        row("sys_copy_frame", SYS_COPY_FRAME, [P.frame, EMBRYO, E.frame], 0, NO_PAGE),
        row("sys_protect_frame", SYS_PROTECT_FRAME, [P.pt, 0, P.frame, RO], 0, NO_PAGE),
        row("sys_free_pdpt", SYS_FREE_PDPT, [P.root, 0, P.pdpt], 0, NO_PAGE),
        row("sys_free_pd", SYS_FREE_PD, [P.pdpt, 0, P.pd], 0, NO_PAGE),
        row("sys_free_pt", SYS_FREE_PT, [P.pd, 0, P.pt], 0, NO_PAGE),
        row("sys_free_frame", SYS_FREE_FRAME, [P.pt, 0, P.frame], 0, NO_PAGE),
        row("sys_reclaim_page", SYS_RECLAIM_PAGE, [pages(REMAINS).frame], 0, NO_PAGE),
        row("sys_create", SYS_CREATE, [9, FREE_FILE, 2, 7, 3], 2, 0),
        row("sys_close", SYS_CLOSE, [ZOMBIE, 3], 0, 0),
        row("sys_dup", SYS_DUP, [0, EMBRYO, 9], 1, 0),
        row("sys_dup2", SYS_DUP2, [0, EMBRYO, 4], 1, 0),
        row("sys_lseek", SYS_LSEEK, [0, 100], 0, 16),
        row("sys_send (no bytes)", SYS_SEND, [SLEEPER, 1, P.frame, 0, 0], 0, 0),
        row("sys_send (64 bytes)", SYS_SEND, [SLEEPER, 1, P.frame, 64, 0], 0, 0),
        row("sys_send (4096 bytes)", SYS_SEND, [SLEEPER, 1, P.frame, 4096, 0], 0, 0),
        row("sys_recv", SYS_RECV, [RUNNABLE, P.frame, 9], 0, 0),
        row("sys_reply_wait (64 bytes)", SYS_REPLY_WAIT, [SLEEPER, 1, P.frame, 64, NONE, P.frame], 0, 0),
        row("sys_call (64 bytes)", SYS_CALL, [SLEEPER, 1, P.frame, 64, P.frame, NONE], 0, 0),
        row("sys_map_pcipage", SYS_MAP_PCIPAGE, [P.pt, 9, page, RW], 2, NONE),
        row("sys_alloc_iommu_root", SYS_ALLOC_IOMMU_ROOT, [FREE_DEVICE, FREE], 0, NONE),
        row("sys_alloc_iommu_pdpt", SYS_ALLOC_IOMMU_PDPT, [IOMMU[0], 9, FREE, 3], 2, NO_PAGE),
        row("sys_alloc_iommu_pd", SYS_ALLOC_IOMMU_PD, [IOMMU[1], 9, FREE, 3], 2, NO_PAGE),
        row("sys_alloc_iommu_pt", SYS_ALLOC_IOMMU_PT, [IOMMU[2], 9, FREE, 3], 2, NO_PAGE),
        row("sys_alloc_iommu_frame", SYS_ALLOC_IOMMU_FRAME, [IOMMU[3], 9, FREE_DMA, 3], 2, NONE),
        row("sys_map_iommu_frame", SYS_MAP_IOMMU_FRAME, [P.pt, 9, DMA, RW], 2, NONE),
        Row { before: no_device, ..row("sys_reclaim_iommu_frame", SYS_RECLAIM_IOMMU_FRAME, [ZOMBIE_DMA], 0, NONE) },
        Row { before: no_route, ..row("sys_reclaim_iommu_root", SYS_RECLAIM_IOMMU_ROOT, [ZOMBIE_DEVICE], 0, NONE) },
        row("sys_alloc_vector", SYS_ALLOC_VECTOR, [FREE_VECTOR], 0, 256),
        Row { before: no_route, ..row("sys_reclaim_vector", SYS_RECLAIM_VECTOR, [ZOMBIE_VECTOR], 0, 256) },
        row("sys_alloc_intremap", SYS_ALLOC_INTREMAP, [FREE_ROUTE, DEVICE, VECTOR], 0, 8),
        row("sys_reclaim_intremap", SYS_RECLAIM_INTREMAP, [ZOMBIE_ROUTE], 0, 8),
        row("sys_ack_intr", SYS_ACK_INTR, [VECTOR], 0, 256),
        Row {
            before: to_runnable,
            ..row("sys_alloc_io_bitmap", SYS_ALLOC_IO_BITMAP, [FREE, FREE + 1, FREE + 2], 1, zombie.root)
        },
        row("sys_alloc_port", SYS_ALLOC_PORT, [FREE_PORT], 0, 65536),
        row("sys_reclaim_port", SYS_RECLAIM_PORT, [ZOMBIE_PORT], 0, 65536),
    ]
}

fn main() {
    let mut before = world();
    let mut m = world();
    println!("{:28} {:>12} {:>12}   nanoseconds per call, native", "", "succeeds", "first check");
    for row in rows() {
        before.copy_from(&world());
        for &(nr, [a, b, c]) in row.before {
            assert_eq!(before.call(nr, [a, b, c, 0, 0, 0]), 0);
        }
        let success = time_success(&before, &mut m, Step::Call(row.nr, row.succeeds));
        let failure = row.fails.map(|args| time_failure(&before, &mut m, row.nr, args));
        let failure = failure.map_or("-".to_owned(), |ns| format!("{ns:.1}"));
        println!("{:28} {success:>12} {failure:>12}", row.name);
    }
    before.copy_from(&world());
    for (name, step) in [("fault", Step::Fault), ("preempt", Step::Preempt), ("extintr", Step::Interrupt(VECTOR))] {
        println!("{name:28} {:>12}", time_success(&before, &mut m, step));
    }
    let quick = median(&mut m, |m| u64::from(m.check_quick().is_ok()), |_| {});
    let whole = median(&mut m, |m| u64::from(m.check().is_ok()), |_| {});
    println!("{:28} {quick:>12}\n{:28} {whole:>12}", "check_quick", "check");
}
