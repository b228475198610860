//! The parts of the file server, process 2.
//!
//! [`Server`] answers requests; it touches the machine only through a [`Disk`](lv6_fs::Disk), a [`Kernel`] and
//! [`Device`]s, so its tests run on any machine. [`Vault`] and [`KernelConsole`] are what these are inside.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod clock;
pub mod console;
pub mod device;
pub mod drive;
pub mod kernel;
pub mod kernel_console;
pub mod object;
pub mod pipe;
pub mod server;
pub mod vault;

pub use clock::Clock;
pub use device::{Device, Devices};
pub use kernel::Kernel;
pub use kernel_console::KernelConsole;
pub use server::Server;
pub use vault::Vault;
