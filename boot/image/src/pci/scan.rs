//! Looking for PCI functions.

use core::fmt;
use core::ops::RangeInclusive;

use arrayvec::ArrayVec;
use log::{info, warn};
use lv6_abi::limits::NPCIDEV;
use lv6_kernel::state::PciFunc;

use crate::pci::bar::{self, Bars};
use crate::pci::{BUSES, CLASS, COMMAND_MASTER, COMMAND_MEMORY, Config, HEADER, ID, Place, capability, command};

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

/// The functions that were found, and can be confined one by one.
pub type Functions = ArrayVec<PciFunc, NPCIDEV>;

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

/// Finds all functions on these buses, gives each a line in the log, and switches off their accesses to memory.
///
/// Bridges are taken as the firmware has set them up, and are left as they are. Functions that cannot be told apart from
/// their neighbours, and those that the table has no room for, are not returned.
pub fn scan(config: &mut impl Config, buses: RangeInclusive<u8>) -> Functions {
    let mut ways = [Way::Root; 256];
    let mut functions = Functions::new();
    for bus in buses {
        for device in 0..32 {
            let first = Place::new(bus, device, 0);
            if config.read(first, ID) == ABSENT {
                continue;
            }
            let several = header(config, first) & HEADER_SEVERAL != 0;
            for function in 0..if several { 8 } else { 1 } {
                let place = Place::new(bus, device, function);
                if config.read(place, ID) != ABSENT {
                    add(config, place, &mut ways, &mut functions);
                }
            }
        }
    }
    functions
}

fn header(config: &impl Config, place: Place) -> u8 {
    (config.read(place, HEADER) >> 16) as u8
}

/// Takes note of one function.
fn add(config: &mut impl Config, place: Place, ways: &mut [Way; 256], functions: &mut Functions) {
    let class = config.read(place, CLASS);
    let kind = header(config, place) & !HEADER_SEVERAL;
    let way = ways[usize::from(place.bus())];
    let bars = if kind == HEADER_FUNCTION && class >> 24 != CLASS_BRIDGE {
        bar::read(config, place)
    } else {
        if kind == HEADER_BRIDGE {
            follow(config, place, ways);
        }
        Bars::default()
    };
    let id = config.read(place, ID);
    info!("PCI {place}: {}", Line { id, class, bars: &bars });
    if way == Way::Shared {
        info!("PCI {place} shares its bridge with others: no process can have it");
        return;
    }
    let function = PciFunc {
        devid: place.0.into(),
        id: id.into(),
        class: class.into(),
        reserved: 0,
        bar_base: bars.base,
        bar_size: bars.size,
    };
    if functions.try_push(function).is_err() {
        warn!("PCI {place} is one too many: {NPCIDEV} functions can be listed");
    }
}

/// Takes note of who is between the buses behind a bridge and the IOMMU.
fn follow(config: &impl Config, bridge: Place, ways: &mut [Way; 256]) {
    let [_, next, last, _] = config.read(bridge, BUSES).to_le_bytes();
    if next <= bridge.bus() {
        // The firmware has not given it a bus, or one that cannot be.
        return;
    }
    let port = capability(config, bridge, EXPRESS).map(|at| config.read(bridge, at) >> 20 & 15);
    let direct = ways[usize::from(bridge.bus())] == Way::Root && port == Some(ROOT_PORT);
    for bus in next..=last.max(next) {
        // What is behind further bridges says so itself, when its turn comes.
        ways[usize::from(bus)] = if direct && bus == next { Way::Port } else { Way::Shared };
    }
}

/// Lets a function answer to memory addresses and access memory: for when an IOMMU confines it.
pub fn enable(config: &mut impl Config, function: &PciFunc) {
    if !is_bridge(function) {
        command(config, Place(function.devid as u16), 0, COMMAND_MEMORY | COMMAND_MASTER);
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

    fn ids(functions: &Functions) -> Vec<u64> {
        functions.iter().map(|f| f.devid).collect()
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
        let functions = scan(&mut bus, 0..=255);
        // Function 3.1 is only an echo of 3.0, which does not say that there are several.
        assert_eq!(ids(&functions), [0x18, 0xf8, 0xfa, 0x700]);
        let network = functions[0];
        assert_eq!((network.id, network.class), (0x100e_8086, 0x0200_0003));
        assert_eq!((network.bar_base[0], network.bar_size[0]), (0xfeb8_0000, 0x2_0000));
        assert_eq!((functions[2].bar_base[5], functions[2].bar_size[5]), (0xfebd_1000, 0x1000));
        assert!(!bus.careless);
        // Accesses to memory are off, but for the bridge.
        let commands = functions.iter().map(|f| bus.read(Place(f.devid as u16), COMMAND));
        assert_eq!(commands.collect::<Vec<_>>(), [3, 7, 3, 3]);
        functions.iter().for_each(|f| enable(&mut bus, f));
        let commands = functions.iter().map(|f| bus.read(Place(f.devid as u16), COMMAND));
        assert_eq!(commands.collect::<Vec<_>>(), [7, 7, 7, 7]);
    }

    #[test]
    fn only_the_named_buses_are_looked_at() {
        let mut bus = bus(&[(Place::new(0, 0, 0), network()), (Place::new(9, 0, 0), network())]);
        assert_eq!(ids(&scan(&mut bus, 1..=9)), [0x900]);
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
        let functions = scan(&mut bus, 0..=255);
        // The root bus, what is behind a root port alone, and the upper port of the switch.
        assert_eq!(ids(&functions), [0x8, 0x10, 0x20, 0x28, 0x100, 0x400]);
    }

    #[test]
    fn bridges_that_lead_back_do_no_harm() {
        let mut bus = bus(&[
            (Place::new(0, 1, 0), port([0, 0, 255], ROOT_PORT)),
            (Place::new(2, 0, 0), bridge([2, 1, 1])),
            (Place::new(2, 1, 0), bridge([2, 255, 0])),
        ]);
        assert_eq!(ids(&scan(&mut bus, 0..=255)), [0x8, 0x200, 0x208]);
    }

    #[test]
    fn the_table_has_an_end() {
        let many: Vec<_> = (0..100).map(|n| (Place::new(n / 32, n % 32, 0), network())).collect();
        assert_eq!(scan(&mut bus(&many), 0..=255).len(), NPCIDEV);
    }

    #[test]
    fn a_line_names_addresses() {
        let bars =
            Bars { base: [0xfea0_0000, 0xc000, 0, 0, 0, 0], size: [0x1000, 64, 0, 0, 0, 0], io: [false, true, false, false, false, false] };
        let line = Line { id: 0x11e8_1234, class: 0x00ff_0010, bars: &bars }.to_string();
        assert_eq!(line, "1234:11e8, class 00ff00, memory 0xfea00000+0x1000, ports 0xc000+0x40");
    }
}
