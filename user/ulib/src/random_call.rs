//! System calls that chance has chosen, with arguments that are nearly right: for programs that test what no one has
//! thought of.

use alloc::vec::Vec;

use lv6_abi::limits::{NPAGE, NPROC};
use lv6_abi::syscall::*;

use crate::process::{getpid, me};
use crate::random::Random;
use crate::sys::hazard::Call;
use crate::sys::tables::{base, page_desc};

/// Calls that are not made: they end the emulator, take what a person types and disturb what a person reads.
const LEFT_OUT: [u64; 4] = [SYS_DEBUG_EXIT, SYS_DEBUG_READ_CONSOLE, SYS_DEBUG_PRINT_CONSOLE, SYS_DEBUG_PRINT_SCREEN];

/// Greatest number that is drawn for a call: a few more than there are.
const LAST: u64 = SYS_DEBUG_SYSCTL + 7;

/// Chooses calls for the process that has made it, which knows its own pages.
pub struct Chooser {
    pid: u64,
    /// Another process, which some calls are about.
    other: u64,
    root: u64,
    pages: Vec<u64>,
    random: Random,
}

impl Chooser {
    /// Starts a sequence of choices: the same ones for the same seed.
    pub fn new(seed: u64, other: u64) -> Chooser {
        let pid = getpid();
        let pages = (0..NPAGE as u64).filter(|&pn| page_desc(pn).owner == pid).collect();
        Chooser { pid, other, root: me().page_table_root, pages, random: Random::new(seed) }
    }

    /// The next call. Takes no memory, of which the process may have none any more.
    pub fn call(&mut self) -> Call {
        (number(&mut self.random), core::array::from_fn(|_| self.argument()))
    }

    /// An argument of the kinds that calls take, or any number.
    fn argument(&mut self) -> u64 {
        let random = &mut self.random;
        match random.below(14) {
            0 => random.word(),
            1 => 1 << random.below(64),
            2 => random.below(NPROC as u64 + 2),
            3 => random.below(NPAGE as u64 + 2),
            4 => random.below(514),
            5 => self.pid,
            6 => self.root,
            7 => one_of(random, &[1, 3, 7, 1 << 63 | 3, 0x1f, 0x83]),
            8 => (base() + random.below(NPAGE as u64)) << 12,
            9 | 10 => one_of(random, &self.pages),
            11 => page_desc(0).free_next,
            12 => self.other,
            _ => one_of(random, &[0, 1, u64::MAX, 1 << 63, 4096, 511, 512, 63, 64]),
        }
    }
}

/// The number of a call. For one that is left out, there is one that does not exist.
fn number(random: &mut Random) -> u64 {
    match random.below(LAST + 1) {
        nr if LEFT_OUT.contains(&nr) => 0,
        nr => nr,
    }
}

/// One of some numbers, of which there must be some.
fn one_of(random: &mut Random, all: &[u64]) -> u64 {
    all[random.below(all.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_call_is_chosen_but_those_that_are_left_out() {
        let mut random = Random::new(1);
        let chosen: BTreeSet<u64> = (0..10_000).map(|_| number(&mut random)).collect();
        let expected: BTreeSet<u64> = (0..=LAST).filter(|nr| !LEFT_OUT.contains(nr)).collect();
        assert_eq!(chosen, expected);
    }

    #[test]
    fn each_of_some_numbers_is_chosen() {
        let mut random = Random::new(2);
        let chosen: BTreeSet<u64> = (0..100).map(|_| one_of(&mut random, &[3, 5, 8])).collect();
        assert_eq!(chosen, BTreeSet::from([3, 5, 8]));
    }
}
