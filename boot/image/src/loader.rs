//! Loading init.
//!
//! The loader acts as init would: it builds the address space by system calls, each checked by the core, and then
//! copies bytes into the pages that those gave to init. So nothing about the loader needs to be proved.

use core::fmt;
use core::mem::{offset_of, size_of};

use lv6_abi::limits::{INIT_PID, PAGE_SIZE};
use lv6_abi::pte::{PTE_ADDR, PTE_NX, PTE_P, PTE_PFN_SHIFT, PTE_W};
use lv6_abi::startup::{ARCHIVE, SLOT_A, STACK_SIZE, STACK_TOP_OFFSET, STARTUP_MAX, Startup, StartupArg};
use lv6_abi::syscall::{SYS_ALLOC_FRAME, SYS_ALLOC_PD, SYS_ALLOC_PDPT, SYS_ALLOC_PT, SYS_SET_PROC_NAME};
use lv6_kernel::Kernel;
use zerocopy::IntoBytes;

use crate::command_line::MAX_ARGS;
use crate::elf::{ElfError, Program};
use crate::guest::{FpuState, Registers, Start, context};
use crate::system_call::core_call;

const PAGE: u64 = PAGE_SIZE as u64;

/// Why init could not be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// Its file is bad.
    Program(ElfError),
    /// There are not enough pages.
    OutOfPages,
    /// The core refused a call.
    Refused {
        /// Number of the call.
        call: u64,
        /// Its error number.
        errno: u64,
    },
    /// The command line does not fit.
    TooManyArguments,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Program(error) => write!(f, "init: {error}"),
            LoadError::OutOfPages => write!(f, "init and the program archive are larger than all pages together"),
            LoadError::Refused { call, errno } => write!(f, "init: system call {call} failed with error {errno}"),
            LoadError::TooManyArguments => {
                write!(f, "the kernel command line has more than {MAX_ARGS} words or {STARTUP_MAX} bytes")
            }
        }
    }
}

impl From<ElfError> for LoadError {
    fn from(error: ElfError) -> Self {
        LoadError::Program(error)
    }
}

/// Builds init's address space in a kernel that has just booted: the program in slot A, the archive, the stack with
/// the start-up block. `arguments` follow the program's name.
pub fn load<'a>(
    k: &mut Kernel,
    program: &[u8],
    archive: &[u8],
    arguments: impl Iterator<Item = &'a str> + Clone,
) -> Result<Start, LoadError> {
    let program = Program::parse(program)?;
    for segment in &program.segments {
        for page in segment.pages() {
            map(k, SLOT_A + page, permissions(segment.write, segment.execute))?;
        }
        write(k, SLOT_A + segment.address, segment.bytes);
    }
    for relocation in program.relocations() {
        let word = SLOT_A.wrapping_add(relocation.addend);
        write(k, SLOT_A + relocation.address, &word.to_le_bytes());
    }
    for (n, bytes) in archive.chunks(PAGE_SIZE).enumerate() {
        let address = ARCHIVE + n as u64 * PAGE;
        map(k, address, permissions(false, false))?;
        write(k, address, bytes);
    }
    let top = SLOT_A + STACK_TOP_OFFSET;
    for address in (top - STACK_SIZE..top).step_by(PAGE_SIZE) {
        map(k, address, permissions(true, false))?;
    }
    let startup = Startup {
        image: SLOT_A,
        image_len: program.image_len(),
        archive: if archive.is_empty() { 0 } else { ARCHIVE },
        archive_len: archive.len() as u64,
        ..Startup::default()
    };
    let rsp = write_startup(k, top, startup, core::iter::once("init").chain(arguments))?;
    call(k, SYS_SET_PROC_NAME, [u64::from_le_bytes(*b"init\0\0\0\0"), 0, 0, 0, 0, 0])?;

    let stack = k.procs[INIT_PID as usize].stack;
    let context = context(&mut k.pages[stack as usize]);
    context.registers = Registers { rdi: rsp, ..Registers::default() };
    context.fpu = FpuState::RESET;
    Ok(Start { rip: SLOT_A + program.entry, rsp })
}

fn permissions(write: bool, execute: bool) -> u64 {
    PTE_P | if write { PTE_W } else { 0 } | if execute { 0 } else { PTE_NX }
}

/// Makes a system call as init.
fn call(k: &mut Kernel, number: u64, arguments: [u64; 6]) -> Result<(), LoadError> {
    match core_call(k, number, arguments) {
        0 => Ok(()),
        errno => Err(LoadError::Refused { call: number, errno }),
    }
}

/// The indexes into the four levels of page tables, from the root down.
fn indexes(address: u64) -> [u64; 4] {
    [39, 30, 21, 12].map(|shift| address >> shift & 511)
}

