//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

/// The folders that every step works in.
#[derive(Clone, Debug)]
pub struct Config {
    /// The workspace: the folder of the top Cargo.toml.
    pub root: PathBuf,
    /// What is built for lv6 itself. Not the folder of the host's own build: an outer `cargo test` or `cargo run` may
    /// hold the lock on that one.
    pub guest: PathBuf,
}

impl Config {
    /// The workspace that this program was built from, and its build folder.
    pub fn find() -> Result<Self> {
        let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).components().collect();
        let root = root.ancestors().nth(2).unwrap_or(&root).to_path_buf();
        ensure!(
            root.join("boot/host/Cargo.toml").is_file(),
            "{} is no longer there: this program was built in it and works in it. Build it again where it is now.",
            root.display()
        );
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let guest = env::current_dir()?.join(target).join("guest");
        Ok(Self { root, guest })
    }
}
