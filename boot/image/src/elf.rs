//! Programs: static position-independent executables for x86-64, linked at 0.

use core::fmt;

use arrayvec::ArrayVec;
use elf::ElfBytes;
use elf::abi::{
    DT_JMPREL, DT_NEEDED, DT_REL, DT_RELA, DT_RELASZ, EM_X86_64, ET_DYN, PF_W, PF_X, PT_INTERP, PT_LOAD, PT_TLS,
    R_X86_64_RELATIVE,
};
use elf::endian::LittleEndian;
use elf::file::Class;
use elf::parse::ParseError;
use elf::relocation::RelaIterator;
use elf::segment::ProgramHeader;
use lv6_abi::limits::PAGE_SIZE;
use lv6_abi::startup::IMAGE_MAX;

const PAGE: u64 = PAGE_SIZE as u64;
/// Most segments that a program can have.
const MAX_SEGMENTS: usize = 8;
/// Bytes of a relocation with addend.
const RELA_BYTES: usize = 24;
/// Packed relative relocations, which the table of dynamic tags in use does not name.
const DT_RELR: i64 = 36;

/// What is wrong with a program.
#[derive(Debug)]
pub enum ElfError {
    /// It cannot be read as an ELF file at all.
    Malformed(ParseError),
    /// It is for another machine, or of another kind.
    NotStaticPie,
    /// It needs what lv6 does not have.
    Unsupported(&'static str),
    /// It contradicts itself.
    Inconsistent(&'static str),
}

impl fmt::Display for ElfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ElfError::Malformed(error) => write!(f, "not an ELF file, or cut off: {error}"),
            ElfError::NotStaticPie => write!(f, "not a static position-independent executable for x86-64"),
            ElfError::Unsupported(what) => write!(f, "lv6 does not support {what}"),
            ElfError::Inconsistent(what) => write!(f, "damaged: {what}"),
        }
    }
}

impl From<ParseError> for ElfError {
    fn from(error: ParseError) -> Self {
        ElfError::Malformed(error)
    }
}

/// A part of a program that is loaded in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Where it starts, relative to the image.
    pub address: u64,
    /// What it starts with; the rest is zero.
    pub bytes: &'a [u8],
    /// Its length in memory.
    pub length: u64,
    /// Whether the program may write to it.
    pub write: bool,
    /// Whether the program may execute it.
    pub execute: bool,
}

impl Segment<'_> {
    /// The pages that it lies in, as offsets of their first bytes into the image.
    pub fn pages(&self) -> impl Iterator<Item = u64> + use<> {
        let first = self.address / PAGE;
        let end = (self.address + self.length).div_ceil(PAGE);
        (first..end).map(|n| n * PAGE)
    }
}

/// A program whose headers have been checked: its segments lie inside [`IMAGE_MAX`] and do not share pages, and its
/// relocations lie inside its segments.
#[derive(Debug)]
pub struct Program<'a> {
    /// Where it starts, relative to the image.
    pub entry: u64,
    /// Its segments, in ascending order.
    pub segments: ArrayVec<Segment<'a>, MAX_SEGMENTS>,
    relocations: &'a [u8],
}

/// A word that depends on where the image lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relocation {
    /// Where the word is, relative to the image.
    pub address: u64,
    /// Its value, less the image's address.
    pub addend: u64,
}

impl<'a> Program<'a> {
    /// Reads and checks an ELF file.
    pub fn parse(file: &'a [u8]) -> Result<Self, ElfError> {
        let elf = ElfBytes::<LittleEndian>::minimal_parse(file)?;
        let header = &elf.ehdr;
        if header.class != Class::ELF64 || header.e_machine != EM_X86_64 || header.e_type != ET_DYN {
            return Err(ElfError::NotStaticPie);
        }
        let headers = elf.segments().ok_or(ElfError::Inconsistent("it has no segments"))?;
        let mut segments = ArrayVec::<Segment, MAX_SEGMENTS>::new();
        for header in headers.iter() {
            match header.p_type {
                PT_LOAD => {
                    let segment = segment(&elf, &header, segments.last())?;
                    segments.try_push(segment).map_err(|_| ElfError::Unsupported("more than 8 segments"))?;
                }
                PT_INTERP => return Err(ElfError::Unsupported("a dynamic linker")),
                PT_TLS if header.p_memsz != 0 => return Err(ElfError::Unsupported("thread-local storage")),
                _ => {}
            }
        }
        let entry = header.e_entry;
        if !segments.iter().any(|s| s.execute && entry >= s.address && entry - s.address < s.length) {
            return Err(ElfError::Inconsistent("its entry point is not in its code"));
        }
        let relocations = find_relocations(&elf, &segments)?;
        let program = Program { entry, segments, relocations };
        program.check_relocations()?;
        Ok(program)
    }

