use super::*;
use crate::vtd::registers::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use zerocopy::FromZeros;

/// Bits of the capability registers of QEMU's unit: 65536 domains, 3 and 4 levels, draining; queue, remapping.
pub const CAN: u64 = 6 | 1 << 9 | 1 << 10 | 3 << 54;
pub const CAN_MORE: u64 = 1 << 1 | 1 << 3;

/// What a unit has been told.
#[derive(Default)]
pub struct State {
    words: HashMap<u64, u64>,
    /// Bits of the command register that it does not react to.
    pub deaf: u32,
    /// Whether it carries commands out.
    pub asleep: bool,
    /// The low words of the commands that it has carried out.
    pub commands: Vec<u64>,
    /// How often the caches were written back.
    pub write_backs: usize,
    /// The lasting bits, in the order in which they came on and went off.
    pub switched: Vec<(u32, bool)>,
}

/// A unit of its own kind: registers that behave as the specification says.
#[derive(Clone)]
pub struct Fake {
    pub state: Rc<RefCell<State>>,
    tables: &'static Tables,
    n: usize,
}

impl Fake {
    pub fn new(tables: &'static Tables, n: usize, can: u64, can_more: u64) -> Self {
        let state = State::default();
        let fake = Fake { state: Rc::new(RefCell::new(state)), tables, n };
        fake.poke(CAPABILITY, can);
        fake.poke(EXTENDED_CAPABILITY, can_more);
        fake
    }

    pub fn poke(&self, register: u64, value: u64) {
        self.state.borrow_mut().words.insert(register, value);
    }

    pub fn peek(&self, register: u64) -> u64 {
        self.state.borrow().words.get(&register).copied().unwrap_or(0)
    }

    /// The context entry of a function.
    pub fn context(&self, devid: u16) -> [u64; 2] {
        let n = 2 * usize::from(devid & 0xff);
        [n, n + 1].map(|n| self.tables.contexts[usize::from(devid >> 8)].get(n))
    }

    /// An entry of the interrupt-remapping table.
    pub fn route(&self, index: usize) -> [u64; 2] {
        [2 * index, 2 * index + 1].map(|n| self.tables.routes.get(n))
    }

    fn command(&self, value: u32) {
        let status = self.peek(STATUS) as u32;
        let mut changed = (value ^ status) & LASTING | value & !LASTING;
        assert_eq!(changed.count_ones(), 1, "one thing at a time: {value:#x} after {status:#x}");
        changed &= !self.state.borrow().deaf;
        let mut new = status & !(changed & LASTING) | value & changed;
        new &= !FLUSH_BUFFERS;
        if changed & LASTING != 0 {
            self.state.borrow_mut().switched.push((changed, value & changed != 0));
        }
        self.poke(STATUS, new.into());
    }

    /// Carries out what is in the queue.
    fn work(&self) {
        if self.state.borrow().asleep {
            return;
        }
        assert_eq!(self.peek(QUEUE_ADDRESS), self.tables.queues[self.n].address());
        let tail = self.peek(QUEUE_TAIL);
        let mut head = self.peek(QUEUE_HEAD);
        while head != tail {
            let command = self.tables.queues[self.n].get(head as usize / 8);
            self.state.borrow_mut().commands.push(command);
            if command == 0x15 {
                self.poke(COMPLETION_STATUS, COMPLETED.into());
            }
            head = (head + 16) % 4096;
        }
        self.poke(QUEUE_HEAD, head);
    }
}

impl Registers for Fake {
    fn read32(&self, register: u64) -> u32 {
        self.peek(register) as u32
    }

    fn read64(&self, register: u64) -> u64 {
        self.peek(register)
    }

    fn write32(&mut self, register: u64, value: u32) {
        match register {
            COMMAND => self.command(value),
            COMPLETION_STATUS => self.poke(register, self.peek(register) & !u64::from(value)),
            FAULT_STATUS => self.poke(register, self.peek(register) & !u64::from(value)),
            PROTECTED_MEMORY if !self.state.borrow().asleep => self.poke(register, value.into()),
            STATUS => panic!("the status is not for writing"),
            _ => self.poke(register, value.into()),
        }
    }

