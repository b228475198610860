//! The modules below `lean/` and who imports whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

use crate::error::{Error, Result};
use crate::imports::{Header, header};
use crate::words;

/// The two libraries. Each name is a root module, and every module below it belongs to us.
pub const ROOTS: [&str; 2] = ["Aeneas", "Lv6"];

/// Files for a reader in an editor. They are no modules, and nothing imports them.
pub const GUIDES: [&str; 2] = ["Lv6.Explore", "Lv6.Axioms"];

/// The folder, below the workspace root, that holds the sources.
pub const SOURCE_DIR: &str = "lean";

/// One source file.
#[derive(Debug, Clone)]
pub struct Module {
    /// Path for messages, relative to the workspace root.
    pub shown: String,
    /// Its text.
    pub text: String,
    /// Its header.
    pub header: Header,
}

impl Module {
    /// The imports that are modules of ours.
    pub fn own_imports(&self) -> impl Iterator<Item = &str> {
        self.header.imports.iter().map(|i| i.name.as_str()).filter(|n| is_own(n))
    }
}

/// All modules by name.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// The modules.
    pub modules: BTreeMap<String, Module>,
    /// Those of [`GUIDES`] that there are. A part of the tree has none.
    pub guides: BTreeMap<String, Module>,
    /// `.lean` files below `lean/` that are in neither library.
    pub strays: Vec<String>,
}

/// Whether the module is one of this tree.
pub fn is_own(name: &str) -> bool {
    ROOTS.contains(&name.split('.').next().unwrap_or(name))
}

impl Graph {
    /// Reads every file below `root/lean`, except this tool's own folder.
    pub fn read(root: &Path) -> Result<Graph> {
        let source = root.join(SOURCE_DIR);
        let mut graph = Graph::default();
        let wanted = |e: &walkdir::DirEntry| !(e.depth() == 1 && e.file_name() == "tools");
        for entry in WalkDir::new(&source).sort_by_file_name().into_iter().filter_entry(wanted) {
            let entry = entry.map_err(|e| Error::Io { what: "list".into(), source: e.into() })?;
            let path = entry.path();
            if !entry.file_type().is_file() || path.extension().is_none_or(|e| e != "lean") {
                continue;
            }
            let inside = path.strip_prefix(&source).unwrap_or(path).with_extension("");
            let name = inside.iter().map(|c| c.to_string_lossy()).collect::<Vec<_>>().join(".");
            let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
            if !is_own(&name) {
                graph.strays.push(shown);
                continue;
            }
            let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
            let header = header(&text);
            let list = if GUIDES.contains(&name.as_str()) { &mut graph.guides } else { &mut graph.modules };
            list.insert(name, Module { shown, text, header });
        }
        Ok(graph)
    }