/// The page that an entry of `table` leads to, if it is there.
fn follow(k: &Kernel, table: u64, index: u64) -> Option<u64> {
    let entry = k.pages[table as usize][index as usize];
    (entry & PTE_P != 0).then(|| ((entry & PTE_ADDR) >> PTE_PFN_SHIFT) - k.base)
}

/// Gives init a frame at an address, and the page tables that lead to it.
fn map(k: &mut Kernel, address: u64, permissions: u64) -> Result<(), LoadError> {
    let calls = [SYS_ALLOC_PDPT, SYS_ALLOC_PD, SYS_ALLOC_PT, SYS_ALLOC_FRAME];
    let mut table = k.procs[INIT_PID as usize].page_table_root;
    for (level, index) in indexes(address).into_iter().enumerate() {
        table = match follow(k, table, index) {
            Some(next) => next,
            None => {
                let page = k.page_desc[0].free_next;
                if page == 0 {
                    return Err(LoadError::OutOfPages);
                }
                let allowed = if level == 3 { permissions } else { PTE_P | PTE_W };
                call(k, calls[level], [INIT_PID, table, index, page, allowed, 0])?;
                page
            }
        };
    }
    Ok(())
}

/// Copies bytes to an address that [`map`] has mapped.
fn write(k: &mut Kernel, address: u64, bytes: &[u8]) {
    let (mut address, mut bytes) = (address, bytes);
    while !bytes.is_empty() {
        let root = k.procs[INIT_PID as usize].page_table_root;
        let page = indexes(address).into_iter().try_fold(root, |table, index| follow(k, table, index));
        let page = page.expect("the loader maps what it writes to");
        let offset = (address % PAGE) as usize;
        let (now, later) = bytes.split_at(bytes.len().min(PAGE_SIZE - offset));
        k.pages[page as usize].as_mut_bytes()[offset..offset + now.len()].copy_from_slice(now);
        address += now.len() as u64;
        bytes = later;
    }
}

/// Writes the start-up block and the arguments below `top`, the block lowest. Returns its address.
fn write_startup<'a>(
    k: &mut Kernel,
    top: u64,
    startup: Startup,
    arguments: impl Iterator<Item = &'a str> + Clone,
) -> Result<u64, LoadError> {
    let count = arguments.clone().count();
    let text: usize = arguments.clone().map(str::len).sum();
    let length = size_of::<Startup>() + count * size_of::<StartupArg>() + text;
    if count > MAX_ARGS || length as u64 > STARTUP_MAX - 16 {
        return Err(LoadError::TooManyArguments);
    }
    let block = (top - length as u64) & !15;
    let argv = block + size_of::<Startup>() as u64;
    let startup = Startup { argc: count as u64, argv, ..startup };
    for (n, word) in words(&startup).into_iter().enumerate() {
        write(k, block + 8 * n as u64, &word.to_le_bytes());
    }
    let mut string = argv + (count * size_of::<StartupArg>()) as u64;
    for (n, argument) in arguments.enumerate() {
        let record = argv + (n * size_of::<StartupArg>()) as u64;
        write(k, record + offset_of!(StartupArg, ptr) as u64, &string.to_le_bytes());
        write(k, record + offset_of!(StartupArg, len) as u64, &argument.len().to_le_bytes());
        write(k, string, argument.as_bytes());
        string += argument.len() as u64;
    }
    Ok(block)
}

/// The record as words, in the order in which it lies in memory.
fn words(startup: &Startup) -> [u64; size_of::<Startup>() / 8] {
    let &Startup { argc, argv, image, image_len, old_slot, archive, archive_len, tables } = startup;
    [argc, argv, image, image_len, old_slot, archive, archive_len, tables]
}

