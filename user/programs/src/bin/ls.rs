//! `ls [PATH...]`: lists directories and files: name, type (1 directory, 2 file, 3 device), number and size.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::format;

use lv6_ulib::fs::{self, FileKind, Stat};
use lv6_ulib::input::complain;
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli, println};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    let mut paths = match cli::operands(args, usize::MAX, " [PATH...]") {
        Ok(paths) => paths,
        Err(code) => return code,
    };
    if paths.is_empty() {
        paths.push(".");
    }
    let several = paths.len() > 1;
    let mut result = status::OK;
    for path in paths {
        if let Err(e) = list(path, several) {
            result = complain(path, e);
        }
    }
    result
}

/// Lists one path; a directory after its own name if it is one of several.
fn list(path: &str, several: bool) -> Result<(), Errno> {
    let stat = fs::stat(path)?;
    if stat.kind != FileKind::Directory {
        show(path, &stat);
        return Ok(());
    }
    if several {
        println!("{path}:");
    }
    let mut entries = fs::read_dir(path)?;
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    for entry in entries {
        match fs::stat(&format!("{path}/{}", entry.name)) {
            Ok(stat) => show(&entry.name, &stat),
            // Somebody has removed it meanwhile.
            Err(Errno::ENOENT) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn show(name: &str, stat: &Stat) {
    println!("{name:<15} {} {} {}", stat.kind.code(), stat.inode, stat.size);
}
