//! Archives in the old binary format of `cpio`.

use crate::errno::Errno;

/// The first word of a header.
const MAGIC: u16 = 0o070_707;
/// Bytes of a header.
const HEADER: usize = 26;
/// The name that ends an archive.
const TRAILER: &str = "TRAILER!!!";
/// Bits of the mode that say what a file is, and their values for a directory and for a file of bytes.
const TYPE: u16 = 0o170_000;
const DIRECTORY: u16 = 0o040_000;
const FILE: u16 = 0o100_000;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A file.
    File,
    /// Something that lv6 does not have.
    Other,
}

/// A file in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its path, as it is in the archive.
    pub path: &'a str,
    /// What it is.
    pub kind: Kind,
    /// What is in it.
    pub data: &'a [u8],
}

impl Entry<'_> {
    /// Its path below the current directory. None if it leads out of there.
    pub fn path_below(&self) -> Option<&str> {
        let path = self.path.trim_start_matches('/');
        (!path.is_empty() && path.split('/').all(|part| part != "..")).then_some(path)
    }
}

/// Reads the entry at the start of an archive. Returns it and what follows; none at the end. EINVAL if it is damaged.
pub fn next(archive: &[u8]) -> Result<Option<(Entry<'_>, &[u8])>, Errno> {
    let (header, rest) = archive.split_at_checked(HEADER).ok_or(Errno::EINVAL)?;
    let word = |n: usize| u16::from_le_bytes([header[2 * n], header[2 * n + 1]]);
    if word(0) != MAGIC {
        return Err(Errno::EINVAL);
    }
    let (name, rest) = take(rest, usize::from(word(10)))?;
    // The upper half of the length comes first.
    let (data, rest) = take(rest, usize::from(word(11)) << 16 | usize::from(word(12)))?;
    let path = name.split_last().filter(|(end, _)| **end == 0).map(|(_, path)| core::str::from_utf8(path));
    let path = path.and_then(Result::ok).ok_or(Errno::EINVAL)?;
    let kind = match word(3) & TYPE {
        DIRECTORY => Kind::Directory,
        FILE => Kind::File,
        _ => Kind::Other,
    };
    Ok((path != TRAILER).then_some((Entry { path, kind, data }, rest)))
}

/// Splits bytes off, and the one that makes their number even.
fn take(bytes: &[u8], len: usize) -> Result<(&[u8], &[u8]), Errno> {
    let (taken, rest) = bytes.split_at_checked(len).ok_or(Errno::EINVAL)?;
    Ok((taken, rest.get(len % 2..).ok_or(Errno::EINVAL)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    /// An entry as `cpio -o` writes it.
    fn entry(path: &str, mode: u16, data: &[u8]) -> Vec<u8> {
        let len = data.len() as u32;
        let name = path.len() as u16 + 1;
        let words = [MAGIC, 1, 2, mode, 0, 0, 1, 0, 5, 6, name, (len >> 16) as u16, len as u16];
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.extend(path.bytes().chain([0]));
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes
    }

    fn end() -> Vec<u8> {
        entry(TRAILER, 0, b"")
    }

    #[test]
    fn entries_come_in_order() {
        let long = [7; 70_001];
        let archive = [entry("d", 0o040_755, b""), entry("d/f", 0o100_644, &long), entry("l", 0o120_777, b"d"), end()];
        let archive = archive.concat();
        let (first, rest) = next(&archive).unwrap().unwrap();
        assert_eq!(first, Entry { path: "d", kind: Kind::Directory, data: b"" });
        let (second, rest) = next(rest).unwrap().unwrap();
        assert_eq!(second, Entry { path: "d/f", kind: Kind::File, data: &long });
        let (third, rest) = next(rest).unwrap().unwrap();
        assert_eq!(third.kind, Kind::Other);
        assert_eq!(next(rest), Ok(None));
    }

    #[test]
    fn damaged_archives_are_refused() {
        let archive = entry("file", 0o100_644, b"data");
        for len in 0..archive.len() {
            assert_eq!(next(&archive[..len]), Err(Errno::EINVAL), "{len}");
        }
        let mut swapped = archive.clone();
        swapped.swap(0, 1);
        assert_eq!(next(&swapped), Err(Errno::EINVAL));
        let mut endless = archive;
        endless[HEADER + 4] = b'x';
        assert_eq!(next(&endless), Err(Errno::EINVAL));
    }

    #[test]
    fn paths_stay_below() {
        let below = |path| Entry { path, kind: Kind::File, data: b"" }.path_below().map(std::string::String::from);
        assert_eq!(below("a/b").as_deref(), Some("a/b"));
        assert_eq!(below("//etc/x").as_deref(), Some("etc/x"));
        assert_eq!([below(".."), below("a/../../b"), below("/"), below("")], [None, None, None, None]);
    }

    proptest! {
        #[test]
        fn any_bytes_do_no_harm(mut bytes in prop::collection::vec(any::<u8>(), 26..80)) {
            bytes[..2].copy_from_slice(&MAGIC.to_le_bytes());
            let mut rest = &bytes[..];
            while let Ok(Some((_, after))) = next(rest) {
                prop_assert!(after.len() < rest.len());
                rest = after;
            }
        }
    }
}
