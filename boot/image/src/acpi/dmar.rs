//! The table that lists Intel's IOMMUs (DMAR; VT-d specification 4.1, chapter 8).

use core::fmt;

use arrayvec::ArrayVec;
use zerocopy::little_endian::{U16, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::acpi::mcfg::CHIPSET;

/// Most units that can be used together.
pub const UNITS: usize = 8;

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

/// What every structure starts with.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Head {
    kind: U16,
    length: U16,
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
    /// Some functions may belong to no unit.
    Incomplete,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Damaged => write!(f, "the firmware's table of them is damaged"),
            Unusable::Address(base) => write!(f, "one is said to be at {base:#x}, where it cannot be"),
            Unusable::TooMany => write!(f, "there are more than {UNITS}"),
            Unusable::Incomplete => write!(f, "none of them serves all functions"),
        }
    }
}

/// Reads what follows the header: the addresses of the registers of the units of the first PCI segment.
///
/// All of them together must confine every function of the segment. Their registers must be among those of the chip
/// set, which no device can be given.
pub fn parse(body: &[u8]) -> Result<ArrayVec<u64, UNITS>, Unusable> {
    let mut rest = body.get(PREFIX..).ok_or(Unusable::Damaged)?;
    let mut units = ArrayVec::new();
    let mut complete = false;
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
        let (unit, _) = Unit::ref_from_prefix(this).map_err(|_| Unusable::Damaged)?;
        if unit.segment != 0 {
            continue;
        }
        let base = check(unit.base.get(), &units)?;
        units.try_push(base).map_err(|_| Unusable::TooMany)?;
        complete |= unit.flags & ALL != 0;
    }
    if complete { Ok(units) } else { Err(Unusable::Incomplete) }
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

    /// A unit with one device scope, as QEMU's is.
    fn unit(flags: u8, segment: u16, base: u64) -> Vec<u8> {
        let scope = [3u8, 8, 0, 0, 0, 0xff, 0, 0];
        structure(0, &[&[flags, 0][..], &segment.to_le_bytes(), &base.to_le_bytes(), &scope].concat())
    }

    fn body(parts: &[Vec<u8>]) -> Vec<u8> {
        [vec![0; 12], parts.concat()].concat()
    }

    #[test]
    fn lists_the_units() {
        let bytes = body(&[unit(0, 0, 0xfed9_0000), structure(1, &[0; 20]), unit(1, 0, 0xfed9_1000)]);
        assert_eq!(parse(&bytes).unwrap()[..], [0xfed9_0000, 0xfed9_1000]);
    }

    #[test]
    fn other_segments_do_not_count() {
        let bytes = body(&[unit(1, 0, 0xfed9_0000), unit(1, 7, 0x1234)]);
        assert_eq!(parse(&bytes).unwrap()[..], [0xfed9_0000]);
        assert_eq!(parse(&body(&[unit(1, 7, 0xfed9_0000)])), Err(Unusable::Incomplete));
    }

    #[test]
    fn every_function_must_be_confined() {
        assert_eq!(parse(&body(&[unit(0, 0, 0xfed9_0000)])), Err(Unusable::Incomplete));
        assert_eq!(parse(&body(&[])), Err(Unusable::Incomplete));
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
        assert_eq!(parse(&body(&units[..8])).map(|u| u.len()), Ok(8));
        assert_eq!(parse(&body(&units)), Err(Unusable::TooMany));
    }

    #[test]
    fn damage_is_noticed() {
        let whole = body(&[unit(1, 0, 0xfed9_0000)]);
        for length in 0..whole.len() {
            // Exactly at the end of the fixed part there is an empty list.
            let expected = if length == 12 { Unusable::Incomplete } else { Unusable::Damaged };
            assert_eq!(parse(&whole[..length]), Err(expected), "{length}");
        }
        for length in [0u8, 3, 15] {
            let mut bytes = whole.clone();
            bytes[14] = length;
            assert_eq!(parse(&bytes), Err(Unusable::Damaged));
        }
    }
}
