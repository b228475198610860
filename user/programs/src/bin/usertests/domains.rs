//! Tests of devices that this process has, and of what becomes of them. They need an IOMMU, and any device behind it.

use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use lv6_abi::limits::{FIRST_VECTOR, NDMAPAGE, NPAGE, NVECTOR};
use lv6_abi::pte::{PTE_P, PTE_PCD, PTE_PS, PTE_W};
use lv6_abi::syscall::*;
use lv6_kernel::state::PageType;
use lv6_ulib::device::{self, Device, READ, WRITE};
use lv6_ulib::memory::{CONST, DATA};
use lv6_ulib::process::*;
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::call;
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::sys::tables::{entry, page_desc, proc};
use lv6_ulib::{Errno, interrupt, lists, pci};

use crate::cases::{ANY_BAD, Case, World, all_fail, case};
use crate::support::{expect_traps, in_child, start, yield_until};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("domain_is_built_and_torn_down", built_and_torn_down),
    ("domain_is_torn_down_in_order", torn_down_in_order),
    ("domain_bad_arguments", bad_arguments),
    ("domain_of_another_process", of_another_process),
    ("domain_bad_routes", bad_routes),
    ("domain_dma_pages_are_zero", dma_pages_are_zero),
    ("domain_all_dma_pages", all_dma_pages),
    ("domain_is_not_inherited", not_inherited),
    ("domain_configuration_space", configuration_space),
    ("domain_configuration_space_cannot_be_written", configuration_space_cannot_be_written),
];

use Errno as E;

/// What these tests need.
pub fn lack() -> Option<&'static str> {
    if device::are_confined() { None } else { Some("no device behind an IOMMU") }
}

/// Where the device finds the page that most tests share with it.
const AT: u64 = 0x0800_0000;

/// Claims a device.
fn claim() -> Device {
    let mut all = device::functions();
    let function = all.find(|function| device::is_claimable(function.devid)).expect("a device can be claimed");
    Device::claim(function).expect("claim")
}

fn built_and_torn_down() {
    let free = lists::free_pages().count();
    for _ in 0..3 {
        let child = start(|| {
            let pages = me().nr_pages;
            let mut device = claim();
            assert_eq!((me().nr_devs, me().nr_pages), (1, pages + 1));
            assert!(!device::is_claimable(device.function.devid));
            assert_eq!(Device::claim(device.function).err(), Some(E::EBUSY));
            let vector = interrupt::claim_vector().expect("a vector");
            interrupt::route(device.function.devid, vector).expect("a route");
            for at in [AT, AT + 0x1000, AT + 0x20_0000, 0x40_0000_0000 - 0x1000] {
                let page = device.share(at, READ | WRITE).expect("share");
                page.words()[511].store(at, Ordering::Relaxed);
                assert_eq!(page.words()[511].load(Ordering::Relaxed), at);
            }
            let me = me();
            assert_eq!((me.nr_devs, me.nr_dmapages, me.nr_vectors, me.nr_intremaps), (1, 4, 1, 1));
            0
        });
        assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
        assert_eq!(lists::free_pages().count(), free);
        assert!(device::are_confined());
    }
}

/// A child that dies and leaves a device with a page, and a route.
struct Remains {
    pid: u64,
    device: u64,
    root: u64,
    dma_page: u64,
    vector: u64,
    route: u64,
}

impl Remains {
    /// Makes one. All that it claims is free before, so it gets the first of each kind.
    fn new() -> Remains {
        let function = device::functions().find(|function| device::is_claimable(function.devid)).expect("a device");
        let pid = start(|| {
            let mut device = Device::claim(function).expect("claim");
            device.share(AT, READ | WRITE).expect("share");
            let vector = interrupt::claim_vector().expect("a vector");
            interrupt::route(function.devid, vector).expect("a route");
            0
        });
        yield_until("its end", || !is_alive(pid));
        let is_root = |pn: &u64| page_desc(*pn).owner == pid && page_desc(*pn).kind.is(PageType::IommuPml4);
        let root = (0..NPAGE as u64).find(is_root).expect("the root of its device's tables");
        Remains { pid, device: function.devid, root, dma_page: 0, vector: FIRST_VECTOR, route: 0 }
    }
}

