//! The record of an extraction: hashes of what went in and what came out, and the tools' versions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::tools::{AENEAS_COMMIT, AENEAS_OPTIONS, CHARON_COMMIT, CHARON_OPTIONS, CHARON_VERSION, Tools};

/// Name of the record, in the folder of the extraction.
const NAME: &str = "EXTRACTION.json";

/// Folders whose Rust files are extracted, from the workspace's root.
const INPUTS: [&str; 2] = ["rust/abi", "rust/kernel"];

/// What an extraction was made from, by what, and what it is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version, commit and options of each tool.
    pub tools: BTreeMap<String, String>,
    /// SHA-256 of each Rust file that the extraction depends on, by path from the workspace's root.
    pub inputs: BTreeMap<String, String>,
    /// SHA-256 of each file of the extraction, likewise.
    pub outputs: BTreeMap<String, String>,
}

/// Writes the record of an extraction that consists of `files`.
pub(crate) fn write(root: &Path, tools: &Tools, files: &[PathBuf]) -> Result<(), Error> {
    let mut versions = BTreeMap::new();
    versions.insert("charon".into(), format!("{CHARON_VERSION} {CHARON_COMMIT} {}", CHARON_OPTIONS.join(" ")));
    versions.insert("aeneas".into(), format!("{AENEAS_COMMIT} {}", AENEAS_OPTIONS.join(" ")));
    versions.insert("rustc".into(), tools.rustc.clone());
    let record = Record { tools: versions, inputs: hashes(root, &inputs(root)?)?, outputs: hashes(root, files)? };
    let path = root.join(crate::CODE).join(NAME);
    let text = serde_json::to_string_pretty(&record).map_err(|e| Error::Shape(e.to_string()))? + "\n";
    fs::write(&path, text).map_err(|e| Error::io(&path, e))
}

/// Holds the files below the workspace `root` against the record, and returns it.
///
/// Every Rust file of the core must be the one that was extracted, and every file of the extraction the one that was
/// written: none changed, added or lost.
pub fn check(root: &Path) -> Result<Record, Error> {
    let path = root.join(crate::CODE).join(NAME);
    let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
    let record: Record = serde_json::from_str(&text)
        .map_err(|e| Error::Stale(vec![format!("{}/{NAME} is not a record: {e}", crate::CODE)]))?;
    let mut differences = compare(&record.inputs, &hashes(root, &inputs(root)?)?);
    differences.extend(compare(&record.outputs, &hashes(root, &outputs(root)?)?));
    if differences.is_empty() { Ok(record) } else { Err(Error::Stale(differences)) }
}

fn compare(recorded: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> Vec<String> {
    let mut differences = Vec::new();
    for (path, hash) in recorded {
        match found.get(path) {
            None => differences.push(format!("{path} is gone")),
            Some(now) if now != hash => differences.push(format!("{path} has changed")),
            Some(_) => {}
        }
    }
    differences.extend(found.keys().filter(|path| !recorded.contains_key(*path)).map(|path| format!("{path} is new")));
    differences
}

/// The Rust files that decide what the extraction is. Files that only a feature or a test switches on are not among
/// them: Charon never sees those.
fn inputs(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for folder in INPUTS {
        files_below(root, &Path::new(folder).join("src"), "rs", &mut files)?;
    }
    files.retain(|f| !is_check(f));
    Ok(files)
}

/// Whether a file of the core belongs to the run-time check of the invariant, which is not extracted.
fn is_check(file: &Path) -> bool {
    file.components().any(|c| c.as_os_str() == "check" || c.as_os_str() == "check.rs")
}

fn outputs(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    files_below(root, Path::new(crate::CODE), "lean", &mut files)?;
    Ok(files)
}

fn files_below(root: &Path, folder: &Path, extension: &str, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let full = root.join(folder);
    for entry in fs::read_dir(&full).map_err(|e| Error::io(&full, e))? {
        let entry = entry.map_err(|e| Error::io(&full, e))?;
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            files_below(root, &path, extension, files)?;
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push(path);
        }
    }
    Ok(())
}

fn hashes(root: &Path, files: &[PathBuf]) -> Result<BTreeMap<String, String>, Error> {
    let mut hashes = BTreeMap::new();
    for file in files {
        let full = root.join(file);
        let bytes = fs::read(&full).map_err(|e| Error::io(&full, e))?;
        let digest = Sha256::digest(&bytes);
        let hash = digest.iter().map(|b| format!("{b:02x}")).collect();
        hashes.insert(file.to_string_lossy().replace('\\', "/"), hash);
    }
    Ok(hashes)
}
