//! The axiom audit: what the theorems of this tree rest on.
//!
//! Sees every constant of every file of ours, generated ones included, with its proof. Library theorems are imported
//! without their proofs, so what they rest on stays unseen here; `lean/Lv6/Axioms.lean` under the official toolchain
//! shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::{Error, Result, count};
use crate::olean::{Constant, Kind, declarations};
use crate::table::Table;

/// The axioms that a proof may use.
pub const ALLOWED: [&str; 3] = ["propext", "Classical.choice", "Quot.sound"];

/// What nothing may mention: the axioms behind `sorry` and behind trusting the compiler, and those that the compiler
/// keeps for itself.
pub const FORBIDDEN: [&str; 10] = [
    "sorryAx",
    "Lean.ofReduceBool",
    "Lean.ofReduceNat",
    "Lean.trustCompiler",
    "Lean.reduceBool",
    "Lean.reduceNat",
    "lcProof",
    "lcUnreachable",
    "lcAny",
    "lcErased",
];

/// What Lean adds for the compiler to a definition by structural recursion: the recursion as written. It is unsafe in
/// Lean's sense, and as with everything unsafe the kernel lets no theorem mention it.
const COMPILED_RECURSION: &str = "._unsafe_rec";

/// A theorem and the axioms that it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TheoremAxioms {
    /// Its full name.
    pub name: String,
    /// The module that proves it.
    pub module: String,
    /// Which of [`ALLOWED`] it reaches, in that order.
    pub reaches: [bool; 3],
}

/// The result of the audit.
#[derive(Debug, Clone, Default)]
pub struct AuditReport {
    /// The theorems that matter to a reader: refinement, the initial state, and all of `Lv6.Theorems` and `Lv6.Machine`.
    pub theorems: Vec<TheoremAxioms>,
    /// How many files were read.
    pub modules: usize,
    /// How many constants they hold.
    pub constants: usize,
}

/// Reads the compiled `modules` in `library` and judges them.
pub fn audit<'a>(library: &Path, modules: impl IntoIterator<Item = &'a str>) -> Result<AuditReport> {
    let mut constants = Vec::new();
    let mut read = 0;
    for module in modules {
        let path = library.join(format!("{}.olean", module.replace('.', "/")));
        constants.extend(declarations(&path)?.into_iter().map(|c| (module.to_string(), c)));
        read += 1;
    }
    let found = findings(&constants);
    if !found.is_empty() {
        return Err(Error::Audit(found));
    }
    Ok(AuditReport { theorems: reported(&constants), modules: read, constants: constants.len() })
}

fn findings(constants: &[(String, Constant)]) -> Vec<String> {
    let mut found = Vec::new();
    for (module, constant) in constants {
        let name = &constant.name;
        if constant.kind == Kind::Axiom {
            found.push(format!("{module}: `{name}` is an axiom"));
        }
        if constant.is_unsafe && !name.ends_with(COMPILED_RECURSION) {
            found.push(format!("{module}: `{name}` is unsafe or partial, the kernel did not check it"));
        }
        for forbidden in FORBIDDEN.iter().filter(|f| constant.refers_to.contains(**f)) {
            found.push(format!("{module}: `{name}` uses `{forbidden}`"));
        }
    }
    found
}

fn reported(constants: &[(String, Constant)]) -> Vec<TheoremAxioms> {
    let reaching = ALLOWED.map(|axiom| reaching(constants, axiom));
    let generated = generated_from(constants);
    let mut rows: Vec<TheoremAxioms> = constants
        .iter()
        .filter(|(module, c)| c.kind == Kind::Theorem && is_reported(module, &c.name) && !generated(&c.name))
        .map(|(module, c)| TheoremAxioms {
            name: plain(&c.name).to_string(),
            module: module.clone(),
            reaches: reaching.each_ref().map(|set| set.contains(c.name.as_str())),
        })
        .collect();
    rows.sort_by(|a, b| (&a.module, &a.name).cmp(&(&b.module, &b.name)));
    rows
}

/// Whether a theorem belongs in the table. Which ones a file keeps private does not matter for the two kinds that
/// everything rests on.
fn is_reported(module: &str, name: &str) -> bool {
    let public = plain(name);
    let last = public.rsplit('.').next().unwrap_or(public);
    let below = |folder: &str| module.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let in_theorems = below("Lv6.Theorems") || below("Lv6.Machine");
    last.ends_with("_refines") || last == "boot_inv" || (in_theorems && public == name)
}

/// The name as written: Lean stores a private `n` of module `M` as `_private.M.0.n`.
fn plain(name: &str) -> &str {
    name.strip_prefix("_private.").and_then(|n| n.split_once(".0.")).map_or(name, |(_, n)| n)
}

