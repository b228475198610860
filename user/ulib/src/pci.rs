//! Numbers of PCI: where pages and capabilities are.

use lv6_abi::layout::PCI_START_FRAME;

/// Capability: interrupts sent as messages.
pub const CAPABILITY_MSI: u8 = 5;

/// Offset of the command and status registers in the configuration space.
const COMMAND: u64 = 0x04;
/// Bit of the status register that says that there are capabilities.
const HAS_CAPABILITIES: u32 = 1 << 20;
/// Offset of the pointer to the first capability.
const CAPABILITIES: u64 = 0x34;
/// Capabilities start at multiples of 4 after the first 64 bytes of 256, so there cannot be more.
const CAPABILITIES_MAX: usize = 48;

/// The kernel's number of the page at a physical address; none below the part of memory that devices have.
pub fn page_number(address: u64) -> Option<u64> {
    (address >> 12).checked_sub(PCI_START_FRAME)
}

/// Physical address of a function's page of the configuration space that starts at `ecam`.
pub fn configuration(ecam: u64, device: u64) -> u64 {
    ecam + (device << 12)
}

/// Offset of a function's capability in its configuration space, which `read` reads by words of 32 bits.
pub fn find_capability(read: impl Fn(u64) -> u32, id: u8) -> Option<u64> {
    if read(COMMAND) & HAS_CAPABILITIES == 0 {
        return None;
    }
    let offset_in = |byte: u32| u64::from(byte & 0xfc);
    let mut at = offset_in(read(CAPABILITIES));
    for _ in 0..CAPABILITIES_MAX {
        if at == 0 {
            return None;
        }
        let header = read(at);
        if header as u8 == id {
            return Some(at);
        }
        at = offset_in(header >> 8);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_from_the_start_of_the_device_memory() {
        assert_eq!(page_number(0xa000_0fff), Some(0));
        assert_eq!(page_number(0xb000_0000), Some(0x10000));
        assert_eq!(page_number(0x9fff_ffff), None);
        assert_eq!(configuration(0xb000_0000, 0x0018), 0xb001_8000);
    }

    /// A configuration space with the given words; the others are 0.
    fn space(words: &'static [(u64, u32)]) -> impl Fn(u64) -> u32 {
        |offset| words.iter().find(|(at, _)| *at == offset).map_or(0, |(_, word)| *word)
    }

    #[test]
    fn capabilities_are_found_along_the_list() {
        let words = space(&[(0x04, 1 << 20), (0x34, 0xd3), (0xd0, 0xe001), (0xe0, 0x0080_5005), (0x50, 0x10)]);
        assert_eq!(find_capability(&words, 1), Some(0xd0));
        assert_eq!(find_capability(&words, CAPABILITY_MSI), Some(0xe0));
        assert_eq!(find_capability(&words, 0x10), Some(0x50));
        assert_eq!(find_capability(&words, 0x11), None);
        assert_eq!(find_capability(space(&[(0x34, 0xd0), (0xd0, 5)]), CAPABILITY_MSI), None);
    }

    #[test]
    fn a_list_that_goes_in_circles_ends() {
        assert_eq!(find_capability(space(&[(0x04, 1 << 20), (0x34, 0x40), (0x40, 0x4001)]), CAPABILITY_MSI), None);
    }
}
