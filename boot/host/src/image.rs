//! Builds the bootable image: the programs, a disk image with them, the archive of all, init, and the kernel that
//! carries both.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::Message;
use lv6_ulib::programs::DISK_IMAGE;

use crate::archive;
use crate::config::Config;
use crate::populate;
use crate::step;
use crate::tools::GUEST_TARGET;

/// A program is copied with each process that runs it: what it does not need costs pages.
const SMALL: [&str; 2] = ["profile.release.opt-level=\"s\"", "profile.release.strip=true"];

/// Programs that can be had without a file server. All others are on the disk only: the archive is in the memory of init
/// and of the file server, and processes share few pages.
const RESCUE: [&str; 2] = ["sh", "ps"];

/// Builds what is out of date and returns the image's path. Only one process builds at a time; others wait.
pub fn build_image(config: &Config) -> Result<PathBuf> {
    fs::create_dir_all(&config.guest).with_context(|| format!("cannot make {}", config.guest.display()))?;
    let lock = File::create(config.guest.join("image.lock"))?;
    lock.lock()?;
    let mut files = programs(config)?;
    let disk = config.guest.join(DISK_IMAGE);
    archive::write_if_changed(&disk, &populate::memory_image(&files)?)?;
    files.retain(|file| file.file_name().is_some_and(|name| RESCUE.iter().any(|rescue| name == *rescue)));
    files.push(only(build(config, "file server", "lv6-fs-server", &SMALL, &[])?, "lv6-fs-server")?);
    files.push(disk);
    let tar = config.guest.join("programs.tar");
    archive::write_if_changed(&tar, &archive::pack(&files)?)?;
    let init = only(build(config, "init", "lv6-init", &SMALL, &[])?, "lv6-init")?;
    let embedded = [("LV6_INIT", init.as_path()), ("LV6_ARCHIVE", tar.as_path())];
    only(build(config, "kernel", "lv6-image", &[], &embedded)?, "lv6-image")
}

/// Builds the programs that a disk of lv6 has in /bin.
pub fn programs(config: &Config) -> Result<Vec<PathBuf>> {
    let mut programs = build(config, "user programs", "lv6-programs", &SMALL, &[])?;
    programs.push(only(build(config, "hostile programs", "lv6-hostile", &SMALL, &[])?, "lv6-hostile")?);
    Ok(programs)
}

/// Builds the programs of one package for the guest and returns them.
fn build(
    config: &Config,
    step: &str,
    package: &str,
    settings: &[&str],
    variables: &[(&str, &Path)],
) -> Result<Vec<PathBuf>> {
    let mut cargo = cargo(config);
    cargo.args(settings.iter().flat_map(|setting| ["--config", setting]));
    cargo.args(["build", "--release", "--bins", "--target", GUEST_TARGET, "--package", package]);
    cargo.args(["--message-format", "json-render-diagnostics"]).env("CARGO_TARGET_DIR", &config.guest);
    cargo.envs(variables.iter().copied());
    executables(&step::run(&format!("building {step}"), &mut cargo)?)
}

/// Cargo in the workspace, without the settings that an outer build may have for the host.
pub fn cargo(config: &Config) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(&config.root);
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(name);
    }
    cargo
}

/// The programs named in Cargo's messages.
fn executables(messages: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for message in Message::parse_stream(messages.as_bytes()) {
        if let Message::CompilerArtifact(artifact) = message? {
            found.extend(artifact.executable.map(PathBuf::from));
        }
    }
    Ok(found)
}

fn only(mut files: Vec<PathBuf>, package: &str) -> Result<PathBuf> {
    match (files.pop(), files.len()) {
        (Some(file), 0) => Ok(file),
        (_, _) => bail!("package {package} should have one program"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_among_cargos_messages() {
        let artifact = |name: &str, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"path+file:///x#0.1.0","manifest_path":"/x/Cargo.toml",
                "target":{{"kind":["bin"],"crate_types":["bin"],"name":"{name}","src_path":"/x/{name}.rs",
                "edition":"2024","doc":true,"doctest":false,"test":true}},
                "profile":{{"opt_level":"3","debuginfo":0,"debug_assertions":false,"overflow_checks":false,"test":false}},
                "features":[],"filenames":[],"executable":{executable},"fresh":true}}"#
            )
            .replace('\n', "")
        };
        let messages = [artifact("ulib", "null"), artifact("sh", "\"/t/sh\""), artifact("ps", "\"/t/ps\"")].join("\n");
        assert_eq!(executables(&messages).unwrap(), [PathBuf::from("/t/sh"), PathBuf::from("/t/ps")]);
    }

    #[test]
    fn a_package_with_no_or_two_programs_is_refused() {
        assert_eq!(only(vec!["a".into()], "p").unwrap(), PathBuf::from("a"));
        assert!(only(vec![], "p").is_err());
        assert!(only(vec!["a".into(), "b".into()], "p").is_err());
    }
}
