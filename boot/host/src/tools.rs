//! What lv6 needs on this machine: is it there, in which version, and which command installs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::config::Config;

/// The parts of Debian's GRUB, and what they need: what proves that a package is there, what it is called in messages,
/// and the package.
const BOOT_LOADER: [(&str, &str, &str); 5] = [
    ("grub-mkrescue", "GRUB's tools", "grub-common"),
    ("/usr/lib/grub/i386-pc/multiboot2.mod", "GRUB for BIOS", "grub-pc-bin"),
    ("/usr/lib/grub/x86_64-efi/multiboot2.mod", "GRUB for UEFI", "grub-efi-amd64-bin"),
    ("xorriso", "xorriso", "xorriso"),
    ("mformat", "mtools", "mtools"),
];
/// Where Debian's package `ovmf` puts UEFI firmware for the emulator: its code, and its settings as they are at first.
pub const OVMF: [&str; 2] = ["/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"];

/// The target that the kernel and the programs are built for.
pub const GUEST_TARGET: &str = "x86_64-unknown-none";
/// The emulator.
pub const QEMU: &str = "qemu-system-x86_64";
/// Debian's package of the emulator.
pub const QEMU_PACKAGE: &str = "qemu-system-x86";

/// One thing that lv6 needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its name.
    pub name: String,
    /// What does not work without it.
    pub used_by: &'static str,
    /// The version that was found, or how to get it.
    pub state: State,
}

/// Whether a requirement is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there, in this version.
    Found(String),
    /// It is not; this command installs it, or this is what to do.
    Missing(String),
}

/// The Rust compiler that this workspace is pinned to.
pub fn compiler(config: &Config) -> Requirement {
    let version = output(Command::new("rustc").arg("--version").current_dir(&config.root));
    let fix = "rustup toolchain install".to_owned();
    requirement("rustc", "everything", version.as_deref().and_then(version_word), fix)
}

/// A component of the Rust toolchain that comes with the host: `rustfmt` or `clippy`.
pub fn component(config: &Config, tool: &str, name: &str) -> Requirement {
    let version = output(Command::new(tool).arg("--version").current_dir(&config.root));
    requirement(name, "cargo test", version.as_deref().and_then(version_word), format!("rustup component add {name}"))
}

/// The core library for the kernel's target.
pub fn guest_target(config: &Config) -> Requirement {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", GUEST_TARGET]).current_dir(&config.root);
    let found = output(&mut command).is_some_and(|path| PathBuf::from(path.trim()).is_dir());
    let fix = format!("rustup target add {GUEST_TARGET}");
    requirement(&format!("Rust target {GUEST_TARGET}"), "run, cargo test", found.then(|| "yes".into()), fix)
}

/// The emulator.
pub fn qemu() -> Requirement {
    let version = output(Command::new(QEMU).arg("--version"));
    requirement(QEMU, "run, cargo test", version.as_deref().and_then(version_word), as_root(&apt_install(QEMU_PACKAGE)))
}

/// What the images for other boot loaders than the emulator's are made with. One requirement for all parts, as one
/// command installs them.
pub fn boot_loader() -> Requirement {
    let there = |part: &str| Path::new(part).is_file() || which::which(part).is_ok();
    let missing: Vec<_> = BOOT_LOADER.into_iter().filter(|(part, ..)| !there(part)).collect();
    let version = output(Command::new("grub-mkrescue").arg("--version")).and_then(|text| version_word(&text));
    let names: Vec<_> = missing.iter().map(|(_, name, _)| *name).collect();
    let packages: Vec<_> = missing.iter().map(|(.., package)| *package).collect();
    let found = missing.is_empty().then(|| version.unwrap_or_else(|| "yes".to_owned()));
    let parts = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let name = format!("boot loader GRUB{parts}");
    requirement(&name, "iso, pxe, cargo test", found, as_root(&apt_install(&packages.join(" "))))
}

/// UEFI firmware for the emulator.
pub fn ovmf() -> Requirement {
    let found = OVMF.into_iter().all(|file| Path::new(file).is_file());
    requirement("UEFI firmware for QEMU", "cargo test", found.then(|| "yes".into()), as_root(&apt_install("ovmf")))
}

/// The client that fetches Lean where there is no `lake`.
pub fn npm() -> Requirement {
    let version = output(Command::new("npm").arg("--version")).and_then(|text| version_word(&text));
    requirement("npm", "verify, cargo test", version, as_root(&apt_install("npm")))
}

/// The official Lean's build tool.
pub fn lake() -> Requirement {
    let version = output(Command::new("lake").arg("--version")).and_then(|text| version_word(&text));
    requirement("lake", "verify, cargo test", version, "elan, from github.com/leanprover/elan".into())
}

/// Whether this process may install system packages.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The shell command by which root installs packages on Debian, named with spaces between them.
pub fn apt_install(package: &str) -> String {
    format!("apt-get update && apt-get install -y --no-install-recommends {package}")
}

/// A command for root, as the present user has to type it.
pub fn as_root(command: &str) -> String {
    as_user(command, is_root())
}

fn as_user(command: &str, root: bool) -> String {
    if root {
        command.to_owned()
    } else {
        command.split(" && ").map(|part| format!("sudo {part}")).collect::<Vec<_>>().join(" && ")
    }
}

/// A requirement that is met when a version was found.
pub fn requirement(name: &str, used_by: &'static str, version: Option<String>, fix: String) -> Requirement {
    Requirement { name: name.to_owned(), used_by, state: version.map_or(State::Missing(fix), State::Found) }
}

/// Standard output of a command that exists and succeeds.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// The first word of the first line that looks like a version: digits and dots after an optional `v`.
pub fn version_word(text: &str) -> Option<String> {
    let numbered = |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    let mut words = text.lines().next()?.split_whitespace().map(|word| word.strip_prefix('v').unwrap_or(word));
    words.find(numbered).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_tools_print() {
        for (text, version) in [
            ("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright", "7.2.22"),
            ("rustc 1.95.0 (f2d3ce0bd 2026-03-21)", "1.95.0"),
            ("rustfmt 1.8.0-stable (f2d3ce0bd 2026-03-21)", "1.8.0-stable"),
            ("v24.21.0\n", "24.21.0"),
            ("Lake version 5.0.0-src (Lean version 4.28.0)", "5.0.0-src"),
        ] {
            assert_eq!(version_word(text).as_deref(), Some(version), "{text}");
        }
        assert_eq!(version_word("command not found"), None);
        assert_eq!(version_word(""), None);
    }

    #[test]
    fn a_user_is_told_to_use_sudo_for_each_part() {
        let command = apt_install("qemu-system-x86");
        assert_eq!(as_user(&command, true), command);
        assert_eq!(
            as_user(&command, false),
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends qemu-system-x86"
        );
    }

    #[test]
    fn a_tool_that_is_not_there_is_missing_with_its_command() {
        let version = output(&mut Command::new("no-such-program"));
        let state = requirement("x", "run", version, "install x".into()).state;
        assert_eq!(state, State::Missing("install x".into()));
    }
}
