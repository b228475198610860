//! Where the shared tables lie.
//!
//! The kernel state is one `repr(C)` record. Its first members are page-aligned tables of fixed size, so one page
//! frame number, the *base*, locates them all: a table starts so many frames after the base.

/// Frames from the base to the pages of RAM ([`crate::limits::NPAGE`] frames).
pub const PAGES_FRAME: u64 = 0;
/// Frames from the base to the DMA pages ([`crate::limits::NDMAPAGE`] frames).
pub const DMA_FRAME: u64 = 8192;
/// Frames from the base to the page descriptors.
pub const PAGE_DESC_FRAME: u64 = 8704;
/// Length of the page descriptors, in frames.
pub const PAGE_DESC_FRAMES: u64 = 64;
/// Frames from the base to the process table.
pub const PROC_FRAME: u64 = 8768;
/// Length of the process table, in frames.
pub const PROC_FRAMES: u64 = 6;
/// Frames from the base to the file table.
pub const FILE_FRAME: u64 = 8774;
/// Length of the file table, in frames.
pub const FILE_FRAMES: u64 = 2;
/// Frames from the base to the PCI device table.
pub const DEVICE_FRAME: u64 = 8776;
/// Length of the PCI device table, in frames.
pub const DEVICE_FRAMES: u64 = 2;
/// Frames from the base to the end of the last shared table.
pub const SHARED_FRAMES: u64 = 8778;

/// First page frame of the PCI hole (0xa000_0000).
pub const PCI_START_FRAME: u64 = 0xa0000;
/// First page frame after the PCI hole (4 GiB).
pub const PCI_END_FRAME: u64 = 0x10_0000;
