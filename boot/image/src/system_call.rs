//! System calls: those of the core, and the debugging calls, which are answered here.

use log::error;
use lv6_abi::errno::EINVAL;
use lv6_abi::limits::PAGE_SIZE;
use lv6_abi::syscall::*;
use lv6_kernel::Kernel;
use lv6_kernel::dispatch::dispatch;
use lv6_kernel::state::PageType;
use zerocopy::IntoBytes;

use crate::bitmap::Fault;
use crate::guest::context;

/// What the debugging calls need of the machine.
pub trait Machine {
    /// Reads what waits at the console, as far as it fits, and says how much that was.
    fn read_console(&mut self, out: &mut [u8]) -> usize;
    /// Writes to the console.
    fn print_console(&mut self, text: &[u8]);
    /// Writes to the screen.
    fn print_screen(&mut self, text: &[u8]);
    /// Reads the kernel log from byte `offset` on, as [`crate::log_ring::LogRing::read`].
    fn read_log(&mut self, offset: u64, out: &mut [u8]) -> usize;
    /// Address of the PCI configuration space, the IOMMU's vendor, and the time-stamp counter's frequency in kHz: each
    /// 0 if there is none.
    fn facts(&self) -> Facts;
    /// Checksum of what the kernel never changes once processes run.
    fn fixed(&self) -> u64;
    /// Whether the permission maps allow what they should and no more.
    fn check_permissions(&self) -> Result<(), Fault>;
    /// Ends the emulation with a status, or switches a real machine off.
    fn exit(&mut self, status: u64) -> !;
}

/// Numbers that the debugging call [`SYS_DEBUG_SYSCTL`] gives out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Physical address of the PCI configuration space, 0 if there is none.
    pub ecam: u64,
    /// PCI vendor id of the IOMMU's maker, 0 if there is none.
    pub iommu_vendor: u64,
    /// Frequency of the time-stamp counter in kHz, 0 if it is not known.
    pub tsc_khz: u64,
}

/// Makes a call of the core in the name of the current process. Returns 0 or an error number.
pub fn core_call(k: &mut Kernel, number: u64, [a, b, c, d, e, f]: [u64; 6]) -> u64 {
    dispatch(k, number, a, b, c, d, e, f)
}

/// Carries out the system call that the current process has made, and leaves the result in its registers.
///
/// The saved result is 0 while the core works: a child gets a copy of the registers, and learns from it that it is a
/// child that was made.
pub fn handle(k: &mut Kernel, machine: &mut impl Machine) {
    let stack = k.procs[k.current as usize].stack as usize;
    let registers = &mut context(&mut k.pages[stack]).registers;
    let number = registers.rax;
    let arguments = [registers.rdi, registers.rsi, registers.rdx, registers.rcx, registers.r8, registers.r9];
    registers.rax = 0;
    let result = if (SYS_DEBUG_FIRST..=SYS_DEBUG_SYSCTL).contains(&number) {
        debug_call(k, machine, number, arguments)
    } else {
        core_call(k, number, arguments).wrapping_neg()
    };
    // The caller's, which need not be the current process's any more.
    context(&mut k.pages[stack]).registers.rax = result;
}

/// Answers a debugging call. Returns what the caller finds in `rax`.
fn debug_call(k: &mut Kernel, machine: &mut impl Machine, number: u64, [a, b, c, ..]: [u64; 6]) -> u64 {
    const INVALID: u64 = EINVAL.wrapping_neg();
    match number {
        SYS_DEBUG_EXIT => machine.exit(a),
        SYS_DEBUG_SYSCTL => {
            let facts = machine.facts();
            match a {
                SYSCTL_BASE_FRAME => k.base,
                SYSCTL_ECAM => facts.ecam,
                SYSCTL_IOMMU => facts.iommu_vendor,
                SYSCTL_TSC_KHZ => facts.tsc_khz,
                SYSCTL_CHECK => check(k, machine),
                SYSCTL_FIXED => machine.fixed(),
                _ => INVALID,
            }
        }
        _ => {
            let Some(memory) = own_memory(k, a, b) else { return INVALID };
            match number {
                SYS_DEBUG_READ_CONSOLE => machine.read_console(memory) as u64,
                SYS_DEBUG_DMESG => machine.read_log(c, memory) as u64,
                SYS_DEBUG_PRINT_CONSOLE => {
                    machine.print_console(memory);
                    0
                }
                _ => {
                    machine.print_screen(memory);
                    0
                }
            }
        }
    }
}

/// Evaluates the core's invariant: it is proved to hold, but only as long as no process reaches the core's memory. And
/// looks at each bit of the permission maps, which the core does not know.
fn check(k: &Kernel, machine: &impl Machine) -> u64 {
    let state = k.check().inspect_err(|clause| error!("the core's state breaks {clause}"));
    let permissions = machine.check_permissions().inspect_err(|fault| error!("{fault}"));
    u64::from(state.is_err() || permissions.is_err())
}

