//! Killing processes that are not one's own children.
//!
//! The kernel lets a process be killed by itself, its parent and init. So init kills for others, if the two belong
//! together: every process comes from a child of init, which is a shell at the console or the one program that the
//! machine runs, and whatever comes of one such child may have anything killed that comes of it, the child included. The
//! file server is a child of init by itself, so nobody can have it killed.
//!
//! Init never sleeps, so no message reaches it. Who asks puts the pid into its own name ([`process_name`]) and sleeps;
//! init looks at the names when it looks for the dead, and wakes the asker with the result.

use lv6_abi::limits::{INIT_PID, NPROC};
use lv6_kernel::state::ProcState;

use crate::errno::Errno;
use crate::message::{MessagePage, recv, send};
use crate::process::{is_alive, kill, me, pids, set_name_words, yield_now};
use crate::process_name::{asked_to_kill, asking_to_kill};
use crate::sys::tables::proc;

/// Kills a process, or has init kill it. ESRCH if there is none; EACCES if it does not belong to this one.
pub fn kill_related(pid: u64) -> Result<(), Errno> {
    if !is_living(pid) {
        return Err(Errno::ESRCH);
    }
    match kill(pid) {
        Err(Errno::EACCES) => ask(pid),
        result => result,
    }
}

/// Asks init to kill a process.
fn ask(pid: u64) -> Result<(), Errno> {
    let name = me().name;
    let mut page = MessagePage::new();
    set_name_words(asking_to_kill(name, pid));
    let result = loop {
        match recv(&mut page, None) {
            Ok(message) if message.from == INIT_PID => break Errno::check(message.value).map(|_| ()),
            // Somebody else has woken this process, and init may have found nobody to wake.
            Ok(_) if !is_alive(pid) => break Ok(()),
            Ok(_) => {}
            // Nobody else can run, or an interrupt is pending that is not for here.
            Err(Errno::EAGAIN) => yield_now(),
            Err(e) => break Err(e),
        }
    };
    set_name_words(name);
    result
}

/// For init: kills whom processes ask for, if it may, and tells them.
pub fn carry_out_requests(page: &MessagePage) {
    for asker in pids().filter(|&pid| proc(pid).state.is(ProcState::Sleeping)) {
        if let Some(pid) = asked_to_kill(proc(asker).name) {
            // Who is not waiting for this does not get it.
            let _ = send(asker, Errno::pack(carry_out(asker, pid).map(|()| 0)), page, 0, None);
        }
    }
}

fn carry_out(asker: u64, pid: u64) -> Result<(), Errno> {
    if !is_living(pid) {
        return Err(Errno::ESRCH);
    }
    let parent = |pid| proc(pid).ppid;
    match (head(asker, parent), head(pid, parent)) {
        (Some(one), Some(other)) if one == other => kill(pid),
        _ => Err(Errno::EACCES),
    }
}

/// Whether a number is that of a process, which is not dead.
fn is_living(pid: u64) -> bool {
    pids().any(|used| used == pid) && is_alive(pid)
}

/// The child of init that a process comes from, which may be itself; none if it is init.
fn head(pid: u64, parent: impl Fn(u64) -> u64) -> Option<u64> {
    let line = core::iter::successors(Some(pid), |&pid| Some(parent(pid)));
    line.take(NPROC).find(|&pid| parent(pid) == INIT_PID).filter(|&pid| pid != INIT_PID)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Init, the file server with a helper, and a shell with a program and what that has started.
    fn parent(pid: u64) -> u64 {
        [0, 1, 1, 1, 3, 4, 2][pid as usize]
    }

    #[test]
    fn all_that_comes_of_a_child_of_init_belongs_together() {
        assert_eq!([3, 4, 5].map(|pid| head(pid, parent)), [Some(3); 3]);
        assert_eq!([2, 6].map(|pid| head(pid, parent)), [Some(2); 2]);
        assert_eq!(head(1, parent), None);
    }

    #[test]
    fn a_table_that_is_changing_does_no_harm() {
        assert_eq!(head(5, |pid| 11 - pid), None);
    }
}
