//! Tests of the archive on one made here.

use std::format;
use std::vec;
use std::vec::Vec;

use super::*;

/// Adds a file in USTAR format: a header, then the data in blocks of 512 bytes.
fn add(archive: &mut Vec<u8>, name: &str, data: &[u8]) {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000755\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", data.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].fill(b' ');
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive.extend(header);
    archive.extend(data);
    archive.resize(archive.len().next_multiple_of(512), 0);
}

fn sample() -> Vec<u8> {
    let mut archive = Vec::new();
    add(&mut archive, "ps", b"one");
    add(&mut archive, "bin/echo", &[7; 700]);
    add(&mut archive, "empty", b"");
    archive.extend([0; 1024]);
    archive
}

#[test]
fn programs_are_found_by_name() {
    let archive = sample();
    assert_eq!(find(&archive, "ps"), Some(&b"one"[..]));
    assert_eq!(find(&archive, "echo"), Some(&[7; 700][..]));
    assert_eq!(find(&archive, "empty"), Some(&b""[..]));
    for missing in ["", "p", "pss", "bin/echo", "bin"] {
        assert_eq!(find(&archive, missing), None, "{missing}");
    }
    let names: Vec<_> = files(&archive).map(|(name, _)| alloc::string::String::from(name.as_str())).collect();
    assert_eq!(names, ["ps", "echo", "empty"]);
}

#[test]
fn damaged_archives_are_survived() {
    assert_eq!(files(b"").count(), 0);
    assert_eq!(files(&[0xff; 2048]).count(), 0);
    let good = sample();
    for len in 0..good.len() {
        assert!(files(&good[..len]).count() <= 3);
    }
    for at in (0..good.len()).step_by(3) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        assert!(files(&bad).count() <= 3);
    }
}
