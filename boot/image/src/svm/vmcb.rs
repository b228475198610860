//! The virtual-machine control block (AMD64 manual, volume 2, appendix B).
//!
//! What is intercepted follows one rule: a process may do whatever changes nothing but its own memory and registers.
//! Everything else stops it. CPUID, RDTSC and reading control registers are therefore left to it (they tell no secret of
//! another process), and so are exceptions, with descriptor tables of its own. CR2 is its own, too.

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, transmute_mut, transmute_ref};

use super::exit::VMMCALL;
use crate::guest::{Page, Start};

bitflags! {
    /// Intercepts of the third vector.
    #[derive(Clone, Copy)]
    struct Intercept3: u32 {
        const INTR = 1 << 0;
        const NMI = 1 << 1;
        const SMI = 1 << 2;
        const INIT = 1 << 3;
        const VINTR = 1 << 4;
        const RDPMC = 1 << 15;
        const RSM = 1 << 19;
        const INVD = 1 << 22;
        const HLT = 1 << 24;
        const INVLPGA = 1 << 26;
        const IOIO = 1 << 27;
        const MSR = 1 << 28;
        const TASK_SWITCH = 1 << 29;
        const FERR_FREEZE = 1 << 30;
        const SHUTDOWN = 1 << 31;
    }
}

bitflags! {
    /// Intercepts of the fourth vector.
    #[derive(Clone, Copy)]
    struct Intercept4: u32 {
        const VMRUN = 1 << 0;
        const VMMCALL = 1 << 1;
        const VMLOAD = 1 << 2;
        const VMSAVE = 1 << 3;
        const STGI = 1 << 4;
        const CLGI = 1 << 5;
        const SKINIT = 1 << 6;
        const WBINVD = 1 << 9;
        const MONITOR = 1 << 10;
        const MWAIT = 1 << 11;
        const MWAIT_ARMED = 1 << 12;
        const XSETBV = 1 << 13;
        const RDPRU = 1 << 14;
    }
}

bitflags! {
    /// Intercepts of the fifth vector.
    #[derive(Clone, Copy)]
    struct Intercept5: u32 {
        const INVLPGB = 1 << 0;
        const INVLPGB_ILLEGAL = 1 << 1;
        const INVPCID = 1 << 2;
        const MCOMMIT = 1 << 3;
        const TLBSYNC = 1 << 4;
    }
}

/// Writing CR0, CR3, CR4 and CR8, which also covers CLTS and LMSW, and writing registers that do not exist.
const CR_WRITES: u16 = !(1 << 2);
/// Reading CR8. A process may read the others: CR3 tells it who it is.
const CR_READS: u16 = 1 << 8;
/// Every debug register.
const DR_ALL: u16 = 0xffff;
/// The one exception that is the machine's, not the process's.
const MACHINE_CHECK: u32 = 1 << 18;
/// Physical interrupts are masked by the kernel's interrupt flag, not by the guest's.
const V_INTR_MASKING: u64 = 1 << 24;

/// What to do to cached translations before the guest runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TlbControl {
    /// Nothing.
    Keep = 0,
    /// Drop them all, whosever they are.
    FlushAll = 1,
    /// Drop the guest's.
    FlushGuest = 3,
}

/// The first part: what the host wants, and why the guest stopped.
#[repr(C)]
#[derive(FromBytes, IntoBytes, Immutable)]
struct Control {
    intercept_cr_read: u16,
    intercept_cr_write: u16,
    intercept_dr_read: u16,
    intercept_dr_write: u16,
    intercept_exceptions: u32,
    intercept3: u32,
    intercept4: u32,
    intercept5: u32,
    reserved1: [u32; 9],
    pause_filter: u32,
    iopm_base: u64,
    msrpm_base: u64,
    tsc_offset: u64,
    asid: u32,
    tlb_control: u8,
    reserved2: [u8; 3],
    v_intr: u64,
    interrupt_shadow: u64,
    exit_code: u64,
    exit_info1: u64,
    exit_info2: u64,
    exit_int_info: u64,
    nested_paging: u64,
    avic_bar: u64,
    ghcb: u64,
    event_injection: u64,
    nested_cr3: u64,
    lbr_virtualization: u64,
    clean: u64,
    next_rip: u64,
    fetched: [u64; 2],
    reserved3: [u64; 96],
    /// Left to the host: whose block this is, if [`Vmcb::enter`] has filled it in. A copy belongs to another process than
    /// it says.
    owner: u64,
    reserved4: [u64; 3],
}

