//! The rules that keep the tree readable, for every file that is written by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lv6_host::config::Config;
use lv6_host::tools::GUEST_TARGET;
use lv6_host::{image, install};
use walkdir::WalkDir;

/// What tools write.
const GENERATED: [&str; 2] = ["lean/Lv6/Code", "lean/Aeneas/ConformTable"];

/// Most lines of a file.
const LONGEST: usize = 600;

/// Crates that talk to the hardware. No other may contain unsafe code.
const UNSAFE_CRATES: [&str; 2] = ["boot/image", "user/ulib"];

/// How unsafe code looks.
const UNSAFE: [&str; 6] = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait", "unsafe extern", "#[unsafe("];

/// What a finished Rust file does not contain.
const UNFINISHED: [&str; 5] = ["todo!", "unimplemented!", "TODO", "FIXME", "XXX"];

/// The files of this kind that are written by hand: their paths from the root, and their text.
fn files(extension: &str) -> Vec<(PathBuf, String)> {
    let root = Config::find().unwrap().root;
    let mut found = Vec::new();
    let hidden = |name: &str| name.len() > 1 && name.starts_with('.') || ["target", "node_modules"].contains(&name);
    let entries = WalkDir::new(&root)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !hidden(&entry.file_name().to_string_lossy()));
    for entry in entries.map(Result::unwrap) {
        let path = entry.path().strip_prefix(&root).unwrap();
        if path.extension().is_some_and(|e| e == extension) && !GENERATED.iter().any(|folder| path.starts_with(folder))
        {
            found.push((path.to_owned(), fs::read_to_string(entry.path()).unwrap()));
        }
    }
    assert!(found.len() > 10, "only {} .{extension} files in {}", found.len(), root.display());
    found
}

/// The lines of Rust files that break a rule. (This file names what it looks for.)
fn rust_lines(breaks: impl Fn(&Path, &str) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in files("rs").into_iter().filter(|(path, _)| !path.ends_with("boot/host/tests/style.rs")) {
        for (n, line) in text.lines().enumerate().filter(|(_, line)| breaks(&path, line)) {
            broken.push(format!("{}:{}: {}", path.display(), n + 1, line.trim()));
        }
    }
    broken
}

#[track_caller]
fn none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn no_file_is_too_long_to_read() {
    let all = files("rs").into_iter().chain(files("lean"));
    let long = all.map(|(path, text)| (path, text.lines().count())).filter(|(_, lines)| *lines > LONGEST);
    none(
        &long.map(|(path, lines)| format!("{}: {lines} lines, at most {LONGEST}", path.display())).collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_left_unfinished() {
    none(&rust_lines(|_, line| UNFINISHED.iter().any(|word| line.contains(word))));
}

#[test]
fn unsafe_code_stays_at_the_hardware() {
    none(&rust_lines(|path, line| {
        let code = line.split("//").next().unwrap_or_default();
        !UNSAFE_CRATES.iter().any(|folder| path.starts_with(folder)) && UNSAFE.iter().any(|form| code.contains(form))
    }));
}

/// Runs cargo on the workspace; its complaint is the failure.
fn cargo(arguments: &[&str], prepare: impl FnOnce(&mut Command)) {
    let config = Config::find().unwrap();
    let mut cargo = image::cargo(&config);
    prepare(cargo.args(arguments));
    let output = cargo.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "cargo {arguments:?}:\n{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn rust_is_formatted() {
    cargo(&["fmt", "--all", "--check"], |_| ());
}

#[test]
fn the_linter_finds_nothing_on_the_host() {
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], |_| ());
}

#[test]
fn the_linter_finds_nothing_in_the_guest() {
    let config = Config::find().unwrap();
    install::guest_target(&config).unwrap();
    let packages = ["lv6-image", "lv6-ulib", "lv6-nvme", "lv6-init", "lv6-fs-server", "lv6-programs", "lv6-hostile"];
    let packages: Vec<&str> = packages.into_iter().flat_map(|package| ["-p", package]).collect();
    let arguments = [&["clippy", "--release", "--target", GUEST_TARGET][..], &packages, &["--", "-D", "warnings"]];
    cargo(&arguments.concat(), |cargo| {
        // The linter reads no contents: any file can stand for the two that the image embeds.
        let file = config.root.join("Cargo.toml");
        cargo.env("CARGO_TARGET_DIR", &config.guest).env("LV6_INIT", &file).env("LV6_ARCHIVE", &file);
    });
}
