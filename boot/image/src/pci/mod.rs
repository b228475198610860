//! PCI functions: their configuration space (PCI Local Bus specification 3.0, chapter 6; PCI Express Base specification
//! 5.0, section 7.5).

pub mod bar;
pub mod msi;
pub mod scan;

use core::fmt;

/// A function's place: bus (8 bits), device (5 bits), function (3 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub u16);

impl Place {
    /// The function at these numbers.
    pub fn new(bus: u8, device: u8, function: u8) -> Self {
        Place(u16::from(bus) << 8 | u16::from(device & 31) << 3 | u16::from(function & 7))
    }

    /// Its bus.
    pub fn bus(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Its distance from the start of configuration space.
    pub fn offset(self) -> u64 {
        u64::from(self.0) << 12
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}:{:02x}.{}", self.bus(), self.0 >> 3 & 31, self.0 & 7)
    }
}

/// Access to configuration space.
pub trait Config {
    /// Reads 32 bits of a function's registers; `register` is a multiple of 4. All ones if there is no such function.
    fn read(&self, place: Place, register: u16) -> u32;
    /// Writes 32 bits of a function's registers.
    fn write(&mut self, place: Place, register: u16, value: u32);
}

/// Device and vendor id.
pub const ID: u16 = 0x00;
/// Status (high half; writing zeros changes nothing) and command.
pub const COMMAND: u16 = 0x04;
/// Class, subclass, interface, revision.
pub const CLASS: u16 = 0x08;
/// Kind of header, in bits 16 to 23.
pub const HEADER: u16 = 0x0c;
/// The first base-address register.
pub const BAR: u16 = 0x10;
/// The buses of a bridge: its own, the next, the last one behind it.
pub const BUSES: u16 = 0x18;
/// The first capability's register number, in the low 8 bits.
pub const CAPABILITIES: u16 = 0x34;

/// Command: answer to I/O addresses, to memory addresses, and access memory by itself.
pub const COMMAND_IO: u32 = 1;
/// See [`COMMAND_IO`].
pub const COMMAND_MEMORY: u32 = 2;
/// See [`COMMAND_IO`].
pub const COMMAND_MASTER: u32 = 4;
/// Command: do not interrupt over a line; messages only.
pub const COMMAND_NO_LINE: u32 = 1 << 10;
/// The command half of the register.
const COMMAND_MASK: u32 = 0xffff;
/// Status: there is a list of capabilities.
const STATUS_CAPABILITIES: u32 = 1 << 20;

/// Changes bits of the command: first those in `clear` go off, then those in `set` come on. Returns what it was.
pub fn command(config: &mut impl Config, place: Place, clear: u32, set: u32) -> u32 {
    let old = config.read(place, COMMAND) & COMMAND_MASK;
    config.write(place, COMMAND, old & !clear | set);
    old
}

