//! System-call numbers.
//!
//! A process executes `vmmcall` (AMD) or `vmcall` (Intel) with the number in `rax` and the arguments in `rdi`, `rsi`,
//! `rdx`, `rcx`, `r8`, `r9`. The result is in `rax`: 0 or a negated [error number](crate::errno). All other registers
//! keep their values.

/// Maps a page of the page-descriptor table, read-only: (pid, pt, index, n, perm).
pub const SYS_MAP_PAGE_DESC: u64 = 3;
/// Maps the root table into itself, read-only: (pid, index, perm).
pub const SYS_MAP_PML4: u64 = 4;
/// Maps a page of the process table, read-only: (pid, pt, index, n, perm).
pub const SYS_MAP_PROC: u64 = 5;
/// Maps a page of the device table, read-only: (pid, pt, index, n, perm).
pub const SYS_MAP_DEV: u64 = 6;
/// Maps a page of the file table, read-only: (pid, pt, index, n, perm).
pub const SYS_MAP_FILE: u64 = 7;
/// Makes an embryo that is a copy of the caller's registers: (pid, pml4, stack, hvm).
pub const SYS_CLONE: u64 = 10;
/// Names the caller: (first eight bytes, last eight bytes).
pub const SYS_SET_PROC_NAME: u64 = 11;
/// Makes an embryo child runnable: (pid).
pub const SYS_SET_RUNNABLE: u64 = 12;
/// Gives the processor to a runnable process: (pid).
pub const SYS_SWITCH: u64 = 13;
/// Kills a process: (pid).
pub const SYS_KILL: u64 = 14;
/// Frees the slot of a zombie child that owns nothing: (pid).
pub const SYS_REAP: u64 = 16;
/// Hands a zombie's child over to init: (pid).
pub const SYS_REPARENT: u64 = 17;
/// Adds a level-3 table: (pid, pml4, index, page, perm).
pub const SYS_ALLOC_PDPT: u64 = 20;
/// Adds a level-2 table: (pid, pdpt, index, page, perm).
pub const SYS_ALLOC_PD: u64 = 21;
/// Adds a level-1 table: (pid, pd, index, page, perm).
pub const SYS_ALLOC_PT: u64 = 22;
/// Adds a frame: (pid, pt, index, page, perm).
pub const SYS_ALLOC_FRAME: u64 = 23;
/// Copies a frame of the caller to a frame of pid: (from, pid, to).
pub const SYS_COPY_FRAME: u64 = 24;
/// Changes the permissions of a frame: (pt, index, frame, perm).
pub const SYS_PROTECT_FRAME: u64 = 25;
/// Removes a level-3 table: (pml4, index, page).
pub const SYS_FREE_PDPT: u64 = 26;
/// Removes a level-2 table: (pdpt, index, page).
pub const SYS_FREE_PD: u64 = 27;
/// Removes a level-1 table: (pd, index, page).
pub const SYS_FREE_PT: u64 = 28;
/// Removes a frame: (pt, index, page).
pub const SYS_FREE_FRAME: u64 = 29;
/// Frees a page of a zombie: (page).
pub const SYS_RECLAIM_PAGE: u64 = 30;
/// Opens a new file: (fd, file, type, value, mode).
pub const SYS_CREATE: u64 = 34;
/// Closes a descriptor of the caller or of a zombie: (pid, fd).
pub const SYS_CLOSE: u64 = 35;
/// Copies a descriptor into an empty slot: (old fd, pid, new fd).
pub const SYS_DUP: u64 = 36;
/// Copies a descriptor, closing what was in the slot: (old fd, pid, new fd).
pub const SYS_DUP2: u64 = 37;
/// Sets a file's offset: (fd, offset).
pub const SYS_LSEEK: u64 = 38;
/// Sends to a sleeping process and runs it: (pid, value, page, size, fd).
pub const SYS_SEND: u64 = 40;
/// Sleeps until a message comes, and runs pid: (pid, page, fd).
pub const SYS_RECV: u64 = 41;
/// Answers a caller and sleeps until the next message: (pid, value, page, size, fd, receive page).
pub const SYS_REPLY_WAIT: u64 = 42;
/// Sends and sleeps until that process answers: (pid, value, page, size, receive page, receive fd).
pub const SYS_CALL: u64 = 43;
/// Maps a page of an owned device: (pt, index, PCI page, perm).
pub const SYS_MAP_PCIPAGE: u64 = 46;
/// Claims a device and gives it an IOMMU root table: (device id, page).
pub const SYS_ALLOC_IOMMU_ROOT: u64 = 47;
/// Adds a level-3 IOMMU table: (root, index, page, perm).
pub const SYS_ALLOC_IOMMU_PDPT: u64 = 48;
/// Adds a level-2 IOMMU table: (table, index, page, perm).
pub const SYS_ALLOC_IOMMU_PD: u64 = 49;
/// Adds a level-1 IOMMU table: (table, index, page, perm).
pub const SYS_ALLOC_IOMMU_PT: u64 = 50;
/// Adds a DMA page: (table, index, DMA page, perm).
pub const SYS_ALLOC_IOMMU_FRAME: u64 = 51;
/// Maps a DMA page into the caller's own memory: (pt, index, DMA page, perm).
pub const SYS_MAP_IOMMU_FRAME: u64 = 52;
/// Frees a DMA page of a zombie: (DMA page).
pub const SYS_RECLAIM_IOMMU_FRAME: u64 = 53;
/// Takes a device from a zombie: (device id).
pub const SYS_RECLAIM_IOMMU_ROOT: u64 = 54;
/// Claims an interrupt vector: (vector).
pub const SYS_ALLOC_VECTOR: u64 = 55;
/// Takes a vector from a zombie: (vector).
pub const SYS_RECLAIM_VECTOR: u64 = 56;
/// Routes a device's interrupts to a vector: (index, device id, vector).
pub const SYS_ALLOC_INTREMAP: u64 = 57;
/// Takes an interrupt route from a zombie: (index).
pub const SYS_RECLAIM_INTREMAP: u64 = 58;
/// Clears a pending interrupt of the caller: (vector).
pub const SYS_ACK_INTR: u64 = 59;
/// Gives the caller an I/O bitmap, all ports denied: (page, page + 1, page + 2).
pub const SYS_ALLOC_IO_BITMAP: u64 = 70;
/// Claims an I/O port: (port).
pub const SYS_ALLOC_PORT: u64 = 71;
/// Takes a port from a zombie: (port).
pub const SYS_RECLAIM_PORT: u64 = 72;

