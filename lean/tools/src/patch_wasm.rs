//! Shortens the export section of lean.wasm.
//!
//! lean.wasm exports 201,000 symbols so that Lean's interpreter can find compiled code by name. Every thread of every
//! process turns each into a JavaScript object, enters it into the function table and into two dictionaries: about five
//! seconds of processor time per file checked. All of that is known beforehand. So the exports go, each exported
//! function gets its place in the function table from an element segment, and a sorted file `lean.symbols` says for
//! each name which place (or, for data, which address) it has. Code and data sections stay as they are, byte for byte.

use std::collections::{BTreeSet, HashMap};

use crate::error::{Error, Result};

const IMPORT: u8 = 2;
const TABLE: u8 = 4;
const GLOBAL: u8 = 6;
const EXPORT: u8 = 7;
const ELEMENT: u8 = 9;

const FUNCTION_KIND: u8 = 0;
const GLOBAL_KIND: u8 = 3;

/// Names that the loader asks for in other ways than `wasmExports["…"]`.
const LOADER: [&str; 3] = ["main", "__main_argc_argv", "__wasm_call_ctors"];

/// What [`rewrite`] makes of lean.wasm.
pub struct Rewritten {
    /// The new lean.wasm.
    pub wasm: Vec<u8>,
    /// lean.symbols: the number of names; for each name, in order of the bytes, where it ends in the text and its
    /// value; the text. All numbers are 32 bits, little-endian.
    pub symbols: Vec<u8>,
}

/// Rewrites lean.wasm. `wanted` are the exports that lean.js uses by name.
pub fn rewrite(wasm: &[u8], wanted: &BTreeSet<String>) -> Result<Rewritten> {
    let sections = sections(wasm)?;
    let find = |id: u8| {
        let found = sections.iter().find(|s| s.id == id).map(|s| s.body);
        found.ok_or_else(|| fail(format!("section {id} is missing")))
    };
    let imports = Imports::read(find(IMPORT)?)?;
    let globals = constant_globals(find(GLOBAL)?)?;
    let table_size = table_size(find(TABLE)?)?;
    let (mut slots, element_body) = elements(find(ELEMENT)?)?;
    let exports = exports(find(EXPORT)?)?;
    let special = special_exports(sections.first().filter(|s| s.id == 0).map_or(&[], |s| s.body))?;

    let mut added = Vec::new();
    let mut kept = Vec::new();
    let mut symbols = Vec::new();
    for export in &exports {
        let name = export.name;
        let text = String::from_utf8_lossy(name);
        let lean_symbol = name.starts_with(b"l_");
        let needed = wanted.contains(text.as_ref())
            || imports.got.contains(name)
            || LOADER.contains(&text.as_ref())
            || text.starts_with("__")
            || special.contains(name);
        if needed || (export.kind != FUNCTION_KIND && !lean_symbol) {
            kept.push(export);
        }
        if export.kind == FUNCTION_KIND {
            let slot = *slots.entry(export.index).or_insert_with(|| {
                added.push(export.index);
                table_size + added.len() as u32 - 1
            });
            symbols.push((name, slot));
        } else if export.kind == GLOBAL_KIND {
            let defined = export.index.checked_sub(imports.globals).and_then(|i| globals.get(i as usize));
            if let Some(Some(address)) = defined {
                symbols.push((name, *address));
            }
        }
    }
    symbols.sort_unstable();

    let mut out = wasm[..8].to_vec();
    for section in &sections {
        let body = match section.id {
            TABLE => [&[1, 0x70, 0][..], &unsigned(table_size + added.len() as u32)].concat(),
            EXPORT => export_body(&kept),
            ELEMENT => {
                let mut body = vec![2];
                body.extend_from_slice(element_body);
                body.extend_from_slice(&[0, 0x41]);
                body.extend(signed(table_size));
                body.push(0x0b);
                body.extend(unsigned(added.len() as u32));
                added.iter().for_each(|f| body.extend(unsigned(*f)));
                body
            }
            _ => {
                out.extend_from_slice(section.whole);
                continue;
            }
        };
        out.push(section.id);
        out.extend(unsigned(body.len() as u32));
        out.extend(body);
    }
    Ok(Rewritten { wasm: out, symbols: symbol_file(&symbols) })
}

