//! Files in place of the input and output of a command.

use alloc::string::String;
use alloc::vec::Vec;

use lv6_shell::expand::fields;
use lv6_shell::parser::duplicated;
use lv6_shell::syntax::{Redirect, RedirectKind};
use lv6_ulib::fs::{File, OpenOptions};
use lv6_ulib::process::status;
use lv6_ulib::{Errno, eprintln, files};

use crate::shell::{Shell, redirect_to};

/// Descriptors that were replaced for a while: which, and a copy of what it was, if it was in use.
#[derive(Default)]
pub struct Saved(Vec<(u64, Option<File>)>);

impl Saved {
    /// Puts the descriptors back, the one that was replaced last first.
    pub fn restore(self) {
        for (fd, file) in self.0.into_iter().rev() {
            // What can be opened can be closed and copied.
            let _ = match file {
                Some(file) => files::dup_to(file.fd(), fd),
                None => files::close(fd),
            };
        }
    }
}

impl Shell {
    /// Opens files in place of the descriptors of this process. Complains, and returns the status, if that fails.
    pub fn redirect_for_good(&self, redirects: &[Redirect]) -> Result<(), u8> {
        redirects.iter().try_for_each(|redirect| self.redirect(redirect))
    }

    /// As [`Shell::redirect_for_good`], and remembers what was there.
    pub fn redirect_for_now(&self, redirects: &[Redirect]) -> Result<Saved, u8> {
        let mut saved = Saved::default();
        for redirect in redirects {
            let result = save(redirect.fd).map(|file| saved.0.push((redirect.fd, file)));
            let result = result.map_err(|e| complain("redirection", e)).and_then(|()| self.redirect(redirect));
            if let Err(status) = result {
                saved.restore();
                return Err(status);
            }
        }
        Ok(saved)
    }

    fn redirect(&self, redirect: &Redirect) -> Result<(), u8> {
        let Redirect { fd, kind, target } = redirect;
        if let (RedirectKind::Duplicate, Some(from)) = (kind, duplicated(target)) {
            let result = if from == *fd { Ok(()) } else { files::dup_to(from, *fd) };
            return result.map_err(|e| complain(&alloc::format!("{from}"), e));
        }
        let names = fields(target, self);
        let [path] = &names[..] else {
            eprintln!("sh: {} words where one file is wanted: {}", names.len(), names.join(" "));
            return Err(status::FAILED);
        };
        let options = OpenOptions::new();
        let options = match kind {
            RedirectKind::Write => options.write(true).create(true).truncate(true),
            RedirectKind::Append => options.append(true).create(true),
            RedirectKind::Read | RedirectKind::Duplicate => options.read(true),
        };
        let opened = options.open(path).and_then(|file| {
            redirect_to(&file, *fd)?;
            // The descriptor is in use now, under one number or the other.
            let _: u64 = file.into_fd();
            Ok(())
        });
        opened.map_err(|e| complain(path, e))
    }
}

/// A copy of a descriptor, with a number that no redirection names; none if it is not in use.
fn save(fd: u64) -> Result<Option<File>, Errno> {
    /// The first such number.
    const FIRST: u64 = 10;
    if files::number(fd).is_none() {
        return Ok(None);
    }
    let free = (FIRST..lv6_ulib::fs::CURRENT_DIR).find(|&free| files::number(free).is_none()).ok_or(Errno::EMFILE)?;
    files::dup_to(fd, free).map(|()| Some(File::from_fd(free)))
}

fn complain(what: &str, e: Errno) -> u8 {
    let what: String = what.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    eprintln!("sh: {what}: {e}");
    status::FAILED
}
