//! Gets what is missing by ordinary package clients, after saying so.

use std::process::Command;

use anyhow::{Result, anyhow, bail};

use crate::config::Config;
use crate::step;
use crate::tools::{self, Requirement, State};

/// Makes sure that the emulator is there.
pub fn qemu() -> Result<()> {
    from_system(tools::qemu)
}

/// Makes sure that GRUB is there, and all that it makes images with.
pub fn boot_loader() -> Result<()> {
    from_system(tools::boot_loader)
}

/// Makes sure that there is UEFI firmware for the emulator.
pub fn ovmf() -> Result<()> {
    from_system(tools::ovmf)
}

/// Makes sure that npm is there.
pub fn npm() -> Result<()> {
    from_system(tools::npm)
}

fn from_system(look: fn() -> Requirement) -> Result<()> {
    let wanted = look();
    match system_package(&wanted, tools::is_root(), which::which("apt-get").is_ok())? {
        Some(mut command) => install(&wanted, &mut command, look),
        None => Ok(()),
    }
}

/// Makes sure that the Rust toolchain can build for the kernel's target.
pub fn guest_target(config: &Config) -> Result<()> {
    let wanted = tools::guest_target(config);
    match user_package(&wanted, |program| which::which(program).is_ok())? {
        Some(mut command) => install(&wanted, command.current_dir(&config.root), || tools::guest_target(config)),
        None => Ok(()),
    }
}

/// The command that installs a system package if it is missing. Only root can, and only where there is `apt-get`.
fn system_package(wanted: &Requirement, root: bool, apt: bool) -> Result<Option<Command>> {
    let State::Missing(fix) = &wanted.state else { return Ok(None) };
    if !apt {
        bail!("{} is missing, and so is apt-get: install it with this system's package client", wanted.name);
    }
    if !root {
        return Err(missing(wanted, fix));
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", fix]).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(Some(shell))
}

/// The command that installs something for this user if it is missing, unless its client is missing too.
fn user_package(wanted: &Requirement, there: impl Fn(&str) -> bool) -> Result<Option<Command>> {
    let State::Missing(fix) = &wanted.state else { return Ok(None) };
    let mut words = fix.split(' ');
    match words.next() {
        Some(program) if there(program) => {
            let mut command = Command::new(program);
            command.args(words);
            Ok(Some(command))
        }
        _ => Err(missing(wanted, fix)),
    }
}

fn install(wanted: &Requirement, command: &mut Command, again: impl Fn() -> Requirement) -> Result<()> {
    let State::Missing(fix) = &wanted.state else { return Ok(()) };
    step::install(&wanted.name, fix, command)?;
    match again().state {
        State::Found(_) => Ok(()),
        State::Missing(_) => bail!("{} is still missing after: {fix}", wanted.name),
    }
}

fn missing(wanted: &Requirement, fix: &str) -> anyhow::Error {
    anyhow!("{} is missing. Install it with:\n    {fix}", wanted.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_tool() -> Requirement {
        tools::requirement("emulator", "run", None, "apt-get install emulator".into())
    }

    #[test]
    fn what_is_there_is_not_installed() {
        let there = tools::requirement("emulator", "run", Some("1.0".into()), "apt-get install emulator".into());
        assert!(system_package(&there, false, false).unwrap().is_none());
        assert!(user_package(&there, |_| false).unwrap().is_none());
    }

    #[test]
    fn only_root_installs_system_packages() {
        let command = system_package(&missing_tool(), true, true).unwrap().unwrap();
        assert_eq!(step::line(&command), "sh -c apt-get install emulator");
        let told = "emulator is missing. Install it with:\n    apt-get install emulator";
        assert_eq!(system_package(&missing_tool(), false, true).unwrap_err().to_string(), told);
    }

    #[test]
    fn without_a_package_client_the_user_is_told() {
        let told = system_package(&missing_tool(), true, false).unwrap_err().to_string();
        assert!(told.starts_with("emulator is missing, and so is apt-get: install"), "{told}");
        let told = user_package(&missing_tool(), |_| false).unwrap_err().to_string();
        assert_eq!(told, "emulator is missing. Install it with:\n    apt-get install emulator");
    }
}
