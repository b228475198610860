//! The kernel state: one record of plain tables.
//!
//! The first six members are whole pages long (see [`lv6_abi::layout`]): the glue places the record at a page
//! boundary, and user space reads four of them through read-only mappings. That is why numbers are 64 bits wide where
//! fewer would do, and why records are padded to a power of two or to six pages in all.
//!
//! All-zero memory is a valid `Kernel`, in which nothing exists yet; [`crate::boot::boot`] makes the initial state of it.

use lv6_abi::limits::{
    NDEVID, NDMAPAGE, NFILE, NINTREMAP, NOFILE, NPAGE, NPCIDEV, NPCIPAGE, NPORT, NPROC, NVECTOR, PAGE_WORDS,
};

/// What a process is doing.
#[repr(u64)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub enum ProcState {
    /// The slot is free.
    Unused,
    /// Being built by its parent; has never run.
    Embryo,
    /// On the ready list, waiting for the processor.
    Runnable,
    /// On the processor: exactly the current process.
    Running,
    /// Waiting for a message.
    Sleeping,
    /// Dead; what it owned can be reclaimed.
    Zombie,
}

impl ProcState {
    /// A number for each state, for comparisons.
    pub fn code(self) -> u64 {
        match self {
            ProcState::Unused => 0,
            ProcState::Embryo => 1,
            ProcState::Runnable => 2,
            ProcState::Running => 3,
            ProcState::Sleeping => 4,
            ProcState::Zombie => 5,
        }
    }

    /// Whether the two states are the same.
    pub fn is(self, other: ProcState) -> bool {
        self.code() == other.code()
    }
}

/// What a page is used for.
#[repr(u64)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub enum PageType {
    /// On the free list.
    Free,
    /// Page 0, the anchor of the free list.
    Reserved,
    /// Kernel data of a process: saved registers, control block, I/O bitmap. Never mapped.
    ProcData,
    /// Memory of a process.
    Frame,
    /// Root of a process's page tables.
    X86Pml4,
    /// Level-3 page table.
    X86Pdpt,
    /// Level-2 page table.
    X86Pd,
    /// Level-1 page table.
    X86Pt,
    /// Root of a device's page tables.
    IommuPml4,
    /// Level-3 table of a device.
    IommuPdpt,
    /// Level-2 table of a device.
    IommuPd,
    /// Level-1 table of a device.
    IommuPt,
    /// A DMA page that its owner has claimed.
    IommuFrame,
}

impl PageType {
    /// A number for each type, for comparisons.
    pub fn code(self) -> u64 {
        match self {
            PageType::Free => 0,
            PageType::Reserved => 1,
            PageType::ProcData => 2,
            PageType::Frame => 3,
            PageType::X86Pml4 => 4,
            PageType::X86Pdpt => 5,
            PageType::X86Pd => 6,
            PageType::X86Pt => 7,
            PageType::IommuPml4 => 8,
            PageType::IommuPdpt => 9,
            PageType::IommuPd => 10,
            PageType::IommuPt => 11,
            PageType::IommuFrame => 12,
        }
    }

    /// Whether the two types are the same.
    pub fn is(self, other: PageType) -> bool {
        self.code() == other.code()
    }
}

/// What an open file is. The kernel only counts references; the server that made the file gives it meaning.
#[repr(u64)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub enum FileType {
    /// The slot is free.
    None,
    /// A pipe of the file server.
    Pipe,
    /// A file, directory or device of the file server.
    Inode,
    /// A socket of the network server.
    Socket,
}

impl FileType {
    /// A number for each type, for comparisons.
    pub fn code(self) -> u64 {
        match self {
            FileType::None => 0,
            FileType::Pipe => 1,
            FileType::Inode => 2,
            FileType::Socket => 3,
        }
    }

    /// Whether the two types are the same.
    pub fn is(self, other: FileType) -> bool {
        self.code() == other.code()
    }
}