/// Finds a capability and returns its register. A list that never ends is given up.
pub fn capability(config: &impl Config, place: Place, id: u8) -> Option<u16> {
    /// As many as fit between the header and the end of the 256 bytes.
    const MOST: usize = 48;
    if config.read(place, COMMAND) & STATUS_CAPABILITIES == 0 {
        return None;
    }
    let mut register = config.read(place, CAPABILITIES) as u16 & 0xfc;
    for _ in 0..MOST {
        if register < 0x40 {
            return None;
        }
        let head = config.read(place, register);
        if head as u8 == id {
            return Some(register);
        }
        register = (head >> 8) as u16 & 0xfc;
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::cell::Cell;
    use std::collections::HashMap;

    /// A function: its registers, and which of their bits can be written.
    #[derive(Clone, Default)]
    pub struct Fake {
        pub registers: HashMap<u16, u32>,
        pub writable: HashMap<u16, u32>,
    }

    /// Functions at their places, and whether a base-address register was written while its device answered to it.
    #[derive(Default)]
    pub struct Bus {
        pub functions: HashMap<u16, Fake>,
        pub reads: Cell<usize>,
        pub careless: bool,
    }

    impl Config for Bus {
        fn read(&self, place: Place, register: u16) -> u32 {
            assert!(register.is_multiple_of(4) && register < 4096);
            self.reads.set(self.reads.get() + 1);
            let Some(function) = self.functions.get(&place.0) else { return !0 };
            function.registers.get(&register).copied().unwrap_or(0)
        }

        fn write(&mut self, place: Place, register: u16, value: u32) {
            let function = self.functions.get_mut(&place.0).expect("only functions that exist are written to");
            let decodes = function.registers.get(&COMMAND).is_some_and(|c| c & (COMMAND_IO | COMMAND_MEMORY) != 0);
            self.careless |= (BAR..BAR + 24).contains(&register) && decodes;
            let mask = function.writable.get(&register).copied().unwrap_or(0);
            let word = function.registers.entry(register).or_default();
            *word = *word & !mask | value & mask;
        }
    }

    impl Fake {
        pub fn new(id: u32, class: u32, header: u32) -> Self {
            let mut fake = Fake::default();
            fake.registers.extend([(ID, id), (CLASS, class), (HEADER, header << 16)]);
            fake.writable.insert(COMMAND, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER | COMMAND_NO_LINE);
            fake
        }

        pub fn with(mut self, register: u16, value: u32) -> Self {
            self.registers.insert(register, value);
            self
        }

        /// A base-address register with its fixed low bits.
        pub fn bar(mut self, n: u16, value: u32, mask: u32) -> Self {
            self.registers.insert(BAR + 4 * n, value);
            self.writable.insert(BAR + 4 * n, mask);
            self
        }

        /// A capability at a register.
        pub fn capability(mut self, at: u16, next: u16, id: u8, payload: u32) -> Self {
            *self.registers.entry(COMMAND).or_default() |= STATUS_CAPABILITIES;
            self.registers.entry(CAPABILITIES).or_insert(at.into());
            self.registers.insert(at, payload << 16 | u32::from(next) << 8 | u32::from(id));
            self
        }
    }

    #[test]
    fn places_read_as_usual() {
        assert_eq!(Place::new(0, 31, 7).to_string(), "00:1f.7");
        assert_eq!(Place::new(255, 2, 0), Place(0xff10));
        assert_eq!(Place(0x0110).offset(), 0x11_0000);
    }

    #[test]
    fn capabilities_form_a_list() {
        let place = Place(8);
        let mut bus = Bus::default();
        let fake = Fake::new(1, 0, 0).capability(0x40, 0x60, 1, 0).capability(0x60, 0x51, 5, 0);
        bus.functions.insert(8, fake.capability(0x50, 0, 16, 0));
        assert_eq!(capability(&bus, place, 5), Some(0x60));
        assert_eq!(capability(&bus, place, 16), Some(0x50));
        assert_eq!(capability(&bus, place, 17), None);
    }

    #[test]
    fn a_list_that_bites_its_tail_ends() {
        let mut bus = Bus::default();
        bus.functions.insert(8, Fake::new(1, 0, 0).capability(0x40, 0x60, 1, 0).capability(0x60, 0x40, 2, 0));
        assert_eq!(capability(&bus, Place(8), 3), None);
        assert!(bus.reads.get() < 100);
        // Nor does one that leads into the header.
        bus.functions.insert(8, Fake::new(1, 0, 0).capability(0x40, 0x10, 1, 0).with(0x10, 3));
        assert_eq!(capability(&bus, Place(8), 3), None);
    }

    #[test]
    fn without_the_flag_there_is_no_list() {
        let mut bus = Bus::default();
        bus.functions.insert(8, Fake::new(1, 0, 0).with(CAPABILITIES, 0x40).with(0x40, 3));
        assert_eq!(capability(&bus, Place(8), 3), None);
    }

    #[test]
    fn the_command_keeps_its_other_bits() {
        let mut bus = Bus::default();
        bus.functions.insert(8, Fake::new(1, 0, 0).with(COMMAND, COMMAND_IO | COMMAND_MASTER | STATUS_CAPABILITIES));
        assert_eq!(command(&mut bus, Place(8), COMMAND_MASTER, COMMAND_MEMORY), COMMAND_IO | COMMAND_MASTER);
        assert_eq!(bus.read(Place(8), COMMAND), COMMAND_IO | COMMAND_MEMORY | STATUS_CAPABILITIES);
    }
}