bitflags! {
    /// What the processor may remember of a block from the last time that it ran the block (manual, section 15.15.3).
    /// It remembers by the block's address, and never more than it finds here.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Clean: u64 {
        /// Intercepts, the offset of the time-stamp counter, the pause filter.
        const INTERCEPTS = 1 << 0;
        /// Addresses of the permission maps.
        const MAPS = 1 << 1;
        /// The address-space number.
        const ASID = 1 << 2;
        /// Virtual interrupts.
        const VIRTUAL_INTERRUPTS = 1 << 3;
        /// Nested paging.
        const NESTED_PAGING = 1 << 4;
        /// CR0, CR3, CR4, EFER.
        const CONTROL_REGISTERS = 1 << 5;
        /// DR6, DR7.
        const DEBUG_REGISTERS = 1 << 6;
        /// Descriptor tables.
        const TABLES = 1 << 7;
        /// Segments.
        const SEGMENTS = 1 << 8;
        /// CR2.
        const CR2 = 1 << 9;
        /// The record of branches.
        const BRANCHES = 1 << 10;
    }
}

/// A segment register.
#[repr(C)]
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
struct Segment {
    selector: u16,
    attributes: u16,
    limit: u32,
    base: u64,
}

impl Segment {
    /// 64-bit code, ring 0.
    const CODE: Segment = Segment { selector: 0x08, attributes: 0xa9b, limit: 0xffff_ffff, base: 0 };
    /// Writable data, ring 0.
    const DATA: Segment = Segment { selector: 0x10, attributes: 0xc93, limit: 0xffff_ffff, base: 0 };
    /// Nothing there.
    const NONE: Segment = Segment { selector: 0, attributes: 0, limit: 0, base: 0 };
    /// A local descriptor table without entries.
    const LDT: Segment = Segment { selector: 0, attributes: 0x82, limit: 0, base: 0 };
    /// A task state that is in use; the process sets up its own when it wants one.
    const TSS: Segment = Segment { selector: 0, attributes: 0x8b, limit: 0, base: 0 };
}

/// The second part: the guest's registers.
#[repr(C)]
#[derive(FromBytes, IntoBytes, Immutable)]
struct State {
    es: Segment,
    cs: Segment,
    ss: Segment,
    ds: Segment,
    fs: Segment,
    gs: Segment,
    gdtr: Segment,
    ldtr: Segment,
    idtr: Segment,
    tr: Segment,
    reserved1: [u8; 43],
    cpl: u8,
    reserved2: u32,
    efer: u64,
    reserved3: [u64; 14],
    cr4: u64,
    cr3: u64,
    cr0: u64,
    dr7: u64,
    dr6: u64,
    rflags: u64,
    rip: u64,
    reserved4: [u64; 11],
    rsp: u64,
    reserved5: [u64; 3],
    rax: u64,
    /// STAR, LSTAR, CSTAR, SFMASK, the kernel's GS base, and the three registers of SYSENTER.
    system_calls: [u64; 8],
    cr2: u64,
    reserved6: [u64; 4],
    pat: u64,
    reserved7: [u64; 306],
}

/// A control block.
#[repr(C)]
#[derive(FromBytes, IntoBytes, Immutable)]
pub struct Vmcb {
    control: Control,
    state: State,
}

