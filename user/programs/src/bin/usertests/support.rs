//! What the tests have in common.

use lv6_ulib::process::{exit, fork, getpid, name_of, set_name, status, wait_for, yield_now};
use lv6_ulib::process_name::Ended;
use lv6_ulib::{TrapFrame, set_trap_handler};

pub use lv6_ulib::random::Random;

/// Status of a child that survived what it should not have.
pub const SURVIVED: u8 = 77;

/// Runs something in a child, which exits with what it returns; says how the child ended.
pub fn in_child(body: impl FnOnce() -> u8) -> Ended {
    wait_for(start(body)).expect("a child can be waited for")
}

/// Starts a child that runs something and exits with what it returns.
pub fn start(body: impl FnOnce() -> u8) -> u64 {
    match fork(false).expect("there is memory for a child") {
        0 => exit(body()),
        pid => pid,
    }
}

/// Starts a child that does something only when [`release`] is called. Until then it exists and changes nothing, even
/// if this process loses the processor meanwhile.
pub fn start_held(body: impl FnOnce() -> u8) -> u64 {
    let parent = getpid();
    let child = start(|| {
        set_name("held");
        yield_until_released(parent);
        body()
    });
    yield_until("its start", || name_of(child).as_str() == "held");
    child
}

/// Waits until a process has called [`release`].
pub fn yield_until_released(pid: u64) {
    yield_until("the signal", || name_of(pid).as_str() == "go");
}

/// Lets the children go that wait for this.
pub fn release() {
    set_name("go");
}

/// Makes all exceptions end this process without a message, since they are expected.
pub fn expect_traps() {
    fn quiet(_: &mut TrapFrame) {
        exit(status::TRAP)
    }
    for vector in 0..=255 {
        set_trap_handler(vector, Some(quiet));
    }
}

/// Lets others run until something is so.
pub fn yield_until(what: &str, done: impl Fn() -> bool) {
    for _ in 0..100_000 {
        if done() {
            return;
        }
        yield_now();
    }
    panic!("{what} does not happen");
}
