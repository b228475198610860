//! A driver for NVMe drives, in user space: the kernel lets the drive reach the six pages that this process shares with
//! it, and nothing else. (NVM Express Base Specification 1.4; the numbers of sections and figures are those of it.)
//!
//! There is one command at a time, and the driver waits for it by looking. Nothing that the drive says is trusted: it
//! can answer nonsense, or not at all, and then the driver stops it and says so; what it cannot do is make the driver
//! fail in another way.
//!
//! [`device`] finds the drive and claims it. All else works on [`Bus`] and [`Page`], and is tested without a drive.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod command;
pub mod controller;
pub mod device;
pub mod error;
pub mod identify;
pub mod queue;
pub mod registers;

#[cfg(test)]
mod fake;

use core::sync::atomic::AtomicU64;

pub use controller::Controller;
pub use device::{Drive, open};
pub use error::Error;

/// Bytes of a block, whatever the drive's own unit is.
pub const BLOCK_SIZE: usize = 4096;

/// What is in a block.
pub type Block = [u8; BLOCK_SIZE];

/// The drive's registers, and time.
pub trait Bus {
    /// Reads a register.
    fn read(&self, register: u64) -> u32;
    /// Writes a register.
    fn write(&self, register: u64, value: u32);
    /// Milliseconds since some moment.
    fn milliseconds(&self) -> u64;
    /// Lets others run.
    fn rest(&self);
}

/// A page of memory that the drive reaches too.
pub trait Page {
    /// Its contents, which the drive may change at any time.
    fn words(&self) -> &[AtomicU64; 512];
}

/// A page, and where the drive finds it.
#[derive(Debug)]
pub struct Shared<P> {
    /// The page.
    pub page: P,
    /// Its address, as the drive sees it.
    pub address: u64,
}
