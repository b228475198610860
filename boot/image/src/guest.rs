//! A process as the glue sees it: a guest of a virtual machine without memory of its own.
//!
//! Two pages of the core's page array belong to a process and are never mapped: its *control block*, whose format the
//! processor's maker chose, and its *stack* page, which keeps the registers that the control block has no room for. The
//! core copies both when it makes a child.

use core::fmt;

use lv6_abi::limits::PAGE_WORDS;
use lv6_kernel::Kernel;
use zerocopy::{FromBytes, Immutable, IntoBytes, transmute_mut};

/// A page of the core's page array.
pub type Page = [u64; PAGE_WORDS];

/// The general registers, but for the stack pointer, which is in the control block.
#[repr(C)]
#[derive(Clone, Copy, Default, FromBytes, IntoBytes, Immutable)]
#[expect(missing_docs, reason = "a register is documented in the processor's manual")]
pub struct Registers {
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub rbp: u64,
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    /// Always 0; the floating-point state after it must start at a multiple of 16.
    pub reserved: u64,
}

/// Floating-point and vector registers, in the format of FXSAVE.
#[repr(C)]
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
pub struct FpuState([u64; 64]);

impl FpuState {
    /// The state after reset: every exception masked, nearest rounding, empty registers.
    pub const RESET: FpuState = {
        let mut words = [0; 64];
        // Control word 0x37f in bytes 0 and 1; tag byte 0, which here means "all empty".
        words[0] = 0x037f;
        // MXCSR in bytes 24 to 27.
        words[3] = 0x1f80;
        FpuState(words)
    };
}

/// What a process's stack page holds.
#[repr(C)]
#[derive(FromBytes, IntoBytes, Immutable)]
pub struct Context {
    /// General registers.
    pub registers: Registers,
    /// Floating-point state. Stale while the process is the last that ran: then the processor holds it.
    pub fpu: FpuState,
    unused: [u64; PAGE_WORDS - 80],
}

const _: () = assert!(core::mem::offset_of!(Context, fpu) % 16 == 0);

/// Reads a stack page as what it is.
pub fn context(page: &mut Page) -> &mut Context {
    transmute_mut!(page)
}

/// A process that is about to run.
pub struct Guest<'a> {
    /// Its pid.
    pub pid: u64,
    /// Physical address of its root page table.
    pub root: u64,
    /// Whether its cached translations must be dropped first.
    pub flush: bool,
    /// Physical address of its own I/O permission map, if it has one.
    pub io_map: Option<u64>,
    /// Its control block.
    pub block: &'a mut Page,
    /// Its registers and floating-point state.
    pub context: &'a mut Context,
}

impl<'a> Guest<'a> {
    /// The current process.
    ///
    /// Panics if its two pages are the same or are no pages, which the core's invariant rules out.
    pub fn current(k: &'a mut Kernel) -> Self {
        let pid = k.current;
        let process = &k.procs[pid as usize];
        let address = |pn: u64| (k.base + pn) * lv6_abi::limits::PAGE_SIZE as u64;
        let root = address(process.page_table_root);
        let io_map = (process.use_io_bitmap != 0).then(|| address(process.io_bitmap_a));
        let pages = k.pages.get_disjoint_mut([process.hvm as usize, process.stack as usize]);
        let [block, stack] = pages.expect("a process has a control block and a stack page");
        let flush = core::mem::take(&mut k.requests.flush_tlb[pid as usize]) != 0;
        Guest { pid, root, flush, io_map, block, context: context(stack) }
    }
}

/// Why a guest stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It made a system call. Its instruction pointer is past the call already.
    SystemCall,
    /// Something happened to the machine, not to it.
    Interrupt,
    /// The processor reports an error of its own.
    MachineCheck,
    /// It did what a process must not.
    Violation(Violation),
}

/// What a process did that it must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The exit's name in the processor's manual.
    pub name: &'static str,
    /// The exit's number there.
    pub code: u64,
    /// What the process tried, in words.
    pub reason: Reason,
    /// Where.
    pub rip: u64,
}

/// What a process tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// To use an instruction or register that only the kernel may use.
    Privileged(&'static str),
    /// To read or write a model-specific register.
    Msr {
        /// Number of the register.
        number: u32,
        /// Whether it was to be written.
        write: bool,
    },
    /// To use an I/O port that is not its own.
    Port {
        /// Number of the port.
        number: u16,
        /// Whether it was to be written.
        write: bool,
    },
    /// An exception in the handler of an exception in the handler of an exception.
    TripleFault,
    /// The processor refused to run it.
    Invalid,
    /// An exit that no permission leads to.
    Unexpected {
        /// First word of what the processor says about it.
        info1: u64,
        /// Second word.
        info2: u64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = |write: bool| if write { "write" } else { "read" };
        match *self {
            Reason::Privileged(what) => write!(f, "{what} is for the kernel only"),
            Reason::Msr { number, write } => {
                write!(f, "no permission to {} model-specific register {number:#x}", verb(write))
            }
            Reason::Port { number, write } => write!(f, "no permission to {} I/O port {number:#x}", verb(write)),
            Reason::TripleFault => write!(f, "an exception that its own handlers could not take"),
            Reason::Invalid => write!(f, "its state is none that the processor can run"),
            Reason::Unexpected { info1, info2 } => write!(f, "not expected, information {info1:#x} {info2:#x}"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {} ({:#x}) at rip {:#x}: {}", self.name, self.code, self.rip, self.reason)
    }
}

/// Where a program starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Its first instruction.
    pub rip: u64,
    /// Its stack pointer, and its only argument.
    pub rsp: u64,
}

/// The processor's virtual machines, as AMD or Intel made them.
pub trait Hypervisor {
    /// Puts a control block into the state in which a program starts.
    fn reset(&mut self, block: &mut Page, start: Start);

    /// Runs a guest until it needs the kernel. Its general registers go from its context to the processor and back; its
    /// floating-point registers must be in the processor already, and stay there.
    ///
    /// Other registers of its may stay there, too, until [`Hypervisor::save`].
    fn run(&mut self, guest: Guest<'_>) -> Exit;

    /// Completes the control block of the guest that ran last: before another runs, interrupts arrive, or the block is
    /// copied.
    fn save(&mut self, block: &mut Page);

    /// Lets the interrupts arrive that wait. The guest that ran last must have been saved.
    fn let_interrupts_in(&mut self);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fpu_starts_as_after_reset() {
        let bytes = FpuState::RESET.0.as_bytes().to_vec();
        assert_eq!(bytes[0..2], 0x37fu16.to_le_bytes());
        assert_eq!(bytes[24..28], 0x1f80u32.to_le_bytes());
        assert_eq!(bytes.iter().filter(|b| **b != 0).count(), 4);
    }

    #[test]
    fn a_violation_reads_as_a_sentence() {
        let violation = Violation {
            name: "IOIO",
            code: 0x7b,
            reason: Reason::Port { number: 0x60, write: false },
            rip: 0x80_0000_1234,
        };
        let expected = "exit IOIO (0x7b) at rip 0x8000001234: no permission to read I/O port 0x60";
        assert_eq!(violation.to_string(), expected);
    }
}
