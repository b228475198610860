//! Interrupts that a function sends as messages (PCI Local Bus specification 3.0, section 6.8.1), in the format that
//! names an entry of the interrupt-remapping table (VT-d architecture specification, section 5.1.5.2).

use crate::pci::{Config, Place, capability};

/// The capability's number.
const MESSAGES: u8 = 5;
/// Bits of its first register: whether messages are sent; how many different ones, as a power of two; whether addresses
/// have 64 bits; whether messages can be masked.
const ENABLE: u32 = 1 << 16;
const SEVERAL: u32 = 7 << 20;
const WIDE: u32 = 1 << 23;
const MASKABLE: u32 = 1 << 24;

/// The address to which a message goes that names an entry of the table: bit 4 marks the format, bits 19 to 5 are the
/// entry's number.
fn address(entry: usize) -> u32 {
    const FORMAT: u32 = 0xfee0_0010;
    FORMAT | (entry as u32 & 0x7fff) << 5
}

/// Has the function send its interrupts as one message that names this entry of the interrupt-remapping table. One that
/// cannot send messages is left alone.
pub fn enable(config: &mut impl Config, place: Place, entry: usize) {
    let Some(at) = capability(config, place, MESSAGES) else { return };
    let control = config.read(place, at) & !(ENABLE | SEVERAL);
    config.write(place, at, control);
    config.write(place, at + 4, address(entry));
    let mut next = at + 8;
    if control & WIDE != 0 {
        config.write(place, next, 0);
        next += 4;
    }
    // The data: the message's number within the entry's range, which is one long.
    config.write(place, next, 0);
    if control & MASKABLE != 0 {
        config.write(place, next + 4, 0);
    }
    config.write(place, at, control | ENABLE);
}

/// Has the function send no more messages.
pub fn disable(config: &mut impl Config, place: Place) {
    if let Some(at) = capability(config, place, MESSAGES) {
        let control = config.read(place, at);
        config.write(place, at, control & !ENABLE);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::pci::tests::{Bus, Fake};

    pub const AT: u16 = 0x50;
    const PLACE: Place = Place(0x118);

    /// A function with the capability at [`AT`], which the firmware has told to send two messages to everybody, masked.
    pub fn sender(features: u32) -> Fake {
        let mut fake =
            Fake::new(1, 0, 0).capability(0x40, AT, 1, 0).capability(AT, 0, MESSAGES, (features | ENABLE) >> 16);
        *fake.registers.entry(AT).or_default() |= 1 << 20;
        for register in (AT + 4..AT + 24).step_by(4) {
            fake = fake.with(register, 0xfeef_f00d);
            fake.writable.insert(register, !0);
        }
        fake.writable.insert(AT, ENABLE | SEVERAL);
        fake
    }

    /// Whether the function at a place sends messages, and where to.
    pub fn sends_to(bus: &Bus, place: Place) -> Option<u32> {
        let sends = bus.read(place, AT) & ENABLE != 0;
        sends.then(|| bus.read(place, AT + 4))
    }

    fn enabled(features: u32) -> [u32; 6] {
        let mut bus = Bus::default();
        bus.functions.insert(PLACE.0, sender(features));
        enable(&mut bus, PLACE, 5);
        [0, 4, 8, 12, 16, 20].map(|n| bus.read(PLACE, AT + n))
    }

    #[test]
    fn each_layout_of_the_capability_is_filled() {
        const OLD: u32 = 0xfeef_f00d;
        assert_eq!(enabled(0), [0x0001_0005, 0xfee0_00b0, 0, OLD, OLD, OLD]);
        assert_eq!(enabled(WIDE), [0x0081_0005, 0xfee0_00b0, 0, 0, OLD, OLD]);
        assert_eq!(enabled(MASKABLE), [0x0101_0005, 0xfee0_00b0, 0, 0, OLD, OLD]);
        assert_eq!(enabled(WIDE | MASKABLE), [0x0181_0005, 0xfee0_00b0, 0, 0, 0, OLD]);
    }

    #[test]
    fn messages_end() {
        let mut bus = Bus::default();
        bus.functions.insert(PLACE.0, sender(WIDE));
        assert_eq!(sends_to(&bus, PLACE), Some(0xfeef_f00d));
        disable(&mut bus, PLACE);
        assert_eq!(sends_to(&bus, PLACE), None);
    }

    #[test]
    fn the_address_changes_only_while_no_message_is_sent() {
        /// A bus that looks at each write.
        struct Watch(Bus);
        impl Config for Watch {
            fn read(&self, place: Place, register: u16) -> u32 {
                self.0.read(place, register)
            }
            fn write(&mut self, place: Place, register: u16, value: u32) {
                assert!(register == AT || sends_to(&self.0, place).is_none(), "{register:#x}");
                self.0.write(place, register, value);
            }
        }
        let mut bus = Watch(Bus::default());
        bus.0.functions.insert(PLACE.0, sender(WIDE));
        enable(&mut bus, PLACE, 0);
        assert_eq!(sends_to(&bus.0, PLACE), Some(0xfee0_0010));
    }

    #[test]
    fn a_function_without_the_capability_is_left_alone() {
        let mut bus = Bus::default();
        bus.functions.insert(PLACE.0, Fake::new(1, 0, 0).capability(0x40, 0, 1, 0));
        let before = bus.functions[&PLACE.0].registers.clone();
        enable(&mut bus, PLACE, 0);
        disable(&mut bus, PLACE);
        assert_eq!(bus.functions[&PLACE.0].registers, before);
    }
}
