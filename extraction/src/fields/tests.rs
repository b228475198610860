//! Tests of the views, on a small state and on the committed extraction.

use std::fs;
use std::path::Path;

use super::*;

/// The committed extraction, whose definitions are those that Aeneas wrote.
fn extraction() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(crate::CODE);
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "lean") && path.file_stem().is_some_and(|s| s != "Fields") {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}

const SMALL: &str = "
structure state.Thing where
  kind : state.Kind
  owner : Std.U64
  «class» : Array Std.U64 4#usize

@[discriminant u64]
inductive state.Kind where
| None : state.Kind
| X86Pt : state.Kind

structure state.Kernel where
  things : Array state.Thing 8#usize
  pages : Array (Array Std.U64 512#usize) 16#usize
  base : Std.U64
";
const SMALL_FIELDS: [(&str, &str); 4] =
    [("things.kind", "kind"), ("things.owner", "owner"), ("pages", "word"), ("base", "base")];
const SMALL_TABLE: Table = Table { fields: &SMALL_FIELDS, left_out: &["things.class"], words: &["pages"] };

#[test]
fn the_table_names_every_field_of_the_kernel_state() {
    let text = module(&extraction()).unwrap().text;
    for (_, name) in FIELDS {
        assert!(text.contains(&format!("\ntheorem {name}_abs ")), "{name}");
    }
}

#[test]
fn the_committed_views_are_those_of_the_committed_extraction() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(crate::CODE);
    let committed = fs::read_to_string(folder.join("Fields.lean")).unwrap();
    assert!(committed == module(&extraction()).unwrap().text, "run `cargo run -- extract`");
}

#[test]
fn a_view_of_each_kind_reads_as_it_should() {
    let text = write(SMALL, &SMALL_TABLE).unwrap().text;
    for expected in [
        "  | .X86Pt => .x86Pt\n",
        "def kindOf (a : Std.Array state.Thing 8#usize) (i : Nat) : Spec.Kind :=\n  (a.get i).kind.abs\n",
        "    ownerOf (a.set i v) = upd (ownerOf a) i.val v.owner.val := by\n",
        "    wordsOf (a.get i) = wordOf a i := by unfold wordOf; rfl\n",
        "theorem word_abs (k : state.Kernel) : wordOf k.pages = (abs k).word := by unfold abs; rfl\n",
        "theorem abs_mk (things pages base) :\n",
        "      base := base.val\n",
    ] {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
}

#[test]
fn a_field_that_the_table_forgets_is_an_error() {
    for at in 0..SMALL_FIELDS.len() {
        let (place, _) = SMALL_FIELDS[at];
        let fields = [&SMALL_FIELDS[..at], &SMALL_FIELDS[at + 1..]].concat();
        let error = write(SMALL, &Table { fields: &fields, ..SMALL_TABLE }).unwrap_err().to_string();
        assert!(error.contains(&format!("{place} is not in the table")), "{error}");
    }
}

#[test]
fn a_name_that_the_state_does_not_have_is_an_error() {
    let fields = [&SMALL_FIELDS[..], &[("things.size", "size")]].concat();
    let error = write(SMALL, &Table { fields: &fields, ..SMALL_TABLE }).unwrap_err().to_string();
    assert!(error.contains("no things.size"), "{error}");
}

#[test]
fn a_type_without_a_view_is_an_error() {
    let error = write(&SMALL.replace("owner : Std.U64", "owner : Std.I64"), &SMALL_TABLE).unwrap_err().to_string();
    assert!(error.contains("things.owner has a type"), "{error}");
}
