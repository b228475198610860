//! Sizes of the kernel's tables and the names of their special entries.

/// Pages of RAM that processes share out among themselves. Page 0 anchors the free list and is never handed out.
pub const NPAGE: usize = 8192;
/// Pages that devices may reach by DMA.
pub const NDMAPAGE: usize = 512;
/// Process slots. Slot 0 stays empty: pid 0 means "nobody".
pub const NPROC: usize = 64;
/// File descriptors of a process.
pub const NOFILE: usize = 16;
/// Open files in the system. File 0 stays empty: 0 in a descriptor slot means "none".
pub const NFILE: usize = 128;
/// Records in the exported PCI device table.
pub const NPCIDEV: usize = 64;
/// PCI device ids: bus (8 bits), device (5 bits), function (3 bits).
pub const NDEVID: usize = 65536;
/// Pages of the PCI hole, from 0xa000_0000 up to 4 GiB.
pub const NPCIPAGE: usize = 393_216;
/// Interrupt vectors.
pub const NVECTOR: usize = 256;
/// Entries of the interrupt-remapping table.
pub const NINTREMAP: usize = 8;
/// I/O ports.
pub const NPORT: usize = 65536;
/// Words in a page, and entries in a page table.
pub const PAGE_WORDS: usize = 512;
/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;

/// The process that the kernel starts with.
pub const INIT_PID: u64 = 1;
/// The file server.
pub const FS_PID: u64 = 2;
/// The network server.
pub const NS_PID: u64 = 3;

/// The page at which init's page tables start.
pub const INIT_ROOT: u64 = 1;
/// The page that keeps init's registers while it does not run.
pub const INIT_STACK: u64 = 2;
/// The page that holds init's virtual-machine control block.
pub const INIT_HVM: u64 = 3;

/// Vectors below this one are exceptions; no process can own them.
pub const FIRST_VECTOR: u64 = 32;
/// Vectors above this one are those of the processor's own interrupt controller; no process can own them.
pub const LAST_VECTOR: u64 = 0xfd;
/// The vector of the timer that ends a process's turn.
pub const TIMER_VECTOR: u64 = 0xfe;
/// The vector of interrupts that went away before the controller could say which they were.
pub const SPURIOUS_VECTOR: u64 = 0xff;