/// A process (384 bytes, exported read-only).
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct Proc {
    /// What it is doing.
    pub state: ProcState,
    /// Its parent; 0 in an unused slot.
    pub ppid: u64,
    /// The page at which its page tables start.
    pub page_table_root: u64,
    /// The page that keeps its registers while it does not run.
    pub stack: u64,
    /// The page that holds its virtual-machine control block.
    pub hvm: u64,
    /// First page of its I/O bitmap, if `use_io_bitmap` is not 0.
    pub io_bitmap_a: u64,
    /// Second page of its I/O bitmap.
    pub io_bitmap_b: u64,
    /// Its file descriptors: a file number, or 0.
    pub ofile: [u64; NOFILE],
    /// How many processes have it as their parent.
    pub nr_children: u64,
    /// How many of its descriptors are in use.
    pub nr_fds: u64,
    /// How many pages it owns.
    pub nr_pages: u64,
    /// How many DMA pages it owns.
    pub nr_dmapages: u64,
    /// How many devices it owns.
    pub nr_devs: u64,
    /// How many I/O ports it owns.
    pub nr_ports: u64,
    /// How many interrupt vectors it owns.
    pub nr_vectors: u64,
    /// How many interrupt routes its devices have.
    pub nr_intremaps: u64,
    /// 1 if it must die when it next gives the processor up.
    pub killed: u64,
    /// 1 if it has an I/O bitmap.
    pub use_io_bitmap: u64,
    /// Who sent the last message; while asleep in a call, who may answer it; 0 for anyone, or for an interrupt.
    pub ipc_from: u64,
    /// The number received.
    pub ipc_val: u64,
    /// The page that receives the next message.
    pub ipc_page: u64,
    /// Bytes received.
    pub ipc_size: u64,
    /// The descriptor that receives the next file; an invalid number if none is wanted.
    pub ipc_fd: u64,
    /// Interrupt vectors that wait for an acknowledgement, one bit each.
    pub intr: [u64; 4],
    /// Its name, up to 16 bytes of text.
    pub name: [u64; 2],
    /// The process before it on the ready list.
    pub ready_prev: u64,
    /// The process after it on the ready list.
    pub ready_next: u64,
    /// Always 0; makes the table six pages long.
    pub reserved: [u64; 2],
}

/// What the kernel knows of a page of RAM (32 bytes, exported read-only).
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct PageDesc {
    /// What it is used for.
    pub kind: PageType,
    /// Its owner; 0 if it is free.
    pub owner: u64,
    /// The page before it on the free list.
    pub free_prev: u64,
    /// The page after it on the free list.
    pub free_next: u64,
}

/// An open file (64 bytes, exported read-only).
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct File {
    /// What it is.
    pub kind: FileType,
    /// How many descriptors refer to it.
    pub refcnt: u64,
    /// The server's name for it.
    pub value: u64,
    /// How it was opened.
    pub omode: u64,
    /// Where the next read or write starts.
    pub offset: u64,
    /// Always 0; makes the table two pages long.
    pub reserved: [u64; 3],
}

/// A PCI function that the scan found (128 bytes, exported read-only). The handlers do not look at it.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct PciFunc {
    /// Bus, device and function, as one device id.
    pub devid: u64,
    /// Device id (high 16 bits) and vendor id (low 16 bits) of PCI configuration space.
    pub id: u64,
    /// Class, subclass, interface and revision, 8 bits each, from bit 31 down.
    pub class: u64,
    /// Always 0; makes the table two pages long.
    pub reserved: u64,
    /// Physical addresses of the base-address registers.
    pub bar_base: [u64; 6],
    /// Their sizes in bytes.
    pub bar_size: [u64; 6],
}

/// What the kernel knows of a DMA page.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct DmaDesc {
    /// [`PageType::Free`] or [`PageType::IommuFrame`].
    pub kind: PageType,
    /// Its owner; 0 if it is free.
    pub owner: u64,
}

/// A PCI device id.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct PciSlot {
    /// Its owner; 0 if no process has claimed it.
    pub owner: u64,
    /// The page at which its IOMMU tables start, if it is owned.
    pub root: u64,
    /// 1 if a process can claim it: the scan found a device there, and an IOMMU that confines it.
    pub present: u64,
}

/// A page of the PCI hole.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct PciPage {
    /// The device that it belongs to.
    pub devid: u16,
    /// Whether it belongs to a device at all.
    pub valid: bool,
    /// Whether it is the device's page of the configuration space, which a process may read only.
    pub config: bool,
}