fn symbol_file(symbols: &[(&[u8], u32)]) -> Vec<u8> {
    let mut out = (symbols.len() as u32).to_le_bytes().to_vec();
    let mut end = 0u32;
    for (name, value) in symbols {
        end += name.len() as u32;
        out.extend(end.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    symbols.iter().for_each(|(name, _)| out.extend_from_slice(name));
    out
}

fn export_body(kept: &[&Export]) -> Vec<u8> {
    let mut body = unsigned(kept.len() as u32);
    for export in kept {
        body.extend(unsigned(export.name.len() as u32));
        body.extend_from_slice(export.name);
        body.push(export.kind);
        body.extend(unsigned(export.index));
    }
    body
}

/// Exports that the linking section speaks of: thread-local data, which the loader relocates for each thread.
fn special_exports(body: &[u8]) -> Result<BTreeSet<&[u8]>> {
    const EXPORT_INFO: u8 = 3;
    let mut names = BTreeSet::new();
    let mut r = Reader { bytes: body, at: 0 };
    if body.is_empty() || r.name()? != b"dylink.0" {
        return Ok(names);
    }
    while r.at < body.len() {
        let (kind, length) = (r.byte()?, r.unsigned()? as usize);
        let mut r = Reader { bytes: r.take(length)?, at: 0 };
        if kind == EXPORT_INFO {
            for _ in 0..r.unsigned()? {
                names.insert(r.name()?);
                r.unsigned()?;
            }
        }
    }
    Ok(names)
}

struct Section<'a> {
    id: u8,
    body: &'a [u8],
    whole: &'a [u8],
}

fn sections(wasm: &[u8]) -> Result<Vec<Section<'_>>> {
    if !wasm.starts_with(b"\0asm\x01\0\0\0") {
        return Err(fail("not a WebAssembly module".into()));
    }
    let mut reader = Reader { bytes: wasm, at: 8 };
    let mut sections = Vec::new();
    while reader.at < wasm.len() {
        let start = reader.at;
        let id = reader.byte()?;
        let length = reader.unsigned()? as usize;
        let body = reader.take(length)?;
        sections.push(Section { id, body, whole: &wasm[start..reader.at] });
    }
    Ok(sections)
}

/// What matters of the import section.
struct Imports<'a> {
    /// Symbols whose address the module takes from the loader.
    got: BTreeSet<&'a [u8]>,
    /// How many globals are imported; the module's own are numbered after them.
    globals: u32,
}

impl<'a> Imports<'a> {
    fn read(body: &'a [u8]) -> Result<Self> {
        let mut r = Reader { bytes: body, at: 0 };
        let mut imports = Imports { got: BTreeSet::new(), globals: 0 };
        for _ in 0..r.unsigned()? {
            let (module, name) = (r.name()?, r.name()?);
            match r.byte()? {
                0 => drop(r.unsigned()?),
                1 => {
                    r.byte()?;
                    r.limits()?;
                }
                2 => r.limits()?,
                GLOBAL_KIND => {
                    r.take(2)?;
                    imports.globals += 1;
                }
                4 => {
                    r.byte()?;
                    r.unsigned()?;
                }
                kind => return Err(fail(format!("import of kind {kind}"))),
            }
            if module.starts_with(b"GOT.") {
                imports.got.insert(name);
            }
        }
        Ok(imports)
    }
}

/// For each global the constant that it holds, if it is an immutable 32-bit constant: the address of some data.
fn constant_globals(body: &[u8]) -> Result<Vec<Option<u32>>> {
    let mut r = Reader { bytes: body, at: 0 };
    let mut globals = Vec::new();
    for _ in 0..r.unsigned()? {
        r.byte()?;
        let mutable = r.byte()? != 0;
        let value = match r.byte()? {
            0x41 => Some(r.signed()? as u32),
            0x42 => {
                r.signed()?;
                None
            }
            0x23 => {
                r.unsigned()?;
                None
            }
            op => return Err(fail(format!("global initialised by instruction {op:#x}"))),
        };
        r.end()?;
        globals.push(value.filter(|_| !mutable));
    }
    Ok(globals)
}

fn table_size(body: &[u8]) -> Result<u32> {
    let mut r = Reader { bytes: body, at: 0 };
    if r.take(3)? != [1, 0x70, 0] {
        return Err(fail("not exactly one unbounded function table".into()));
    }
    r.unsigned()
}

/// The place in the table of each function that has one, and the one segment that says so.
fn elements(body: &[u8]) -> Result<(HashMap<u32, u32>, &[u8])> {
    let mut r = Reader { bytes: body, at: 0 };
    if r.take(3)? != [1, 0, 0x41] {
        return Err(fail("not exactly one active element segment".into()));
    }
    let base = r.signed()? as u32;
    r.end()?;
    let mut slots = HashMap::new();
    for i in 0..r.unsigned()? {
        slots.entry(r.unsigned()?).or_insert(base + i);
    }
    Ok((slots, &body[1..]))
}

struct Export<'a> {
    name: &'a [u8],
    kind: u8,
    index: u32,
}

