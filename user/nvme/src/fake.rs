//! A controller for the tests: it does what the specification says, or what a test tells it to do instead.

use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::HashMap;
use std::vec;
use std::vec::Vec;

use crate::identify::tests::{controller_page, namespace_page};
use crate::{BLOCK_SIZE, Block, Bus, Page, Shared};

/// A page of the tests.
#[derive(Clone, Debug)]
pub struct Memory(Rc<[AtomicU64; 512]>);

impl Page for Memory {
    fn words(&self) -> &[AtomicU64; 512] {
        &self.0
    }
}

impl Memory {
    /// A page full of what was there before.
    pub fn new() -> Self {
        Memory(Rc::new([const { AtomicU64::new(u64::MAX) }; 512]))
    }
}

/// A pair of queues, as the controller sees them.
#[derive(Clone, Debug, Default)]
struct Pair {
    entries: u16,
    submissions: u64,
    completions: u64,
    head: u16,
    tail: u16,
    /// Where the next report goes, and whether the queue of them has started again.
    reports: u16,
    turned: bool,
}

/// What a test can tell the controller to do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not to answer.
    Silence,
    /// To fail.
    Failure,
    /// To vanish.
    Absence,
    /// To answer with a status, kind and code.
    Status(u8, u8),
    /// To report another command's end, or another queue's.
    Number(u16),
    Queue(u16),
    /// To say that it has taken so many more commands.
    Taken(u16),
}

/// The controller's insides.
#[derive(Debug)]
pub struct State {
    pub capabilities: [u32; 2],
    pub version: u32,
    configuration: u32,
    pub status: u32,
    registers: HashMap<u64, u32>,
    /// Whether it follows the switch.
    pub stuck: bool,
    queues: [Pair; 2],
    memory: HashMap<u64, Memory>,
    /// What it says of itself, its namespaces, and its namespace.
    pub pages: [Block; 3],
    /// Its medium, and what it has not brought there yet.
    pub medium: Vec<Block>,
    pub cache: HashMap<u64, Block>,
    /// What it does wrong at a command: queue and opcode.
    pub faults: HashMap<(u16, u8), Fault>,
    /// Opcodes that it has carried out.
    pub log: Vec<(u16, u8)>,
}

/// A controller, as the driver sees it. Copies are the same controller.
#[derive(Clone, Debug)]
pub struct Fake {
    pub state: Rc<RefCell<State>>,
    time: Rc<Cell<u64>>,
}

/// Blocks of the medium.
pub const BLOCKS: usize = 5;
/// The namespace's number.
const NAMESPACE: u64 = 7;

impl Fake {
    /// A drive with units of 512 bytes and queues of 3 entries.
    pub fn new() -> Self {
        let mut namespaces = [0; BLOCK_SIZE];
        namespaces[0] = NAMESPACE as u8;
        let state = State {
            capabilities: [0x0a01_0002, 0x20],
            version: 0x1_0400,
            configuration: 0x0046_0001,
            status: 1,
            registers: HashMap::new(),
            stuck: false,
            queues: Default::default(),
            memory: HashMap::new(),
            pages: [namespace_page(8 * BLOCKS as u64 + 3, 9), controller_page(), namespaces],
            medium: (0..BLOCKS).map(|n| [n as u8; BLOCK_SIZE]).collect(),
            cache: HashMap::new(),
            faults: HashMap::new(),
            log: vec![],
        };
        Fake { state: Rc::new(RefCell::new(state)), time: Rc::default() }
    }

    /// Pages for the driver, full of what was there before.
    pub fn share<const N: usize>(&self) -> [Shared<Memory>; N] {
        core::array::from_fn(|n| {
            let (page, address) = (Memory::new(), 0x5_0000_0000 + 4096 * n as u64);
            self.state.borrow_mut().memory.insert(address, page.clone());
            Shared { page, address }
        })
    }

    /// Milliseconds that have passed.
    pub fn time(&self) -> u64 {
        self.time.get()
    }
}

impl Bus for Fake {
    fn read(&self, register: u64) -> u32 {
        let state = self.state.borrow();
        match register {
            0x00 | 0x04 => state.capabilities[register as usize / 4],
            0x08 => state.version,
            0x14 => state.configuration,
            0x1c => state.status,
            _ => panic!("no register {register:#x} is read"),
        }
    }

    fn write(&self, register: u64, value: u32) {
        let mut state = self.state.borrow_mut();
        match register {
            0x14 => state.configure(value),
            0x24..0x38 => {
                assert_eq!(state.configuration & 1, 0, "the queues change only while it is off");
                state.registers.insert(register, value);
            }
            0x1000..0x1010 => state.ring((register as usize - 0x1000) / 4, value),
            _ => panic!("no register {register:#x} is written"),
        }
    }

    fn milliseconds(&self) -> u64 {
        self.time.get()
    }

    fn rest(&self) {
        self.time.set(self.time.get() + 100);
    }
}

