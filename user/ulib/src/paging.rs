//! Arithmetic of four-level page tables, and of the self map that makes them readable.

use lv6_abi::pte::{PTE_PFN_MASK, PTE_PFN_SHIFT};
use lv6_abi::startup::{UVPD, UVPDPT, UVPML4, UVPT};

/// Levels of page tables, from the root (4) down to the tables that map frames (1).
pub const LEVELS: [u32; 4] = [4, 3, 2, 1];

/// Slot of the table of this level through which an address is translated.
pub fn index(va: u64, level: u32) -> u64 {
    (va >> (3 + 9 * level)) & 511
}

/// Address at which the self map shows that slot. Reading it faults unless the entries above are present.
pub fn entry_address(va: u64, level: u32) -> u64 {
    let page = (va & 0x0000_ffff_ffff_ffff) >> (3 + 9 * level);
    let base = match level {
        1 => UVPT,
        2 => UVPD,
        3 => UVPDPT,
        _ => UVPML4,
    };
    base + page * 8
}

/// Page frame number in an entry.
pub fn frame_of(entry: u64) -> u64 {
    (entry >> PTE_PFN_SHIFT) & PTE_PFN_MASK
}

/// The canonical address that is translated through the given slots of the four levels, root first.
pub fn address(slots: [u64; 4]) -> u64 {
    let low = slots.iter().fold(0, |sum, slot| (sum << 9) | slot) << 12;
    if low & (1 << 47) != 0 { low | 0xffff_0000_0000_0000 } else { low }
}

/// How many bytes an entry of a table of this level maps.
pub fn span(level: u32) -> u64 {
    1 << (3 + 9 * level)
}

/// The least multiple of the page size that is not less.
pub fn round_up(bytes: u64) -> u64 {
    bytes.div_ceil(4096) * 4096
}

#[cfg(test)]
mod tests {
    use super::*;
    use lv6_abi::startup::{ARCHIVE, SELF_MAP_INDEX, SLOT_A, SLOT_B, UPAGES};

    #[test]
    fn slots_have_root_entries_of_their_own() {
        assert_eq!([SLOT_A, SLOT_B, ARCHIVE, UPAGES, UVPT].map(|va| index(va, 4)), [1, 2, 3, 256, SELF_MAP_INDEX]);
    }

    #[test]
    fn address_undoes_index() {
        for va in [0, 0x7fff_ffff_f000, UPAGES, UVPT, 0xffff_ffff_ffff_f000, SLOT_A + 0x1234_5000] {
            assert_eq!(address(LEVELS.map(|level| index(va, level))), va);
        }
    }

    #[test]
    fn self_map_shows_tables_as_translation_through_it_finds_them() {
        // The entry of level n for `va` lies in the page that one reads when the walk goes round the root table once
        // per level above it.
        for va in [0, SLOT_A + 0x4567_8000, UPAGES, UVPT, 0xffff_ffff_ffff_f000] {
            let [i4, i3, i2, i1] = LEVELS.map(|level| index(va, level));
            let s = SELF_MAP_INDEX;
            assert_eq!(entry_address(va, 1), address([s, i4, i3, i2]) + i1 * 8);
            assert_eq!(entry_address(va, 2), address([s, s, i4, i3]) + i2 * 8);
            assert_eq!(entry_address(va, 3), address([s, s, s, i4]) + i3 * 8);
            assert_eq!(entry_address(va, 4), address([s, s, s, s]) + i4 * 8);
        }
    }

    #[test]
    fn spans_and_rounding() {
        assert_eq!([1, 2, 3, 4].map(span), [0x1000, 0x20_0000, 0x4000_0000, 0x80_0000_0000]);
        assert_eq!([0, 1, 4096, 4097].map(round_up), [0, 4096, 4096, 8192]);
    }
}
