//! Tables for the processor that make no sense: exceptions end the process, not the machine.
//!
//! No task at all is not among them: a processor does not take it, but QEMU does, and then gives itself up at the first
//! exception that needs a stack of the task.

use lv6_abi::startup::{UPAGES, UPROCS, UVPML4};
use lv6_ulib::sys::attack;

use super::{Case, many, once};
use crate::stopped::Stopped::{Either, Killed, Trapped};

/// What the kernel says about a process whose exceptions nobody takes.
const TRIPLE: crate::stopped::Stopped = Killed("exit SHUTDOWN ");

/// A processor may refuse the table at once; an emulator may take it, and find out when it is used.
const SOONER_OR_LATER: crate::stopped::Stopped = Either(13, "exit SHUTDOWN ");

/// Addresses that are no table of the process's own: nothing there, the kernel's tables, the kernel, the last page.
const PLACES: [u64; 6] = [0, UPAGES, UPROCS, UVPML4, 0x100_0000, 0xffff_ffff_ffff_f000];

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("no_interrupt_table", TRIPLE, |_, _| attack::interrupt_table(0, 0)),
    many("interrupt_table_elsewhere", PLACES.len() as u64, TRIPLE, |n, _| {
        attack::interrupt_table(PLACES[n as usize], 0xfff)
    }),
    once("short_interrupt_table", TRIPLE, |_, _| attack::interrupt_table(attack::own_interrupt_table(), 15)),
    once("interrupt_table_not_canonical", SOONER_OR_LATER, |_, _| attack::interrupt_table(1 << 63, 0xfff)),
    many("segment_table_elsewhere", PLACES.len() as u64, TRIPLE, |n, _| {
        attack::segment_table_of_handlers(PLACES[n as usize], 0)
    }),
    many("segments_from_elsewhere", PLACES.len() as u64, TRIPLE, |n, _| attack::segment_table(PLACES[n as usize], 0)),
    once("segment_table_not_canonical", SOONER_OR_LATER, |_, _| attack::segment_table(1 << 63, 0xfff)),
    many("own_tables_spoilt", 4, TRIPLE, |n, _| attack::spoil_own_tables([0, u64::MAX, 1 << 47, UPROCS][n as usize])),
    many("own_task_spoilt", 4, TRIPLE, |n, _| attack::spoil_own_task([0, u64::MAX, 1 << 47, UPROCS][n as usize])),
    once("handlers_without_memory", TRIPLE, |_, _| attack::lose_handlers()),
    once("return_from_task", Trapped(13), |_, _| attack::return_from_task()),
    once("task_beyond_the_table", Trapped(13), |_, _| attack::task(0xfff8)),
    once("busy_task", Trapped(13), |_, _| attack::task(0x18)),
    once("local_table_beyond_the_table", Trapped(13), |_, _| attack::local_table(0xfff8)),
    many("far_call", 4, Trapped(13), |n, _| attack::far_call([0, 0x10, 0x18, 0xfff8][n as usize])),
];
