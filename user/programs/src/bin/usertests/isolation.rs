//! Tests of what a process must not be able to do.

use alloc::vec::Vec;

use lv6_abi::limits::{INIT_PID, NPAGE, NPROC};
use lv6_abi::syscall::{SYS_DEBUG_EXIT, SYS_DEBUG_PRINT_CONSOLE, SYS_DEBUG_PRINT_SCREEN, SYS_DEBUG_READ_CONSOLE};
use lv6_kernel::state::ProcState;
use lv6_ulib::Errno;
use lv6_ulib::process::{getpid, is_alive, kill, me, status, try_wait, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::sys::hazard::{self, Call};
use lv6_ulib::sys::tables::{base, page_desc, proc};

use crate::kernel_tables;
use crate::support::{Random, SURVIVED, expect_traps, in_child, start};

/// The tests of this file.
pub const TESTS: &[crate::Test] =
    &[("privileged_instructions", privileged_instructions), ("random_calls", random_calls)];

/// Whatever a process executes, it dies and we live on.
fn privileged_instructions() {
    for name in hazard::INSTRUCTIONS {
        let ended = in_child(|| {
            expect_traps();
            hazard::execute(name, SURVIVED)
        });
        assert!(matches!(ended, Ended::Killed | Ended::Exited(status::TRAP)), "{name}: {ended:?}");
        assert_eq!(kernel_tables::check(), Ok(()), "after {name}");
    }
}

/// What a caller of random calls knows of itself.
struct Caller {
    pid: u64,
    root: u64,
    pages: Vec<u64>,
    random: Random,
}

impl Caller {
    fn new(seed: u64) -> Caller {
        let pid = getpid();
        let pages = (0..NPAGE as u64).filter(|&pn| page_desc(pn).owner == pid).collect();
        Caller { pid, root: me().page_table_root, pages, random: Random::new(seed) }
    }

    /// An argument of the kinds that calls take, or any number.
    fn argument(&mut self) -> u64 {
        let random = &mut self.random;
        match random.below(12) {
            0 => random.word(),
            1 => 1 << random.below(64),
            2 => random.below(NPROC as u64 + 2),
            3 => random.below(NPAGE as u64 + 2),
            4 => random.below(514),
            5 => self.pid,
            6 => self.root,
            7 => [1, 3, 7, 1 << 63 | 3, 0x1f, 0x83][random.below(6) as usize],
            8 => (base() + random.below(NPAGE as u64)) << 12,
            9 => self.pages[random.below(self.pages.len() as u64) as usize],
            10 => page_desc(0).free_next,
            _ => [0, 1, u64::MAX, 1 << 63, 4096, 511, 512, 63, 64][random.below(9) as usize],
        }
    }

    /// A call with random arguments.
    fn call(&mut self) -> Call {
        // Leaving the emulator would end all tests; console input and output would disturb the person there.
        let nr = match self.random.below(135) {
            SYS_DEBUG_EXIT | SYS_DEBUG_PRINT_CONSOLE | SYS_DEBUG_PRINT_SCREEN | SYS_DEBUG_READ_CONSOLE => 0,
            nr => nr,
        };
        (nr, core::array::from_fn(|_| self.argument()))
    }
}

/// Processes that make calls with random arguments harm only themselves.
fn random_calls() {
    /// Calls that a process makes, at most.
    const ROUNDS: u64 = 1000;
    /// Status of a process that has made all its calls, some of them with success.
    const DONE: u8 = 50;
    let mut done = 0;
    for seed in 0..32 {
        let child = start(|| {
            expect_traps();
            let mut caller = Caller::new(seed);
            let (mut rounds, mut successes) = (0, 0);
            hazard::calls(|result| {
                rounds += 1;
                successes += u64::from(Errno::check(result).is_ok());
                if rounds <= ROUNDS { Ok(caller.call()) } else { Err(if successes > 1 { DONE } else { status::OK }) }
            })
        });
        loop {
            match try_wait().expect("wait") {
                Some((pid, ended)) if pid == child => {
                    done += u64::from(ended == Ended::Exited(DONE));
                    break;
                }
                // A call may have put it to sleep, with nobody to wake it.
                _ if proc(child).state.is(ProcState::Sleeping) => kill(child).expect("kill"),
                _ => yield_now(),
            }
        }
        assert_eq!(kernel_tables::check(), Ok(()), "after seed {seed}");
    }
    assert!(done > 0, "no process has made all its calls, with success in some");
    assert!(is_alive(INIT_PID));
}
