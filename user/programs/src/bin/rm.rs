//! `rm [-r] [-f] PATH...`: removes files, and with `-r` directories with all that is in them.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::format;

use lv6_ulib::fs::{self, FileKind};
use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli};

lv6_ulib::program!(program);

const USAGE: &str = " [-r] [-f] PATH...
  -r  directories, too, with all that is in them
  -f  a path that does not exist is no error";

fn program(args: Args) -> u8 {
    let (paths, options) = match cli::parse(args, usize::MAX, USAGE, &["-r", "-f"]) {
        Ok(choice) => choice,
        Err(code) => return code,
    };
    let forced = options.contains(&"-f");
    if paths.is_empty() && !forced {
        return cli::refuse(args, "no path", "", USAGE);
    }
    let mut result = status::OK;
    for path in paths {
        let removed = if options.contains(&"-r") {
            refuse_by_mistake(path).and_then(|()| remove_all(path))
        } else {
            fs::unlink(path)
        };
        match removed {
            Err(Errno::ENOENT) if forced => {}
            Err(e) => result = complain(path, e),
            Ok(()) => {}
        }
    }
    result
}

/// EBUSY for the root, EINVAL for `.` and `..`: nobody means to remove all that is there.
fn refuse_by_mistake(path: &str) -> Result<(), Errno> {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match fs::stat(path)?.inode == fs::stat("/")?.inode {
        true => Err(Errno::EBUSY),
        false if [".", ".."].contains(&name) => Err(Errno::EINVAL),
        false => Ok(()),
    }
}

/// Removes whatever is there.
fn remove_all(path: &str) -> Result<(), Errno> {
    if fs::stat(path)?.kind != FileKind::Directory {
        return fs::unlink(path);
    }
    for entry in fs::read_dir(path)? {
        remove_all(&format!("{path}/{}", entry.name))?;
    }
    fs::remove_dir(path)
}
