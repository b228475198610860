//! What is on a new disk: the system's own files, and files of this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use lv6_fs::{BLOCK_SIZE, FileSystem, MemoryDisk, ROOT, mkfs};
use lv6_ulib::Errno;
use lv6_ulib::fs::protocol::{O_CREAT, O_TRUNC, O_WRONLY};
use walkdir::WalkDir;

/// Free blocks of the disk in memory that is part of the image.
const MEMORY_FREE: u64 = 512;
/// Files that this disk can have besides the system's own.
const MEMORY_FILES: u32 = 224;

/// Directories of every system.
const DIRECTORIES: [&str; 4] = ["/bin", "/dev", "/etc", "/tmp"];
/// Devices of every system, with the numbers by which the file server knows them.
const DEVICES: [(&str, u16, u16); 2] = [("/dev/console", 1, 0), ("/dev/null", 2, 0)];
/// What a person is told who starts a shell.
const MOTD: &str = "Welcome to lv6. Programs are in /bin; `help` says what the shell can do.\n";

/// A disk that is being filled.
pub struct Filling(FileSystem<MemoryDisk>);

/// The time, in nanoseconds since 1970.
pub fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

impl Filling {
    /// An empty disk.
    pub fn new(blocks: u64, inodes: u32, now: u64) -> Result<Self> {
        let disk = mkfs::format(MemoryDisk::new(blocks), inodes, now)
            .map_err(|e| anyhow!("a file system cannot have {blocks} blocks: {e}"))?;
        Ok(Self(FileSystem::mount(disk).map_err(|e| anyhow!("the new file system cannot be used: {e}"))?))
    }

    /// The disk, complete.
    pub fn finish(mut self) -> Result<MemoryDisk> {
        self.0.sync().map_err(|e| anyhow!("the new file system cannot be written: {e}"))?;
        Ok(self.0.into_disk())
    }

    /// Makes a directory, unless there is one.
    fn directory(&mut self, path: &str) -> Result<()> {
        match self.0.make_dir(ROOT, path) {
            Ok(_) | Err(Errno::EEXIST) => Ok(()),
            Err(e) => Err(refused(path, e)),
        }
    }

    /// Makes a file.
    fn file(&mut self, path: &str, contents: &[u8]) -> Result<()> {
        let mut write = || {
            let number = self.0.open(ROOT, path, O_CREAT | O_TRUNC | O_WRONLY)?;
            // Few blocks at once, so that they fit into the log.
            let written =
                contents.chunks(2 * BLOCK_SIZE).try_for_each(|piece| self.0.write(number, None, piece).map(drop));
            written.and(self.0.close(number))
        };
        write().map_err(|e| refused(path, e))
    }

    /// Adds the system's own files: directories, devices, the message of the day, and programs.
    pub fn system(&mut self, programs: &[PathBuf]) -> Result<()> {
        for path in DIRECTORIES {
            self.directory(path)?;
        }
        for (path, major, minor) in DEVICES {
            self.0.make_device(ROOT, path, major, minor).map_err(|e| refused(path, e))?;
        }
        self.file("/etc/motd", MOTD.as_bytes())?;
        let mut programs: Vec<_> = programs.iter().collect();
        programs.sort();
        programs.into_iter().try_for_each(|program| self.copy(program, "/bin"))
    }

    /// Copies a file into a directory of the disk.
    fn copy(&mut self, from: &Path, to: &str) -> Result<()> {
        let name = name(from)?;
        let contents = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        self.file(&format!("{}/{name}", to.trim_end_matches('/')), &contents)
    }

    /// Copies a file of this machine, or all that is in a folder, into the root.
    pub fn add(&mut self, path: &Path) -> Result<()> {
        if !path.is_dir() {
            return self.copy(path, "/");
        }
        for entry in WalkDir::new(path).min_depth(1).follow_links(true).sort_by_file_name() {
            let entry = entry?;
            let parent = entry.path().parent().and_then(|parent| parent.strip_prefix(path).ok()).unwrap_or(path);
            let parent = format!("/{}", text(parent)?);
            if entry.file_type().is_dir() {
                self.directory(&format!("{}/{}", parent.trim_end_matches('/'), name(entry.path())?))?;
            } else if entry.file_type().is_file() {
                self.copy(entry.path(), &parent)?;
            } else {
                bail!("{} is neither a file nor a folder", entry.path().display());
            }
        }
        Ok(())
    }
}

