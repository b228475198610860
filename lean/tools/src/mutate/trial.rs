//! Tries one fault.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::fault::{Fault, Outcome};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::install::Toolchain;
use crate::run::{Check, OUTPUT, Verdict};

/// What the compiled files of a module are called.
const PARTS: [&str; 4] = ["olean", "olean.private", "olean.server", "ir"];

/// Whether the module holds proofs about the extraction.
pub fn is_proof(module: &str) -> bool {
    module.starts_with("Lv6.Refine.")
}

/// Whether the text names the function, with or without the name of its Rust file.
pub fn mentions(text: &str, function: &str) -> bool {
    text.match_indices(function).any(|(at, _)| {
        let after = text[at + function.len()..].chars().next().unwrap_or(' ');
        !(after.is_alphanumeric() || after == '_')
    })
}

/// A scratch folder with the compiled modules of the tree, in which one can be replaced.
pub struct Trial<'a> {
    graph: &'a Graph,
    toolchain: &'a Toolchain,
    order: BTreeMap<&'a str, usize>,
    verified: PathBuf,
    library: PathBuf,
    source: PathBuf,
    output: PathBuf,
}

impl<'a> Trial<'a> {
    /// Fills the folder `scratch` with links to the compiled modules in `verified`.
    pub fn new(graph: &'a Graph, toolchain: &'a Toolchain, verified: &Path, scratch: &Path) -> Result<Trial<'a>> {
        let _ = fs::remove_dir_all(scratch);
        let make = |name: &str| {
            let dir = scratch.join(name);
            fs::create_dir_all(&dir).map_err(Error::io("create", &dir))?;
            dir.canonicalize().map_err(Error::io("find", &dir))
        };
        let trial = Trial {
            graph,
            toolchain,
            order: graph.order()?.into_iter().enumerate().map(|(n, name)| (name, n)).collect(),
            verified: verified.canonicalize().map_err(Error::io("find", verified))?,
            library: make("library")?,
            source: make("lean")?,
            output: make("output")?,
        };
        for module in graph.modules.keys() {
            trial.restore(module)?;
        }
        Ok(trial)
    }

    /// Checks the changed file, and against it the proofs that name the function, then those that depend on the file
    /// at all, until one fails.
    pub fn run(&self, fault: &Fault) -> Result<Outcome> {
        let text = fault.apply(&self.graph.modules[&fault.module].text);
        if !self.check(&fault.module, &text)?.accepted {
            return Ok(Outcome::IllTyped);
        }
        let mut changed = vec![fault.module.clone()];
        self.replace(&fault.module)?;
        let outcome = self.proofs(fault, &mut changed);
        for module in &changed {
            self.restore(module)?;
        }
        outcome
    }

    fn proofs(&self, fault: &Fault, changed: &mut Vec<String>) -> Result<Outcome> {
        let depends = |name: &str| self.graph.closure([name]).contains(fault.module.as_str());
        let mut modules: Vec<&str> =
            self.graph.modules.keys().map(String::as_str).filter(|n| *n != fault.module && depends(n)).collect();
        modules.sort_by_key(|name| {
            let text = &self.graph.modules[*name].text;
            (!(is_proof(name) && mentions(text, &fault.function)), self.order[name])
        });
        let direct = modules
            .iter()
            .take_while(|n| is_proof(n) && mentions(&self.graph.modules[**n].text, &fault.function))
            .count();
        // Those that depend on the file in another way come in the order of their imports, all of them anew.
        for (n, name) in modules.iter().enumerate() {
            let verdict = self.check(name, &self.graph.modules[*name].text)?;
            if !verdict.accepted {
                let place = verdict.messages.first().and_then(|m| m.lines().next()).unwrap_or(name).to_string();
                return Ok(Outcome::Found { module: name.to_string(), place: shorten(&place) });
            }
            if n >= direct {
                self.replace(name)?;
                changed.push(name.to_string());
            }
        }
        Ok(Outcome::Survived)
    }

    fn check(&self, module: &str, text: &str) -> Result<Verdict> {
        let _ = fs::remove_dir_all(&self.output);
        fs::create_dir_all(&self.output).map_err(Error::io("create", &self.output))?;
        let file = self.source.join(format!("{}.lean", module.replace('.', "/")));
        let parent = file.parent().unwrap_or(&self.source);
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
        fs::write(&file, text).map_err(Error::io("write", &file))?;
        Check {
            toolchain: self.toolchain,
            file: &file,
            shown: &self.graph.modules[module].shown,
            source_root: &self.source,
            library: &self.library,
            output: &self.output,
        }
        .run()
    }

    fn part(dir: &Path, module: &str, part: &str) -> PathBuf {
        dir.join(format!("{}.{part}", module.replace('.', "/")))
    }

    /// Puts what the last check wrote in the place of the module.
    fn replace(&self, module: &str) -> Result<()> {
        for part in PARTS {
            let (from, to) = (self.output.join(format!("{OUTPUT}.{part}")), Self::part(&self.library, module, part));
            let _ = fs::remove_file(&to);
            if from.exists() {
                fs::rename(&from, &to).map_err(Error::io("rename", &from))?;
            }
        }
        Ok(())
    }

    /// Puts the verified module back.
    fn restore(&self, module: &str) -> Result<()> {
        for part in PARTS {
            let (from, to) = (Self::part(&self.verified, module, part), Self::part(&self.library, module, part));
            let _ = fs::remove_file(&to);
            if from.exists() {
                let parent = to.parent().unwrap_or(&self.library);
                fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
                symlink(&from, &to).map_err(Error::io("link", &to))?;
            }
        }
        Ok(())
    }
}

/// The place that a message begins with: file and line.
fn shorten(message: &str) -> String {
    message.splitn(3, ':').take(2).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_word() {
        assert!(mentions("unfold fd.sys_dup Spec.dup", "fd.sys_dup"));
        assert!(!mentions("unfold fd.sys_dup2", "fd.sys_dup"));
        assert!(!mentions("sys_dup_code", "sys_dup"));
    }

    #[test]
    fn a_place_is_file_and_line() {
        assert_eq!(shorten("lean/Lv6/Refine/Fd.lean:12:3: error: no"), "lean/Lv6/Refine/Fd.lean:12");
    }
}
