//! The console as a device.

use lv6_console::{Console, Hardware};
use lv6_ulib::Errno;

use crate::device::Device;

impl<H: Hardware> Device for Console<H> {
    fn poll(&mut self) {
        Console::poll(self);
    }

    fn read(&mut self, _minor: u16, to: &mut [u8]) -> Result<usize, Errno> {
        Console::read(self, to)
    }

    fn write(&mut self, _minor: u16, from: &[u8]) -> Result<usize, Errno> {
        Ok(Console::write(self, from))
    }

    fn control(&mut self, _minor: u16, request: u64, argument: u64) -> Result<u64, Errno> {
        Console::control(self, request, argument)
    }
}