/// Last parts of the names of theorems that Lean makes by itself for a definition or a type.
const GENERATED: [&str; 12] = [
    "eq_def",
    "eq_unfold",
    "inj",
    "injEq",
    "sizeOf_spec",
    "congr_simp",
    "induct",
    "induct_unfolding",
    "fun_cases",
    "eq",
    "ofNat_ctorIdx",
    "ofNat_toCtorIdx",
];

/// Recognises such theorems: `f.eq_1`, `S.mk.injEq`, whatever has an internal part in its name. Only a name below that of
/// another constant can be one, and one that is not recognised is merely one more row.
fn generated_from(constants: &[(String, Constant)]) -> impl Fn(&str) -> bool {
    let all: BTreeSet<String> = constants.iter().map(|(_, c)| c.name.clone()).collect();
    move |name: &str| {
        let internal = plain(name).split('.').any(|part| part.starts_with('_') || part.starts_with("match_"));
        let of_another = name.rsplit_once('.').is_some_and(|(parent, last)| {
            let equation = last.strip_prefix("eq_").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
            all.contains(parent) && (equation || GENERATED.contains(&last))
        });
        internal || of_another
    }
}

/// The constants of ours from which a chain of references within our files leads to `axiom`.
fn reaching<'a>(constants: &'a [(String, Constant)], axiom: &str) -> BTreeSet<&'a str> {
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, constant) in constants {
        for used in &constant.refers_to {
            users.entry(used).or_default().push(&constant.name);
        }
    }
    let mut found = BTreeSet::new();
    let mut todo: Vec<&str> = users.get(axiom).cloned().unwrap_or_default();
    while let Some(name) = todo.pop() {
        if found.insert(name) {
            todo.extend(users.get(name).into_iter().flatten());
        }
    }
    found
}

impl AuditReport {
    /// The table to print.
    pub fn show(&self) -> String {
        let mut table = Table::new(["theorem", "module", ALLOWED[0], ALLOWED[1], ALLOWED[2]]);
        for t in &self.theorems {
            let mark = |b: bool| if b { "uses" } else { "-" }.to_string();
            let [a, b, c] = t.reaches.map(mark);
            table.row([t.name.clone(), t.module.clone(), a, b, c]);
        }
        let title = "Axioms that each theorem reaches through the files of this tree (library theorems: see lean/Lv6/Axioms.lean)";
        let rows = if self.theorems.is_empty() { "  no theorem to report\n".to_string() } else { table.to_string() };
        format!(
            "{title}\n{rows}{} in {}: no axiom of ours, no unsafe or partial definition, nothing uses {}.\n",
            count(self.constants, "constant"),
            count(self.modules, "module"),
            FORBIDDEN[..4].join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant(name: &str, kind: Kind, refers_to: &[&str]) -> (String, Constant) {
        let refers_to = refers_to.iter().map(|s| s.to_string()).collect();
        ("Lv6.Theorems.A".into(), Constant { name: name.into(), kind, is_unsafe: false, refers_to })
    }

    #[test]
    fn axioms_are_reached_through_lemmas() {
        let constants = [
            constant("lemma", Kind::Theorem, &["propext", "Nat"]),
            constant("def", Kind::Definition, &["lemma"]),
            constant("main", Kind::Theorem, &["def", "Quot.sound"]),
            constant("def.eq_1", Kind::Theorem, &["def"]),
            constant("def.zero", Kind::Theorem, &[]),
            constant("_private.Lv6.Theorems.A.0.helper", Kind::Theorem, &[]),
            constant("_private.Lv6.Theorems.A.0.sys_x_refines", Kind::Theorem, &[]),
        ];
        let rows = reported(&constants);
        let rows: Vec<_> = rows.iter().map(|r| (r.name.as_str(), r.reaches)).collect();
        let expected = [
            ("def.zero", [false; 3]),
            ("lemma", [true, false, false]),
            ("main", [true, false, true]),
            ("sys_x_refines", [false; 3]),
        ];
        assert_eq!(rows, expected);
        assert!(findings(&constants).is_empty());
    }

    #[test]
    fn what_is_reported_elsewhere() {
        assert!(is_reported("Lv6.Refine.Proc", "Lv6.sys_reap_refines"));
        assert!(is_reported("Lv6.Refine.Boot", "Lv6.boot_inv"));
        assert!(!is_reported("Lv6.Refine.Proc", "Lv6.helper"));
        assert!(is_reported("Lv6.Machine.Reachable", "Lv6.Spec.reachable_inv"));
        assert!(!is_reported("Lv6.TheoremsNot", "t"));
    }

    #[test]
    fn assumptions_are_findings() {
        let mut constants =
            vec![constant("a", Kind::Axiom, &[]), constant("t", Kind::Theorem, &["sorryAx", "Lean.ofReduceBool"])];
        constants.push(constant("u", Kind::Definition, &[]));
        constants[2].1.is_unsafe = true;
        assert_eq!(findings(&constants).len(), 4);
    }
}
