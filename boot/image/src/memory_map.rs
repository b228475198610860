//! Where in RAM the kernel state goes.

use core::fmt;
use core::ops::Range;

/// A stretch of physical memory, as the boot loader describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First address.
    pub start: u64,
    /// First address after it.
    pub end: u64,
    /// Whether it is RAM that nobody uses.
    pub usable: bool,
}

/// What is looked for: one piece of RAM.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its length in bytes.
    pub size: u64,
    /// What its address is a multiple of; a power of two.
    pub align: u64,
    /// Addresses that it may lie at.
    pub within: Range<u64>,
}

/// There is no such piece of RAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSmall {
    /// What was looked for, in bytes.
    pub needed: u64,
    /// End of the addresses that were looked at.
    pub below: u64,
    /// The largest piece that there is, in bytes.
    pub found: u64,
}

impl fmt::Display for TooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes >> 20;
        write!(
            f,
            "lv6 needs {} MiB of RAM in one piece below {:#x}, found {} MiB",
            mib(self.needed + (1 << 20) - 1),
            self.below,
            mib(self.found)
        )
    }
}

/// Finds the lowest piece of usable RAM that is as `wanted` and touches nothing in `taken`.
pub fn place(map: &[Region], taken: &[Range<u64>], wanted: &Wanted) -> Result<u64, TooSmall> {
    let mut largest = 0;
    let mut from = wanted.within.start;
    while let Some(free) = next_free(map, taken, from..wanted.within.end) {
        // An address that cannot be rounded up is too high for any use.
        let start = free.start.checked_next_multiple_of(wanted.align).unwrap_or(free.end);
        let length = free.end.saturating_sub(start);
        if length >= wanted.size {
            return Ok(start);
        }
        largest = largest.max(length);
        from = free.end;
    }
    Err(TooSmall { needed: wanted.size, below: wanted.within.end, found: largest })
}

/// The first piece of usable RAM in `window`, as long as it can be.
fn next_free(map: &[Region], taken: &[Range<u64>], window: Range<u64>) -> Option<Range<u64>> {
    let usable = || map.iter().filter(|r| r.usable).map(|r| r.start..r.end);
    let blocked = || map.iter().filter(|r| !r.usable).map(|r| r.start..r.end).chain(taken.iter().cloned());

    let mut start = window.start;
    loop {
        // The lowest usable address from `start` on, unless something else lies there as well.
        start = usable().filter(|r| r.end > start && r.end > r.start).map(|r| r.start.max(start)).min()?;
        match blocked().find(|r| r.contains(&start)) {
            Some(block) => start = block.end,
            None => break,
        }
    }
    let mut end = start;
    while let Some(more) = usable().find(|r| r.start <= end && r.end > end) {
        end = more.end;
    }
    let end = blocked().filter(|r| r.start > start && r.start < r.end).map(|r| r.start).min().unwrap_or(end).min(end);
    let end = end.min(window.end);
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn ram(start: u64, end: u64) -> Region {
        Region { start: start * MIB, end: end * MIB, usable: true }
    }

    fn reserved(start: u64, end: u64) -> Region {
        Region { start: start * MIB, end: end * MIB, usable: false }
    }

    fn want(size: u64) -> Wanted {
        Wanted { size: size * MIB, align: 2 * MIB, within: MIB..1024 * MIB }
    }

    #[test]
    fn takes_the_lowest_aligned_place() {
        assert_eq!(place(&[ram(0, 128)], &[], &want(39)), Ok(2 * MIB));
    }

    #[test]
    fn keeps_clear_of_what_is_taken() {
        let image = 2 * MIB..5 * MIB + 1;
        assert_eq!(place(&[ram(0, 128)], &[image], &want(39)), Ok(6 * MIB));
    }

    #[test]
    fn a_reserved_region_wins_over_a_usable_one() {
        let map = [ram(0, 128), reserved(20, 21)];
        assert_eq!(place(&map, &[], &want(39)), Ok(22 * MIB));
        assert_eq!(place(&map, &[], &want(18)), Ok(2 * MIB));
    }

    #[test]
    fn joins_adjacent_regions_in_any_order() {
        let map = [ram(16, 64), ram(0, 16)];
        assert_eq!(place(&map, &[], &want(39)), Ok(2 * MIB));
    }

    #[test]
    fn stays_inside_the_window() {
        let map = [ram(0, 20), ram(1000, 4096)];
        let err = place(&map, &[], &want(39)).unwrap_err();
        assert_eq!(err, TooSmall { needed: 39 * MIB, below: 1024 * MIB, found: 24 * MIB });
    }

    #[test]
    fn says_how_much_is_missing() {
        let err = place(&[ram(0, 16)], &[], &want(39)).unwrap_err();
        assert_eq!(err.to_string(), "lv6 needs 39 MiB of RAM in one piece below 0x40000000, found 14 MiB");
    }

    #[test]
    fn odd_maps_do_no_harm() {
        assert!(place(&[], &[], &want(1)).is_err());
        let empty = Region { start: 5 * MIB, end: 5 * MIB, usable: true };
        let backwards = Region { start: 9 * MIB, end: 3 * MIB, usable: true };
        let top = Region { start: u64::MAX - 5, end: u64::MAX, usable: true };
        assert!(place(&[empty, backwards, top], &[], &want(1)).is_err());
        let unbounded = Wanted { within: 0..u64::MAX, ..want(1) };
        assert!(place(&[empty, backwards, top], &[], &unbounded).is_err());
    }
}
