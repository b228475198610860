//! `mkdir [-p] DIR...`: makes directories.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::fs::{self, FileKind};
use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli};

lv6_ulib::program!(program);

const USAGE: &str = " [-p] DIR...
  -p  those on the way to it, too; one that exists is no error";

fn program(args: Args) -> u8 {
    let (dirs, options) = match cli::parse(args, usize::MAX, USAGE, &["-p"]) {
        Ok(choice) => choice,
        Err(code) => return code,
    };
    if dirs.is_empty() {
        return cli::refuse(args, "no directory", "", USAGE);
    }
    let mut result = status::OK;
    for dir in dirs {
        let made = if options.is_empty() { fs::make_dir(dir) } else { make_all(dir) };
        if let Err(e) = made {
            result = complain(dir, e);
        }
    }
    result
}

/// Makes a directory, and before that those that it is to be in.
fn make_all(path: &str) -> Result<(), Errno> {
    let ends = path.match_indices('/').map(|(at, _)| at).filter(|&at| at > 0).chain([path.len()]);
    for end in ends {
        match fs::make_dir(&path[..end]) {
            Err(Errno::EEXIST) if fs::stat(&path[..end])?.kind == FileKind::Directory => {}
            result => result?,
        }
    }
    Ok(())
}
