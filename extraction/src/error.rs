//! What can go wrong, and what the reader should do about it.

use std::path::{Path, PathBuf};

/// Why an extraction, or the check of one, failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A tool is not installed.
    #[error(
        "{tool} was not found: put it on PATH or set {variable} to its path (built from github.com/AeneasVerif; \
         see extraction/README.md for the versions)"
    )]
    ToolMissing {
        /// Name of the program.
        tool: &'static str,
        /// Environment variable that can name it.
        variable: &'static str,
    },
    /// A tool is of another version than the pinned one.
    #[error("{tool} is version {found}, but the extraction is pinned to {pinned}; see extraction/README.md")]
    ToolVersion {
        /// Name of the program.
        tool: &'static str,
        /// What it says of itself.
        found: String,
        /// What is pinned.
        pinned: &'static str,
    },
    /// A tool failed.
    #[error("{command} failed ({status}):\n{output}")]
    ToolFailed {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
        /// What it printed.
        output: String,
    },
    /// The extraction contains something that would make proofs about it worthless.
    #[error("refused: line {line} of {file} contains `{word}`:\n  {text}")]
    Unsound {
        /// File as the tool wrote it.
        file: String,
        /// Line number, from 1.
        line: usize,
        /// The word.
        word: String,
        /// The line.
        text: String,
    },
    /// The extraction has a form that this crate does not understand.
    #[error("unexpected extraction: {0}")]
    Shape(String),
    /// The committed files are not what the record says.
    #[error("{}", stale(.0))]
    Stale(Vec<String>),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Error {
        Error::Io { path: path.to_owned(), source }
    }
}

fn stale(differences: &[String]) -> String {
    format!(
        "{} is not the extraction of the Rust that is here:\n  {}\nrun `cargo run -- extract` and commit what it writes",
        crate::CODE,
        differences.join("\n  ")
    )
}