    /// Length of the image in memory: to the end of its last page.
    pub fn image_len(&self) -> u64 {
        self.segments.last().map_or(0, |s| (s.address + s.length).next_multiple_of(PAGE))
    }

    /// The words that depend on where the image lies.
    pub fn relocations(&self) -> impl Iterator<Item = Relocation> {
        RelaIterator::new(LittleEndian, Class::ELF64, self.relocations)
            .map(|r| Relocation { address: r.r_offset, addend: r.r_addend as u64 })
    }

    fn check_relocations(&self) -> Result<(), ElfError> {
        let inside = |s: &Segment, at: u64| at >= s.address && s.length >= 8 && at - s.address <= s.length - 8;
        for r in RelaIterator::new(LittleEndian, Class::ELF64, self.relocations) {
            if r.r_type != R_X86_64_RELATIVE {
                return Err(ElfError::Unsupported("relocations other than R_X86_64_RELATIVE"));
            }
            if !self.segments.iter().any(|s| inside(s, r.r_offset)) {
                return Err(ElfError::Inconsistent("a relocation lies outside its segments"));
            }
        }
        Ok(())
    }
}

fn segment<'a>(
    elf: &ElfBytes<'a, LittleEndian>,
    header: &ProgramHeader,
    before: Option<&Segment>,
) -> Result<Segment<'a>, ElfError> {
    let bytes = elf.segment_data(header)?;
    let (address, length) = (header.p_vaddr, header.p_memsz);
    if address >= IMAGE_MAX || length > IMAGE_MAX - address {
        return Err(ElfError::Inconsistent("a segment lies too high; it must be linked at 0"));
    }
    if (bytes.len() as u64) > length {
        return Err(ElfError::Inconsistent("a segment is longer in the file than in memory"));
    }
    let free = before.map_or(0, |s| (s.address + s.length).div_ceil(PAGE));
    if address / PAGE < free {
        return Err(ElfError::Inconsistent("two segments share a page or are out of order"));
    }
    let (write, execute) = (header.p_flags & PF_W != 0, header.p_flags & PF_X != 0);
    if write && execute {
        return Err(ElfError::Unsupported("segments that are both writable and executable"));
    }
    Ok(Segment { address, bytes, length, write, execute })
}

