//! `cat [FILE...]`: writes files, or its input, to its output.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::input::{each, output, pieces};
use lv6_ulib::{Args, cli};

lv6_ulib::program!(program);

fn program(args: Args) -> u8 {
    match cli::operands(args, usize::MAX, " [FILE...]") {
        Ok(files) => each(&files, |_, file| pieces(file, output)),
        Err(code) => code,
    }
}