fn exports(body: &[u8]) -> Result<Vec<Export<'_>>> {
    let mut r = Reader { bytes: body, at: 0 };
    (0..r.unsigned()?).map(|_| Ok(Export { name: r.name()?, kind: r.byte()?, index: r.unsigned()? })).collect()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(n).filter(|e| *e <= self.bytes.len());
        let end = end.ok_or_else(|| fail("a section ends too early".into()))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn unsigned(&mut self) -> Result<u32> {
        let (value, _) = self.leb()?;
        Ok(value as u32)
    }

    fn signed(&mut self) -> Result<i64> {
        let (value, bits) = self.leb()?;
        let unused = 64 - bits.min(64);
        Ok((value << unused) as i64 >> unused)
    }

    /// The value and how many bits were given.
    fn leb(&mut self) -> Result<(u64, u32)> {
        let (mut value, mut bits) = (0u64, 0);
        loop {
            let byte = self.byte()?;
            if bits < 64 {
                value |= u64::from(byte & 0x7f) << bits;
            }
            bits += 7;
            if byte & 0x80 == 0 {
                return Ok((value, bits));
            }
        }
    }

    fn name(&mut self) -> Result<&'a [u8]> {
        let n = self.unsigned()? as usize;
        self.take(n)
    }

    fn limits(&mut self) -> Result<()> {
        let flags = self.byte()?;
        self.unsigned()?;
        if flags & 1 != 0 {
            self.unsigned()?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if self.byte()? == 0x0b { Ok(()) } else { Err(fail("a constant expression has no end".into())) }
    }
}

fn unsigned(mut n: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

/// The signed encoding of a number that is not negative.
fn signed(n: u32) -> Vec<u8> {
    let mut out = unsigned(n);
    if out[out.len() - 1] & 0x40 != 0 {
        let last = out.len() - 1;
        out[last] |= 0x80;
        out.push(0);
    }
    out
}

fn fail(what: String) -> Error {
    Error::Patch { file: "lean.wasm", what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, body: &[u8]) -> Vec<u8> {
        [&[id][..], &unsigned(body.len() as u32), body].concat()
    }

    fn module() -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend(section(1, &[1, 0x60, 0, 0]));
        wasm.extend(section(IMPORT, b"\x01\x08GOT.func\x01f\x03\x7f\x01"));
        wasm.extend(section(3, &[3, 0, 0, 0]));
        wasm.extend(section(TABLE, &[1, 0x70, 0, 100]));
        wasm.extend(section(GLOBAL, &[1, 0x7f, 0, 0x41, 0xc0, 0x00, 0x0b]));
        wasm.extend(section(EXPORT, b"\x04\x01f\x00\x00\x03l_b\x00\x01\x03l_a\x00\x02\x03l_d\x03\x01"));
        wasm.extend(section(ELEMENT, &[1, 0, 0x41, 1, 0x0b, 1, 2]));
        wasm.extend(section(10, &[3, 2, 0, 0x0b, 2, 0, 0x0b, 2, 0, 0x0b]));
        wasm
    }

    #[test]
    fn exports_become_table_places_and_a_sorted_list() {
        let out = rewrite(&module(), &BTreeSet::new()).unwrap();
        let sections = sections(&out.wasm).unwrap();
        let body = |id| sections.iter().find(|s| s.id == id).unwrap().body;
        assert_eq!(exports(body(EXPORT)).unwrap().iter().map(|e| e.name).collect::<Vec<_>>(), [b"f"]);
        assert_eq!(table_size(body(TABLE)).unwrap(), 102);
        assert_eq!(body(ELEMENT), [2, 0, 0x41, 1, 0x0b, 1, 2, 0, 0x41, 0xe4, 0x00, 0x0b, 2, 0, 1]);
        let words: Vec<u32> = out.symbols[..36].chunks(4).map(|c| u32::from_le_bytes(c.try_into().unwrap())).collect();
        // Function 2 had place 1, functions 0 and 1 get 100 and 101; the datum lies at 64.
        assert_eq!(words, [4, 1, 100, 4, 1, 7, 101, 10, 64]);
        assert_eq!(&out.symbols[36..], b"fl_al_bl_d");
    }

    #[test]
    fn numbers_are_encoded_both_ways() {
        for n in [0, 1, 63, 64, 127, 128, 22_943, u32::MAX >> 1] {
            assert_eq!(Reader { bytes: &unsigned(n), at: 0 }.unsigned().unwrap(), n);
            assert_eq!(Reader { bytes: &signed(n), at: 0 }.signed().unwrap(), i64::from(n));
        }
        assert_eq!(Reader { bytes: &[0x7f], at: 0 }.signed().unwrap(), -1);
    }

    #[test]
    fn damage_is_an_error() {
        let good = module();
        for end in 0..good.len() {
            let _ = rewrite(&good[..end], &BTreeSet::new());
        }
        assert!(rewrite(b"hello", &BTreeSet::new()).is_err());
        assert!(rewrite(&good[..20], &BTreeSet::new()).is_err());
    }
}
