//! Exit codes (AMD64 manual, volume 2, appendix C) and what they mean for a process.

use super::vmcb::RawExit;
use crate::guest::{Exit, Reason, Violation};

/// Physical interrupt, NMI, SMI and INIT: the machine's business.
const MACHINE: core::ops::RangeInclusive<u64> = 0x60..=0x63;
const MACHINE_CHECK: u64 = 0x40 + 18;
const IOIO: u64 = 0x7b;
const MSR: u64 = 0x7c;
const SHUTDOWN: u64 = 0x7f;
/// The call instruction.
pub const VMMCALL: u64 = 0x81;
/// The processor found the guest's state inconsistent. It is -1, which some write in 32 bits.
const INVALID: u64 = 0xffff_ffff;

/// What an exit means. `rcx` is the guest's, which names a model-specific register.
pub fn decode(raw: RawExit, rcx: u64) -> Exit {
    let code = if raw.code == u64::MAX { INVALID } else { raw.code };
    if MACHINE.contains(&code) {
        return Exit::Interrupt;
    }
    let reason = match code {
        VMMCALL => return Exit::SystemCall,
        MACHINE_CHECK => return Exit::MachineCheck,
        IOIO => Reason::Port { number: (raw.info1 >> 16) as u16, write: raw.info1 & 1 == 0 },
        MSR => Reason::Msr { number: rcx as u32, write: raw.info1 & 1 == 1 },
        SHUTDOWN => Reason::TripleFault,
        INVALID => Reason::Invalid,
        _ => match privileged(code) {
            Some(what) => Reason::Privileged(what),
            None => Reason::Unexpected { info1: raw.info1, info2: raw.info2 },
        },
    };
    Exit::Violation(Violation { name: name(code), code, reason, rip: raw.rip })
}

/// Exits that an instruction for the kernel leads to: (code, name, what the process tried).
const PRIVILEGED: [(u64, &str, &str); 29] = [
    (0x08, "CR8_READ", "reading CR8"),
    (0x10, "CR0_WRITE", "changing CR0"),
    (0x13, "CR3_WRITE", "changing CR3"),
    (0x14, "CR4_WRITE", "changing CR4"),
    (0x18, "CR8_WRITE", "changing CR8"),
    (0x6f, "RDPMC", "RDPMC"),
    (0x73, "RSM", "RSM"),
    (0x76, "INVD", "INVD"),
    (0x78, "HLT", "HLT"),
    (0x7a, "INVLPGA", "INVLPGA"),
    (0x7d, "TASK_SWITCH", "a hardware task switch"),
    (0x7e, "FERR_FREEZE", "a frozen floating-point error"),
    (0x80, "VMRUN", "VMRUN"),
    (0x82, "VMLOAD", "VMLOAD"),
    (0x83, "VMSAVE", "VMSAVE"),
    (0x84, "STGI", "STGI"),
    (0x85, "CLGI", "CLGI"),
    (0x86, "SKINIT", "SKINIT"),
    (0x89, "WBINVD", "WBINVD"),
    (0x8a, "MONITOR", "MONITOR"),
    (0x8b, "MWAIT", "MWAIT"),
    (0x8c, "MWAIT_CONDITIONAL", "MWAIT"),
    (0x8d, "XSETBV", "XSETBV"),
    (0x8e, "RDPRU", "RDPRU"),
    (0xa0, "INVLPGB", "INVLPGB"),
    (0xa1, "INVLPGB_ILLEGAL", "INVLPGB"),
    (0xa2, "INVPCID", "INVPCID"),
    (0xa3, "MCOMMIT", "MCOMMIT"),
    (0xa4, "TLBSYNC", "TLBSYNC"),
];

/// Names of the exits that are no single instruction.
const OTHERS: [(u64, &str); 12] = [
    (0x60, "INTR"),
    (0x61, "NMI"),
    (0x62, "SMI"),
    (0x63, "INIT"),
    (0x64, "VINTR"),
    (IOIO, "IOIO"),
    (MSR, "MSR"),
    (SHUTDOWN, "SHUTDOWN"),
    (VMMCALL, "VMMCALL"),
    (0x400, "NPF"),
    (INVALID, "INVALID"),
    (0xffff_fffe, "BUSY"),
];

fn privileged(code: u64) -> Option<&'static str> {
    match code {
        0x20..=0x2f => Some("reading a debug register"),
        0x30..=0x3f => Some("changing a debug register"),
        _ => PRIVILEGED.iter().find(|p| p.0 == code).map(|p| p.2),
    }
}

/// The manual's name of an exit.
pub fn name(code: u64) -> &'static str {
    let range = match code {
        0x00..=0x0f => "CR_READ",
        0x10..=0x1f => "CR_WRITE",
        0x20..=0x2f => "DR_READ",
        0x30..=0x3f => "DR_WRITE",
        0x40..=0x5f => "EXCEPTION",
        _ => "UNKNOWN",
    };
    let exact = PRIVILEGED.iter().map(|p| (p.0, p.1)).chain(OTHERS).find(|p| p.0 == code);
    exact.map_or(range, |p| p.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(code: u64, info1: u64, rcx: u64) -> String {
        match decode(RawExit { code, info1, info2: 0, rip: 0x10 }, rcx) {
            Exit::Violation(v) => v.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn says_what_was_tried() {
        let line = |code, info1, rcx| violation(code, info1, rcx);
        assert_eq!(line(0x7b, 0x60_0000, 0), "exit IOIO (0x7b) at rip 0x10: no permission to write I/O port 0x60");
        assert_eq!(line(0x7b, 0x60_0001, 0), "exit IOIO (0x7b) at rip 0x10: no permission to read I/O port 0x60");
        assert!(line(0x7c, 1, 0xc000_0080).ends_with("no permission to write model-specific register 0xc0000080"));
        assert_eq!(line(0x13, 0, 0), "exit CR3_WRITE (0x13) at rip 0x10: changing CR3 is for the kernel only");
        assert_eq!(
            line(0x37, 0, 0),
            "exit DR_WRITE (0x37) at rip 0x10: changing a debug register is for the kernel only"
        );
        assert!(line(0x999, 5, 0).contains("UNKNOWN (0x999)"));
        assert_eq!(line(u64::MAX, 0, 0), line(0xffff_ffff, 0, 0));
        assert!(line(u64::MAX, 0, 0).contains("INVALID"));
    }

    #[test]
    fn only_what_the_machine_does_is_forgiven() {
        let forgiven: Vec<u64> = (0..0x1000)
            .filter(|&code| !matches!(decode(RawExit { code, info1: 0, info2: 0, rip: 0 }, 0), Exit::Violation(_)))
            .collect();
        assert_eq!(forgiven, [0x52, 0x60, 0x61, 0x62, 0x63, 0x81]);
    }

    #[test]
    fn the_tables_name_each_code_once() {
        let mut codes: Vec<u64> = PRIVILEGED.iter().map(|p| p.0).chain(OTHERS.iter().map(|p| p.0)).collect();
        codes.sort();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
