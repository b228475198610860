//! `lv6 verify`.
use crate::config::Config;
use crate::tools::{self, Requirement, State};
use anyhow::{Result, bail};
/// What checks the proofs: `lake` if it is there, or else npm, which fetches Lean.
pub fn requirements() -> Vec<Requirement> {
    let lake = tools::lake();
    vec![if matches!(lake.state, State::Found(_)) { lake } else { tools::npm() }]
}
/// x
pub fn verify(_: &Config, _: Option<String>, _: bool) -> Result<()> {
    bail!("not yet")
}