const _: () = {
    assert!(offset_of!(Startup, argc) == 0 && offset_of!(Startup, argv) == 8 && offset_of!(Startup, image) == 16);
    assert!(offset_of!(Startup, image_len) == 24 && offset_of!(Startup, old_slot) == 32);
    assert!(offset_of!(Startup, archive) == 40 && offset_of!(Startup, archive_len) == 48);
    assert!(offset_of!(Startup, tables) == 56);
};

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::elf::tests::sample;
    use lv6_kernel::boot::boot;
    use lv6_kernel::state::PageType;
    use zerocopy::FromZeros;

    /// A kernel that has just booted.
    pub fn booted() -> Box<Kernel> {
        let mut k = Kernel::new_box_zeroed().unwrap();
        assert_eq!(boot(&mut k, 0x400), 0);
        k
    }

    /// What init reads at an address, with the permissions of the last level; nothing if it is not mapped.
    fn read(k: &Kernel, address: u64) -> Option<(u8, u64)> {
        let [i4, i3, i2, i1] = indexes(address);
        let table = follow(k, follow(k, follow(k, k.procs[1].page_table_root, i4)?, i3)?, i2)?;
        let page = follow(k, table, i1)?;
        let bytes = k.pages[page as usize].as_bytes();
        Some((bytes[(address % PAGE) as usize], k.pages[table as usize][i1 as usize] & !PTE_ADDR))
    }

    fn read_u64(k: &Kernel, address: u64) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|n| read(k, address + n as u64).unwrap().0))
    }

    fn read_text(k: &Kernel, address: u64, length: u64) -> String {
        (0..length).map(|n| read(k, address + n).unwrap().0 as char).collect()
    }

    #[test]
    fn loads_a_program() {
        let mut k = booted();
        let archive: Vec<u8> = (0..10_000u32).map(|n| n as u8).collect();
        let start = load(&mut k, &sample(), &archive, ["ps", "-a"].into_iter()).unwrap();

        assert_eq!(start.rip, SLOT_A + 0x1010);
        assert_eq!(read(&k, start.rip), Some((0x90, PTE_P)));
        assert_eq!(read(&k, SLOT_A + 0x1100), Some((0, PTE_P)));
        assert_eq!(read(&k, SLOT_A + 0x2ff8), Some((7, PTE_P | PTE_W | PTE_NX)));
        assert_eq!(read_u64(&k, SLOT_A + 0x3ffc), SLOT_A + 0x1010);
        assert_eq!(read(&k, SLOT_A + 0x5fff), Some((0, PTE_P | PTE_W | PTE_NX)));
        assert_eq!(read(&k, SLOT_A + 0x6000), None);
        assert_eq!(read(&k, SLOT_A), None);
        assert_eq!(read(&k, ARCHIVE + 9_999), Some((9_999u32 as u8, PTE_P | PTE_NX)));
        assert_eq!(read(&k, ARCHIVE + 12_288), None);

        let top = SLOT_A + STACK_TOP_OFFSET;
        assert_eq!(read(&k, top - STACK_SIZE), Some((0, PTE_P | PTE_W | PTE_NX)));
        assert_eq!(read(&k, top - STACK_SIZE - 1), None);
        assert_eq!(read(&k, top), None);
    }

    #[test]
    fn tells_init_what_it_needs() {
        let mut k = booted();
        let start = load(&mut k, &sample(), b"archive", ["ps", "-a"].into_iter()).unwrap();
        let block = start.rsp;
        assert_eq!(block % 16, 0);
        let stack = k.procs[1].stack;
        assert_eq!(context(&mut k.pages[stack as usize]).registers.rdi, block);
        let words: Vec<u64> = (0..8).map(|n| read_u64(&k, block + 8 * n)).collect();
        assert_eq!(words, [3, block + 64, SLOT_A, 0x6000, 0, ARCHIVE, 7, 0]);
        let arguments: Vec<String> = (0..3)
            .map(|n| (read_u64(&k, block + 64 + 16 * n), read_u64(&k, block + 72 + 16 * n)))
            .map(|(address, length)| read_text(&k, address, length))
            .collect();
        assert_eq!(arguments, ["init", "ps", "-a"]);
        assert_eq!(k.procs[1].name, [u64::from_le_bytes(*b"init\0\0\0\0"), 0]);
    }

    #[test]
    fn without_an_archive_there_is_none() {
        let mut k = booted();
        let start = load(&mut k, &sample(), &[], [].into_iter()).unwrap();
        assert_eq!([read_u64(&k, start.rsp + 40), read_u64(&k, start.rsp + 48)], [0, 0]);
        assert_eq!(read(&k, ARCHIVE), None);
    }

    #[test]
    fn pages_run_out_with_an_error() {
        let mut k = booted();
        let archive = vec![1; 33 << 20];
        assert!(matches!(load(&mut k, &sample(), &archive, [].into_iter()), Err(LoadError::OutOfPages)));
    }

    #[test]
    fn a_refused_call_is_reported() {
        let mut k = booted();
        let page = k.page_desc[0].free_next;
        k.page_desc[page as usize].kind = PageType::Frame;
        let error = load(&mut k, &sample(), &[], [].into_iter()).unwrap_err();
        assert_eq!(error.to_string(), "init: system call 20 failed with error 22");
    }

    #[test]
    fn long_command_lines_are_refused() {
        let many = || load(&mut booted(), &sample(), &[], std::iter::repeat_n("x", MAX_ARGS));
        assert!(matches!(many(), Err(LoadError::TooManyArguments)));
        let long = "x".repeat(STARTUP_MAX as usize);
        let error = load(&mut booted(), &sample(), &[], [long.as_str()].into_iter());
        assert!(matches!(error, Err(LoadError::TooManyArguments)));
    }

    #[test]
    fn a_bad_program_is_reported() {
        let error = load(&mut booted(), b"#!/bin/sh", &[], [].into_iter()).unwrap_err();
        assert!(error.to_string().starts_with("init: not an ELF file"));
    }
}
