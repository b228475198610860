//! Base-address registers: which addresses a function answers to, and how many (PCI Local Bus specification 3.0, section
//! 6.2.5.1).

use crate::pci::{BAR, COMMAND_IO, COMMAND_MASTER, COMMAND_MEMORY, Config, Place, command};

/// How many a function has.
pub const COUNT: usize = 6;

/// Low bits: an I/O address; then for memory addresses, its width.
const IO: u32 = 1;
const WIDTH: u32 = 6;
const WIDTH_64: u32 = 4;
/// Bits that are no address, for I/O and for memory.
const IO_FLAGS: u32 = 3;
const MEMORY_FLAGS: u32 = 15;

/// What the registers say. One of 64 bits stands in the place of its low half.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bars {
    /// The addresses, 0 for a register that is not there.
    pub base: [u64; COUNT],
    /// The numbers of bytes, 0 for a register that is not there.
    pub size: [u64; COUNT],
    /// Which of them are I/O addresses.
    pub io: [bool; COUNT],
}

/// Reads what a register says, and what it says when it has been told to be all ones.
fn probe(config: &mut impl Config, place: Place, n: usize) -> (u32, u32) {
    let register = BAR + 4 * n as u16;
    let value = config.read(place, register);
    config.write(place, register, !0);
    let ones = config.read(place, register);
    config.write(place, register, value);
    (value, ones)
}

/// The distance between addresses, from those bits of an address that can be set. Nothing if they cannot belong to a
/// register: the bits must be all those above some bit.
fn size(settable: u64, width: u64) -> Option<u64> {
    let size = settable & settable.wrapping_neg();
    (settable != 0 && settable | (size - 1) == width).then_some(size)
}

/// Reads the registers of a function that is no bridge. Meanwhile it answers to no address, and from now on it does not
/// access memory by itself.
pub fn read(config: &mut impl Config, place: Place) -> Bars {
    let old = command(config, place, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER, 0);
    let bars = read_quiet(config, place);
    command(config, place, 0, old & (COMMAND_IO | COMMAND_MEMORY));
    bars
}

fn read_quiet(config: &mut impl Config, place: Place) -> Bars {
    let mut bars = Bars::default();
    let mut n = 0;
    while n < COUNT {
        let (value, ones) = probe(config, place, n);
        let (this, found) = (n, if value & IO != 0 { IO } else { value & WIDTH });
        n += 1;
        let (base, size) = match found {
            IO => ((value & !IO_FLAGS & 0xffff).into(), size(u64::from(ones & !IO_FLAGS & 0xffff), 0xffff)),
            WIDTH_64 if n < COUNT => {
                let (high_value, high_ones) = probe(config, place, n);
                n += 1;
                let word = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low & !MEMORY_FLAGS);
                (word(high_value, value), size(word(high_ones, ones), u64::MAX))
            }
            _ => ((value & !MEMORY_FLAGS).into(), size((ones & !MEMORY_FLAGS).into(), u32::MAX.into())),
        };
        if let Some(size) = size {
            (bars.base[this], bars.size[this], bars.io[this]) = (base, size, found == IO);
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pci::COMMAND;
    use crate::pci::tests::{Bus, Fake};

    fn bars(fake: Fake) -> Bars {
        let mut bus = Bus::default();
        bus.functions.insert(8, fake.with(COMMAND, 7));
        let before = bus.functions[&8].registers.clone();
        let bars = read(&mut bus, Place(8));
        assert!(!bus.careless, "a register was changed while it was in use");
        let mut after = bus.functions[&8].registers.clone();
        assert_eq!(after.insert(COMMAND, 7), Some(3), "the function may still access memory");
        after.retain(|register, value| before.contains_key(register) || *value != 0);
        assert_eq!(after, before);
        bars
    }

    #[test]
    fn memory_and_io() {
        let fake = Fake::new(1, 0, 0).bar(0, 0xfea0_0000, 0xfff0_0000).bar(1, 0xc041, 0xffff_ffc0);
        let bars = bars(fake.bar(2, 0x8000_0008, 0xffff_f000).bar(5, 0, 0xffff_ff00));
        assert_eq!(bars.base, [0xfea0_0000, 0xc040, 0x8000_0000, 0, 0, 0]);
        assert_eq!(bars.size, [1 << 20, 64, 4096, 0, 0, 256]);
        assert_eq!(bars.io, [false, true, false, false, false, false]);
    }

    #[test]
    fn io_of_16_bits() {
        assert_eq!(bars(Fake::new(1, 0, 0).bar(0, 0x101, 0xff00)).size[0], 256);
    }

    #[test]
    fn registers_of_64_bits() {
        let fake = Fake::new(1, 0, 0).bar(0, 0xfe00_0004, 0xffff_c000).bar(1, 0, !0);
        let fake = fake.bar(2, 0xc, 0).bar(3, 0x10, 0xffff_fff0).bar(4, 0xfebc_0000, 0xffff_0000);
        let bars = bars(fake);
        assert_eq!(bars.base, [0xfe00_0000, 0, 0x10_0000_0000, 0, 0xfebc_0000, 0]);
        assert_eq!(bars.size, [0x4000, 0, 0x10_0000_0000, 0, 0x1_0000, 0]);
    }

    #[test]
    fn nonsense_is_no_register() {
        // Holes among the bits, half of 64 bits only, and a pair that begins at the last register.
        let fake = Fake::new(1, 0, 0).bar(0, 0, 0xf0f0_0000).bar(1, 4, 0xfff0_0000).bar(5, 4, 0xfff0_0000);
        let bars = bars(fake);
        assert_eq!(bars.size[..5], [0; 5]);
        assert_eq!(bars.size[5], 1 << 20);
    }
}
