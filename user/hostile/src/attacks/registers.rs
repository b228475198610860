//! Reading and writing model-specific registers.

use lv6_ulib::random::Random;
use lv6_ulib::sys::attack;

use super::{Case, many, once};
use crate::stopped::Stopped::Killed;

const READ: crate::stopped::Stopped = Killed("exit MSR (0x7c) at ");
const EFER: u64 = 0xc000_0080;
/// Registers with a meaning: the time, the interrupt controller, microcode, fast calls, caches, EFER, STAR and those after
/// it, the kernel's GS, and the host's area for virtual machines.
const KNOWN: [u64; 30] = [
    0x10,
    0x1b,
    0x79,
    0x174,
    0x175,
    0x176,
    0x179,
    0x17a,
    0x17b,
    0x1d9,
    0x200,
    0x201,
    0x250,
    0x277,
    0x2ff,
    0x800,
    0x830,
    0x8ff,
    EFER,
    0xc000_0081,
    0xc000_0082,
    0xc000_0083,
    0xc000_0084,
    0xc000_0102,
    0xc000_0103,
    0xc001_0010,
    0xc001_0114,
    0xc001_0117,
    0xc001_0118,
    0xc001_1029,
];

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("efer_read", Killed("read model-specific register 0xc0000080"), |_, _| attack::read_msr(0, EFER)),
    many("efer_each_bit", 32, Killed("write model-specific register 0xc0000080"), |bit, _| {
        attack::write_msr(0x1d00 ^ 1 << bit, EFER, 0)
    }),
    many("msr_read_known", KNOWN.len() as u64, READ, |n, _| attack::read_msr(0, KNOWN[n as usize])),
    many("msr_write_known", KNOWN.len() as u64, READ, |n, _| attack::write_msr(u64::MAX, KNOWN[n as usize], u64::MAX)),
    many("msr_read_random", 100, READ, |n, _| attack::read_msr(0, random(n))),
    many("msr_write_random", 100, READ, |n, _| attack::write_msr(0, random(n), 0)),
];

/// The number of a register: any, or one near those that processors have. The bases of FS and GS are left out, as they
/// are the process's own.
fn random(seed: u64) -> u64 {
    let mut random = Random::new(seed);
    loop {
        let number = [0, 0xc000_0000, 0xc001_0000, 0][seed as usize % 4]
            + random.below(if seed % 4 == 3 { 1 << 32 } else { 0x2100 });
        if ![0xc000_0100, 0xc000_0101].contains(&number) {
            return number;
        }
    }
}
