//! Disk images: files of this machine that are disks of lv6.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use lv6_fs::fsck::{self, Report};
use lv6_fs::{BLOCK_SIZE, Block, Disk, MemoryDisk};
use lv6_ulib::Errno;
use tempfile::NamedTempFile;

/// Blocks of a disk when nobody says: 64 MiB.
pub const DEFAULT_BLOCKS: u64 = 16384;

/// A disk in a file.
pub struct FileDisk {
    file: File,
    blocks: u64,
}

impl FileDisk {
    /// The disk in this file, to be read only.
    pub fn open(path: &Path) -> Result<Self> {
        let context = || format!("cannot open {}", path.display());
        let file = File::open(path).with_context(context)?;
        let metadata = file.metadata().with_context(context)?;
        if !metadata.is_file() {
            bail!("{} is not a file", path.display());
        }
        Ok(Self { file, blocks: metadata.len() / BLOCK_SIZE as u64 })
    }

    /// Where a block is in the file. EINVAL if there is none of this number.
    fn place(&self, number: u64) -> Result<u64, Errno> {
        if number < self.blocks { Ok(number * BLOCK_SIZE as u64) } else { Err(Errno::EINVAL) }
    }
}

impl Disk for FileDisk {
    fn blocks(&self) -> u64 {
        self.blocks
    }

    fn read(&mut self, number: u64, to: &mut Block) -> Result<(), Errno> {
        self.file.read_exact_at(to, self.place(number)?).map_err(|_| Errno::EIO)
    }

    fn write(&mut self, number: u64, from: &Block) -> Result<(), Errno> {
        self.file.write_all_at(from, self.place(number)?).map_err(|_| Errno::EIO)
    }

    fn flush(&mut self) -> Result<(), Errno> {
        self.file.sync_data().map_err(|_| Errno::EIO)
    }
}

/// The bytes of a disk up to its last block that is not zero.
pub fn bytes(disk: &MemoryDisk) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, block) in disk.contents() {
        bytes.resize(usize::try_from(number).unwrap_or(usize::MAX) * BLOCK_SIZE, 0);
        bytes.extend_from_slice(block);
    }
    bytes
}

/// Writes a disk to a new file, or, if `replace`, in place of what is there. The file appears when it is complete.
pub fn save(disk: &MemoryDisk, path: &Path, replace: bool) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let context = || format!("cannot write {}", path.display());
    let file = NamedTempFile::new_in(folder).with_context(context)?;
    file.as_file().set_len(disk.blocks() * BLOCK_SIZE as u64).with_context(context)?;
    for (number, block) in disk.contents() {
        file.as_file().write_all_at(block, number * BLOCK_SIZE as u64).with_context(context)?;
    }
    file.as_file().sync_all().with_context(context)?;
    let saved = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    match saved {
        Ok(file) => make_readable(&file).with_context(context),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{} exists already; --force replaces it", path.display())
        }
        Err(e) => Err(e.error).with_context(context),
    }
}

/// Gives a file the permissions that new files have: temporary ones are private.
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Checks the disk in a file, and writes what is wrong, a line each, or that nothing is. Returns whether nothing is.
pub fn check(path: &Path, out: &mut impl Write) -> Result<bool> {
    let disk = FileDisk::open(path)?;
    let Report { problems, files, orphans, blocks } = fsck::check(disk);
    let name = path.display();
    for problem in &problems {
        writeln!(out, "{name}: {problem}")?;
    }
    if problems.is_empty() {
        let open =
            if orphans > 0 { format!(", {orphans} without a name, freed at the next start") } else { String::new() };
        writeln!(out, "{name}: clean: {files} files and directories, {blocks} blocks in use{open}")?;
    } else {
        writeln!(out, "{name}: {} problems", problems.len())?;
    }
    Ok(problems.is_empty())
}

/// Opens a disk in a file for reading and writing; for tests and tools that change one.
pub fn open_writable(path: &Path) -> Result<FileDisk> {
    let disk = FileDisk::open(path)?;
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    Ok(FileDisk { file, ..disk })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lv6_fs::mkfs;

    fn formatted() -> MemoryDisk {
        mkfs::format(MemoryDisk::new(200), 32, 1).unwrap()
    }

    #[test]
    fn a_saved_disk_is_clean_and_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disk");
        save(&formatted(), &path, false).unwrap();
        let mut out = Vec::new();
        assert!(check(&path, &mut out).unwrap());
        let text = String::from_utf8(out).unwrap();
        assert!(text.ends_with(" clean: 1 files and directories, 37 blocks in use\n"), "{text}");
        let error = save(&MemoryDisk::new(100), &path, false).unwrap_err().to_string();
        assert!(error.ends_with("exists already; --force replaces it"), "{error}");
        assert!(check(&path, &mut Vec::new()).unwrap(), "it is what it was");
        save(&MemoryDisk::new(100), &path, true).unwrap();
        assert!(!check(&path, &mut Vec::new()).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn every_problem_gets_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disk");
        save(&formatted(), &path, false).unwrap();
        let mut disk = open_writable(&path).unwrap();
        let mut block = [0; BLOCK_SIZE];
        // The inode of the root, and the log, which would mend it.
        for number in [2, 2 + 1 + 1 + 24 + 6] {
            disk.read(number, &mut block).unwrap();
            block[128..130].fill(0);
            block[8] ^= 1;
            disk.write(number, &block).unwrap();
        }
        let mut out = Vec::new();
        assert!(!check(&path, &mut out).unwrap());
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("disk: the root is no directory\n") && text.ends_with(" problems\n"), "{text}");
    }

    #[test]
    fn what_is_no_disk_is_called_so() {
        let folder = tempfile::tempdir().unwrap();
        let short = folder.path().join("short");
        fs::write(&short, [0; 100]).unwrap();
        let mut out = Vec::new();
        assert!(!check(&short, &mut out).unwrap());
        assert!(String::from_utf8(out).unwrap().contains(": no file system of lv6\n"));
        assert!(check(folder.path(), &mut Vec::new()).unwrap_err().to_string().ends_with("is not a file"));
        assert!(check(&folder.path().join("none"), &mut Vec::new()).is_err());
    }

    #[test]
    fn bytes_end_with_the_last_block_in_use() {
        let mut disk = MemoryDisk::new(10);
        disk.write(2, &[1; BLOCK_SIZE]).unwrap();
        let bytes = bytes(&disk);
        assert_eq!((bytes.len(), bytes[2 * BLOCK_SIZE - 1], bytes[2 * BLOCK_SIZE]), (3 * BLOCK_SIZE, 0, 1));
    }
}