/// An entry of the interrupt-remapping table.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct Intremap {
    /// 1 if the entry is in use.
    pub active: u64,
    /// The device whose interrupts it routes.
    pub devid: u64,
    /// The vector that they arrive at.
    pub vector: u64,
}

/// What the glue must do before it lets a process or a device run on.
///
/// It carries out everything but `flush_tlb` before the next handler runs, and sets it back to 0; a process's flush can
/// wait until the process is about to run. An IOMMU with only three levels of tables starts at `pages[root][0]`, not at
/// the root, so its context entries must also be made again whenever `flush_iotlb` is set.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
#[derive(Clone, Copy)]
pub struct Requests {
    /// For each process, 1 if its cached translations must be dropped before it next runs.
    pub flush_tlb: [u64; NPROC],
    /// 1 if the devices' cached translations must be dropped.
    pub flush_iotlb: u64,
    /// 1 + the device id whose IOMMU context entry must be made again from `pci`; 0 for none.
    pub context: u64,
    /// 1 + the number of the interrupt-remapping entry that must be made again from `intremaps`; 0 for none.
    pub intremap: u64,
    /// The process whose control block must be pointed at its I/O bitmap; 0 for none.
    pub io_bitmap: u64,
}

/// The whole kernel state.
#[repr(C)]
#[cfg_attr(feature = "heap", derive(zerocopy::FromZeros, PartialEq))]
pub struct Kernel {
    /// Contents of the pages of RAM.
    pub pages: [[u64; PAGE_WORDS]; NPAGE],
    /// Contents of the DMA pages, as the kernel left them; devices write to them.
    pub dma_pages: [[u64; PAGE_WORDS]; NDMAPAGE],
    /// Use and owner of each page.
    pub page_desc: [PageDesc; NPAGE],
    /// The processes.
    pub procs: [Proc; NPROC],
    /// The open files.
    pub files: [File; NFILE],
    /// The PCI functions, for user space to read.
    pub devices: [PciFunc; NPCIDEV],
    /// Use and owner of each DMA page.
    pub dma: [DmaDesc; NDMAPAGE],
    /// Owner of each PCI device id.
    pub pci: [PciSlot; NDEVID],
    /// Device of each page of the PCI hole.
    pub pci_pages: [PciPage; NPCIPAGE],
    /// Owner of each interrupt vector; 0 if free, [`KERNEL`] if it can never be owned.
    pub vectors: [u64; NVECTOR],
    /// The interrupt-remapping table.
    pub intremaps: [Intremap; NINTREMAP],
    /// Owner of each I/O port; 0 if free, [`KERNEL`] if it can never be owned.
    pub ports: [u64; NPORT],
    /// Page frame number at which this record starts; see [`lv6_abi::layout`].
    pub base: u64,
    /// The process on the processor.
    pub current: u64,
    /// Work for the glue.
    pub requests: Requests,
}

/// Owner of what no process can have.
pub const KERNEL: u64 = 0xffff_ffff_ffff_ffff;

/// Whether the number can name a process: 1..=63.
pub fn is_pid(pid: u64) -> bool {
    pid > 0 && pid < 64
}

/// Whether the number names a page.
pub fn is_pn(pn: u64) -> bool {
    pn < 8192
}

/// Whether the number is an index into a page table.
pub fn is_index(index: u64) -> bool {
    index < 512
}

/// Whether the number is a file descriptor.
pub fn is_fd(fd: u64) -> bool {
    fd < 16
}

/// Whether the number names an open-file slot: 1..=127.
pub fn is_fn(file: u64) -> bool {
    file > 0 && file < 128
}

/// Whether `pid` is an embryo that the current process is building. `pid` must be valid.
pub fn is_own_embryo(k: &Kernel, pid: u64) -> bool {
    k.procs[pid as usize].ppid == k.current && k.procs[pid as usize].state.is(ProcState::Embryo)
}

/// Whether the current process may act on `pid`: it is itself, or an embryo that it is building. `pid` must be valid.
pub fn may_act_on(k: &Kernel, pid: u64) -> bool {
    pid == k.current || is_own_embryo(k, pid)
}
