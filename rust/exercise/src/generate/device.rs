//! Steps on devices, interrupts and ports.

use lv6_abi::syscall::*;
use lv6_kernel::state::{Kernel, is_pn};

use super::{Generator, call};
use crate::machine::{BRIDGE, DEVICES};
use crate::step::Step;

/// Slots of an IOMMU table that are used most.
const BUSY_SLOTS: u64 = 3;

/// Ports that processes of the test machine can claim.
const FREE_PORTS: [u64; 8] = [0x3f8, 0x3fd, 0x2f8, 0x2fd, 0x60, 0x64, 0x3d4, 0x3d5];

impl Generator {
    pub(super) fn device_step(&mut self, k: &Kernel) -> Step {
        let vector = 32 + self.random.below(24);
        match self.random.below(20) {
            0..10 => self.iommu_step(k),
            10 | 11 => call(SYS_ALLOC_VECTOR, [vector]),
            12..14 => {
                let devid = self.random.pick(&DEVICES);
                let owned = (32..56).find(|&v| k.vectors[v as usize] == k.current).unwrap_or(vector);
                call(SYS_ALLOC_INTREMAP, [self.random.below(8), devid, owned])
            }
            14 => call(SYS_ACK_INTR, [vector]),
            15 | 16 => {
                let pn = 6000 + self.random.below(2190);
                call(SYS_ALLOC_IO_BITMAP, [pn, pn + 1, pn + 2])
            }
            17..19 => call(SYS_ALLOC_PORT, [self.random.pick(&FREE_PORTS)]),
            _ => Step::Dma(self.random.below(512), self.random.below(512), self.random.word()),
        }
    }

    /// Claims a device, or walks from the root of one of the caller's to the first empty slot and fills that.
    fn iommu_step(&mut self, k: &Kernel) -> Step {
        let start = self.random.below(5) as usize;
        let owned = (0..5).map(|i| DEVICES[(start + i) % 5]).find(|&devid| k.pci[devid as usize].owner == k.current);
        let Some(devid) = owned.filter(|_| !self.random.one_in(8)) else {
            let devid = if self.random.one_in(12) { BRIDGE } else { DEVICES[start] };
            return call(SYS_ALLOC_IOMMU_ROOT, [devid, self.free_page(k)]);
        };
        let mut table = k.pci[devid as usize].root;
        let mut level = 4;
        loop {
            let index = self.random.below(BUSY_SLOTS);
            let entry = k.pages[table as usize][index as usize];
            let next = (entry >> 12).wrapping_sub(k.base);
            if level == 1 || entry == 0 || !is_pn(next) {
                let page = if level == 1 { self.free_dma_page(k) } else { self.free_page(k) };
                return call(SYS_ALLOC_IOMMU_PDPT + 4 - level, [table, index, page, self.random.below(4)]);
            }
            table = next;
            level -= 1;
        }
    }
}
