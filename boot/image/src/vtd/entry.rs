//! Entries of the units' tables.

use crate::pci::Place;
use crate::vtd::{Destination, Domain};

/// An entry of 128 bits: low word, high word.
pub type Pair = [u64; 2];

/// The bit that makes an entry count, in the low word of every kind of entry.
pub const PRESENT: u64 = 1;

/// How many levels of tables a unit walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    /// Device addresses have 39 bits.
    Three,
    /// Device addresses have 48 bits.
    Four,
}

impl Levels {
    /// The address-width field of a context entry; also the number of the bit by which a unit says that it walks so many.
    pub fn width_field(self) -> u64 {
        match self {
            Levels::Three => 1,
            Levels::Four => 2,
        }
    }

    /// The number itself.
    pub fn count(self) -> u32 {
        match self {
            Levels::Three => 3,
            Levels::Four => 4,
        }
    }
}

/// An entry of the root table: the context table of a bus (section 9.1).
pub fn root(context_table: u64) -> Pair {
    [context_table | PRESENT, 0]
}

/// A context entry (section 9.3): which tables lead a function's accesses. Without a domain every access is a fault.
pub fn context(domain: Option<Domain>, levels: Levels) -> Pair {
    match domain {
        None => [0; 2],
        Some(Domain { table, number }) => [table | PRESENT, u64::from(number) << 8 | levels.width_field()],
    }
}

/// Where a function's interrupts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The only function whose interrupts go there.
    pub from: Place,
    /// The vector that they arrive at.
    pub vector: u8,
}

/// An entry of the interrupt-remapping table (section 9.9): fixed, edge-triggered, to one processor, after all 16 bits of
/// the sender's id have been compared.
pub fn route(route: Option<Route>, destination: Destination) -> Pair {
    /// Compare the sender's id with the one given here.
    const VERIFY: u64 = 1 << 18;
    let Some(Route { from, vector }) = route else { return [0; 2] };
    // Numbers of 8 bits are in bits 8 to 15 of the field.
    let to = u64::from(if destination.extended { destination.id } else { destination.id << 8 & 0xff00 });
    [to << 32 | u64::from(vector) << 16 | PRESENT, VERIFY | u64::from(from.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts() {
        let domain = Domain { table: 0x1234_5000, number: 0x40 };
        assert_eq!(context(Some(domain), Levels::Four), [0x1234_5001, 0x4002]);
        assert_eq!(context(Some(domain), Levels::Three), [0x1234_5001, 0x4001]);
        assert_eq!(context(None, Levels::Four), [0, 0]);
        assert_eq!(root(0x7000), [0x7001, 0]);
    }

    #[test]
    fn routes() {
        let from = Place::new(0, 2, 0);
        let near = Destination { id: 3, extended: false };
        assert_eq!(route(Some(Route { from, vector: 0x55 }), near), [0x0000_0300_0055_0001, 0x4_0010]);
        let far = Destination { id: 0x1_0003, extended: true };
        assert_eq!(route(Some(Route { from, vector: 0x55 }), far), [0x0001_0003_0055_0001, 0x4_0010]);
        assert_eq!(route(None, near), [0, 0]);
    }
}
