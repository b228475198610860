//! The bytes of a module's compiled files as a graph of Lean objects.
//!
//! A file is a header and a copy of Lean's heap. The header is `olean`, a format version (2), a byte of flags, 33 bytes
//! of Lean version, 40 bytes of commit, and the address for which the pointers in the file are made. The root pointer
//! follows, then the objects. Words and pointers have 32 bits if the npm build wrote the file and 64 under the official
//! toolchain; nothing in the header says which.
//!
//! A module has up to three parts, which continue one address space: `.olean` is what importing files see,
//! `.olean.server` is for editors, `.olean.private` has all declarations with their proofs and points into the others.
//!
//! An object begins with a 32-bit reference count, its size (16 bits), the number of its fields and its tag. A pointer
//! with the lowest bit set is not one, but a small number.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

const MAGIC: &[u8] = b"olean\x02";
const HEADER: usize = 80;
const OBJECT_HEADER: usize = 8;
const LARGEST_CONSTRUCTOR: u8 = 244;
const ARRAY: u8 = 246;
const STRING: u8 = 249;

/// A pointer, or a small number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pointer(u64);

impl Pointer {
    /// The small number that stands in place of a pointer, if it does.
    pub fn small(self) -> Option<u64> {
        (self.0 & 1 == 1).then_some(self.0 >> 1)
    }
}

struct Part {
    base: u64,
    bytes: Vec<u8>,
    root: Pointer,
}

/// The parts of one compiled module.
pub struct Image {
    path: PathBuf,
    word: usize,
    parts: Vec<Part>,
}

impl Image {
    /// Reads `X.olean` and, where they exist, `X.olean.server` and `X.olean.private`.
    pub fn open(olean: &Path) -> Result<Image> {
        let mut image = Image { path: olean.to_path_buf(), word: 0, parts: Vec::new() };
        for suffix in ["", ".server", ".private"] {
            let mut path = olean.as_os_str().to_os_string();
            path.push(suffix);
            let path = PathBuf::from(path);
            if suffix.is_empty() || path.exists() {
                let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
                image.add(bytes)?;
            }
        }
        Ok(image)
    }

    fn add(&mut self, bytes: Vec<u8>) -> Result<()> {
        if !bytes.starts_with(MAGIC) {
            return Err(self.fail("not a compiled Lean file of format 2"));
        }
        // Of the two readings of the header, the right one has its root inside the file.
        for word in [8, 4] {
            let (Some(base), Some(root)) = (read(&bytes, HEADER, word), read(&bytes, HEADER + word, word)) else {
                continue;
            };
            let first = base + (HEADER + 2 * word) as u64;
            let inside = root & 1 == 0 && root.checked_sub(first).is_some_and(|o| o < bytes.len() as u64);
            // A part that has nothing of its own, such as that of a file of imports, shares the root of an earlier one.
            let earlier = self.word == word && self.locate(Pointer(root)).is_ok();
            if (inside && self.word == 0) || (self.word == word && (inside || earlier)) {
                self.word = word;
                self.parts.push(Part { base, bytes, root: Pointer(root) });
                return Ok(());
            }
        }
        Err(self.fail("no root object"))
    }

    /// The root of the last part: the private one if there is one.
    pub fn root(&self) -> Result<Pointer> {
        self.parts.last().map(|p| p.root).ok_or_else(|| self.fail("empty"))
    }

    /// The root of the part that importing files see.
    pub fn public_root(&self) -> Result<Pointer> {
        self.parts.first().map(|p| p.root).ok_or_else(|| self.fail("empty"))
    }

    /// An error about this module.
    pub fn fail(&self, what: &str) -> Error {
        Error::Olean { path: self.path.clone(), what: what.to_string() }
    }

    fn locate(&self, pointer: Pointer) -> Result<(&[u8], usize)> {
        let inside = |p: &&Part| pointer.0 >= p.base && pointer.0 - p.base < p.bytes.len() as u64;
        let part = self.parts.iter().find(inside).filter(|_| pointer.0 & 1 == 0);
        let part = part.ok_or_else(|| self.fail("a pointer leads out of the file"))?;
        Ok((&part.bytes, (pointer.0 - part.base) as usize))
    }

    fn byte(&self, pointer: Pointer, offset: usize) -> Result<u8> {
        let (bytes, at) = self.locate(pointer)?;
        bytes.get(at + offset).copied().ok_or_else(|| self.fail("an object is cut off"))
    }

