//! How much specification and proof there is, and where it goes.
//!
//! A line counts if it holds more than comment and white space. Generated files and the support library, which speaks
//! of machine words and not of this kernel, are counted apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::handlers;
use crate::lexer::{Token, tokens};
use crate::table::Table;

/// Where the core's Rust lies below the workspace root.
const CORE: &str = "rust/kernel/src";

/// Parts of the core that are not extracted: the run-time check of the invariant.
const NOT_EXTRACTED: &str = "check";

/// What begins a declaration or another command at the start of a line.
const COMMANDS: [&str; 19] = [
    "theorem",
    "def",
    "abbrev",
    "structure",
    "inductive",
    "instance",
    "namespace",
    "section",
    "end",
    "variable",
    "open",
    "macro",
    "macro_rules",
    "syntax",
    "set_option",
    "private",
    "noncomputable",
    "protected",
    "include",
];

/// The folders of `lean/`, as they are counted.
const PARTS: [(&str, &str); 7] = [
    ("Lv6.Spec.Keep", "the specification keeps its invariant"),
    ("Lv6.Spec", "specification and invariant"),
    ("Lv6.Refine", "the code refines the specification"),
    ("Lv6.Theorems", "what follows for states and calls"),
    ("Lv6.Machine", "what follows for the whole machine"),
    ("Lv6.Code", "extraction (generated)"),
    ("Aeneas", "support library"),
];

/// How many of the parts are specification and proofs.
const OURS: usize = 5;

/// The tables that `verify --stats` prints. `seconds` are the times of the modules, as far as they are known.
pub fn show(graph: &Graph, root: &Path, seconds: &BTreeMap<String, Duration>) -> Result<String> {
    let rust = core_lines(&root.join(CORE))?;
    let mut sizes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, module) in &graph.modules {
        let part =
            PARTS.iter().find(|(part, _)| name.strip_prefix(part).is_some_and(|r| r.is_empty() || r.starts_with('.')));
        if let Some((part, _)) = part {
            let size = sizes.entry(part).or_default();
            size.0 += 1;
            size.1 += lines(&module.text).len();
        }
    }
    let mut table = Table::new(["lines", "files", "what"]);
    table.row([rust.to_string(), String::new(), format!("Rust of the core ({CORE})")]);
    for (part, what) in PARTS {
        let (files, lines) = sizes.get(part).copied().unwrap_or_default();
        table.row([lines.to_string(), files.to_string(), format!("{what} ({part})")]);
    }
    let ours: usize = PARTS[..OURS].iter().filter_map(|(part, _)| sizes.get(part)).map(|(_, lines)| lines).sum();
    let mut text = format!("\n{table}");
    if rust > 0 {
        text += &format!(
            "specification and proofs: {ours} lines, {:.1} for each line of Rust\n",
            ours as f64 / rust as f64
        );
    }
    text += &format!("\n{}", handler_table(graph, seconds));
    Ok(text)
}

/// For each handler, the lines of its theorems, and how long their modules take.
fn handler_table(graph: &Graph, seconds: &BTreeMap<String, Duration>) -> Table<5> {
    let mut table = Table::new(["handler", "refines: lines", "seconds", "keeps: lines", "seconds"]);
    let declarations: BTreeMap<&str, Declaration> =
        graph.modules.iter().flat_map(|(name, m)| declarations(name, &m.text)).map(|d| (d.name, d)).collect();
    let time = |module: &str| seconds.get(module).map_or("?".into(), |t| format!("{:.1}", t.as_secs_f64()));
    for (handler, module) in handlers::handlers(graph) {
        let find = |suffix: &str| declarations.get(format!("{handler}{suffix}").as_str());
        let refines: usize = ["_refines", "_code"].into_iter().filter_map(find).map(|d| d.lines).sum();
        let keeps = find("_refines").and_then(|d| d.words.iter().find(|w| w.ends_with("_inv")));
        let keeps = keeps.and_then(|w| declarations.get(w.rsplit('.').next().unwrap_or(w)));
        let (lines, took) = keeps.map_or(Default::default(), |d| (d.lines.to_string(), time(d.module)));
        table.row([handler, refines.to_string(), time(&module), lines, took]);
    }
    table
}

