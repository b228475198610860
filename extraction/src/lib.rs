//! From the verified core in Rust to Lean.
//!
//! [`extract`] runs Charon and Aeneas on `rust/kernel`, refuses output that contains an axiom, a `sorry` or an opaque
//! item, cuts the output into one Lean module per Rust file, and writes it to `lean/Lv6/Code` with a record of what
//! was made from what. [`check`] holds the committed files against that record and needs neither tool: it is how a
//! test sees that somebody changed the Rust, or the Lean, by hand.
//!
//! The Lean library that the extracted code stands on is compared with Rust itself: [`conform_table`].
#![forbid(unsafe_code)]

mod conform;
mod error;
mod fields;
mod generated;
mod record;
mod split;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};

pub use conform::{CONFORM, conform_table, write_conform};
pub use error::Error;
pub use record::{Record, check};

/// Where the extraction lies, from the workspace's root.
pub const CODE: &str = "lean/Lv6/Code";

/// What [`extract`] wrote.
pub struct Summary {
    /// The files, from the workspace's root.
    pub files: Vec<PathBuf>,
    /// Lines of extracted Lean.
    pub lines: usize,
}

/// Extracts `rust/kernel` below the workspace `root` and replaces `lean/Lv6/Code` and `lean/Aeneas/ConformTable`.
///
/// Nothing is changed unless every step succeeds.
pub fn extract(root: &Path) -> Result<Summary, Error> {
    let tools = tools::find()?;
    let work = root.join("target/extraction");
    let raw = tools::run(&tools, root, &work)?;
    generated::refuse_unsound(&raw)?;
    let mut modules = split::split(&raw)?;
    modules.push(fields::module(&raw)?);

    let code = root.join(CODE);
    if code.exists() {
        fs::remove_dir_all(&code).map_err(|e| Error::io(&code, e))?;
    }
    fs::create_dir_all(&code).map_err(|e| Error::io(&code, e))?;
    let mut files = Vec::new();
    let mut lines = 0;
    for module in &modules {
        let path = Path::new(CODE).join(format!("{}.lean", module.name));
        let full = root.join(&path);
        fs::write(&full, &module.text).map_err(|e| Error::io(&full, e))?;
        lines += module.text.lines().count();
        files.push(path);
    }
    record::write(root, &tools, &files)?;
    files.extend(conform::write_conform(root)?);
    Ok(Summary { files, lines })
}
