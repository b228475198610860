//! The first serial line: a 16550 or one of its kind, polled.

use arrayvec::ArrayVec;
use x86_64::instructions::port::Port;

/// COM1.
const BASE: u16 = 0x3f8;
/// Bytes that the receiver can hold.
const FIFO: usize = 16;

/// Registers, as distances from the base.
const DATA: u16 = 0;
const INTERRUPT_ENABLE: u16 = 1;
const FIFO_CONTROL: u16 = 2;
const LINE_CONTROL: u16 = 3;
const MODEM_CONTROL: u16 = 4;
const LINE_STATUS: u16 = 5;
const SCRATCH: u16 = 7;

/// Bits of the line status: a byte has arrived; a byte can be sent.
const RECEIVED: u8 = 1;
const CAN_SEND: u8 = 0x20;

fn read(register: u16) -> u8 {
    // SAFETY: these ports are COM1's on every PC, and reading one of them affects nothing else.
    unsafe { Port::new(BASE + register).read() }
}

fn write(register: u16, value: u8) {
    // SAFETY: these ports are COM1's on every PC, and writing one of them affects nothing else.
    unsafe { Port::new(BASE + register).write(value) }
}

/// The serial line.
pub struct Serial {
    /// What had arrived before the line was set up, which makes the receiver forget it.
    early: ArrayVec<u8, FIFO>,
}

impl Serial {
    /// Sets the line up: 115200 baud, 8 data bits, no parity, 1 stop bit. Nothing if there is none.
    pub fn start() -> Option<Serial> {
        write(SCRATCH, 0xa5);
        if read(SCRATCH) != 0xa5 {
            return None;
        }
        write(INTERRUPT_ENABLE, 0);
        // The divisor, which lies behind the first two registers while bit 7 is set; then 8 bits, no parity.
        write(LINE_CONTROL, 0x80);
        write(DATA, 1);
        write(INTERRUPT_ENABLE, 0);
        write(LINE_CONTROL, 3);
        // Ready, and willing to receive.
        write(MODEM_CONTROL, 3);
        let mut early = ArrayVec::new();
        while !early.is_full() && read(LINE_STATUS) & RECEIVED != 0 {
            early.push(read(DATA));
        }
        write(FIFO_CONTROL, 1);
        Some(Serial { early })
    }

    /// Sends bytes, waiting for the line as long as it takes.
    pub fn send(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while read(LINE_STATUS) & CAN_SEND == 0 {
                core::hint::spin_loop();
            }
            write(DATA, byte);
        }
    }

    /// Reads what has arrived, as far as it fits, and says how much that was.
    pub fn receive(&mut self, out: &mut [u8]) -> usize {
        let mut count = 0;
        for slot in out {
            *slot = match self.early.pop_at(0) {
                Some(byte) => byte,
                None if read(LINE_STATUS) & RECEIVED != 0 => read(DATA),
                None => break,
            };
            count += 1;
        }
        count
    }
}
