//! How the machine is switched off (ACPI specification 6.5, sections 4.8.3.2, 5.2.9 and 7.4.2): from the table FACP, and
//! from the one object of the firmware's program that is needed, `_S5_`. The program is not executed.

use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::{Memory, Root, at, find};

/// Switching the machine off, step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Power {
    /// Where to write what, so that the machine listens to the following ports, unless it does so already.
    pub enable: Option<(u16, u8)>,
    /// The port of the first control register, and of the second if there is one, each with the kind of sleep that is
    /// none: off.
    pub registers: [Option<(u16, u8)>; 2],
}

/// In a control register: whether the machine listens, where the kind of sleep is, and the bit that begins it.
pub const LISTENING: u16 = 1;
/// See [`LISTENING`].
pub const KIND_SHIFT: u16 = 10;
/// See [`LISTENING`].
pub const BEGIN: u16 = 1 << 13;

/// The machine has none of these registers.
const REDUCED: u32 = 1 << 20;

/// The start of what follows the header of FACP.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Facp {
    facs: U32,
    dsdt: U32,
    reserved1: [u8; 4],
    command_port: U32,
    enable: u8,
    reserved2: [u8; 11],
    control: [U32; 2],
    reserved3: [u8; 40],
    flags: U32,
}

/// Where the long address of the program is, if the table is long enough to have one.
const LONG_DSDT: usize = 104;

const _: () = {
    use core::mem::offset_of;
    assert!(36 + offset_of!(Facp, command_port) == 48);
    assert!(36 + offset_of!(Facp, control) == 64);
    assert!(36 + offset_of!(Facp, flags) == 112);
};

/// Finds out how the machine is switched off; nothing if its firmware does not say so in a simple way.
pub fn read<'a>(memory: &impl Memory<'a>, root: Root) -> Option<Power> {
    let body = find(memory, root, b"FACP")?;
    let (facp, _) = Facp::ref_from_prefix(body).ok()?;
    if facp.flags.get() & REDUCED != 0 {
        return None;
    }
    let long =
        body.get(LONG_DSDT..).and_then(|rest| U64::read_from_prefix(rest).ok()).map_or(0, |(long, _)| long.get());
    let program = at(memory, if long != 0 { long } else { facp.dsdt.get().into() }, b"DSDT")?;
    let kinds = off_kinds(program)?;
    let port = |port: &U32| u16::try_from(port.get()).ok().filter(|port| *port != 0);
    let register = |n: usize| port(&facp.control[n]).map(|port| (port, kinds[n]));
    let registers = [Some(register(0)?), register(1)];
    let enable = port(&facp.command_port).filter(|_| facp.enable != 0).map(|port| (port, facp.enable));
    Some(Power { enable, registers })
}

/// The first two elements of the package named `_S5_`: the kinds of sleep that switch off.
fn off_kinds(program: &[u8]) -> Option<[u8; 2]> {
    const NAME: u8 = 0x08;
    const PACKAGE: u8 = 0x12;
    let places = || program.windows(4).enumerate().filter(|(_, bytes)| *bytes == b"_S5_").map(|(n, _)| n);
    let named = |n: usize| matches!(program[..n], [.., NAME] | [.., NAME, b'\\']);
    let n = places().find(|n| named(*n) && program.get(n + 4) == Some(&PACKAGE))?;
    let rest = program.get(n + 5..)?;
    // The length of the package: its first byte says how many follow. Then how many elements there are.
    let rest = rest.get(1 + usize::from(rest.first()? >> 6)..)?;
    let (&count, rest) = rest.split_first()?;
    let (first, rest) = small_integer(rest)?;
    let second = if count > 1 { small_integer(rest)?.0 } else { first };
    Some([first, second])
}

/// An integer of at most three bits at the start of some bytes of the program, and what follows it.
fn small_integer(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (value, rest) = match bytes {
        [value @ (0 | 1), rest @ ..] | [0x0a, value, rest @ ..] | [0x0b, value, 0, rest @ ..] => (*value, rest),
        _ => return None,
    };
    (value < 8).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acpi::tests::{Pieces, table_of};

    const OBJECT: &[u8] = b"\x08_S5_\x12\x08\x04\x0a\x05\x0a\x07\0\0";

    fn facp(long: bool) -> Vec<u8> {
        let mut body = vec![0; if long { 208 } else { 80 }];
        let mut put = |at: usize, bytes: &[u8]| body[at - 36..at - 36 + bytes.len()].copy_from_slice(bytes);
        put(40, &0x6000u32.to_le_bytes());
        put(48, &0xb2u32.to_le_bytes());
        put(52, &[2]);
        put(64, &0x604u32.to_le_bytes());
        if long {
            put(68, &0x704u32.to_le_bytes());
            put(140, &0x7000u64.to_le_bytes());
        }
        body
    }

    fn machine(facp: &[u8], program: &[u8]) -> Option<Power> {
        let mut memory = Pieces::default();
        memory.add(0x1000, table_of(b"RSDT", &0x3000u32.to_le_bytes()));
        memory.add(0x3000, table_of(b"FACP", facp));
        let address = if facp.len() > 80 { 0x7000 } else { 0x6000 };
        memory.add(address, table_of(b"DSDT", program));
        read(&memory, Root::Short(0x1000))
    }

    #[test]
    fn ports_and_kinds_are_read() {
        let program = [&b"something _S5_ else\x08_S4_\x12"[..], OBJECT, b"more"].concat();
        let one = Power { enable: Some((0xb2, 2)), registers: [Some((0x604, 5)), None] };
        assert_eq!(machine(&facp(false), &program), Some(one));
        let two = Power { registers: [Some((0x604, 5)), Some((0x704, 7))], ..one };
        assert_eq!(machine(&facp(true), &program), Some(two));
    }

    #[test]
    fn integers_come_in_several_forms() {
        for (bytes, kinds) in [
            (&b"\x08_S5_\x12\x06\x04\0\0\0\0"[..], [0, 0]),
            (b"\x08\\_S5_\x12\x06\x04\x01\0\0\0", [1, 0]),
            (b"\x08_S5_\x12\x47\x00\x02\x0b\x06\x00\x01", [6, 1]),
            (b"\x08_S5_\x12\x04\x01\x0a\x07", [7, 7]),
        ] {
            assert_eq!(off_kinds(bytes), Some(kinds), "{bytes:x?}");
        }
    }

    #[test]
    fn what_is_not_understood_switches_nothing_off() {
        assert_eq!(machine(&facp(false), b"nothing"), None);
        assert_eq!(off_kinds(b"\x08_S5_\x12\x08\x04\x0a\x08\x0a\x07\0\0"), None, "four bits");
        assert_eq!(off_kinds(b"\x08_S5_\x14\x08\x04\x0a\x05\x0a\x07\0\0"), None, "a method");
        for length in 0..OBJECT.len() - 2 {
            assert_eq!(off_kinds(&OBJECT[..length]), None);
        }
        let mut reduced = facp(false);
        reduced[78] = 0x10;
        assert_eq!(machine(&reduced, OBJECT), None);
        let mut without = facp(false);
        without[28..32].fill(0);
        assert_eq!(machine(&without, OBJECT), None);
        assert_eq!(machine(&facp(false)[..70], OBJECT), None);
    }
}
