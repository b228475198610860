//! I/O ports.

use x86_64::instructions::port::Port as Raw;

use super::call;
use crate::errno::Errno;
use crate::memory::{find_free_run, is_free};
use crate::process::me;

/// An I/O port of this process.
///
/// A child does not inherit it: the kernel kills a process that uses a port which is not its own.
#[derive(Debug)]
pub struct Port(u16);

/// Gives this process an I/O bitmap, if it has none.
fn need_bitmap() -> Result<(), Errno> {
    while me().use_io_bitmap == 0 {
        let first = find_free_run(3)?;
        match call::alloc_io_bitmap(first, first + 1, first + 2) {
            // Someone else was faster.
            Err(_) if (0..3).any(|n| !is_free(first + n)) => {}
            result => return result,
        }
    }
    Ok(())
}

impl Port {
    /// Claims a port. EBUSY if it belongs to another process, or if no process can have it.
    pub fn claim(number: u16) -> Result<Port, Errno> {
        need_bitmap()?;
        call::alloc_port(u64::from(number)).map(|()| Port(number))
    }

    /// Reads a byte.
    pub fn read(&self) -> u8 {
        // SAFETY: the ports that processes can have belong to serial lines, the keyboard and the text screen, none of
        // which touches the memory of this program.
        unsafe { Raw::new(self.0).read() }
    }

    /// Writes a byte.
    pub fn write(&mut self, byte: u8) {
        // SAFETY: as above.
        unsafe { Raw::new(self.0).write(byte) }
    }
}
