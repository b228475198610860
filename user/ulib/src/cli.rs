//! Command-line arguments of the programs: `--help`, options that do not exist, too many operands.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::fs::{self, FileKind};
use crate::process::status;
use crate::sys::entry::Args;
use crate::{eprint, println};

/// What to do with the arguments of a program.
#[derive(Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// Run with these operands, and with these of the options that the program knows.
    Run(Vec<&'a str>, Vec<&'a str>),
    /// Say how the program is used.
    Help,
    /// Refuse, because of this.
    Refuse(&'static str, &'a str),
}

/// Sorts out the arguments after the program's name, of which at most `most` may be operands. What follows `--` is no
/// option.
pub fn classify<'a>(args: impl Iterator<Item = &'a str>, most: usize, known: &[&str]) -> Request<'a> {
    let mut operands = Vec::new();
    let mut found = Vec::new();
    let mut options = true;
    for arg in args {
        match arg {
            "--" if options => options = false,
            "--help" if options => return Request::Help,
            _ if options && known.contains(&arg) => found.push(arg),
            _ if options && arg.len() > 1 && arg.starts_with('-') => return Request::Refuse("unknown option", arg),
            _ if operands.len() == most => return Request::Refuse("unexpected argument", arg),
            _ => operands.push(arg),
        }
    }
    Request::Run(operands, found)
}

/// The operands of a program, at most `most`; or the status to exit with when there is nothing else to do. `usage` is
/// what follows "usage: " and the program's name.
pub fn operands(args: Args, most: usize, usage: &str) -> Result<Vec<&'static str>, u8> {
    parse(args, most, usage, &[]).map(|(operands, _)| operands)
}

/// What the user has chosen: operands, and options.
pub type Choice = (Vec<&'static str>, Vec<&'static str>);

/// As [`operands`], for a program that knows some options.
pub fn parse(args: Args, most: usize, usage: &str, known: &[&str]) -> Result<Choice, u8> {
    match classify(args.rest(), most, known) {
        Request::Run(operands, options) => Ok((operands, options)),
        Request::Help => {
            println!("usage: {}{usage}", args.program());
            Err(status::OK)
        }
        Request::Refuse(why, arg) => Err(refuse(args, why, arg, usage)),
    }
}

/// For a program that is called with paths and, at the end, where what they name goes: does `work` for each pair of them,
/// given the program's options, too. Returns the status for the program, the last that was not 0.
pub fn each_pair(args: Args, usage: &str, known: &[&str], mut work: impl FnMut(&str, &str, &[&str]) -> u8) -> u8 {
    let found = parse(args, usize::MAX, usage, known)
        .and_then(|(paths, options)| pairs(args, &paths, usage).map(|pairs| (pairs, options)));
    match found {
        Ok((pairs, options)) => pairs.iter().fold(status::OK, |result, (from, to)| match work(from, to, &options) {
            status::OK => result,
            failed => failed,
        }),
        Err(code) => code,
    }
}

/// Pairs each path but the last with where it goes: the last one, or if that is a directory, a name in it. Several paths
/// can only go into a directory.
fn pairs<'a>(args: Args, paths: &[&'a str], usage: &str) -> Result<Vec<(&'a str, String)>, u8> {
    let (&to, from) = match paths.split_last() {
        Some((to, from)) if !from.is_empty() => (to, from),
        _ => return Err(refuse(args, "two paths are needed, not", paths.first().unwrap_or(&"none"), usage)),
    };
    let is_directory = fs::stat(to).is_ok_and(|stat| stat.kind == FileKind::Directory);
    if !is_directory && from.len() > 1 {
        return Err(refuse(args, "not a directory", to, usage));
    }
    Ok(from.iter().map(|path| (*path, if is_directory { below(to, path) } else { String::from(to) })).collect())
}

/// The path that a file has when it is put into a directory.
fn below(directory: &str, path: &str) -> String {
    let path = path.trim_end_matches('/');
    format!("{}/{}", directory.trim_end_matches('/'), path.rsplit('/').next().unwrap_or(path))
}

/// Says why the arguments do not make sense, with the one that is wrong, if it is one, and how the program is used.
/// Returns the exit status.
pub fn refuse(args: Args, why: &str, arg: &str, usage: &str) -> u8 {
    let colon = if arg.is_empty() { "" } else { ": " };
    eprint!("{0}: {why}{colon}{arg}\nusage: {0}{usage}\n", args.program());
    status::USAGE
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    fn sort(args: &[&'static str], most: usize) -> Request<'static> {
        classify(args.iter().copied(), most, &["--all"])
    }

    #[test]
    fn files_keep_their_names_in_a_directory() {
        assert_eq!(below("d", "a/b"), "d/b");
        assert_eq!(below("/", "a/"), "/a");
    }

    #[test]
    fn operands_and_options_are_told_apart() {
        assert_eq!(sort(&[], 0), Request::Run(vec![], vec![]));
        assert_eq!(sort(&["3", "-"], 2), Request::Run(vec!["3", "-"], vec![]));
        assert_eq!(sort(&["--", "-x", "--help"], 2), Request::Run(vec!["-x", "--help"], vec![]));
        assert_eq!(sort(&["a", "--help"], 1), Request::Help);
        assert_eq!(sort(&["a", "--all"], 1), Request::Run(vec!["a"], vec!["--all"]));
        assert_eq!(sort(&["--", "--all"], 1), Request::Run(vec!["--all"], vec![]));
        assert_eq!(sort(&["-x"], 1), Request::Refuse("unknown option", "-x"));
        assert_eq!(sort(&["a", "b"], 1), Request::Refuse("unexpected argument", "b"));
    }
}
