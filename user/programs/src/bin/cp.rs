//! `cp [-r] FROM... TO`: copies files, and with `-r` directories with all that is in them; several go into a directory.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;

use lv6_ulib::fs::{self, FileKind, Stat};
use lv6_ulib::input::{complain, pieces};
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli, eprintln};

lv6_ulib::program!(program);

const USAGE: &str = " [-r] FROM... TO
  -r  directories, too, with all that is in them";

fn program(args: Args) -> u8 {
    cli::each_pair(args, USAGE, &["-r"], |from, to, options| match fs::stat(from) {
        Err(e) => complain(from, e),
        Ok(stat) if !options.is_empty() => copy_all(from, &stat, to),
        Ok(stat) if stat.kind == FileKind::Directory => complain(from, Errno::EISDIR),
        Ok(stat) => status_of(copy_bytes(from, &stat, to)),
    })
}

/// Says what could not be done with which path, if anything. Returns the status for that.
fn status_of(result: Result<(), (&str, Errno)>) -> u8 {
    result.map_or_else(|(path, e)| complain(path, e), |()| status::OK)
}

/// Copies whatever is there. What cannot be copied does not keep the rest from being.
fn copy_all(from: &str, stat: &Stat, to: &str) -> u8 {
    match stat.kind {
        FileKind::Directory => copy_directory(from, stat, to),
        FileKind::Device => status_of(fs::make_device(to, stat.major, stat.minor).map_err(|e| (to, e))),
        FileKind::File | FileKind::Pipe => status_of(copy_bytes(from, stat, to)),
    }
}

/// Copies a directory; into one that exists, what is in it.
fn copy_directory(from: &str, stat: &Stat, to: &str) -> u8 {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(e) => return complain(from, e),
    };
    match is_inside(stat.inode, to) {
        Ok(false) => {}
        Ok(true) => {
            eprintln!("cp: {to}: {from} cannot be copied into itself");
            return status::FAILED;
        }
        Err(e) => return complain(to, e),
    }
    if let Err(e) = make_dir(to) {
        return complain(to, e);
    }
    entries.iter().fold(status::OK, |result, entry| {
        let (from, to) = (format!("{from}/{}", entry.name), format!("{to}/{}", entry.name));
        match fs::stat(&from).map_or_else(|e| complain(&from, e), |stat| copy_all(&from, &stat, &to)) {
            status::OK => result,
            failed => failed,
        }
    })
}

/// Makes a directory unless it is there.
fn make_dir(path: &str) -> Result<(), Errno> {
    match fs::make_dir(path) {
        Err(Errno::EEXIST) if fs::stat(path)?.kind == FileKind::Directory => Ok(()),
        Err(Errno::EEXIST) => Err(Errno::ENOTDIR),
        result => result,
    }
}

/// Whether a path is that of a directory, or leads into it.
fn is_inside(inode: u64, path: &str) -> Result<bool, Errno> {
    let path = path.trim_end_matches('/');
    let mut above = match (fs::stat(path), path.rsplit_once('/')) {
        (Ok(_), _) => String::from(path),
        (Err(_), Some((parent, _))) => format!("{parent}/"),
        (Err(_), None) => String::from("."),
    };
    let mut last = 0;
    loop {
        match fs::stat(&above)?.inode {
            found if found == inode => return Ok(true),
            // The root is above itself.
            found if found == last => return Ok(false),
            found => last = found,
        }
        above.push_str("/..");
    }
}

/// Copies the bytes of one file. An error comes with the path that it is about.
fn copy_bytes<'a>(from: &'a str, stat: &Stat, to: &'a str) -> Result<(), (&'a str, Errno)> {
    // To empty the target would be to lose the source.
    if stat.kind == FileKind::File && fs::stat(to).is_ok_and(|other| other.inode == stat.inode) {
        return Err((to, Errno::EEXIST));
    }
    let source = fs::open(from).map_err(|e| (from, e))?;
    let target = fs::create(to).map_err(|e| (to, e))?;
    let mut written = Ok(());
    let read = pieces(&source, |piece| {
        written = target.write_all(piece);
        written
    });
    written.map_err(|e| (to, e))?;
    read.map_err(|e| (from, e))
}
