//! A state in which every call has something to succeed on, made by system calls alone.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, OnceLock};

use lv6_abi::pte::{PTE_P, PTE_U, PTE_W};
use lv6_abi::syscall::*;
use lv6_exercise::Machine;
use lv6_exercise::machine::DEVICES;

/// Permissions of memory.
pub const RW: u64 = PTE_P | PTE_W | PTE_U;
/// Permissions of what must not be written.
pub const RO: u64 = PTE_P | PTE_U;

/// The running process. Parent of all others but [`GRANDCHILD`] and [`ORPHAN`].
pub const INIT: u64 = 1;
/// An embryo that init is building.
pub const EMBRYO: u64 = 2;
/// A runnable process.
pub const RUNNABLE: u64 = 3;
/// A zombie that owns something of every kind.
pub const ZOMBIE: u64 = 4;
/// A process that waits for a message from anyone, and wants a descriptor in slot 5.
pub const SLEEPER: u64 = 5;
/// An embryo that [`RUNNABLE`] is building.
pub const GRANDCHILD: u64 = 6;
/// A process that waits for the answer of [`RUNNABLE`], and wants no descriptor.
pub const CALLER: u64 = 7;
/// A zombie that owns nothing.
pub const CORPSE: u64 = 8;
/// An embryo whose parent is [`ZOMBIE`].
pub const ORPHAN: u64 = 9;
/// A zombie that owns two pages and no device.
pub const REMAINS: u64 = 10;
/// A slot that nobody uses.
pub const UNUSED: u64 = 40;

/// A page that nobody owns. Its neighbours are free, too.
pub const FREE: u64 = 1000;
/// A DMA page that nobody owns.
pub const FREE_DMA: u64 = 300;
/// A vector that nobody owns.
pub const FREE_VECTOR: u64 = 70;
/// An entry of the interrupt-remapping table that is not in use.
pub const FREE_ROUTE: u64 = 5;
/// A port that nobody owns.
pub const FREE_PORT: u64 = 0x3f9;
/// A device that nobody owns.
pub const FREE_DEVICE: u64 = DEVICES[2];
/// An open-file slot that nobody uses.
pub const FREE_FILE: u64 = 9;

/// Init's device, its vector, its route, its ports, its DMA page.
pub const DEVICE: u64 = DEVICES[1];
pub const VECTOR: u64 = 0x50;
pub const ROUTE: u64 = 1;
pub const PORT: u64 = 0x64;
pub const DMA: u64 = 7;
/// Init's IOMMU tables, from the root down; each hangs on slot 0 of the one before.
pub const IOMMU: [u64; 4] = [110, 111, 112, 113];
/// The zombie's IOMMU tables, in the same way.
pub const ZOMBIE_IOMMU: [u64; 4] = [47, 48, 49, 140];
/// First page of init's I/O bitmap.
pub const BITMAP: u64 = 120;

/// The zombie's device, its vector, its route, its port, its DMA page.
pub const ZOMBIE_DEVICE: u64 = DEVICES[0];
pub const ZOMBIE_VECTOR: u64 = 0x40;
pub const ZOMBIE_ROUTE: u64 = 0;
pub const ZOMBIE_PORT: u64 = 0x60;
pub const ZOMBIE_DMA: u64 = 5;

/// Pages of a process: root, registers, control block; then its tables of level 3, 2 and 1, each in slot 0 of the one
/// above, and its frame, in slot 0 of the last. Init has a second frame, [`FRAME2`], in slot 1.
pub struct Pages {
    pub root: u64,
    pub stack: u64,
    pub hvm: u64,
    pub pdpt: u64,
    pub pd: u64,
    pub pt: u64,
    pub frame: u64,
}

/// Init's second frame.
pub const FRAME2: u64 = 207;

/// The pages of process `pid`.
pub const fn pages(pid: u64) -> Pages {
    let first = 10 * pid;
    let (root, stack, hvm) = if pid == 1 { (1, 2, 3) } else { (first, first + 1, first + 2) };
    let first = if pid == 1 { 200 } else { first };
    Pages { root, stack, hvm, pdpt: first + 3, pd: first + 4, pt: first + 5, frame: first + 6 }
}

/// Makes a call that must succeed.
fn must<const N: usize>(m: &mut Machine, nr: u64, args: [u64; N]) {
    let mut all = [0; 6];
    all[..N].copy_from_slice(&args);
    let result = m.call(nr, all);
    assert_eq!(result, 0, "call {nr} {args:?} of process {}", m.current);
}

/// Gives `pid` its tables and its frame.
fn furnish(m: &mut Machine, pid: u64) {
    let p = pages(pid);
    must(m, SYS_ALLOC_PDPT, [pid, p.root, 0, p.pdpt, RW]);
    must(m, SYS_ALLOC_PD, [pid, p.pdpt, 0, p.pd, RW]);
    must(m, SYS_ALLOC_PT, [pid, p.pd, 0, p.pt, RW]);
    must(m, SYS_ALLOC_FRAME, [pid, p.pt, 0, p.frame, RW]);
}

/// Makes an embryo child of the current process.
fn embryo(m: &mut Machine, pid: u64) {
    let p = pages(pid);
    must(m, SYS_CLONE, [pid, p.root, p.stack, p.hvm]);
}

