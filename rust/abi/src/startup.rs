//! How a program starts, and where things lie in its address space.
//!
//! A program is a static position-independent ELF file linked at 0. Whoever starts it (the glue for init, `exec` for
//! all others) puts its image at the start of a *slot*, applies the relocations (`R_X86_64_RELATIVE` only), maps a stack
//! at the slot's stack top, writes a [`Startup`] block there, and jumps to the ELF entry point with `rdi` and `rsp`
//! equal to the block's address, which is a multiple of 16.
//!
//! There are two slots so that `exec` can load the next program beside the running one: nothing of the caller is lost
//! if that fails, and if it succeeds the next program frees the slot it came from.

/// First slot: entry 1 of the root table. Init starts here.
pub const SLOT_A: u64 = 0x0000_0080_0000_0000;
/// Second slot: entry 2 of the root table.
pub const SLOT_B: u64 = 0x0000_0100_0000_0000;
/// Length of a slot: what one entry of the root table maps.
pub const SLOT_SIZE: u64 = 0x80_0000_0000;
/// Greatest length of an image; it starts where its slot starts.
pub const IMAGE_MAX: u64 = 0x1000_0000;
/// From the start of a slot to its heap.
pub const HEAP_OFFSET: u64 = 0x10_0000_0000;
/// Greatest length of a heap.
pub const HEAP_MAX: u64 = 0x1000_0000;
/// From the start of a slot to the pages that a program maps in its own page-fault handler.
pub const DEMAND_OFFSET: u64 = 0x20_0000_0000;
/// Length of that area.
pub const DEMAND_SIZE: u64 = 0x20_0000;
/// From the start of a slot to the end of its stack.
pub const STACK_TOP_OFFSET: u64 = 0x40_0000_0000;
/// Length of a stack. The page below it is never mapped, so that an overflow faults.
pub const STACK_SIZE: u64 = 0x1_0000;
/// Greatest length of a [`Startup`] block with its arguments: it must not eat up the stack.
pub const STARTUP_MAX: u64 = 0x1000;

/// Where the archive of programs (USTAR) is mapped, read-only: entry 3 of the root table.
pub const ARCHIVE: u64 = 0x0000_0180_0000_0000;

/// Where a process maps the page descriptors, read-only.
pub const UPAGES: u64 = 0xffff_8000_0000_3000;
/// Where a process maps the process table, read-only.
pub const UPROCS: u64 = 0xffff_8000_0004_4000;
/// Where a process maps the PCI device table, read-only.
pub const UDEVS: u64 = 0xffff_8000_0004_b000;
/// Where a process maps the file table, read-only.
pub const UFILES: u64 = 0xffff_8000_0004_e000;

/// The entry of the root table that maps the root table itself, read-only.
pub const SELF_MAP_INDEX: u64 = 272;
/// Where that makes all level-1 entries readable, in one array indexed by virtual page number.
pub const UVPT: u64 = 0xffff_8800_0000_0000;
/// Where it makes all level-2 entries readable.
pub const UVPD: u64 = 0xffff_8844_0000_0000;
/// Where it makes all level-3 entries readable.
pub const UVPDPT: u64 = 0xffff_8844_2200_0000;
/// Where it makes the entries of the root table readable.
pub const UVPML4: u64 = 0xffff_8844_2211_0000;

/// What a program is told when it starts. The arguments and this record lie between `rsp` and the end of the stack.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Startup {
    /// Number of arguments, the program's name included.
    pub argc: u64,
    /// Address of `argc` records of type [`StartupArg`].
    pub argv: u64,
    /// The slot that the program lies in: [`SLOT_A`] or [`SLOT_B`].
    pub image: u64,
    /// Length of the image in memory, from the start of the slot to the end of its last page.
    pub image_len: u64,
    /// The slot of the program before it, to be freed; 0 if there is none.
    pub old_slot: u64,
    /// [`ARCHIVE`] if the archive of programs is mapped there, otherwise 0.
    pub archive: u64,
    /// Length of the archive in bytes, otherwise 0.
    pub archive_len: u64,
    /// 1 if the kernel's tables and the self map are mapped already, 0 if the program has to do that (only init).
    pub tables: u64,
}

/// One argument: UTF-8 text without a terminator.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartupArg {
    /// Its address.
    pub ptr: u64,
    /// Its length in bytes.
    pub len: u64,
}
