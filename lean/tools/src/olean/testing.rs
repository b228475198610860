//! Writes compiled files for tests, with either word size.

use std::fs;

use tempfile::NamedTempFile;

const BASE: u64 = 0x1234_0000;

/// Builds the heap of a file.
pub struct Builder {
    word: usize,
    bytes: Vec<u8>,
}

impl Builder {
    /// An empty file with words of `word` bytes.
    pub fn new(word: usize) -> Builder {
        let mut bytes = b"olean\x02\0".to_vec();
        bytes.resize(80, 0);
        let mut builder = Builder { word, bytes };
        builder.word_(BASE);
        builder.word_(0);
        builder
    }

    fn word_(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes()[..self.word]);
    }

    fn object(&mut self, tag: u8, fields: u8) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let at = BASE + self.bytes.len() as u64;
        self.bytes.extend([0, 0, 0, 0, 0, 0, fields, tag]);
        at
    }

    /// A small number.
    pub fn small(&self, n: u64) -> u64 {
        n << 1 | 1
    }

    /// A constructor with fields and data bytes.
    pub fn constructor(&mut self, tag: u8, fields: &[u64], data: &[u8]) -> u64 {
        let at = self.object(tag, fields.len() as u8);
        fields.iter().for_each(|f| self.word_(*f));
        self.bytes.extend_from_slice(data);
        at
    }

    /// An array.
    pub fn array(&mut self, elements: &[u64]) -> u64 {
        let at = self.object(246, 0);
        self.word_(elements.len() as u64);
        self.word_(elements.len() as u64);
        elements.iter().for_each(|e| self.word_(*e));
        at
    }

    /// A list.
    pub fn list(&mut self, elements: &[u64]) -> u64 {
        elements.iter().rev().fold(self.small(0), |rest, e| self.constructor(1, &[*e, rest], &[]))
    }

    /// A string.
    pub fn string(&mut self, text: &str) -> u64 {
        let at = self.object(249, 0);
        self.word_(text.len() as u64 + 1);
        self.word_(text.len() as u64 + 1);
        self.word_(text.chars().count() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
        at
    }

    /// A name, from its dotted form.
    pub fn name(&mut self, dotted: &str) -> u64 {
        dotted.split('.').fold(self.small(0), |prefix, part| {
            if let Ok(n) = part.parse() {
                let n = self.small(n);
                return self.constructor(2, &[prefix, n], &[0; 8]);
            }
            let text = self.string(part);
            self.constructor(1, &[prefix, text], &[0; 8])
        })
    }

    /// Writes the file.
    pub fn write(mut self, root: u64) -> NamedTempFile {
        let at = 80 + self.word;
        let root = root.to_le_bytes();
        self.bytes[at..at + self.word].copy_from_slice(&root[..self.word]);
        let file = NamedTempFile::new().expect("temporary file");
        fs::write(file.path(), &self.bytes).expect("write");
        file
    }
}
