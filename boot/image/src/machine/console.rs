//! The console: the first serial line, and the text screen. The log has its own way out where the emulator offers one.

use lv6_image::text_screen::{COLUMNS, ROWS, TextScreen};
use spin::Mutex;
use x86_64::instructions::port::Port;

use crate::machine::serial::Serial;

/// QEMU's debug console. Where it exists, reading the port gives its own number; elsewhere nothing answers.
const LOG_PORT: u16 = 0xe9;
/// Memory of the text screen.
pub const SCREEN: u64 = 0xb8000;
/// Registers of the display adapter: index, then data.
const CURSOR_PORTS: (u16, u16) = (0x3d4, 0x3d5);

static SERIAL: Mutex<Option<Serial>> = Mutex::new(None);
static TEXT: Mutex<Option<TextScreen>> = Mutex::new(None);

/// Starts the serial line. A machine without one is silent.
pub fn init_serial() {
    *SERIAL.lock() = Serial::start();
}

/// Starts the text screen; for a machine that has one.
pub fn init_screen() {
    let screen = TextScreen::new();
    show(&screen);
    *TEXT.lock() = Some(screen);
}

/// Writes bytes to the serial line as they are.
pub fn write_serial(bytes: &[u8]) {
    if let Some(serial) = SERIAL.lock().as_mut() {
        serial.send(bytes);
    }
}

/// Writes a piece of the log to the debug console, so that it does not mix with what programs print; to the serial line
/// on a machine without one.
pub fn write_log(bytes: &[u8]) {
    let mut port = Port::<u8>::new(LOG_PORT);
    // SAFETY: reading this port has no effect.
    if u16::from(unsafe { port.read() }) != LOG_PORT {
        return write_serial(bytes);
    }
    for &byte in bytes {
        // SAFETY: the debug console is there, and writing to it shows a character.
        unsafe { port.write(byte) };
    }
}

/// Reads what has arrived at the serial line.
pub fn read_serial(out: &mut [u8]) -> usize {
    SERIAL.lock().as_mut().map_or(0, |serial| serial.receive(out))
}

/// Writes text to the screen, if there is one.
pub fn write_screen(text: &[u8]) {
    if let Some(screen) = TEXT.lock().as_mut() {
        screen.write(text);
        show(screen);
    }
}

fn show(screen: &TextScreen) {
    let memory = SCREEN as *mut u16;
    for (n, &cell) in screen.cells().iter().enumerate() {
        const { assert!(COLUMNS * ROWS * 2 <= 4096) };
        // SAFETY: the page at `SCREEN` is mapped writable and used by nothing else; all cells lie in it.
        unsafe { memory.add(n).write_volatile(cell) };
    }
    let cursor = screen.cursor() as u16;
    let (mut index, mut data) = (Port::new(CURSOR_PORTS.0), Port::new(CURSOR_PORTS.1));
    for (register, value) in [(14u8, (cursor >> 8) as u8), (15, cursor as u8)] {
        // SAFETY: these two registers set the cursor's place and nothing else.
        unsafe {
            index.write(register);
            data.write(value);
        }
    }
}

/// Takes the locks away from whoever has them.
///
/// # Safety
/// Whoever has them must not run again.
pub unsafe fn force_unlock() {
    // SAFETY: as the caller promises.
    unsafe {
        SERIAL.force_unlock();
        TEXT.force_unlock();
    }
}
