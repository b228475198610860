//! Bitmaps in which a 1 means "the kernel must be asked".

use core::fmt;

/// The model-specific registers that a process may read and write: the bases of FS and GS.
pub const OPEN_MSRS: [u32; 2] = [0xc000_0100, 0xc000_0101];

/// Length of AMD's MSR permission map.
pub const MSR_MAP_BYTES: usize = 0x2000;
/// Length of AMD's I/O permission map: one bit for each port, and a page for accesses that run over the last one.
pub const IO_MAP_BYTES: usize = 0x3000;

/// Ranges of register numbers that the map has bits for: (first number, offset into the map). Any access to another
/// number is intercepted.
const MSR_RANGES: [(u32, usize); 3] = [(0, 0), (0xc000_0000, 0x800), (0xc001_0000, 0x1000)];
/// Registers in each range.
const MSR_RANGE: u32 = 0x2000;

/// The bit for reading a register; the next one is for writing it. Nothing if the map does not cover the register.
pub fn msr_bit(msr: u32) -> Option<usize> {
    MSR_RANGES.iter().find_map(|&(first, offset)| {
        let index = msr.checked_sub(first)?;
        (index < MSR_RANGE).then_some(offset * 8 + index as usize * 2)
    })
}

/// Fills the map so that a process can use [`OPEN_MSRS`] and no other register.
pub fn fill_msr_map(map: &mut [u8; MSR_MAP_BYTES]) {
    map.fill(0xff);
    for bit in OPEN_MSRS.into_iter().filter_map(msr_bit) {
        map[bit / 8] &= !(0b11 << (bit % 8));
    }
}

/// What is wrong with a map that must be as [`fill_msr_map`] makes it, or full of ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A process that owns no port can use this one. A number that is none is an access that runs over the last one.
    OpenPort(usize),
    /// A process can read or write a register that it must not, or the other way round. This is the number of the bit.
    Msr(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::OpenPort(port) => write!(f, "I/O port {port:#x} is open to every process"),
            Fault::Msr(bit) => write!(f, "bit {bit:#x} of the map of model-specific registers is wrong"),
        }
    }
}

/// Checks each bit of the I/O permission map for processes without ports, and of the MSR permission map.
pub fn check(io_map: impl Iterator<Item = u8>, msr_map: impl Iterator<Item = u8>) -> Result<(), Fault> {
    let open = |bit: usize| OPEN_MSRS.into_iter().filter_map(msr_bit).any(|first| bit & !1 == first);
    if let Some(port) = bits(io_map).position(|set| !set) {
        return Err(Fault::OpenPort(port));
    }
    match bits(msr_map).zip(0..).find(|&(set, bit)| set == open(bit)) {
        Some((_, bit)) => Err(Fault::Msr(bit)),
        None => Ok(()),
    }
}

/// The bits of a map in their order.
fn bits(map: impl Iterator<Item = u8>) -> impl Iterator<Item = bool> {
    map.flat_map(|byte| (0..8).map(move |n| byte >> n & 1 != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_where_the_manual_puts_them() {
        assert_eq!(msr_bit(0), Some(0));
        assert_eq!(msr_bit(0x1fff), Some(0x7ff * 8 + 6));
        assert_eq!(msr_bit(0x2000), None);
        assert_eq!(msr_bit(0xc000_0080), Some(0x800 * 8 + 0x100));
        assert_eq!(msr_bit(0xc001_0114), Some(0x1000 * 8 + 0x228));
        assert_eq!(msr_bit(0xffff_ffff), None);
    }

    #[test]
    fn each_wrong_bit_is_found() {
        let io = [0xff; IO_MAP_BYTES];
        let mut msr = [0; MSR_MAP_BYTES];
        fill_msr_map(&mut msr);
        let faults = |io: &[u8], msr: &[u8]| check(io.iter().copied(), msr.iter().copied());
        assert_eq!(faults(&io, &msr), Ok(()));
        for port in (0..IO_MAP_BYTES * 8).step_by(97).chain([0, 0x60, 0xffff, 0x1_0000, IO_MAP_BYTES * 8 - 1]) {
            let mut io = io;
            io[port / 8] &= !(1 << (port % 8));
            assert_eq!(faults(&io, &msr), Err(Fault::OpenPort(port)));
        }
        let fs = msr_bit(OPEN_MSRS[0]).unwrap();
        for bit in (0..MSR_MAP_BYTES * 8).step_by(97).chain([0, MSR_MAP_BYTES * 8 - 1]).chain(fs - 1..fs + 5) {
            let mut msr = msr;
            msr[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(faults(&io, &msr), Err(Fault::Msr(bit)));
        }
    }

    #[test]
    fn only_fs_and_gs_base_are_open() {
        let mut map = [0; MSR_MAP_BYTES];
        fill_msr_map(&mut map);
        let open: Vec<usize> = (0..MSR_MAP_BYTES * 8).filter(|bit| map[bit / 8] >> (bit % 8) & 1 == 0).collect();
        let fs = 0x800 * 8 + 0x100 * 2;
        assert_eq!(open, [fs, fs + 1, fs + 2, fs + 3]);
    }
}
