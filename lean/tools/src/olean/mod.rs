//! Reads compiled Lean files (`.olean`), to the extent that the audit needs.
//!
//! Lean can list the axioms of a theorem itself, but not in a file that takes part in the module system, and code that
//! walks over the environment does not compile in the npm build. So the host command reads the compiled files.

mod declarations;
mod image;
#[cfg(test)]
pub mod testing;

pub use declarations::{Constant, Kind, declarations};
