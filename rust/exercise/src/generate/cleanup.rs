//! Steps that take what zombies own, so that a long trace does not run out of everything.

use lv6_abi::syscall::*;
use lv6_kernel::state::{Kernel, ProcState};

use super::{Generator, call};
use crate::machine::DEVICES;
use crate::step::Step;

impl Generator {
    pub(super) fn cleanup_step(&mut self, k: &Kernel) -> Step {
        let Some(zombie) = self.find_process(k, ProcState::Zombie) else {
            return self.random_cleanup();
        };
        if self.random.one_in(24) {
            return self.random_cleanup();
        }
        let proc = &k.procs[zombie as usize];
        if proc.nr_intremaps != 0 {
            let owned = |&i: &u64| k.pci[k.intremaps[i as usize].devid as usize].owner == zombie;
            return call(SYS_RECLAIM_INTREMAP, [(0..8).find(owned).unwrap_or(0)]);
        }
        if proc.nr_devs != 0 {
            let owned = DEVICES.iter().copied().find(|&devid| k.pci[devid as usize].owner == zombie);
            return call(SYS_RECLAIM_IOMMU_ROOT, [owned.unwrap_or(0)]);
        }
        if proc.nr_vectors != 0 {
            let owned = (32..256).find(|&v| k.vectors[v as usize] == zombie);
            return call(SYS_RECLAIM_VECTOR, [owned.unwrap_or(0)]);
        }
        if proc.nr_ports != 0 {
            let owned = (0x60..0x3fe).find(|&port| k.ports[port as usize] == zombie);
            return call(SYS_RECLAIM_PORT, [owned.unwrap_or(0)]);
        }
        if proc.nr_fds != 0 {
            return call(SYS_CLOSE, [zombie, self.find_fd(k, zombie, true)]);
        }
        if proc.nr_children != 0 {
            let child = (1..64).find(|&pid| k.procs[pid as usize].ppid == zombie);
            return call(SYS_REPARENT, [child.unwrap_or(0)]);
        }
        if proc.nr_dmapages != 0 {
            return call(SYS_RECLAIM_IOMMU_FRAME, [self.pop_dma_page(k, zombie)]);
        }
        if proc.nr_pages != 0 {
            return call(SYS_RECLAIM_PAGE, [self.pop_page(k, zombie)]);
        }
        call(SYS_REAP, [zombie])
    }

    /// A page of the zombie, which the generator forgets.
    fn pop_page(&mut self, k: &Kernel, zombie: u64) -> u64 {
        while let Some(pn) = self.pages[zombie as usize].pop() {
            if k.page_desc[pn as usize].owner == zombie {
                return u64::from(pn);
            }
        }
        // The argument that was replaced by a strange number is lost: look for what is left.
        (0..8192).find(|&pn| k.page_desc[pn as usize].owner == zombie).unwrap_or(0)
    }

    fn pop_dma_page(&mut self, k: &Kernel, zombie: u64) -> u64 {
        while let Some(n) = self.dma_pages[zombie as usize].pop() {
            if k.dma[n as usize].owner == zombie {
                return u64::from(n);
            }
        }
        (0..512).find(|&n| k.dma[n as usize].owner == zombie).unwrap_or(0)
    }

    /// A call that takes something from whoever owns it, most often nobody or a live process.
    fn random_cleanup(&mut self) -> Step {
        let (nr, n) = self.random.pick(&[
            (SYS_RECLAIM_PAGE, 600),
            (SYS_RECLAIM_IOMMU_FRAME, 512),
            (SYS_RECLAIM_IOMMU_ROOT, 300),
            (SYS_RECLAIM_VECTOR, 64),
            (SYS_RECLAIM_INTREMAP, 8),
            (SYS_RECLAIM_PORT, 1024),
            (SYS_REAP, 64),
        ]);
        call(nr, [self.random.below(n)])
    }
}
