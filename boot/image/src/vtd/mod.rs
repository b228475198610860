//! Intel's IOMMU (VT-d; section numbers are those of the architecture specification, revision 4.1).
//!
//! A unit decides for each access of a device which memory it reaches, and for each interrupt of a device which vector it
//! arrives at. All units use the same tables. In them, a function that no process owns can reach nothing and interrupt
//! nobody; one that is owned is led by the tables that its owner has built from the core's pages.
//!
//! Only units that have queued invalidation and interrupt remapping are used: without the second, a device could write
//! any interrupt message. (The unit that QEMU 7.2 emulates lets messages of the old format pass even when it is told not
//! to. They reach no vector of an exception, but there the owner of a device can stop the machine with them.)
//!
//! Tables have four levels if every unit can walk so many. Otherwise they have three: then the walk begins at what entry 0
//! of the owner's root leads to, if that entry allows both reading and writing.

pub mod entry;
pub mod queue;
pub mod registers;
pub mod table;
pub mod unit;

use core::fmt;

use arrayvec::ArrayVec;

use crate::acpi::dmar::UNITS;
use crate::pci::Place;
use crate::vtd::entry::{Levels, PRESENT, Route, context, route};
use crate::vtd::queue::Invalidation;
use crate::vtd::registers::{Capabilities, Registers};
use crate::vtd::table::{ENTRIES, ROUTES, Tables};
use crate::vtd::unit::Unit;

/// Where interrupts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Number of the processor's interrupt controller.
    pub id: u32,
    /// Whether the controller uses numbers of 32 bits (x2APIC mode).
    pub extended: bool,
}

/// A device's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Physical address of the first table that the unit walks.
    pub table: u64,
    /// A number that no function with other tables has, from 1 to [`DOMAINS`].
    pub number: u16,
}

/// Domain numbers that are needed: one for each function that can be listed.
pub const DOMAINS: u16 = lv6_abi::limits::NPCIDEV as u16;

/// Why the IOMMU cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no unit, or nothing where it should be.
    Absent,
    /// A unit lacks queued invalidation or interrupt remapping.
    TooOld,
    /// The units have no number of table levels in common that is 4 or 3.
    Levels,
    /// A unit cannot tell enough devices apart.
    Domains,
    /// A unit cannot name the processor as the destination of interrupts.
    Destination,
    /// A unit did not do what it was told in time.
    Silent,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Absent => "there is none where the firmware says",
            Refusal::TooOld => "it has no queued invalidation or no interrupt remapping",
            Refusal::Levels => "it walks tables of neither 4 nor 3 levels",
            Refusal::Domains => "it cannot tell enough devices apart",
            Refusal::Destination => "it cannot send interrupts to a processor in x2APIC mode",
            Refusal::Silent => "it does not answer",
        })
    }
}

/// All units, and the tables that they share.
pub struct Iommu<'a, R> {
    tables: &'a Tables,
    units: ArrayVec<Unit<'a, R>, UNITS>,
    levels: Levels,
    destination: Destination,
}

impl<'a, R: Registers> Iommu<'a, R> {
    /// Has the units with these registers translate all accesses and remap all interrupts, with empty tables: no device
    /// reaches anything.
    ///
    /// No device may access memory by itself until this has succeeded.
    pub fn start(tables: &'a Tables, registers: ArrayVec<R, UNITS>, destination: Destination) -> Result<Self, Refusal> {
        let able: ArrayVec<Capabilities, UNITS> = registers.iter().map(Capabilities::read).collect();
        let levels = check(&able, destination)?;
        tables.link();
        let mut units = ArrayVec::<_, UNITS>::new();
        for ((registers, capabilities), queue) in registers.into_iter().zip(able).zip(&tables.queues) {
            units.push(Unit::new(registers, capabilities, queue));
        }
        for unit in &mut units {
            unit.start(tables, destination.extended)?;
        }
        Ok(Iommu { tables, units, levels, destination })
    }

    /// How many levels the tables have that the units walk.
    pub fn levels(&self) -> Levels {
        self.levels
    }

    /// How many units there are.
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// Says which memory a function reaches. Takes effect with an [`Invalidation::CONTEXTS`].
    pub fn set_domain(&mut self, place: Place, domain: Option<Domain>) {
        let n = 2 * (usize::from(place.0) % (ENTRIES / 2));
        self.tables.contexts[usize::from(place.bus())].set_pair(n, context(domain, self.levels));
    }

    /// Says which vector interrupts arrive at whose message names this entry of the table, and from which function they
    /// may come. Takes effect with an [`Invalidation::ROUTES`].
    ///
    /// Panics if there is no such entry.
    pub fn set_route(&mut self, index: usize, to: Option<Route>) {
        assert!(index < ROUTES, "the table has {ROUTES} entries");
        self.tables.routes.set_pair(2 * index, route(to, self.destination));
    }

    /// From which function the interrupts may come whose message names this entry of the table; nothing if from none.
    ///
    /// Panics if there is no such entry.
    pub fn sender(&self, index: usize) -> Option<Place> {
        assert!(index < ROUTES, "the table has {ROUTES} entries");
        let [low, high] = [0, 1].map(|n| self.tables.routes.get(2 * index + n));
        (low & PRESENT != 0).then_some(Place(high as u16))
    }

    /// Has the units forget what they know from the tables.
    pub fn invalidate(&mut self, what: Invalidation) -> Result<(), Refusal> {
        self.units.iter_mut().try_for_each(|unit| unit.invalidate(what))
    }
}

/// Whether the units can be used together, and with how many levels.
fn check(units: &[Capabilities], destination: Destination) -> Result<Levels, Refusal> {
    if units.is_empty() || units.iter().any(Capabilities::is_absent) {
        return Err(Refusal::Absent);
    }
    if !units.iter().all(Capabilities::confines) {
        return Err(Refusal::TooOld);
    }
    if !units.iter().all(|unit| unit.domains() > u32::from(DOMAINS)) {
        return Err(Refusal::Domains);
    }
    if destination.extended && !units.iter().all(Capabilities::has_extended_destinations) {
        return Err(Refusal::Destination);
    }
    let common = [Levels::Four, Levels::Three].into_iter().find(|levels| units.iter().all(|unit| unit.walks(*levels)));
    common.ok_or(Refusal::Levels)
}

#[cfg(test)]
pub(crate) mod tests;
