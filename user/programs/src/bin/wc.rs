//! `wc [FILE...]`: counts lines, words and bytes.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

use lv6_ulib::input::{STDIN, each, pieces};
use lv6_ulib::{Args, cli, println};

lv6_ulib::program!(program);

/// What was counted.
#[derive(Clone, Copy, Default)]
struct Counts {
    lines: u64,
    words: u64,
    bytes: u64,
    in_word: bool,
}

impl Counts {
    fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            let blank = byte.is_ascii_whitespace();
            self.words += u64::from(!blank && !self.in_word);
            self.in_word = !blank;
            self.lines += u64::from(*byte == b'\n');
        }
        self.bytes += piece.len() as u64;
    }

    fn show(&self, name: &str) {
        let gap = if name.is_empty() { "" } else { " " };
        println!("{} {} {}{gap}{name}", self.lines, self.words, self.bytes);
    }
}

fn program(args: Args) -> u8 {
    let files = match cli::operands(args, usize::MAX, " [FILE...]") {
        Ok(files) => files,
        Err(code) => return code,
    };
    let mut total = Counts::default();
    let result = each(&files, |path, file| {
        let mut counts = Counts::default();
        pieces(file, |piece| {
            counts.add(piece);
            Ok(())
        })?;
        counts.show(if path == STDIN { "" } else { path });
        total.lines += counts.lines;
        total.words += counts.words;
        total.bytes += counts.bytes;
        Ok(())
    });
    if files.len() > 1 {
        total.show("total");
    }
    result
}
