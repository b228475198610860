//! AMD's virtual machines (AMD64 manual, volume 2, chapter 15): formats and decisions.

pub mod asid;
pub mod exit;
pub mod vmcb;
