//! `lv6 extract`: from the Rust core to lean/Lv6/Code.

use std::process::Command;

use anyhow::Result;

use crate::config::Config;
use crate::step;
use crate::tools::{self, Requirement};

/// Extracts the core and says what was written.
pub fn extract(config: &Config) -> Result<()> {
    let summary = lv6_extraction::extract(&config.root)?;
    step::say(&format!("{} files, {} lines in {}", summary.files.len(), summary.lines, lv6_extraction::CODE));
    Ok(())
}

/// The tools of the person who changes the core; nobody else needs them.
pub fn requirements() -> Vec<Requirement> {
    let charon = tools::output(Command::new("charon").arg("version"));
    let aeneas = tools::output(Command::new("aeneas").arg("-version"));
    let row = |name, version: Option<String>| {
        let version = version.and_then(|text| Some(text.lines().next()?.trim_start_matches("aeneas ").to_owned()));
        tools::requirement(name, "extract", version, "see extraction/README.md (only for changing the core)".into())
    };
    vec![row("charon", charon), row("aeneas", aeneas)]
}
