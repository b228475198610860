//! `lv6 mkfs`: makes a disk image.

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Result, bail};
use lv6_fs::layout::{BLOCKS_MAX, BLOCKS_MIN};
use lv6_fs::mkfs::default_inodes;

use crate::cli::Usage;
use crate::config::Config;
use crate::populate::{Filling, nanoseconds};
use crate::{disk_image, image, install};

/// What `lv6 mkfs` can be told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file to make.
    pub file: PathBuf,
    /// Blocks of the disk.
    pub blocks: u64,
    /// Whether the disk gets the system's own files.
    pub system: bool,
    /// Whether to replace the file.
    pub replace: bool,
    /// Files and folders to copy in.
    pub contents: Vec<PathBuf>,
}

/// Makes a disk image. If anything is wrong, no file is made or changed.
pub fn make(config: &Config, options: &Options) -> Result<()> {
    let Options { file, blocks, system, replace, contents } = options;
    if !(BLOCKS_MIN..=BLOCKS_MAX).contains(blocks) {
        bail!(Usage(format!("a disk has {BLOCKS_MIN} to {BLOCKS_MAX} blocks, not {blocks}")));
    }
    if file.exists() && !file.is_file() {
        bail!(Usage(format!("{} is no ordinary file: name a new one", file.display())));
    }
    if !replace && file.exists() {
        bail!("{} exists already; --force replaces it", file.display());
    }
    let mut filling = Filling::new(*blocks, default_inodes(*blocks), nanoseconds(SystemTime::now()))?;
    if *system {
        install::guest_target(config)?;
        filling.system(&image::programs(config)?)?;
    }
    for path in contents {
        filling.add(path)?;
    }
    disk_image::save(&filling.finish()?, file, *replace)
}
