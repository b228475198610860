//! The console: the first serial line, and a screen. The log has its own way out where the emulator offers one.

use lv6_image::framebuffer::Painter;
use lv6_image::text_screen::{COLUMNS, ROWS, TextScreen};
use spin::Mutex;
use x86_64::instructions::port::Port;

use crate::machine::serial::Serial;

/// QEMU's debug console. Where it exists, reading the port gives its own number; elsewhere nothing answers.
const LOG_PORT: u16 = 0xe9;
/// Memory of the text screen.
pub const TEXT_MEMORY: u64 = 0xb8000;
/// Registers of the display adapter: index, then data.
const CURSOR_PORTS: (u16, u16) = (0x3d4, 0x3d5);

static SERIAL: Mutex<Option<Serial>> = Mutex::new(None);
static SCREEN: Mutex<Option<Screen>> = Mutex::new(None);

/// A text, and what shows it.
struct Screen {
    text: TextScreen,
    /// Who draws it on which pixels; nobody where the display adapter is in text mode.
    pixels: Option<(Painter, PixelMemory)>,
}

/// Starts the serial line. A machine without one is silent.
pub fn init_serial() {
    *SERIAL.lock() = Serial::start();
}

/// Whether there is a serial line.
pub fn has_serial() -> bool {
    SERIAL.lock().is_some()
}

/// Starts the screen in text mode.
///
/// # Safety
/// The display adapter must be in text mode, and the page at [`TEXT_MEMORY`] mapped and used by nothing else.
pub unsafe fn show_text() {
    start(None);
}

/// Starts the screen on pixels, which are cleared.
///
/// # Safety
/// The painter's pixels must be mapped at their address, `size` bytes, and used by nothing else.
pub unsafe fn show_pixels(painter: Painter, size: u64) {
    let memory = PixelMemory { start: painter.pixels().address as *mut u8, length: size as usize };
    memory.clear();
    start(Some((painter, memory)));
}

fn start(pixels: Option<(Painter, PixelMemory)>) {
    let mut screen = Screen { text: TextScreen::new(), pixels };
    screen.show();
    *SCREEN.lock() = Some(screen);
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
    add_to_screen(text);
    show_screen();
}

/// Writes text to the screen, if there is one, where it is not seen yet.
pub fn add_to_screen(text: &[u8]) {
    if let Some(screen) = SCREEN.lock().as_mut() {
        screen.text.write(text);
    }
}

/// Has all that was written to the screen seen.
pub fn show_screen() {
    if let Some(screen) = SCREEN.lock().as_mut() {
        screen.show();
    }
}

impl Screen {
    /// Has the text seen.
    fn show(&mut self) {
        match &mut self.pixels {
            None => show_in_text_mode(&self.text),
            Some((painter, memory)) => painter.paint(&self.text, |at, bytes| memory.store(at, bytes)),
        }
    }
}

fn show_in_text_mode(text: &TextScreen) {
    let memory = TEXT_MEMORY as *mut u16;
    for (n, &cell) in text.cells().iter().enumerate() {
        const { assert!(COLUMNS * ROWS * 2 <= 4096) };
        // SAFETY: the page is mapped writable and used by nothing else, as `show_text` was promised; all cells lie in it.
        unsafe { memory.add(n).write_volatile(cell) };
    }
    let cursor = text.cursor() as u16;
    let (mut index, mut data) = (Port::new(CURSOR_PORTS.0), Port::new(CURSOR_PORTS.1));
    for (register, value) in [(14u8, (cursor >> 8) as u8), (15, cursor as u8)] {
        // SAFETY: these two registers set the cursor's place and nothing else.
        unsafe {
            index.write(register);
            data.write(value);
        }
    }
}

/// Memory of a screen of pixels, mapped writable and used by nothing else.
struct PixelMemory {
    start: *mut u8,
    length: usize,
}

// SAFETY: the memory belongs to the screen, which is used under a lock.
unsafe impl Send for PixelMemory {}

impl PixelMemory {
    /// Puts bytes at a distance from the start. Panics if they do not lie in the memory.
    fn store(&self, at: usize, bytes: &[u8]) {
        assert!(at.checked_add(bytes.len()).is_some_and(|end| end <= self.length));
        // SAFETY: the bytes lie in the memory.
        unsafe { self.start.add(at).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }

    /// Makes all of it black.
    fn clear(&self) {
        // SAFETY: the memory is as long as that.
        unsafe { self.start.write_bytes(0, self.length) };
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
        SCREEN.force_unlock();
    }
}
