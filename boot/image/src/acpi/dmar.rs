//! The table that lists Intel's IOMMUs (DMAR; VT-d specification 4.1, chapter 8).

use core::fmt;

use arrayvec::ArrayVec;
use zerocopy::little_endian::{U16, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::acpi::mcfg::CHIPSET;
use crate::pci::Place;

/// Most units that can be used together.
pub const UNITS: usize = 8;

/// Most functions that a table can name one by one; further ones are taken to be served by no unit.
const SCOPES: usize = 128;

/// The address space of the processor's own interrupt controller.
const LOCAL_APIC: u64 = 0xfee0_0000;
/// First address after the chip set's registers.
const END: u64 = 1 << 32;
/// Bytes before the first structure.
const PREFIX: usize = 12;
/// The kind of structure that describes a unit (DRHD).
const UNIT: u16 = 0;
/// Flag of a unit that serves every function that no other unit is said to serve.
const ALL: u8 = 1;
/// Kinds of scopes: one function; a bridge, and all that is behind it.
const FUNCTION: u8 = 1;
const BRIDGE: u8 = 2;

/// What every structure starts with.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Head {
    kind: U16,
    length: U16,
}

/// A function that a unit serves. The way to it from a bus is a list of devices and functions.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Scope {
    kind: u8,
    length: u8,
    reserved: [u8; 2],
    number: u8,
    bus: u8,
}

/// A unit, without the list of the functions that it serves.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Unit {
    head: Head,
    flags: u8,
    size: u8,
    segment: U16,
    base: U64,
}

/// Why the IOMMUs that the table describes cannot be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The table's parts do not fit together.
    Damaged,
    /// A unit's registers are at an address where they cannot be.
    Address(u64),
    /// More than [`UNITS`] units.
    TooMany,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Damaged => write!(f, "the firmware's table of them is damaged"),
            Unusable::Address(base) => write!(f, "one is said to be at {base:#x}, where it cannot be"),
            Unusable::TooMany => write!(f, "there are more than {UNITS}"),
        }
    }
}

/// The units of the first PCI segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// Addresses of their registers.
    pub bases: ArrayVec<u64, UNITS>,
    /// Whether they serve all functions.
    all: bool,
    /// Functions that one of them serves, and whether also what is behind them.
    scopes: ArrayVec<(Place, bool), SCOPES>,
}

impl Units {
    /// Units that serve only these functions, and what is behind some of them.
    #[cfg(test)]
    pub(crate) fn serving(scopes: &[(Place, bool)]) -> Self {
        Units { scopes: scopes.iter().copied().collect(), ..Units::default() }
    }

    /// Whether one of them serves this function on a root bus.
    pub fn serve(&self, place: Place) -> bool {
        self.all || self.scopes.iter().any(|scope| scope.0 == place)
    }

    /// Whether one of them serves all that is behind this bridge on a root bus.
    pub fn serve_behind(&self, bridge: Place) -> bool {
        self.all || self.scopes.contains(&(bridge, true))
    }

    /// Takes note of the functions that a unit serves.
    fn add_scopes(&mut self, mut list: &[u8]) -> Result<(), Unusable> {
        while !list.is_empty() {
            let (scope, _) = Scope::ref_from_prefix(list).map_err(|_| Unusable::Damaged)?;
            let (this, next) = list.split_at_checked(scope.length.into()).ok_or(Unusable::Damaged)?;
            list = next;
            let path = this.get(size_of::<Scope>()..).ok_or(Unusable::Damaged)?;
            // A longer way leads through bridges, where only a unit for all functions is looked for.
            if let (FUNCTION | BRIDGE, [device, function]) = (scope.kind, path) {
                // When there is no more room, the function remains unserved.
                let _ = self.scopes.try_push((Place::new(scope.bus, *device, *function), scope.kind == BRIDGE));
            }
        }
        Ok(())
    }
}

/// Reads what follows the header. The units' registers must be among those of the chip set, which no device can be given.
pub fn parse(body: &[u8]) -> Result<Units, Unusable> {
    let mut rest = body.get(PREFIX..).ok_or(Unusable::Damaged)?;
    let mut units = Units::default();
    while !rest.is_empty() {
        let (head, _) = Head::ref_from_prefix(rest).map_err(|_| Unusable::Damaged)?;
        let length = usize::from(head.length.get());
        if length < size_of::<Head>() {
            return Err(Unusable::Damaged);
        }
        let (this, next) = rest.split_at_checked(length).ok_or(Unusable::Damaged)?;
        rest = next;
        if head.kind != UNIT {
            continue;
        }
        let (unit, scopes) = Unit::ref_from_prefix(this).map_err(|_| Unusable::Damaged)?;
        if unit.segment != 0 {
            continue;
        }
        let base = check(unit.base.get(), &units.bases)?;
        units.bases.try_push(base).map_err(|_| Unusable::TooMany)?;
        units.all |= unit.flags & ALL != 0;
        units.add_scopes(scopes)?;
    }
    Ok(units)
}