fn torn_down_in_order() {
    let Remains { pid, device, root, dma_page, vector, route } = Remains::new();
    let counts = || {
        let proc = proc(pid);
        [proc.nr_devs, proc.nr_dmapages, proc.nr_vectors, proc.nr_intremaps]
    };
    assert_eq!(counts(), [1, 1, 1, 1]);
    // Nothing goes before what depends on it.
    assert_eq!(call::reclaim_vector(vector), Err(E::EBUSY));
    assert_eq!(call::reclaim_iommu_root(device), Err(E::EBUSY));
    assert_eq!(call::reclaim_iommu_frame(dma_page), Err(E::EBUSY));
    assert_eq!(call::reclaim_page(root), Err(E::EBUSY));
    assert_eq!(counts(), [1, 1, 1, 1]);
    assert_eq!(call::reclaim_intremap(route), Ok(()));
    assert_eq!(call::reclaim_intremap(route), Err(E::EINVAL));
    assert_eq!(call::reclaim_iommu_frame(dma_page), Err(E::EBUSY));
    assert_eq!(call::reclaim_vector(vector), Ok(()));
    assert_eq!(call::reclaim_iommu_root(device), Ok(()));
    assert_eq!(call::reclaim_iommu_root(device), Err(E::EACCES));
    assert_eq!(call::reap(pid), Err(E::ETXTBSY));
    assert_eq!(call::reclaim_iommu_frame(dma_page), Ok(()));
    assert_eq!(call::reclaim_iommu_frame(dma_page), Err(E::EINVAL));
    assert_eq!(counts(), [0, 0, 0, 0]);
    assert_eq!(call::reclaim_page(root), Ok(()));
    assert_eq!(wait_for(pid), Ok(Ended::Exited(0)));
}

/// A device with a page, and what calls need to know of it.
struct Domain {
    device: Device,
    table: u64,
    page: u64,
    /// Page of its configuration space.
    registers: u64,
}

impl Domain {
    fn new() -> Domain {
        let mut device = claim();
        let table = device.table(AT).expect("tables");
        let page = device.share(AT, READ | WRITE).expect("share").number();
        let ecam = debug_sysctl(SYSCTL_ECAM).expect("sysctl");
        let registers = pci::page_number(pci::configuration(ecam, device.function.devid)).expect("a PCI page");
        Domain { device, table, page, registers }
    }
}

/// Calls that map something into this process's tables, up to the arguments that they share: (table, slot, page,
/// permissions). With those permissions it could be mapped.
fn bad_mappings(nr: u64, page: u64, perm: u64, w: &World) -> Vec<Case> {
    let mut cases = Vec::from(ANY_BAD.map(|pt| case(nr, [pt, 500, page, perm], E::EINVAL)));
    cases.extend([w.root, w.pd, w.frame, w.stack].map(|pt| case(nr, [pt, 500, page, perm], E::EINVAL)));
    cases.extend([
        case(nr, [w.others_pt, 500, page, perm], E::EACCES),
        case(nr, [w.pt, 512, page, perm], E::EINVAL),
        case(nr, [w.pt, u64::MAX, page, perm], E::EINVAL),
        case(nr, [w.pt, 500, page, perm | PTE_PS], E::EINVAL),
        case(nr, [w.pt, 500, page, perm & !1], E::EINVAL),
        case(nr, [w.pt, w.slot, page, perm], E::EINVAL),
    ]);
    cases
}

