//! Tests with the emulator's device for teaching, which computes, copies memory by DMA and interrupts: what the machine
//! really does, behind the kernel's tables.

use alloc::boxed::Box;
use core::sync::atomic::Ordering;

use lv6_abi::limits::INIT_PID;
use lv6_abi::syscall::{SYS_CALL, SYS_RECV, SYS_REPLY_WAIT, SYSCTL_TSC_KHZ};
use lv6_kernel::ipc::NO_FD;
use lv6_kernel::state::{PciFunc, ProcState};
use lv6_ulib::Errno;
use lv6_ulib::device::{self, Device, DmaPage, READ, Registers, WRITE};
use lv6_ulib::message::{Message, MessagePage, call, recv, reply_wait};
use lv6_ulib::process::*;
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::call::{debug_sysctl, must_fail};
use lv6_ulib::sys::console::Frame;
use lv6_ulib::sys::regs::timestamp;
use lv6_ulib::sys::tables::{physical, proc};
use lv6_ulib::{interrupt, pci};

use crate::support::{start, yield_until};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("edu_registers", registers),
    ("edu_dma_there_and_back", dma_there_and_back),
    ("edu_dma_outside_its_domain", dma_outside_its_domain),
    ("edu_dma_without_permission", dma_without_permission),
    ("edu_dma_after_its_owner", dma_after_its_owner),
    ("edu_dma_of_nobodys_device", dma_of_nobodys_device),
    ("edu_interrupt_is_pending", interrupt_is_pending),
    ("edu_interrupt_wakes_a_sleeper", interrupt_wakes_a_sleeper),
    ("edu_interrupt_is_not_slept_through", interrupt_is_not_slept_through),
    ("edu_interrupt_without_a_route", interrupt_without_a_route),
    ("edu_interrupt_by_the_last_route", interrupt_by_the_last_route),
    ("edu_interrupt_after_its_owner", interrupt_after_its_owner),
];

/// The device's id.
const EDU: u64 = 0x11e8_1234;

/// What these tests need.
pub fn lack() -> Option<&'static str> {
    let found = device::find(EDU).filter(|function| device::is_claimable(function.devid));
    if found.is_some() { None } else { Some("no device `edu` behind an IOMMU") }
}

/// Register: which device this is.
const ID: u64 = 0x00;
/// Register: keeps the complement of what is written.
const LIVENESS: u64 = 0x04;
/// Register: computes the factorial of what is written.
const FACTORIAL: u64 = 0x08;
/// Register: bit 0 is set while it computes.
const STATUS: u64 = 0x20;
/// Register: which interrupts have not been acknowledged.
const INTERRUPTS: u64 = 0x24;
/// Register: raises the interrupts that are written.
const RAISE: u64 = 0x60;
/// Register: acknowledges the interrupts that are written.
const ACKNOWLEDGE: u64 = 0x64;
/// Registers of a transfer: where from, where to, how many bytes, and the command.
const TRANSFER: [u64; 4] = [0x80, 0x88, 0x90, 0x98];

/// Command: start.
const START: u32 = 1;
/// Command: from the device to memory.
const TO_MEMORY: u32 = 2;
/// Command: interrupt at the end.
const INTERRUPT: u32 = 4;
/// The interrupt at the end of a transfer.
const TRANSFER_DONE: u32 = 0x100;

/// The device's own memory of 4096 bytes, as the transfer's registers see it. The last one cannot be used.
const BUFFER: u64 = 0x40000;
/// Where it finds pages, both within the 28 bits that it can address, and far from the addresses of real memory.
const PAGES: [u64; 2] = [0x0800_0000, 0x0c00_0000];
/// Bytes of most transfers.
const COUNT: usize = 2048;

/// The device, in the hands of this process.
struct Edu {
    device: Device,
    registers: Registers,
}

impl Edu {
    fn claim() -> Edu {
        let device = Device::claim(device::find(EDU).expect("the machine has the device")).expect("claim");
        let registers = device.registers(0, 4096).expect("its registers");
        Edu { device, registers }
    }

    /// Starts a transfer.
    fn start(&self, from: u64, to: u64, count: usize, command: u32) {
        let values = [from as u32, to as u32, count as u32, command | START];
        TRANSFER.into_iter().zip(values).for_each(|(register, value)| self.registers.write(register, value));
    }

    /// Waits until the transfer is done.
    fn finish(&self) {
        while self.registers.read(TRANSFER[3]) & START != 0 {
            yield_now();
        }
    }

    /// Copies bytes from one of the device's addresses to its own memory.
    fn fetch(&self, from: u64, count: usize) {
        self.start(from, BUFFER, count, 0);
        self.finish();
    }

    /// Copies bytes from its own memory to one of its addresses.
    fn store(&self, to: u64, count: usize) {
        self.start(BUFFER, to, count, TO_MEMORY);
        self.finish();
    }

