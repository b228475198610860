//! `cpio`: extracts the archive that it reads, in the old binary format, and lists size and name of what is in it.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::cpio::{Entry, Kind, next};
use lv6_ulib::fs::{self, FileKind, stdin};
use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli, eprintln, println};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    if let Err(code) = cli::operands(args, 0, " <ARCHIVE") {
        return code;
    }
    let archive = match stdin().read_to_end() {
        Ok(archive) => archive,
        Err(e) => return complain("input", e),
    };
    let mut rest = &archive[..];
    let mut result = status::OK;
    loop {
        match next(rest) {
            Ok(Some((entry, after))) => {
                println!("{} {}", entry.data.len(), entry.path);
                if let Err(e) = extract(&entry) {
                    result = complain(entry.path, e);
                }
                rest = after;
            }
            Ok(None) => return result,
            Err(_) => {
                eprintln!("cpio: at byte {}: not an archive in the old binary format", archive.len() - rest.len());
                return status::FAILED;
            }
        }
    }
}

/// Makes what an entry describes, below the current directory.
fn extract(entry: &Entry) -> Result<(), Errno> {
    let path = entry.path_below().ok_or(Errno::EACCES)?;
    let is_directory = |path: &str| fs::stat(path).is_ok_and(|stat| stat.kind == FileKind::Directory);
    let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    let own = (entry.kind == Kind::Directory).then_some(path);
    for folder in folders.chain(own).filter(|folder| !is_directory(folder)) {
        fs::make_dir(folder)?;
    }
    match entry.kind {
        Kind::Directory => Ok(()),
        Kind::File => fs::write_all(path, entry.data),
        Kind::Other => Err(Errno::EINVAL),
    }
}
