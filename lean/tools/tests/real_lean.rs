//! The driver with the real Lean on scratch trees: what must pass passes, and each way of not proving something fails.
//!
//! Installs the npm Lean below `target/lean` of the workspace if it is not there, as `lv6 verify` would. Without
//! network these tests fail; they never pass by doing nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use lv6_lean::{Error, Options, Report, verify_with_npm};
use tempfile::TempDir;

/// A tree of modules below `lean/`, with the two roots: `Aeneas` empty, `Lv6` importing the rest.
fn tree(modules: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().expect("temporary folder");
    let put = |module: &str, text: &str| {
        let path = dir.path().join(format!("lean/{}.lean", module.replace('.', "/")));
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(path, text).expect("file");
    };
    put("Aeneas", "module\n");
    let imports: String = modules.iter().map(|(name, _)| format!("public import {name}\n")).collect();
    put("Lv6", &format!("module\n{imports}"));
    modules.iter().for_each(|(name, text)| put(name, text));
    dir
}

fn toolchain_home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/lean")
}

/// A run uses two processes of 0.7 GB already.
static GATE: Mutex<()> = Mutex::new(());

fn verify(root: &Path, handler: Option<&str>) -> (Result<Report, Error>, String) {
    let opts = Options { root: root.into(), handler: handler.map(str::to_string), ..Options::default() };
    let mut out = Vec::new();
    let _one_at_a_time = GATE.lock().unwrap_or_else(PoisonError::into_inner);
    let result = verify_with_npm(&opts, &toolchain_home(), &mut out);
    (result, String::from_utf8(out).expect("text"))
}

const LEMMA: &str = "module\n@[expose] public section\n\
    theorem swap (p q : Prop) (h : p ↔ q) : p = q := propext h\n\
    def rec : Nat → Nat | 0 => 0 | n + 1 => rec n\n";
const REFINES: &str = "module\npublic import Lv6.Lemma\npublic section\n\
    theorem sys_x_refines (p : Prop) (h : p ↔ True) : p = True := swap p True h\n\
    theorem sys_y_refines : (fun (p : Prop) => p) = id := rfl\n";

#[test]
fn a_correct_tree_passes_and_is_cached() {
    let dir = tree(&[("Lv6.Lemma", LEMMA), ("Lv6.Refine.X", REFINES), ("Lv6.Other", "module\n")]);
    let (result, out) = verify(dir.path(), Some("sys_x"));
    let report = result.unwrap_or_else(|e| panic!("{e}\n{out}"));
    let checked: Vec<_> = report.checked.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(report.modules, 2);
    assert!(checked.contains(&"Lv6.Lemma") && checked.contains(&"Lv6.Refine.X"));
    let rows: Vec<_> = report.audit.theorems.iter().map(|t| (t.name.as_str(), t.reaches)).collect();
    assert_eq!(rows, [("sys_x_refines", [true, false, false]), ("sys_y_refines", [false, false, false])]);
    assert!(out.contains("/2] Lv6.Lemma"), "{out}");

    // The whole tree needs the others too, and only those are checked.
    let (result, out) = verify(dir.path(), None);
    let report = result.unwrap_or_else(|e| panic!("{e}\n{out}"));
    assert_eq!((report.modules, report.checked.len()), (5, 3), "{out}");

    // A change costs the file and what depends on it.
    fs::write(dir.path().join("lean/Lv6/Refine/X.lean"), format!("{REFINES}-- changed\n")).expect("write");
    let (result, out) = verify(dir.path(), Some("sys_y"));
    let report = result.unwrap_or_else(|e| panic!("{e}\n{out}"));
    assert_eq!(report.checked.len(), 1, "{out}");
    assert!(out.contains("1 module checked, 1 from the cache"), "{out}");
}

#[test]
fn a_guide_that_has_fallen_behind_fails() {
    let dir = tree(&[("Lv6.Lemma", LEMMA)]);
    let guide = |name| {
        let text = format!("import Lv6\n#check @{name}\n#print axioms {name}\n");
        fs::write(dir.path().join("lean/Lv6/Explore.lean"), text).expect("write");
        verify(dir.path(), None)
    };
    let (result, out) = guide("swap");
    assert!(result.is_ok(), "{out}");
    let (result, out) = guide("swop");
    let Err(Error::Check { failed, .. }) = result else { panic!("{out}") };
    assert_eq!(failed, ["Lv6.Explore"]);
    assert!(out.contains("lean/Lv6/Explore.lean:2:"), "{out}");
}