fn bad_arguments() {
    let d = Domain::new();
    let w = World::new();
    let (device, root, used) = (d.device.function.devid, d.device.root(), d.page);
    let unused = used + 1;
    let mut cases = Vec::from([
        case(SYS_ALLOC_IOMMU_ROOT, [device, w.free], E::EBUSY),
        case(SYS_ALLOC_IOMMU_ROOT, [device, u64::MAX], E::EBUSY),
        case(SYS_RECLAIM_IOMMU_ROOT, [device], E::EACCES),
        case(SYS_RECLAIM_IOMMU_FRAME, [used], E::EACCES),
        case(SYS_ALLOC_IOMMU_FRAME, [d.table, 500, used, 3], E::EBUSY),
        case(SYS_ALLOC_IOMMU_FRAME, [u64::MAX, 500, used, 3], E::EBUSY),
        case(SYS_RECLAIM_PAGE, [root], E::EACCES),
        // A table goes into a table of the level above only.
        case(SYS_ALLOC_IOMMU_PDPT, [d.table, 500, w.free, 3], E::EINVAL),
        case(SYS_ALLOC_IOMMU_PD, [root, 500, w.free, 3], E::EINVAL),
        case(SYS_ALLOC_IOMMU_PT, [d.table, 500, w.free, 3], E::EINVAL),
        case(SYS_ALLOC_IOMMU_FRAME, [root, 500, unused, 3], E::EINVAL),
        // A device's table is no table of the processor, and no memory.
        case(SYS_ALLOC_FRAME, [w.me, d.table, 500, w.free, DATA], E::EINVAL),
        case(SYS_ALLOC_PDPT, [w.me, root, 500, w.free, DATA], E::EINVAL),
        case(SYS_COPY_FRAME, [w.frame, w.me, d.table], E::EINVAL),
        case(SYS_RECV, [1, d.table, u64::MAX], E::EINVAL),
    ]);
    for (nr, table, item, slot) in
        [(SYS_ALLOC_IOMMU_PDPT, root, w.free, 0), (SYS_ALLOC_IOMMU_FRAME, d.table, unused, 0)]
    {
        cases.extend([512, 1 << 32, u64::MAX].map(|index| case(nr, [table, index, item, 3], E::EINVAL)));
        cases.extend([4, 7, 0x80, 1 << 12, 1 << 63].map(|perm| case(nr, [table, 500, item, perm], E::EINVAL)));
        cases.push(case(nr, [table, slot, item, 3], E::EINVAL));
    }
    cases.extend(bad_mappings(SYS_MAP_IOMMU_FRAME, used, DATA, &w));
    cases.extend(bad_mappings(SYS_MAP_PCIPAGE, d.registers, CONST, &w));
    cases.push(case(SYS_MAP_IOMMU_FRAME, [w.pt, 500, unused, DATA], E::EINVAL));
    all_fail(cases);
}

