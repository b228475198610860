//! Interrupts of the machine. The kernel runs with interrupts off; it lets those in that wait only at one place.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use spin::Once;
use x86_64::instructions::port::Port;

use crate::machine::apic::LocalApic;

/// Command and data ports of the two legacy interrupt controllers.
const LEGACY: [(u16, u16); 2] = [(0x20, 0x21), (0xa0, 0xa1)];
/// First vector of the first legacy controller; those of the second follow.
const FIRST_VECTOR: u8 = 32;

/// The local controller, once it is on.
static LOCAL: Once<LocalApic> = Once::new();
/// Whether its timer runs.
static TIMER: AtomicBool = AtomicBool::new(false);
/// Vectors that interrupts have arrived at since they were last asked for, one bit each.
static ARRIVED: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

/// Moves the legacy controllers' vectors away from the exceptions', and switches all their inputs off.
pub fn silence_legacy() {
    for (n, (command, data)) in LEGACY.into_iter().enumerate() {
        let (mut command, mut data) = (Port::<u8>::new(command), Port::<u8>::new(data));
        // The start sequence: start, vector, how the two are wired, mode; then the mask.
        let wiring = if n == 0 { 4 } else { 2 };
        // SAFETY: this is the sequence that the controllers expect, and it leaves them silent.
        unsafe {
            command.write(0x11);
            data.write(FIRST_VECTOR + 8 * n as u8);
            data.write(wiring);
            data.write(1);
            data.write(0xff);
        }
    }
}

/// Switches the local controller on. Its registers must be mapped.
pub fn enable_local(controller: LocalApic) {
    LOCAL.call_once(|| controller).enable();
}

/// Has the timer interrupt every `ms` milliseconds, at [`lv6_abi::limits::TIMER_VECTOR`]. The local controller must
/// be on.
pub fn start_timer(ms: u64, tsc_khz: u64) {
    if let Some(local) = LOCAL.get() {
        local.start_timer(ms, tsc_khz);
        TIMER.store(true, Ordering::Relaxed);
    }
}

/// Whether the timer runs.
pub fn has_timer() -> bool {
    TIMER.load(Ordering::Relaxed)
}

/// An interrupt has arrived.
pub fn arrived(vector: u8) {
    if let Some(local) = LOCAL.get()
        && local.is_in_service(vector)
    {
        ARRIVED[vector as usize / 64].fetch_or(1 << (vector % 64), Ordering::Relaxed);
        local.end_of_interrupt();
    }
}

/// The vectors at which interrupts have arrived since the last time.
pub fn take_arrived() -> impl Iterator<Item = u8> {
    let words: [u64; 4] = core::array::from_fn(|n| ARRIVED[n].swap(0, Ordering::Relaxed));
    (0..=u8::MAX).filter(move |vector| words[*vector as usize / 64] >> (vector % 64) & 1 == 1)
}
