//! The user library of lv6: what every program stands on.
//!
//! The kernel only checks. Finding free pages, building page tables, copying a process, loading a program and handling
//! exceptions all happen here, in the process itself, which reads the kernel's tables through read-only mappings. Even
//! if everything here were wrong, a process could hurt only itself.
//!
//! [`sys`] is the lowest layer, and the only one with unsafe code. [`process`], [`kill`](mod@kill), [`programs`], [`memory`], [`files`], [`fs`],
//! [`message`], [`device`], [`interrupt`], [`console`], [`cli`] and [`lists`] are what programs use. [`image`],
//! [`startup_block`], [`paging`], [`pci`], [`process_name`], [`line`](mod@line), [`report`] and [`hex`]
//! compute and touch nothing, so their tests run on any machine.
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod cli;
pub mod clock;
pub mod console;
pub mod cpio;
pub mod device;
pub mod errno;
pub mod failure;
pub mod files;
pub mod fs;
pub mod hex;
pub mod image;
pub mod input;
pub mod interrupt;
pub mod kill;
pub mod line;
pub mod lists;
pub mod memory;
pub mod message;
pub mod paging;
pub mod pci;
pub mod process;
pub mod process_name;
pub mod programs;
pub mod random;
pub mod random_call;
pub mod report;
pub mod startup_block;
#[allow(unsafe_code)]
pub mod sys;
pub mod terminal;

pub use errno::Errno;
pub use sys::entry::{Args, args};
pub use sys::port::Port;
pub use sys::trap::{TrapFrame, TrapHandler, set_trap_handler};