    /// The module and everything of ours that it imports.
    pub fn closure<'a>(&'a self, from: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut todo: Vec<&str> = from.into_iter().collect();
        while let Some(name) = todo.pop() {
            if let Some((name, module)) = self.modules.get_key_value(name)
                && seen.insert(name.as_str())
            {
                todo.extend(module.own_imports());
            }
        }
        seen
    }

    /// The graph restricted to some modules.
    pub fn restrict(&self, to: &BTreeSet<&str>) -> Graph {
        let modules = self.modules.iter().filter(|(n, _)| to.contains(n.as_str()));
        Graph { modules: modules.map(|(n, m)| (n.clone(), m.clone())).collect(), ..Graph::default() }
    }

    /// Everything that can be said against the files themselves: forbidden words, a missing `module`, an import of
    /// ours that does not exist. An import of a toolchain module that does not exist is for Lean to report.
    pub fn lint(&self) -> Vec<String> {
        let mut found = Vec::new();
        for module in self.modules.values() {
            found.extend(words::scan(&module.shown, &module.text));
            if !module.header.module {
                found.push(format!("{}:1:1: the file must begin with `module`", module.shown));
            }
            for import in module.header.imports.iter().filter(|i| is_own(&i.name)) {
                if !self.modules.contains_key(&import.name) {
                    found.push(format!("{}:{}:1: there is no module `{}`", module.shown, import.line, import.name));
                }
            }
        }
        found
    }

    /// Files that neither root reaches. A proof in such a file would look checked to a reader and be no part of
    /// anything, so it is a finding.
    pub fn orphans(&self) -> Vec<String> {
        let reached = self.closure(ROOTS);
        let mut found: Vec<String> = self.strays.iter().map(|s| format!("{s}: outside both libraries")).collect();
        for root in ROOTS.iter().filter(|r| !self.modules.contains_key(**r)) {
            found.push(format!("{SOURCE_DIR}/{root}.lean is missing"));
        }
        for (_, module) in self.modules.iter().filter(|(n, _)| !reached.contains(n.as_str())) {
            found.push(format!(
                "{}: orphaned, {SOURCE_DIR}/Aeneas.lean and {SOURCE_DIR}/Lv6.lean do not reach it",
                module.shown
            ));
        }
        found
    }

    /// The modules, imports first. An import cycle is an error that names it.
    pub fn order(&self) -> Result<Vec<&str>> {
        let mut order = Vec::new();
        let mut state = BTreeMap::new();
        for name in self.modules.keys() {
            self.visit(name, &mut state, &mut Vec::new(), &mut order)?;
        }
        Ok(order)
    }

    fn visit<'a>(
        &'a self,
        name: &'a str,
        done: &mut BTreeMap<&'a str, bool>,
        path: &mut Vec<&'a str>,
        order: &mut Vec<&'a str>,
    ) -> Result<()> {
        let Some(module) = self.modules.get(name) else { return Ok(()) };
        match done.get(name) {
            Some(true) => return Ok(()),
            Some(false) => {
                let start = path.iter().position(|n| *n == name).unwrap_or(0);
                return Err(Error::Cycle(path[start..].iter().chain([&name]).map(|n| n.to_string()).collect()));
            }
            None => {}
        }
        done.insert(name, false);
        path.push(name);
        for import in module.own_imports() {
            self.visit(import, done, path, order)?;
        }
        path.pop();
        done.insert(name, true);
        order.push(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::default();
        for (name, text) in files {
            let shown = format!("lean/{}.lean", name.replace('.', "/"));
            let module = Module { shown, text: text.to_string(), header: header(text) };
            graph.modules.insert(name.to_string(), module);
        }
        graph
    }

    #[test]
    fn imports_come_first() {
        let graph = graph(&[
            ("Aeneas", "module\npublic import Aeneas.B\nimport Init"),
            ("Aeneas.B", "module\nimport Aeneas.C"),
            ("Aeneas.C", "module"),
            ("Lv6", "module\nimport Aeneas"),
        ]);
        assert_eq!(graph.order().unwrap(), ["Aeneas.C", "Aeneas.B", "Aeneas", "Lv6"]);
        assert_eq!(graph.closure(["Aeneas.B"]).into_iter().collect::<Vec<_>>(), ["Aeneas.B", "Aeneas.C"]);
        assert!(graph.lint().is_empty() && graph.orphans().is_empty());
    }

    #[test]
    fn cycles_are_named() {
        let graph = graph(&[
            ("Aeneas", "module\nimport Lv6.A"),
            ("Lv6.A", "module\nimport Lv6.B"),
            ("Lv6.B", "module\nimport Lv6.A"),
        ]);
        let error = graph.order().unwrap_err().to_string();
        assert_eq!(error, "import cycle: Lv6.A → Lv6.B → Lv6.A");
    }

    #[test]
    fn orphans_and_strays_are_findings() {
        let mut graph =
            graph(&[("Aeneas", "module"), ("Lv6", "module\nimport Lv6.A"), ("Lv6.A", "module"), ("Lv6.B", "module")]);
        graph.strays.push("lean/Other.lean".into());
        let found = graph.orphans();
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("lean/Other.lean: outside"));
        assert!(found[1].starts_with("lean/Lv6/B.lean: orphaned"));
        graph.modules.remove("Lv6");
        assert!(graph.orphans().contains(&"lean/Lv6.lean is missing".to_string()));
    }

    #[test]
    fn lint_names_the_place() {
        let graph = graph(&[("Aeneas", "module\nimport Aeneas.Nope\ntheorem t := sorry"), ("Lv6", "import Init")]);
        assert_eq!(
            graph.lint(),
            [
                "lean/Aeneas.lean:3:14: `sorry` is not allowed",
                "lean/Aeneas.lean:2:1: there is no module `Aeneas.Nope`",
                "lean/Lv6.lean:1:1: the file must begin with `module`"
            ]
        );
    }

    #[test]
    fn a_tree_is_read_without_this_folder_and_the_guides_apart() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str| {
            let path = dir.path().join("lean").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "module\n").unwrap();
        };
        [
            "Lv6.lean",
            "Lv6/Spec/A.lean",
            "Lv6/Axioms.lean",
            "Lv6/Explore.lean",
            "tools/x.lean",
            "Other.lean",
            "Lv6/notes.md",
        ]
        .into_iter()
        .for_each(put);
        let graph = Graph::read(dir.path()).unwrap();
        assert_eq!(graph.modules.keys().collect::<Vec<_>>(), ["Lv6", "Lv6.Spec.A"]);
        assert_eq!(graph.guides.keys().collect::<Vec<_>>(), ["Lv6.Axioms", "Lv6.Explore"]);
        assert_eq!(graph.strays, ["lean/Other.lean"]);
        assert_eq!(graph.modules["Lv6.Spec.A"].shown, "lean/Lv6/Spec/A.lean");
    }
}
