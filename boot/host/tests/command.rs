//! The command where something is wrong: with its arguments, or with the machine it runs on.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::{NamedTempFile, TempDir};

/// Runs `lv6` where only these programs exist, each a shell script; `sh` is there too.
fn lv6(arguments: &[&str], programs: &[(&str, &str)]) -> Output {
    let folder = TempDir::new().unwrap();
    symlink("/bin/sh", folder.path().join("sh")).unwrap();
    for (name, script) in programs {
        write_program(&folder.path().join(name), script);
    }
    Command::new(env!("CARGO_BIN_EXE_lv6")).args(arguments).env("PATH", folder.path()).output().unwrap()
}

fn write_program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The status and the errors must be these.
#[track_caller]
fn expect(output: &Output, status: i32, told: &[&str]) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{err}");
    for part in told {
        assert!(err.contains(part), "expected: {part}\n--- errors:\n{err}");
    }
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}

const QEMU: (&str, &str) = ("qemu-system-x86_64", "echo QEMU emulator version 7.2.22");

#[test]
fn an_unknown_sub_command_is_wrong_usage() {
    expect(&lv6(&["fly"], &[]), 2, &["unrecognized subcommand 'fly'", "Usage: lv6"]);
    expect(&lv6(&["run", "ps"], &[]), 2, &["unexpected argument 'ps'", "Usage: lv6 run"]);
    expect(&lv6(&["run", "--memory", "lots"], &[]), 2, &["invalid value 'lots'"]);
}

#[test]
fn an_unknown_handler_is_wrong_usage() {
    expect(&lv6(&["verify", "sys_fly"], &[]), 2, &["unknown handler `sys_fly`; handlers with a refinement theorem: "]);
}

#[test]
fn without_a_package_client_the_missing_emulator_is_named() {
    expect(&lv6(&[], &[]), 1, &["qemu-system-x86_64 is missing, and so is apt-get"]);
}

#[test]
fn the_missing_emulator_is_installed_by_root_and_asked_for_by_others() {
    let update = ("apt-get", "case $1 in update) exit 0;; esac; echo E: Unable to fetch some archives >&2; exit 100");
    let output = lv6(&[], &[update]);
    let install = "apt-get install -y --no-install-recommends qemu-system-x86";
    if rustix::process::geteuid().is_root() {
        let told = format!("lv6: qemu-system-x86_64 is missing; running: apt-get update && {install}\n");
        expect(&output, 1, &[&told, "E: Unable to fetch some archives", "It needs the network"]);
    } else {
        let told = "qemu-system-x86_64 is missing. Install it with:\n    sudo apt-get update && sudo ";
        expect(&output, 1, &[told, install]);
    }
}

#[test]
fn an_installation_that_changes_nothing_is_not_believed() {
    let output = lv6(&[], &[QEMU, ("rustc", "echo /nowhere"), ("rustup", "exit 0")]);
    let told = "Rust target x86_64-unknown-none is still missing after: rustup target add x86_64-unknown-none";
    expect(&output, 1, &["lv6: Rust target x86_64-unknown-none is missing; running: rustup target add", told]);
}

#[test]
fn without_rustup_the_missing_target_is_named() {
    let output = lv6(&[], &[QEMU, ("rustc", "echo /nowhere")]);
    expect(&output, 1, &["is missing. Install it with:\n    rustup target add x86_64-unknown-none"]);
}

#[test]
fn the_missing_parts_of_the_boot_loader_are_named() {
    let folder = TempDir::new().unwrap();
    let iso = folder.path().join("x.iso");
    let output = lv6(&["iso", iso.to_str().unwrap()], &[("xorriso", "exit 0")]);
    let told = "boot loader GRUB (GRUB's tools,";
    expect(&output, 1, &[told, "mtools) is missing, and so is apt-get"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("xorriso"));
    let install = ("apt-get", "echo \"$@\" >&2; exit 100");
    let output = lv6(&["pxe", folder.path().to_str().unwrap()], &[install]);
    expect(&output, 1, &[told, "install -y --no-install-recommends grub-common"]);
    assert!(fs::read_dir(&folder).unwrap().next().is_none());
}

#[test]
fn images_replace_nothing_that_is_not_theirs() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("thesis");
    fs::write(&file, "text").unwrap();
    let name = file.to_str().unwrap();
    expect(&lv6(&["iso", name], &[]), 2, &[name, "is there already and is no ISO"]);
    expect(&lv6(&["iso", "/dev/null"], &[]), 2, &["/dev/null is no ordinary file"]);
    expect(&lv6(&["pxe", name], &[]), 2, &[name, "is no folder"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "text");
}

#[test]
fn doctor_names_what_is_missing_and_what_installs_it() {
    let output = lv6(&["doctor"], &[QEMU, ("rustc", "echo rustc 1.95.0; echo /nowhere")]);
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{out}");
    let line = |name: &str| {
        let found = out.lines().find(|line| line.contains(name));
        found.unwrap_or_else(|| panic!("no line for {name}:\n{out}")).to_owned()
    };
    assert!(line("qemu-system-x86_64").starts_with("ok ") && line("qemu-system-x86_64").ends_with(" 7.2.22"), "{out}");
    assert!(line("rustc").ends_with(" 1.95.0"), "{out}");
    assert!(line("Rust target").starts_with("MISSING"), "{out}");
    assert!(line("Rust target").ends_with("install with: rustup target add x86_64-unknown-none"), "{out}");
    assert!(line("clippy").ends_with("install with: rustup component add clippy"), "{out}");
}

#[test]
fn soak_says_how_many_calls_a_second_it_made() {
    let output = lv6(&["soak", "--calls", "20000", "--seed", "5"], &[]);
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{out}{}", String::from_utf8_lossy(&output.stderr));
    assert!(out.starts_with("20000 calls in ") && out.contains(" calls per second\n"), "{out}");
}

#[test]
fn soak_replays_a_list_of_calls() {
    let file = NamedTempFile::new().unwrap();
    fs::write(&file, "# two steps\npreempt\ncall 23 0x1 0x2\n").unwrap();
    let output = lv6(&["soak", "--replay", file.path().to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "the invariant holds after each of 2 steps\n");
}

#[test]
fn a_file_that_cannot_be_replayed_is_wrong_usage() {
    let file = NamedTempFile::new().unwrap();
    fs::write(&file, "preempt\njump 7\n").unwrap();
    let name = file.path().to_str().unwrap();
    expect(&lv6(&["soak", "--replay", name], &[]), 2, &[name, "not a step of a trace: jump 7"]);
    expect(&lv6(&["soak", "--replay", "/no/such/file"], &[]), 2, &["cannot read /no/such/file: No such file"]);
    expect(&lv6(&["soak", "--calls", "0"], &[]), 2, &["invalid value '0'"]);
}
