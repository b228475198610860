//! The committed extraction is the extraction of the committed Rust, and the check that says so can fail.

use std::fs;
use std::path::{Path, PathBuf};

use lv6_extraction::{CODE, check};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of what the record speaks of, to spoil.
fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["rust/abi/src", "rust/kernel/src", CODE] {
        copy(&root().join(part), &folder.path().join(part));
    }
    folder
}

fn append(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    let old = fs::read_to_string(&path).unwrap_or_default();
    fs::write(path, old + text).unwrap();
}

#[test]
fn the_committed_extraction_is_fresh() {
    if let Err(error) = check(&root()) {
        panic!("{error}");
    }
}

#[test]
fn an_untouched_copy_is_fresh() {
    check(scratch().path()).unwrap();
}

#[test]
fn a_changed_handler_is_noticed_and_the_message_says_what_to_run() {
    let folder = scratch();
    append(folder.path(), "rust/kernel/src/proc.rs", "// changed\n");
    let text = check(folder.path()).unwrap_err().to_string();
    assert!(text.contains("rust/kernel/src/proc.rs has changed") && text.contains("cargo run -- extract"), "{text}");
}

#[test]
fn a_changed_constant_is_noticed() {
    let folder = scratch();
    append(folder.path(), "rust/abi/src/errno.rs", "// changed\n");
    assert!(check(folder.path()).is_err());
}

#[test]
fn a_new_rust_file_is_noticed() {
    let folder = scratch();
    append(folder.path(), "rust/kernel/src/sneaky.rs", "// new\n");
    assert!(check(folder.path()).unwrap_err().to_string().contains("sneaky.rs is new"));
}

#[test]
fn an_edited_extraction_is_noticed() {
    let folder = scratch();
    append(folder.path(), &format!("{CODE}/Proc.lean"), "-- edited\n");
    assert!(check(folder.path()).unwrap_err().to_string().contains("Proc.lean has changed"));
}

#[test]
fn a_lost_file_of_the_extraction_is_noticed() {
    let folder = scratch();
    fs::remove_file(folder.path().join(CODE).join("Vm.lean")).unwrap();
    assert!(check(folder.path()).unwrap_err().to_string().contains("Vm.lean is gone"));
}

#[test]
fn a_missing_record_is_an_error() {
    let folder = scratch();
    fs::remove_file(folder.path().join(CODE).join("EXTRACTION.json")).unwrap();
    assert!(check(folder.path()).is_err());
}
