//! `head [-n LINES] [FILE...]`: shows the first lines, ten unless told otherwise.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::fs::File;
use lv6_ulib::input::{Lines, each, output};
use lv6_ulib::{Args, Errno, cli};

lv6_ulib::program!(program);

const USAGE: &str = " [-n LINES] [FILE...]";

fn program(args: Args) -> u8 {
    let (operands, options) = match cli::parse(args, usize::MAX, USAGE, &["-n"]) {
        Ok(choice) => choice,
        Err(code) => return code,
    };
    let (most, files) = match (&options[..], operands.split_first()) {
        ([], _) => (10, &operands[..]),
        ([_], Some((number, files))) => match number.parse() {
            Ok(most) => (most, files),
            Err(_) => return cli::refuse(args, "not a number of lines", number, USAGE),
        },
        _ => return cli::refuse(args, "no number after", "-n", USAGE),
    };
    each(files, |_, file| head(file, most))
}

/// Shows at most so many lines, and reads no more than it takes to find them.
fn head(file: &File, most: u64) -> Result<(), Errno> {
    let mut lines = Lines::default();
    let mut left = most;
    let mut buffer = [0; 4096];
    while left > 0 {
        let len = file.read(&mut buffer)?;
        if len == 0 {
            return lines.finish().map_or(Ok(()), |line| output(&line));
        }
        let mut result = Ok(());
        lines.feed(&buffer[..len], |line| {
            left -= 1;
            result = output(line).and_then(|()| output(b"\n"));
            left > 0 && result.is_ok()
        });
        result?;
    }
    Ok(())
}
