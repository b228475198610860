//! The lowest layer: everything that needs `unsafe`, each thing in a small function with its reasons.
//!
//! The rest of the library and all programs are safe Rust over this.

pub mod archive;
pub mod attack;
pub mod call;
pub mod console;
pub mod device;
pub mod entry;
pub mod exec;
pub mod fork;
pub mod hazard;
pub mod heap;
pub mod message;
pub mod port;
pub mod regs;
pub mod space;
pub mod tables;
pub mod tiny;
pub mod trap;
