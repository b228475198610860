//! What the kernel's log says about a process.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use lv6_ulib::sys::console::Frame;

/// Where the kernel puts a piece of its log.
static PIECE: Frame = Frame::new();
/// How much of the log has been read.
static SEEN: AtomicU64 = AtomicU64::new(0);

/// What the log holds from byte `offset` on, and the offset of its end.
fn read(mut offset: u64) -> (String, u64) {
    let mut bytes = Vec::new();
    while let Ok(length @ 1..) = PIECE.read_log(offset, |byte| bytes.push(byte)) {
        offset += length;
    }
    (String::from_utf8_lossy(&bytes).into_owned(), offset)
}

/// The last lines of the log among those that are wanted, at most `count`.
pub fn last_lines(count: usize, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let (text, _) = read(0);
    let mut lines: Vec<_> = text.lines().rev().filter(|line| wanted(line)).take(count).map(String::from).collect();
    lines.reverse();
    lines
}

/// Why the kernel has killed this process; none if the log does not say that it has. Its name must be its own: pids are
/// used again.
pub fn killed(pid: u64, name: &str) -> Option<String> {
    let start = format!("killed process {pid} ({name}): ");
    // When the log is full, what was read before moves towards its start.
    for offset in [SEEN.load(Ordering::Relaxed), 0] {
        let (text, end) = read(offset);
        SEEN.store(end, Ordering::Relaxed);
        if let Some((_, line)) = text.split_once(&start) {
            return line.lines().next().map(String::from);
        }
    }
    None
}