const _: () = {
    use core::mem::offset_of;
    assert!(offset_of!(Vmcb, control.iopm_base) == 0x40);
    assert!(offset_of!(Vmcb, control.exit_code) == 0x70);
    assert!(offset_of!(Vmcb, control.event_injection) == 0xa8);
    assert!(offset_of!(Vmcb, control.clean) == 0xc0);
    assert!(offset_of!(Vmcb, control.next_rip) == 0xc8);
    assert!(offset_of!(Vmcb, control.owner) == 0x3e0);
    assert!(offset_of!(Vmcb, state) == 0x400);
    assert!(offset_of!(Vmcb, state.efer) == 0x400 + 0xd0);
    assert!(offset_of!(Vmcb, state.cr4) == 0x400 + 0x148);
    assert!(offset_of!(Vmcb, state.rip) == 0x400 + 0x178);
    assert!(offset_of!(Vmcb, state.rsp) == 0x400 + 0x1d8);
    assert!(offset_of!(Vmcb, state.rax) == 0x400 + 0x1f8);
    assert!(offset_of!(Vmcb, state.cr2) == 0x400 + 0x240);
    assert!(offset_of!(Vmcb, state.pat) == 0x400 + 0x268);
};

/// Protected mode, paging, write protection also in ring 0, and floating point without traps.
pub const GUEST_CR0: u64 = 0x8001_0033;
/// Physical-address extension, machine checks (without that bit one would shut the guest down instead of reaching the
/// kernel), FXSAVE, vector exceptions, and the instructions for the bases of FS and GS.
pub const GUEST_CR4: u64 = 1 << 5 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 16;
/// Long mode, no-execute pages; and virtual machines, without which the processor refuses to run a guest.
pub const GUEST_EFER: u64 = 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12;
/// Memory types after reset.
const PAT: u64 = 0x0007_0406_0007_0406;

/// What the kernel decides at each entry, so that nothing in a copied control block matters.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The process.
    pub pid: u64,
    /// Root page table.
    pub cr3: u64,
    /// Address-space number.
    pub asid: u32,
    /// What happens to cached translations.
    pub tlb: TlbControl,
    /// Physical address of the I/O permission map.
    pub io_map: u64,
    /// Physical address of the MSR permission map.
    pub msr_map: u64,
}

/// Why the guest stopped.
#[derive(Clone, Copy, Debug)]
pub struct RawExit {
    /// The exit's number.
    pub code: u64,
    /// What the processor says about it.
    pub info1: u64,
    /// What else it says.
    pub info2: u64,
    /// Where the guest was.
    pub rip: u64,
}

impl Vmcb {
    /// Reads a page as a control block.
    pub fn of(page: &Page) -> &Vmcb {
        transmute_ref!(page)
    }

    /// Reads a page as a control block, to change it.
    pub fn of_mut(page: &mut Page) -> &mut Vmcb {
        transmute_mut!(page)
    }

    /// The state in which a program starts. The part that [`Vmcb::enter`] sets stays 0.
    pub fn reset(&mut self, start: Start) {
        self.as_mut_bytes().fill(0);
        let s = &mut self.state;
        s.cs = Segment::CODE;
        (s.es, s.ss, s.ds, s.fs, s.gs) = (Segment::DATA, Segment::DATA, Segment::DATA, Segment::DATA, Segment::DATA);
        (s.gdtr, s.idtr) = (Segment::NONE, Segment::NONE);
        (s.ldtr, s.tr) = (Segment::LDT, Segment::TSS);
        s.dr6 = 0xffff_0ff0;
        s.dr7 = 0x400;
        s.rflags = 2;
        s.pat = PAT;
        (s.rip, s.rsp) = (start.rip, start.rsp);
    }

