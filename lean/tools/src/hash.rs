//! SHA-256 of files and of lists of strings.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::pins::Pin;

/// The digest in hexadecimal.
fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Digest of a list. Each part is preceded by its length, so that no two lists collide by concatenation.
pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(hash.finalize())
}

/// Digest of a file.
pub fn of_file(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(Error::io("open", path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer).map_err(Error::io("read", path))?;
        if n == 0 {
            return Ok(hex(hash.finalize()));
        }
        hash.update(&buffer[..n]);
    }
}

/// Refuses a file that is not the pinned one.
pub fn check(node_modules: &Path, pin: &Pin) -> Result<()> {
    let found = of_file(&node_modules.join(pin.path))?;
    if found == pin.sha256 {
        return Ok(());
    }
    Err(Error::HashMismatch { file: pin.path.into(), expected: pin.sha256.into(), found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let pin = Pin { path: "f", sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" };
        std::fs::write(dir.path().join("f"), "abc").unwrap();
        check(dir.path(), &pin).unwrap();
        std::fs::write(dir.path().join("f"), "abd").unwrap();
        let error = check(dir.path(), &pin).unwrap_err();
        assert!(matches!(error, Error::HashMismatch { .. }));
        assert!(error.to_string().starts_with("hash mismatch: f has SHA-256"));
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(of_parts(["ab", "c"]), of_parts(["a", "bc"]));
    }
}