/// Why something could not be put on a disk.
fn refused(path: &str, e: Errno) -> anyhow::Error {
    match e {
        Errno::ENOSPC => anyhow!("no space is left for {path}: --blocks makes a larger disk"),
        e => anyhow!("cannot make {path}: {e}"),
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| anyhow!("{} is not UTF-8, as names of lv6 are", path.display()))
}

fn name(path: &Path) -> Result<&str> {
    text(Path::new(path.file_name().ok_or_else(|| anyhow!("{} has no name", path.display()))?))
}

/// The disk image that is part of the boot image: the system's own files and some room. Equal programs of equal age give
/// equal bytes, so that nothing is built again without need.
pub fn memory_image(programs: &[PathBuf]) -> Result<Vec<u8>> {
    let mut newest = UNIX_EPOCH;
    let mut blocks = 0;
    for program in programs {
        let metadata = fs::metadata(program).with_context(|| format!("cannot read {}", program.display()))?;
        newest = newest.max(metadata.modified()?);
        // One more for the block that names the others.
        blocks += metadata.len().div_ceil(BLOCK_SIZE as u64) + 1;
    }
    let inodes = MEMORY_FILES + u32::try_from(programs.len())?;
    let total = blocks + MEMORY_FREE + MEMORY_FREE / 8;
    let mut disk = Filling::new(total, inodes, nanoseconds(newest))?;
    disk.system(programs)?;
    Ok(crate::disk_image::bytes(&disk.finish()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lv6_fs::fsck;

    fn read(disk: MemoryDisk, path: &str) -> Vec<u8> {
        let mut fs = FileSystem::mount(disk).unwrap();
        let number = fs.lookup(ROOT, path).unwrap();
        let mut contents = vec![0; usize::try_from(fs.stat(number).unwrap().size).unwrap()];
        fs.read(number, 0, &mut contents).unwrap();
        contents
    }

    #[test]
    fn folders_and_files_are_copied_with_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::create_dir_all(folder.path().join("empty")).unwrap();
        fs::write(folder.path().join("a/b/large"), vec![7; 100_000]).unwrap();
        fs::write(folder.path().join("top"), b"top").unwrap();
        let mut disk = Filling::new(400, 32, 1).unwrap();
        disk.add(folder.path()).unwrap();
        disk.add(&folder.path().join("a/b/large")).unwrap();
        let mut disk = disk.finish().unwrap();
        let report = fsck::check(&mut disk);
        assert_eq!((report.problems, report.files), (vec![], 7));
        let mut fs = FileSystem::mount(&mut disk).unwrap();
        assert!(fs.lookup(ROOT, "/empty").is_ok() && fs.lookup(ROOT, "/large").is_ok());
        drop(fs);
        assert_eq!(read(disk, "/a/b/large"), vec![7; 100_000]);
    }

    #[test]
    fn what_cannot_be_copied_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let long = folder.path().join("n".repeat(61));
        fs::write(&long, b"").unwrap();
        let large = folder.path().join("large");
        fs::write(&large, vec![1; 400 * 4096]).unwrap();
        let mut disk = Filling::new(400, 32, 1).unwrap();
        let error = |result: Result<()>| result.unwrap_err().to_string();
        assert!(error(disk.add(&long)).ends_with("n: name too long"));
        assert_eq!(error(disk.add(&large)), "no space is left for /large: --blocks makes a larger disk");
        assert!(error(disk.add(&folder.path().join("none"))).starts_with("cannot read "));
        assert!(error(Filling::new(10, 32, 1).map(drop)).starts_with("a file system cannot have 10 blocks"));
    }

    #[test]
    fn the_image_has_the_programs_and_is_the_same_twice() {
        let folder = tempfile::tempdir().unwrap();
        let programs = ["sh", "ls"].map(|name| folder.path().join(name));
        programs.iter().for_each(|path| fs::write(path, vec![3; 50_000]).unwrap());
        let image = memory_image(&programs).unwrap();
        assert_eq!(image, memory_image(&programs).unwrap());
        let disk = lv6_fs::overlay::Overlay::new(lv6_fs::ImageDisk::new(&image).unwrap());
        let mut fs = FileSystem::mount(disk).unwrap();
        for path in ["/bin/sh", "/bin/ls", "/dev/console", "/dev/null", "/etc/motd", "/tmp"] {
            assert!(fs.lookup(ROOT, path).is_ok(), "{path}");
        }
        assert!(fs.info().unwrap().free_blocks >= MEMORY_FREE);
        assert_eq!(fsck::check(lv6_fs::ImageDisk::new(&image).unwrap()).problems, []);
    }
}
