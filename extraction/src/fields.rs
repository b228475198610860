//! Views of the extracted state: `lean/Lv6/Code/Fields.lean`.
//!
//! The specification sees the state as one function per field; the extraction sees arrays of records. The module written
//! here says which is which, once and for all: the abstraction function `abs`, and for each field how a read and a write
//! of the arrays look from the specification's side. Proofs use these lemmas and never look into a record or an array.
//!
//! The table below must name every field of the state: one that it does not know is an error, so that none is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::generated::without_comments;
use crate::split::Module;

/// Places of the kernel state and their names in `Lv6.Spec.State`. A place is a path from `state.Kernel`, in which an
/// array stands for its elements.
const FIELDS: [(&str, &str); 58] = [
    ("procs.state", "state"),
    ("procs.ppid", "ppid"),
    ("procs.page_table_root", "root"),
    ("procs.stack", "stack"),
    ("procs.hvm", "hvm"),
    ("procs.io_bitmap_a", "ioBitmapA"),
    ("procs.io_bitmap_b", "ioBitmapB"),
    ("procs.ofile", "ofile"),
    ("procs.nr_children", "nrChildren"),
    ("procs.nr_fds", "nrFds"),
    ("procs.nr_pages", "nrPages"),
    ("procs.nr_dmapages", "nrDmapages"),
    ("procs.nr_devs", "nrDevs"),
    ("procs.nr_ports", "nrPorts"),
    ("procs.nr_vectors", "nrVectors"),
    ("procs.nr_intremaps", "nrIntremaps"),
    ("procs.killed", "killed"),
    ("procs.use_io_bitmap", "useIoBitmap"),
    ("procs.ipc_from", "ipcFrom"),
    ("procs.ipc_val", "ipcVal"),
    ("procs.ipc_page", "ipcPage"),
    ("procs.ipc_size", "ipcSize"),
    ("procs.ipc_fd", "ipcFd"),
    ("procs.intr", "intr"),
    ("procs.name", "name"),
    ("procs.ready_prev", "prev"),
    ("procs.ready_next", "next"),
    ("page_desc.kind", "pageType"),
    ("page_desc.owner", "pageOwner"),
    ("page_desc.free_prev", "freePrev"),
    ("page_desc.free_next", "freeNext"),
    ("pages", "word"),
    ("dma_pages", "dmaWord"),
    ("files.kind", "fileType"),
    ("files.refcnt", "fileRefcnt"),
    ("files.value", "fileValue"),
    ("files.omode", "fileOmode"),
    ("files.offset", "fileOffset"),
    ("dma.kind", "dmaType"),
    ("dma.owner", "dmaOwner"),
    ("pci.owner", "pciOwner"),
    ("pci.root", "pciRoot"),
    ("pci.present", "pciPresent"),
    ("pci_pages.devid", "pciPageDev"),
    ("pci_pages.valid", "pciPageValid"),
    ("pci_pages.config", "pciPageConfig"),
    ("vectors", "vectorOwner"),
    ("intremaps.active", "intremapActive"),
    ("intremaps.devid", "intremapDev"),
    ("intremaps.vector", "intremapVector"),
    ("ports", "portOwner"),
    ("base", "base"),
    ("current", "current"),
    ("requests.flush_tlb", "flushTlb"),
    ("requests.flush_iotlb", "flushIotlb"),
    ("requests.context", "contextRequest"),
    ("requests.intremap", "intremapRequest"),
    ("requests.io_bitmap", "ioBitmapRequest"),
];

/// Places that the specification leaves out: no handler reads or writes them.
const LEFT_OUT: [&str; 3] = ["devices", "procs.reserved", "files.reserved"];

/// Arrays of words that the specification keeps as bits. All other numbers are natural numbers there.
const WORDS: [&str; 4] = ["pages", "dma_pages", "procs.intr", "procs.name"];

/// What the specification calls the places of the state.
struct Table<'a> {
    fields: &'a [(&'a str, &'a str)],
    left_out: &'a [&'a str],
    words: &'a [&'a str],
}

/// Writes the module from the text that Aeneas wrote.
pub fn module(raw: &str) -> Result<Module, Error> {
    write(raw, &Table { fields: &FIELDS, left_out: &LEFT_OUT, words: &WORDS })
}