/// Makes a runnable child of the current process, with an address space.
fn child(m: &mut Machine, pid: u64) {
    embryo(m, pid);
    furnish(m, pid);
    must(m, SYS_SET_RUNNABLE, [pid]);
}

/// Gives the current process a device with tables at `pages` and a DMA page, a route to a vector, and a port with its
/// I/O bitmap.
fn own_devices(m: &mut Machine, [devid, vector, route, port, dma]: [u64; 5], pages: [u64; 4], bitmap: u64) {
    let [root, pdpt, pd, pt] = pages;
    must(m, SYS_ALLOC_IOMMU_ROOT, [devid, root]);
    must(m, SYS_ALLOC_IOMMU_PDPT, [root, 0, pdpt, 3]);
    must(m, SYS_ALLOC_IOMMU_PD, [pdpt, 0, pd, 3]);
    must(m, SYS_ALLOC_IOMMU_PT, [pd, 0, pt, 3]);
    must(m, SYS_ALLOC_IOMMU_FRAME, [pt, 0, dma, 3]);
    must(m, SYS_ALLOC_VECTOR, [vector]);
    must(m, SYS_ALLOC_INTREMAP, [route, devid, vector]);
    must(m, SYS_ALLOC_IO_BITMAP, [bitmap, bitmap + 1, bitmap + 2]);
    must(m, SYS_ALLOC_PORT, [port]);
}

fn build() -> Machine {
    let mut m = Machine::new();
    let m1 = &mut m;
    furnish(m1, INIT);
    must(m1, SYS_ALLOC_FRAME, [INIT, pages(INIT).pt, 1, FRAME2, RW]);
    must(m1, SYS_CREATE, [0, 1, 2, 0x1111, 3]);
    must(m1, SYS_CREATE, [1, 2, 1, 0x2222, 0]);

    embryo(m1, EMBRYO);
    furnish(m1, EMBRYO);
    must(m1, SYS_DUP, [1, EMBRYO, 4]);

    for pid in [RUNNABLE, ZOMBIE, SLEEPER, CALLER, CORPSE, REMAINS] {
        child(m1, pid);
    }

    must(m1, SYS_SWITCH, [ZOMBIE]);
    let hardware = [ZOMBIE_DEVICE, ZOMBIE_VECTOR, ZOMBIE_ROUTE, ZOMBIE_PORT, ZOMBIE_DMA];
    own_devices(m1, hardware, ZOMBIE_IOMMU, 130);
    must(m1, SYS_CREATE, [3, 3, 3, 0x3333, 0]);
    embryo(m1, ORPHAN);
    must(m1, SYS_SWITCH, [INIT]);
    must(m1, SYS_KILL, [ZOMBIE]);

    for pid in [CORPSE, REMAINS] {
        must(m1, SYS_KILL, [pid]);
    }
    let p = pages(CORPSE);
    for pn in [p.root, p.stack, p.hvm, p.pdpt, p.pd, p.pt, p.frame] {
        must(m1, SYS_RECLAIM_PAGE, [pn]);
    }
    let p = pages(REMAINS);
    for pn in [p.root, p.stack, p.hvm, p.pdpt, p.pd] {
        must(m1, SYS_RECLAIM_PAGE, [pn]);
    }

    must(m1, SYS_SWITCH, [SLEEPER]);
    must(m1, SYS_RECV, [RUNNABLE, pages(SLEEPER).frame, 5]);
    embryo(m1, GRANDCHILD);
    furnish(m1, GRANDCHILD);
    must(m1, SYS_RECV, [CALLER, pages(RUNNABLE).frame, u64::MAX]);
    must(m1, SYS_CALL, [RUNNABLE, 7, pages(CALLER).frame, 0, pages(CALLER).frame, u64::MAX]);
    must(m1, SYS_SWITCH, [INIT]);

    own_devices(m1, [DEVICE, VECTOR, ROUTE, PORT, DMA], IOMMU, BITMAP);
    m1.apply(lv6_exercise::Step::Glue);
    for (i, word) in (1u64..).zip(m1.pages[pages(INIT).frame as usize].iter_mut()) {
        *word = 0x0101_0101_0101_0101 * (i & 0xff);
    }
    assert_eq!(m1.check(), Ok(()), "the world");
    m
}

/// Machines that tests have done with: 40 MB of fresh memory for each would cost more than the tests.
static IDLE: Mutex<Vec<Machine>> = Mutex::new(Vec::new());

/// A machine that goes back to the idle ones.
pub struct Lent(Option<Machine>);

impl Deref for Lent {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        self.0.as_ref().expect("a machine until it is dropped")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Machine {
        self.0.as_mut().expect("a machine until it is dropped")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(machine), Ok(mut idle)) = (self.0.take(), IDLE.lock()) {
            idle.push(machine);
        }
    }
}

/// A machine in the same state.
pub fn copy(original: &Machine) -> Lent {
    let idle = IDLE.lock().ok().and_then(|mut idle| idle.pop());
    let mut machine = idle.unwrap_or_else(Machine::blank);
    machine.copy_from(original);
    Lent(Some(machine))
}

/// A copy of the world.
pub fn world() -> Lent {
    static WORLD: OnceLock<Machine> = OnceLock::new();
    copy(WORLD.get_or_init(build))
}
