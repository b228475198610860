//! What the server needs of the kernel besides messages: open files that clients have descriptors of.

use lv6_kernel::state::FileType;
use lv6_ulib::Errno;

/// The kernel's table of open files, from the server's side.
///
/// The server holds a descriptor of every file that it has made. So the kernel does not use the file's number for
/// another one, and a client that shows a descriptor with that number has this file, and cannot have made it itself.
pub trait Kernel {
    /// The number of the open file at a client's descriptor.
    fn file_at(&self, client: u64, fd: u64) -> Option<u64>;

    /// Makes an open file, and returns its number. The next answer can bring it to a client. ENFILE if there can be no
    /// more.
    fn create(&mut self, kind: FileType, value: u64, flags: u64) -> Result<u64, Errno>;

    /// Whether somebody else has a descriptor of a file, and the server still has its own.
    fn is_in_use(&self, number: u64) -> bool;

    /// Gives up the server's descriptor of a file.
    fn release(&mut self, number: u64);
}
