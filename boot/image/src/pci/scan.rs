//! Looking for PCI functions.

use core::fmt;
use core::ops::RangeInclusive;

use log::{info, warn};
use lv6_abi::limits::NPCIDEV;
use lv6_kernel::scan::Scan;
use lv6_kernel::state::PciFunc;

use crate::acpi::dmar::Units;
use crate::pci::bar::{self, Bars};
use crate::pci::{BUSES, CLASS, COMMAND_MEMORY, COMMAND_NO_LINE, Config, HEADER, ID, Place, capability, command};

/// No function is there.
const ABSENT: u32 = !0;
/// Class of bridges.
const CLASS_BRIDGE: u32 = 6;
/// Kinds of header, after the flag of a device with several functions has been taken off.
const HEADER_FUNCTION: u8 = 0;
const HEADER_BRIDGE: u8 = 1;
const HEADER_SEVERAL: u8 = 0x80;
/// The PCI Express capability, and the kind of port that is a root port.
const EXPRESS: u8 = 0x10;
const ROOT_PORT: u32 = 4;

/// A record of no function.
const BLANK: PciFunc = PciFunc { devid: 0, id: 0, class: 0, reserved: 0, bar_base: [0; 6], bar_size: [0; 6] };

/// Nothing found yet.
pub const NOTHING: Scan = Scan { count: 0, iommu: 0, ecam: 0, funcs: [BLANK; NPCIDEV] };

/// Who else is between a bus and the IOMMU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Nobody.
    Root,
    /// One root port of PCI Express, which keeps functions apart.
    Port,
    /// A conventional bridge, in whose name all functions behind it speak, or a switch, behind which they may reach each
    /// other past the IOMMU.
    Shared,
}

/// What is known of each bus.
struct Buses<'a> {
    /// The IOMMUs, if there are any.
    units: Option<&'a Units>,
    way: [Way; 256],
    /// Whether one of the units serves the bus, for buses behind bridges.
    served: [bool; 256],
}

impl Buses<'_> {
    fn way(&self, place: Place) -> Way {
        self.way[usize::from(place.bus())]
    }

    /// Whether a unit serves the function.
    fn serve(&self, units: &Units, place: Place) -> bool {
        if self.way(place) == Way::Root { units.serve(place) } else { self.served[usize::from(place.bus())] }
    }

    /// Why no process can have the function, though there may be an IOMMU.
    fn objection(&self, place: Place) -> Option<&'static str> {
        if self.way(place) == Way::Shared {
            Some("shares its bridge with others")
        } else if self.units.is_some_and(|units| !self.serve(units, place)) {
            Some("is served by no IOMMU")
        } else {
            None
        }
    }

    /// Takes note of who is between the buses behind a bridge and the IOMMU.
    fn follow(&mut self, config: &impl Config, bridge: Place) {
        let [_, next, last, _] = config.read(bridge, BUSES).to_le_bytes();
        if next <= bridge.bus() {
            // The firmware has not given it a bus, or one that cannot be.
            return;
        }
        let port = capability(config, bridge, EXPRESS).map(|at| config.read(bridge, at) >> 20 & 15);
        let direct = self.way(bridge) == Way::Root && port == Some(ROOT_PORT);
        let served = self.units.is_some_and(|units| units.serve_behind(bridge));
        for bus in next..=last.max(next) {
            // What is behind further bridges says so itself, when its turn comes.
            self.way[usize::from(bus)] = if direct && bus == next { Way::Port } else { Way::Shared };
            self.served[usize::from(bus)] = served;
        }
    }
}

/// Finds all functions on these buses, gives each a line in the log, and switches off their accesses to memory.
///
/// Bridges are taken as the firmware has set them up, and are left as they are. Functions that cannot be told apart from
/// their neighbours, those that none of the `units` serves if there are units, and those that the list has no room for,
/// are left out of the list.
pub fn scan(config: &mut impl Config, range: RangeInclusive<u8>, units: Option<&Units>, found: &mut Scan) {
    let mut buses = Buses { units, way: [Way::Root; 256], served: [false; 256] };
    for bus in range {
        for device in 0..32 {
            let first = Place::new(bus, device, 0);
            if config.read(first, ID) == ABSENT {
                continue;
            }
            let several = header(config, first) & HEADER_SEVERAL != 0;
            for function in 0..if several { 8 } else { 1 } {
                let place = Place::new(bus, device, function);
                if config.read(place, ID) != ABSENT {
                    add(config, place, &mut buses, found);
                }
            }
        }
    }
}

