//! The console, as the kernel's debugging calls offer it: they take a physical address inside one frame.
//!
//! A buffer is a page of atomics, so the kernel may write to it while the program has a reference; and a trap handler
//! may print while the program it interrupted was printing.

use core::sync::atomic::{AtomicU8, Ordering};

use super::call;
use super::tables::physical;
use crate::errno::Errno;

/// A buffer that fills exactly one frame.
#[repr(C, align(4096))]
pub struct Frame(pub [AtomicU8; 4096]);

impl Frame {
    /// A frame of zeros.
    pub const fn new() -> Frame {
        Frame([const { AtomicU8::new(0) }; 4096])
    }

    /// Its physical address, which differs between a parent and its child.
    fn physical(&self) -> Result<u64, Errno> {
        physical(self.0.as_ptr() as u64).ok_or(Errno::EINVAL)
    }

    /// Prints its first `len` bytes.
    pub fn print(&self, len: usize) -> Result<(), Errno> {
        call::debug_print_console(self.physical()?, len.min(4096) as u64)
    }

    /// Shows text on the text screen.
    pub fn show(&self, text: &[u8]) -> Result<(), Errno> {
        for piece in text.chunks(self.0.len()) {
            self.0.iter().zip(piece).for_each(|(slot, byte)| slot.store(*byte, Ordering::Relaxed));
            call::debug_print_screen(self.physical()?, piece.len() as u64)?;
        }
        Ok(())
    }

    /// Reads the kernel's log from byte `offset` on, and passes it on. Returns how many bytes that were; 0 at the end.
    pub fn read_log(&self, offset: u64, mut pass_on: impl FnMut(u8)) -> Result<u64, Errno> {
        // SAFETY: the kernel writes to this frame only, which consists of atomics.
        let len = unsafe { call::debug_dmesg(self.physical()?, 4096, offset)? };
        self.0.iter().take(len as usize).for_each(|byte| pass_on(byte.load(Ordering::Relaxed)));
        Ok(len)
    }

    /// Reads console input that is waiting, if any, and passes it on.
    pub fn read(&self, mut pass_on: impl FnMut(u8)) -> Result<(), Errno> {
        // SAFETY: the kernel writes to this frame only, which consists of atomics.
        let len = unsafe { call::debug_read_console(self.physical()?, 4096)? };
        self.0.iter().take(len as usize).for_each(|byte| pass_on(byte.load(Ordering::Relaxed)));
        Ok(())
    }
}

impl Default for Frame {
    fn default() -> Self {
        Self::new()
    }
}
