//! The declarations of a compiled module and what they refer to.
//!
//! Names of the types and the order of fields are those of Lean 4.28: `ModuleData`, `ConstantInfo`, `Expr`. Each walk is
//! by type, so that nothing is taken for an expression that is none, and nothing skipped that is one.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::image::{Image, Pointer};
use crate::error::Result;

/// What a constant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Assumed. Also how the part of a module that importing files see shows a theorem without its proof.
    Axiom,
    /// Defined.
    Definition,
    /// Proved.
    Theorem,
    /// Defined, and never unfolded.
    Opaque,
    /// Part of the built-in quotient type.
    Quotient,
    /// An inductive type.
    Inductive,
    /// One of its constructors.
    Constructor,
    /// Its recursor.
    Recursor,
}

/// A constant of a module.
#[derive(Debug, Clone)]
pub struct Constant {
    /// Its full name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Whether the kernel was told not to check it.
    pub is_unsafe: bool,
    /// All constants that its type, value and rules mention.
    pub refers_to: BTreeSet<String>,
}

/// The constants of `X.olean`: those of the private part, with their proofs, if there is one. A constant that only the
/// public part has is an error, since its proof could not be looked at.
pub fn declarations(olean: &Path) -> Result<Vec<Constant>> {
    let image = Image::open(olean)?;
    let mut reader = Reader { image: &image, names: HashMap::new() };
    let constants = reader.constants(image.root()?)?;
    let all: HashSet<&str> = constants.iter().map(|c| c.name.as_str()).collect();
    for info in reader.constant_infos(image.public_root()?)? {
        let name = reader.constant_name(info)?;
        if !all.contains(name.as_str()) {
            return Err(image.fail(&format!("`{name}` is in the public part only")));
        }
    }
    Ok(constants)
}

struct Reader<'a> {
    image: &'a Image,
    names: HashMap<Pointer, String>,
}