fn header(config: &impl Config, place: Place) -> u8 {
    (config.read(place, HEADER) >> 16) as u8
}

/// Takes note of one function.
fn add(config: &mut impl Config, place: Place, buses: &mut Buses<'_>, found: &mut Scan) {
    let class = config.read(place, CLASS);
    let kind = header(config, place) & !HEADER_SEVERAL;
    let bars = if kind == HEADER_FUNCTION && class >> 24 != CLASS_BRIDGE {
        bar::read(config, place)
    } else {
        if kind == HEADER_BRIDGE {
            buses.follow(config, place);
        }
        Bars::default()
    };
    let id = config.read(place, ID);
    info!("PCI {place}: {}", Line { id, class, bars: &bars });
    if let Some(objection) = buses.objection(place) {
        info!("PCI {place} {objection}: no process can have it");
        return;
    }
    let Some(record) = found.funcs.get_mut(found.count as usize) else {
        warn!("PCI {place} is one too many: {NPCIDEV} functions can be listed");
        return;
    };
    *record = PciFunc {
        devid: place.0.into(),
        id: id.into(),
        class: class.into(),
        reserved: 0,
        bar_base: bars.base,
        bar_size: bars.size,
    };
    found.count += 1;
}

/// The functions in the list.
fn listed(found: &Scan) -> &[PciFunc] {
    &found.funcs[..found.count as usize]
}

/// Lets the functions in the list answer to memory addresses, so that processes can use them. Interrupts over lines,
/// which go past the IOMMU, are off; and they may not access memory by themselves before they have an owner.
pub fn enable(config: &mut impl Config, found: &Scan) {
    for function in listed(found).iter().filter(|function| !is_bridge(function)) {
        command(config, Place(function.devid as u16), 0, COMMAND_MEMORY | COMMAND_NO_LINE);
    }
}

/// Whether the function is a bridge.
fn is_bridge(function: &PciFunc) -> bool {
    (function.class >> 24) as u32 == CLASS_BRIDGE
}

