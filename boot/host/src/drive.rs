//! The drive that a machine has when a file is given for its disk.

use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Seek, SeekFrom};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// Bytes of a block.
const BLOCK: u64 = 4096;

/// Checks that a file can be a disk, and returns its full path. The emulator's own complaints about it say less.
pub fn check(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("there is no file {shown} for the disk: `cargo run -- mkfs {shown}` makes one")
        }
        Err(error) => return Err(error).with_context(|| format!("cannot use {shown} as a disk")),
    };
    ensure!(!file.metadata()?.is_dir(), "cannot use {shown} as a disk: it is a folder");
    let len = file.seek(SeekFrom::End(0)).with_context(|| format!("cannot use {shown} as a disk"))?;
    ensure!(
        len > 0 && len.is_multiple_of(BLOCK),
        "cannot use {shown} as a disk: its {len} bytes are no whole number of blocks of {BLOCK}"
    );
    Ok(path.canonicalize()?)
}

/// The emulator's arguments for a disk: an NVMe drive whose units are blocks, so that a block is written as a whole.
pub fn arguments(path: &Path) -> [OsString; 4] {
    let mut drive = OsString::from("file=");
    drive.push(quoted(path.as_os_str()));
    drive.push(",if=none,format=raw,id=disk");
    let device = "nvme,drive=disk,serial=lv6,logical_block_size=4096,physical_block_size=4096";
    ["-drive".into(), drive, "-device".into(), device.into()]
}

/// A text as a value among the emulator's options, which commas separate.
fn quoted(text: &OsStr) -> OsString {
    let mut bytes = Vec::with_capacity(text.len());
    for byte in text.as_bytes() {
        bytes.push(*byte);
        if *byte == b',' {
            bytes.push(b',');
        }
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::tempdir;

    fn refusal(path: &Path) -> String {
        format!("{:#}", check(path).unwrap_err())
    }

    #[test]
    fn a_file_of_whole_blocks_is_a_disk() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a disk");
        fs::write(&path, [0; 8192]).unwrap();
        assert_eq!(check(&path).unwrap(), path.canonicalize().unwrap());
        assert_eq!(fs::read(&path).unwrap(), [0; 8192], "it is as it was");
    }

    #[test]
    fn what_cannot_be_a_disk_is_refused() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("disk");
        let missing = refusal(&path);
        assert!(missing.contains(&format!("`cargo run -- mkfs {}` makes one", path.display())), "{missing}");
        assert!(!path.exists(), "it is not made by the way");
        for len in [0, 1, 4095, 4097] {
            fs::write(&path, vec![0; len]).unwrap();
            assert!(refusal(&path).contains(&format!("its {len} bytes are no whole number of blocks")));
        }
        assert!(refusal(folder.path()).contains("cannot use"), "a folder");
    }

    #[test]
    fn commas_do_not_end_the_name() {
        let [_, drive, _, device] = arguments(Path::new("/t/a,b c"));
        assert_eq!(drive, "file=/t/a,,b c,if=none,format=raw,id=disk");
        assert!(device.to_string_lossy().starts_with("nvme,drive=disk,"));
    }
}
