//! `fsload SEED DONE`: makes changes in the folder /load for ever, from the one after DONE on, and says each time which
//! is the last one that is on the disk. For tests that stop the machine meanwhile: [`lv6_fs::workload`] knows the changes.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::format;

use lv6_fs::workload::{Change, Workload};
use lv6_ulib::fs::{self, OpenOptions};
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli, println};

lv6_ulib::program!(program);

const USAGE: &str = " SEED DONE";
/// Where the changes are made.
const TOP: &str = "/load";

fn program(args: Args) -> u8 {
    let operands = match cli::operands(args, 2, USAGE) {
        Ok(operands) => operands,
        Err(code) => return code,
    };
    let numbers = operands.iter().map(|text| text.parse().map_err(|_| *text));
    match numbers.collect::<Result<alloc::vec::Vec<u64>, _>>() {
        Ok(numbers) => match numbers[..] {
            [seed, done] => {
                let Err(e) = run(Workload::after(seed, done));
                println!("fsload: {e}");
                status::FAILED
            }
            _ => cli::refuse(args, "missing argument", "SEED and DONE", USAGE),
        },
        Err(text) => cli::refuse(args, "not a number", text, USAGE),
    }
}

/// Goes on with a workload until something fails.
fn run(mut workload: Workload) -> Result<core::convert::Infallible, Errno> {
    match fs::make_dir(TOP) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(e) => return Err(e),
    }
    loop {
        // Some changes together, some alone.
        for _ in 0..1 + workload.done % 5 {
            make(&workload.step())?;
        }
        fs::sync()?;
        println!("synced {}", workload.done);
    }
}

fn make(change: &Change) -> Result<(), Errno> {
    let at = |path: &str| format!("{TOP}/{path}");
    let write = |path| OpenOptions::new().write(true).open(path);
    match change {
        Change::MakeDir(path) => fs::make_dir(&at(path)),
        Change::RemoveDir(path) => fs::remove_dir(&at(path)),
        Change::Unlink(path) => fs::unlink(&at(path)),
        Change::Rename(path, new_path) => fs::rename(&at(path), &at(new_path)),
        Change::Create(path) => OpenOptions::new().write(true).create_new(true).open(&at(path)).map(drop),
        Change::Truncate(path, size) => write(&at(path))?.truncate(*size),
        Change::Write(path, offset, bytes) => match write(&at(path))?.pwrite(bytes, *offset)? {
            len if len == bytes.len() => Ok(()),
            _ => Err(Errno::EIO),
        },
    }
}
