//! The file system of lv6: its layout on a disk, reading and changing it, making and checking it.
//!
//! Nothing here touches the machine but through [`Disk`], so all of it runs on any machine: inside, in the file server,
//! and on the host, in `mkfs` and `fsck`. README.md of this crate describes the layout.
//!
//! From the bottom up: [`disk`]; [`layout`] and [`log`](mod@log), what is where; [`store`], blocks that change together;
//! [`bitmap`], [`inode`], [`content`] and [`directory`], what blocks mean; [`path`] and [`names`]; [`FileSystem`].
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod bitmap;
mod bytes;
pub mod content;
pub mod directory;
pub mod disk;
pub mod filesystem;
pub mod fsck;
pub mod image_disk;
pub mod inode;
pub mod layout;
pub mod log;
pub mod memory_disk;
pub mod mkfs;
pub mod names;
pub mod overlay;
pub mod path;
pub mod store;
pub mod workload;

pub use disk::{BLOCK_SIZE, Block, Disk};
pub use filesystem::FileSystem;
pub use image_disk::ImageDisk;
pub use layout::ROOT;
pub use memory_disk::MemoryDisk;
