//! The file system of lv6: its layout on a disk, reading and changing it, making and checking it.
//!
//! Nothing here touches the machine but through [`Disk`], so all of it runs on any machine: inside, in the file server,
//! and on the host, in `mkfs` and `fsck`. README.md of this crate describes the layout.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod disk;
pub mod memory_disk;

pub use disk::{BLOCK_SIZE, Block, Disk};
pub use memory_disk::MemoryDisk;
