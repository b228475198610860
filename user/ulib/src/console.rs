//! Printing to the output of a program and to where it complains, and the kernel's own console.
//!
//! Text goes to the descriptors [`STDOUT`] and [`STDERR`]. A process that does not have them, because there is no file
//! server or because it never got them, uses the console that the kernel offers for debugging.

use alloc::collections::VecDeque;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicUsize, Ordering};

use spin::Mutex;

use crate::errno::Errno;
use crate::files;
use crate::fs::{self, STDERR, STDOUT};
use crate::process::{exit, name, status};
use crate::sys::console::Frame;

/// Characters on their way out.
static OUT: Frame = Frame::new();
/// How many there are.
static OUT_LEN: AtomicUsize = AtomicUsize::new(0);
/// Where the kernel puts input.
static IN: Frame = Frame::new();
/// Input from the kernel's console that nobody has asked for yet.
static TYPED: Mutex<VecDeque<u8>> = Mutex::new(VecDeque::new());

/// Sends what has been written on its way to a descriptor.
fn flush(fd: u64) -> Result<(), Errno> {
    let len = OUT_LEN.swap(0, Ordering::Relaxed).min(OUT.0.len());
    if files::number(fd).is_some() {
        match send(fd, len) {
            // There is no server, the descriptor is none of its files, or this is the handler of an exception that has
            // interrupted a request.
            Err(Errno::ESRCH | Errno::EBADF | Errno::EBUSY) => {}
            result => return result,
        }
    }
    // Without a console there is nobody to complain to.
    let _ = OUT.print(len);
    Ok(())
}

/// Sends the first `len` characters to a descriptor.
fn send(fd: u64, len: usize) -> Result<(), Errno> {
    /// Characters that are sent at once.
    const PIECE: usize = 1024;
    for piece in OUT.0[..len].chunks(PIECE) {
        let mut bytes = [0; PIECE];
        bytes.iter_mut().zip(piece).for_each(|(byte, slot)| *byte = slot.load(Ordering::Relaxed));
        fs::File::borrow(fd).write_all(&bytes[..piece.len()])?;
    }
    Ok(())
}

/// Collects formatted text in the output frame, and sends it to a descriptor when the frame is full.
struct Out {
    fd: u64,
    result: Result<(), Errno>,
}

impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if OUT_LEN.load(Ordering::Relaxed) >= OUT.0.len() {
                self.result = self.result.and(flush(self.fd));
            }
            OUT.0[OUT_LEN.fetch_add(1, Ordering::Relaxed)].store(byte, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Prints formatted text to a descriptor.
fn print_to(fd: u64, args: fmt::Arguments) -> Result<(), Errno> {
    let mut out = Out { fd, result: Ok(()) };
    // An error could only come from a value's own formatting code; what it wrote until then is printed.
    let _ = out.write_fmt(args);
    out.result.and(flush(fd))
}

/// Prints formatted text; what [`crate::print!`] and [`crate::println!`] call. If it cannot be written, the program
/// ends: silently if the reader of a pipe has gone, otherwise with a complaint.
pub fn print(args: fmt::Arguments) {
    if let Err(e) = print_to(STDOUT, args) {
        if e != Errno::EPIPE {
            eprint(format_args!("{}: cannot write: {e}\n", name()));
        }
        exit(if e == Errno::EPIPE { status::PIPE } else { status::FAILED })
    }
}

/// Prints a complaint; what [`crate::eprint!`] and [`crate::eprintln!`] call.
pub fn eprint(args: fmt::Arguments) {
    // There is no better place to say that it cannot be said here.
    let _ = print_to(STDERR, args);
}

/// Whether this program's input is the kernel's console.
pub fn reads_kernel() -> bool {
    files::number(fs::STDIN).is_none()
}

/// Moves input that is waiting at the kernel's console into the type-ahead buffer, and calls `see` on each character.
pub fn poll(mut see: impl FnMut(u8)) {
    let mut typed = TYPED.lock();
    let _ = IN.read(|byte| {
        see(byte);
        typed.push_back(byte);
    });
}

/// The next character typed at the kernel's console, if there is one.
pub fn next_byte() -> Option<u8> {
    poll(|_| {});
    TYPED.lock().pop_front()
}

/// Forgets what was typed ahead at the kernel's console.
pub fn discard() {
    TYPED.lock().clear();
}

/// Prints text to the output of the program.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => { $crate::console::print(format_args!($($arg)*)) };
}

/// Prints a line to the output of the program.
#[macro_export]
macro_rules! println {
    () => { $crate::console::print(format_args!("\n")) };
    ($($arg:tt)*) => { $crate::console::print(format_args!("{}\n", format_args!($($arg)*))) };
}

/// Prints text to where the program complains.
#[macro_export]
macro_rules! eprint {
    ($($arg:tt)*) => { $crate::console::eprint(format_args!($($arg)*)) };
}

/// Prints a line to where the program complains.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::console::eprint(format_args!("\n")) };
    ($($arg:tt)*) => { $crate::console::eprint(format_args!("{}\n", format_args!($($arg)*))) };
}
