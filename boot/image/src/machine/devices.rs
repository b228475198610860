//! Finding devices, and confining them.

use log::{info, warn};
use lv6_image::pci::scan;
use lv6_image::requests;
use lv6_image::vtd::Destination;
use lv6_kernel::scan::Scan;
use spin::{Mutex, MutexGuard};

use crate::machine::firmware::Firmware;
use crate::machine::iommu::{self, Iommu, MappedRegisters};
use crate::machine::paging::Paging;
use crate::machine::pci::MappedConfig;

/// Vendor id of the maker of the IOMMUs that are used.
const INTEL: u64 = 0x8086;

/// What the scan has found; it is too large for the stack.
static FOUND: Mutex<Scan> = Mutex::new(scan::NOTHING);

/// An IOMMU and the devices that it confines.
pub type Hardware = requests::Hardware<'static, MappedRegisters, MappedConfig>;

/// What was found.
pub struct Devices {
    /// For the core.
    pub scan: &'static Scan,
    /// What confines the devices, and their configuration space. Without it, no process can have a device.
    pub hardware: Option<Hardware>,
}

impl Devices {
    /// PCI vendor id of the IOMMU's maker, 0 if there is no IOMMU.
    pub fn iommu_vendor(&self) -> u64 {
        self.scan.iommu * INTEL
    }
}

/// Looks for devices, once, and has an IOMMU confine them. Whatever the firmware has them do in the background ends here.
pub fn find(firmware: &Firmware, paging: &mut Paging, destination: Destination) -> Devices {
    let found = MutexGuard::leak(FOUND.lock());
    let Some(ecam) = firmware.ecam else {
        warn!("no devices: the firmware does not say where PCI configuration space is");
        return Devices { scan: found, hardware: None };
    };
    let mut config = MappedConfig::new(ecam, paging);
    found.ecam = ecam.base;
    scan::scan(&mut config, ecam.first_bus..=ecam.last_bus, firmware.units.as_ref(), found);
    let Some(iommu) = start_iommu(firmware, paging, destination) else {
        return Devices { scan: found, hardware: None };
    };
    found.iommu = 1;
    scan::enable(&mut config, found);
    Devices { scan: found, hardware: Some(Hardware { iommu, config }) }
}

fn start_iommu(firmware: &Firmware, paging: &mut Paging, destination: Destination) -> Option<Iommu> {
    let Some(units) = &firmware.units else {
        info!("no IOMMU: no process can have a device");
        return None;
    };
    match iommu::start(&units.bases, paging, destination) {
        Ok(iommu) => {
            info!("IOMMU: Intel, units: {}, table levels: {}", iommu.units(), iommu.levels().count());
            Some(iommu)
        }
        Err(error) => {
            warn!("the IOMMU cannot be used: {error}; no process can have a device");
            None
        }
    }
}
