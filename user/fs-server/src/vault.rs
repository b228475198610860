//! Where the server keeps its descriptors.
//!
//! A process has only a few descriptors. When those of the server are used up, it makes another process that never
//! runs, only to have its descriptors too: as its parent, the server can put descriptors there.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use lv6_abi::limits::NOFILE;
use lv6_kernel::state::{FileType, ProcState};
use lv6_ulib::process::getpid;
use lv6_ulib::sys::tables::{file, proc};
use lv6_ulib::sys::{call, fork};
use lv6_ulib::{Errno, files};

use crate::kernel::Kernel;

/// The descriptor at which a new file is made, and from which it is sent.
pub const NEW: u64 = NOFILE as u64 - 1;
/// The descriptor of a file without a meaning, which takes the place of one that is given up where it cannot be closed.
const BLANK: u64 = NOFILE as u64 - 2;
/// The first descriptor to keep files at; those before it stay free, since what this process prints would go there.
const FIRST: u64 = 3;

/// A place for a descriptor: a process, and its descriptor.
type Place = (u64, u64);

/// The descriptors of the server.
#[derive(Default)]
pub struct Vault {
    /// Where the files are, by number.
    places: BTreeMap<u64, Place>,
    /// Places that are free.
    free: Vec<Place>,
    /// Whether the server's own places were added to the free ones.
    started: bool,
}

impl Vault {
    /// A free place; a new process has many.
    fn place(&mut self) -> Result<Place, Errno> {
        if !self.started {
            self.started = true;
            self.free.extend((FIRST..BLANK).rev().map(|fd| (getpid(), fd)));
        }
        if let Some(place) = self.free.pop() {
            return Ok(place);
        }
        if files::number(BLANK).is_none() {
            files::create_at(BLANK, FileType::Socket, 0, 0)?;
        }
        let pid = fork::embryo()?;
        self.free.extend((0..NOFILE as u64).rev().map(|fd| (pid, fd)));
        self.free.pop().ok_or(Errno::ENFILE)
    }

    /// Closes the descriptor of the file that was made last, when it was sent or nobody wanted it.
    pub fn close_new(&mut self) {
        if files::number(NEW).is_some() {
            let _ = files::close(NEW);
        }
    }

    /// Empties a place.
    fn empty(&mut self, place: Place) {
        let (pid, fd) = place;
        let done = if pid == getpid() { files::close(fd) } else { call::dup2(BLANK, pid, fd) };
        // Somebody has killed the process; then its places are gone.
        if done.is_ok() {
            self.free.push(place);
        }
    }
}

impl Kernel for Vault {
    fn file_at(&self, client: u64, fd: u64) -> Option<u64> {
        proc(client).ofile.get(usize::try_from(fd).ok()?).copied().filter(|&number| number != 0)
    }

    fn create(&mut self, kind: FileType, value: u64, flags: u64) -> Result<u64, Errno> {
        self.close_new();
        files::create_at(NEW, kind, value, flags).map_err(|_| Errno::ENFILE)?;
        let number = files::number(NEW).ok_or(Errno::ENFILE)?;
        let kept = self.place().and_then(|place| call::dup2(NEW, place.0, place.1).map(|()| place));
        match kept {
            Ok(place) => {
                self.places.insert(number, place);
                Ok(number)
            }
            Err(_) => {
                self.close_new();
                Err(Errno::ENFILE)
            }
        }
    }

    fn is_in_use(&self, number: u64) -> bool {
        let Some(&(pid, fd)) = self.places.get(&number) else { return false };
        let holder = proc(pid);
        let holds = pid == getpid() || holder.state.is(ProcState::Embryo) && holder.ppid == getpid();
        holds && holder.ofile[fd as usize] == number && file(number).refcnt > 1
    }

    fn release(&mut self, number: u64) {
        if let Some(place) = self.places.remove(&number) {
            self.empty(place);
        }
    }
}
