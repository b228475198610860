//! The registers of Intel's IOMMUs, and the memory that they read.

use core::arch::asm;
use core::sync::atomic::{Ordering, fence};

use lv6_abi::limits::PAGE_SIZE;
use lv6_image::acpi::dmar::UNITS;
use lv6_image::vtd::registers::Registers;
use lv6_image::vtd::table::Tables;
use lv6_image::vtd::{self, Destination, Refusal};

use arrayvec::ArrayVec;

use crate::machine::paging::{Paging, Use};

static TABLES: Tables = Tables::new();

/// All units.
pub type Iommu = vtd::Iommu<'static, MappedRegisters>;

/// A unit's registers in memory.
pub struct MappedRegisters {
    /// Address of the first one: all that are used lie in its page.
    base: u64,
}

impl MappedRegisters {
    fn new(base: u64, paging: &mut Paging) -> Self {
        paging.map(base..base + PAGE_SIZE as u64, Use::Device);
        MappedRegisters { base }
    }

    fn at<T>(&self, register: u64) -> *mut T {
        assert!(register + size_of::<T>() as u64 <= PAGE_SIZE as u64 && register.is_multiple_of(size_of::<T>() as u64));
        (self.base + register) as *mut T
    }
}

impl Registers for MappedRegisters {
    fn read32(&self, register: u64) -> u32 {
        // SAFETY: the address is aligned in the page that `new` has mapped; reading has no effect.
        unsafe { self.at::<u32>(register).read_volatile() }
    }

    fn read64(&self, register: u64) -> u64 {
        // SAFETY: as above.
        unsafe { self.at::<u64>(register).read_volatile() }
    }

    fn write32(&mut self, register: u64, value: u32) {
        fence(Ordering::SeqCst);
        // SAFETY: the address is aligned in the page that `new` has mapped; nothing else writes there, and the unit only
        // ever learns of tables that live as long as it does.
        unsafe { self.at::<u32>(register).write_volatile(value) };
    }

    fn write64(&mut self, register: u64, value: u64) {
        fence(Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { self.at::<u64>(register).write_volatile(value) };
    }

    fn write_back_caches(&self) {
        // SAFETY: memory keeps the contents that the processor sees.
        unsafe { asm!("wbinvd", options(nostack, preserves_flags)) };
    }
}

/// Has the units with registers at these addresses confine all devices.
pub fn start(bases: &[u64], paging: &mut Paging, destination: Destination) -> Result<Iommu, Refusal> {
    let registers: ArrayVec<_, UNITS> = bases.iter().map(|base| MappedRegisters::new(*base, paging)).collect();
    Iommu::start(&TABLES, registers, destination)
}
