//! Finding a drive, claiming it, and giving it memory.

use lv6_abi::syscall::SYSCTL_TSC_KHZ;
use lv6_kernel::state::PciFunc;
use lv6_ulib::device::{self, Device, DmaPage, READ, Registers, WRITE};
use lv6_ulib::process::yield_now;
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::sys::regs::timestamp;

use core::sync::atomic::AtomicU64;

use crate::controller::{Controller, PAGES};
use crate::error::Error;
use crate::{Bus, Page, Shared, registers};

/// Class, subclass and interface of NVMe drives.
const NVME: u64 = 0x01_0802;
/// Where the drive finds the first of the pages; the others follow.
const SHARED: u64 = 0x1000_0000;
/// Ticks of the time-stamp counter in a millisecond when nobody knows: more than any machine has, so that waiting is
/// rather too long.
const MOST_TICKS: u64 = 10_000_000;

/// A drive of this process.
pub type Drive = Controller<Hardware, DmaPage>;

/// The drive's registers, and the processor's clock.
#[derive(Debug)]
pub struct Hardware {
    registers: Registers,
    ticks_per_ms: u64,
}

impl Bus for Hardware {
    fn read(&self, register: u64) -> u32 {
        self.registers.read(register)
    }

    fn write(&self, register: u64, value: u32) {
        self.registers.write(register, value);
    }

    fn milliseconds(&self) -> u64 {
        timestamp() / self.ticks_per_ms
    }

    fn rest(&self) {
        yield_now();
    }
}

impl Page for DmaPage {
    fn words(&self) -> &[AtomicU64; 512] {
        DmaPage::words(self)
    }
}

/// Whether a function is an NVMe drive that can be claimed.
fn is_drive(function: &PciFunc) -> bool {
    function.class >> 8 == NVME && device::is_claimable(function.devid)
}

/// Whether there is a drive that [`open`] would open.
pub fn is_present() -> bool {
    device::functions().any(|function| is_drive(&function))
}

/// Claims the first drive that nobody has, and starts it. It belongs to this process as long as that lives.
pub fn open() -> Result<Drive, Error> {
    let function = device::functions().find(is_drive).ok_or(Error::NoDrive)?;
    if function.bar_size[0] < registers::LEN {
        return Err(Error::Unsupported("its registers are not in memory"));
    }
    let mut device = Device::claim(function).map_err(Error::Kernel)?;
    let registers = device.registers(0, registers::LEN).map_err(Error::Kernel)?;
    let mut share = |address| Ok(Shared { page: device.share(address, READ | WRITE).map_err(Error::Kernel)?, address });
    let mut pages = [const { None }; PAGES];
    for (page, n) in pages.iter_mut().zip(0..) {
        *page = Some(share(SHARED + n * 4096)?);
    }
    let ticks_per_ms = debug_sysctl(SYSCTL_TSC_KHZ).ok().filter(|ticks| *ticks != 0).unwrap_or(MOST_TICKS);
    let pages = pages.map(|page| page.expect("each was shared"));
    Controller::start(Hardware { registers, ticks_per_ms }, pages)
}
