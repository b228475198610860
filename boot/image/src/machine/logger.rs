//! The kernel log: to the debug console or the serial line, to the screen, and into a ring that processes can read.

use core::fmt::{self, Write};

use log::{Level, LevelFilter, Log, Metadata, Record};
use lv6_image::log_ring::LogRing;
use spin::Mutex;

use crate::machine::console;

static RING: Mutex<LogRing> = Mutex::new(LogRing::new());

struct KernelLog;

/// Writes to all three places. The screen shows whole lines only: a line comes in many pieces.
struct Everywhere<'a>(&'a mut LogRing);

impl Write for Everywhere<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        console::write_log(text.as_bytes());
        console::add_to_screen(text.as_bytes());
        self.0.push(text.as_bytes());
        Ok(())
    }
}

impl Log for KernelLog {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut ring = RING.lock();
        let mut out = Everywhere(&mut ring);
        let kind = match record.level() {
            Level::Error => "error: ",
            Level::Warn => "warning: ",
            _ => "",
        };
        // Writing to memory and to ports cannot fail.
        let _ = writeln!(out, "lv6: {kind}{}", record.args());
        console::show_screen();
    }

    fn flush(&self) {}
}

/// Starts the log.
pub fn init() {
    // Fails only if there is a logger already, and this is the only one.
    let _ = log::set_logger(&KernelLog);
    log::set_max_level(LevelFilter::Info);
}

/// Reads the log from byte `offset` on.
pub fn read(offset: u64, out: &mut [u8]) -> usize {
    RING.lock().read(offset, out)
}

/// Takes the lock away from whoever has it.
///
/// # Safety
/// Whoever has it must not run again.
pub unsafe fn force_unlock() {
    // SAFETY: as the caller promises.
    unsafe { RING.force_unlock() };
}
