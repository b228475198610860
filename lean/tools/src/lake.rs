//! Checks the tree with the official toolchain.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// Where `lake build` puts compiled modules.
pub fn library(root: &Path) -> PathBuf {
    root.join(".lake/build/lib/lean")
}

/// Runs `lake build`, for one module or for everything. `--wfail` turns warnings into errors, as lakefile.lean does.
pub fn build(lake: &Path, root: &Path, module: Option<&str>) -> Result<()> {
    let mut command = Command::new(lake);
    command.args(["build", "--wfail"]).current_dir(root);
    if let Some(module) = module {
        command.arg(format!("+{module}"));
    }
    let status = command.status().map_err(Error::io("run", lake))?;
    if status.success() { Ok(()) } else { Err(Error::Lake(status)) }
}
