//! The part of the bootable image that touches no hardware: readers, tables and decisions, all tested on the host.
//!
//! What does touch it is the binary `lv6-image`, which is built for `x86_64-unknown-none` only.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod acpi;
pub mod bitmap;
pub mod command_line;
pub mod elf;
pub mod font;
pub mod framebuffer;
pub mod guest;
pub mod loader;
pub mod log_ring;
pub mod memory_map;
pub mod pci;
pub mod requests;
pub mod svm;
pub mod system_call;
pub mod text_screen;
pub mod vtd;
