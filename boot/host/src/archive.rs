//! The program archive: one uncompressed USTAR file that the image embeds.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tar::{Builder, EntryType, Header};

/// Packs files under their names without folders, in the order of their names. Equal input gives equal bytes: there
/// are no times, owners or permissions of this machine in it.
pub fn pack(files: &[PathBuf]) -> Result<Vec<u8>> {
    let mut files: Vec<_> = files.iter().map(|path| (path.file_name().unwrap_or_default(), path)).collect();
    files.sort();
    let mut archive = Builder::new(Vec::new());
    for (name, path) in files {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut header = Header::new_ustar();
        header.set_path(name)?;
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes.len().try_into()?);
        header.set_mode(0o755);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_cksum();
        archive.append(&header, bytes.as_slice())?;
    }
    Ok(archive.into_inner()?)
}

/// Writes a file unless it has these bytes already: a new time would rebuild what includes it.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn programs(folder: &Path) -> Vec<PathBuf> {
        let files = [("sh", vec![7; 1000]), ("echo", b"hello".to_vec()), ("empty", Vec::new())];
        files
            .map(|(name, bytes)| {
                let path = folder.join(name);
                fs::write(&path, bytes).unwrap();
                path
            })
            .to_vec()
    }

    #[test]
    fn what_is_packed_comes_out_sorted_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = pack(&programs(folder.path())).unwrap();
        assert_eq!(bytes.len() % 512, 0);
        assert_eq!(&bytes[257..263], b"ustar\0");
        let mut seen = Vec::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            seen.push((entry.path().unwrap().display().to_string(), content));
        }
        let expected = [("echo", b"hello".to_vec()), ("empty", vec![]), ("sh", vec![7; 1000])];
        assert_eq!(seen, expected.map(|(name, bytes)| (name.to_owned(), bytes)));
    }

    #[test]
    fn the_bytes_depend_on_the_contents_alone() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut reversed = programs(two.path());
        reversed.reverse();
        assert_eq!(pack(&programs(one.path())).unwrap(), pack(&reversed).unwrap());
    }

    #[test]
    fn an_unchanged_file_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_if_changed(&path, b"one").unwrap();
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        write_if_changed(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
        write_if_changed(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = pack(&[PathBuf::from("no/such/program")]).unwrap_err();
        assert_eq!(error.to_string(), "cannot read no/such/program");
    }
}