fn of_another_process() {
    let d = Domain::new();
    let (device, root, used) = (d.device.function.devid, d.device.root(), d.page);
    let child = start(|| {
        let w = World::new();
        all_fail(Vec::from([
            case(SYS_ALLOC_IOMMU_ROOT, [device, w.free], E::EBUSY),
            case(SYS_RECLAIM_IOMMU_ROOT, [device], E::EACCES),
            case(SYS_RECLAIM_IOMMU_FRAME, [used], E::EACCES),
            case(SYS_ALLOC_IOMMU_PDPT, [root, 500, w.free, 3], E::EACCES),
            case(SYS_ALLOC_IOMMU_FRAME, [d.table, 500, used + 1, 3], E::EACCES),
            case(SYS_ALLOC_IOMMU_FRAME, [d.table, 500, used, 3], E::EBUSY),
            case(SYS_MAP_IOMMU_FRAME, [w.pt, 500, used, DATA], E::EACCES),
            case(SYS_MAP_PCIPAGE, [w.pt, 500, d.registers, CONST], E::EACCES),
            case(SYS_ALLOC_INTREMAP, [0, device, 0], E::EACCES),
        ]));
        0
    });
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn bad_routes() {
    let d = Domain::new();
    let device = d.device.function.devid;
    let vector = u64::from(interrupt::claim_vector().expect("a vector"));
    let used = interrupt::route(device, vector as u8).expect("a route");
    let free = used + 1;
    let mut cases = Vec::from([
        case(SYS_ALLOC_INTREMAP, [used, device, vector], E::EINVAL),
        // The vector is nobody's, or the kernel's.
        case(SYS_ALLOC_INTREMAP, [free, device, vector + 1], E::EACCES),
        case(SYS_ALLOC_INTREMAP, [free, device, 14], E::EACCES),
        case(SYS_RECLAIM_INTREMAP, [used], E::EACCES),
        case(SYS_RECLAIM_VECTOR, [vector], E::EACCES),
    ]);
    let bad = [NVECTOR as u64, 1 << 32 | vector, u64::MAX];
    cases.extend(bad.map(|vector| case(SYS_ALLOC_INTREMAP, [free, device, vector], E::EINVAL)));
    all_fail(cases);
    // Several routes may lead to one vector; there are eight in all.
    let more = core::iter::from_fn(|| interrupt::route(device, vector as u8).ok()).count();
    assert_eq!((more, me().nr_intremaps), (7, 8));
    assert_eq!(interrupt::route(device, vector as u8), Err(E::ENOMEM));
}

fn dma_pages_are_zero() {
    let number = |fill: u64| {
        let mut device = claim();
        let page = device.share(AT, READ | WRITE).expect("share");
        assert!(page.words().iter().all(|word| word.load(Ordering::Relaxed) == 0), "the page is not zero");
        page.words().iter().for_each(|word| word.store(fill, Ordering::Relaxed));
        page.number() as u8
    };
    let first = in_child(|| number(0x5ec7_e75e_c7e7));
    assert!(matches!(first, Ended::Exited(0..100)), "{first:?}");
    assert_eq!(in_child(|| number(1)), first, "another page");
}

fn all_dma_pages() {
    let ended = in_child(|| {
        let mut device = claim();
        let shared = (0..).map_while(|n| device.share(AT + n * 4096, READ).ok()).count();
        assert_eq!((shared, me().nr_dmapages), (NDMAPAGE, NDMAPAGE as u64));
        assert_eq!(device.share(AT - 4096, READ).err(), Some(E::ENOMEM));
        0
    });
    assert_eq!(ended, Ended::Exited(0));
    assert!(claim().share(AT, READ).is_ok());
}

fn not_inherited() {
    let mut device = claim();
    let page = device.share(AT, READ).expect("share");
    let space = device.configuration().expect("a configuration space");
    let child = start(|| {
        assert_eq!((me().nr_devs, me().nr_dmapages), (0, 0));
        assert_eq!((entry(page.address(), 1), entry(space.address(), 1)), (None, None));
        0
    });
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    for registers in [false, true] {
        let ended = in_child(|| {
            expect_traps();
            if registers { space.read(0) as u8 } else { page.words()[0].load(Ordering::Relaxed) as u8 }
        });
        assert_eq!(ended, Ended::Exited(status::TRAP));
    }
    page.words()[0].store(1, Ordering::Relaxed);
}

fn configuration_space() {
    let device = claim();
    let space = device.configuration().expect("a configuration space");
    assert_eq!(u64::from(space.read(0)), device.function.id);
    assert_eq!(u64::from(space.read(8)), device.function.class);
    assert_eq!(entry(space.address(), 1).expect("it is mapped") & PTE_W, 0);
}

fn configuration_space_cannot_be_written() {
    let d = Domain::new();
    let w = World::new();
    let map = |perm| call::map_pcipage(w.pt, 500, d.registers, perm);
    for perm in [DATA, DATA | PTE_PCD, PTE_P | PTE_W, PTE_W] {
        assert_eq!(map(perm), Err(E::EACCES), "{perm:#x}");
    }
    // Nor by changing what is mapped for reading.
    assert_eq!(map(CONST), Ok(()));
    all_fail(Vec::from([case(SYS_PROTECT_FRAME, [w.pt, 500, d.registers, DATA], E::EINVAL)]));
    // The device's memory is another matter.
    let bar = (0..6).find(|&bar| d.device.registers(bar, 4096).is_ok());
    assert!(bar.is_some(), "the device has no memory");
}