fn write(raw: &str, table: &Table) -> Result<Module, Error> {
    let code = without_comments(raw);
    let types = Types::parse(&code);
    let kernel = types.structure("state.Kernel")?;
    let fields = fields(&types, kernel, table)?;
    let mut text = HEADER.to_owned();
    for (name, constructors) in &types.enums {
        enumeration(name, constructors, &code, &mut text);
    }
    for element in types.elements(kernel) {
        line(&mut text, &format!("deriving instance Inhabited for {element}"));
    }
    text += ROWS;
    for field in &fields {
        view(field, &mut text);
    }
    abstraction(kernel, &fields, &mut text);
    let constants = constants(&code, &mut text);
    sets(&types, &fields, &constants, &mut text);
    text += "\nend Lv6.Code\n";
    Ok(Module { name: "Fields".into(), text })
}

const HEADER: &str = "module
public import Aeneas
public import Aeneas.Lemmas.Array
public import Lv6.Code.Abi
public import Lv6.Code.State
public import Lv6.Spec.State
/-! Generated from the structures of `Lv6.Code.State`; see EXTRACTION.json. Do not edit.

For each field `x` of the specification's state: `xOf`, the field as a function of the array of records; `xOf_get`, a
read; `xOf_set`, a write; `x_abs`, the same field of `abs k`. Proofs about the code use only these. -/
open Aeneas Aeneas.Std Result
open Lv6.Spec (upd)
set_option linter.all false
@[expose] public section
noncomputable section
namespace Lv6.Code
";

/// Views of arrays of plain numbers and words.
const ROWS: &str = "
/-- An array of numbers as a function. -/
@[irreducible] def natsOf {n : Usize} (a : Std.Array U64 n) (i : Nat) : Nat := (a.get i).val
theorem natsOf_get {n : Usize} (a : Std.Array U64 n) (i : Nat) : (a.get i).val = natsOf a i := by unfold natsOf; rfl
theorem natsOf_set {n : Usize} (a : Std.Array U64 n) (i : Usize) (x : U64) (h : i.val < n.val) :
    natsOf (a.set i x) = upd (natsOf a) i.val x.val := by
  funext q; unfold natsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl
theorem natsOf_repeat (n : Usize) : natsOf (Array.repeat n 0#u64) = fun _ => 0 := by
  funext q; unfold natsOf; rw [Array.get_repeat]; split <;> rfl

/-- An array of words as a function. -/
@[irreducible] def wordsOf {n : Usize} (a : Std.Array U64 n) (i : Nat) : Spec.Word := (a.get i).bv
theorem wordsOf_get {n : Usize} (a : Std.Array U64 n) (i : Nat) : (a.get i).bv = wordsOf a i := by
  unfold wordsOf; rfl
theorem wordsOf_set {n : Usize} (a : Std.Array U64 n) (i : Usize) (x : U64) (h : i.val < n.val) :
    wordsOf (a.set i x) = upd (wordsOf a) i.val x.bv := by
  funext q; unfold wordsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl
theorem wordsOf_repeat (n : Usize) : wordsOf (Array.repeat n 0#u64) = fun _ => 0#64 := by
  funext q; unfold wordsOf; rw [Array.get_repeat]; split <;> rfl
";

/// The type of a field, as far as the state uses types.
#[derive(Clone, Debug, PartialEq)]
enum Type {
    /// An unsigned number.
    Scalar,
    Bool,
    /// A structure or an enumeration.
    Named(String),
    Array {
        element: Box<Type>,
        /// The whole type as Lean has it.
        text: String,
        length: usize,
    },
    Unknown(String),
}

impl Type {
    fn parse(text: &str) -> Type {
        let text = text.trim();
        match text {
            "Bool" => Type::Bool,
            "Std.U8" | "Std.U16" | "Std.U32" | "Std.U64" | "Std.Usize" => Type::Scalar,
            _ if !text.contains([' ', '(']) => Type::Named(text.to_owned()),
            _ => Type::parse_array(text).unwrap_or_else(|| Type::Unknown(text.to_owned())),
        }
    }

    fn parse_array(text: &str) -> Option<Type> {
        let (element, length) = text.strip_prefix("Array ")?.rsplit_once(' ')?;
        let length = length.strip_suffix("#usize")?.parse().ok()?;
        let inner = element.strip_prefix('(').and_then(|e| e.strip_suffix(')')).unwrap_or(element);
        let element = Box::new(Type::parse(inner));
        Some(Type::Array { element, text: text.replace("Array ", "Std.Array "), length })
    }
}

/// A field of a structure: its name as Lean wants it written, and its type.
type Member = (String, Type);

/// The structures and enumerations of the extraction.
struct Types {
    structures: BTreeMap<String, Vec<Member>>,
    enums: BTreeMap<String, Vec<String>>,
}

impl Types {
    fn parse(code: &str) -> Types {
        let mut types = Types { structures: BTreeMap::new(), enums: BTreeMap::new() };
        let mut lines = code.lines().peekable();
        while let Some(line) = lines.next() {
            let Some((kind, name)) = line.strip_suffix(" where").and_then(|l| l.split_once(' ')) else { continue };
            let mut rest = Vec::new();
            while let Some(pair) = lines.next_if(|l| l.starts_with(['|', ' '])).and_then(|l| l.split_once(" : ")) {
                rest.push(pair);
            }
            let name = name.to_owned();
            if kind == "structure" {
                let members = rest.iter().map(|(field, ty)| (field.trim().to_owned(), Type::parse(ty)));
                types.structures.insert(name, members.collect());
            } else if kind == "inductive" {
                let constructors = rest.iter().map(|(c, _)| c.trim_matches(['|', ' ']).to_owned());
                types.enums.insert(name, constructors.collect());
            }
        }
        types
    }

    fn structure(&self, name: &str) -> Result<&[Member], Error> {
        let members = self.structures.get(name).ok_or_else(|| Error::Shape(format!("no structure {name}")))?;
        Ok(members)
    }

    /// The structures of which the state has arrays.
    fn elements(&self, members: &[Member]) -> BTreeSet<String> {
        let elements = members.iter().filter_map(|(_, ty)| match ty {
            Type::Array { element, .. } => match &**element {
                Type::Named(name) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        });
        elements.collect()
    }
}

/// A field of the specification's state.
#[derive(Clone, Debug)]
struct Field {
    /// Its name there.
    name: String,
    /// The path from the kernel to the value, or to the table that the value is a column of.
    path: String,
    column: Option<Column>,
    value: Value,
}

/// A column of a table.
#[derive(Clone, Debug)]
struct Column {
    /// Type of the table.
    table: String,
    /// Type of its elements.
    element: String,
    /// Number of its elements.
    length: usize,
    /// Path from an element to the value.
    path: String,
}

/// How a value becomes one of the specification.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Nat,
    Bool,
    Enum(String),
    Nats,
    Words,
}

impl Value {
    fn of(ty: &Type, types: &Types, words: bool) -> Option<Value> {
        match ty {
            Type::Array { element, .. } if **element == Type::Scalar => {
                Some(if words { Value::Words } else { Value::Nats })
            }
            _ if words => None,
            Type::Scalar => Some(Value::Nat),
            Type::Bool => Some(Value::Bool),
            Type::Named(name) if types.enums.contains_key(name) => Some(Value::Enum(name.clone())),
            _ => None,
        }
    }

    fn spec_type(&self) -> String {
        match self {
            Value::Nat => "Nat".into(),
            Value::Bool => "Bool".into(),
            Value::Enum(name) => spec_enum(name),
            Value::Nats => "Nat → Nat".into(),
            Value::Words => "Nat → Spec.Word".into(),
        }
    }

    /// The value that stands at `term`, as the specification has it.
    fn of_term(&self, term: &str) -> String {
        match self {
            Value::Nat => format!("{term}.val"),
            Value::Bool => term.to_owned(),
            Value::Enum(_) => format!("{term}.abs"),
            Value::Nats => format!("natsOf {term}"),
            Value::Words => format!("wordsOf {term}"),
        }
    }
}

impl Field {
    /// The field of a kernel whose members are written after `kernel`: `k.`, or nothing if they are variables.
    fn of_kernel(&self, kernel: &str) -> String {
        let place = format!("{kernel}{}", self.path);
        match &self.column {
            Some(_) => format!("{}Of {place}", self.name),
            None => self.value.of_term(&place),
        }
    }
}

fn spec_enum(name: &str) -> String {
    format!("Spec.{}", name.rsplit('.').next().unwrap_or(name))
}

/// The specification's name of a constructor.
fn spec_constructor(name: &str) -> String {
    format!(".{}{}", name[..1].to_lowercase(), &name[1..])
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// The fields of the specification, in the order of the table.
fn fields(types: &Types, kernel: &[Member], table: &Table) -> Result<Vec<Field>, Error> {
    let mut found = BTreeMap::new();
    for (name, ty) in kernel {
        collect(types, name, ty, table, &mut found)?;
    }
    let mut fields = Vec::new();
    for (place, name) in table.fields {
        let field = found.remove(*place).ok_or_else(|| Error::Shape(format!("the kernel state has no {place}")))?;
        fields.push(Field { name: (*name).to_owned(), ..field });
    }
    match found.keys().next() {
        Some(place) => Err(Error::Shape(format!("{place} is not in the table of extraction/src/fields.rs"))),
        None => Ok(fields),
    }
}

/// Finds the fields at the path `path`, by place.
fn collect(
    types: &Types,
    path: &str,
    ty: &Type,
    table: &Table,
    found: &mut BTreeMap<String, Field>,
) -> Result<(), Error> {
    let place = path.replace(['«', '»'], "");
    if table.left_out.contains(&place.as_str()) {
        return Ok(());
    }
    let mut add = |place: String, column: Option<Column>, ty: &Type| {
        let value = Value::of(ty, types, table.words.contains(&place.as_str()))
            .ok_or_else(|| Error::Shape(format!("{place} has a type that no view is known for: {ty:?}")))?;
        found.insert(place, Field { name: String::new(), path: path.to_owned(), column, value });
        Ok(())
    };
    match ty {
        Type::Named(name) if types.structures.contains_key(name) => {
            for (member, ty) in types.structure(name)? {
                collect(types, &format!("{path}.{member}"), ty, table, found)?;
            }
            Ok(())
        }
        Type::Array { element, text, length } => {
            let column = |element: &str, path: String| {
                Some(Column { table: text.clone(), element: element.to_owned(), length: *length, path })
            };
            match &**element {
                Type::Named(name) if types.structures.contains_key(name) => {
                    for (member, ty) in types.structure(name)? {
                        let place = format!("{place}.{}", member.replace(['«', '»'], ""));
                        if !table.left_out.contains(&place.as_str()) {
                            add(place, column(name, format!(".{member}")), ty)?;
                        }
                    }
                    Ok(())
                }
                Type::Array { text, .. } => add(place, column(text, String::new()), element),
                _ => add(place, None, ty),
            }
        }
        _ => add(place, None, ty),
    }
}

/// An enumeration of the code as one of the specification, and its comparison if it has one.
fn enumeration(name: &str, constructors: &[String], code: &str, text: &mut String) {
    line(text, &format!("\ndef {name}.abs : {name} → {}", spec_enum(name)));
    for constructor in constructors {
        line(text, &format!("  | .{constructor} => {}", spec_constructor(constructor)));
    }
    for constructor in constructors {
        let spec = spec_constructor(constructor);
        line(text, &format!("theorem {name}.{constructor}_abs : {name}.{constructor}.abs = {spec} := rfl"));
    }
    line(text, &format!("deriving instance Inhabited for {name}"));
    if code.contains(&format!("\ndef {name}.is\n")) {
        line(text, &format!("theorem {name}.is_ok (a b : {name}) : {name}.is a b = ok (decide (a.abs = b.abs)) := by"));
        line(text, "  cases a <;> cases b <;> rfl");
    }
}

/// The three definitions and lemmas of a column.
fn view(field: &Field, text: &mut String) {
    let Some(column) = &field.column else { return };
    let (view, ty, length) = (format!("{}Of", field.name), &column.table, column.length);
    let read = |element: &str| field.value.of_term(&format!("{element}{}", column.path));
    let value = if column.path.is_empty() { field.value.of_term("v") } else { read("v") };
    let value = if value.contains(' ') { format!("({value})") } else { value };
    line(text, &format!("\n/-- `{}[i]{}` -/", field.path, column.path));
    line(text, &format!("@[irreducible] def {view} (a : {ty}) (i : Nat) : {} :=", field.value.spec_type()));
    line(text, &format!("  {}", read("(a.get i)")));
    line(text, &format!("theorem {view}_get (a : {ty}) (i : Nat) :"));
    line(text, &format!("    {} = {view} a i := by unfold {view}; rfl", read("(a.get i)")));
    line(text, &format!("theorem {view}_set (a : {ty}) (i : Usize) (v : {}) (h : i.val < {length}) :", column.element));
    line(text, &format!("    {view} (a.set i v) = upd ({view} a) i.val {value} := by"));
    line(text, &format!("  funext q; unfold {view}; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl"));
}

/// The abstraction function, and each of its fields.
fn abstraction(kernel: &[Member], fields: &[Field], text: &mut String) {
    line(text, "\n/-- The state of the specification that a kernel state stands for. -/");
    line(text, "@[irreducible] def abs (k : state.Kernel) : Spec.State where");
    for field in fields {
        line(text, &format!("  {} := {}", field.name, field.of_kernel("k.")));
    }
    text.push('\n');
    for field in fields {
        let (name, value) = (&field.name, field.of_kernel("k."));
        line(text, &format!("theorem {name}_abs (k : state.Kernel) : {value} = (abs k).{name} := by unfold abs; rfl"));
    }
    let members: Vec<&str> = kernel.iter().map(|(name, _)| name.as_str()).collect();
    line(text, &format!("theorem abs_mk ({}) :", members.join(" ")));
    line(text, &format!("    abs (state.Kernel.mk {}) = {{", members.join(" ")));
    for field in fields {
        line(text, &format!("      {} := {}", field.name, field.of_kernel("")));
    }
    line(text, "    } := by unfold abs; rfl");
}

/// The numbers that constants of the two imported modules stand for; returns the names of the lemmas.
fn constants(code: &str, text: &mut String) -> Vec<String> {
    let mut numbers = BTreeMap::new();
    for definition in code.lines().filter_map(|l| l.strip_prefix("def ")) {
        let Some((name, rest)) = definition.split_once(" : Std.") else { continue };
        if !(name.starts_with("lv6_abi.") || name.starts_with("state.")) {
            continue;
        }
        let Some((number, _)) = rest.split_once(" := ").and_then(|(_, literal)| literal.split_once('#')) else {
            continue;
        };
        if number.chars().all(|c| c.is_ascii_digit()) {
            numbers.insert(name, number);
        }
    }
    text.push('\n');
    for (name, number) in &numbers {
        line(text, &format!("theorem {name}_val : {name}.val = {number} := by unfold {name}; rfl"));
    }
    numbers.keys().map(|name| format!("{name}_val")).collect()
}

/// The lemmas as sets for `simp`, in the form that `Aeneas.SimpSets` explains.
fn sets(types: &Types, fields: &[Field], constants: &[String], text: &mut String) {
    let columns: Vec<&Field> = fields.iter().filter(|f| f.column.is_some()).collect();
    let named = |names: Vec<String>| names.iter().map(|n| format!("@{n}")).collect::<Vec<_>>();
    let mut reads = vec!["natsOf_get".to_owned(), "wordsOf_get".to_owned()];
    reads.extend(columns.iter().map(|f| format!("{}Of_get", f.name)));
    let of_kernel = fields.iter().map(|f| format!("{}_abs", f.name)).collect();
    let mut writes: Vec<String> =
        ["natsOf_set", "natsOf_repeat", "wordsOf_set", "wordsOf_repeat"].map(str::to_owned).into();
    writes.extend(columns.iter().map(|f| format!("{}Of_set", f.name)));
    let constructors = types.enums.iter().flat_map(|(name, all)| all.iter().map(move |c| (name, c)));
    let enums = constructors.map(|(name, c)| format!("{name}.{c}_abs")).collect();
    set("fieldReads", "A field of a record in an array is a value of its view.", named(reads), text);
    set("fieldsAbs", "A view of the kernel's arrays is a field of `abs k`.", named(of_kernel), text);
    set("fieldWrites", "The views of an array that has been written to.", named(writes), text);
    set("enumAbs", "The constructors of the enumerations.", named(enums), text);
    set("constants", "The numbers that constants stand for.", named(constants.to_vec()), text);
}

fn set(name: &str, what: &str, members: Vec<String>, text: &mut String) {
    line(text, &format!("\n/-- {what} -/"));
    line(text, &format!("def {name} :="));
    line(text, &format!("  {}", conjunction(&members)));
}

/// A proof of the conjunction of the members, balanced so that no member is deep inside.
fn conjunction(members: &[String]) -> String {
    match members {
        [] => "trivial".into(),
        [one] => one.clone(),
        _ => {
            let (left, right) = members.split_at(members.len() / 2);
            format!("(And.intro {}\n  {})", conjunction(left), conjunction(right))
        }
    }
}

#[cfg(test)]
mod tests;