#[test]
fn an_unknown_handler_is_its_own_error() {
    let dir = tree(&[("Lv6.Lemma", LEMMA), ("Lv6.Refine.X", REFINES)]);
    let (result, _) = verify(dir.path(), Some("sys_z"));
    let Err(Error::UnknownHandler { known, .. }) = result else { panic!("{result:?}") };
    assert_eq!(known, ["sys_x", "sys_y"]);
}

#[test]
fn words_that_assume_are_refused_before_lean_runs() {
    for (text, word) in [
        ("theorem t : 1 = 2 := sorry", "`sorry`"),
        ("axiom t : 1 = 2", "`axiom`"),
        ("theorem t : 1 = 1 := by native_decide", "`native_decide`"),
        ("import all Aeneas", "`import all`"),
    ] {
        let dir = tree(&[("Lv6.Bad", &format!("module\n{text}\n"))]);
        let (result, _) = verify(dir.path(), None);
        let Err(Error::Lint(found)) = result else { panic!("{text}: {result:?}") };
        assert!(found.len() == 1 && found[0].contains(word), "{found:?}");
    }
}

#[test]
fn errors_and_warnings_of_lean_fail_the_run() {
    let dir = tree(&[
        // `stop` is a `sorry` without the word; Lean only warns.
        ("Lv6.Unfinished", "module\npublic theorem t : 1 = 2 := by stop rfl\n"),
        ("Lv6.Wrong", "module\npublic theorem t : 1 = 2 := by decide\n"),
        ("Lv6.Unused", "module\npublic def f (x : Nat) : Nat := 3\n"),
        ("Lv6.Good", "module\npublic theorem t : 1 = 1 := rfl\n"),
        ("Lv6.Needs", "module\npublic import Lv6.Wrong\n"),
    ]);
    let (result, out) = verify(dir.path(), None);
    let Err(Error::Check { mut failed, skipped }) = result else { panic!("{result:?}\n{out}") };
    failed.sort();
    assert_eq!((failed, skipped), (vec!["Lv6.Unfinished".into(), "Lv6.Unused".into(), "Lv6.Wrong".into()], 2));
    assert!(out.contains("lean/Lv6/Unfinished.lean:2:15: warning: declaration uses `sorry`"), "{out}");
    assert!(out.contains("lean/Lv6/Wrong.lean:2:31: error:"), "{out}");
    assert!(out.contains("lean/Lv6/Unused.lean:2:14: warning: unused variable `x`"), "{out}");
    assert!(!out.contains("DEBUG"), "{out}");
}

#[test]
fn assumptions_that_lean_does_not_mention_fail_the_audit() {
    let dir = tree(&[
        (
            "Lv6.Macro",
            "module\npublic meta import Lean.Elab.Command\nset_option compiler.extract_closed false\n\
             public meta section\nopen Lean Elab Command\nelab \"hide \" text:str : command => do\n  \
             match Lean.Parser.runParserCategory (← getEnv) `command text.getString with\n  \
             | .ok stx => elabCommand stx\n  | .error _ => pure ()\n",
        ),
        (
            "Lv6.Hidden",
            "module\npublic meta import Lv6.Macro\n@[expose] public section\n\
             hide \"set_option warn.sorry false in theorem hidden : 1 = 2 := by stop rfl\"\n\
             hide \"axiom assumed : False\"\n\
             theorem t : 1 = 2 := assumed.elim\n\
             theorem compiled : 10 + 20 = 30 := by decide +native\n",
        ),
    ]);
    let (result, out) = verify(dir.path(), None);
    let Err(Error::Audit(found)) = result else { panic!("{result:?}\n{out}") };
    let found = found.join("\n");
    assert!(found.contains("Lv6.Hidden: `hidden` uses `sorryAx`"), "{found}");
    assert!(found.contains("uses `Lean.ofReduceBool`"), "{found}");
    assert!(found.contains("Lv6.Hidden: `assumed` is an axiom"), "{found}");
}
