//! Steps that pass messages.

use lv6_abi::syscall::*;
use lv6_kernel::state::{Kernel, PageType, ProcState};

use super::{Generator, call};
use crate::step::Step;

impl Generator {
    pub(super) fn ipc_step(&mut self, k: &Kernel) -> Step {
        let me = k.current;
        // Who has an interrupt to acknowledge cannot sleep.
        let waiting = (0..256).find(|v| k.procs[me as usize].intr[v / 64] >> (v % 64) & 1 == 1);
        if let Some(vector) = waiting.filter(|_| !self.random.one_in(4)) {
            return call(SYS_ACK_INTR, [vector as u64]);
        }
        let page = self.find_page(k, me, PageType::Frame).unwrap_or(1);
        let other_page = self.find_page(k, me, PageType::Frame).unwrap_or(page);
        let size = match self.random.below(4) {
            0 => 4096,
            1 => self.random.below(4098),
            _ => self.random.below(64),
        };
        let sent_fd = self.optional_fd(k, true);
        let received_fd = self.optional_fd(k, false);
        let val = self.random.word();
        match self.find_sleeper(k) {
            Some(pid) => match self.random.below(4) {
                0 => call(SYS_SEND, [pid, val, page, size, sent_fd]),
                1 => call(SYS_REPLY_WAIT, [pid, val, page, size, sent_fd, other_page]),
                2 => call(SYS_CALL, [pid, val, page, size, other_page, received_fd]),
                _ => self.recv_step(k, page, received_fd),
            },
            None => self.recv_step(k, page, received_fd),
        }
    }

    /// A process that waits for a message, most often one that the current process may wake.
    fn find_sleeper(&mut self, k: &Kernel) -> Option<u64> {
        let may_wake = |&pid: &u64| [0, k.current].contains(&k.procs[pid as usize].ipc_from);
        let found = (0..4).map_while(|_| self.find_process(k, ProcState::Sleeping)).find(may_wake);
        if found.is_some() { found } else { self.find_process(k, ProcState::Sleeping) }
    }

    fn recv_step(&mut self, k: &Kernel, page: u64, fd: u64) -> Step {
        call(SYS_RECV, [k.procs[k.current as usize].ready_next, page, fd])
    }

    /// A descriptor of the current process that is in use, or not; or none at all.
    fn optional_fd(&mut self, k: &Kernel, in_use: bool) -> u64 {
        if self.random.one_in(2) { self.find_fd(k, k.current, in_use) } else { u64::MAX }
    }
}
