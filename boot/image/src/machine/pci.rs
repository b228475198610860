//! PCI configuration space, mapped to memory (PCI Express Base specification 5.0, section 7.2.2).

use lv6_image::acpi::mcfg::Ecam;
use lv6_image::pci::{Config, Place};

use crate::machine::paging::{Paging, Use};

/// The configuration space of the buses that the firmware has mapped.
pub struct MappedConfig {
    ecam: Ecam,
}

impl MappedConfig {
    /// Maps it for the kernel.
    pub fn new(ecam: Ecam, paging: &mut Paging) -> Self {
        paging.map(ecam.range(), Use::Device);
        MappedConfig { ecam }
    }

    /// The address of a register; nothing if its bus is not mapped.
    fn address(&self, place: Place, register: u16) -> Option<u64> {
        let inside = (self.ecam.first_bus..=self.ecam.last_bus).contains(&place.bus());
        inside.then(|| self.ecam.base + place.offset() + u64::from(register & 0xffc))
    }
}

impl Config for MappedConfig {
    fn read(&self, place: Place, register: u16) -> u32 {
        match self.address(place, register) {
            // SAFETY: the address is a multiple of 4 in memory that `new` has mapped; reading has no effect.
            Some(address) => unsafe { (address as *const u32).read_volatile() },
            None => !0,
        }
    }

    fn write(&mut self, place: Place, register: u16, value: u32) {
        if let Some(address) = self.address(place, register) {
            // SAFETY: the address is a multiple of 4 in memory that `new` has mapped, and the registers that are written
            // move the addresses of no memory but devices' own.
            unsafe { (address as *mut u32).write_volatile(value) };
        }
    }
}
