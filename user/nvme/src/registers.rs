//! The controller's registers (section 3.1).

use crate::error::Error;
use crate::{BLOCK_SIZE, Bus};

/// What the controller can do, 64 bits.
const CAPABILITIES: u64 = 0x00;
/// The version of the specification.
const VERSION: u64 = 0x08;
/// How it is to work.
const CONFIGURATION: u64 = 0x14;
/// How it is.
const STATUS: u64 = 0x1c;
/// Sizes and addresses of the administration queues.
const ADMIN_SIZES: u64 = 0x24;
const ADMIN_SUBMISSIONS: u64 = 0x28;
const ADMIN_COMPLETIONS: u64 = 0x30;
/// The first doorbell: each queue has two, for what is submitted and for what has been taken note of.
const DOORBELLS: u64 = 0x1000;

/// Bytes of registers that the driver uses.
pub const LEN: u64 = 0x2000;

/// Configuration: on; entries of 64 bytes for commands and of 16 bytes for completions. The other fields are 0: pages of
/// 4 KiB, the command set for blocks.
const ENABLE: u32 = 1;
const ENTRY_SIZES: u32 = 6 << 16 | 4 << 20;
/// Configuration: a shutdown in order.
const SHUT_DOWN: u32 = 1 << 14;
/// Status: ready; failed; how far the shutdown is, and that it is complete.
const READY: u32 = 1;
const FAILED: u32 = 2;
const SHUTDOWN: u32 = 3 << 2;
const SHUTDOWN_COMPLETE: u32 = 2 << 2;

/// What the controller can do, as far as the driver cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// How long it may take to become ready, in milliseconds.
    pub patience: u64,
    /// Entries that a queue can have.
    pub entries: u32,
    /// Bytes from one doorbell to the next.
    stride: u64,
}

impl Capabilities {
    /// Reads what the controller says of itself, and checks that the driver can work with it.
    pub fn read(bus: &impl Bus) -> Result<Self, Error> {
        let [low, high] = [0, 4].map(|half| bus.read(CAPABILITIES + half));
        if low == u32::MAX && high == u32::MAX {
            return Err(Error::Absent);
        }
        if bus.read(VERSION) < 0x1_0100 {
            return Err(Error::Unsupported("it is older than NVMe 1.1"));
        }
        if high >> 5 & 1 == 0 {
            return Err(Error::Unsupported("it has no command set for blocks"));
        }
        if high >> 16 & 15 != 0 {
            return Err(Error::Unsupported("it has no pages of 4 KiB"));
        }
        let stride = 4 << (high & 15);
        let entries = (low & 0xffff) + 1;
        if DOORBELLS + 4 * stride > LEN {
            return Err(Error::Unsupported("its doorbells are too far apart"));
        }
        if entries < 2 {
            return Err(Error::Unsupported("its queues are too short"));
        }
        Ok(Capabilities { patience: 500 * u64::from(low >> 24).max(1), entries, stride })
    }

    /// The doorbell of a queue's submissions.
    pub fn submission_doorbell(&self, queue: u16) -> u64 {
        DOORBELLS + 2 * u64::from(queue) * self.stride
    }

    /// The doorbell of its completions.
    pub fn completion_doorbell(&self, queue: u16) -> u64 {
        self.submission_doorbell(queue) + self.stride
    }
}

/// Switches the controller off, and with it whatever it was doing.
pub fn switch_off(bus: &impl Bus) {
    bus.write(CONFIGURATION, 0);
}

/// Switches it on.
pub fn switch_on(bus: &impl Bus) {
    bus.write(CONFIGURATION, ENTRY_SIZES | ENABLE);
}

/// Tells it that it will be switched off.
pub fn shut_down(bus: &impl Bus) {
    bus.write(CONFIGURATION, ENTRY_SIZES | ENABLE | SHUT_DOWN);
}

/// Tells it where the administration queues are, of so many entries each. It must be off.
pub fn set_admin_queues(bus: &impl Bus, entries: u16, submissions: u64, completions: u64) {
    let last = u32::from(entries - 1);
    bus.write(ADMIN_SIZES, last << 16 | last);
    for (register, address) in [(ADMIN_SUBMISSIONS, submissions), (ADMIN_COMPLETIONS, completions)] {
        bus.write(register, address as u32);
        bus.write(register + 4, (address >> 32) as u32);
    }
}

/// Whether it is ready. An error if it has failed, or is gone.
pub fn is_ready(bus: &impl Bus) -> Result<bool, Error> {
    Ok(status(bus)? & READY != 0)
}

/// Whether a shutdown is complete.
pub fn is_shut_down(bus: &impl Bus) -> Result<bool, Error> {
    Ok(status(bus)? & SHUTDOWN == SHUTDOWN_COMPLETE)
}

fn status(bus: &impl Bus) -> Result<u32, Error> {
    match bus.read(STATUS) {
        u32::MAX => Err(Error::Absent),
        status if status & FAILED != 0 => Err(Error::Fatal),
        status => Ok(status),
    }
}

const _: () = assert!(BLOCK_SIZE == 4096, "the memory page that the configuration names");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Fake;

    fn read(low: u32, high: u32) -> Result<Capabilities, Error> {
        let fake = Fake::new();
        fake.state.borrow_mut().capabilities = [low, high];
        Capabilities::read(&fake)
    }

    #[test]
    fn capabilities_are_read() {
        assert_eq!(read(0x0f01_07ff, 0x20), Ok(Capabilities { patience: 7500, entries: 2048, stride: 4 }));
        let far = read(0x0000_0001, 0x22).unwrap();
        assert_eq!((far.patience, far.entries), (500, 2));
        assert_eq!([0, 1].map(|n| far.submission_doorbell(n)), [0x1000, 0x1020]);
        assert_eq!([0, 1].map(|n| far.completion_doorbell(n)), [0x1010, 0x1030]);
    }

    #[test]
    fn what_the_driver_cannot_use_is_refused() {
        assert_eq!(read(u32::MAX, u32::MAX), Err(Error::Absent));
        for (low, high, why) in [
            (0x07ff, 0, "command set"),
            (0x07ff, 0x1_0020, "pages"),
            (0x07ff, 0x29, "doorbells"),
            (0x07ff, 0x2f, "doorbells"),
            (0, 0x20, "queues"),
        ] {
            let Err(Error::Unsupported(text)) = read(low, high) else { panic!("{low:#x} {high:#x}") };
            assert!(text.contains(why), "{text}");
        }
        assert!(read(0x07ff, 0x28).is_ok(), "the last doorbell ends where the registers end");
        let fake = Fake::new();
        fake.state.borrow_mut().version = 0x1_0000;
        assert!(matches!(Capabilities::read(&fake), Err(Error::Unsupported(_))));
    }
}
