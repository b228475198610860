//! Commands by which the units are told that a table has changed (section 6.5.2).

use arrayvec::ArrayVec;
use bitflags::bitflags;

use crate::vtd::entry::Pair;
use crate::vtd::registers::Capabilities;

bitflags! {
    /// What a unit must forget.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Invalidation: u8 {
        /// Context entries; what was found through them must go as well.
        const CONTEXTS = 1;
        /// Translations of addresses.
        const TRANSLATIONS = 2;
        /// Entries of the interrupt-remapping table.
        const ROUTES = 4;
    }
}

/// Kinds of commands, with "for all domains" where there is a choice.
const CONTEXT_CACHE: u64 = 1 | GLOBAL;
const TRANSLATION_CACHE: u64 = 2 | GLOBAL;
const ROUTE_CACHE: u64 = 4;
const WAIT: u64 = 5;
/// The granularity that concerns everything.
const GLOBAL: u64 = 1 << 4;
/// Accesses that are under way must have reached memory, too.
const DRAIN_WRITES: u64 = 1 << 6;
const DRAIN_READS: u64 = 1 << 7;
/// Say so in the status register when all commands before this one have been carried out.
const REPORT: u64 = 1 << 4;

/// Most commands that are given together.
pub const MOST: usize = 4;

/// The commands for it, the last of which asks for a report.
pub fn commands(what: Invalidation, unit: &Capabilities) -> ArrayVec<Pair, MOST> {
    let mut commands = ArrayVec::new();
    let mut add = |command: u64| commands.push([command, 0]);
    if what.contains(Invalidation::CONTEXTS) {
        add(CONTEXT_CACHE);
    }
    if what.intersects(Invalidation::CONTEXTS | Invalidation::TRANSLATIONS) {
        let drain = |able: bool, bit: u64| if able { bit } else { 0 };
        let writes = drain(unit.drains_writes(), DRAIN_WRITES);
        add(TRANSLATION_CACHE | writes | drain(unit.drains_reads(), DRAIN_READS));
    }
    if what.contains(Invalidation::ROUTES) {
        add(ROUTE_CACHE);
    }
    add(WAIT | REPORT);
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(what: Invalidation, capability: u64) -> Vec<u64> {
        let unit = Capabilities { capability, extended: 0 };
        commands(what, &unit)
            .iter()
            .map(|[low, high]| {
                assert_eq!(*high, 0);
                *low
            })
            .collect()
    }

    #[test]
    fn each_ends_with_a_report() {
        assert_eq!(words(Invalidation::TRANSLATIONS, 0), [0x12, 0x15]);
        assert_eq!(words(Invalidation::ROUTES, 0), [0x04, 0x15]);
        assert_eq!(words(Invalidation::all(), 0), [0x11, 0x12, 0x04, 0x15]);
    }

    #[test]
    fn contexts_take_translations_with_them() {
        assert_eq!(words(Invalidation::CONTEXTS, 0), [0x11, 0x12, 0x15]);
    }

    #[test]
    fn drains_where_it_can() {
        assert_eq!(words(Invalidation::TRANSLATIONS, 1 << 54), [0x52, 0x15]);
        assert_eq!(words(Invalidation::TRANSLATIONS, 3 << 54), [0xd2, 0x15]);
    }
}
