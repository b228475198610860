//! The kernel's page tables: virtual address equal to physical address, and only what the kernel needs, each page
//! either writable or executable.

use core::ops::Range;
use core::slice;

use spin::{Mutex, MutexGuard};
use x86_64::registers::control::{Cr3, Cr3Flags};
use x86_64::registers::model_specific::Msr;
use x86_64::structures::paging::mapper::MapToError;
use x86_64::structures::paging::{
    FrameAllocator, Mapper, OffsetPageTable, Page, PageSize, PageTable, PageTableFlags, PhysFrame, Size2MiB, Size4KiB,
};
use x86_64::{PhysAddr, VirtAddr};

use crate::machine::stack;

/// Enough for the kernel state, an image of 40 MiB, a screen and some devices.
const TABLES: usize = 40;

/// The page attribute table, which says what the flags for caching mean.
const ATTRIBUTES: Msr = Msr::new(0x277);
/// Its entry for the flag "write through" alone, and the value "write combining" there.
const ATTRIBUTE_MASK: u64 = 0xff << 8;
const WRITE_COMBINING: u64 = 1 << 8;

static POOL: Mutex<[PageTable; TABLES]> = Mutex::new([const { PageTable::new() }; TABLES]);

unsafe extern "C" {
    static image_start: u8;
    static rodata_start: u8;
    static data_start: u8;
    static image_end: u8;
}

/// Where the image lies.
pub fn image() -> Range<u64> {
    (&raw const image_start) as u64..(&raw const image_end) as u64
}

/// Where the image's code and constants lie, which are never written to.
pub fn constants() -> Range<u64> {
    (&raw const image_start) as u64..(&raw const data_start) as u64
}

/// Where the kernel's page tables lie, used or not, once [`Paging::activate`] has been called: the root is the first.
pub fn tables() -> Range<u64> {
    let start = Cr3::read().0.start_address().as_u64();
    start..start + size_of::<[PageTable; TABLES]>() as u64
}

/// What memory is used for.
#[derive(Clone, Copy)]
pub enum Use {
    /// Instructions.
    Code,
    /// Data that never change.
    Constants,
    /// Data.
    Data,
    /// Registers of devices.
    Device,
    /// Pixels: writes may be gathered, and are seen a little later.
    Pixels,
}

impl Use {
    fn flags(self) -> PageTableFlags {
        use PageTableFlags as F;
        match self {
            Use::Code => F::PRESENT,
            Use::Constants => F::PRESENT | F::NO_EXECUTE,
            Use::Data => F::PRESENT | F::WRITABLE | F::NO_EXECUTE,
            Use::Device => F::PRESENT | F::WRITABLE | F::NO_EXECUTE | F::NO_CACHE | F::WRITE_THROUGH,
            // The entry of the attribute table that `activate` sets.
            Use::Pixels => F::PRESENT | F::WRITABLE | F::NO_EXECUTE | F::WRITE_THROUGH,
        }
    }
}

/// Page tables that have not been used yet.
struct Tables(slice::IterMut<'static, PageTable>);

// SAFETY: each table is given out once, and nothing else refers to it; it lies at its physical address.
unsafe impl FrameAllocator<Size4KiB> for Tables {
    fn allocate_frame(&mut self) -> Option<PhysFrame> {
        let table = self.0.next()?;
        Some(PhysFrame::containing_address(PhysAddr::new(table as *mut PageTable as u64)))
    }
}

/// The kernel's page tables.
pub struct Paging {
    table: OffsetPageTable<'static>,
    tables: Tables,
}

impl Paging {
    /// Makes tables that map the image. They can be made once.
    pub fn new() -> Self {
        let mut tables = MutexGuard::leak(POOL.lock()).iter_mut();
        let root = tables.next().expect("there are page tables");
        // SAFETY: every table comes from the image, which is mapped at its physical address, here and later.
        let table = unsafe { OffsetPageTable::new(root, VirtAddr::zero()) };
        let mut paging = Paging { table, tables: Tables(tables) };
        paging.map_image();
        paging
    }

    fn map_image(&mut self) {
        let [text, constants, data, end] =
            [&raw const image_start, &raw const rodata_start, &raw const data_start, &raw const image_end];
        self.map(text as u64..constants as u64, Use::Code);
        self.map(constants as u64..data as u64, Use::Constants);
        let mut from = data as u64;
        let mut guards = stack::all().map(|s| s.guard());
        guards.sort_unstable();
        for guard in guards {
            self.map(from..guard, Use::Data);
            from = guard + Size4KiB::SIZE;
        }
        self.map(from..end as u64, Use::Data);
    }

    /// Maps a range of physical memory, which must not be mapped yet, at the same virtual addresses. It is widened to
    /// whole pages.
    pub fn map(&mut self, range: Range<u64>, purpose: Use) {
        let mut at = range.start & !(Size4KiB::SIZE - 1);
        while at < range.end {
            if at.is_multiple_of(Size2MiB::SIZE) && range.end - at >= Size2MiB::SIZE {
                self.map_page::<Size2MiB>(at, purpose);
                at += Size2MiB::SIZE;
            } else {
                self.map_page::<Size4KiB>(at, purpose);
                at += Size4KiB::SIZE;
            }
        }
    }

    fn map_page<S: PageSize + core::fmt::Debug>(&mut self, address: u64, purpose: Use)
    where
        OffsetPageTable<'static>: Mapper<S>,
    {
        let frame = PhysFrame::<S>::containing_address(PhysAddr::new(address));
        let page = Page::<S>::containing_address(VirtAddr::new(address));
        // SAFETY: virtual address equal to physical address is how the kernel sees all memory; the caller says what this
        // piece is for, and mapping what is mapped already is an error.
        let result = unsafe { self.table.map_to(page, frame, purpose.flags(), &mut self.tables) };
        match result {
            Ok(flush) => flush.flush(),
            Err(MapToError::FrameAllocationFailed) => panic!("the kernel has too few page tables"),
            Err(error) => panic!("cannot map {address:#x}: {error:?}"),
        }
    }

    /// Makes the processor use these tables.
    pub fn activate(&self) {
        let root = self.table.level_4_table() as *const PageTable as u64;
        let frame = PhysFrame::containing_address(PhysAddr::new(root));
        let mut attributes = ATTRIBUTES;
        // SAFETY: every 64-bit processor has the register, and no table in use has the flag whose meaning changes. The
        // new tables map the code that runs, its data and its stack at the addresses that they had.
        unsafe {
            let value = attributes.read() & !ATTRIBUTE_MASK | WRITE_COMBINING;
            attributes.write(value);
            Cr3::write(frame, Cr3Flags::empty());
        }
    }
}
