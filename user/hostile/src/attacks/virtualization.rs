//! The instructions of virtual machines, which would make the process a host.

use lv6_ulib::process::{getpid, me};
use lv6_ulib::sys::attack;
use lv6_ulib::sys::tables::{base, proc};

use super::{Case, many, once};
use crate::stopped::Stopped::{Killed, Trapped};

/// The attacks of this file.
pub const CASES: &[Case] = &[
    many("vmrun", 3, Killed("exit VMRUN "), |n, peer| attack::vmrun(block(n, peer))),
    many("vmload", 3, Killed("exit VMLOAD "), |n, peer| attack::vmload(block(n, peer))),
    many("vmsave", 3, Killed("exit VMSAVE "), |n, peer| attack::vmsave(block(n, peer))),
    once("vmrun_unaligned", Trapped(13), |_, _| attack::vmrun(u64::MAX)),
    once("vmload_unaligned", Trapped(13), |_, _| attack::vmload(u64::MAX)),
    once("vmsave_unaligned", Trapped(13), |_, _| attack::vmsave(u64::MAX)),
    once("stgi", Killed("exit STGI "), |_, _| attack::stgi()),
    once("clgi", Killed("exit CLGI "), |_, _| attack::clgi()),
    once("skinit", Killed("exit SKINIT "), |_, _| attack::skinit(base() << 12)),
    once("invlpga", Killed("exit INVLPGA "), |_, peer| attack::invlpga(0, peer)),
    once("vmcall", Trapped(6), |_, _| attack::vmcall()),
];

/// Physical address of a control block: its own, that of another process, and none.
fn block(variant: u64, peer: u64) -> u64 {
    debug_assert!(getpid() != peer);
    [(base() + me().hvm) << 12, (base() + proc(peer).hvm) << 12, 0][variant as usize]
}
