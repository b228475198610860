//! Tests of what a process must not be able to do.

use lv6_abi::limits::INIT_PID;
use lv6_kernel::state::ProcState;
use lv6_ulib::Errno;
use lv6_ulib::process::{is_alive, kill, status, try_wait, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::random_call::Chooser;
use lv6_ulib::sys::hazard;
use lv6_ulib::sys::tables::proc;

use crate::kernel_tables;
use crate::support::{SURVIVED, expect_traps, in_child, start};

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
            let mut chooser = Chooser::new(seed, INIT_PID);
            let (mut rounds, mut successes) = (0, 0);
            hazard::calls(|result| {
                rounds += 1;
                successes += u64::from(Errno::check(result).is_ok());
                if rounds <= ROUNDS { Ok(chooser.call()) } else { Err(if successes > 1 { DONE } else { status::OK }) }
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
