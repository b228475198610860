//! Bits of an x86-64 page-table entry (AMD64 manual, volume 2, section 5.3; Intel SDM, volume 3, section 4.5).

/// Present.
pub const PTE_P: u64 = 1;
/// Writable.
pub const PTE_W: u64 = 2;
/// User accessible.
pub const PTE_U: u64 = 4;
/// Write-through.
pub const PTE_PWT: u64 = 8;
/// Cache disabled.
pub const PTE_PCD: u64 = 0x10;
/// Accessed: set by the processor.
pub const PTE_A: u64 = 0x20;
/// Dirty: set by the processor.
pub const PTE_D: u64 = 0x40;
/// Large page.
pub const PTE_PS: u64 = 0x80;
/// Global translation.
pub const PTE_G: u64 = 0x100;
/// The three bits left to software.
pub const PTE_AVL: u64 = 0xe00;
/// No execution.
pub const PTE_NX: u64 = 0x8000_0000_0000_0000;

/// The bits that a process may choose: P, W, U, PWT, PCD, AVL and NX. PS would make a large page, G a translation that
/// survives a flush, and A and D belong to the processor.
pub const PTE_PERM_MASK: u64 = 0x8000_0000_0000_0e1f;

/// The page frame number's bits, 51 down to 12.
pub const PTE_ADDR: u64 = 0x000f_ffff_ffff_f000;
/// Position of the page frame number.
pub const PTE_PFN_SHIFT: u64 = 12;
/// The bits of a page frame number, after the shift.
pub const PTE_PFN_MASK: u64 = 0xff_ffff_ffff;

/// The bits that a process may choose in an IOMMU table entry: read and write.
pub const IOMMU_PERM_MASK: u64 = 3;
