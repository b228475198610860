//! Running a process with AMD's virtual-machine instructions.
//!
//! A system call that does not switch to another process costs one VMRUN and its exit, and no more: the part of a guest's
//! state that only VMLOAD and VMSAVE handle (the bases of FS and GS, the task register, the registers of SYSCALL) stays in
//! the processor until another process runs, since the kernel uses none of it. What keeps the kernel safe meanwhile is
//! the global interrupt flag, which is off whenever no guest runs: neither an interrupt nor an NMI can arrive, which would
//! look for its stack in the task state. They wait for the next VMRUN, which they end at once, and are let in with the
//! host's own state. A double fault, which cannot wait, ends the kernel in any case, and so does a machine check on
//! processors that cannot make it wait.
//!
//! The control block is filled in once ([`Vmcb::enter`]) and the processor is told what it can remember of it; cached
//! translations are dropped when the core asks for it, or when all address-space numbers have been used up. A call
//! that does nothing takes some 220 instructions, as `lv6 bench --count` counts them: 11 of the program, 48 here in
//! [`enter_guest`], and none of them VMLOAD, VMSAVE, STGI or CLGI.

use core::arch::{asm, naked_asm};
use core::mem::offset_of;
use core::ops::Range;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

use log::info;
use lv6_image::bitmap::{IO_MAP_BYTES, MSR_MAP_BYTES, fill_msr_map};
use lv6_image::guest::{Exit, Guest, Hypervisor, Page, Registers, Start};
use lv6_image::svm::asid::Asids;
use lv6_image::svm::exit::decode;
use lv6_image::svm::vmcb::{Entry, TlbControl, Vmcb};
use raw_cpuid::CpuId;
use spin::{Mutex, MutexGuard};
use x86_64::registers::control::{Efer, EferFlags};
use x86_64::registers::model_specific::Msr;

use crate::machine::stop::give_up;

/// Register that says whether the firmware has switched virtual machines off.
const VM_CR: Msr = Msr::new(0xc001_0114);
/// The bit of it that does.
const VM_CR_DISABLED: u64 = 1 << 4;
/// Register that says where the processor keeps the host's state while a guest runs.
const VM_HSAVE_PA: Msr = Msr::new(0xc001_0117);
/// Bytes of the call instruction.
const VMMCALL_BYTES: u64 = 3;

/// Pages that the processor uses, at their physical addresses.
#[repr(C, align(4096))]
struct Areas {
    /// Which I/O ports a process may use that has no map of its own: none.
    io_map: [u8; IO_MAP_BYTES],
    /// Which model-specific registers a process may use.
    msr_map: [u8; MSR_MAP_BYTES],
    /// The host's state, in the processor's own format.
    host_save: [u8; 4096],
    /// The part of the host's state that only VMLOAD and VMSAVE handle.
    host_block: Page,
}

static AREAS: Mutex<Areas> = Mutex::new(Areas {
    io_map: [0xff; IO_MAP_BYTES],
    msr_map: [0xff; MSR_MAP_BYTES],
    host_save: [0; 4096],
    host_block: [0; 512],
});

/// Where the maps of permissions lie, for ports and for registers, once [`Svm::enable`] has been called: before everything
/// else.
pub fn permission_maps() -> [Range<u64>; 2] {
    let start = HOST_BLOCK.load(Ordering::Relaxed) as u64 - offset_of!(Areas, host_block) as u64;
    let at = |offset: usize, len: usize| start + offset as u64..start + (offset + len) as u64;
    [at(offset_of!(Areas, io_map), IO_MAP_BYTES), at(offset_of!(Areas, msr_map), MSR_MAP_BYTES)]
}

/// The host's block in [`AREAS`], once it has been filled.
static HOST_BLOCK: AtomicPtr<Page> = AtomicPtr::new(null_mut());

/// AMD's virtual machines.
pub struct Svm {
    areas: &'static mut Areas,
    /// The processes' address-space numbers.
    asids: Asids,
    /// Whether the translations of one number can be dropped alone.
    flush_by_asid: bool,
    /// Whether the processor says where the instruction after a call is.
    has_next_rip: bool,
    /// Who ran last.
    last: u64,
    /// Whether the processor holds what VMSAVE stores of that guest's state.
    loaded: bool,
}

