//! Steps that pass messages.

use lv6_abi::syscall::*;
use lv6_kernel::state::{Kernel, PageType, ProcState};

use super::{Generator, call};
use crate::step::Step;

impl Generator {
    pub(super) fn ipc_step(&mut self, k: &Kernel) -> Step {
        let me = k.current;
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
        match self.find_process(k, ProcState::Sleeping) {
            Some(pid) => match self.random.below(4) {
                0 => call(SYS_SEND, [pid, val, page, size, sent_fd]),
                1 => call(SYS_REPLY_WAIT, [pid, val, page, size, sent_fd, other_page]),
                2 => call(SYS_CALL, [pid, val, page, size, other_page, received_fd]),
                _ => self.recv_step(k, page, received_fd),
            },
            None => self.recv_step(k, page, received_fd),
        }
    }

    fn recv_step(&mut self, k: &Kernel, page: u64, fd: u64) -> Step {
        call(SYS_RECV, [k.procs[k.current as usize].ready_next, page, fd])
    }

    /// A descriptor of the current process that is in use, or not; or none at all.
    fn optional_fd(&mut self, k: &Kernel, in_use: bool) -> u64 {
        if self.random.one_in(2) { self.find_fd(k, k.current, in_use) } else { u64::MAX }
    }
}
