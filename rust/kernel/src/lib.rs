//! The verified core of lv6: the whole kernel state and every handler that changes it.
//!
//! Everything here is extracted to Lean and proved to refine the state machine in `lean/Lv6/Spec`: on every argument
//! value a handler ends, does not panic, keeps the invariant, and returns exactly the error number that the
//! specification names. Three rules make that possible, and hold in every file:
//!
//! 1. A handler is `fn sys_x(k: &mut Kernel, args: u64…) -> u64`. It checks everything first, in the order that its
//!    documentation gives, and returns the error number without having changed anything; then it acts and returns 0.
//! 2. Nothing is allocated on a caller's behalf: the caller names each process, page, descriptor and port.
//! 3. What the hardware must do is data: a handler leaves a note in [`state::Requests`], and the glue in `boot/`
//!    carries it out.
//!
//! A handler has the same name here, in the extraction, in the specification (without `sys_`) and in its theorem
//! (`sys_x_refines`).
#![no_std]
#![forbid(unsafe_code)]

pub mod boot;
#[cfg(feature = "check")]
pub mod check;
pub mod dispatch;
pub mod family;
pub mod fd;
pub mod interrupt;
pub mod iommu;
pub mod ipc;
pub mod page;
pub mod page_table;
pub mod port;
pub mod proc;
pub mod ready;
pub mod scan;
pub mod state;
pub mod trap;
pub mod vm;

pub use state::Kernel;
