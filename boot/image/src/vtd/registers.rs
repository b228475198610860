//! A unit's registers (chapter 11).

use crate::vtd::entry::Levels;

/// Access to a unit's registers, by their distance from the first one.
pub trait Registers {
    /// Reads a register of 32 bits.
    fn read32(&self, register: u64) -> u32;
    /// Reads a register of 64 bits.
    fn read64(&self, register: u64) -> u64;
    /// Writes a register of 32 bits, after everything that was written to memory before.
    fn write32(&mut self, register: u64, value: u32);
    /// Writes a register of 64 bits, after everything that was written to memory before.
    fn write64(&mut self, register: u64, value: u64);
    /// Writes back what the processor's caches hold.
    fn write_back_caches(&self);
}

/// Capabilities, and more of them.
pub const CAPABILITY: u64 = 0x08;
/// See [`CAPABILITY`].
pub const EXTENDED_CAPABILITY: u64 = 0x10;
/// What the unit is told to do.
pub const COMMAND: u64 = 0x18;
/// What it does.
pub const STATUS: u64 = 0x1c;
/// Address of the root table.
pub const ROOT_TABLE: u64 = 0x20;
/// Faults: what has happened, and whether to interrupt.
pub const FAULT_STATUS: u64 = 0x34;
/// See [`FAULT_STATUS`].
pub const FAULT_CONTROL: u64 = 0x38;
/// Regions that devices cannot reach before translation is on.
pub const PROTECTED_MEMORY: u64 = 0x64;
/// The queue of invalidations: how far the unit is, how far the queue is filled, and its address.
pub const QUEUE_HEAD: u64 = 0x80;
/// See [`QUEUE_HEAD`].
pub const QUEUE_TAIL: u64 = 0x88;
/// See [`QUEUE_HEAD`].
pub const QUEUE_ADDRESS: u64 = 0x90;
/// Whether invalidations have been completed, and whether to interrupt.
pub const COMPLETION_STATUS: u64 = 0x9c;
/// See [`COMPLETION_STATUS`].
pub const COMPLETION_CONTROL: u64 = 0xa0;
/// Address and size of the interrupt-remapping table.
pub const ROUTE_TABLE: u64 = 0xb8;

/// Bits of command and status: translate; use the new root table; write out buffers; use the queue; remap interrupts;
/// use the new interrupt-remapping table; let interrupts pass that are not to be remapped.
pub const TRANSLATE: u32 = 1 << 31;
/// See [`TRANSLATE`].
pub const SET_ROOT: u32 = 1 << 30;
/// See [`TRANSLATE`].
pub const FLUSH_BUFFERS: u32 = 1 << 27;
/// See [`TRANSLATE`].
pub const USE_QUEUE: u32 = 1 << 26;
/// See [`TRANSLATE`].
pub const REMAP: u32 = 1 << 25;
/// See [`TRANSLATE`].
pub const SET_ROUTES: u32 = 1 << 24;
/// See [`TRANSLATE`].
pub const PASS_OLD_FORMAT: u32 = 1 << 23;
/// Those that last; the others are done once each time they are written.
pub const LASTING: u32 = TRANSLATE | USE_QUEUE | REMAP | PASS_OLD_FORMAT;

/// Fault status: the queue holds something that is no command; two that concern devices with caches of their own.
pub const QUEUE_ERRORS: u32 = 1 << 4 | 1 << 5 | 1 << 6;
/// Completion status: the report that was asked for. Writing the bit clears it.
pub const COMPLETED: u32 = 1;
/// Fault and completion control: do not interrupt.
pub const SILENT: u32 = 1 << 31;
/// Protected memory: switched on, and in effect.
pub const PROTECT: u32 = 1 << 31;
/// See [`PROTECT`].
pub const PROTECTED: u32 = 1;
/// Interrupt-remapping table: destinations have 32 bits.
pub const EXTENDED_DESTINATIONS: u64 = 1 << 11;

/// What a unit can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The first register.
    pub capability: u64,
    /// The second one.
    pub extended: u64,
}

impl Capabilities {
    /// Asks a unit.
    pub fn read(unit: &impl Registers) -> Self {
        Capabilities { capability: unit.read64(CAPABILITY), extended: unit.read64(EXTENDED_CAPABILITY) }
    }

    fn has(&self, bit: u32) -> bool {
        self.capability >> bit & 1 == 1
    }

    fn has_extended(&self, bit: u32) -> bool {
        self.extended >> bit & 1 == 1
    }

    /// Whether nothing answers there.
    pub fn is_absent(&self) -> bool {
        self.capability == u64::MAX || self.capability == 0
    }

    /// Whether it can confine devices and their interrupts.
    pub fn confines(&self) -> bool {
        let (queued_invalidation, interrupt_remapping) = (self.has_extended(1), self.has_extended(3));
        queued_invalidation && interrupt_remapping
    }

    /// Whether it looks into the processor's caches when it reads tables.
    pub fn is_coherent(&self) -> bool {
        self.has_extended(0)
    }

    /// Whether destinations of interrupts can have 32 bits.
    pub fn has_extended_destinations(&self) -> bool {
        self.has_extended(4)
    }

    /// How many domains it tells apart.
    pub fn domains(&self) -> u32 {
        let encoded = (self.capability & 7) as u32;
        // 7 is not defined.
        if encoded == 7 { 0 } else { 16 << (2 * encoded) }
    }

    /// Whether it walks so many levels.
    pub fn walks(&self, levels: Levels) -> bool {
        self.has(8 + levels.width_field() as u32)
    }

    /// Whether its buffers must be written out after tables have changed.
    pub fn must_flush_buffers(&self) -> bool {
        self.has(4)
    }

    /// Whether it can protect regions of memory.
    pub fn protects_memory(&self) -> bool {
        self.has(5) || self.has(6)
    }

    /// Whether an invalidation can wait for writes that are under way.
    pub fn drains_writes(&self) -> bool {
        self.has(54)
    }

    /// Whether an invalidation can wait for reads that are under way.
    pub fn drains_reads(&self) -> bool {
        self.has(55)
    }
}
