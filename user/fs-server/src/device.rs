//! Devices: what stands behind the files that are no files.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use lv6_ulib::Errno;

/// Major number of the console.
pub const CONSOLE: u16 = 1;
/// Major number of the device that is always empty and takes everything.
pub const NULL: u16 = 2;

/// Something that can be read from and written to. `minor` says which, where a driver has several.
pub trait Device {
    /// Looks whether anything has happened. Called before each request, whatever it is about.
    fn poll(&mut self) {}

    /// Reads some bytes. Returns how many; 0 at the end. EAGAIN if there are none yet: the client tries again.
    fn read(&mut self, minor: u16, to: &mut [u8]) -> Result<usize, Errno>;

    /// Writes some bytes. Returns how many. EAGAIN if there is no room for any yet.
    fn write(&mut self, minor: u16, from: &[u8]) -> Result<usize, Errno>;

    /// Does something that only this device knows. ENOTTY if it does not know the request either.
    fn control(&mut self, _minor: u16, _request: u64, _argument: u64) -> Result<u64, Errno> {
        Err(Errno::ENOTTY)
    }
}

/// The devices, by their major numbers.
#[derive(Default)]
pub struct Devices(BTreeMap<u16, Box<dyn Device>>);

impl Devices {
    /// Makes a device the one with a major number.
    pub fn add(&mut self, major: u16, device: impl Device + 'static) {
        self.0.insert(major, Box::new(device));
    }

    /// The device with a major number. ENXIO if there is none.
    pub fn get(&mut self, major: u16) -> Result<&mut dyn Device, Errno> {
        match self.0.get_mut(&major) {
            Some(device) => Ok(&mut **device),
            None => Err(Errno::ENXIO),
        }
    }

    /// Lets all devices look whether anything has happened.
    pub fn poll(&mut self) {
        self.0.values_mut().for_each(|device| device.poll());
    }
}

/// The device that is always empty and takes everything.
pub struct Null;

impl Device for Null {
    fn read(&mut self, _minor: u16, _to: &mut [u8]) -> Result<usize, Errno> {
        Ok(0)
    }
    fn write(&mut self, _minor: u16, from: &[u8]) -> Result<usize, Errno> {
        Ok(from.len())
    }
}
