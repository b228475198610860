//! Reading a program's ELF file: what goes where.
//!
//! Programs are static position-independent executables for x86-64, linked at 0, with page-separated segments that are
//! never both writable and executable. Anything else is refused before memory is touched.

use alloc::vec::Vec;

use elf::ElfBytes;
use elf::abi::{
    DT_JMPREL, DT_NEEDED, DT_REL, DT_RELA, DT_RELASZ, EM_X86_64, ET_DYN, PF_W, PF_X, PT_GNU_RELRO, PT_INTERP, PT_LOAD,
    PT_TLS, R_X86_64_RELATIVE,
};
use elf::endian::LittleEndian;
use elf::parse::ParsingTable;
use elf::relocation::{Elf64_Rela, Rela};
use elf::segment::ProgramHeader;
use lv6_abi::startup::IMAGE_MAX;

use crate::errno::Errno;
use crate::memory::{CODE, CONST, DATA};
use crate::paging::round_up;

/// Tag of packed relative relocations, which the `elf` crate does not name.
const DT_RELR: i64 = 36;

/// Part of an image: whole pages with the same permissions.
#[derive(Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Offset of its first page from the start of the image.
    pub start: u64,
    /// Offset of the first page after it.
    pub end: u64,
    /// Permissions of its pages.
    pub perm: u64,
    /// Offset of `data`.
    pub data_at: u64,
    /// What the file says is there. The rest of the pages is zero.
    pub data: &'a [u8],
}

/// A word that depends on where the image is: at offset `at`, `value` plus the image's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relocation {
    /// Offset of the word.
    pub at: u64,
    /// What to add to the image's address.
    pub value: u64,
}

/// What to do to load a program.
#[derive(Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// Its parts, in ascending order.
    pub segments: Vec<Segment<'a>>,
    /// Words to adjust; each lies in a segment.
    pub relocations: Vec<Relocation>,
    /// Offset of the entry point, which lies in a segment of code.
    pub entry: u64,
    /// Length of the image in memory, in whole pages.
    pub len: u64,
}

impl<'a> Image<'a> {
    /// Reads an ELF file. ENOEXEC if it is not a program that lv6 can load; ENOMEM if there is no memory for the lists.
    pub fn parse(file: &'a [u8]) -> Result<Image<'a>, Errno> {
        let elf = ElfBytes::<LittleEndian>::minimal_parse(file).map_err(|_| Errno::ENOEXEC)?;
        let headers = elf.segments().ok_or(Errno::ENOEXEC)?;
        let of_type = |kind| headers.iter().filter(move |header| header.p_type == kind);
        let foreign = of_type(PT_INTERP).chain(of_type(PT_TLS)).next().is_some();
        if elf.ehdr.e_type != ET_DYN || elf.ehdr.e_machine != EM_X86_64 || foreign {
            return Err(Errno::ENOEXEC);
        }
        let mut segments = Vec::new();
        segments.try_reserve(of_type(PT_LOAD).count()).map_err(|_| Errno::ENOMEM)?;
        let mut len = 0;
        for header in of_type(PT_LOAD) {
            let mut segment = segment(&header, elf.segment_data(&header).map_err(|_| Errno::ENOEXEC)?, len)?;
            if of_type(PT_GNU_RELRO).any(|relro| covers(&relro, &segment)) {
                segment.perm = CONST;
            }
            len = segment.end;
            segments.push(segment);
        }
        let mut image = Image { segments, relocations: Vec::new(), entry: elf.ehdr.e_entry, len };
        if image.segment_at(image.entry, 1).is_none_or(|segment| segment.perm != CODE) {
            return Err(Errno::ENOEXEC);
        }
        image.relocations = image.read_relocations(&elf)?;
        Ok(image)
    }

    /// The segment that contains the `len` bytes at an offset.
    fn segment_at(&self, at: u64, len: u64) -> Option<&Segment<'a>> {
        let end = at.checked_add(len)?;
        self.segments.iter().find(|segment| segment.start <= at && end <= segment.end)
    }

    /// Reads the relocations that the dynamic section names.
    fn read_relocations(&self, elf: &ElfBytes<'a, LittleEndian>) -> Result<Vec<Relocation>, Errno> {
        let mut relocations = Vec::new();
        let Some(dynamic) = elf.dynamic().map_err(|_| Errno::ENOEXEC)? else { return Ok(relocations) };
        // Other programs, and relocations of kinds that we do not apply.
        if dynamic.iter().any(|entry| [DT_NEEDED, DT_REL, DT_RELR, DT_JMPREL].contains(&entry.d_tag)) {
            return Err(Errno::ENOEXEC);
        }
        let value = |tag| dynamic.iter().find(|entry| entry.d_tag == tag).map(|entry| entry.d_val());
        let (Some(at), Some(size)) = (value(DT_RELA), value(DT_RELASZ)) else { return Ok(relocations) };
        let table = self.file_bytes(at, size).ok_or(Errno::ENOEXEC)?;
        let table = ParsingTable::<LittleEndian, Rela>::new(LittleEndian, elf.ehdr.class, table);
        if size % size_of::<Elf64_Rela>() as u64 != 0 {
            return Err(Errno::ENOEXEC);
        }
        relocations.try_reserve(table.len()).map_err(|_| Errno::ENOMEM)?;
        for entry in table.iter() {
            if entry.r_type != R_X86_64_RELATIVE || self.segment_at(entry.r_offset, 8).is_none() {
                return Err(Errno::ENOEXEC);
            }
            relocations.push(Relocation { at: entry.r_offset, value: entry.r_addend as u64 });
        }
        Ok(relocations)
    }

    /// The bytes of the file that are loaded at an offset.
    fn file_bytes(&self, at: u64, len: u64) -> Option<&'a [u8]> {
        let segment = self.segment_at(at, len)?;
        let start = usize::try_from(at.checked_sub(segment.data_at)?).ok()?;
        segment.data.get(start..start.checked_add(len as usize)?)
    }
}

/// Whether a segment is to be read-only once it is relocated.
fn covers(relro: &ProgramHeader, segment: &Segment) -> bool {
    let end = relro.p_vaddr.saturating_add(relro.p_memsz);
    segment.perm == DATA && relro.p_vaddr <= segment.data_at && segment.end <= end
}

/// What a loadable segment asks for; it must begin on a page after `from`, and nothing may be writable and executable.
fn segment<'a>(header: &ProgramHeader, data: &'a [u8], from: u64) -> Result<Segment<'a>, Errno> {
    let start = header.p_vaddr & !4095;
    let end = header.p_vaddr.checked_add(header.p_memsz).filter(|&end| end <= IMAGE_MAX).ok_or(Errno::ENOEXEC)?;
    if start < from || header.p_filesz > header.p_memsz {
        return Err(Errno::ENOEXEC);
    }
    let perm = match (header.p_flags & PF_W != 0, header.p_flags & PF_X != 0) {
        (true, true) => return Err(Errno::ENOEXEC),
        (true, false) => DATA,
        (false, true) => CODE,
        (false, false) => CONST,
    };
    Ok(Segment { start, end: round_up(end), perm, data_at: header.p_vaddr, data })
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
