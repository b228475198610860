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
