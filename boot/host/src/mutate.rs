//! `lv6 mutate`: seeds faults into the extracted code and shows that a proof fails for each.

use std::io::{self, Write};

use anyhow::{Result, anyhow};
use lv6_lean::Error;
use lv6_lean::mutate::{self, Outcome};

use crate::cli::Usage;
use crate::config::Config;

pub use mutate::Options;

/// Tries the faults and prints what became of each. Returns whether a proof failed for all of them.
pub fn mutate(config: &Config, options: Options) -> Result<bool> {
    let options = Options { root: config.root.clone(), ..options };
    let results = mutate::mutate(&options, &mut io::stdout()).map_err(|error| match error {
        Error::UnknownHandler { name, known } => {
            anyhow!(Usage(format!("no function `{name}` in the extraction; there are: {}", known.join(", "))))
        }
        _ => error.into(),
    })?;
    if options.list {
        return Ok(true);
    }
    io::stdout().write_all(mutate::summary(&results).as_bytes())?;
    Ok(results.iter().all(|(_, outcome)| *outcome != Outcome::Survived))
}
