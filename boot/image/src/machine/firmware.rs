//! What the firmware's tables say about buses, IOMMUs and the power switch.

use log::warn;
use lv6_image::acpi::dmar::{self, Units};
use lv6_image::acpi::mcfg::{self, Ecam};
use lv6_image::acpi::power::{self, Power};
use lv6_image::acpi::{self, Memory};

use crate::machine::boot_info::bytes_at;

/// Copied so that nothing refers to the firmware's memory any more.
#[derive(Default)]
pub struct Firmware {
    /// Where PCI configuration space is mapped to memory.
    pub ecam: Option<Ecam>,
    /// Intel's IOMMUs, if there are any.
    pub units: Option<Units>,
    /// How the machine is switched off.
    pub power: Option<Power>,
}

/// Memory as the first page tables map it.
struct FirstTables;

impl Memory<'static> for FirstTables {
    fn bytes(&self, address: u64, length: u64) -> Option<&'static [u8]> {
        // SAFETY: this type is used by `read` only, whose caller promises the same.
        unsafe { bytes_at(address, length) }
    }
}

/// Reads the tables.
///
/// # Safety
/// The firmware must have put its tables where `root` leads, and the first page tables must be in use.
pub unsafe fn read(root: Option<acpi::Root>) -> Firmware {
    let Some(root) = root else {
        warn!("the firmware has no ACPI tables");
        return Firmware::default();
    };
    let ecam = acpi::find(&FirstTables, root, b"MCFG").and_then(mcfg::parse);
    let units = acpi::find(&FirstTables, root, b"DMAR")
        .and_then(|table| dmar::parse(table).inspect_err(|error| warn!("the IOMMUs cannot be used: {error}")).ok());
    Firmware { ecam, units, power: power::read(&FirstTables, root) }
}
