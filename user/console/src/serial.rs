//! The first serial line: a 16550 or one of its kind, polled.

use crate::Hardware;

/// COM1.
const BASE: u16 = 0x3f8;
/// Its ports that a process can own. (The scratch register behind them is the kernel's.)
pub const PORTS: core::ops::Range<u16> = BASE..BASE + 6;

const DATA: u16 = BASE;
const INTERRUPT_ENABLE: u16 = BASE + 1;
const FIFO_CONTROL: u16 = BASE + 2;
const LINE_CONTROL: u16 = BASE + 3;
const MODEM_CONTROL: u16 = BASE + 4;
const LINE_STATUS: u16 = BASE + 5;

/// Bits of the line status: a byte has arrived; a byte can be sent.
const RECEIVED: u8 = 1;
const CAN_SEND: u8 = 0x20;
/// What a port reads as behind which there is nothing.
const NOTHING: u8 = 0xff;

/// The serial line.
#[derive(Debug)]
pub struct Serial(());

impl Serial {
    /// Sets the line up as the kernel does: 115200 baud, 8 data bits, no parity, 1 stop bit, with the receiver's queue
    /// kept as it is. None if there is no line.
    pub fn start(hardware: &mut impl Hardware) -> Option<Serial> {
        if hardware.read(LINE_STATUS) == NOTHING {
            return None;
        }
        hardware.write(INTERRUPT_ENABLE, 0);
        // The divisor, which lies behind the first two registers while bit 7 is set; then 8 bits, no parity.
        hardware.write(LINE_CONTROL, 0x80);
        hardware.write(DATA, 1);
        hardware.write(INTERRUPT_ENABLE, 0);
        hardware.write(LINE_CONTROL, 3);
        hardware.write(MODEM_CONTROL, 3);
        hardware.write(FIFO_CONTROL, 1);
        Some(Serial(()))
    }

    /// Sends text, waiting for the line as long as it takes; the ends of lines become what a terminal wants.
    pub fn send(&mut self, hardware: &mut impl Hardware, text: &[u8]) {
        for &byte in text {
            if byte == b'\n' {
                self.send_byte(hardware, b'\r');
            }
            self.send_byte(hardware, byte);
        }
    }

    fn send_byte(&mut self, hardware: &mut impl Hardware, byte: u8) {
        while hardware.read(LINE_STATUS) & CAN_SEND == 0 {
            core::hint::spin_loop();
        }
        hardware.write(DATA, byte);
    }

    /// The next byte that has arrived, if there is one.
    pub fn receive(&mut self, hardware: &mut impl Hardware) -> Option<u8> {
        (hardware.read(LINE_STATUS) & RECEIVED != 0).then(|| hardware.read(DATA))
    }
}
