//! `grep [-i] [-v] [-n] [-c] PATTERN [FILE...]`: prints the lines that a regular expression matches. Status 0 if there are any, 1 if there
//! are none, 2 if something is wrong.
#![cfg_attr(target_os = "none", no_main)]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;

use alloc::format;

use lv6_ulib::input::{Lines, each, output, pieces};
use lv6_ulib::process::status;
use lv6_ulib::{Args, Errno, cli, fs::File};
use regex_automata::nfa::thompson::pikevm::{Cache, PikeVM};
use regex_automata::util::syntax;

lv6_ulib::program!(program);

const USAGE: &str = " [-i] [-v] [-n] [-c] PATTERN [FILE...]
  -i  capitals match small letters   -v  the lines that do not match
  -n  with their numbers             -c  only how many there are";

/// What is wrong.
const TROUBLE: u8 = 2;

fn program(args: Args) -> u8 {
    let (operands, options) = match cli::parse(args, usize::MAX, USAGE, &["-i", "-v", "-n", "-c"]) {
        Ok(choice) => choice,
        Err(code) => return code,
    };
    let Some((pattern, files)) = operands.split_first() else {
        return cli::refuse(args, "no pattern", "", USAGE);
    };
    let has = |option| options.contains(&option);
    // Files need not be text, so the expression is about bytes.
    let config = syntax::Config::new().unicode(false).utf8(false).case_insensitive(has("-i"));
    let Ok(regex) = PikeVM::builder().syntax(config).build(pattern) else {
        return cli::refuse(args, "not a regular expression", pattern, USAGE);
    };
    let mut search = Search {
        cache: regex.create_cache(),
        regex,
        inverted: has("-v"),
        numbered: has("-n"),
        counted: has("-c"),
        named: files.len() > 1,
        found: false,
    };
    let result = each(files, |path, file| search.file(path, file));
    match (result, search.found) {
        (status::OK, true) => status::OK,
        (status::OK, false) => status::FAILED,
        _ => TROUBLE,
    }
}

/// What is searched for.
struct Search {
    regex: PikeVM,
    cache: Cache,
    inverted: bool,
    numbered: bool,
    counted: bool,
    /// Whether lines are shown with the names of their files.
    named: bool,
    /// Whether a line was found, in any file.
    found: bool,
}

impl Search {
    fn file(&mut self, path: &str, file: &File) -> Result<(), Errno> {
        let mut lines = Lines::default();
        let (mut number, mut count) = (0, 0);
        let mut result = Ok(());
        pieces(file, |piece| {
            lines.feed(piece, |line| {
                number += 1;
                result = self.line(path, number, line, &mut count);
                result.is_ok()
            });
            result
        })?;
        if let Some(line) = lines.finish() {
            self.line(path, number + 1, &line, &mut count)?;
        }
        if self.counted {
            let (name, colon) = if self.named { (path, ":") } else { ("", "") };
            output(format!("{name}{colon}{count}\n").as_bytes())?;
        }
        Ok(())
    }

    fn line(&mut self, path: &str, number: u64, line: &[u8], count: &mut u64) -> Result<(), Errno> {
        if self.regex.is_match(&mut self.cache, line) == self.inverted {
            return Ok(());
        }
        self.found = true;
        *count += 1;
        if self.counted {
            return Ok(());
        }
        let mut text = alloc::vec::Vec::new();
        if self.named {
            text.extend_from_slice(format!("{path}:").as_bytes());
        }
        if self.numbered {
            text.extend_from_slice(format!("{number}:").as_bytes());
        }
        text.extend_from_slice(line);
        text.push(b'\n');
        output(&text)
    }
}
