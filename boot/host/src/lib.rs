//! The host side of lv6: builds the image, boots it in QEMU, and starts the tools that check the proofs.
//!
//! The command `lv6` is a thin layer over this library; the tests that boot the kernel use the same functions.
#![forbid(unsafe_code)]

pub mod archive;
pub mod bench;
pub mod cli;
pub mod config;
pub mod console;
pub mod disk_image;
pub mod doctor;
pub mod drive;
pub mod extract;
pub mod image;
pub mod install;
pub mod media;
pub mod mkfs;
pub mod mutate;
pub mod populate;
pub mod qemu;
pub mod run;
pub mod soak;
pub mod step;
pub mod terminal;
pub mod tools;
pub mod verify;
