//! Firmware tables (ACPI specification 6.5, section 5.2): finding one by its name.
//!
//! Nothing in them is trusted: a table that runs out of memory, is shorter than it must be, or whose bytes do not add up
//! to 0 does not exist.

pub mod dmar;
pub mod mcfg;
pub mod power;

use log::warn;
use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

/// Physical memory: the bytes at an address, if so many can be read there.
pub trait Memory<'a> {
    /// The `length` bytes at `address`.
    fn bytes(&self, address: u64, length: u64) -> Option<&'a [u8]>;
}

/// Where the list of all tables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// At this address, with addresses of 32 bits (RSDT).
    Short(u64),
    /// At this address, with addresses of 64 bits (XSDT).
    Long(u64),
}

/// Length of the root pointer in ACPI 1.0, and from 2.0 on.
pub const POINTER_BYTES: [usize; 2] = [20, 36];
/// Its first bytes.
const POINTER: &[u8] = b"RSD PTR ";

/// What every table starts with.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Header {
    signature: [u8; 4],
    length: U32,
    revision: u8,
    checksum: u8,
    oem: [u8; 6],
    oem_table: [u8; 8],
    oem_revision: [u8; 4],
    creator: [u8; 8],
}

/// Longer tables than this one are not believed.
const LONGEST: u64 = 1 << 20;

fn adds_up(bytes: &[u8]) -> bool {
    bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) == 0
}

/// Reads the root pointer (RSDP, section 5.2.5.3): 20 bytes or, from its revision 2 on, 36.
pub fn root(pointer: &[u8]) -> Option<Root> {
    let [short, long] = POINTER_BYTES;
    let first = pointer.get(..short)?;
    if !first.starts_with(POINTER) || !adds_up(first) {
        return None;
    }
    if first[15] >= 2 {
        let all = pointer.get(..long)?;
        let (address, _) = U64::read_from_prefix(&all[24..]).ok()?;
        if adds_up(all) && address != 0 {
            return Some(Root::Long(address.get()));
        }
    }
    let (address, _) = U32::read_from_prefix(&first[16..]).ok()?;
    (address != 0).then_some(Root::Short(address.get().into()))
}

/// The table at an address: its name, and what follows its header.
fn table<'a>(memory: &impl Memory<'a>, address: u64) -> Option<([u8; 4], &'a [u8])> {
    let size = size_of::<Header>() as u64;
    let header = Header::ref_from_bytes(memory.bytes(address, size)?).ok()?;
    let length: u64 = header.length.get().into();
    if !(size..=LONGEST).contains(&length) {
        return None;
    }
    let all = memory.bytes(address, length)?;
    adds_up(all).then(|| (header.signature, &all[size as usize..]))
}

/// The addresses in the list of all tables.
fn addresses<'a, M: Memory<'a>>(memory: &M, root: Root) -> Option<impl Iterator<Item = u64> + use<'a, M>> {
    let (address, name, width) = match root {
        Root::Short(address) => (address, b"RSDT", 4),
        Root::Long(address) => (address, b"XSDT", 8),
    };
    let (found, list) = table(memory, address)?;
    (found == *name).then(|| {
        list.chunks_exact(width).map(|bytes| {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(word)
        })
    })
}

/// Finds the first table with a name, and returns what follows its header.
pub fn find<'a>(memory: &impl Memory<'a>, root: Root, name: &[u8; 4]) -> Option<&'a [u8]> {
    let Some(mut list) = addresses(memory, root) else {
        warn!("the firmware's list of tables is damaged");
        return None;
    };
    list.find_map(|address| at(memory, address, name))
}

