//! Addresses that no translation can have.

use lv6_ulib::sys::attack;

use super::{Case, many};
use crate::stopped::Stopped::Trapped;

const PLACES: [u64; 4] = [0x0000_8000_0000_0000, 0xffff_7fff_ffff_fff8, 1 << 63, 0x0123_4567_89ab_cdef];
const COUNT: u64 = PLACES.len() as u64;
const PROTECTION: crate::stopped::Stopped = Trapped(13);

/// The attacks of this file.
pub const CASES: &[Case] = &[
    many("noncanonical_load", COUNT, PROTECTION, |n, _| attack::load(PLACES[n as usize])),
    many("noncanonical_store", COUNT, PROTECTION, |n, _| attack::store(PLACES[n as usize])),
    many("noncanonical_jump", COUNT, PROTECTION, |n, _| attack::jump(PLACES[n as usize])),
    many("noncanonical_return", COUNT, PROTECTION, |n, _| attack::return_to(PLACES[n as usize])),
    many("noncanonical_interrupt_return", COUNT, PROTECTION, |n, _| {
        attack::interrupt_return(8, 16, PLACES[n as usize])
    }),
    many("noncanonical_segment_base", COUNT, PROTECTION, |n, _| attack::set_gs_base(PLACES[n as usize])),
];
