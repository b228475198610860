//! The verified core on the host: kernels on the heap, random traces of calls, shrinking and replay.
//!
//! The proofs say that every call keeps the invariant. This crate looks for a counterexample by running the same code,
//! so that a change of the core that breaks a proof is found in seconds, with a short trace that shows why:
//!
//! * [`step`]: one event of a machine's life, as a line of text that can be read back;
//! * [`machine`]: a kernel on the heap, and what a step does to it;
//! * [`difference`]: what differs between two states;
//! * [`generate`]: random steps, biased towards arguments that succeed;
//! * [`shrink`]: from a long failing trace to a short one;
//! * [`soak`]: all of it together.
#![forbid(unsafe_code)]

pub mod difference;
pub mod generate;
pub mod machine;
mod random;
pub mod shrink;
pub mod soak;
pub mod step;

pub use machine::Machine;
pub use step::Step;