impl State {
    fn configure(&mut self, value: u32) {
        let (was, is) = (self.configuration & 1, value & 1);
        self.configuration = value;
        if self.stuck {
            return;
        }
        if is == 0 {
            // Whatever it was doing is forgotten, but not what was written.
            (self.queues, self.status) = (Default::default(), 0);
        } else if was == 0 {
            assert_eq!(value, 0x0046_0001, "sizes of entries, and the switch");
            let get = |at| u64::from(self.registers[&at]);
            let (sizes, submissions, completions) =
                (get(0x24), get(0x28) | get(0x2c) << 32, get(0x30) | get(0x34) << 32);
            assert_eq!(sizes & 0xffff, sizes >> 16);
            self.queues[0] = Pair { entries: sizes as u16 + 1, submissions, completions, ..Pair::default() };
            self.status = 1;
        } else if value >> 14 & 3 == 1 {
            self.status |= 2 << 2;
        }
    }

    fn ring(&mut self, bell: usize, value: u32) {
        let pair = &mut self.queues[bell / 2];
        assert!(value < pair.entries.into(), "doorbell {bell}: {value} of {} entries", pair.entries);
        if bell.is_multiple_of(2) {
            pair.tail = value as u16;
            while self.queues[bell / 2].head != self.queues[bell / 2].tail {
                self.work(bell / 2);
            }
        }
    }

    fn words(&self, address: u64) -> &[AtomicU64; 512] {
        self.memory.get(&address).expect("the page was shared").words()
    }

    fn work(&mut self, queue: usize) {
        let pair = self.queues[queue].clone();
        let at = 8 * usize::from(pair.head);
        let command: Vec<u64> =
            self.words(pair.submissions)[at..at + 8].iter().map(|word| word.load(Ordering::Relaxed)).collect();
        let (opcode, number) = (command[0] as u8, (command[0] >> 16) as u16);
        self.queues[queue].head = (pair.head + 1) % pair.entries;
        let mut end = [u64::from(self.queues[queue].head), queue as u64, u64::from(number)];
        let mut status = [0, 0];
        match self.faults.get(&(queue as u16, opcode)) {
            None => {
                self.carry_out(queue, opcode, &command);
                self.log.push((queue as u16, opcode));
            }
            Some(Fault::Silence) => return,
            Some(Fault::Failure) => {
                self.status |= 2;
                return;
            }
            Some(Fault::Absence) => {
                self.status = u32::MAX;
                return;
            }
            Some(Fault::Status(kind, code)) => status = [u64::from(*kind), u64::from(*code)],
            Some(Fault::Number(number)) => end[2] = u64::from(*number),
            Some(Fault::Queue(queue)) => end[1] = u64::from(*queue),
            Some(Fault::Taken(more)) => end[0] += u64::from(*more),
        }
        self.report(queue, end, status);
    }

    fn report(&mut self, queue: usize, [head, id, number]: [u64; 3], [kind, code]: [u64; 2]) {
        let pair = &mut self.queues[queue];
        let (place, phase) = (usize::from(pair.reports), u64::from(!pair.turned));
        pair.reports = (pair.reports + 1) % pair.entries;
        pair.turned ^= pair.reports == 0;
        let words = self.words(self.queues[queue].completions);
        let report = head & 0xffff | id << 16 | number << 32 | phase << 48 | code << 49 | kind << 57;
        words[2 * place + 1].store(report, Ordering::Release);
    }

    fn carry_out(&mut self, queue: usize, opcode: u8, command: &[u64]) {
        let (namespace, page, [low, high]) =
            (command[0] >> 32, command[3], [command[5] as u32, (command[5] >> 32) as u32]);
        match (queue, opcode) {
            (0, 0x06) => {
                let expected = if low == 0 { NAMESPACE } else { 0 };
                assert_eq!(namespace, expected, "identify {low}");
                self.store(page, &self.pages[low as usize].clone());
            }
            (0, 0x09) => assert_eq!([low, high], [7, 0]),
            (0, 0x05) => {
                assert_eq!((low & 0xffff, high), (1, 1), "a queue of completions");
                self.queues[1].completions = page;
            }
            (0, 0x01) => {
                assert_eq!((low & 0xffff, high), (1, 0x1_0001), "a queue of submissions");
                assert_ne!(self.queues[1].completions, 0, "completions come first");
                (self.queues[1].submissions, self.queues[1].entries) = (page, (low >> 16) as u16 + 1);
            }
            (1, 0x00) => {
                assert_eq!(namespace, NAMESPACE);
                for (block, contents) in core::mem::take(&mut self.cache) {
                    self.medium[block as usize] = contents;
                }
            }
            (1, 0x01 | 0x02) => {
                assert_eq!(namespace, NAMESPACE);
                assert_eq!((command[5] % 8, command[6]), (0, 7), "whole blocks of eight units");
                let block = command[5] / 8;
                if opcode == 0x01 {
                    let contents = self.load(page);
                    self.cache.insert(block, contents);
                } else {
                    let contents = self.cache.get(&block).copied().unwrap_or(self.medium[block as usize]);
                    self.store(page, &contents);
                }
            }
            _ => panic!("command {opcode:#x} of queue {queue}"),
        }
    }

    fn store(&self, page: u64, contents: &Block) {
        for (word, bytes) in self.words(page).iter().zip(contents.as_chunks().0) {
            word.store(u64::from_le_bytes(*bytes), Ordering::Relaxed);
        }
    }

    fn load(&self, page: u64) -> Block {
        let mut contents = [0; BLOCK_SIZE];
        for (word, bytes) in self.words(page).iter().zip(contents.as_chunks_mut().0) {
            *bytes = word.load(Ordering::Relaxed).to_le_bytes();
        }
        contents
    }
}
