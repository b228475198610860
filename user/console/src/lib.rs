//! The console of lv6: one device made of a serial line, a keyboard and a text screen.
//!
//! The process that drives it owns the ports of the serial line and of the keyboard ([`machine`]); what is typed at
//! either arrives in one stream, and what is written goes to the serial line and the screen alike. [`discipline`] makes
//! lines of what is typed. Everything but [`machine`] computes and touches nothing, so its tests run on any machine.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod discipline;
pub mod keyboard;
pub mod machine;
pub mod screen;
pub mod serial;

use lv6_ulib::Errno;
use lv6_ulib::terminal::{INTERRUPTS, Mode, SET_MODE};

use discipline::Discipline;
use keyboard::Keyboard;
use screen::Filter;
use serial::Serial;

/// What the console is made of: the ports of the serial line and the keyboard, and the text screen.
pub trait Hardware {
    /// Reads a byte from a port.
    fn read(&mut self, port: u16) -> u8;
    /// Writes a byte to a port.
    fn write(&mut self, port: u16, byte: u8);
    /// Writes text in the screen's own code to the screen.
    fn show(&mut self, text: &[u8]);
}

/// The console.
pub struct Console<H> {
    hardware: H,
    serial: Option<Serial>,
    keyboard: Keyboard,
    screen: Filter,
    discipline: Discipline,
    /// Who has set the mode last, and so is told of interrupts; 0 if nobody has.
    owner: u64,
}

impl<H: Hardware> Console<H> {
    /// Sets up the serial line, if there is one, and the keyboard.
    pub fn new(mut hardware: H) -> Self {
        let serial = Serial::start(&mut hardware);
        Console {
            hardware,
            serial,
            keyboard: Keyboard::new(),
            screen: Filter::default(),
            discipline: Discipline::default(),
            owner: 0,
        }
    }

    /// Takes what was typed before the console was set up.
    pub fn take_early(&mut self, bytes: impl IntoIterator<Item = u8>) {
        bytes.into_iter().for_each(|byte| self.arrive(byte));
    }

    /// Looks for input. To be called often: the hardware keeps only a few characters.
    pub fn poll(&mut self) {
        // What does not fit waits in the hardware, and stops the sender if that is possible.
        while !self.discipline.is_full() {
            let byte = self.serial.as_mut().and_then(|serial| serial.receive(&mut self.hardware));
            let Some(byte) = byte else { break };
            self.arrive(byte);
        }
        while !self.discipline.is_full()
            && let Some(typed) = self.keyboard.poll(&mut self.hardware)
        {
            typed.bytes().for_each(|byte| self.arrive(byte));
        }
    }

    /// Reads what was typed: at most a line in cooked mode, what there is in raw mode. 0 at the end of the input;
    /// EAGAIN if there is nothing yet.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, Errno> {
        self.poll();
        let Self { hardware, serial, screen, discipline, .. } = self;
        discipline.read(out, &mut |echo| print(hardware, serial.as_mut(), screen, echo)).ok_or(Errno::EAGAIN)
    }

    /// Writes text.
    pub fn write(&mut self, text: &[u8]) -> usize {
        self.poll();
        print(&mut self.hardware, self.serial.as_mut(), &mut self.screen, text);
        text.len()
    }

    /// Carries out a request of [`lv6_ulib::terminal`]. EINVAL if there is no such mode; EBUSY if another process is to
    /// be told of interrupts; ENOTTY if there is no such request.
    pub fn control(&mut self, request: u64, argument: u64) -> Result<u64, Errno> {
        self.poll();
        match request {
            SET_MODE => {
                let (mode, pid) = Mode::unpack(argument).ok_or(Errno::EINVAL)?;
                if self.discipline.set_mode(mode) {
                    self.print(discipline::INTERRUPTED);
                }
                self.owner = pid;
                Ok(0)
            }
            INTERRUPTS if self.owner == argument => Ok(self.discipline.interrupts()),
            INTERRUPTS => Err(Errno::EBUSY),
            _ => Err(Errno::ENOTTY),
        }
    }

    fn arrive(&mut self, byte: u8) {
        if self.discipline.arrive(byte) {
            self.print(discipline::INTERRUPTED);
        }
    }

    fn print(&mut self, text: &[u8]) {
        print(&mut self.hardware, self.serial.as_mut(), &mut self.screen, text);
    }
}

/// Writes text to the serial line and the screen.
fn print(hardware: &mut impl Hardware, serial: Option<&mut Serial>, screen: &mut Filter, text: &[u8]) {
    if let Some(serial) = serial {
        serial.send(hardware, text);
    }
    hardware.show(&screen.convert(text));
}

#[cfg(test)]
mod tests;
