//! Switching the machine off.

use lv6_image::acpi::power::{BEGIN, KIND_SHIFT, LISTENING, Power};
use spin::Once;
use x86_64::instructions::port::Port;

use crate::machine::{svm, tsc};

/// How the firmware wants it done.
static POWER: Once<Power> = Once::new();
/// Cycles that a machine gets to listen, and to go off: seconds on any processor.
const PATIENCE: u64 = 20_000_000_000;

/// Remembers how it is done.
pub fn set(power: Power) {
    POWER.call_once(|| power);
}

/// Switches the machine off. Returns if it does not know how, or the machine does not obey.
pub fn off() {
    let Some(power) = POWER.get() else { return };
    // The firmware may do its part in an interrupt of its own.
    svm::open_gate();
    if let ([Some((port, _)), _], Some((command, value))) = (power.registers, power.enable)
        && read(port) & LISTENING == 0
    {
        // SAFETY: the firmware says that this has the machine listen, and no more.
        unsafe { Port::<u8>::new(command).write(value) };
        tsc::wait_until(PATIENCE, || read(port) & LISTENING != 0);
    }
    for begin in [0, BEGIN] {
        for (port, kind) in power.registers.into_iter().flatten() {
            let others = read(port) & !(7 << KIND_SHIFT | BEGIN);
            // SAFETY: the firmware says that this switches the machine off.
            unsafe { Port::<u16>::new(port).write(others | u16::from(kind) << KIND_SHIFT | begin) };
        }
    }
    tsc::wait_until(PATIENCE, || false);
}

fn read(port: u16) -> u16 {
    // SAFETY: this is a control register, and reading it has no effect.
    unsafe { Port::<u16>::new(port).read() }
}
