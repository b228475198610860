//! Programs: finding them, as files or in the archive, and starting them.

use alloc::format;
use alloc::string::String;

use tar_no_std::TarArchiveRef;

use crate::eprintln;
use crate::errno::Errno;
use crate::fs::{self, FileKind};
use crate::image::Image;
use crate::process::{exit, fork, status};
use crate::process_name::encode;
use crate::sys::{archive, exec};

/// The file server, which gets its first disk from the archive.
const FILE_SERVER: &str = "fs";
/// Programs that start programs themselves, and so need the archive when there is no file server.
const STARTERS: [&str; 2] = ["sh", "usertests"];

/// The name of the disk image in the archive, with which the file server starts.
pub const DISK_IMAGE: &str = "disk.img";

/// Whether a program keeps the archive. All others give its pages back.
pub fn keeps_archive(name: &str) -> bool {
    name == FILE_SERVER || STARTERS.contains(&name) && !fs::is_there()
}

/// The name and content of each file of an archive (USTAR). A damaged archive reads as an empty one.
pub fn files(archive: &[u8]) -> impl Iterator<Item = (Name, &[u8])> {
    let entries = TarArchiveRef::new(archive).ok().map(|tar| tar.entries());
    entries.into_iter().flatten().map(|file| (Name(file.filename()), file.data()))
}

/// The name of a file in an archive.
pub struct Name(tar_no_std::TarFormatString<256>);

impl Name {
    /// The part after the last slash, which is what a program is called.
    pub fn as_str(&self) -> &str {
        let path = self.0.as_str().unwrap_or("");
        path.rsplit('/').next().unwrap_or(path)
    }
}

/// The file of this name in an archive.
pub fn find<'a>(archive: &'a [u8], name: &str) -> Option<&'a [u8]> {
    files(archive).find(|(found, _)| found.as_str() == name).map(|(_, data)| data)
}

/// The names of all programs, if this process has the archive.
pub fn all() -> impl Iterator<Item = Name> {
    archive::bytes().into_iter().flat_map(files).map(|(name, _)| name)
}

/// Where programs lie whose path is not given.
pub const FOLDER: &str = "/bin";

/// The path of the program with this name, which may be a path itself.
pub fn path_of(name: &str) -> String {
    if name.contains('/') { String::from(name) } else { format!("{FOLDER}/{name}") }
}

/// The program of this name in the archive, for when files cannot be had: there is no file server, or its disk fails.
fn in_archive(name: &str, why: Errno) -> Result<&'static [u8], Errno> {
    match why {
        Errno::ESRCH | Errno::EIO | Errno::EUCLEAN => {
            archive::bytes().and_then(|archive| find(archive, name)).ok_or(Errno::ENOENT)
        }
        e => Err(e),
    }
}

/// Replaces this program by the one that the first argument names, by its path or as a file of [`FOLDER`]. Without a
/// file server it is one of the archive. Returns only if that fails; then nothing has changed.
///
/// ENOENT if there is no such program; EACCES if it is a directory or device; ENOEXEC if it cannot be loaded; E2BIG if
/// the arguments are too long; ENOMEM; and what goes wrong in reading the file.
pub fn exec_program(args: &[&str]) -> Errno {
    let Some(&name) = args.first() else { return Errno::ENOENT };
    match check(name).and_then(|()| fs::read_all(&path_of(name))) {
        Ok(file) => exec_file(&file, args),
        Err(e) => in_archive(name, e).map_or_else(|e| e, |file| exec_file(file, args)),
    }
}

/// Checks that a program is a file of bytes.
fn check(name: &str) -> Result<(), Errno> {
    if name.is_empty() {
        return Err(Errno::ENOENT);
    }
    match fs::stat(&path_of(name))?.kind {
        FileKind::File => Ok(()),
        _ => Err(Errno::EACCES),
    }
}

/// Replaces this program by the one in an ELF file. Returns only if that fails; then nothing has changed.
pub fn exec_file(file: &[u8], args: &[&str]) -> Errno {
    let path = args.first().copied().unwrap_or("");
    let name = path.rsplit('/').next().unwrap_or(path);
    match Image::parse(file) {
        Ok(image) => exec::exec(&image, args, keeps_archive(name), encode(name)),
        Err(e) => e,
    }
}

/// Starts a program as a child of this process. ENOENT if there is no such program; what else may go wrong in the child
/// is reported there and shows in its status.
pub fn spawn(args: &[&str]) -> Result<u64, Errno> {
    let &name = args.first().ok_or(Errno::ENOENT)?;
    check(name).or_else(|e| in_archive(name, e).map(|_| ()))?;
    let pid = fork(keeps_archive(name) || !fs::is_there())?;
    if pid == 0 {
        let e = exec_program(args);
        eprintln!("{name}: {e}");
        exit(status::NOT_STARTED);
    }
    Ok(pid)
}

#[cfg(test)]
#[path = "programs_tests.rs"]
mod tests;