impl Svm {
    /// Switches virtual machines on, once; gives up if there are none.
    pub fn enable() -> Self {
        let cpuid = CpuId::new();
        if !cpuid.get_extended_processor_and_feature_identifiers().is_some_and(|f| f.has_svm()) {
            give_up(format_args!("This processor has no SVM (AMD-V); lv6 needs it."));
        }
        // SAFETY: processors with SVM have this register.
        if unsafe { VM_CR.read() } & VM_CR_DISABLED != 0 {
            give_up(format_args!("The firmware has switched SVM (AMD-V) off; switch it on in its set-up."));
        }
        let features = cpuid.get_svm_info();
        let asids = features.as_ref().map_or(2, |f| f.supported_asids());
        let areas = MutexGuard::leak(AREAS.lock());
        fill_msr_map(&mut areas.msr_map);
        // SAFETY: the processor has SVM, and the pages are kept for this use. From here on nothing arrives that has to find
        // the host's state.
        unsafe {
            Efer::update(|efer| efer.insert(EferFlags::SECURE_VIRTUAL_MACHINE_ENABLE));
            let mut host_save = VM_HSAVE_PA;
            host_save.write(areas.host_save.as_ptr() as u64);
            save_block(&mut areas.host_block);
            asm!("clgi", options(nostack, preserves_flags));
        }
        HOST_BLOCK.store(&raw mut areas.host_block, Ordering::Relaxed);
        let svm = Svm {
            areas,
            asids: Asids::new(asids),
            flush_by_asid: features.as_ref().is_some_and(|f| f.has_flush_by_asid()),
            has_next_rip: features.as_ref().is_some_and(|f| f.has_nrip()),
            last: 0,
            loaded: false,
        };
        info!("virtual machines: SVM, {asids} address spaces");
        svm
    }

    /// The guest's address-space number, and what must happen to cached translations.
    fn translations(&mut self, pid: u64, flush: bool) -> (u32, TlbControl) {
        let (asid, all) = self.asids.of(pid);
        let tlb = match (all, flush) {
            (false, false) => TlbControl::Keep,
            (false, true) if self.flush_by_asid => TlbControl::FlushGuest,
            _ => TlbControl::FlushAll,
        };
        (asid, tlb)
    }
}

impl Hypervisor for Svm {
    fn reset(&mut self, block: &mut Page, start: Start) {
        Vmcb::of_mut(block).reset(start);
    }

    fn run(&mut self, guest: Guest<'_>) -> Exit {
        let other = core::mem::replace(&mut self.last, guest.pid) != guest.pid;
        assert!(!(other && self.loaded), "a guest's state would go on in another");
        let (asid, tlb) = self.translations(guest.pid, guest.flush);
        let registers = &mut guest.context.registers;
        let entry = Entry {
            pid: guest.pid,
            cr3: guest.root,
            asid,
            tlb,
            io_map: guest.io_map.unwrap_or(self.areas.io_map.as_ptr() as u64),
            msr_map: self.areas.msr_map.as_ptr() as u64,
        };
        Vmcb::of_mut(guest.block).enter(entry, registers.rax);
        if !core::mem::replace(&mut self.loaded, true) {
            // SAFETY: the block is a guest's, and the host's own state is kept in `host_block`.
            unsafe { load_block(guest.block) };
        }
        // SAFETY: the block was just made ready, so that the guest reaches no memory but through the page tables that the
        // core made for it, and no register of the host's; the areas were set up by `enable`.
        unsafe { enter_guest(registers, guest.block) };
        let block = Vmcb::of_mut(guest.block);
        registers.rax = block.rax();
        if block.is_system_call() {
            block.skip_instruction(self.has_next_rip, VMMCALL_BYTES);
            return Exit::SystemCall;
        }
        block.redeliver();
        decode(block.exit(), registers.rcx)
    }

    fn save(&mut self, block: &mut Page) {
        if core::mem::replace(&mut self.loaded, false) {
            assert!(Vmcb::of(block).owner() == self.last, "a guest's state belongs in its own block");
            // SAFETY: the block is the guest's whose state the processor holds, and has room for it.
            unsafe { save_block(block) };
        }
    }

