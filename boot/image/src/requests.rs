//! What a handler of the core leaves to be done to the hardware.
//!
//! Each kind of request names what has changed; what it has changed to is read from the state.

use core::mem::take;

use lv6_abi::limits::PAGE_SIZE;
use lv6_abi::pte::{IOMMU_PERM_MASK, PTE_ADDR};
use lv6_kernel::Kernel;

use crate::pci::{COMMAND_MASTER, Config, Place, command, msi};
use crate::vtd::entry::{Levels, Route};
use crate::vtd::queue::Invalidation;
use crate::vtd::registers::Registers;
use crate::vtd::{Domain, Iommu, Refusal};

/// What requests are carried out on.
pub struct Hardware<'a, R, C> {
    /// What confines the devices.
    pub iommu: Iommu<'a, R>,
    /// Their configuration space, which their owners can only read.
    pub config: C,
}

/// Carries out what the last handler has asked for, and takes it off the list: all but the processes' own translations,
/// which are dropped when the process runs.
///
/// A device accesses memory and interrupts only while that is in force: it is told to stop before the IOMMU forgets the
/// entry, and to begin after the IOMMU knows it.
///
/// Without an IOMMU there is nothing to do: no process can have claimed a device. The error says that the IOMMU has not
/// done its part; devices may still use what they must not.
pub fn carry_out<R, C>(k: &mut Kernel, hardware: Option<&mut Hardware<'_, R, C>>) -> Result<(), Refusal>
where
    R: Registers,
    C: Config,
{
    let requests = &k.requests;
    if requests.io_bitmap | requests.context | requests.intremap | requests.flush_iotlb == 0 {
        // As after most calls.
        return Ok(());
    }
    // A control block is pointed at its process's I/O bitmap each time the process runs.
    k.requests.io_bitmap = 0;
    let device = take(&mut k.requests.context).checked_sub(1).map(|devid| Place(devid as u16));
    let route = take(&mut k.requests.intremap).checked_sub(1).map(|index| index as usize);
    let flush = take(&mut k.requests.flush_iotlb) != 0;
    let Some(Hardware { iommu, config }) = hardware else { return Ok(()) };

    if let Some(place) = device {
        command(config, place, COMMAND_MASTER, 0);
    }
    if let Some(place) = route.and_then(|index| iommu.sender(index)) {
        msi::disable(config, place);
    }
    let what = set_tables(k, iommu, device, route, flush);
    if !what.is_empty() {
        iommu.invalidate(what)?;
    }
    if let Some(place) = device.filter(|place| k.pci[usize::from(place.0)].owner != 0) {
        command(config, place, 0, COMMAND_MASTER);
    }
    if let Some((place, index)) = route.and_then(|index| Some((iommu.sender(index)?, index))) {
        msi::enable(config, place, index);
    }
    Ok(())
}

/// Makes the IOMMU's entries again, and says what the IOMMU must forget.
fn set_tables<R: Registers>(
    k: &Kernel,
    iommu: &mut Iommu<'_, R>,
    device: Option<Place>,
    route: Option<usize>,
    flush: bool,
) -> Invalidation {
    let mut what = Invalidation::empty();
    if flush {
        what |= Invalidation::TRANSLATIONS;
    }
    if let Some(place) = device {
        set_domain(k, iommu, place.0.into());
        what |= Invalidation::CONTEXTS;
    }
    if flush && iommu.levels() == Levels::Three {
        // A root's entry 0 may have changed, which takes the place of the root.
        for n in 0..k.devices.len() {
            if k.devices[n].id != 0 {
                set_domain(k, iommu, k.devices[n].devid);
            }
        }
        what |= Invalidation::CONTEXTS;
    }
    if let Some(index) = route {
        let entry = k.intremaps[index];
        let to = Route { from: Place(entry.devid as u16), vector: entry.vector as u8 };
        iommu.set_route(index, (entry.active != 0).then_some(to));
        what |= Invalidation::ROUTES;
    }
    what
}

fn set_domain<R: Registers>(k: &Kernel, iommu: &mut Iommu<'_, R>, devid: u64) {
    iommu.set_domain(Place(devid as u16), domain(k, devid, iommu.levels()));
}

/// The memory of a device; nothing if no process owns the device, or its tables lead nowhere.
fn domain(k: &Kernel, devid: u64, levels: Levels) -> Option<Domain> {
    let slot = k.pci[devid as usize];
    if slot.owner == 0 {
        return None;
    }
    let table = match levels {
        Levels::Four => (k.base + slot.root) * PAGE_SIZE as u64,
        Levels::Three => {
            let entry = k.pages[slot.root as usize][0];
            // The unit does not see this entry, so what it forbids must not be reached at all.
            if entry & IOMMU_PERM_MASK != IOMMU_PERM_MASK {
                return None;
            }
            entry & PTE_ADDR
        }
    };
    // Only listed functions can be owned, so their places in the list tell domains apart.
    let n = k.devices.iter().position(|function| function.id != 0 && function.devid == devid)?;
    Some(Domain { table, number: n as u16 + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader;
    use crate::pci::COMMAND;
    use crate::pci::msi::tests::{sender, sends_to};
    use crate::pci::tests::Bus;
    use crate::system_call::core_call;
    use crate::vtd::registers::CAPABILITY;
    use crate::vtd::tests::{CAN, Fake, one};
    use lv6_abi::errno::ENODEV;
    use lv6_abi::limits::NPCIDEV;
    use lv6_abi::syscall::*;
    use lv6_kernel::scan::{Scan, boot_devices};
    use lv6_kernel::state::PciFunc;

    const BLANK: PciFunc = PciFunc { devid: 0, id: 0, class: 0, reserved: 0, bar_base: [0; 6], bar_size: [0; 6] };
    /// The function that is claimed: the third of the list.
    const DEVID: u64 = 0x118;
    /// A device that neither accesses memory nor interrupts.
    const QUIET: (bool, Option<u32>) = (false, None);

    struct World {
        k: Box<Kernel>,
        hardware: Hardware<'static, Fake, Bus>,
        unit: Fake,
        /// The next free page.
        page: u64,
    }

    fn booted(iommu: u64) -> Box<Kernel> {
        let mut k = loader::tests::booted();
        let mut funcs = [BLANK; NPCIDEV];
        for (n, devid) in [0x10, 0, DEVID].into_iter().enumerate() {
            funcs[n] = PciFunc { devid, id: 0x11e8_1234, class: 0x00ff_0000, ..BLANK };
        }
        assert_eq!(boot_devices(&mut k, &Scan { count: 3, iommu, ecam: 0, funcs }), 0);
        k
    }

    fn world(can: u64) -> World {
        let (iommu, unit) = one(can);
        let mut config = Bus::default();
        for devid in [0x10, 0, DEVID as u16] {
            config.functions.insert(devid, sender(0));
            msi::disable(&mut config, Place(devid));
        }
        let k = booted(1);
        let page = k.page_desc[0].free_next;
        World { k, hardware: Hardware { iommu, config }, unit, page }
    }

    impl World {
        /// A call that succeeds, and the commands that the unit gets for it.
        fn call(&mut self, number: u64, arguments: [u64; 4]) -> Vec<u64> {
            let [a, b, c, d] = arguments;
            assert_eq!(core_call(&mut self.k, number, [a, b, c, d, 0, 0]), 0);
            self.unit.state.borrow_mut().commands.clear();
            assert_eq!(carry_out(&mut self.k, Some(&mut self.hardware)), Ok(()));
            let r = &self.k.requests;
            assert_eq!((r.flush_iotlb, r.context, r.intremap, r.io_bitmap), (0, 0, 0, 0));
            self.unit.state.borrow().commands.clone()
        }

        /// Claims the device and builds all its tables. Returns the commands of the last call, a DMA page's.
        fn build(&mut self) -> Vec<u64> {
            let p = self.page;
            self.call(SYS_ALLOC_IOMMU_ROOT, [DEVID, p, 0, 0]);
            self.call(SYS_ALLOC_IOMMU_PDPT, [p, 0, p + 1, 3]);
            self.call(SYS_ALLOC_IOMMU_PD, [p + 1, 0, p + 2, 3]);
            self.call(SYS_ALLOC_IOMMU_PT, [p + 2, 0, p + 3, 3]);
            self.call(SYS_ALLOC_IOMMU_FRAME, [p + 3, 5, 7, 3])
        }

        fn context(&self) -> [u64; 2] {
            self.unit.context(DEVID as u16)
        }

        fn address(&self, page: u64) -> u64 {
            (self.k.base + page) * 4096
        }

        /// Whether each of the devices may access memory by itself, and whether it interrupts, and where.
        fn devices(&self) -> [(bool, Option<u32>); 3] {
            [0x10, 0, DEVID as u16].map(Place).map(|place| {
                let master = self.hardware.config.read(place, COMMAND) & COMMAND_MASTER != 0;
                (master, sends_to(&self.hardware.config, place))
            })
        }
    }

    #[test]
    fn a_claim_makes_a_context() {
        let mut w = world(CAN);
        assert_eq!(w.context(), [0, 0]);
        let commands = w.call(SYS_ALLOC_IOMMU_ROOT, [DEVID, w.page, 0, 0]);
        assert_eq!(commands, [0x11, 0xd2, 0x15]);
        // Domain 3, four levels.
        assert_eq!(w.context(), [w.address(w.page) | 1, 0x302]);
        assert_eq!(w.unit.context(0x10), [0, 0]);
        assert_eq!(w.devices(), [QUIET, QUIET, (true, None)]);
    }

    #[test]
    fn a_new_entry_drops_translations_only() {
        let mut w = world(CAN);
        assert_eq!(w.build(), [0xd2, 0x15]);
        assert_eq!(w.context(), [w.address(w.page) | 1, 0x302]);
    }

    #[test]
    fn three_levels_begin_at_the_roots_first_entry() {
        let mut w = world(CAN & !(1 << 10));
        let p = w.page;
        w.call(SYS_ALLOC_IOMMU_ROOT, [DEVID, p, 0, 0]);
        assert_eq!(w.context(), [0, 0]);
        w.call(SYS_ALLOC_IOMMU_PDPT, [p, 1, p + 1, 3]);
        assert_eq!(w.context(), [0, 0]);
        assert_eq!(w.call(SYS_ALLOC_IOMMU_PDPT, [p, 0, p + 2, 3]), [0x11, 0xd2, 0x15]);
        assert_eq!(w.context(), [w.address(p + 2) | 1, 0x301]);
    }

    #[test]
    fn with_three_levels_a_lesser_permission_is_none() {
        for perm in [0, 1, 2] {
            let mut w = world(CAN & !(1 << 10));
            let p = w.page;
            w.call(SYS_ALLOC_IOMMU_ROOT, [DEVID, p, 0, 0]);
            w.call(SYS_ALLOC_IOMMU_PDPT, [p, 0, p + 1, perm]);
            assert_eq!(w.context(), [0, 0], "{perm}");
        }
    }

    #[test]
    fn routes_follow_the_state() {
        let mut w = world(CAN);
        w.build();
        assert!(w.call(SYS_ALLOC_VECTOR, [0x60, 0, 0, 0]).is_empty());
        assert_eq!(w.call(SYS_ALLOC_INTREMAP, [2, DEVID, 0x60, 0]), [0x04, 0x15]);
        assert_eq!(w.unit.route(2), [0x60_0001, 0x4_0118]);
        assert_eq!(w.devices(), [QUIET, QUIET, (true, Some(0xfee0_0050))]);
        // The last one counts.
        w.call(SYS_ALLOC_INTREMAP, [1, DEVID, 0x60, 0]);
        assert_eq!(w.devices(), [QUIET, QUIET, (true, Some(0xfee0_0030))]);
    }

    #[test]
    fn a_device_that_is_taken_away_reaches_nothing() {
        for can in [CAN, CAN & !(1 << 10)] {
            let mut w = world(can);
            // A child claims the device and dies.
            let p = w.page;
            w.call(SYS_CLONE, [2, p, p + 1, p + 2]);
            w.call(SYS_SET_RUNNABLE, [2, 0, 0, 0]);
            w.call(SYS_SWITCH, [2, 0, 0, 0]);
            w.page = p + 3;
            w.build();
            w.call(SYS_ALLOC_VECTOR, [0x60, 0, 0, 0]);
            w.call(SYS_ALLOC_INTREMAP, [0, DEVID, 0x60, 0]);
            assert_ne!((w.context(), w.unit.route(0)), ([0, 0], [0, 0]));
            w.call(SYS_SWITCH, [1, 0, 0, 0]);
            w.call(SYS_KILL, [2, 0, 0, 0]);
            assert_eq!(w.call(SYS_RECLAIM_INTREMAP, [0, 0, 0, 0]), [0x04, 0x15]);
            assert_eq!(w.unit.route(0), [0, 0]);
            assert_eq!(w.devices(), [QUIET, QUIET, (true, None)]);
            assert_eq!(w.call(SYS_RECLAIM_IOMMU_ROOT, [DEVID, 0, 0, 0]), [0x11, 0xd2, 0x15]);
            assert_eq!(w.context(), [0, 0]);
            assert_eq!(w.devices(), [QUIET; 3]);
        }
    }

    #[test]
    fn a_device_stops_before_the_iommu_forgets() {
        let mut w = world(CAN);
        w.build();
        w.call(SYS_ALLOC_VECTOR, [0x60, 0, 0, 0]);
        w.call(SYS_ALLOC_INTREMAP, [4, DEVID, 0x60, 0]);
        assert_eq!(w.devices()[2], (true, Some(0xfee0_0090)));
        // As when its owner is gone; but the unit does not answer.
        w.k.intremaps[4].active = 0;
        w.k.pci[DEVID as usize].owner = 0;
        (w.k.requests.context, w.k.requests.intremap, w.k.requests.flush_iotlb) = (DEVID + 1, 5, 1);
        w.unit.state.borrow_mut().asleep = true;
        assert_eq!(carry_out(&mut w.k, Some(&mut w.hardware)), Err(Refusal::Silent));
        assert_eq!(w.devices(), [QUIET; 3]);
    }

    #[test]
    fn a_bitmap_needs_no_iommu() {
        let mut w = world(CAN);
        let p = w.page;
        assert!(w.call(SYS_ALLOC_IO_BITMAP, [p, p + 1, p + 2, 0]).is_empty());
    }

    #[test]
    fn without_an_iommu_nothing_can_be_claimed() {
        let mut k = booted(0);
        let page = k.page_desc[0].free_next;
        assert_eq!(core_call(&mut k, SYS_ALLOC_IOMMU_ROOT, [DEVID, page, 0, 0, 0, 0]), ENODEV);
        assert_eq!(carry_out::<Fake, Bus>(&mut k, None), Ok(()));
    }

    #[test]
    fn a_unit_that_does_not_answer_is_an_error() {
        let mut w = world(CAN);
        w.unit.state.borrow_mut().asleep = true;
        assert_eq!(w.unit.peek(CAPABILITY), CAN);
        assert_eq!(core_call(&mut w.k, SYS_ALLOC_IOMMU_ROOT, [DEVID, w.page, 0, 0, 0, 0]), 0);
        assert_eq!(carry_out(&mut w.k, Some(&mut w.hardware)), Err(Refusal::Silent));
        assert_eq!(w.devices(), [QUIET; 3]);
    }
}
