//! Devices: finding them, claiming them, and the memory that they may reach.
//!
//! A device belongs to the process that has claimed it until that process is dead. It can reach only what the process
//! shares with it: pages of a special kind, which the process can map into its own memory too.

use alloc::collections::BTreeMap;

use lv6_abi::limits::{NDMAPAGE, NPAGE, NPCIDEV};
use lv6_abi::syscall::SYSCTL_ECAM;
use lv6_kernel::state::PciFunc;

use crate::errno::Errno;
use crate::interrupt;
use crate::memory::with_free_page;
use crate::paging::index;
use crate::pci::{self, CAPABILITY_MSI};
use crate::sys::call;
use crate::sys::device::{map_configuration, map_dma_page, map_registers};
use crate::sys::tables::device;

pub use crate::sys::device::{Configuration, DmaPage, Registers};

/// The device may read the page.
pub const READ: u64 = 1;
/// The device may write to the page.
pub const WRITE: u64 = 2;

/// End of the addresses that a device can use: an IOMMU need not have more than three levels of tables.
const REACH: u64 = 1 << 39;

/// The PCI functions of the machine.
pub fn functions() -> impl Iterator<Item = PciFunc> {
    (0..NPCIDEV as u64).map(device).filter(|function| function.id != 0)
}

/// The first function with this id: the device's in bits 31 to 16, its maker's in bits 15 to 0.
pub fn find(id: u64) -> Option<PciFunc> {
    functions().find(|function| function.id == id)
}

/// Whether a process can claim the device: it exists, an IOMMU confines it, and nobody has it.
pub fn is_claimable(device: u64) -> bool {
    // The page does not exist, so the call fails; that is what it looks at last.
    call::alloc_iommu_root(device, NPAGE as u64) == Err(Errno::EINVAL)
}

/// Whether processes can claim devices on this machine at all.
pub fn are_confined() -> bool {
    functions().any(|function| is_claimable(function.devid))
}

/// A device of this process.
pub struct Device {
    /// What the kernel's table says of it.
    pub function: PciFunc,
    /// The page that holds the root of its tables.
    root: u64,
    /// The other pages that hold tables, by level and by the first address that they translate.
    tables: BTreeMap<(u32, u64), u64>,
    /// The page to try first when the next one is shared: those before it were in use.
    next: u64,
}

/// A call that adds an IOMMU table: (table, index, page, permissions).
type AddTable = fn(u64, u64, u64, u64) -> Result<(), Errno>;

impl Device {
    /// Claims a device. ENODEV if it cannot be confined, EBUSY if somebody has it.
    pub fn claim(function: PciFunc) -> Result<Device, Errno> {
        let root = with_free_page(|pn| call::alloc_iommu_root(function.devid, pn))?;
        Ok(Device { function, root, tables: BTreeMap::new(), next: 0 })
    }

    /// The page that holds the root of its tables.
    pub fn root(&self) -> u64 {
        self.root
    }

    /// The first `len` bytes of the registers behind a base-address register. EINVAL if they do not lie in memory.
    pub fn registers(&self, bar: usize, len: u64) -> Result<Registers, Errno> {
        map_registers(self.function.bar_base[bar], len)
    }

    /// Its configuration space. ENODEV if that does not lie in memory.
    pub fn configuration(&self) -> Result<Configuration, Errno> {
        match call::debug_sysctl(SYSCTL_ECAM)? {
            0 => Err(Errno::ENODEV),
            ecam => map_configuration(pci::configuration(ecam, self.function.devid)),
        }
    }

    /// The level-1 table that translates the device's address; missing tables are created.
    pub fn table(&mut self, address: u64) -> Result<u64, Errno> {
        let mut table = self.root;
        let levels: [(u32, AddTable); 3] =
            [(4, call::alloc_iommu_pdpt), (3, call::alloc_iommu_pd), (2, call::alloc_iommu_pt)];
        for (level, add) in levels {
            let key = (level, address >> (3 + 9 * level));
            table = match self.tables.get(&key) {
                Some(&found) => found,
                None => {
                    let made = with_free_page(|pn| add(table, index(address, level), pn, READ | WRITE))?;
                    self.tables.insert(key, made);
                    made
                }
            };
        }
        Ok(table)
    }

    /// Lets the device use a new page of zeros at one of its addresses, a multiple of the page size below 512 GiB, and
    /// maps the page into this process's memory. ENOMEM if there are no more such pages.
    pub fn share(&mut self, address: u64, access: u64) -> Result<DmaPage, Errno> {
        if !address.is_multiple_of(4096) || address >= REACH {
            return Err(Errno::EINVAL);
        }
        let table = self.table(address)?;
        let slot = index(address, 1);
        let first = self.next;
        for number in (first..NDMAPAGE as u64).chain(0..first) {
            match call::alloc_iommu_frame(table, slot, number, access) {
                Ok(()) => {
                    self.next = number;
                    return map_dma_page(number);
                }
                Err(Errno::EBUSY) => {}
                Err(e) => return Err(e),
            }
        }
        Err(Errno::ENOMEM)
    }

    /// Has the device interrupt at this process's vector; returns the number of the route. ENODEV if it cannot send
    /// interrupts as messages, ENOMEM if there is no free route.
    pub fn interrupt_to(&self, vector: u8) -> Result<u64, Errno> {
        let space = self.configuration()?;
        pci::find_capability(|offset| space.read(offset), CAPABILITY_MSI).ok_or(Errno::ENODEV)?;
        interrupt::route(self.function.devid, vector)
    }
}