/// A theorem or definition.
#[derive(Debug)]
struct Declaration<'a> {
    /// The last part of its name.
    name: &'a str,
    module: &'a str,
    lines: usize,
    words: BTreeSet<&'a str>,
}

fn declarations<'a>(module: &'a str, text: &'a str) -> Vec<Declaration<'a>> {
    let mut found = Vec::new();
    let mut open: Option<(Declaration, BTreeSet<usize>)> = None;
    let mut named = false;
    for t in tokens(text) {
        let word = if let Token::Word(word) = t.token { word } else { "" };
        if t.column == 1 && (COMMANDS.contains(&word) || t.token == Token::Char('@')) {
            found.extend(open.take());
            if word == "theorem" || word == "def" {
                open = Some((Declaration { name: "", module, lines: 0, words: BTreeSet::new() }, BTreeSet::new()));
                named = false;
            }
        } else if let Some((declaration, _)) = &mut open {
            if !named {
                declaration.name = word.rsplit('.').next().unwrap_or(word);
                named = true;
            }
            declaration.words.insert(word);
        }
        if let Some((_, lines)) = &mut open {
            lines.insert(t.line);
        }
    }
    found.extend(open);
    found.into_iter().map(|(d, lines)| Declaration { lines: lines.len(), ..d }).collect()
}

/// The lines of a Lean file that are not comment alone.
fn lines(text: &str) -> BTreeSet<usize> {
    tokens(text).map(|t| t.line).collect()
}

/// The lines of the Rust files below `dir` that are neither empty nor comment.
fn core_lines(dir: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in walkdir::WalkDir::new(dir) {
        let entry = entry.map_err(|e| Error::Io { what: "list".into(), source: e.into() })?;
        let path = entry.path();
        let skipped = path.strip_prefix(dir).is_ok_and(|p| p.with_extension("").starts_with(NOT_EXTRACTED));
        if skipped || path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
        count += text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).count();
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Module;
    use crate::imports::header;

    fn graph(modules: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::default();
        for (name, text) in modules {
            let module = Module { shown: name.to_string(), text: text.to_string(), header: header(text) };
            graph.modules.insert(name.to_string(), module);
        }
        graph
    }

    const REFINE: &str = "module\n/-! A\n comment -/\n\n/-- why -/\ntheorem sys_x_code (k : K) :\n    f k := by\n  run\n\n\
                          theorem sys_x_refines : T :=\n  refines_of sys_x_code (Spec.x_inv h)\nend Lv6\n";
    const KEEP: &str = "module\ntheorem x_inv : Inv s := by\n  -- because\n  exact h\n";

    #[test]
    fn a_handler_has_its_theorems_lines_and_times() {
        let graph = graph(&[("Lv6.Refine.X", REFINE), ("Lv6.Spec.Keep.X", KEEP)]);
        let seconds = BTreeMap::from([("Lv6.Refine.X".to_string(), Duration::from_millis(2500))]);
        let text = handler_table(&graph, &seconds).to_string();
        let row: Vec<&str> = text.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(row, ["sys_x", "5", "2.5", "2", "?"]);
    }

    #[test]
    fn comments_and_what_is_not_extracted_do_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let core = dir.path().join(CORE);
        fs::create_dir_all(core.join("check")).unwrap();
        fs::write(core.join("fd.rs"), "//! Files.\n\n/// Why.\nfn f() {\n    // why\n    g();\n}\n").unwrap();
        fs::write(core.join("check.rs"), "fn check() {}\n").unwrap();
        fs::write(core.join("check/a.rs"), "fn check() {}\n").unwrap();
        assert_eq!(core_lines(&core).unwrap(), 3);
        let graph = graph(&[("Lv6.Refine.X", REFINE), ("Lv6.Spec.Keep.X", KEEP), ("Lv6.Specimen", "module\n")]);
        let text = show(&graph, dir.path(), &BTreeMap::new()).unwrap();
        assert!(text.contains("specification and proofs: 10 lines, 3.3 for each line of Rust"), "{text}");
    }
}