    fn let_interrupts_in(&mut self) {
        assert!(!self.loaded, "a guest's state would be lost");
        // SAFETY: the block is the host's own. Interrupts arrive between the two flags' changes and nowhere else: with
        // the host's state in the processor.
        unsafe {
            load_block(&self.areas.host_block);
            asm!("stgi", "sti", "nop", "cli", "clgi", options(nostack));
        }
    }
}

/// At the kernel's end, when no guest runs any more: lets in what waits, but for interrupts, which the interrupt flag holds
/// back.
pub fn open_gate() {
    let host = HOST_BLOCK.load(Ordering::Relaxed);
    if host.is_null() {
        return;
    }
    // SAFETY: SVM is on, and the block holds the host's own state and is not written to any more.
    unsafe {
        load_block(&*host);
        asm!("stgi", options(nostack, preserves_flags));
    }
}

/// Stores the part of the processor's state that VMRUN leaves alone.
///
/// # Safety
/// SVM must be on, and the block lie at its physical address.
unsafe fn save_block(block: &mut Page) {
    // SAFETY: as the caller promises; the instruction writes to the block only.
    unsafe { asm!("vmsave rax", in("rax") block.as_mut_ptr(), options(nostack, preserves_flags)) };
}

/// Loads what [`save_block`] stores.
///
/// # Safety
/// SVM must be on, and the block lie at its physical address. Before interrupts or an NMI arrive, the host's own must be
/// loaded.
unsafe fn load_block(block: &Page) {
    // SAFETY: as the caller promises; the kernel uses none of the registers that change.
    unsafe { asm!("vmload rax", in("rax") block.as_ptr(), options(nostack, readonly, preserves_flags)) };
}

/// Runs a guest until its next exit.
///
/// Interrupts are on while the guest runs, so that they stop it, but none arrives: the global interrupt flag is off
/// outside the guest.
///
/// # Safety
/// SVM must be on, the global interrupt flag off, the block must describe a guest that cannot harm the host, with the
/// rest of its state loaded, and both must lie at their physical addresses.
#[unsafe(naked)]
unsafe extern "sysv64" fn enter_guest(registers: *mut Registers, guest: *mut Page) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "push rdi",
        "mov rax, rsi",
        "mov rbx, [rdi + {rbx}]",
        "mov rcx, [rdi + {rcx}]",
        "mov rdx, [rdi + {rdx}]",
        "mov rsi, [rdi + {rsi}]",
        "mov rbp, [rdi + {rbp}]",
        "mov r8, [rdi + {r8}]",
        "mov r9, [rdi + {r9}]",
        "mov r10, [rdi + {r10}]",
        "mov r11, [rdi + {r11}]",
        "mov r12, [rdi + {r12}]",
        "mov r13, [rdi + {r13}]",
        "mov r14, [rdi + {r14}]",
        "mov r15, [rdi + {r15}]",
        "mov rdi, [rdi + {rdi}]",
        "sti",
        "vmrun rax",
        "cli",
        // The processor has restored `rax`, `rsp` and the flags.
        "mov rax, rdi",
        "pop rdi",
        "mov [rdi + {rdi}], rax",
        "mov [rdi + {rbx}], rbx",
        "mov [rdi + {rcx}], rcx",
        "mov [rdi + {rdx}], rdx",
        "mov [rdi + {rsi}], rsi",
        "mov [rdi + {rbp}], rbp",
        "mov [rdi + {r8}], r8",
        "mov [rdi + {r9}], r9",
        "mov [rdi + {r10}], r10",
        "mov [rdi + {r11}], r11",
        "mov [rdi + {r12}], r12",
        "mov [rdi + {r13}], r13",
        "mov [rdi + {r14}], r14",
        "mov [rdi + {r15}], r15",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        rbx = const offset_of!(Registers, rbx),
        rcx = const offset_of!(Registers, rcx),
        rdx = const offset_of!(Registers, rdx),
        rsi = const offset_of!(Registers, rsi),
        rdi = const offset_of!(Registers, rdi),
        rbp = const offset_of!(Registers, rbp),
        r8 = const offset_of!(Registers, r8),
        r9 = const offset_of!(Registers, r9),
        r10 = const offset_of!(Registers, r10),
        r11 = const offset_of!(Registers, r11),
        r12 = const offset_of!(Registers, r12),
        r13 = const offset_of!(Registers, r13),
        r14 = const offset_of!(Registers, r14),
        r15 = const offset_of!(Registers, r15),
    )
}