    /// Shares a page at an address, filled with a word.
    fn share(&mut self, at: u64, access: u64, fill: u64) -> DmaPage {
        let page = self.device.share(at, access).expect("share");
        self.fill(&page, fill);
        page
    }

    /// Fills a page.
    fn fill(&self, page: &DmaPage, fill: u64) {
        page.words().iter().for_each(|word| word.store(fill, Ordering::Relaxed));
    }

    /// Claims a vector, and leads the device's interrupts there. Returns it.
    fn interrupt_to_vector(&self) -> u8 {
        let vector = interrupt::claim_vector().expect("a vector");
        self.device.interrupt_to(vector).expect("a route");
        vector
    }

    /// Has it interrupt, and gives that time to arrive.
    fn raise(&self, which: u32) {
        self.registers.write(RAISE, which);
        (0..50).for_each(|_| yield_now());
    }

    /// Tells it that its interrupts have arrived.
    fn acknowledge(&self) {
        let waiting = self.registers.read(INTERRUPTS);
        self.registers.write(ACKNOWLEDGE, waiting);
    }
}

/// The words of a page as they are now.
fn contents(page: &DmaPage) -> Box<[u64]> {
    page.words().iter().map(|word| word.load(Ordering::Relaxed)).collect()
}

/// Whether a page is filled with one word.
fn is_filled(page: &DmaPage, fill: u64) -> bool {
    contents(page).iter().all(|word| *word == fill)
}

fn registers() {
    let edu = Edu::claim();
    let registers = &edu.registers;
    assert_eq!(registers.read(ID), 0x0100_00ed);
    for word in [0, 0x1234_5678, u32::MAX] {
        registers.write(LIVENESS, word);
        assert_eq!(registers.read(LIVENESS), !word);
    }
    registers.write(FACTORIAL, 10);
    yield_until("the result", || registers.read(STATUS) & 1 == 0);
    assert_eq!(registers.read(FACTORIAL), 3_628_800);
}

fn dma_there_and_back() {
    let mut edu = Edu::claim();
    let [from, to] = PAGES;
    let source = edu.share(from, READ | WRITE, 0);
    let target = edu.share(to, READ | WRITE, u64::MAX);
    (0..).zip(source.words()).for_each(|(n, word)| word.store(n * 0x0101_0101, Ordering::Relaxed));
    edu.fetch(from, COUNT);
    edu.store(to, COUNT - 8);
    let (sent, received) = (contents(&source), contents(&target));
    let end = COUNT / 8 - 1;
    assert_eq!(received[..end], sent[..end]);
    assert!(received[end..].iter().all(|word| *word == u64::MAX), "more was written than asked for");
    // From the middle of a page to the middle of another.
    edu.fetch(from + 1024, 512);
    edu.store(to + 3072, 512);
    assert_eq!(contents(&target)[384..448], sent[128..192]);
    assert_eq!(contents(&source), sent);
}

fn dma_outside_its_domain() {
    const SECRET: u8 = 0x5e;
    let mut edu = Edu::claim();
    let [inside, outside] = PAGES;
    let page = edu.share(inside, READ | WRITE, 0x1111);
    // Memory of this process, at the address that it has without an IOMMU.
    let frame = Box::new(Frame::new());
    frame.0.iter().for_each(|byte| byte.store(SECRET, Ordering::Relaxed));
    let address = physical(frame.0.as_ptr() as u64).expect("it is mapped");
    assert!(address < 1 << 28, "the device cannot address the page anyway");
    let other_page = physical(page.address()).expect("it is mapped");
    edu.fetch(inside, COUNT);
    for target in [address, other_page, outside, 0, inside + 4096, inside - 4096] {
        edu.store(target, COUNT);
        assert!(frame.0.iter().all(|byte| byte.load(Ordering::Relaxed) == SECRET), "written to {target:#x}");
        assert!(is_filled(&page, 0x1111), "written to {target:#x}");
    }
    // Nor does it read there.
    for source in [address, outside, 0] {
        edu.fetch(source, COUNT);
        edu.fill(&page, 0x2222);
        edu.store(inside, COUNT);
        let secret = u64::from_ne_bytes([SECRET; 8]);
        assert!(contents(&page).iter().all(|word| *word != secret), "read from {source:#x}");
    }
    // What is allowed works as before.
    edu.fill(&page, 0x3333);
    edu.fetch(inside, COUNT);
    edu.fill(&page, 0);
    edu.store(inside, COUNT);
    assert_eq!(contents(&page)[0], 0x3333);
}

