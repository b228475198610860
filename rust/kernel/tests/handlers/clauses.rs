//! The invariant as code: its names, and that each clause can fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use lv6_abi::pte::{PTE_PS, PTE_W};
use lv6_exercise::machine::{BASE, DEVICES, ECAM_FRAME};
use lv6_kernel::Kernel;
use lv6_kernel::check::{CLAUSES, MORE_CLAUSES, QUICK_CLAUSES};
use lv6_kernel::state::{FileType, PageType, ProcState};

use crate::support::{link_process, unlink_page, unlink_process};
use crate::world::*;

const P: Pages = pages(INIT);
const Z: Pages = pages(ZOMBIE);

/// The names of all clauses of the specification's invariant: record and field.
fn names_in_lean() -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lean/Lv6/Spec/Inv.lean");
    let text = fs::read_to_string(&file).expect("the specification's invariant");
    let mut records: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut record = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("structure ") {
            record = rest.split_whitespace().next().unwrap_or_default().to_owned();
        } else if line.starts_with("theorem ") || line.starts_with("def ") || line.starts_with("end ") {
            record.clear();
        } else if let Some((field, kind)) = line.strip_prefix("  ").and_then(|rest| rest.split_once(" : ")) {
            let is_name = field.chars().all(char::is_alphanumeric);
            if is_name && !record.is_empty() {
                let kind = kind.split_whitespace().next().unwrap_or_default().to_owned();
                records.entry(record.clone()).or_default().push((field.to_owned(), kind));
            }
        }
    }
    let parts = &records["Inv"];
    parts
        .iter()
        .flat_map(|(part, kind)| records[kind].iter().map(move |(field, _)| format!("{part}.{field}")))
        .collect()
}

#[test]
fn the_clauses_are_those_of_the_specification() {
    let here: BTreeSet<String> = CLAUSES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(here.len(), CLAUSES.len(), "a name is used twice");
    assert_eq!(here, names_in_lean());
    for (name, _) in MORE_CLAUSES {
        assert!(!here.contains(*name), "{name} is in the specification now");
    }
    for (name, _) in QUICK_CLAUSES {
        assert!(here.contains(*name), "{name} is cheap, but not a clause");
    }
}

type Break = fn(&mut Kernel);

