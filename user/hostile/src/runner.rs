//! Runs attacks, and looks at what they have left.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::hint::black_box;

use lv6_abi::syscall::SYSCTL_TSC_KHZ;
use lv6_kernel::state::ProcState;
use lv6_ulib::message::MessagePage;
use lv6_ulib::process::{exit, fork, kill, set_name, try_wait, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::sys::regs::timestamp;
use lv6_ulib::sys::tables::proc;
use lv6_ulib::{Errno, fs};

use crate::attacks::Case;
use crate::peer;
use crate::stopped::expect_traps;
use crate::world::{World, free_pages};

/// Seconds that a process gets for its attack. An emulator that has little of its machine may need long.
const PATIENCE: u64 = 120;
/// How often a process may be seen asleep before it is taken to sleep for ever.
const NAPS: u32 = 1000;
/// How often others may run until they have buried what an attack has left.
const SETTLING: u32 = 100_000;

/// What running attacks needs.
pub struct Runner {
    peer: u64,
    question: MessagePage,
    answer: MessagePage,
    started: u64,
    /// Ticks of the time-stamp counter until patience ends; none if its speed is not known.
    patience: Option<u64>,
}

impl Runner {
    /// Gets ready.
    pub fn new() -> Result<Runner, Errno> {
        // The heap grows now, and not while pages are counted.
        drop(black_box(Vec::<u8>::with_capacity(1 << 18)));
        let khz = debug_sysctl(SYSCTL_TSC_KHZ).ok().filter(|&khz| khz != 0);
        Ok(Runner {
            peer: peer::start()?,
            question: MessagePage::new(),
            answer: MessagePage::new(),
            started: 0,
            patience: khz.map(|khz| PATIENCE * 1000 * khz),
        })
    }

    /// Runs an attack in all its variants. Returns how it was stopped, or what is wrong.
    pub fn run(&mut self, case: &Case) -> Result<String, String> {
        self.all_answer()?;
        let free = free_pages();
        let before = World::now()?;
        let mut last = String::new();
        for variant in 0..case.variants {
            last = self.attack(case, variant).map_err(|why| format!("variant {variant}: {why}"))?;
        }
        for _ in 0..SETTLING {
            if free_pages() == free {
                break;
            }
            yield_now();
        }
        if free_pages() != free {
            return Err(format!("{} pages were free before, {} afterwards", free, free_pages()));
        }
        before.compare(World::now()?)?;
        self.all_answer()?;
        Ok(match case.variants {
            1 => format!("stopped: {last}"),
            n => format!("stopped {n} times, at last: {last}"),
        })
    }

    /// Runs one process of an attack.
    fn attack(&mut self, case: &Case, variant: u64) -> Result<String, String> {
        self.started += 1;
        let name = format!("hostile-{}", self.started);
        let peer = self.peer;
        let child = match fork(false).map_err(|e| format!("cannot fork: {e}"))? {
            0 => {
                set_name(&name);
                expect_traps();
                exit((case.attack)(variant, peer))
            }
            child => child,
        };
        let ended = self.wait(child)?;
        case.stopped.judge(child, &name, ended)
    }

    /// Waits for a process, but not if it sleeps and nobody wakes it.
    fn wait(&self, child: u64) -> Result<Ended, &'static str> {
        let start = timestamp();
        let mut naps = 0;
        loop {
            match try_wait() {
                Ok(Some((pid, ended))) if pid == child => return Ok(ended),
                Ok(Some(_)) => return Err("another process has ended"),
                Ok(None) => {}
                Err(_) => return Err("it cannot be buried"),
            }
            naps += u32::from(proc(child).state.is(ProcState::Sleeping));
            if naps > NAPS {
                let _ = kill(child);
            }
            if self.patience.is_some_and(|patience| timestamp() - start > patience) {
                let _ = kill(child);
                return Err("it takes too long");
            }
            yield_now();
        }
    }

    /// Sees that the peer and the file server answer.
    fn all_answer(&mut self) -> Result<(), &'static str> {
        for number in [0, self.started, u64::MAX - 1] {
            peer::ask(self.peer, &self.question, &mut self.answer, number)?;
        }
        fs::stat(lv6_ulib::programs::FOLDER).map(|_| ()).map_err(|_| "the file server does not answer any more")
    }
}
