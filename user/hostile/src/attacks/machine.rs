//! Instructions that are for whoever owns the machine.

use lv6_ulib::sys::attack;

use super::{Case, many, once};
use crate::stopped::Stopped::{Either, Killed, Trapped};

/// Instructions that only some processors have.
const OTHERS: [fn() -> !; 19] = [
    attack::vmxon,
    attack::vmptrld,
    attack::vmlaunch,
    attack::vmresume,
    attack::getsec,
    attack::encls,
    attack::pconfig,
    attack::invpcid,
    attack::invlpgb,
    attack::tlbsync,
    attack::mcommit,
    attack::rdpru,
    attack::wbnoinvd,
    attack::rmpupdate,
    attack::psmash,
    attack::pvalidate,
    attack::monitorx,
    attack::mwaitx,
    attack::xrstors,
];

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("halt", Killed("exit HLT "), |_, _| attack::halt()),
    // Some emulators take it for the next one.
    once("invd", Killed("INVD is for the kernel only"), |_, _| attack::invd()),
    once("wbinvd", Killed("exit WBINVD "), |_, _| attack::wbinvd()),
    once("rdpmc", Killed("exit RDPMC "), |_, _| attack::rdpmc()),
    once("monitor", Killed("exit MONITOR "), |_, _| attack::monitor()),
    once("mwait", Killed("exit MWAIT "), |_, _| attack::mwait()),
    once("rsm", Killed("exit RSM "), |_, _| attack::rsm()),
    once("xsetbv", Trapped(6), |_, _| attack::xsetbv(0, 0)),
    once("sysenter", Trapped(6), |_, _| attack::sysenter()),
    once("sysexit", Trapped(6), |_, _| attack::sysexit()),
    once("syscall", Trapped(6), |_, _| attack::syscall()),
    once("sysret", Trapped(6), |_, _| attack::sysret()),
    many("instructions_of_some_processors", OTHERS.len() as u64, Either(6, " is for the kernel only"), |n, _| {
        OTHERS[n as usize]()
    }),
];
