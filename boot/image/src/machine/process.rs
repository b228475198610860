//! Running processes: the loop that never ends.

use log::{error, warn};
use lv6_abi::errno::EAGAIN;
use lv6_abi::limits::{INIT_PID, TIMER_VECTOR};
use lv6_abi::syscall::SYS_CLONE;
use lv6_image::bitmap::Fault;
use lv6_image::guest::{Exit, Guest, Hypervisor, Page, Violation, context};
use lv6_image::requests::carry_out;
use lv6_image::system_call::{Facts, Machine, handle};
use lv6_kernel::{Kernel, trap};
use zerocopy::IntoBytes;

use crate::machine::devices::Hardware;
use crate::machine::{console, fixed, fpu, interrupt, logger, stop};

/// The machine, as the debugging calls see it.
struct ThisMachine {
    facts: Facts,
}

impl Machine for ThisMachine {
    fn read_console(&mut self, out: &mut [u8]) -> usize {
        console::read_serial(out)
    }

    fn print_console(&mut self, text: &[u8]) {
        console::write_serial(text);
    }

    fn print_screen(&mut self, text: &[u8]) {
        console::write_screen(text);
    }

    fn read_log(&mut self, offset: u64, out: &mut [u8]) -> usize {
        logger::read(offset, out)
    }

    fn facts(&self) -> Facts {
        self.facts
    }

    fn fixed(&self) -> u64 {
        fixed::checksum()
    }

    fn check_permissions(&self) -> Result<(), Fault> {
        fixed::check_permissions()
    }

    fn exit(&mut self, status: u64) -> ! {
        stop::switch_off(status as u16)
    }
}

/// Runs the current process, and whichever the core makes the current one after it.
pub fn run(k: &mut Kernel, hypervisor: &mut impl Hypervisor, mut hardware: Option<Hardware>, facts: Facts) -> ! {
    let mut machine = ThisMachine { facts };
    let mut strangers = [false; 256];
    fpu::restore(&context(stack_page(k, INIT_PID)).fpu);
    loop {
        let before = k.current;
        match hypervisor.run(Guest::current(k)) {
            Exit::SystemCall => {
                system_call(k, &mut machine, hypervisor);
                if let Err(error) = carry_out(k, hardware.as_mut()) {
                    panic!("the IOMMU fails: {error}");
                }
            }
            Exit::Interrupt => {
                hypervisor.save(block(k, before));
                hypervisor.let_interrupts_in();
                interrupts(k, &mut strangers);
            }
            Exit::MachineCheck => panic!("machine check"),
            Exit::Violation(violation) => kill(k, violation),
        }
        if k.current != before {
            // The processor still holds registers of the former process; its pages are its own still, as only a later
            // call can give them away.
            hypervisor.save(block(k, before));
            fpu::save(&mut context(stack_page(k, before)).fpu);
            fpu::restore(&context(stack_page(k, k.current)).fpu);
        }
    }
}

/// The page with the registers of a process.
fn stack_page(k: &mut Kernel, pid: u64) -> &mut Page {
    let pn = k.procs[pid as usize].stack;
    &mut k.pages[pn as usize]
}

/// The control block of a process.
fn block(k: &mut Kernel, pid: u64) -> &mut Page {
    let pn = k.procs[pid as usize].hvm;
    &mut k.pages[pn as usize]
}

fn system_call(k: &mut Kernel, machine: &mut ThisMachine, hypervisor: &mut impl Hypervisor) {
    let context = context(stack_page(k, k.current));
    if context.registers.rax == SYS_CLONE {
        // The core copies both pages, and with them all that the child inherits.
        fpu::save(&mut context.fpu);
        hypervisor.save(block(k, k.current));
    }
    handle(k, machine);
}

/// Passes on the interrupts that have arrived.
///
/// `strangers` are the vectors at which interrupts have arrived that nobody waited for: one line in the log is enough.
fn interrupts(k: &mut Kernel, strangers: &mut [bool; 256]) {
    for vector in interrupt::take_arrived() {
        if u64::from(vector) == TIMER_VECTOR && interrupt::has_timer() {
            // If no other process can run, this one goes on.
            trap::preempt(k);
        } else if trap::extintr(k, vector.into()) != 0 && !core::mem::replace(&mut strangers[vector as usize], true) {
            warn!("interrupt {vector} is nobody's");
        }
    }
}

/// The current process has done what it must not.
fn kill(k: &mut Kernel, violation: Violation) {
    let pid = k.current;
    let name = k.procs[pid as usize].name;
    let name = name.as_bytes().split(|byte| *byte == 0).next().unwrap_or_default();
    error!("killed process {pid} ({}): {violation}", name.escape_ascii());
    if trap::fault(k) == EAGAIN {
        warn!("no process can run");
        stop::exit(stop::NOTHING_TO_RUN);
    }
}
