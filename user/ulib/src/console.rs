//! Printing and reading characters.

use alloc::collections::VecDeque;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicUsize, Ordering};

use spin::Mutex;

use crate::process::yield_now;
use crate::sys::console::Frame;

/// Characters on their way to the console.
static OUT: Frame = Frame::new();
/// How many there are.
static OUT_LEN: AtomicUsize = AtomicUsize::new(0);
/// Where the kernel puts input.
static IN: Frame = Frame::new();
/// Input that nobody has asked for yet.
static TYPED: Mutex<VecDeque<u8>> = Mutex::new(VecDeque::new());

/// Sends what has been written to the console. Without a console there is nobody to complain to, so errors are dropped.
fn flush() {
    let _ = OUT.print(OUT_LEN.swap(0, Ordering::Relaxed));
}

/// Collects formatted text in the output frame.
struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if OUT_LEN.load(Ordering::Relaxed) >= OUT.0.len() {
                flush();
            }
            OUT.0[OUT_LEN.fetch_add(1, Ordering::Relaxed)].store(byte, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Prints formatted text; what [`crate::print!`] and [`crate::println!`] call.
pub fn print(args: fmt::Arguments) {
    // An error could only come from a value's own formatting code; what it wrote until then is printed.
    let _ = Out.write_fmt(args);
    flush();
}

/// Moves input that is waiting into the type-ahead buffer, and calls `see` on each character.
pub fn poll(mut see: impl FnMut(u8)) {
    let mut typed = TYPED.lock();
    let _ = IN.read(|byte| {
        see(byte);
        typed.push_back(byte);
    });
}

/// The next character typed; other processes run until there is one.
pub fn read_byte() -> u8 {
    loop {
        let byte = TYPED.lock().pop_front();
        match byte {
            Some(byte) => return byte,
            None => poll(|_| {}),
        }
        if TYPED.lock().is_empty() {
            yield_now();
        }
    }
}

/// Forgets what was typed ahead.
pub fn discard() {
    TYPED.lock().clear();
}

/// Prints text to the console.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => { $crate::console::print(format_args!($($arg)*)) };
}

/// Prints a line to the console.
#[macro_export]
macro_rules! println {
    () => { $crate::console::print(format_args!("\n")) };
    ($($arg:tt)*) => { $crate::console::print(format_args!("{}\n", format_args!($($arg)*))) };
}