    fn word_at(&self, pointer: Pointer, offset: usize) -> Result<u64> {
        let (bytes, at) = self.locate(pointer)?;
        read(bytes, at + offset, self.word).ok_or_else(|| self.fail("an object is cut off"))
    }

    /// The tag of an object: for a constructor its number.
    fn raw_tag(&self, pointer: Pointer) -> Result<u8> {
        self.byte(pointer, 7)
    }

    /// Which constructor of its type a value is. A constructor without fields is a small number.
    pub fn constructor(&self, pointer: Pointer) -> Result<u8> {
        match pointer.small() {
            Some(n) => u8::try_from(n).map_err(|_| self.fail("a constructor number is too large")),
            None => match self.raw_tag(pointer)? {
                tag if tag <= LARGEST_CONSTRUCTOR => Ok(tag),
                _ => Err(self.fail("a constructor was expected")),
            },
        }
    }

    /// Field `i` of a constructor.
    pub fn field(&self, pointer: Pointer, i: usize) -> Result<Pointer> {
        if self.raw_tag(pointer)? > LARGEST_CONSTRUCTOR || i >= usize::from(self.byte(pointer, 6)?) {
            return Err(self.fail("a constructor has too few fields"));
        }
        Ok(Pointer(self.word_at(pointer, OBJECT_HEADER + i * self.word)?))
    }

    /// The byte at `offset` of the data behind the fields of a constructor.
    pub fn scalar(&self, pointer: Pointer, offset: usize) -> Result<u8> {
        let fields = usize::from(self.byte(pointer, 6)?);
        self.byte(pointer, OBJECT_HEADER + fields * self.word + offset)
    }

    /// The elements of an array.
    pub fn array(&self, pointer: Pointer) -> Result<Vec<Pointer>> {
        if self.raw_tag(pointer)? != ARRAY {
            return Err(self.fail("an array was expected"));
        }
        let start = OBJECT_HEADER + 2 * self.word;
        let n = self.word_at(pointer, OBJECT_HEADER)? as usize;
        (0..n).map(|i| self.word_at(pointer, start + i * self.word).map(Pointer)).collect()
    }

    /// The elements of a list.
    pub fn list(&self, mut pointer: Pointer) -> Result<Vec<Pointer>> {
        let mut elements = Vec::new();
        while pointer.small().is_none() {
            elements.push(self.field(pointer, 0)?);
            pointer = self.field(pointer, 1)?;
        }
        Ok(elements)
    }

    /// A string.
    pub fn string(&self, pointer: Pointer) -> Result<&str> {
        if self.raw_tag(pointer)? != STRING {
            return Err(self.fail("a string was expected"));
        }
        // The size counts the final zero.
        let n = (self.word_at(pointer, OBJECT_HEADER)? as usize).saturating_sub(1);
        let (bytes, at) = self.locate(pointer)?;
        let text = bytes.get(at + OBJECT_HEADER + 3 * self.word..).and_then(|b| b.get(..n));
        text.and_then(|t| std::str::from_utf8(t).ok()).ok_or_else(|| self.fail("a string is damaged"))
    }
}

fn read(bytes: &[u8], at: usize, word: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(word)?)?;
    Some(bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::olean::testing::Builder;

    #[test]
    fn both_word_sizes_are_told_apart_and_read() {
        for word in [4, 8] {
            let mut b = Builder::new(word);
            let (x, y) = (b.string("héllo"), b.small(7));
            let array = b.array(&[x, y]);
            let list = b.constructor(1, &[array, y], &[]);
            let root = b.constructor(3, &[list, x], &[9]);
            let file = b.write(root);
            let image = Image::open(file.path()).unwrap();
            let root = image.root().unwrap();
            assert_eq!((image.word, image.constructor(root).unwrap(), image.scalar(root, 0).unwrap()), (word, 3, 9));
            assert_eq!(image.string(image.field(root, 1).unwrap()).unwrap(), "héllo");
            let array = image.field(image.field(root, 0).unwrap(), 0).unwrap();
            assert_eq!(image.array(array).unwrap()[1].small(), Some(7));
            assert!(image.field(root, 2).is_err() && image.array(root).is_err() && image.string(array).is_err());
        }
    }

    #[test]
    fn damage_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for bytes in [&b""[..], b"olean\x01", b"olean\x02", &[MAGIC, &[0; 200]].concat()] {
            fs::write(file.path(), bytes).unwrap();
            assert!(Image::open(file.path()).is_err());
        }
    }
}
