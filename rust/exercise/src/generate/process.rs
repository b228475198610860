//! Steps on processes and their descriptors.

use lv6_abi::syscall::*;
use lv6_kernel::state::{Kernel, ProcState};

use super::{Generator, call};
use crate::step::Step;

impl Generator {
    pub(super) fn process_step(&mut self, k: &Kernel) -> Step {
        match self.random.below(16) {
            0..4 => self.clone_step(k),
            4..8 => {
                let pid = self.find_process(k, ProcState::Embryo).unwrap_or(k.current);
                call(SYS_SET_RUNNABLE, [pid])
            }
            8..12 => {
                let next = k.procs[k.current as usize].ready_next;
                call(SYS_SWITCH, [if self.random.one_in(6) { self.random.below(64) } else { next }])
            }
            12 | 13 => {
                let state = self.random.pick(&[ProcState::Runnable, ProcState::Embryo, ProcState::Sleeping]);
                let pid = match self.random.below(4) {
                    0 => k.current,
                    _ => self.find_process(k, state).unwrap_or(2),
                };
                if self.may_die(k, pid) { call(SYS_KILL, [pid]) } else { Step::Preempt }
            }
            14 => call(SYS_SET_PROC_NAME, [self.random.word(), self.random.word()]),
            _ => call(SYS_REPARENT, [1 + self.random.below(63)]),
        }
    }

    fn clone_step(&mut self, k: &Kernel) -> Step {
        let pid = self.find_process(k, ProcState::Unused).unwrap_or(5);
        let pml4 = self.free_page(k);
        let stack = k.page_desc[pml4 as usize].free_next;
        let hvm = k.page_desc[stack as usize].free_next;
        call(SYS_CLONE, [pid, pml4, stack, hvm])
    }

    pub(super) fn file_step(&mut self, k: &Kernel) -> Step {
        let me = k.current;
        let open = self.find_fd(k, me, true);
        match self.random.below(12) {
            0..4 => {
                let start = self.random.below(127);
                let file = (0..8)
                    .map(|i| (start + i) % 127 + 1)
                    .find(|&file| k.files[file as usize].refcnt == 0)
                    .unwrap_or(start);
                let fd = self.find_fd(k, me, false);
                call(SYS_CREATE, [fd, file, self.random.below(5), self.random.word(), self.random.below(4)])
            }
            4 | 5 => call(SYS_CLOSE, [me, open]),
            6..8 => {
                let pid = self.target(k);
                let empty = self.find_fd(k, pid, false);
                call(SYS_DUP, [open, pid, empty])
            }
            8..10 => call(SYS_DUP2, [open, self.target(k), self.random.below(16)]),
            _ => call(SYS_LSEEK, [open, self.random.word() >> self.random.below(64)]),
        }
    }
}