    fn write64(&mut self, register: u64, value: u64) {
        self.poke(register, value);
        let on = self.peek(STATUS) as u32 & USE_QUEUE != 0;
        match register {
            QUEUE_TAIL if on => self.work(),
            QUEUE_ADDRESS => {
                assert!(!on, "the queue moves only while it is off");
                self.poke(QUEUE_HEAD, 0);
            }
            _ => (),
        }
    }

    fn write_back_caches(&self) {
        self.state.borrow_mut().write_backs += 1;
    }
}

pub const HERE: Destination = Destination { id: 0, extended: false };

pub fn tables() -> &'static Tables {
    // Too large for a test's stack.
    Box::leak(Tables::new_box_zeroed().unwrap())
}

fn start(units: &[Fake], destination: Destination) -> Result<Iommu<'static, Fake>, Refusal> {
    let tables = units.first().map_or_else(tables, |unit| unit.tables);
    Iommu::start(tables, units.iter().cloned().collect(), destination)
}

/// An IOMMU of one unit, and that unit.
pub fn one(can: u64) -> (Iommu<'static, Fake>, Fake) {
    let unit = Fake::new(tables(), 0, can, CAN_MORE);
    (start(std::slice::from_ref(&unit), HERE).unwrap(), unit)
}

#[test]
fn a_unit_is_switched_on_in_order() {
    let (iommu, unit) = one(CAN);
    assert_eq!((iommu.levels(), iommu.units()), (Levels::Four, 1));
    let state = unit.state.borrow();
    assert_eq!(state.switched, [(USE_QUEUE, true), (REMAP, true), (TRANSLATE, true)]);
    assert_eq!(state.commands, [0x11, 0xd2, 0x15, 0x04, 0x15]);
    drop(state);
    assert_eq!(unit.peek(ROOT_TABLE), unit.tables.root.address());
    assert_eq!(unit.peek(ROUTE_TABLE), unit.tables.routes.address() | 2);
    let status = unit.peek(STATUS) as u32;
    assert_eq!(status & (TRANSLATE | REMAP | SET_ROOT | SET_ROUTES), TRANSLATE | REMAP | SET_ROOT | SET_ROUTES);
    assert_eq!(unit.tables.root.get(2 * 7), unit.tables.contexts[7].address() | 1);
    assert_eq!((unit.peek(FAULT_CONTROL), unit.peek(COMPLETION_CONTROL)), (SILENT.into(), SILENT.into()));
}

#[test]
fn what_the_firmware_left_on_goes_off_first() {
    let unit = Fake::new(tables(), 0, CAN | 1 << 5, CAN_MORE);
    unit.poke(STATUS, (TRANSLATE | REMAP | PASS_OLD_FORMAT | USE_QUEUE).into());
    unit.poke(PROTECTED_MEMORY, (PROTECT | PROTECTED).into());
    start(std::slice::from_ref(&unit), HERE).unwrap();
    let off = [TRANSLATE, REMAP, PASS_OLD_FORMAT, USE_QUEUE].map(|bit| (bit, false));
    let on = [USE_QUEUE, REMAP, TRANSLATE].map(|bit| (bit, true));
    assert_eq!(unit.state.borrow().switched, [&off[..], &on].concat());
    assert_eq!(unit.peek(PROTECTED_MEMORY), 0);
}

#[test]
fn units_that_do_not_confine_are_refused() {
    let more = CAN_MORE;
    let refusal = |can, more, destination| start(&[Fake::new(tables(), 0, can, more)], destination).err();
    assert_eq!(start(&[], HERE).err(), Some(Refusal::Absent));
    assert_eq!(refusal(u64::MAX, u64::MAX, HERE), Some(Refusal::Absent));
    assert_eq!(refusal(0, 0, HERE), Some(Refusal::Absent));
    assert_eq!(refusal(CAN, more & !2, HERE), Some(Refusal::TooOld));
    assert_eq!(refusal(CAN, more & !8, HERE), Some(Refusal::TooOld));
    assert_eq!(refusal(CAN & !7, more, HERE), Some(Refusal::Domains));
    assert_eq!(refusal(CAN & !7 | 1, more, HERE), Some(Refusal::Domains));
    assert_eq!(refusal(CAN & !7 | 2, more, HERE), None);
    assert_eq!(refusal(CAN | 7, more, HERE), Some(Refusal::Domains));
    assert_eq!(refusal(CAN & !(3 << 9), more, HERE), Some(Refusal::Levels));
    let far = Destination { id: 0x100, extended: true };
    assert_eq!(refusal(CAN, more, far), Some(Refusal::Destination));
    let unit = Fake::new(tables(), 0, CAN, more | 1 << 4);
    assert!(start(std::slice::from_ref(&unit), far).is_ok());
    assert_eq!(unit.peek(ROUTE_TABLE) & EXTENDED_DESTINATIONS, EXTENDED_DESTINATIONS);
}

