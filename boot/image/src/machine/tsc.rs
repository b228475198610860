//! The frequency of the time-stamp counter, measured against the interval timer.

use core::arch::x86_64::_rdtsc;

use x86_64::instructions::port::Port;

/// Frequency of the interval timer.
const PIT_HZ: u64 = 1_193_182;
/// Ticks that one measurement takes: 10 ms.
const TICKS: u16 = (PIT_HZ / 100) as u16;
/// How many measurements are made.
const MEASUREMENTS: usize = 5;
/// Cycles after which a timer that does not answer is given up: seconds on any processor.
const PATIENCE: u64 = 20_000_000_000;
/// Bits of port 0x61: the gate of the timer's channel 2, the loudspeaker, and the channel's output.
const GATE: u8 = 1;
const SPEAKER: u8 = 2;
const OUTPUT: u8 = 0x20;

fn now() -> u64 {
    // SAFETY: every 64-bit processor has the instruction, and the kernel may use it.
    unsafe { _rdtsc() }
}

/// Lets so many cycles pass.
pub fn wait(cycles: u64) {
    wait_until(cycles, || false);
}

/// Waits until something holds, or so many cycles have passed.
pub fn wait_until(cycles: u64, holds: impl Fn() -> bool) {
    let start = now();
    while now() - start < cycles && !holds() {
        core::hint::spin_loop();
    }
}

/// One measurement.
#[derive(Clone, Copy)]
struct Measurement {
    /// Cycles while the timer counted down.
    cycles: u64,
    /// How much that may be wrong: something else may have run between two instructions here.
    uncertainty: u64,
}

/// Lets channel 2 of the timer count down once; nothing if it does not.
fn measure() -> Option<Measurement> {
    let (mut control, mut channel, mut gate) = (Port::<u8>::new(0x43), Port::<u8>::new(0x42), Port::<u8>::new(0x61));
    // SAFETY: nothing else uses this channel, and the loudspeaker stays off.
    let others = unsafe {
        let others = gate.read() & !(GATE | SPEAKER);
        gate.write(others);
        // Channel 2, low byte then high byte, mode 0: the output rises when the count is over.
        control.write(0xb0);
        channel.write(TICKS as u8);
        channel.write((TICKS >> 8) as u8);
        others
    };
    let before_start = now();
    // SAFETY: as above.
    unsafe { gate.write(others | GATE) };
    let after_start = now();
    let mut before_end = after_start;
    loop {
        // SAFETY: reading this port has no effect.
        let ended = unsafe { gate.read() } & OUTPUT != 0;
        let after_end = now();
        if ended {
            let (shortest, longest) = (before_end - after_start, after_end - before_start);
            return Some(Measurement { cycles: shortest.midpoint(longest), uncertainty: longest - shortest });
        }
        if after_end - after_start > PATIENCE {
            return None;
        }
        before_end = after_end;
    }
}

/// The frequency in kHz, 0 if it cannot be measured: the most certain of some measurements.
pub fn khz() -> u64 {
    let best = (0..MEASUREMENTS).map_while(|_| measure()).min_by_key(|m| m.uncertainty);
    best.map_or(0, |m| m.cycles * PIT_HZ / TICKS as u64 / 1000)
}