    /// Gets the block ready to run, as the host wants it. The guest's other registers stay as they are, and so does an
    /// event that waits to be delivered.
    ///
    /// What the host decides is filled in once, and after that only what changes: the processor writes nothing there,
    /// and gives a control register back as no guest can have changed it. The core copies whole blocks, but always for
    /// another process than the block's owner, which that shows.
    pub fn enter(&mut self, entry: Entry, rax: u64) {
        if self.control.owner == entry.pid {
            self.update(entry);
        } else {
            self.fill_in(entry);
        }
        self.control.tlb_control = entry.tlb as u8;
        self.state.rax = rax;
    }

    /// Fills in all that the host decides, and the control registers.
    fn fill_in(&mut self, entry: Entry) {
        let c = &mut self.control;
        c.intercept_cr_read = CR_READS;
        c.intercept_cr_write = CR_WRITES;
        c.intercept_dr_read = DR_ALL;
        c.intercept_dr_write = DR_ALL;
        c.intercept_exceptions = MACHINE_CHECK;
        c.intercept3 = Intercept3::all().bits();
        c.intercept4 = Intercept4::all().bits();
        c.intercept5 = Intercept5::all().bits();
        c.pause_filter = 0;
        c.iopm_base = entry.io_map;
        c.msrpm_base = entry.msr_map;
        c.tsc_offset = 0;
        c.asid = entry.asid;
        c.v_intr = V_INTR_MASKING;
        (c.nested_paging, c.avic_bar, c.ghcb, c.nested_cr3) = (0, 0, 0, 0);
        c.lbr_virtualization = 0;
        c.clean = 0;
        c.owner = entry.pid;
        let s = &mut self.state;
        (s.cr0, s.cr3, s.cr4, s.efer) = (GUEST_CR0, entry.cr3, GUEST_CR4, GUEST_EFER);
    }

    /// Changes what the host now decides otherwise, and has the processor remember the rest.
    fn update(&mut self, entry: Entry) {
        let c = &mut self.control;
        let mut clean = Clean::all();
        clean.set(Clean::MAPS, c.iopm_base == entry.io_map && c.msrpm_base == entry.msr_map);
        clean.set(Clean::ASID, c.asid == entry.asid);
        clean.set(Clean::CONTROL_REGISTERS, self.state.cr3 == entry.cr3);
        (c.iopm_base, c.msrpm_base, c.asid) = (entry.io_map, entry.msr_map, entry.asid);
        c.clean = clean.bits();
        self.state.cr3 = entry.cr3;
    }

    /// Why the guest stopped.
    pub fn exit(&self) -> RawExit {
        let c = &self.control;
        RawExit { code: c.exit_code, info1: c.exit_info1, info2: c.exit_info2, rip: self.state.rip }
    }

    /// The process that the block has been filled in for; 0 if it has not been.
    pub fn owner(&self) -> u64 {
        self.control.owner
    }

    /// Whether the guest stopped at a system call.
    pub fn is_system_call(&self) -> bool {
        self.control.exit_code == VMMCALL
    }

    /// The guest's `rax`, the one general register besides `rsp` that is here and not in [`crate::guest::Registers`].
    pub fn rax(&self) -> u64 {
        self.state.rax
    }

    /// Moves the guest past the instruction that it stopped at: to where the processor says, or, if it does not say,
    /// `length` bytes on.
    pub fn skip_instruction(&mut self, has_next_rip: bool, length: u64) {
        let s = &mut self.state;
        s.rip = if has_next_rip { self.control.next_rip } else { s.rip.wrapping_add(length) };
        self.control.interrupt_shadow = 0;
        // The guest has executed an instruction, so what was delivered before it has arrived.
        self.control.event_injection = 0;
    }

    /// Has an event delivered again whose delivery the exit broke off. A software interrupt needs no help: the guest
    /// stands before its instruction still.
    pub fn redeliver(&mut self) {
        const VALID: u64 = 1 << 31;
        const SOFTWARE: u64 = 4;
        let event = self.control.exit_int_info;
        let again = event & VALID != 0 && event >> 8 & 7 != SOFTWARE;
        self.control.event_injection = if again { event } else { 0 };
    }
}

#[cfg(test)]
mod tests;
