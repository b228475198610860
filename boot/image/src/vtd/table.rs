//! The memory that the units read: tables and queues of commands.
//!
//! Units read while the processor writes, so every word is atomic.

use core::sync::atomic::{AtomicU64, Ordering};

use lv6_abi::limits::NINTREMAP;

use crate::acpi::dmar::UNITS;
use crate::vtd::entry::{Pair, root};

/// Words in a table.
pub const ENTRIES: usize = 512;
/// Commands that a queue has room for.
pub const COMMANDS: usize = ENTRIES / 2;
/// Entries of the interrupt-remapping table. Its size is given to the units, and what names no entry is a fault.
pub const ROUTES: usize = NINTREMAP;

/// A page that units read.
#[cfg_attr(test, derive(zerocopy::FromZeros))]
#[repr(C, align(4096))]
pub struct Table([AtomicU64; ENTRIES]);

impl Table {
    /// A page of zeros.
    pub const fn new() -> Self {
        Table([const { AtomicU64::new(0) }; ENTRIES])
    }

    /// Its address, which is the same for processor and units.
    pub fn address(&self) -> u64 {
        self as *const Table as u64
    }

    /// A word of it.
    pub fn get(&self, n: usize) -> u64 {
        self.0[n].load(Ordering::Relaxed)
    }

    /// Writes the entry of two words that starts at word `n`. A unit sees the old one, none, or the new one.
    pub fn set_pair(&self, n: usize, [low, high]: Pair) {
        self.0[n].store(0, Ordering::Release);
        self.0[n + 1].store(high, Ordering::Release);
        self.0[n].store(low, Ordering::Release);
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

/// All that the units read, but for the devices' page tables.
#[cfg_attr(test, derive(zerocopy::FromZeros))]
#[repr(C)]
pub struct Tables {
    /// For each bus, where its context table is.
    pub root: Table,
    /// For each bus and function, which page tables it uses.
    pub contexts: [Table; 256],
    /// The interrupt-remapping table.
    pub routes: Table,
    /// For each unit, its queue of commands.
    pub queues: [Table; UNITS],
}

impl Tables {
    /// Pages of zeros.
    pub const fn new() -> Self {
        Tables {
            root: Table::new(),
            contexts: [const { Table::new() }; 256],
            routes: Table::new(),
            queues: [const { Table::new() }; UNITS],
        }
    }

    /// Has the root table lead to all context tables, which can be empty.
    pub fn link(&self) {
        for (bus, table) in self.contexts.iter().enumerate() {
            self.root.set_pair(2 * bus, root(table.address()));
        }
    }

    /// What the units are told about the interrupt-remapping table: its address, and that it has 2^(n + 1) entries.
    pub fn routes_register(&self) -> u64 {
        const { assert!(ROUTES.is_power_of_two() && ROUTES >= 2 && ROUTES <= COMMANDS) };
        self.routes.address() | u64::from(ROUTES.trailing_zeros() - 1)
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use crate::vtd::tests::tables;

    #[test]
    fn the_root_leads_to_every_bus() {
        let tables = tables();
        tables.link();
        for bus in [0, 1, 255] {
            assert_eq!(tables.root.get(2 * bus), tables.contexts[bus].address() | 1);
            assert_eq!(tables.root.get(2 * bus + 1), 0);
        }
        assert!(tables.contexts.iter().all(|t| t.address().is_multiple_of(4096)));
    }

    #[test]
    fn eight_routes() {
        let tables = tables();
        assert_eq!(tables.routes_register(), tables.routes.address() + 2);
    }
}