/// For each clause, a state in which it is the first to fail.
const BROKEN: &[(&str, Break)] = &[
    ("table.base", |k| k.base = 0),
    ("table.base", |k| k.base = 0xa0000 - 8777),
    ("proc.pid", |k| k.current = 0),
    ("proc.pid", |k| k.current = 64),
    ("proc.running", |k| k.procs[RUNNABLE as usize].state = ProcState::Running),
    ("proc.running", |k| k.procs[INIT as usize].state = ProcState::Runnable),
    ("proc.nobody", |k| k.procs[0].state = ProcState::Embryo),
    ("proc.dying", |k| k.procs[SLEEPER as usize].killed = 1),
    ("proc.parent", |k| k.procs[SLEEPER as usize].ppid = 0),
    ("proc.parent", |k| k.procs[UNUSED as usize].ppid = 1),
    ("proc.parent", |k| k.procs[SLEEPER as usize].ppid = 64),
    ("proc.children", |k| k.procs[INIT as usize].nr_children += 1),
    ("proc.children", |k| k.procs[SLEEPER as usize].ppid = RUNNABLE),
    ("ready.ring", |k| unlink_process(k, RUNNABLE)),
    ("ready.ring", |k| link_process(k, SLEEPER)),
    ("ready.ring", |k| k.procs[RUNNABLE as usize].ready_prev = SLEEPER),
    ("ready.ring", |k| k.procs[RUNNABLE as usize].ready_next = u64::MAX),
    ("ready.off", |k| k.procs[SLEEPER as usize].ready_next = INIT),
    ("page.reserved", |k| k.page_desc[FREE as usize].kind = PageType::Reserved),
    ("page.reserved", |k| k.page_desc[0].kind = PageType::Free),
    ("page.owner", |k| k.page_desc[FREE as usize].owner = INIT),
    ("page.owner", |k| k.page_desc[P.frame as usize].owner = 0),
    ("page.owner", |k| k.page_desc[P.frame as usize].owner = 64),
    ("page.pages", |k| k.page_desc[P.frame as usize].owner = EMBRYO),
    ("page.pages", |k| k.procs[UNUSED as usize].nr_pages = 1),
    ("free.ring", |k| unlink_page(k, FREE)),
    ("free.ring", |k| k.page_desc[FREE as usize].free_prev = 5000),
    ("free.ring", |k| k.page_desc[FREE as usize].free_next = 8192),
    ("free.ring", |k| {
        // Two rings.
        let last = k.page_desc[FREE as usize + 9].free_next;
        let first = k.page_desc[FREE as usize].free_prev;
        k.page_desc[first as usize].free_next = last;
        k.page_desc[last as usize].free_prev = first;
        k.page_desc[FREE as usize].free_prev = FREE + 9;
        k.page_desc[FREE as usize + 9].free_next = FREE;
    }),
    ("free.off", |k| k.page_desc[P.frame as usize].free_next = FREE),
    ("unused.fds", |k| k.procs[UNUSED as usize].nr_fds = 1),
    ("unused.dmapages", |k| k.procs[UNUSED as usize].nr_dmapages = 1),
    ("unused.devs", |k| k.procs[UNUSED as usize].nr_devs = 1),
    ("unused.ports", |k| k.procs[UNUSED as usize].nr_ports = 1),
    ("unused.vectors", |k| k.procs[UNUSED as usize].nr_vectors = 1),
    ("unused.intremaps", |k| k.procs[UNUSED as usize].nr_intremaps = 1),
    ("root.rootPage", |k| k.procs[SLEEPER as usize].page_table_root = P.root),
    ("root.stackPage", |k| k.procs[SLEEPER as usize].stack = 8192),
    ("root.hvmPage", |k| k.procs[SLEEPER as usize].hvm = pages(SLEEPER).frame),
    ("root.distinct", |k| k.procs[SLEEPER as usize].hvm = pages(SLEEPER).stack),
    ("root.bitmap", |k| k.procs[INIT as usize].io_bitmap_a = P.frame),
    ("root.bitmap", |k| k.procs[INIT as usize].io_bitmap_a = u64::MAX),
    ("root.bitmap", |k| k.procs[INIT as usize].io_bitmap_b = FREE),
    ("root.bitmap", |k| k.procs[INIT as usize].io_bitmap_b = BITMAP + 2),
    ("root.bitmap", |k| {
        // There is no third page.
        k.procs[INIT as usize].io_bitmap_a = BITMAP + 1;
        k.procs[INIT as usize].io_bitmap_b = BITMAP + 2;
    }),
    ("root.apart", |k| k.procs[INIT as usize].stack = BITMAP),
    ("root.apart", |k| k.procs[INIT as usize].hvm = BITMAP + 2),
    ("table.entries", |k| k.pages[P.pt as usize][9] = (BASE + FREE) << 12 | RO),
    ("table.entries", |k| k.pages[P.pt as usize][9] = (BASE + 8768) << 12 | RW),
    ("table.entries", |k| k.pages[P.pd as usize][9] = (BASE + 8768) << 12 | RO),
    ("table.entries", |k| k.pages[P.root as usize][9] = (BASE + P.root) << 12 | RW),
    ("table.entries", |k| k.pages[P.pt as usize][9] = (BASE + 8192 + ZOMBIE_DMA) << 12 | RO),
    ("table.entries", |k| k.pages[P.pt as usize][9] = 0xfe00_1000 | RO),
    ("table.entries", |k| k.pages[P.pt as usize][9] = (ECAM_FRAME + DEVICE) << 12 | RW),
    ("table.entries", |k| k.pages[P.pt as usize][9] = (BASE - 1) << 12 | RO),
    ("table.entries", |k| k.pages[P.pt as usize][9] = (BASE + 8778) << 12 | RO),
    ("table.entries", |k| k.pages[P.pd as usize][0] |= PTE_PS),
    ("table.entries", |k| k.pages[P.pt as usize][0] |= 1 << 52),
    ("table.unique", |k| k.pages[P.pt as usize][9] = (BASE + P.frame) << 12 | RO),
    ("file.number", |k| k.procs[INIT as usize].ofile[9] = 128),
    ("file.fds", |k| k.procs[INIT as usize].ofile[9] = 1),
    ("file.fds", |k| k.procs[INIT as usize].nr_fds += 1),
    ("file.refs", |k| k.files[1].refcnt += 1),
    ("file.used", |k| k.files[1].kind = FileType::None),
    ("file.used", |k| k.files[FREE_FILE as usize].kind = FileType::Pipe),
    ("sleep.page", |k| k.procs[SLEEPER as usize].ipc_page = P.frame),
    ("sleep.page", |k| k.procs[SLEEPER as usize].ipc_page = pages(SLEEPER).pt),
    ("sleep.fd", |k| {
        k.procs[SLEEPER as usize].ofile[5] = 1;
        k.procs[SLEEPER as usize].nr_fds += 1;
        k.files[1].refcnt += 1;
    }),
    ("intr.asleep", |k| k.procs[SLEEPER as usize].intr[3] = 1 << 63),
    ("intr.asleep", |k| k.procs[CALLER as usize].intr[0] = 1),
    ("device.dma", |k| k.dma[FREE_DMA as usize].kind = PageType::IommuFrame),
    ("device.dma", |k| k.dma[FREE_DMA as usize].owner = INIT),
    ("device.dma", |k| k.dma[ZOMBIE_DMA as usize].kind = PageType::Frame),
    ("device.dmapages", |k| k.procs[INIT as usize].nr_dmapages += 1),
    ("device.pci", |k| k.pci[0x1234].owner = INIT),
    ("device.pci", |k| k.pci[FREE_DEVICE as usize].owner = 64),
    ("device.devs", |k| k.pci[FREE_DEVICE as usize].owner = INIT),
    ("device.port", |k| k.ports[FREE_PORT as usize] = 64),
    ("device.ports", |k| k.ports[FREE_PORT as usize] = INIT),
    ("device.vector", |k| k.vectors[FREE_VECTOR as usize] = 64),
    ("device.vectors", |k| k.vectors[FREE_VECTOR as usize] = INIT),
    ("device.intremap", |k| k.intremaps[ROUTE as usize].vector = ZOMBIE_VECTOR),
    ("device.intremap", |k| k.intremaps[ROUTE as usize].devid = 65536),
    ("device.intremap", |k| k.intremaps[FREE_ROUTE as usize].active = 1),
    ("device.intremaps", |k| k.intremaps[ROUTE as usize].active = 0),
    ("unused.blank", |k| k.procs[UNUSED as usize].name[1] = 1),
    ("file.blank", |k| k.files[FREE_FILE as usize].offset = 1),
    ("file.blank", |k| k.files[0].value = 1),
    ("device.blank", |k| k.pci[FREE_DEVICE as usize].root = FREE),
    ("device.pciPage", |k| k.pci_pages[7].valid = true),
    ("device.intremapBlank", |k| k.intremaps[FREE_ROUTE as usize].vector = 1),
    ("iommu.root", |k| k.pci[DEVICE as usize].root = IOMMU[1]),
    ("iommu.root", |k| k.pci[DEVICE as usize].root = ZOMBIE_IOMMU[0]),
    ("iommu.entries", |k| k.pages[IOMMU[0] as usize][9] = (BASE + IOMMU[2]) << 12 | 3),
    ("iommu.entries", |k| k.pages[IOMMU[3] as usize][9] = (BASE + P.frame) << 12 | 1),
    ("iommu.entries", |k| k.pages[IOMMU[3] as usize][9] = (BASE + 8192 + ZOMBIE_DMA) << 12 | 1),
    ("iommu.entries", |k| k.pages[IOMMU[3] as usize][0] |= PTE_PS),
    ("port.bits", |k| k.pages[BITMAP as usize][0] &= !1),
    ("port.bits", |k| k.pages[BITMAP as usize + 1][0] = 0),
    ("port.bits", |k| k.pages[BITMAP as usize] = [u64::MAX; 512]),
    ("port.bits", |k| {
        // The bit of another port than the one that it owns.
        k.pages[BITMAP as usize][PORT as usize / 64] = u64::MAX;
        k.pages[BITMAP as usize][PORT as usize / 64 + 1] &= !(1 << (PORT % 64));
    }),
    ("port.last", |k| k.pages[BITMAP as usize + 2][0] &= !1),
    ("port.last", |k| k.pages[BITMAP as usize + 2][511] = 0),
    ("port.owner", |k| {
        k.ports[FREE_PORT as usize] = SLEEPER;
        k.procs[SLEEPER as usize].nr_ports = 1;
    }),
    ("root.bitmapBlank", |k| k.procs[INIT as usize].use_io_bitmap = 2),
    ("root.bitmapBlank", |k| k.procs[SLEEPER as usize].io_bitmap_a = 1),
];

