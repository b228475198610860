//! Every call with arguments that chance has chosen.

use alloc::vec::Vec;

use lv6_abi::limits::{NPAGE, NPROC};
use lv6_abi::syscall::*;
use lv6_ulib::process::{getpid, me, status};
use lv6_ulib::random::Random;
use lv6_ulib::sys::hazard::{Call, calls};
use lv6_ulib::sys::tables::{base, page_desc};

use super::{Case, many};
use crate::stopped::Stopped::Anyhow;

/// Processes, and calls that each of them makes, if it lives that long.
const PROCESSES: u64 = 120;
const CALLS: u64 = 3000;

/// The attacks of this file.
pub const CASES: &[Case] = &[many("random_calls", PROCESSES, Anyhow, random_calls)];

/// Calls that are not made: they end the emulator, take what a person types and disturb what a person reads.
const LEFT_OUT: [u64; 4] = [SYS_DEBUG_EXIT, SYS_DEBUG_READ_CONSOLE, SYS_DEBUG_PRINT_CONSOLE, SYS_DEBUG_PRINT_SCREEN];

/// What a process knows of itself when it starts, to choose arguments that are nearly right.
struct Caller {
    pid: u64,
    peer: u64,
    root: u64,
    pages: Vec<u64>,
    random: Random,
}

impl Caller {
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
            7 => [1, 3, 7, 1 << 63 | 3, 0x1f, 0x83][random.below(6) as usize],
            8 => (base() + random.below(NPAGE as u64)) << 12,
            9 | 10 => self.pages[random.below(self.pages.len() as u64) as usize],
            11 => page_desc(0).free_next,
            12 => self.peer,
            _ => [0, 1, u64::MAX, 1 << 63, 4096, 511, 512, 63, 64][random.below(9) as usize],
        }
    }

    fn call(&mut self) -> Call {
        let nr = match self.random.below(SYS_DEBUG_SYSCTL + 8) {
            nr if LEFT_OUT.contains(&nr) => 0,
            nr => nr,
        };
        (nr, core::array::from_fn(|_| self.argument()))
    }
}

fn random_calls(seed: u64, peer: u64) -> u8 {
    let pid = getpid();
    let pages = (0..NPAGE as u64).filter(|&pn| page_desc(pn).owner == pid).collect();
    let mut caller = Caller { pid, peer, root: me().page_table_root, pages, random: Random::new(seed + 1000) };
    let mut made = 0;
    calls(|_| {
        made += 1;
        if made <= CALLS { Ok(caller.call()) } else { Err(status::OK) }
    })
}
