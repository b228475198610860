//! Changing control registers and debug registers.

use lv6_ulib::memory::root_page;
use lv6_ulib::process::getpid;
use lv6_ulib::sys::attack;
use lv6_ulib::sys::regs::root_frame;
use lv6_ulib::sys::tables::{base, proc};

use super::{Case, many, once};
use crate::stopped::Stopped::{Either, Killed};

/// The attacks of this file.
pub const CASES: &[Case] = &[
    many("cr0_each_bit", 64, Killed("exit CR0_WRITE "), |bit, _| attack::flip_cr0(1 << bit)),
    once("cr0_all_bits", Killed("exit CR0_WRITE "), |_, _| attack::flip_cr0(u64::MAX)),
    once("cr0_no_write_protection", Killed("exit CR0_WRITE "), |_, _| attack::flip_cr0(1 << 16)),
    once("cr0_no_paging", Killed("exit CR0_WRITE "), |_, _| attack::flip_cr0(1 << 31)),
    once("cr0_alignment_mask", Killed("exit CR0_WRITE "), |_, _| attack::flip_cr0(1 << 18)),
    once("cr0_no_change", Killed("exit CR0_WRITE "), |_, _| attack::flip_cr0(0)),
    once("lmsw", Killed("exit CR0_WRITE "), |_, _| attack::lmsw(0xffff)),
    once("clts", Killed("exit CR0_WRITE "), |_, _| attack::clts()),
    many("cr3_other_tables", 4, Killed("exit CR3_WRITE "), cr3),
    many("cr4_each_bit", 64, Killed("exit CR4_WRITE "), |bit, _| attack::flip_cr4(1 << bit)),
    once("cr5_write", Either(6, "exit CR_WRITE "), |_, _| attack::set_cr5(0)),
    once("cr8_write", Killed("exit CR8_WRITE "), |_, _| attack::set_cr8(15)),
    once("cr8_read", Killed("exit CR8_READ "), |_, _| attack::read_cr8()),
    once("dr0_write", Killed("exit DR_WRITE "), |_, _| attack::set_dr0(0x100_0000)),
    once("dr7_write", Killed("exit DR_WRITE "), |_, _| attack::set_dr7(0x403)),
    once("dr6_read", Killed("exit DR_READ "), |_, _| attack::read_dr6()),
];

/// Root tables: its own, again; the other process's; a frame of its own choice; the kernel.
fn cr3(variant: u64, peer: u64) -> u8 {
    let own_memory = proc(getpid()).stack;
    let frames = [root_frame(), base() + proc(peer).page_table_root, base() + own_memory.max(root_page()), 0x1000];
    attack::set_cr3(frames[variant as usize] << 12)
}
