//! The memory of messages: pages that the kernel reads and writes.

use alloc::boxed::Box;
use core::ops::{Deref, DerefMut};

use super::call;
use super::tables::{page_of_frame, physical};
use crate::errno::Errno;

/// Bytes that fill exactly one frame.
#[repr(C, align(4096))]
struct Frame([u8; 4096]);

/// A page for messages.
pub struct MessagePage(Box<Frame>);

impl MessagePage {
    /// A page of zeros.
    pub fn new() -> MessagePage {
        MessagePage(Box::new(Frame([0; 4096])))
    }

    /// The number by which the kernel knows it, which differs between a parent and its child.
    pub fn number(&self) -> Result<u64, Errno> {
        let address = self.0.0.as_ptr().expose_provenance() as u64;
        physical(address).and_then(|at| page_of_frame(at >> 12)).ok_or(Errno::EINVAL)
    }

    /// As [`MessagePage::number`], for a page that the kernel is going to write to.
    fn number_to_write(&mut self) -> Result<u64, Errno> {
        let number = self.number()?;
        self.0.0.as_mut_ptr().expose_provenance();
        Ok(number)
    }
}

impl Default for MessagePage {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for MessagePage {
    type Target = [u8; 4096];
    fn deref(&self) -> &[u8; 4096] {
        &self.0.0
    }
}

impl DerefMut for MessagePage {
    fn deref_mut(&mut self) -> &mut [u8; 4096] {
        &mut self.0.0
    }
}

/// Sleeps until a message comes, and lets `next` run meanwhile.
pub fn recv(next: u64, page: &mut MessagePage, fd: u64) -> Result<(), Errno> {
    let pn = page.number_to_write()?;
    // SAFETY: the kernel writes to this page only, and only while this process sleeps; `page` is borrowed until then.
    unsafe { call::recv(next, pn, fd) }
}

/// Sends, and sleeps until the answer comes.
pub fn call(
    pid: u64,
    value: u64,
    page: &MessagePage,
    size: u64,
    answer: &mut MessagePage,
    fd: u64,
) -> Result<(), Errno> {
    let pn = answer.number_to_write()?;
    // SAFETY: as in `recv`; the other page is only read.
    unsafe { call::call(pid, value, page.number()?, size, pn, fd) }
}

/// Sends, and sleeps until the next message comes.
pub fn reply_wait(
    pid: u64,
    value: u64,
    page: &MessagePage,
    size: u64,
    fd: u64,
    next: &mut MessagePage,
) -> Result<(), Errno> {
    let pn = next.number_to_write()?;
    // SAFETY: as in `recv`; the other page is only read.
    unsafe { call::reply_wait(pid, value, page.number()?, size, fd, pn) }
}
