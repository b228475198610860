//! The table that says where PCI configuration space is mapped to memory (MCFG; PCI Firmware specification 3.3,
//! section 4.1.2).

use lv6_abi::layout::PCI_START_FRAME;
use lv6_abi::limits::PAGE_SIZE;
use zerocopy::little_endian::{U16, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

/// Addresses at which devices have their memory, below the registers of the chip set.
pub const DEVICE_MEMORY: core::ops::Range<u64> = PCI_START_FRAME * PAGE_SIZE as u64..CHIPSET;
/// Where the registers of the chip set begin: interrupt controllers, timers, IOMMU.
pub const CHIPSET: u64 = 0xfec0_0000;

/// Position of the bus number in an address of configuration space.
const BUS_SHIFT: u64 = 20;
/// Bytes before the first entry.
const RESERVED: usize = 8;

/// Configuration space in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ecam {
    /// Address of bus 0, whether or not that bus is among the following.
    pub base: u64,
    /// The first bus that is mapped.
    pub first_bus: u8,
    /// The last bus that is mapped.
    pub last_bus: u8,
}

impl Ecam {
    /// The addresses that are mapped.
    pub fn range(&self) -> core::ops::Range<u64> {
        let bus = |n: u64| self.base + (n << BUS_SHIFT);
        bus(self.first_bus.into())..bus(u64::from(self.last_bus) + 1)
    }

    /// Whether it lies where devices have their memory, so that nothing else can lie there too.
    fn is_credible(&self) -> bool {
        self.first_bus <= self.last_bus
            && self.base.is_multiple_of(1 << BUS_SHIFT)
            && self.base < DEVICE_MEMORY.end
            && self.range().start >= DEVICE_MEMORY.start
            && self.range().end <= DEVICE_MEMORY.end
    }
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Entry {
    base: U64,
    segment: U16,
    first_bus: u8,
    last_bus: u8,
    reserved: [u8; 4],
}

/// Reads what follows the header: where the configuration space of the first PCI segment is. Nothing if it is not
/// mapped, or not below 4 GiB among the devices' memory.
pub fn parse(body: &[u8]) -> Option<Ecam> {
    let entries = body.get(RESERVED..)?.chunks_exact(size_of::<Entry>());
    entries
        .filter_map(|bytes| Entry::ref_from_bytes(bytes).ok())
        .filter(|entry| entry.segment == 0)
        .map(|entry| Ecam { base: entry.base.get(), first_bus: entry.first_bus, last_bus: entry.last_bus })
        .find(Ecam::is_credible)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(entries: &[(u64, u16, u8, u8)]) -> Vec<u8> {
        let mut bytes = vec![0; 8];
        for (base, segment, first, last) in entries {
            bytes.extend_from_slice(&base.to_le_bytes());
            bytes.extend_from_slice(&segment.to_le_bytes());
            bytes.extend_from_slice(&[*first, *last, 0, 0, 0, 0]);
        }
        bytes
    }

    #[test]
    fn the_first_segment_counts() {
        let bytes = body(&[(0xc000_0000, 1, 0, 255), (0xb000_0000, 0, 0, 255)]);
        let ecam = parse(&bytes).unwrap();
        assert_eq!(ecam, Ecam { base: 0xb000_0000, first_bus: 0, last_bus: 255 });
        assert_eq!(ecam.range(), 0xb000_0000..0xc000_0000);
    }

    #[test]
    fn the_address_is_that_of_bus_0() {
        let ecam = parse(&body(&[(0x9800_0000, 0, 128, 191)])).unwrap();
        assert_eq!(ecam.range(), 0xa000_0000..0xa400_0000);
    }

    #[test]
    fn odd_places_are_refused() {
        for (base, first, last) in [
            (0x9000_0000, 0, 255),
            (0xb000_0000, 9, 8),
            (0xb000_1000, 0, 1),
            (0xf000_0000, 0, 255),
            (0xfec0_0000, 0, 0),
            (0x1_0000_0000, 0, 255),
            (u64::MAX << 20, 0, 255),
            (u64::MAX, 0, 255),
            (0, 0, 255),
        ] {
            assert_eq!(parse(&body(&[(base, 0, first, last)])), None, "{base:#x}");
        }
        assert!(parse(&body(&[(0xfeb0_0000, 0, 0, 0)])).is_some());
    }

    #[test]
    fn short_tables_do_no_harm() {
        let whole = body(&[(0xb000_0000, 0, 0, 255)]);
        for length in 0..whole.len() {
            assert_eq!(parse(&whole[..length]), None);
        }
    }
}
