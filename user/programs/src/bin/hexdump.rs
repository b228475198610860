//! `hexdump [FILE...]`: shows files, or its input, byte by byte.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::hex::Dump;
use lv6_ulib::input::{each, pieces};
use lv6_ulib::{Args, cli, println};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    let files = match cli::operands(args, usize::MAX, " [FILE...]") {
        Ok(files) => files,
        Err(code) => return code,
    };
    let mut dump = Dump::default();
    let result = each(&files, |_, file| {
        pieces(file, |piece| {
            dump.feed(piece, |line| println!("{line}"));
            Ok(())
        })
    });
    dump.finish(|line| println!("{line}"));
    result
}