/// What follows the header of the table at an address, if it has that name.
pub fn at<'a>(memory: &impl Memory<'a>, address: u64, name: &[u8; 4]) -> Option<&'a [u8]> {
    table(memory, address).filter(|(found, _)| found == name).map(|(_, body)| body)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Memory that consists of a few pieces.
    #[derive(Default)]
    pub struct Pieces(Vec<(u64, &'static [u8])>);

    impl Memory<'static> for Pieces {
        fn bytes(&self, address: u64, length: u64) -> Option<&'static [u8]> {
            let end = address.checked_add(length)?;
            let (start, bytes) = self.0.iter().find(|(s, b)| (*s..=s + b.len() as u64).contains(&address))?;
            bytes.get((address - start) as usize..(end - start) as usize)
        }
    }

    impl Pieces {
        pub fn add(&mut self, address: u64, bytes: Vec<u8>) {
            self.0.push((address, bytes.leak()));
        }
    }

    fn seal(bytes: &mut [u8], at: usize) {
        bytes[at] = 0;
        bytes[at] = bytes.iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
    }

    pub fn table_of(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 36];
        bytes[..4].copy_from_slice(name);
        bytes[4..8].copy_from_slice(&(36 + body.len() as u32).to_le_bytes());
        bytes.extend_from_slice(body);
        seal(&mut bytes, 9);
        bytes
    }

    fn pointer(revision: u8, short: u32, long: u64) -> Vec<u8> {
        let mut bytes = b"RSD PTR \0LV6LV6\0\0\0\0\0".to_vec();
        bytes[15] = revision;
        bytes[16..20].copy_from_slice(&short.to_le_bytes());
        seal(&mut bytes, 8);
        if revision >= 2 {
            bytes.extend_from_slice(&36u32.to_le_bytes());
            bytes.extend_from_slice(&long.to_le_bytes());
            bytes.extend_from_slice(&[0; 4]);
            seal(&mut bytes, 32);
        }
        bytes
    }

    #[test]
    fn the_pointer_leads_to_the_list() {
        assert_eq!(root(&pointer(0, 0x1000, 0)), Some(Root::Short(0x1000)));
        assert_eq!(root(&pointer(2, 0x1000, 0x1_2345_6789)), Some(Root::Long(0x1_2345_6789)));
        assert_eq!(root(&pointer(2, 0x1000, 0)), Some(Root::Short(0x1000)));
        assert_eq!(root(&pointer(0, 0, 0)), None);
    }

    #[test]
    fn a_damaged_pointer_leads_nowhere() {
        for revision in [0, 2] {
            let good = pointer(revision, 0x1000, 0);
            for n in 0..20 {
                let mut bad = good.clone();
                bad[n] ^= 0x40;
                assert_eq!(root(&bad), None, "revision {revision}, byte {n}");
            }
            for length in 0..20 {
                assert_eq!(root(&good[..length]), None);
            }
        }
        let mut bad = pointer(2, 0x1000, 0x2000);
        bad[25] ^= 1;
        assert_eq!(root(&bad), Some(Root::Short(0x1000)));
        assert_eq!(root(&bad[..35]), None);
    }

    fn firmware() -> Pieces {
        let mut memory = Pieces::default();
        let list = |width: usize| {
            let addresses = [0x3000u64, 0xdead_0000, 0x4000, 0x5000];
            addresses.iter().flat_map(|a| a.to_le_bytes()[..width].to_vec()).collect::<Vec<u8>>()
        };
        memory.add(0x1000, table_of(b"RSDT", &list(4)));
        memory.add(0x2000, table_of(b"XSDT", &[list(8), vec![1, 2, 3]].concat()));
        memory.add(0x3000, table_of(b"FACP", b"something"));
        let mut broken = table_of(b"MCFG", b"broken");
        broken[36] ^= 1;
        memory.add(0x4000, broken);
        memory.add(0x5000, table_of(b"MCFG", b"right"));
        memory
    }

    #[test]
    fn finds_the_first_table_that_adds_up() {
        for root in [Root::Short(0x1000), Root::Long(0x2000)] {
            assert_eq!(find(&firmware(), root, b"MCFG"), Some(&b"right"[..]));
            assert_eq!(find(&firmware(), root, b"FACP"), Some(&b"something"[..]));
            assert_eq!(find(&firmware(), root, b"DMAR"), None);
        }
    }

    #[test]
    fn a_list_of_the_wrong_kind_is_no_list() {
        for root in [Root::Short(0x2000), Root::Long(0x1000), Root::Long(0x3000), Root::Long(0x9000), Root::Long(!0)] {
            assert_eq!(find(&firmware(), root, b"MCFG"), None);
        }
    }

    #[test]
    fn lengths_are_checked() {
        for length in [0u32, 35, 46, 1 << 20, (1 << 20) + 1, u32::MAX] {
            let mut bytes = table_of(b"MCFG", b"0123456789");
            bytes[4..8].copy_from_slice(&length.to_le_bytes());
            seal(&mut bytes, 9);
            let mut memory = Pieces::default();
            memory.add(0x1000, bytes);
            assert_eq!(table(&memory, 0x1000).is_some(), length == 46, "{length}");
        }
    }
}