#[test]
fn all_units_walk_the_same_tables() {
    let levels = |bits: &[u64]| {
        let tables = tables();
        let units = bits.iter().enumerate().map(|(n, b)| Fake::new(tables, n, CAN & !(3 << 9) | b << 9, CAN_MORE));
        start(&units.collect::<Vec<_>>(), HERE).map(|iommu| iommu.levels())
    };
    assert_eq!(levels(&[3, 3]), Ok(Levels::Four));
    assert_eq!(levels(&[2, 3]), Ok(Levels::Four));
    assert_eq!(levels(&[3, 1]), Ok(Levels::Three));
    assert_eq!(levels(&[2, 1]), Err(Refusal::Levels));
}

#[test]
fn a_unit_that_does_not_answer_is_given_up() {
    for bit in [USE_QUEUE, SET_ROOT, SET_ROUTES, REMAP, TRANSLATE] {
        let unit = Fake::new(tables(), 0, CAN, CAN_MORE);
        unit.state.borrow_mut().deaf = bit;
        assert_eq!(start(&[unit], HERE).err(), Some(Refusal::Silent));
    }
    let unit = Fake::new(tables(), 0, CAN, CAN_MORE);
    unit.state.borrow_mut().asleep = true;
    assert_eq!(start(&[unit], HERE).err(), Some(Refusal::Silent));
}

#[test]
fn contexts_and_routes_are_where_the_unit_looks() {
    let (mut iommu, unit) = one(CAN);
    let place = Place::new(3, 31, 7);
    iommu.set_domain(place, Some(Domain { table: 0xabc000, number: 9 }));
    assert_eq!(unit.context(place.0), [0xabc001, 0x902]);
    iommu.set_domain(place, None);
    assert_eq!(unit.context(place.0), [0, 0]);
    iommu.set_route(7, Some(Route { from: place, vector: 0x41 }));
    assert_eq!(unit.route(7), [0x41_0001, 0x4_03ff]);
    iommu.set_route(7, None);
    assert_eq!(unit.route(7), [0, 0]);
}

#[test]
fn the_queue_is_a_ring() {
    let (mut iommu, unit) = one(CAN);
    unit.state.borrow_mut().commands.clear();
    for _ in 0..1000 {
        iommu.invalidate(Invalidation::ROUTES).unwrap();
    }
    assert_eq!(unit.state.borrow().commands, [0x04, 0x15].repeat(1000));
    unit.state.borrow_mut().asleep = true;
    assert_eq!(iommu.invalidate(Invalidation::ROUTES), Err(Refusal::Silent));
}

#[test]
fn every_unit_is_told() {
    let tables = tables();
    let units: Vec<_> = (0..3).map(|n| Fake::new(tables, n, CAN, CAN_MORE)).collect();
    let mut iommu = start(&units, HERE).unwrap();
    iommu.invalidate(Invalidation::TRANSLATIONS).unwrap();
    for unit in &units {
        assert_eq!(unit.state.borrow().commands, [0x11, 0xd2, 0x15, 0x04, 0x15, 0xd2, 0x15]);
    }
}

#[test]
fn caches_are_written_back_for_units_that_do_not_see_them() {
    for (more, expected) in [(CAN_MORE, 3), (CAN_MORE | 1, 0)] {
        let unit = Fake::new(tables(), 0, CAN | 1 << 4, more);
        let mut iommu = start(std::slice::from_ref(&unit), HERE).unwrap();
        iommu.invalidate(Invalidation::TRANSLATIONS).unwrap();
        assert_eq!(unit.state.borrow().write_backs, expected);
    }
}
