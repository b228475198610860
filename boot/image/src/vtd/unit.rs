//! One unit: switching it on, and having it forget.

use crate::vtd::Refusal;
use crate::vtd::queue::{Invalidation, MOST, commands};
use crate::vtd::registers::*;
use crate::vtd::table::{COMMANDS, Table, Tables};

/// How often a register is read before the unit is given up: seconds, on any machine.
const PATIENCE: usize = if cfg!(test) { 100 } else { 10_000_000 };

/// Bytes of a command, in the queue's registers.
const COMMAND_SHIFT: u32 = 4;

/// A unit that translates and remaps.
pub struct Unit<'a, R> {
    registers: R,
    capabilities: Capabilities,
    queue: &'a Table,
    /// The command that is written next.
    tail: usize,
}

impl<'a, R: Registers> Unit<'a, R> {
    /// A unit, as the firmware left it.
    pub fn new(registers: R, capabilities: Capabilities, queue: &'a Table) -> Self {
        Unit { registers, capabilities, queue, tail: 0 }
    }

    /// Waits until the unit is as it should be.
    fn wait(&self, done: impl Fn(&R) -> bool) -> Result<(), Refusal> {
        for _ in 0..PATIENCE {
            if done(&self.registers) {
                return Ok(());
            }
            core::hint::spin_loop();
        }
        Err(Refusal::Silent)
    }

    /// Gives a command with one bit (section 11.4.4.1): what lasts is repeated, and one thing changes at a time.
    fn command(&mut self, bit: u32, on: bool) -> Result<(), Refusal> {
        let lasting = self.registers.read32(STATUS) & LASTING;
        self.registers.write32(COMMAND, if on { lasting | bit } else { lasting & !bit });
        // The unit clears this bit when it is done; the others follow the command.
        let expected = on && bit != FLUSH_BUFFERS;
        self.wait(|registers| (registers.read32(STATUS) & bit != 0) == expected)
    }

    /// Switches off whatever the firmware has left on.
    fn stop(&mut self) -> Result<(), Refusal> {
        let status = self.registers.read32(STATUS);
        if status & USE_QUEUE != 0 {
            self.wait(|registers| registers.read64(QUEUE_HEAD) == registers.read64(QUEUE_TAIL))?;
        }
        for bit in [TRANSLATE, REMAP, PASS_OLD_FORMAT, USE_QUEUE] {
            if status & bit != 0 {
                self.command(bit, false)?;
            }
        }
        Ok(())
    }

    /// Has the unit translate and remap by these tables.
    pub fn start(&mut self, tables: &Tables, extended_destinations: bool) -> Result<(), Refusal> {
        self.stop()?;
        // Nobody waits for its interrupts.
        self.registers.write32(FAULT_CONTROL, SILENT);
        self.registers.write32(COMPLETION_CONTROL, SILENT);
        self.registers.write32(FAULT_STATUS, QUEUE_ERRORS);
        self.registers.write64(QUEUE_TAIL, 0);
        self.registers.write64(QUEUE_ADDRESS, self.queue.address());
        self.command(USE_QUEUE, true)?;

        self.registers.write64(ROOT_TABLE, tables.root.address());
        self.command(SET_ROOT, true)?;
        self.invalidate(Invalidation::CONTEXTS | Invalidation::TRANSLATIONS)?;
        let extended = if extended_destinations { EXTENDED_DESTINATIONS } else { 0 };
        self.registers.write64(ROUTE_TABLE, tables.routes_register() | extended);
        self.command(SET_ROUTES, true)?;
        self.invalidate(Invalidation::ROUTES)?;
        self.command(REMAP, true)?;
        self.command(TRANSLATE, true)?;
        self.unprotect()
    }

    /// Switches off the protection that the firmware may have put in place until translation is on.
    fn unprotect(&mut self) -> Result<(), Refusal> {
        if self.capabilities.protects_memory() && self.registers.read32(PROTECTED_MEMORY) & PROTECT != 0 {
            self.registers.write32(PROTECTED_MEMORY, 0);
            self.wait(|registers| registers.read32(PROTECTED_MEMORY) & PROTECTED == 0)?;
        }
        Ok(())
    }

    /// Has the unit forget what it knows from tables, and waits until it has.
    pub fn invalidate(&mut self, what: Invalidation) -> Result<(), Refusal> {
        if self.capabilities.must_flush_buffers() {
            self.command(FLUSH_BUFFERS, true)?;
        }
        self.registers.write32(COMPLETION_STATUS, COMPLETED);
        // The queue is empty, so there is room.
        const { assert!(MOST < COMMANDS) };
        for command in commands(what, &self.capabilities) {
            self.queue.set_pair(2 * self.tail, command);
            self.tail = (self.tail + 1) % COMMANDS;
        }
        if !self.capabilities.is_coherent() {
            // It reads memory past the processor's caches. Which pages of the core have changed is not known, so all that
            // is cached goes out.
            self.registers.write_back_caches();
        }
        self.registers.write64(QUEUE_TAIL, (self.tail as u64) << COMMAND_SHIFT);
        self.wait(|registers| registers.read32(COMPLETION_STATUS) & COMPLETED != 0)
    }
}