fn dma_without_permission() {
    let mut edu = Edu::claim();
    let [only_read, only_write] = PAGES;
    let source = edu.share(only_read, READ, 0x1111);
    let target = edu.share(only_write, WRITE, 0x2222);
    let nothing = edu.share(only_write + 4096, 0, 0x4444);
    edu.fetch(only_read, COUNT);
    edu.store(only_write, COUNT);
    assert_eq!(contents(&target)[0], 0x1111, "the allowed directions do not work");
    // A page that it may only read is not written to, nor is one that it may not use at all.
    for to in [only_read, only_write + 4096] {
        edu.store(to, COUNT);
    }
    assert!(is_filled(&source, 0x1111));
    assert!(is_filled(&nothing, 0x4444));
    // From a page that it may only write to, or not use, it gets nothing.
    for from in [only_write, only_write + 4096] {
        edu.fill(&target, 0x3333);
        edu.fetch(from, COUNT);
        edu.fill(&target, 0);
        edu.store(only_write, COUNT);
        assert!(contents(&target).iter().all(|word| ![0x3333, 0x4444].contains(word)), "read from {from:#x}");
    }
}

/// Runs a child that starts a transfer from the device to `to`, which takes a while, and does not wait for it.
fn leave_a_transfer(to: u64) {
    let child = start(|| {
        let mut edu = Edu::claim();
        edu.share(to, READ | WRITE, 0x7777);
        edu.fetch(to, COUNT);
        edu.start(BUFFER, to, COUNT, TO_MEMORY);
        0
    });
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
}

fn dma_after_its_owner() {
    let [old, new] = PAGES;
    leave_a_transfer(old);
    // The page is ours now, and the device too, but at another address.
    let mut edu = Edu::claim();
    let page = edu.share(new, READ | WRITE, 0x1111);
    edu.finish();
    assert!(is_filled(&page, 0x1111));
}

/// Waits for about three times as long as a transfer takes.
fn wait_for_transfer() {
    let per_ms = debug_sysctl(SYSCTL_TSC_KHZ).expect("sysctl");
    let end = timestamp() + 300 * per_ms;
    while timestamp() < end {
        yield_now();
    }
}

fn dma_of_nobodys_device() {
    leave_a_transfer(PAGES[0]);
    // The page is ours now, by another device; this one is nobody's.
    let is_other = |function: &PciFunc| function.id != EDU && device::is_claimable(function.devid);
    let mut other = Device::claim(device::functions().find(is_other).expect("another device")).expect("claim");
    let page = other.share(PAGES[0], READ | WRITE).expect("share");
    wait_for_transfer();
    assert!(is_filled(&page, 0));
}

fn interrupt_is_pending() {
    let edu = Edu::claim();
    let vector = edu.interrupt_to_vector();
    let parent = me().ppid;
    for which in [1, 2, 0x8000_0000] {
        assert_eq!(me().intr, [0; 4]);
        edu.raise(which);
        yield_until("the interrupt", || interrupt::is_pending(vector));
        assert_eq!(edu.registers.read(INTERRUPTS), which);
        // At this vector only, and at this process only.
        let mut expected = [0; 4];
        expected[usize::from(vector) / 64] = 1 << (vector % 64);
        assert_eq!((me().intr, proc(parent).intr), (expected, [0; 4]));
        edu.acknowledge();
        assert_eq!(edu.registers.read(INTERRUPTS), 0);
        interrupt::acknowledge(vector);
    }
    assert_eq!(me().intr, [0; 4]);
}

fn interrupt_wakes_a_sleeper() {
    let mut edu = Edu::claim();
    let vector = edu.interrupt_to_vector();
    let page = edu.share(PAGES[0], READ | WRITE, 0x1111);
    for _ in 0..3 {
        // It interrupts when it is done, which takes longer than falling asleep, unless the emulator has to wait; then
        // this process does not sleep at all.
        edu.start(PAGES[0], BUFFER, COUNT, INTERRUPT);
        let message = recv(&mut MessagePage::new(), None).expect("recv");
        assert_eq!(message, Message { from: 0, value: u64::from(vector), size: 0 });
        assert_eq!(message.interrupt(), Some(vector));
        assert!(interrupt::is_pending(vector));
        assert_eq!(edu.registers.read(INTERRUPTS), TRANSFER_DONE);
        assert_eq!(edu.registers.read(TRANSFER[3]) & START, 0);
        edu.acknowledge();
        interrupt::acknowledge(vector);
    }
    assert!(is_filled(&page, 0x1111));
}