/// First of the debugging calls, which the glue around the verified core answers.
pub const SYS_DEBUG_FIRST: u64 = 122;
/// Reads console input: (physical address, length). Returns the bytes read, at most `length`; 0 when none is waiting.
pub const SYS_DEBUG_READ_CONSOLE: u64 = 122;
/// Leaves the emulator with a status: (status).
pub const SYS_DEBUG_EXIT: u64 = 123;
/// Writes to the console: (physical address, length). Returns 0.
pub const SYS_DEBUG_PRINT_CONSOLE: u64 = 124;
/// Writes to the screen: (physical address, length). Returns 0.
pub const SYS_DEBUG_PRINT_SCREEN: u64 = 125;
/// Reads the kernel log: (physical address, length, offset). Returns the bytes read, 0 at the end.
pub const SYS_DEBUG_DMESG: u64 = 126;
/// Reads a number that only the kernel knows: (one of the `SYSCTL_` constants). Returns -EINVAL for any other.
pub const SYS_DEBUG_SYSCTL: u64 = 127;

/// Page frame number of the shared tables' base, see [`crate::layout`].
pub const SYSCTL_BASE_FRAME: u64 = 0;
/// Physical address of the PCI configuration space, 0 if there is none.
pub const SYSCTL_ECAM: u64 = 1;
/// PCI vendor id of the IOMMU's maker, 0 if there is none.
pub const SYSCTL_IOMMU: u64 = 2;
/// Frequency of the time-stamp counter in kHz.
pub const SYSCTL_TSC_KHZ: u64 = 3;
/// 0 if the core's invariant holds, 1 if not; then the log says what is broken. Takes as long as thousands of calls.
pub const SYSCTL_CHECK: u64 = 4;
/// Checksum of what never changes once processes run: the kernel's code and constants, its page tables and descriptor
/// tables, and the maps of permissions. It takes as long as [`SYSCTL_CHECK`].
pub const SYSCTL_FIXED: u64 = 5;
