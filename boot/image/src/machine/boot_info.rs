//! What the boot loader says about the machine, copied so that nothing refers to its memory any more.

use core::slice;

use arrayvec::{ArrayString, ArrayVec};
use lv6_image::acpi;
use lv6_image::framebuffer::{Field, Pixels};
use lv6_image::memory_map::Region;
use multiboot2::{
    BootInformation, BootInformationHeader, FramebufferField, FramebufferTag, FramebufferType, MaybeDynSized,
    MemoryAreaType,
};
use spin::{Mutex, MutexGuard};
use zerocopy::{FromBytes, Immutable, KnownLayout};

use crate::machine::entry::{MULTIBOOT2, PVH};

/// Longest command line, in bytes.
const COMMAND_LINE: usize = 4096;

/// Most entries of the memory map. UEFI firmware may have hundreds.
const REGIONS: usize = 1024;

/// How the boot loader left the display.
#[derive(Clone, Copy)]
pub enum Display {
    /// There is none, or none that is known here.
    None,
    /// A PC's text mode.
    Text,
    /// Pixels in memory.
    Pixels(Pixels),
}

/// What the kernel wants to know.
pub struct BootInfo {
    /// The memory map.
    pub memory: ArrayVec<Region, REGIONS>,
    /// The command line, the kernel's own name included.
    pub command_line: ArrayString<COMMAND_LINE>,
    /// The display.
    pub display: Display,
    /// Where the firmware's tables are, if it has any.
    pub firmware: Option<acpi::Root>,
}

/// Too large for the stack, below which there is nothing to notice an overflow yet.
static INFO: Mutex<BootInfo> = Mutex::new(BootInfo {
    memory: ArrayVec::new_const(),
    command_line: ArrayString::new_const(),
    display: Display::None,
    firmware: None,
});

/// Addresses that the first page tables map.
const MAPPED: u64 = 1 << 32;

/// Start of the PVH boot information, version 1 (Xen's public header `arch-x86/hvm/start_info.h`).
#[derive(FromBytes, Immutable, KnownLayout)]
#[repr(C)]
struct StartInfo {
    magic: u32,
    version: u32,
    flags: u32,
    module_count: u32,
    modules: u64,
    command_line: u64,
    rsdp: u64,
    memory_map: u64,
    memory_map_entries: u32,
    reserved: u32,
}

/// An entry of its memory map.
#[derive(FromBytes, Immutable, KnownLayout)]
#[repr(C)]
struct MapEntry {
    address: u64,
    size: u64,
    kind: u32,
    reserved: u32,
}

/// The kind of an entry, in PVH's and in the firmware's numbering: RAM.
const RAM: u32 = 1;

/// Reads the boot information, once. The error says what is wrong with it.
///
/// # Safety
/// `magic` and `info` must be what the boot loader left in the registers, and the first page tables must be in use.
pub unsafe fn read(magic: u32, info: u32) -> Result<&'static BootInfo, &'static str> {
    let out = MutexGuard::leak(INFO.lock());
    match magic {
        // SAFETY: the caller's promise is what the function asks for.
        MULTIBOOT2 => unsafe { read_multiboot2(info as usize, out) }?,
        // SAFETY: the same.
        PVH => unsafe { read_pvh(info as u64, out) }?,
        _ => return Err("started by an unknown boot loader; use one that knows multiboot2 or PVH"),
    }
    Ok(out)
}

/// Whatever lies at a physical address.
///
/// # Safety
/// Boot loader or firmware must have put `length` bytes there, and the first page tables must be in use.
pub unsafe fn bytes_at(address: u64, length: u64) -> Option<&'static [u8]> {
    let end = address.checked_add(length)?;
    if address == 0 || end > MAPPED {
        return None;
    }
    // SAFETY: the range is mapped, and nobody writes to it before the boot information has been copied.
    Some(unsafe { slice::from_raw_parts(address as *const u8, length as usize) })
}