fn interrupt_is_not_slept_through() {
    let edu = Edu::claim();
    let vector = edu.interrupt_to_vector();
    // A server that answers each number with its successor.
    let server = start(|| {
        let mut page = MessagePage::new();
        let mut message = recv(&mut page, None).expect("recv");
        while message.value != 0 {
            message =
                reply_wait(message.from, message.value + 1, &MessagePage::new(), 0, None, &mut page).expect("reply");
        }
        0
    });
    yield_until("its sleep", || proc(server).state.is(ProcState::Sleeping));
    edu.raise(1);
    yield_until("the interrupt", || interrupt::is_pending(vector));
    // The kernel refuses, last of all checks, each call after which this process would sleep.
    let (mut page, sent) = (MessagePage::new(), MessagePage::new());
    let (received, sent_page) = (page.number().expect("a page"), sent.number().expect("a page"));
    assert_eq!(must_fail(SYS_RECV, [INIT_PID, received, NO_FD, 0, 0, 0]), Errno::EINTR);
    assert_eq!(must_fail(SYS_RECV, [server, received, NO_FD, 0, 0, 0]), Errno::EINVAL);
    assert_eq!(must_fail(SYS_CALL, [server, 5, sent_page, 0, received, NO_FD]), Errno::EINTR);
    assert_eq!(must_fail(SYS_REPLY_WAIT, [server, 5, sent_page, 0, NO_FD, received]), Errno::EINTR);
    assert_eq!(must_fail(SYS_REPLY_WAIT, [server, 5, sent_page, 4097, NO_FD, received]), Errno::EINVAL);
    assert!(proc(server).state.is(ProcState::Sleeping), "nothing was sent");
    // The library turns that into a message, as often as one looks, until it is acknowledged.
    let told = Ok(Message { from: 0, value: u64::from(vector), size: 0 });
    assert_eq!(recv(&mut page, None), told);
    assert_eq!(recv(&mut page, None), told);
    assert_eq!(call(server, 5, &sent, 0, &mut page, None), Err(Errno::EINTR));
    edu.acknowledge();
    interrupt::acknowledge(vector);
    assert_eq!(call(server, 5, &sent, 0, &mut page, None), Ok(Message { from: server, value: 6, size: 0 }));
    // An answer is sent all the same: this one ends the server.
    edu.raise(1);
    yield_until("the interrupt", || interrupt::is_pending(vector));
    assert_eq!(reply_wait(server, 0, &sent, 0, None, &mut page), told);
    assert_eq!(wait_for(server), Ok(Ended::Exited(0)));
    edu.acknowledge();
    assert_eq!(interrupt::sleep(vector), Ok(()));
    assert!(!interrupt::is_pending(vector));
}

fn interrupt_without_a_route() {
    let edu = Edu::claim();
    let space = edu.device.configuration().expect("a configuration space");
    let at = pci::find_capability(|offset| space.read(offset), pci::CAPABILITY_MSI).expect("it can send interrupts");
    let messages = || space.read(at) >> 16 & 1;
    let lines_are_off = space.read(4) >> 10 & 1;
    assert_eq!((messages(), lines_are_off), (0, 1));
    // Any vector would do, if there were a way to it.
    let vectors = [0; 3].map(|_| interrupt::claim_vector().expect("a vector"));
    edu.raise(1);
    assert_eq!(me().intr, [0; 4]);
    edu.acknowledge();
    // (A message that names a vector itself cannot be tested here: a real IOMMU stops it, the emulator's does not.)
    let route = edu.device.interrupt_to(vectors[1]).expect("a route");
    assert_eq!((messages(), space.read(at + 4)), (1, 0xfee0_0010 | (route as u32) << 5));
    edu.raise(1);
    yield_until("the interrupt", || interrupt::is_pending(vectors[1]));
    edu.acknowledge();
}

fn interrupt_by_the_last_route() {
    let edu = Edu::claim();
    let [first, second] = [0; 2].map(|_| interrupt::claim_vector().expect("a vector"));
    for vector in [first, second] {
        edu.device.interrupt_to(vector).expect("a route");
    }
    edu.raise(1);
    yield_until("the interrupt", || interrupt::is_pending(second));
    assert!(!interrupt::is_pending(first));
    edu.acknowledge();
}

fn interrupt_after_its_owner() {
    let child = start(|| {
        let mut edu = Edu::claim();
        edu.interrupt_to_vector();
        edu.share(PAGES[0], READ | WRITE, 0);
        edu.start(PAGES[0], BUFFER, COUNT, INTERRUPT);
        0
    });
    assert_eq!(wait_for(child), Ok(Ended::Exited(0)));
    // The vector and the device are ours now, but there is no route.
    let edu = Edu::claim();
    let space = edu.device.configuration().expect("a configuration space");
    let at = pci::find_capability(|offset| space.read(offset), pci::CAPABILITY_MSI).expect("it can send interrupts");
    assert_eq!(space.read(at) >> 16 & 1, 0, "it still sends messages");
    let vector = interrupt::claim_vector().expect("a vector");
    edu.finish();
    (0..50).for_each(|_| yield_now());
    assert!(!interrupt::is_pending(vector));
    assert_eq!(edu.registers.read(INTERRUPTS), TRANSFER_DONE);
    edu.acknowledge();
}