/// The `length` bytes at a physical address, if they lie in one page that is the current process's memory.
fn own_memory(k: &mut Kernel, address: u64, length: u64) -> Option<&mut [u8]> {
    let page = PAGE_SIZE as u64;
    let pn = (address / page).checked_sub(k.base)?;
    let offset = address % page;
    if length > page - offset {
        return None;
    }
    let descriptor = k.page_desc.get(pn as usize)?;
    if !descriptor.kind.is(PageType::Frame) || descriptor.owner != k.current {
        return None;
    }
    Some(&mut k.pages[pn as usize].as_mut_bytes()[offset as usize..(offset + length) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elf::tests::sample;
    use crate::guest::Registers;
    use crate::loader::load;
    use crate::loader::tests::booted;
    use crate::log_ring::LogRing;
    use lv6_abi::errno::{ENOSYS, ESRCH};
    use lv6_abi::limits::{INIT_HVM, INIT_STACK};

    #[derive(Default)]
    struct Recorder {
        input: Vec<u8>,
        console: Vec<u8>,
        screen: Vec<u8>,
        log: LogRing,
        fault: Option<Fault>,
    }

    impl Machine for Recorder {
        fn read_console(&mut self, out: &mut [u8]) -> usize {
            let n = out.len().min(self.input.len());
            out[..n].copy_from_slice(&self.input[..n]);
            self.input.drain(..n);
            n
        }
        fn print_console(&mut self, text: &[u8]) {
            self.console.extend_from_slice(text);
        }
        fn print_screen(&mut self, text: &[u8]) {
            self.screen.extend_from_slice(text);
        }
        fn read_log(&mut self, offset: u64, out: &mut [u8]) -> usize {
            self.log.read(offset, out)
        }
        fn facts(&self) -> Facts {
            Facts { ecam: 0xb000_0000, iommu_vendor: 0x8086, tsc_khz: 1_000_000 }
        }
        fn fixed(&self) -> u64 {
            77
        }
        fn check_permissions(&self) -> Result<(), Fault> {
            self.fault.map_or(Ok(()), Err)
        }
        fn exit(&mut self, status: u64) -> ! {
            panic!("exit {status}")
        }
    }

    struct World {
        k: Box<Kernel>,
        machine: Recorder,
        /// Page number and physical address of a frame of init.
        frame: u64,
        address: u64,
    }

    fn world() -> World {
        let mut k = booted();
        load(&mut k, &sample(), &[], [].into_iter()).unwrap();
        let frame = k.page_desc.iter().position(|d| d.kind.is(PageType::Frame)).unwrap() as u64;
        let address = (k.base + frame) * 4096;
        World { k, machine: Recorder::default(), frame, address }
    }

    impl World {
        fn call(&mut self, rax: u64, [rdi, rsi, rdx]: [u64; 3]) -> u64 {
            let stack = self.k.procs[self.k.current as usize].stack as usize;
            context(&mut self.k.pages[stack]).registers = Registers { rax, rdi, rsi, rdx, ..Registers::default() };
            handle(&mut self.k, &mut self.machine);
            context(&mut self.k.pages[stack]).registers.rax
        }

        fn memory(&mut self) -> &mut [u8] {
            self.k.pages[self.frame as usize].as_mut_bytes()
        }
    }

    #[test]
    fn errors_come_back_negated() {
        let mut w = world();
        assert_eq!(w.call(999, [0; 3]), ENOSYS.wrapping_neg());
        assert_eq!(w.call(SYS_KILL, [99, 0, 0]), ESRCH.wrapping_neg());
        assert_eq!(w.call(SYS_SET_PROC_NAME, [1, 2, 0]), 0);
    }

    #[test]
    fn parent_and_child_both_return_0() {
        let mut w = world();
        let free = w.k.page_desc[0].free_next;
        let [next, last] = [1, 2].map(|n| free + n);
        let registers =
            Registers { rax: SYS_CLONE, rdi: 2, rsi: free, rdx: next, rcx: last, r15: 77, ..Registers::default() };
        context(&mut w.k.pages[INIT_STACK as usize]).registers = registers;
        handle(&mut w.k, &mut w.machine);
        for stack in [INIT_STACK, next] {
            let registers = context(&mut w.k.pages[stack as usize]).registers;
            assert_eq!((registers.rax, registers.r15), (0, 77));
        }
    }

    #[test]
    fn the_result_of_a_switch_is_the_callers() {
        let mut w = world();
        let free = w.k.page_desc[0].free_next;
        assert_eq!(core_call(&mut w.k, SYS_CLONE, [2, free, free + 1, free + 2, 0, 0]), 0);
        assert_eq!(w.call(SYS_SET_RUNNABLE, [2, 0, 0]), 0);
        context(&mut w.k.pages[free as usize + 1]).registers.rax = 55;
        context(&mut w.k.pages[INIT_STACK as usize]).registers =
            Registers { rax: SYS_SWITCH, rdi: 2, ..Registers::default() };
        handle(&mut w.k, &mut w.machine);
        assert_eq!(w.k.current, 2);
        assert_eq!(context(&mut w.k.pages[INIT_STACK as usize]).registers.rax, 0);
        assert_eq!(context(&mut w.k.pages[free as usize + 1]).registers.rax, 55);
    }

    #[test]
    fn console_screen_and_log() {
        let mut w = world();
        let address = w.address;
        w.memory()[10..15].copy_from_slice(b"hello");
        assert_eq!(w.call(SYS_DEBUG_PRINT_CONSOLE, [address + 10, 5, 0]), 0);
        assert_eq!(w.call(SYS_DEBUG_PRINT_SCREEN, [address + 11, 3, 0]), 0);
        assert_eq!((&w.machine.console[..], &w.machine.screen[..]), (&b"hello"[..], &b"ell"[..]));

        assert_eq!(w.call(SYS_DEBUG_READ_CONSOLE, [address, 4096, 0]), 0);
        w.machine.input = b"typed".to_vec();
        assert_eq!(w.call(SYS_DEBUG_READ_CONSOLE, [address + 4093, 3, 0]), 3);
        assert_eq!(w.memory()[4093..], *b"typ");

        w.machine.log.push(b"a line\nanother\n");
        assert_eq!(w.call(SYS_DEBUG_DMESG, [address, 100, 7]), 8);
        assert_eq!(w.memory()[..8], *b"another\n");
        assert_eq!(w.call(SYS_DEBUG_DMESG, [address, 100, 15]), 0);
        assert_eq!(w.call(SYS_DEBUG_DMESG, [address, 100, u64::MAX]), 0);
    }

    #[test]
    fn only_the_callers_own_frames_count() {
        let mut w = world();
        let (address, base) = (w.address, w.k.base * 4096);
        let stack = base + INIT_STACK * 4096;
        let free = base + w.k.page_desc[0].free_next * 4096;
        let end = base + 8192 * 4096;
        let bad = [
            [0, 1],
            [base - 1, 1],
            [base, 1],
            [stack, 1],
            [base + INIT_HVM * 4096, 1],
            [free, 1],
            [end, 1],
            [u64::MAX, 1],
            [u64::MAX, u64::MAX],
            [address, 4097],
            [address + 1, 4096],
            [address, u64::MAX],
            [address + 4095, 2],
            [address.wrapping_add(1 << 63), 1],
        ];
        for call in [SYS_DEBUG_READ_CONSOLE, SYS_DEBUG_PRINT_CONSOLE, SYS_DEBUG_PRINT_SCREEN, SYS_DEBUG_DMESG] {
            for [a, b] in bad {
                assert_eq!(w.call(call, [a, b, 0]), EINVAL.wrapping_neg(), "call {call} with {a:#x}, {b:#x}");
            }
            assert_eq!(w.call(call, [address + 4095, 0, 0]), 0);
        }
        let frame = w.frame as usize;
        w.k.page_desc[frame].owner = 2;
        assert_eq!(w.call(SYS_DEBUG_PRINT_CONSOLE, [address, 1, 0]), EINVAL.wrapping_neg());
    }

    #[test]
    fn numbers_that_only_the_kernel_knows() {
        let mut w = world();
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_BASE_FRAME, 0, 0]), 0x400);
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_ECAM, 0, 0]), 0xb000_0000);
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_IOMMU, 0, 0]), 0x8086);
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_TSC_KHZ, 0, 0]), 1_000_000);
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_FIXED, 0, 0]), 77);
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [6, 0, 0]), EINVAL.wrapping_neg());
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [u64::MAX, 0, 0]), EINVAL.wrapping_neg());
    }

    #[test]
    fn a_broken_invariant_is_noticed() {
        let mut w = world();
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_CHECK, 0, 0]), 0);
        w.k.procs[1].nr_pages += 1;
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_CHECK, 0, 0]), 1);
    }

    #[test]
    fn an_open_port_is_noticed() {
        let mut w = world();
        w.machine.fault = Some(Fault::OpenPort(0x60));
        assert_eq!(w.call(SYS_DEBUG_SYSCTL, [SYSCTL_CHECK, 0, 0]), 1);
    }

    #[test]
    #[should_panic(expected = "exit 3")]
    fn exit_ends_the_machine() {
        world().call(SYS_DEBUG_EXIT, [3, 0, 0]);
    }
}
