//! The first instructions of a program, and what it was told when it started.

use lv6_abi::layout::{DEVICE_FRAMES, FILE_FRAMES, PAGE_DESC_FRAMES, PROC_FRAMES};
use lv6_abi::limits::INIT_PID;
use lv6_abi::pte::{PTE_NX, PTE_P};
use lv6_abi::startup::{SELF_MAP_INDEX, Startup, StartupArg, UDEVS, UFILES, UPAGES, UPROCS};
use lv6_abi::syscall::SYSCTL_BASE_FRAME;
use spin::Once;

use super::call;
use super::regs::root_frame;
use super::space::free_root_entry;
use super::tables::set_base;
use crate::errno::Errno;
use crate::memory::{CONST, TABLE};
use crate::paging::index;

/// What this program was told.
static STARTUP: Once<&'static Startup> = Once::new();

/// What this program was told when it started.
pub fn startup() -> &'static Startup {
    STARTUP.get().expect("the start-up code has run")
}

/// The arguments of this program, its name first.
#[derive(Clone, Copy, Debug)]
pub struct Args(&'static [StartupArg]);

impl Args {
    /// The arguments as texts. One that is not UTF-8 reads as an empty text.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|arg| {
            // SAFETY: each record describes bytes in the start-up block, which lives as long as the program does.
            let bytes = unsafe { core::slice::from_raw_parts(arg.ptr as *const u8, arg.len as usize) };
            core::str::from_utf8(bytes).unwrap_or("")
        })
    }

    /// The program's own name.
    pub fn program(self) -> &'static str {
        self.iter().next().unwrap_or("?")
    }

    /// The arguments after the name.
    pub fn rest(self) -> impl Iterator<Item = &'static str> {
        self.iter().skip(1)
    }
}

/// The arguments of this program.
pub fn args() -> Args {
    let start = startup();
    // SAFETY: the start-up block holds `argc` records at `argv`, as long as the program lives.
    Args(unsafe { core::slice::from_raw_parts(start.argv as *const StartupArg, start.argc as usize) })
}

/// A free page, found by trying; for init, which cannot see the free list yet. The last page is tried first.
fn any_page(next: &mut u64, mut take: impl FnMut(u64) -> Result<(), Errno>) -> u64 {
    loop {
        *next = next.checked_sub(1).expect("the machine has free pages when init starts");
        if take(*next).is_ok() {
            return *next;
        }
    }
}

/// Maps the kernel's tables and the page tables, with nothing mapped yet that could tell where they go.
fn map_tables(base: u64) {
    let pid = INIT_PID;
    let root = root_frame() - base;
    let mut next = lv6_abi::limits::NPAGE as u64;
    let pdpt = any_page(&mut next, |pn| call::alloc_pdpt(pid, root, index(UPAGES, 4), pn, TABLE));
    let pd = any_page(&mut next, |pn| call::alloc_pd(pid, pdpt, index(UPAGES, 3), pn, TABLE));
    let pt = any_page(&mut next, |pn| call::alloc_pt(pid, pd, index(UPAGES, 2), pn, TABLE));
    let tables: [(u64, u64, TableCall); 4] = [
        (UPAGES, PAGE_DESC_FRAMES, call::map_page_desc),
        (UPROCS, PROC_FRAMES, call::map_proc),
        (UDEVS, DEVICE_FRAMES, call::map_dev),
        (UFILES, FILE_FRAMES, call::map_file),
    ];
    for (start, len, map) in tables {
        for n in 0..len {
            map(pid, pt, index(start, 1) + n, n, CONST).expect("init's fresh table has room for the kernel's tables");
        }
    }
    call::map_pml4(pid, SELF_MAP_INDEX, PTE_P | PTE_NX).expect("init's fresh root table has room for itself");
}

/// A call that maps page `n` of a kernel table: (pid, pt, index, n, permissions).
pub type TableCall = fn(u64, u64, u64, u64, u64) -> Result<(), Errno>;

/// Makes the process what the rest of the library takes for granted: traps handled, kernel tables mapped, and nothing
/// left of the program that ran before.
///
/// # Safety
///
/// For the first instructions of a program only, with the block that it was given.
pub unsafe fn prepare(start: &'static Startup) {
    STARTUP.call_once(|| start);
    super::trap::install();
    let base = call::debug_sysctl(SYSCTL_BASE_FRAME).expect("the kernel knows its base frame");
    set_base(base);
    if start.tables == 0 {
        map_tables(base);
    }
    if start.old_slot != 0 {
        // SAFETY: nothing of the former program runs or is referred to any more: traps come here, the stack is ours.
        unsafe { free_root_entry(index(start.old_slot, 4)) };
    }
}

/// What runs on lv6 only: the symbols that the linker and the compiler look for.
#[cfg(target_os = "none")]
mod only_on_lv6 {
    use super::{Args, Startup, args, prepare};

    unsafe extern "Rust" {
        /// The main function of the program, see [`crate::program!`].
        safe fn lv6_main(args: Args) -> u8;
    }

    /// Entry point: `rdi` and `rsp` are the address of the start-up block.
    ///
    /// # Safety
    ///
    /// Only for whoever starts a program.
    #[unsafe(naked)]
    #[unsafe(no_mangle)]
    unsafe extern "sysv64" fn _start() -> ! {
        // The call leaves the stack as the calling convention wants it at the start of a function.
        core::arch::naked_asm!("xor ebp, ebp", "call {run}", "ud2", run = sym run)
    }

    /// Runs the program and ends the process with its status.
    extern "sysv64" fn run(start: &'static Startup) -> ! {
        // SAFETY: this is the start of the program, and `start` its block.
        unsafe { prepare(start) };
        crate::process::exit(lv6_main(args()))
    }
}

/// Makes a function `fn(Args) -> u8` the main function of a program; its result is the exit status.
///
/// Built for another system, the program only says that it needs lv6.
#[macro_export]
macro_rules! program {
    ($main:path) => {
        #[cfg(target_os = "none")]
        const _: () = {
            #[allow(unsafe_code)]
            #[unsafe(no_mangle)]
            extern "Rust" fn lv6_main(args: $crate::Args) -> u8 {
                $main(args)
            }
        };

        #[cfg(not(target_os = "none"))]
        extern crate std;

        #[cfg(not(target_os = "none"))]
        fn main() {
            let _: fn($crate::Args) -> u8 = $main;
            std::eprintln!("{} runs on lv6 only; try `cargo run`", env!("CARGO_BIN_NAME"));
            std::process::exit(1);
        }
    };
}
