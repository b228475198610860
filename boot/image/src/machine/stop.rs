//! The ways in which the kernel ends.

use core::fmt;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use log::{error, warn};
use x86_64::instructions::port::Port;
use x86_64::instructions::{hlt, interrupts};

use crate::machine::{console, logger, power};

/// Port of QEMU's `isa-debug-exit` device. On other machines nothing listens there.
pub const EXIT_PORT: u16 = 0x501;
/// Exit value of a kernel that gave up.
pub const FAILURE: u16 = 0x7e;
/// Exit value when no process can run any more.
pub const NOTHING_TO_RUN: u16 = 0x7d;

/// Leaves the emulator with a value of 7 bits; a machine that cannot be left stops, and shows why.
pub fn exit(value: u16) -> ! {
    leave(value);
    halt()
}

/// Leaves the emulator with a value of 7 bits; a machine that cannot be left is switched off.
pub fn switch_off(value: u16) -> ! {
    leave(value);
    power::off();
    warn!("this machine cannot switch itself off; it can be switched off now");
    halt()
}

fn leave(value: u16) {
    let mut port = Port::new(EXIT_PORT);
    // SAFETY: a write to this port ends the emulation or does nothing.
    unsafe { port.write(value & 0x7f) };
}

/// Stops the processor for good.
fn halt() -> ! {
    loop {
        interrupts::disable();
        hlt();
    }
}

/// Gives up for a reason that the user can do something about, in one line.
pub fn give_up(reason: fmt::Arguments<'_>) -> ! {
    error!("{reason}");
    exit(FAILURE)
}

/// Set by the first panic: a second one, while the first is being printed, must not print again.
static PANICKING: AtomicBool = AtomicBool::new(false);

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    if !PANICKING.swap(true, Ordering::Relaxed) {
        // SAFETY: whoever held these locks will not run again.
        unsafe {
            console::force_unlock();
            logger::force_unlock();
        }
        match info.location() {
            Some(at) => error!("kernel panic at {}:{}: {}", at.file(), at.line(), info.message()),
            None => error!("kernel panic: {}", info.message()),
        }
    }
    exit(FAILURE)
}
