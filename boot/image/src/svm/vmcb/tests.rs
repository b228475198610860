//! What a block says before and after it runs.

use super::*;
use crate::guest::Page;

const ENTRY: Entry =
    Entry { pid: 7, cr3: 0x5000, asid: 7, tlb: TlbControl::FlushGuest, io_map: 0x6000, msr_map: 0x9000 };

/// Words of the block.
const CLEAN: usize = 0xc0 / 8;
const OWNER: usize = 0x3e0 / 8;

fn started() -> Page {
    let mut page = [0xdead_beef_dead_beef; 512];
    let block = Vmcb::of_mut(&mut page);
    block.reset(Start { rip: 0x1000, rsp: 0x2000 });
    block.enter(ENTRY, 3);
    page
}

/// Bits of the intercept vectors, numbered through from the first.
fn intercepts(page: &Page) -> Vec<usize> {
    (0..192).filter(|bit| page[bit / 64] >> (bit % 64) & 1 == 1).collect()
}

#[test]
fn a_process_may_do_only_what_is_listed() {
    let page = started();
    let free: Vec<usize> = (0..165).filter(|bit| !intercepts(&page).contains(bit)).collect();
    let mut expected = Vec::new();
    // Control registers: all reads but CR8's; the write of CR2.
    expected.extend((0..16).filter(|n| *n != 8));
    expected.push(16 + 2);
    // Exceptions but the machine check.
    expected.extend((64..96).filter(|n| *n != 64 + 18));
    // CR0 selectively (the full intercept covers it), descriptor-table and task registers, RDTSC, PUSHF, POPF, CPUID,
    // IRET, INTn, PAUSE, INVLPG.
    expected.extend([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 20, 21, 23, 25].map(|n| 96 + n));
    // RDTSCP, ICEBP; the rest are traps after writes that are intercepted before.
    expected.extend([7, 8].map(|n| 128 + n));
    expected.extend((15..32).map(|n| 128 + n));
    assert_eq!(free, expected);
}

#[test]
fn entering_undoes_whatever_a_block_said() {
    let expected = started();
    let mut page = started();
    for (word, value) in page.iter_mut().enumerate().take(0x400 / 8) {
        // Reserved words, exit information, the event and the interrupt shadow are not the entry's business.
        if ![3, 4, 5, 6, 13, 14, 15, 16, 17, 21, 25, 26, 27].contains(&word) && word < 28 {
            *value = !*value;
        }
    }
    // As the block of another process, which was copied.
    page[OWNER] = 6;
    Vmcb::of_mut(&mut page).enter(ENTRY, 3);
    // Three reserved bytes beside the TLB control.
    page[0x58 / 8] &= 0xff_ffff_ffff;
    assert_eq!(page[..7], expected[..7]);
    assert_eq!(page[8..], expected[8..]);
}

/// What the processor may remember after a block that ran was entered like this.
fn remembered(page: &mut Page, entry: Entry) -> Clean {
    Vmcb::of_mut(page).enter(entry, 0);
    Clean::from_bits(Vmcb::of(page).control.clean).expect("no reserved bit is set")
}

#[test]
fn nothing_is_remembered_of_a_new_block_and_all_of_one_that_goes_on() {
    let mut page = started();
    assert_eq!(Vmcb::of(&page).control.clean, 0);
    let before = page;
    assert_eq!(remembered(&mut page, ENTRY), Clean::all());
    // Besides that, nothing has changed but the guest's `rax`.
    page[CLEAN] = 0;
    page[(0x400 + 0x1f8) / 8] = 3;
    assert_eq!(page, before);
}

#[test]
fn what_changes_is_read_again_and_only_once() {
    let changes = [
        (Entry { cr3: 0x8000, ..ENTRY }, Clean::CONTROL_REGISTERS),
        (Entry { asid: 1, ..ENTRY }, Clean::ASID),
        (Entry { io_map: 0xa000, ..ENTRY }, Clean::MAPS),
        (Entry { msr_map: 0xb000, ..ENTRY }, Clean::MAPS),
        // This has no part in what is remembered.
        (Entry { tlb: TlbControl::Keep, ..ENTRY }, Clean::empty()),
    ];
    for (entry, changed) in changes {
        let mut page = started();
        assert_eq!(remembered(&mut page, entry), Clean::all() - changed);
        let control = &Vmcb::of(&page).control;
        let written = (control.asid, control.iopm_base, control.msrpm_base, control.tlb_control);
        assert_eq!(written, (entry.asid, entry.io_map, entry.msr_map, entry.tlb as u8));
        assert_eq!(Vmcb::of(&page).state.cr3, entry.cr3);
        assert_eq!(remembered(&mut page, entry), Clean::all());
    }
}

#[test]
fn nothing_is_remembered_of_a_copy_or_after_a_reset() {
    let mut page = started();
    assert_eq!(remembered(&mut page, ENTRY), Clean::all());
    let mut copy = page;
    assert_eq!(remembered(&mut copy, Entry { pid: 8, ..ENTRY }), Clean::empty());
    assert_eq!(remembered(&mut copy, Entry { pid: 8, ..ENTRY }), Clean::all());
    Vmcb::of_mut(&mut page).reset(Start { rip: 0, rsp: 0 });
    assert_eq!(remembered(&mut page, ENTRY), Clean::empty());
}

#[test]
fn control_registers_are_the_kernels() {
    let page = started();
    assert_eq!(page[(0x400 + 0x150) / 8], 0x5000);
    assert_eq!(page[(0x400 + 0x158) / 8], GUEST_CR0);
    assert_eq!(page[(0x400 + 0x148) / 8], GUEST_CR4);
    assert_eq!(page[(0x400 + 0xd0) / 8], GUEST_EFER);
    assert_eq!(page[0x58 / 8], 3 << 32 | 7);
    assert_eq!(page[0x60 / 8], V_INTR_MASKING);
}

#[test]
fn skips_an_instruction() {
    let mut page = started();
    page[0xa8 / 8] = 0x8000_030e;
    page[0xc8 / 8] = 0x1004;
    let block = Vmcb::of_mut(&mut page);
    block.skip_instruction(false, 3);
    assert_eq!(block.exit().rip, 0x1003);
    assert_eq!(block.control.event_injection, 0);
    block.skip_instruction(true, 3);
    assert_eq!(block.exit().rip, 0x1004);
    block.state.rip = u64::MAX;
    block.skip_instruction(false, 3);
    assert_eq!(block.exit().rip, 2);
}

#[test]
fn redelivers_all_but_software_interrupts() {
    let mut page = started();
    for (event, again) in [(0x8000_0b0e, true), (0x8000_0480, false), (0x0000_030e, false), (0x8000_0306, true)] {
        page[0x88 / 8] = event;
        Vmcb::of_mut(&mut page).redeliver();
        assert_eq!(page[0xa8 / 8], if again { event } else { 0 });
    }
}
