//! The time of files.
//!
//! No process can read the machine's clock, so time goes on from the last one that the disk knows of: it stands still
//! while the machine is off.

use lv6_abi::syscall::SYSCTL_TSC_KHZ;
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::sys::regs::timestamp;

/// A clock.
pub struct Clock {
    /// The time when it was started, in nanoseconds since 1970.
    start: u64,
    /// The counter at that moment.
    counter: u64,
    /// How fast the counter goes; 0 if that is not known, and then time stands still.
    khz: u64,
}

impl Clock {
    /// A clock that shows this time now.
    pub fn start(now: u64) -> Clock {
        Clock { start: now, counter: timestamp(), khz: debug_sysctl(SYSCTL_TSC_KHZ).unwrap_or(0) }
    }

    /// The time, in nanoseconds since 1970.
    pub fn now(&self) -> u64 {
        self.start.saturating_add(nanoseconds(timestamp().saturating_sub(self.counter), self.khz))
    }
}

/// How long so many ticks of a counter take.
fn nanoseconds(ticks: u64, khz: u64) -> u64 {
    let exact = u128::from(ticks) * 1_000_000;
    exact.checked_div(u128::from(khz)).map_or(0, |nanoseconds| u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_nanoseconds() {
        assert_eq!(nanoseconds(3_000_000, 1_000_000), 3_000_000);
        assert_eq!(nanoseconds(u64::MAX, 1), u64::MAX);
        assert_eq!(nanoseconds(7, 0), 0);
    }
}
