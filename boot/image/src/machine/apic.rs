//! The local interrupt controller (APIC) and its timer.

use log::info;
use lv6_abi::limits::{SPURIOUS_VECTOR, TIMER_VECTOR};
use lv6_image::vtd::Destination;
use x86_64::registers::model_specific::{ApicBase, ApicBaseFlags, Msr};

use crate::machine::tsc;

/// Registers, by their numbers in x2APIC mode. Their addresses are 16 times as far apart.
const ID: u32 = 0x02;
const PRIORITY: u32 = 0x08;
const END_OF_INTERRUPT: u32 = 0x0b;
const SPURIOUS: u32 = 0x0f;
const IN_SERVICE: u32 = 0x10;
const TIMER: u32 = 0x32;
const LOCAL_INPUTS: [u32; 2] = [0x35, 0x36];
const INITIAL_COUNT: u32 = 0x38;
const CURRENT_COUNT: u32 = 0x39;
const DIVIDER: u32 = 0x3e;

/// The bits that switch the controller on, switch a source off, and make the timer start again by itself.
const ENABLED: u32 = 1 << 8;
const MASKED: u32 = 1 << 16;
const PERIODIC: u32 = 1 << 17;
/// The priority of vectors 16 to 31, which are exceptions'. Nothing arrives that is no more important.
const EXCEPTIONS: u32 = 1 << 4;
/// The divider's encoding of 16.
const BY_16: u32 = 3;

/// First register in x2APIC mode.
const X2APIC_BASE: u32 = 0x800;

/// The processor's interrupt controller.
#[derive(Clone, Copy)]
pub struct LocalApic {
    /// Where its registers are; nothing if they are model-specific registers (x2APIC mode).
    address: Option<u64>,
}

impl LocalApic {
    /// Finds the controller, in the mode that the firmware left it in.
    pub fn find() -> LocalApic {
        let (frame, flags) = ApicBase::read();
        let x2apic = flags.contains(ApicBaseFlags::X2APIC_ENABLE);
        LocalApic { address: (!x2apic).then(|| frame.start_address().as_u64()) }
    }

    /// The page of its registers, which must be mapped before anything else is done, if it has one.
    pub fn page(self) -> Option<u64> {
        self.address
    }

    fn read(self, register: u32) -> u32 {
        match self.address {
            // SAFETY: the page of the registers is mapped, and reading one has no effect.
            Some(address) => unsafe { ((address + 16 * register as u64) as *const u32).read_volatile() },
            // SAFETY: in x2APIC mode the register exists, and reading it has no effect.
            None => unsafe { Msr::new(X2APIC_BASE + register).read() as u32 },
        }
    }

    fn write(self, register: u32, value: u32) {
        match self.address {
            // SAFETY: the page of the registers is mapped, and no other code uses them.
            Some(address) => unsafe { ((address + 16 * register as u64) as *mut u32).write_volatile(value) },
            // SAFETY: in x2APIC mode the register exists, and no other code uses it.
            None => unsafe { Msr::new(X2APIC_BASE + register).write(value as u64) },
        }
    }

    /// Switches the controller on, and all its sources off.
    pub fn enable(self) {
        for input in LOCAL_INPUTS {
            self.write(input, MASKED);
        }
        self.write(TIMER, MASKED);
        self.write(PRIORITY, EXCEPTIONS);
        self.write(SPURIOUS, ENABLED | SPURIOUS_VECTOR as u32);
    }

    /// How interrupts are sent here.
    pub fn destination(self) -> Destination {
        let id = self.read(ID);
        match self.address {
            Some(_) => Destination { id: id >> 24, extended: false },
            None => Destination { id, extended: true },
        }
    }

    /// Whether an interrupt at this vector is being taken. A false alarm, of this controller or of a legacy one, is not,
    /// and must not be answered.
    pub fn is_in_service(self, vector: u8) -> bool {
        let word = self.read(IN_SERVICE + u32::from(vector) / 32);
        word >> (vector % 32) & 1 == 1
    }

    /// Tells the controller that its interrupt has been taken.
    pub fn end_of_interrupt(self) {
        self.write(END_OF_INTERRUPT, 0);
    }

    /// Has the timer interrupt every `ms` milliseconds. Its frequency is found with the time-stamp counter's.
    pub fn start_timer(self, ms: u64, tsc_khz: u64) {
        const TRIAL_MS: u64 = 10;
        self.write(DIVIDER, BY_16);
        self.write(INITIAL_COUNT, u32::MAX);
        tsc::wait(TRIAL_MS * tsc_khz);
        let count = (u32::MAX - self.read(CURRENT_COUNT)) as u64;
        let period = (count * ms / TRIAL_MS).clamp(1, u32::MAX as u64);
        self.write(TIMER, PERIODIC | TIMER_VECTOR as u32);
        self.write(INITIAL_COUNT, period as u32);
        info!("processes take turns of {ms} ms");
    }
}