/// Whether a unit's registers can be there.
fn check(base: u64, others: &[u64]) -> Result<u64, Unusable> {
    let credible = base.is_multiple_of(4096)
        && (CHIPSET..END).contains(&base)
        && base & !0xf_ffff != LOCAL_APIC
        && !others.contains(&base);
    if credible { Ok(base) } else { Err(Unusable::Address(base)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structure(kind: u16, payload: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(payload.len() as u16 + 4).to_le_bytes(), payload].concat()
    }

    fn scope(kind: u8, bus: u8, path: &[[u8; 2]]) -> Vec<u8> {
        let length = 6 + 2 * path.len() as u8;
        [&[kind, length, 0, 0, 0, bus][..], path.as_flattened()].concat()
    }

    fn serving(flags: u8, segment: u16, base: u64, scopes: &[Vec<u8>]) -> Vec<u8> {
        let fixed = [&[flags, 0][..], &segment.to_le_bytes(), &base.to_le_bytes()].concat();
        structure(0, &[fixed, scopes.concat()].concat())
    }

    /// A unit with one scope, an interrupt controller.
    fn unit(flags: u8, segment: u16, base: u64) -> Vec<u8> {
        serving(flags, segment, base, &[scope(3, 0xff, &[[0, 0]])])
    }

    fn body(parts: &[Vec<u8>]) -> Vec<u8> {
        [vec![0; 12], parts.concat()].concat()
    }

    #[test]
    fn lists_the_units() {
        let bytes = body(&[unit(0, 0, 0xfed9_0000), structure(1, &[0; 20]), unit(1, 0, 0xfed9_1000)]);
        let units = parse(&bytes).unwrap();
        assert_eq!(units.bases[..], [0xfed9_0000, 0xfed9_1000]);
        assert!(units.serve(Place(0x1234)) && units.serve_behind(Place(0x1234)));
    }

    #[test]
    fn functions_are_served_one_by_one() {
        let scopes =
            [scope(1, 0, &[[2, 0]]), scope(2, 0, &[[3, 1]]), scope(1, 0, &[[3, 1], [4, 0]]), scope(4, 0, &[[5, 0]])];
        let units = parse(&body(&[serving(0, 0, 0xfed9_0000, &scopes)])).unwrap();
        let served: Vec<_> = (0..=u16::MAX).map(Place).filter(|place| units.serve(*place)).collect();
        assert_eq!(served, [Place::new(0, 2, 0), Place::new(0, 3, 1)]);
        let behind: Vec<_> = (0..=u16::MAX).map(Place).filter(|place| units.serve_behind(*place)).collect();
        assert_eq!(behind, [Place::new(0, 3, 1)]);
    }

    #[test]
    fn more_functions_than_there_is_room_for_are_not_served() {
        let scopes: Vec<_> = (0..=255).map(|n| scope(1, 0, &[[n >> 3, n & 7]])).collect();
        let units = parse(&body(&[serving(0, 0, 0xfed9_0000, &scopes)])).unwrap();
        assert_eq!((units.serve(Place(127)), units.serve(Place(128))), (true, false));
    }

    #[test]
    fn other_segments_do_not_count() {
        let bytes = body(&[unit(0, 0, 0xfed9_0000), unit(1, 7, 0x1234)]);
        let units = parse(&bytes).unwrap();
        assert_eq!(units.bases[..], [0xfed9_0000]);
        assert!(!units.serve(Place(8)));
        assert_eq!(parse(&body(&[])), Ok(Units::default()));
    }

    #[test]
    fn registers_lie_in_the_chip_set() {
        for base in [0, 0x1000, 0xb000_0000, 0xfebf_f000, 0xfed9_0800, 0xfee0_0000, 0xfeef_f000, 1 << 32, u64::MAX] {
            assert_eq!(parse(&body(&[unit(1, 0, base)])), Err(Unusable::Address(base)));
        }
        let twice = body(&[unit(1, 0, 0xfed9_0000), unit(1, 0, 0xfed9_0000)]);
        assert_eq!(parse(&twice), Err(Unusable::Address(0xfed9_0000)));
    }

    #[test]
    fn there_is_a_limit() {
        let units: Vec<_> = (0..9).map(|n| unit(1, 0, 0xfed9_0000 + n * 4096)).collect();
        assert_eq!(parse(&body(&units[..8])).map(|u| u.bases.len()), Ok(8));
        assert_eq!(parse(&body(&units)), Err(Unusable::TooMany));
    }

    #[test]
    fn damage_is_noticed() {
        let whole = body(&[unit(1, 0, 0xfed9_0000)]);
        for length in 0..whole.len() {
            // Exactly at the end of the fixed part there is an empty list.
            assert_eq!(parse(&whole[..length]).is_ok(), length == 12, "{length}");
        }
        for length in [0u8, 3, 15, 17, 23, 25] {
            let mut bytes = whole.clone();
            bytes[14] = length;
            assert_eq!(parse(&bytes), Err(Unusable::Damaged), "{length}");
        }
        for length in [0u8, 5, 9] {
            let mut bytes = whole.clone();
            bytes[29] = length;
            assert_eq!(parse(&bytes), Err(Unusable::Damaged), "scope, {length}");
        }
    }
}
