//! Tests of the ELF reader on a small file made here, and on damaged ones.

use std::vec;
use std::vec::Vec;

use super::*;

const CODE_AT: u64 = 0x1010;
const DATA_AT: u64 = 0x2ff0;
const RELRO_AT: u64 = 0x6000;

/// Where things are in the file.
const HEADERS: usize = 64;
const CODE_BYTES: usize = 0x400;
const DATA_BYTES: usize = 0x500;
const RELRO_BYTES: usize = 0x600;

fn put(file: &mut [u8], at: usize, words: &[u64]) {
    for (n, word) in words.iter().enumerate() {
        file[at + 8 * n..at + 8 * n + 8].copy_from_slice(&word.to_le_bytes());
    }
}

/// A program header: type and flags, offset in the file, address, length in the file, length in memory.
fn header(file: &mut [u8], n: usize, [kind, flags]: [u32; 2], [offset, address, filesz, memsz]: [u64; 4]) {
    let first = u64::from(kind) | u64::from(flags) << 32;
    put(file, HEADERS + 56 * n, &[first, offset, address, address, filesz, memsz, 4096]);
}

/// Code of 32 bytes; data that begins at the end of a page and goes on with zeros; a segment that becomes read-only,
/// with the dynamic section and one relocation. The relocation's word is the first of the data.
fn sample() -> Vec<u8> {
    let mut file = vec![0; 0x700];
    file[..16].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    put(&mut file, 16, &[0x0000_0001_003e_0003, CODE_AT + 4, HEADERS as u64, 0, 0x0038_0040_0000_0000, 0x0040_0005]);
    header(&mut file, 0, [PT_LOAD, 5], [CODE_BYTES as u64, CODE_AT, 32, 32]);
    header(&mut file, 1, [PT_LOAD, 6], [DATA_BYTES as u64, DATA_AT, 24, 0x2000]);
    header(&mut file, 2, [PT_LOAD, 6], [RELRO_BYTES as u64, RELRO_AT, 0x80, 0x80]);
    header(&mut file, 3, [PT_GNU_RELRO, 4], [RELRO_BYTES as u64, RELRO_AT, 0x80, 0x1000]);
    header(&mut file, 4, [elf::abi::PT_DYNAMIC, 6], [RELRO_BYTES as u64, RELRO_AT, 0x30, 0x30]);
    file[CODE_BYTES..CODE_BYTES + 32].fill(0x90);
    put(&mut file, RELRO_BYTES, &[DT_RELA as u64, RELRO_AT + 0x40, DT_RELASZ as u64, 24, 0, 0]);
    put(&mut file, RELRO_BYTES + 0x40, &[DATA_AT, u64::from(R_X86_64_RELATIVE), CODE_AT]);
    file
}

#[test]
fn a_program_is_read() {
    let file = sample();
    let image = Image::parse(&file).unwrap();
    assert_eq!(image.entry, CODE_AT + 4);
    assert_eq!(image.len, 0x7000);
    assert_eq!(image.relocations, [Relocation { at: DATA_AT, value: CODE_AT }]);
    let places: Vec<_> = image.segments.iter().map(|s| (s.start, s.end, s.perm, s.data_at, s.data.len())).collect();
    let expected = [
        (0x1000, 0x2000, CODE, CODE_AT, 32),
        (0x2000, 0x5000, DATA, DATA_AT, 24),
        (0x6000, 0x7000, CONST, RELRO_AT, 0x80),
    ];
    assert_eq!(places, expected);
    assert_eq!(image.segments[0].data, [0x90; 32]);
}

/// Whether the sample is refused when one word of it is changed.
fn refused(at: usize, word: u64) -> bool {
    let mut file = sample();
    put(&mut file, at, &[word]);
    Image::parse(&file) == Err(Errno::ENOEXEC)
}

#[test]
fn what_is_no_program_is_refused() {
    let of_header = |n: usize, field: usize| HEADERS + 56 * n + 8 * field;
    assert!(refused(0, 0), "no ELF file");
    assert!(refused(16, 0x0000_0001_003e_0002), "linked at a fixed address");
    assert!(refused(16, 0x0000_0001_00b7_0003), "for another processor");
    assert!(refused(24, CODE_AT - 0x11), "entry point before the code");
    assert!(refused(24, DATA_AT), "entry point in data");
    assert!(refused(24, u64::MAX), "entry point nowhere");
    assert!(refused(of_header(0, 0), u64::from(PT_LOAD) | 7 << 32), "writable code");
    assert!(refused(of_header(1, 2), 0x1ff0), "segments that share a page");
    assert!(refused(of_header(2, 2), IMAGE_MAX), "too high");
    assert!(refused(of_header(2, 2), u64::MAX - 0x10), "address overflow");
    assert!(refused(of_header(2, 5), u64::MAX), "endless");
    assert!(refused(of_header(0, 5), 31), "less memory than file");
    assert!(refused(of_header(0, 1), 0x700), "beyond the file");
    assert!(refused(of_header(3, 0), u64::from(PT_INTERP)), "needs a dynamic linker");
    assert!(refused(of_header(3, 0), u64::from(PT_TLS)), "has thread-local memory");
    assert!(refused(RELRO_BYTES + 32, DT_NEEDED as u64), "needs a library");
    assert!(refused(RELRO_BYTES + 32, DT_RELR as u64), "has relocations of another kind");
    assert!(refused(RELRO_BYTES + 24, 23), "half a relocation");
    assert!(refused(RELRO_BYTES + 8, RELRO_AT + 0x70), "relocations beyond the file's bytes");
    assert!(refused(RELRO_BYTES + 8, u64::MAX), "relocations nowhere");
    assert!(refused(RELRO_BYTES + 24, u64::MAX), "endless relocations");
    assert!(refused(RELRO_BYTES + 0x40, 0x4ffc), "relocation over the end of a segment");
    assert!(refused(RELRO_BYTES + 0x40, u64::MAX), "relocation nowhere");
    assert!(refused(RELRO_BYTES + 0x48, 1), "relocation that needs symbols");
}

#[test]
fn no_relocations_are_fine() {
    let mut file = sample();
    put(&mut file, RELRO_BYTES, &[0]);
    assert_eq!(Image::parse(&file).map(|image| image.relocations.len()), Ok(0));
}

#[test]
fn cut_files_are_refused() {
    let file = sample();
    for len in 0..RELRO_BYTES + 0x80 {
        assert_eq!(Image::parse(&file[..len]).err(), Some(Errno::ENOEXEC), "{len} bytes");
    }
}

#[test]
fn damage_leaves_a_loadable_image_or_none() {
    let good = sample();
    for at in 0..RELRO_BYTES + 0x80 {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut file = good.clone();
            file[at] = value;
            let Ok(image) = Image::parse(&file) else { continue };
            assert!(image.len <= IMAGE_MAX);
            let mut from = 0;
            for segment in &image.segments {
                let end = segment.data_at + segment.data.len() as u64;
                assert!(from <= segment.start && segment.start <= segment.data_at && end <= segment.end);
                from = segment.end;
            }
            assert!(image.relocations.iter().all(|word| image.segment_at(word.at, 8).is_some()));
        }
    }
}