impl Reader<'_> {
    /// `ModuleData`: imports, constNames, constants, …
    fn constant_infos(&self, module_data: Pointer) -> Result<Vec<Pointer>> {
        let infos = self.image.array(self.image.field(module_data, 2)?)?;
        let names = self.image.array(self.image.field(module_data, 1)?)?;
        if infos.len() == names.len() { Ok(infos) } else { Err(self.image.fail("constants without names")) }
    }

    fn constants(&mut self, module_data: Pointer) -> Result<Vec<Constant>> {
        self.constant_infos(module_data)?.into_iter().map(|info| self.constant(info)).collect()
    }

    fn constant_name(&mut self, info: Pointer) -> Result<String> {
        let value = self.image.field(info, 0)?;
        let common = self.image.field(value, 0)?;
        self.name(self.image.field(common, 0)?)
    }

    /// `ConstantInfo`: one constructor per kind, each with one structure that begins with a `ConstantVal`
    /// (name, level parameters, type).
    fn constant(&mut self, info: Pointer) -> Result<Constant> {
        let image = self.image;
        let value = image.field(info, 0)?;
        let common = image.field(value, 0)?;
        let mut constant = Constant {
            name: self.name(image.field(common, 0)?)?,
            kind: Kind::Axiom,
            is_unsafe: false,
            refers_to: BTreeSet::new(),
        };
        let mut expressions = vec![image.field(common, 2)?];
        let mut others = Vec::new();
        constant.kind = match image.constructor(info)? {
            0 => {
                constant.is_unsafe = image.scalar(value, 0)? != 0;
                Kind::Axiom
            }
            1 => {
                expressions.push(image.field(value, 1)?);
                // `DefinitionSafety`: unsafe, safe, partial.
                constant.is_unsafe = image.scalar(value, 0)? != 1;
                Kind::Definition
            }
            2 => {
                expressions.push(image.field(value, 1)?);
                Kind::Theorem
            }
            3 => {
                expressions.push(image.field(value, 1)?);
                constant.is_unsafe = image.scalar(value, 0)? != 0;
                Kind::Opaque
            }
            4 => Kind::Quotient,
            5 => {
                // numParams, numIndices, all, ctors, numNested; isRec, isUnsafe, isReflexive.
                others.extend(image.list(image.field(value, 4)?)?);
                constant.is_unsafe = image.scalar(value, 1)? != 0;
                Kind::Inductive
            }
            6 => {
                others.push(image.field(value, 1)?);
                constant.is_unsafe = image.scalar(value, 0)? != 0;
                Kind::Constructor
            }
            7 => {
                // all, numParams, numIndices, numMotives, numMinors, rules; k, isUnsafe.
                others.extend(image.list(image.field(value, 1)?)?);
                for rule in image.list(image.field(value, 6)?)? {
                    others.push(image.field(rule, 0)?);
                    expressions.push(image.field(rule, 2)?);
                }
                constant.is_unsafe = image.scalar(value, 1)? != 0;
                Kind::Recursor
            }
            _ => return Err(image.fail("a constant of an unknown kind")),
        };
        for name in others {
            constant.refers_to.insert(self.name(name)?);
        }
        self.expressions(expressions, &mut constant.refers_to)?;
        Ok(constant)
    }

    /// `Expr`, with its constructors in order.
    fn expressions(&mut self, mut todo: Vec<Pointer>, found: &mut BTreeSet<String>) -> Result<()> {
        let image = self.image;
        let mut seen = HashSet::new();
        while let Some(e) = todo.pop() {
            if !seen.insert(e) {
                continue;
            }
            let fields: &[usize] = match image.constructor(e)? {
                // bvar, fvar, mvar, sort, lit
                0..=3 | 9 => &[],
                // const: name, levels
                4 => {
                    found.insert(self.name(image.field(e, 0)?)?);
                    &[]
                }
                // app: function, argument
                5 => &[0, 1],
                // lam, forallE: name, type, body
                6 | 7 => &[1, 2],
                // letE: name, type, value, body
                8 => &[1, 2, 3],
                // mdata: data, expression
                10 => &[1],
                // proj: structure, index, expression
                11 => {
                    found.insert(self.name(image.field(e, 0)?)?);
                    &[2]
                }
                _ => return Err(image.fail("an expression of an unknown kind")),
            };
            for field in fields {
                todo.push(image.field(e, *field)?);
            }
        }
        Ok(())
    }

    /// `Name`: anonymous, str, num.
    fn name(&mut self, name: Pointer) -> Result<String> {
        if let Some(known) = self.names.get(&name) {
            return Ok(known.clone());
        }
        let image = self.image;
        let last = match image.constructor(name)? {
            0 => return Ok(String::new()),
            1 => image.string(image.field(name, 1)?)?.to_string(),
            2 => {
                let n = image.field(name, 1)?.small();
                n.ok_or_else(|| image.fail("a number in a name is too large"))?.to_string()
            }
            _ => return Err(image.fail("a name was expected")),
        };
        let prefix = self.name(image.field(name, 0)?)?;
        let full = if prefix.is_empty() { last } else { format!("{prefix}.{last}") };
        self.names.insert(name, full.clone());
        Ok(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::olean::testing::Builder;

    /// A module with a theorem `T.t : A := mdata (let x : B := C; f.0 (fun (y : D) => sorryAx y))` and an axiom.
    fn file(word: usize) -> tempfile::NamedTempFile {
        let mut b = Builder::new(word);
        let nothing = b.small(0);
        let data = [0u8; 8];
        let constant = |b: &mut Builder, name: &str| {
            let name = b.name(name);
            b.constructor(4, &[name, nothing], &data)
        };
        let [a, bb, c, d, s] = ["A", "B", "C", "D", "sorryAx"].map(|n| constant(&mut b, n));
        let bound = b.constructor(0, &[nothing], &data);
        let app = b.constructor(5, &[s, bound], &data);
        let y = b.name("y");
        let lam = b.constructor(6, &[y, d, app], &data);
        let f = b.name("f.0");
        let proj = b.constructor(11, &[f, nothing, lam], &data);
        let let_ = b.constructor(8, &[y, bb, c, proj], &data);
        let mdata = b.constructor(10, &[nothing, let_], &data);
        let name = b.name("T.t");
        let common = b.constructor(0, &[name, nothing, a], &[]);
        let theorem = b.constructor(0, &[common, mdata, nothing], &[]);
        let theorem = b.constructor(2, &[theorem], &[]);
        let axiom_name = b.name("ax");
        let common = b.constructor(0, &[axiom_name, nothing, a], &[]);
        let axiom = b.constructor(0, &[common], &[0]);
        let axiom = b.constructor(0, &[axiom], &[]);
        let (names, infos) = (b.array(&[name, axiom_name]), b.array(&[theorem, axiom]));
        let empty = b.array(&[]);
        let root = b.constructor(0, &[empty, names, infos, empty, empty], &[1]);
        b.write(root)
    }

    /// A module with an inductive type `N`, its constructor `N.c` and its recursor, and an unsafe definition.
    fn inductive(word: usize) -> tempfile::NamedTempFile {
        let mut b = Builder::new(word);
        let nothing = b.small(0);
        let [n, c, rec, d, x, y] = ["N", "N.c", "N.rec", "d", "X", "Y"].map(|s| b.name(s));
        let [x, y] = [x, y].map(|name| b.constructor(4, &[name, nothing], &[0; 8]));
        let common = |b: &mut Builder, name| b.constructor(0, &[name, nothing, x], &[]);
        let (n_, c_, rec_, d_) = (common(&mut b, n), common(&mut b, c), common(&mut b, rec), common(&mut b, d));
        let (all, constructors) = (b.list(&[n]), b.list(&[c]));
        let type_ = b.constructor(0, &[n_, nothing, nothing, all, constructors, nothing], &[0, 0, 0]);
        let constructor = b.constructor(0, &[c_, n, nothing, nothing, nothing], &[0]);
        let rule = b.constructor(0, &[c, nothing, y], &[]);
        let rules = b.list(&[rule]);
        let recursor = b.constructor(0, &[rec_, all, nothing, nothing, nothing, nothing, rules], &[1, 0]);
        let definition = b.constructor(0, &[d_, y, nothing, all], &[0]);
        let infos =
            [(5, type_), (6, constructor), (7, recursor), (1, definition)].map(|(k, v)| b.constructor(k, &[v], &[]));
        let (names, infos, empty) = (b.array(&[n, c, rec, d]), b.array(&infos), b.array(&[]));
        let root = b.constructor(0, &[empty, names, infos, empty, empty], &[1]);
        b.write(root)
    }

    #[test]
    fn inductive_types_lead_to_constructors_and_rules() {
        for word in [4, 8] {
            let constants = declarations(inductive(word).path()).unwrap();
            let shown: Vec<_> = constants
                .iter()
                .map(|c| (c.kind, c.is_unsafe, c.refers_to.iter().map(String::as_str).collect::<Vec<_>>()))
                .collect();
            let expected = [
                (Kind::Inductive, false, vec!["N.c", "X"]),
                (Kind::Constructor, false, vec!["N", "X"]),
                (Kind::Recursor, false, vec!["N", "N.c", "X", "Y"]),
                (Kind::Definition, true, vec!["X", "Y"]),
            ];
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn every_reference_is_found() {
        for word in [4, 8] {
            let constants = declarations(file(word).path()).unwrap();
            assert_eq!(constants.len(), 2);
            assert_eq!((constants[0].name.as_str(), constants[0].kind), ("T.t", Kind::Theorem));
            let refers_to: Vec<_> = constants[0].refers_to.iter().map(String::as_str).collect();
            assert_eq!(refers_to, ["A", "B", "C", "D", "f.0", "sorryAx"]);
            assert_eq!((constants[1].name.as_str(), constants[1].kind), ("ax", Kind::Axiom));
        }
    }
}
