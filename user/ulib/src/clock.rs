//! Time, by the processor's time-stamp counter.

use core::time::Duration;

use lv6_abi::syscall::SYSCTL_TSC_KHZ;
use spin::Once;

use crate::process::yield_now;
use crate::sys::call::debug_sysctl;
use crate::sys::regs::timestamp;

/// How often the counter counts in a millisecond; none if that is not known.
fn per_millisecond() -> Option<u64> {
    static KHZ: Once<u64> = Once::new();
    Some(*KHZ.call_once(|| debug_sysctl(SYSCTL_TSC_KHZ).unwrap_or(0))).filter(|&khz| khz != 0)
}

/// The time that a number of counts takes.
fn duration(counts: u64, per_millisecond: u64) -> Duration {
    let nanos = u128::from(counts) * 1_000_000 / u128::from(per_millisecond);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// How long the machine runs; none if the speed of the counter is not known.
pub fn uptime() -> Option<Duration> {
    per_millisecond().map(|rate| duration(timestamp(), rate))
}

/// Lets others run for some time. Returns whether that is possible: the speed of the counter must be known.
pub fn sleep(time: Duration) -> bool {
    let Some(end) = uptime().and_then(|now| now.checked_add(time)) else { return false };
    while uptime().is_some_and(|now| now < end) {
        yield_now();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_time() {
        assert_eq!(duration(3_000_000, 3_000_000), Duration::from_millis(1));
        assert_eq!(duration(1, 3_000_000), Duration::from_nanos(0));
        assert_eq!(duration(u64::MAX, 1).as_nanos(), u128::from(u64::MAX));
        assert_eq!(duration(u64::MAX, 4_000_000).as_secs(), u64::MAX / 4_000_000_000);
    }
}
