//! Stack pointers that point nowhere good.

use lv6_abi::startup::{UPAGES, UPROCS, UVPML4};
use lv6_ulib::sys::attack;

use super::{Case, many};
use crate::stopped::Stopped::Trapped;

/// Nothing there, the kernel's tables and the process's own root table, the kernel, and no addresses at all.
const PLACES: [u64; 9] =
    [0, 8, UPAGES + 4096, UPROCS + 4096, UVPML4 + 4096, 0x101_0000, 1 << 47, 1 << 63, 0xffff_8000_0000_0000];

/// An exception that cannot be stored there is a double fault, which has a stack of its own.
const DOUBLE_FAULT: crate::stopped::Stopped = Trapped(8);

/// The attacks of this file.
pub const CASES: &[Case] = &[
    many("push_to_wild_stack", PLACES.len() as u64, DOUBLE_FAULT, |n, _| attack::push_to(PLACES[n as usize])),
    many("trap_on_wild_stack", PLACES.len() as u64, DOUBLE_FAULT, |n, _| attack::trap_on(PLACES[n as usize])),
];
