//! The console that the kernel offers for debugging, as a device.

use alloc::collections::VecDeque;

use lv6_ulib::Errno;
use lv6_ulib::sys::console::Frame;

use crate::device::Device;

/// The kernel's console.
#[derive(Default)]
pub struct KernelConsole {
    frame: Frame,
    typed: VecDeque<u8>,
}

impl Device for KernelConsole {
    fn read(&mut self, _minor: u16, to: &mut [u8]) -> Result<usize, Errno> {
        let typed = &mut self.typed;
        if typed.is_empty() {
            self.frame.read(|byte| typed.push_back(byte))?;
        }
        if typed.is_empty() && !to.is_empty() {
            return Err(Errno::EAGAIN);
        }
        let len = to.len().min(typed.len());
        to.iter_mut().zip(typed.drain(..len)).for_each(|(to, byte)| *to = byte);
        Ok(len)
    }

    fn write(&mut self, _minor: u16, from: &[u8]) -> Result<usize, Errno> {
        let len = from.len().min(self.frame.0.len());
        for (slot, byte) in self.frame.0.iter().zip(from) {
            slot.store(*byte, core::sync::atomic::Ordering::Relaxed);
        }
        self.frame.print(len)?;
        Ok(len)
    }
}