#[test]
fn each_clause_can_fail() {
    let world = world();
    let mut m = copy(&world);
    for (i, (name, break_it)) in BROKEN.iter().enumerate() {
        m.copy_from(&world);
        break_it(&mut m);
        assert_eq!(m.check(), Err(*name), "broken state {i}");
    }
}

/// These follow from clauses before them: no state breaks them first.
const IMPLIED: [&str; 2] = ["unused.children", "unused.pages"];

#[test]
fn no_clause_is_left_out() {
    let broken: BTreeSet<&str> = BROKEN.iter().map(|(name, _)| *name).chain(IMPLIED).collect();
    let all: BTreeSet<&str> = CLAUSES.iter().chain(MORE_CLAUSES).map(|(name, _)| *name).collect();
    assert_eq!(broken, all);
}

#[test]
fn the_cheap_check_sees_what_is_near_the_current_process() {
    let cases: [(&str, Break); 9] = [
        ("table.base", |k| k.base = 0),
        ("proc.pid", |k| k.current = 0),
        ("proc.running", |k| k.procs[RUNNABLE as usize].state = ProcState::Running),
        ("proc.nobody", |k| k.procs[0].state = ProcState::Zombie),
        ("ready.ring", |k| k.procs[RUNNABLE as usize].ready_prev = SLEEPER),
        ("free.ring", |k| k.page_desc[0].free_next = P.frame),
        ("root.rootPage", |k| k.procs[INIT as usize].page_table_root = P.pt),
        ("root.stackPage", |k| k.procs[INIT as usize].stack = pages(EMBRYO).stack),
        ("root.hvmPage", |k| k.procs[INIT as usize].hvm = u64::MAX),
    ];
    let world = world();
    assert_eq!(world.check_quick(), Ok(()));
    let mut m = copy(&world);
    for (name, break_it) in cases {
        m.copy_from(&world);
        break_it(&mut m);
        assert_eq!(m.check_quick(), Err(name));
    }
}

#[test]
fn tables_of_zombies_may_say_anything() {
    let mut m = world();
    m.pages[Z.pt as usize][0] |= PTE_PS | PTE_W;
    m.pages[Z.pt as usize][1] = u64::MAX;
    assert_eq!(m.check(), Ok(()));
    // But not those that a device of theirs still uses.
    m.pages[ZOMBIE_IOMMU[0] as usize][1] = u64::MAX;
    assert_eq!(m.check(), Err("iommu.entries"));
    assert_eq!(m.pci[DEVICES[0] as usize].owner, ZOMBIE);
}