fn find_relocations<'a>(elf: &ElfBytes<'a, LittleEndian>, segments: &[Segment<'a>]) -> Result<&'a [u8], ElfError> {
    let (mut start, mut size) = (0, 0);
    let Some(tags) = elf.dynamic()? else { return Ok(&[]) };
    for tag in tags.iter() {
        match tag.d_tag {
            DT_RELA => start = tag.d_ptr(),
            DT_RELASZ => size = tag.d_val(),
            DT_NEEDED => return Err(ElfError::Unsupported("shared libraries")),
            DT_REL | DT_RELR | DT_JMPREL => {
                return Err(ElfError::Unsupported("relocations other than R_X86_64_RELATIVE"));
            }
            _ => {}
        }
    }
    if size == 0 {
        return Ok(&[]);
    }
    let table = segments.iter().find_map(|s| {
        let from = usize::try_from(start.checked_sub(s.address)?).ok()?;
        s.bytes.get(from..from.checked_add(usize::try_from(size).ok()?)?)
    });
    match table {
        Some(table) if table.len() % RELA_BYTES == 0 => Ok(table),
        _ => Err(ElfError::Inconsistent("its relocations are not inside the file")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A program of two segments: code (256 bytes at 0x1000) and data (16 bytes in the file, 0x2100 in memory, at 0x2ff8)
    /// with one relocation, whose word runs over the end of a page.
    pub fn sample() -> Vec<u8> {
        let mut file = vec![0; 0x300];
        file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        put(&mut file, 0x10, &[3, 0, 62, 0, 1, 0, 0, 0]);
        put(&mut file, 0x18, &0x1010u64.to_le_bytes());
        put(&mut file, 0x20, &64u64.to_le_bytes());
        put(&mut file, 0x34, &[64, 0, 56, 0, 3, 0, 64, 0]);
        program_header(&mut file, 0, [1, 5], [0x200, 0x1000, 0x100, 0x100]);
        program_header(&mut file, 1, [1, 6], [0x100, 0x2ff8, 0x68, 0x2100]);
        program_header(&mut file, 2, [2, 6], [0x100, 0x2ff8, 0x30, 0x30]);
        // Dynamic tags, then the relocation.
        for (n, word) in [7, 0x2ff8 + 0x40, 8, 24, 0, 0].into_iter().enumerate() {
            put(&mut file, 0x100 + 8 * n, &u64::to_le_bytes(word));
        }
        for (n, word) in [0x3ffc, 8, 0x1010].into_iter().enumerate() {
            put(&mut file, 0x140 + 8 * n, &u64::to_le_bytes(word));
        }
        file[0x200..0x300].fill(0x90);
        file
    }

    fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
        file[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn program_header(file: &mut [u8], n: usize, kind: [u32; 2], [offset, address, in_file, in_memory]: [u64; 4]) {
        let at = 64 + 56 * n;
        put(file, at, &kind[0].to_le_bytes());
        put(file, at + 4, &kind[1].to_le_bytes());
        for (n, word) in [offset, address, address, in_file, in_memory, 0x1000].into_iter().enumerate() {
            put(file, at + 8 + 8 * n, &word.to_le_bytes());
        }
    }

    fn error(change: impl Fn(&mut [u8])) -> String {
        let mut file = sample();
        change(&mut file);
        Program::parse(&file).unwrap_err().to_string()
    }

    #[test]
    fn reads_a_program() {
        let file = sample();
        let program = Program::parse(&file).unwrap();
        assert_eq!(program.entry, 0x1010);
        assert_eq!(program.image_len(), 0x6000);
        assert_eq!(program.segments.len(), 2);
        assert_eq!(program.segments[0].pages().collect::<Vec<_>>(), [0x1000]);
        assert_eq!(program.segments[1].pages().collect::<Vec<_>>(), [0x2000, 0x3000, 0x4000, 0x5000]);
        assert!(program.segments[0].execute && !program.segments[0].write);
        assert!(!program.segments[1].execute && program.segments[1].write);
        let relocations: Vec<_> = program.relocations().collect();
        assert_eq!(relocations, [Relocation { address: 0x3ffc, addend: 0x1010 }]);
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(error(|f| f[0] = 0).starts_with("not an ELF file"));
        assert!(error(|f| f[0x12] = 3).starts_with("not a static"));
        assert!(error(|f| f[0x10] = 2).starts_with("not a static"));
        assert!(error(|f| f[0x19] = 0x20).contains("entry point"));
        assert!(error(|f| f[68] = 7).contains("both writable and executable"));
        assert!(error(|f| f[64 + 56 + 17] = 0x10).contains("share a page"));
        assert!(error(|f| f[64 + 16 + 4] = 1).contains("too high"));
        assert!(error(|f| f[64 + 40..64 + 42].copy_from_slice(&[1, 0])).contains("longer in the file"));
        assert!(error(|f| f[64] = 3).contains("dynamic linker"));
        assert!(error(|f| f[64 + 56 * 2] = 7).contains("thread-local"));
        assert!(error(|f| f[0x148] = 1).contains("R_X86_64_RELATIVE"));
        assert!(error(|f| f[0x142] = 1).contains("relocation lies outside"));
        assert!(error(|f| f[0x10a] = 1).contains("not inside the file"));
        assert!(error(|f| f[0x100] = 1).contains("shared libraries"));
        assert!(error(|f| f[0x100] = 23).contains("R_X86_64_RELATIVE"));
    }

    #[test]
    fn cut_off_files_are_refused() {
        let file = sample();
        for length in 0..file.len() {
            assert!(Program::parse(&file[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn any_damage_is_survived() {
        let file = sample();
        for at in 0..0x160 {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut file = file.clone();
                file[at] = value;
                if let Ok(program) = Program::parse(&file) {
                    assert!(program.image_len() <= IMAGE_MAX);
                    assert!(program.relocations().all(|r| r.address < IMAGE_MAX));
                }
            }
        }
    }
}
