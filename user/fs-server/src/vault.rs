//! Where the server keeps its descriptors.
//!
//! A process has only a few descriptors. When those of the server are used up, it makes another process that never
//! runs, only to have its descriptors too: as its parent, the server can put descriptors there. It buries the process
//! when all of them are free again.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use lv6_abi::limits::NOFILE;
use lv6_kernel::state::{FileType, ProcState};
use lv6_ulib::process::{bury, getpid, kill, try_wait};
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
        while let Some(place) = self.free.pop() {
            if is_holder(place.0) {
                return Ok(place);
            }
        }
        // Somebody may have killed one that was there for descriptors.
        while try_wait()?.is_some() {}
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

    /// Empties a place, and gives up its process if that has nothing else.
    fn empty(&mut self, place: Place) {
        let (pid, fd) = place;
        let done = if pid == getpid() { files::close(fd) } else { call::dup2(BLANK, pid, fd) };
        if done.is_ok() {
            self.free.push(place);
        }
        if pid != getpid() && self.free.iter().filter(|(holder, _)| *holder == pid).count() == NOFILE {
            self.free.retain(|(holder, _)| *holder != pid);
            // It is this process's child and never runs, so nothing stops these.
            let _ = kill(pid).and_then(|()| bury(pid));
        }
    }
}

/// Whether a process is the server, or one that has descriptors for it: nobody has killed it.
fn is_holder(pid: u64) -> bool {
    let holder = proc(pid);
    pid == getpid() || holder.state.is(ProcState::Embryo) && holder.ppid == getpid()
}

/// Whether a place has a file.
fn holds(place: Place, number: u64) -> bool {
    is_holder(place.0) && proc(place.0).ofile[place.1 as usize] == number
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
        self.places.get(&number).is_some_and(|&place| holds(place, number)) && file(number).refcnt > 1
    }

    fn release(&mut self, number: u64) {
        // If somebody has killed the place's process, another may have its pid by now.
        if let Some(place) = self.places.remove(&number)
            && holds(place, number)
        {
            self.empty(place);
        }
    }
}
