//! The comparison of Lean's primitives with Rust's.
//!
//! `lean/Aeneas` says what `+`, `as`, `v[i]` and the rest mean. Here Rust computes them, on the values where such
//! definitions go wrong and on others drawn from a fixed seed, and the results are written down as theorems, which
//! Lean's kernel proves by evaluation. `lean/Aeneas/Conform.lean` explains the form of a theorem and how a result
//! becomes a number.
//!
//! What panics in Rust is asked of the function of Rust that returns `None` instead: `checked_add`, `get`.

mod code;
mod inputs;
mod page;
mod parts;
mod scalar;

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use page::Page;

/// Where the tables lie, from the workspace's root. Nothing else lies there.
pub const CONFORM: &str = "lean/Aeneas/ConformTable";

/// The files of theorems, by path from the workspace's root. The same at each call, on each machine.
pub fn conform_table() -> Vec<(PathBuf, String)> {
    pages().iter().map(|page| (Path::new(CONFORM).join(format!("{}.lean", page.name)), page.render())).collect()
}

/// Replaces the files of theorems below the workspace `root`, and says which they are.
///
/// Needs neither Charon nor Aeneas.
pub fn write_conform(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let folder = root.join(CONFORM);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
    }
    fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
    let mut files = Vec::new();
    for (path, text) in conform_table() {
        let full = root.join(&path);
        fs::write(&full, text).map_err(|e| Error::io(&full, e))?;
        files.push(path);
    }
    Ok(files)
}

fn pages() -> Vec<Page> {
    vec![scalar::u64_page(), scalar::unsigned_page(), scalar::signed_page(), scalar::casts_page(), parts::page()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_tables_are_the_same_each_time() {
        assert!(conform_table() == conform_table());
    }

    #[test]
    fn there_are_thousands_of_results_and_no_name_twice() {
        let pages = pages();
        let results: usize = pages.iter().map(|page| page.results).sum();
        assert!((4_000..10_000).contains(&results), "{results}");
        let names: Vec<_> = pages.iter().flat_map(|page| page.names.iter()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn every_constant_and_function_of_the_integer_types_has_a_theorem() {
        let text: String = conform_table().into_iter().map(|(_, text)| text).collect();
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lean/Aeneas/Scalar/Num.lean");
        let mut types = Vec::new();
        for line in fs::read_to_string(library).unwrap().lines() {
            if let Some(name) = line.strip_prefix("namespace core.num.") {
                types.push(name.to_owned());
            }
            let Some(name) = line.strip_prefix("abbrev ").and_then(|rest| rest.split([' ', ':']).next()) else {
                continue;
            };
            let of = types.last().expect("functions belong to a type");
            let name = if name.contains('.') { name.to_owned() } else { format!("core.num.{of}.{name}") };
            // The functions are instances of one definition for all unsigned types, and of one for all signed types.
            let constant = ["MIN", "MAX", "BITS"].iter().any(|end| name.ends_with(end));
            if constant || ["U64", "Usize", "U8", "I64", "I8"].contains(&of.as_str()) {
                assert!(text.contains(&format!("Std.{name} ")), "{name} is not compared with Rust");
            }
        }
        assert_eq!(types.len(), 12);
    }

    #[test]
    fn writing_replaces_the_whole_folder() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(CONFORM)).unwrap();
        let old = root.path().join(CONFORM).join("Old.lean");
        fs::write(&old, "").unwrap();
        let files = write_conform(root.path()).unwrap();
        assert!(!old.exists());
        for ((path, text), written) in conform_table().into_iter().zip(files) {
            assert_eq!(path, written);
            assert!(fs::read_to_string(root.path().join(path)).unwrap() == text);
        }
    }
}