/// A function's line in the log.
struct Line<'a> {
    id: u32,
    class: u32,
    bars: &'a Bars,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}, class {:06x}", self.id & 0xffff, self.id >> 16, self.class >> 8)?;
        for n in (0..bar::COUNT).filter(|n| self.bars.size[*n] != 0) {
            let kind = if self.bars.io[n] { "ports" } else { "memory" };
            write!(f, ", {kind} {:#x}+{:#x}", self.bars.base[n], self.bars.size[n])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pci::COMMAND;
    use crate::pci::tests::{Bus, Fake};

    fn bridge(buses: [u8; 3]) -> Fake {
        let [own, next, last] = buses;
        Fake::new(0x0001_1b36, 0x0604_0000, 1).with(BUSES, u32::from_le_bytes([own, next, last, 0]))
    }

    fn port(buses: [u8; 3], kind: u32) -> Fake {
        bridge(buses).capability(0x40, 0, EXPRESS, kind << 4 | 2)
    }

    fn network() -> Fake {
        Fake::new(0x100e_8086, 0x0200_0003, 0).bar(0, 0xfeb8_0000, 0xfffe_0000).with(COMMAND, 7)
    }

    fn bus(functions: &[(Place, Fake)]) -> Bus {
        Bus { functions: functions.iter().map(|(place, f)| (place.0, f.clone())).collect(), ..Bus::default() }
    }

    fn scanned(bus: &mut Bus, range: RangeInclusive<u8>, units: Option<&Units>) -> Scan {
        let mut found = NOTHING;
        scan(bus, range, units, &mut found);
        found
    }

    fn ids(found: &Scan) -> Vec<u64> {
        listed(found).iter().map(|f| f.devid).collect()
    }

    #[test]
    fn finds_what_is_there() {
        let several = Fake::new(0x2918_8086, 0x0601_0002, 0x80);
        let disk = Fake::new(0x2922_8086, 0x0106_0102, 0x80).bar(5, 0xfebd_1000, 0xffff_f000).with(COMMAND, 7);
        let mut bus = bus(&[
            (Place::new(0, 3, 0), network()),
            (Place::new(0, 3, 1), network()),
            (Place::new(0, 31, 0), several.with(COMMAND, 7)),
            (Place::new(0, 31, 2), disk),
            (Place::new(7, 0, 0), network()),
        ]);
        let found = scanned(&mut bus, 0..=255, None);
        let functions = listed(&found);
        // Function 3.1 is only an echo of 3.0, which does not say that there are several.
        assert_eq!(ids(&found), [0x18, 0xf8, 0xfa, 0x700]);
        let network = functions[0];
        assert_eq!((network.id, network.class), (0x100e_8086, 0x0200_0003));
        assert_eq!((network.bar_base[0], network.bar_size[0]), (0xfeb8_0000, 0x2_0000));
        assert_eq!((functions[2].bar_base[5], functions[2].bar_size[5]), (0xfebd_1000, 0x1000));
        assert!(!bus.careless);
        // Accesses to memory are off, but for the bridge.
        let commands = functions.iter().map(|f| bus.read(Place(f.devid as u16), COMMAND));
        assert_eq!(commands.collect::<Vec<_>>(), [3, 7, 3, 3]);
        enable(&mut bus, &found);
        let commands = functions.iter().map(|f| bus.read(Place(f.devid as u16), COMMAND));
        assert_eq!(commands.collect::<Vec<_>>(), [0x403, 7, 0x403, 0x403]);
    }

    #[test]
    fn only_the_named_buses_are_looked_at() {
        let mut bus = bus(&[(Place::new(0, 0, 0), network()), (Place::new(9, 0, 0), network())]);
        assert_eq!(ids(&scanned(&mut bus, 1..=9, None)), [0x900]);
    }

    #[test]
    fn what_shares_a_bridge_is_left_out() {
        let mut bus = bus(&[
            (Place::new(0, 1, 0), port([0, 1, 1], ROOT_PORT)),
            (Place::new(1, 0, 0), network()),
            (Place::new(0, 2, 0), bridge([0, 2, 3])),
            (Place::new(2, 0, 0), network()),
            (Place::new(2, 1, 0), port([2, 3, 3], ROOT_PORT)),
            (Place::new(3, 0, 0), network()),
            (Place::new(0, 4, 0), port([0, 4, 6], ROOT_PORT)),
            (Place::new(4, 0, 0), port([4, 5, 6], 5)),
            (Place::new(5, 0, 0), port([5, 6, 6], 6)),
            (Place::new(6, 0, 0), network()),
            (Place::new(0, 5, 0), port([0, 7, 7], 7)),
            (Place::new(7, 0, 0), network()),
        ]);
        let found = scanned(&mut bus, 0..=255, None);
        // The root bus, what is behind a root port alone, and the upper port of the switch.
        assert_eq!(ids(&found), [0x8, 0x10, 0x20, 0x28, 0x100, 0x400]);
    }

    #[test]
    fn what_no_unit_serves_is_left_out() {
        let mut bus = bus(&[
            (Place::new(0, 1, 0), port([0, 1, 1], ROOT_PORT)),
            (Place::new(1, 0, 0), network()),
            (Place::new(0, 2, 0), port([0, 2, 2], ROOT_PORT)),
            (Place::new(2, 0, 0), network()),
            (Place::new(0, 3, 0), network()),
            (Place::new(0, 4, 0), network()),
        ]);
        let units =
            Units::serving(&[(Place::new(0, 1, 0), true), (Place::new(0, 2, 0), false), (Place::new(0, 4, 0), false)]);
        assert_eq!(ids(&scanned(&mut bus, 0..=255, Some(&units))), [0x8, 0x10, 0x20, 0x100]);
        assert_eq!(scanned(&mut bus, 0..=255, Some(&Units::default())).count, 0);
    }

    #[test]
    fn bridges_that_lead_back_do_no_harm() {
        let mut bus = bus(&[
            (Place::new(0, 1, 0), port([0, 0, 255], ROOT_PORT)),
            (Place::new(2, 0, 0), bridge([2, 1, 1])),
            (Place::new(2, 1, 0), bridge([2, 255, 0])),
        ]);
        assert_eq!(ids(&scanned(&mut bus, 0..=255, None)), [0x8, 0x200, 0x208]);
    }

    #[test]
    fn the_table_has_an_end() {
        let many: Vec<_> = (0..100).map(|n| (Place::new(n / 32, n % 32, 0), network())).collect();
        assert_eq!(scanned(&mut bus(&many), 0..=255, None).count, NPCIDEV as u64);
    }

    #[test]
    fn a_line_names_addresses() {
        let bars = Bars {
            base: [0xfea0_0000, 0xc000, 0, 0, 0, 0],
            size: [0x1000, 64, 0, 0, 0, 0],
            io: [false, true, false, false, false, false],
        };
        let line = Line { id: 0x11e8_1234, class: 0x00ff_0010, bars: &bars }.to_string();
        assert_eq!(line, "1234:11e8, class 00ff00, memory 0xfea00000+0x1000, ports 0xc000+0x40");
    }
}