/// # Safety
/// As [`read`], for PVH.
unsafe fn read_pvh(address: u64, out: &mut BootInfo) -> Result<(), &'static str> {
    const BAD: &str = "the PVH boot information is damaged";
    // SAFETY: the PVH entry's `ebx` points to this record.
    let bytes = unsafe { bytes_at(address, size_of::<StartInfo>() as u64) }.ok_or(BAD)?;
    let start = StartInfo::read_from_bytes(bytes).map_err(|_| BAD)?;
    if start.magic != PVH || start.version == 0 {
        return Err("the PVH boot information has no memory map");
    }
    let size = start.memory_map_entries as u64 * size_of::<MapEntry>() as u64;
    // SAFETY: the record gives address and length of the map.
    let entries = unsafe { bytes_at(start.memory_map, size) }.ok_or(BAD)?;
    let (entries, []) = entries.as_chunks::<{ size_of::<MapEntry>() }>() else { return Err(BAD) };
    let regions = entries.iter().map(|bytes| {
        let entry: MapEntry = zerocopy::transmute!(*bytes);
        Region { start: entry.address, end: entry.address.saturating_add(entry.size), usable: entry.kind == RAM }
    });
    out.set_memory(regions)?;
    // SAFETY: the record gives the address of the text.
    out.set_command_line(core::str::from_utf8(unsafe { text_at(start.command_line) }))?;
    out.display = Display::Text;
    out.firmware = acpi::POINTER_BYTES.into_iter().rev().find_map(|length| {
        // SAFETY: the record gives the address of the firmware's pointer, which has one of these lengths.
        acpi::root(unsafe { bytes_at(start.rsdp, length as u64) }?)
    });
    Ok(())
}

/// A zero-terminated text, up to the first byte that is too many; there is none at address 0.
///
/// # Safety
/// As [`bytes_at`].
unsafe fn text_at(address: u64) -> &'static [u8] {
    let mut length = 0;
    while length <= COMMAND_LINE as u64 {
        // SAFETY: as the caller promises, byte by byte up to the terminator.
        let Some([1..=255]) = (unsafe { bytes_at(address + length, 1) }) else { break };
        length += 1;
    }
    // SAFETY: these bytes have just been read.
    unsafe { bytes_at(address, length) }.unwrap_or_default()
}

impl BootInfo {
    fn set_memory(&mut self, regions: impl Iterator<Item = Region>) -> Result<(), &'static str> {
        for region in regions {
            self.memory.try_push(region).map_err(|_| "the memory map has more than 1024 entries")?;
        }
        Ok(())
    }

    fn set_command_line<E>(&mut self, text: Result<&str, E>) -> Result<(), &'static str> {
        let text = text.map_err(|_| "the command line is not UTF-8")?;
        self.command_line.try_push_str(text).map_err(|_| "the command line is longer than 4096 bytes")
    }
}

/// # Safety
/// As [`read`], for multiboot2.
unsafe fn read_multiboot2(address: usize, out: &mut BootInfo) -> Result<(), &'static str> {
    // SAFETY: the multiboot2 entry's `ebx` points to this record, which says how long it is.
    let info = unsafe { BootInformation::load(address as *const BootInformationHeader) };
    let info = info.map_err(|_| "the multiboot2 boot information is damaged")?;
    let map = info.memory_map_tag().ok_or("the multiboot2 boot information has no memory map")?;
    let regions = map.memory_areas().iter().map(|area| Region {
        start: area.start_address(),
        end: area.start_address().saturating_add(area.size()),
        usable: area.typ() == MemoryAreaType::Available,
    });
    out.set_memory(regions)?;
    if let Some(tag) = info.command_line_tag() {
        out.set_command_line(tag.cmdline())?;
    }
    out.display = info.framebuffer_tag().and_then(|tag| tag.ok()).map_or(Display::None, display);
    let pointers = [info.rsdp_v2_tag().map(|tag| tag.payload()), info.rsdp_v1_tag().map(|tag| tag.payload())];
    out.firmware = pointers.into_iter().flatten().find_map(acpi::root);
    Ok(())
}

/// What multiboot2 says about the display.
fn display(tag: &FramebufferTag) -> Display {
    let field = |field: FramebufferField| Field { position: field.position, size: field.size };
    match tag.buffer_type() {
        Ok(FramebufferType::Text) => Display::Text,
        Ok(FramebufferType::RGB { red, green, blue }) => Display::Pixels(Pixels {
            address: tag.address(),
            width: tag.width(),
            height: tag.height(),
            pitch: tag.pitch(),
            bits: tag.bpp(),
            colours: [red, green, blue].map(field),
        }),
        _ => Display::None,
    }
}
