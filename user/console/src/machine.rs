//! The console's hardware: ports of this process, and the screen behind the kernel's call.

use alloc::vec::Vec;

use lv6_ulib::sys::console::Frame;
use lv6_ulib::{Errno, Port};

use crate::{Console, Hardware, keyboard, serial};

/// Where text for the screen is collected.
static SCREEN: Frame = Frame::new();
/// Where the kernel puts what it has received before.
static EARLY: Frame = Frame::new();

/// The ports of this process that belong to the console.
pub struct Machine(Vec<(u16, Port)>);

impl Machine {
    /// Claims the ports. EBUSY if another process has one of them.
    pub fn claim() -> Result<Machine, Errno> {
        let numbers = serial::PORTS.chain([keyboard::DATA, keyboard::STATUS]);
        numbers.map(|number| Ok((number, Port::claim(number)?))).collect::<Result<_, Errno>>().map(Machine)
    }

    fn port(&mut self, number: u16) -> &mut Port {
        let found = self.0.iter_mut().find(|(claimed, _)| *claimed == number);
        &mut found.expect("the console uses the ports that it has claimed").1
    }
}

impl Hardware for Machine {
    fn read(&mut self, port: u16) -> u8 {
        self.port(port).read()
    }

    fn write(&mut self, port: u16, byte: u8) {
        self.port(port).write(byte);
    }

    fn show(&mut self, text: &[u8]) {
        // A machine without a screen shows nothing, and there is nobody to complain to.
        let _ = SCREEN.show(text);
    }
}

/// Takes the console over from the kernel, with what was typed until now. EBUSY if another process has it.
pub fn take_over() -> Result<Console<Machine>, Errno> {
    let mut early = Vec::new();
    // The kernel has no serial line to read from on a machine without one.
    let _ = EARLY.read(|byte| early.push(byte));
    let mut console = Console::new(Machine::claim()?);
    console.take_early(early);
    Ok(console)
}
