//! `lv6 verify`: checks the proofs.

use anyhow::{Result, anyhow};
use lv6_lean::{Error, Options, Report};

use crate::cli::Usage;
use crate::config::Config;
use crate::install;
use crate::tools::{self, Requirement, State};

/// Checks all proofs, or what one handler's proof needs, and prints how it goes.
pub fn verify(config: &Config, handler: Option<String>, stats: bool) -> Result<Report> {
    let options = Options { root: config.root.clone(), handler, stats, ..Options::default() };
    let mut result = lv6_lean::verify(&options);
    if let Err(Error::MissingTool { tool: "npm", .. }) = &result {
        install::npm()?;
        result = lv6_lean::verify(&options);
    }
    result.map_err(|error| match error {
        Error::UnknownHandler { .. } => anyhow!(Usage(error.to_string())),
        _ => error.into(),
    })
}

/// What checks the proofs: `lake` if it is there, or else npm, which fetches Lean.
pub fn requirements() -> Vec<Requirement> {
    let lake = tools::lake();
    vec![if matches!(lake.state, State::Found(_)) { lake } else { tools::npm() }]
}
