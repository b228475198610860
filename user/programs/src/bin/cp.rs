//! `cp FROM... TO`: copies files; several go into a directory.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::cli::into;
use lv6_ulib::fs;
use lv6_ulib::input::{complain, pieces};
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli};

lv6_ulib::program!(program);

const USAGE: &str = " FROM... TO";

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, usize::MAX, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let targets = match into(args, &operands, USAGE) {
        Ok(targets) => targets,
        Err(code) => return code,
    };
    let mut result = status::OK;
    for (from, to) in targets {
        if let Err((what, e)) = copy(from, &to) {
            result = complain(what, e);
        }
    }
    result
}

/// Copies one file. An error comes with the path that it is about.
fn copy<'a>(from: &'a str, to: &'a str) -> Result<(), (&'a str, Errno)> {
    let source = fs::open(from).map_err(|e| (from, e))?;
    let stat = source.stat().map_err(|e| (from, e))?;
    if stat.kind == fs::FileKind::Directory {
        return Err((from, Errno::EISDIR));
    }
    // To empty the target would be to lose the source.
    if stat.kind == fs::FileKind::File && fs::stat(to).is_ok_and(|other| other.inode == stat.inode) {
        return Err((to, Errno::EEXIST));
    }
    let target = fs::create(to).map_err(|e| (to, e))?;
    let mut written = Ok(());
    let read = pieces(&source, |piece| {
        written = target.write_all(piece);
        written
    });
    written.map_err(|e| (to, e))?;
    read.map_err(|e| (from, e))
}
