//! The numbers on which kernel, user space and host agree.
//!
//! Nothing here runs: constants only, so that the extraction sees plain literals. The values follow hv6 (Hyperkernel,
//! SOSP'17), with Linux error numbers.
#![no_std]
#![forbid(unsafe_code)]

pub mod errno;
pub mod layout;
pub mod limits;
pub mod pte;
pub mod startup;
pub mod syscall;
