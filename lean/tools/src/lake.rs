//! Checks the tree with the official toolchain.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// Where `lake build` puts compiled modules.
pub fn library(root: &Path) -> PathBuf {
    root.join(".lake/build/lib/lean")
}

/// Runs `lake build`, for one module or for everything.
pub fn build(lake: &Path, root: &Path, module: Option<&str>) -> Result<()> {
    let status = Command::new(lake).args(arguments(module)).current_dir(root).status();
    let status = status.map_err(Error::io("run", lake))?;
    if status.success() { Ok(()) } else { Err(Error::Lake(status)) }
}

/// `--wfail` turns warnings into errors, as lakefile.lean does; `+` marks a module.
fn arguments(module: Option<&str>) -> Vec<String> {
    let all = ["build".to_string(), "--wfail".to_string()];
    all.into_iter().chain(module.map(|m| format!("+{m}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_module_or_all() {
        assert_eq!(arguments(None), ["build", "--wfail"]);
        assert_eq!(arguments(Some("Lv6.Refine.Proc")), ["build", "--wfail", "+Lv6.Refine.Proc"]);
    }

    #[test]
    fn failure_and_absence_are_errors() {
        let root = Path::new("/");
        build(Path::new("/bin/true"), root, None).unwrap();
        assert!(matches!(build(Path::new("/bin/false"), root, None), Err(Error::Lake(_))));
        assert!(matches!(build(Path::new("/nowhere/lake"), root, None), Err(Error::Io { .. })));
    }
}
