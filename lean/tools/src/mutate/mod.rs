//! Seeds small faults into the extracted code, one at a time, and shows that a proof fails for each.
//!
//! A theorem that holds of wrong code too says nothing. So each fault is written into a scratch copy of one file of
//! `lean/Lv6/Code`, and the proofs that speak of the changed function are checked against it. The committed files are
//! not touched.

mod fault;
mod operators;
mod source;
mod table;
mod trial;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::thread;

pub use fault::{Fault, Kind, Outcome};
pub use table::summary;

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::install::Toolchain;
use crate::{DEFAULT_JOBS, npm};
use trial::Trial;

/// Where the extraction lies.
const CODE: &str = "Lv6.Code.";

/// What to seed.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The workspace root.
    pub root: std::path::PathBuf,
    /// Only faults in functions of this name, such as `sys_reap`; all if empty.
    pub functions: Vec<String>,
    /// How many kinds of fault per function; 0 means every fault that can be made.
    pub per_function: usize,
    /// Only say which faults there are.
    pub list: bool,
    /// How many faults are tried at a time; 0 means two.
    pub jobs: usize,
}

/// The faults to seed, in the order of the files.
pub fn faults(graph: &Graph, opts: &Options) -> Result<Vec<Fault>> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    for (name, module) in graph.modules.iter().filter(|(n, _)| n.starts_with(CODE)) {
        for function in source::functions(&module.text) {
            let short = function.name.rsplit('.').next().unwrap_or(&function.name).to_string();
            let wanted = opts.functions.is_empty() || opts.functions.contains(&short);
            names.push(short);
            if wanted
                && graph.modules.iter().any(|(n, m)| trial::is_proof(n) && trial::mentions(&m.text, &function.name))
            {
                found.extend(choose(operators::faults(name, &function), opts.per_function));
            }
        }
    }
    if let Some(unknown) = opts.functions.iter().find(|f| !names.contains(f)) {
        names.sort();
        names.dedup();
        return Err(Error::UnknownHandler { name: unknown.clone(), known: names });
    }
    Ok(found)
}

/// At most `n` faults, of as many kinds as there are, rare kinds first; all of them if `n` is 0.
fn choose(faults: Vec<Fault>, n: usize) -> Vec<Fault> {
    if n == 0 || faults.len() <= n {
        return faults;
    }
    let mut kinds: BTreeMap<Kind, Vec<Fault>> = BTreeMap::new();
    for fault in faults {
        kinds.entry(fault.kind).or_default().push(fault);
    }
    let mut chosen = Vec::new();
    let mut round = 0;
    while chosen.len() < n {
        for list in kinds.values() {
            if chosen.len() < n
                && let Some(fault) = list.get(round)
            {
                chosen.push(fault.clone());
            }
        }
        round += 1;
    }
    chosen
}

/// Tries each fault and returns what became of it, in order. The proofs must be verified as they stand beforehand.
pub fn mutate(opts: &Options, out: &mut (dyn Write + Send)) -> Result<Vec<(Fault, Outcome)>> {
    let graph = Graph::read(&opts.root)?;
    let faults = faults(&graph, opts)?;
    if opts.list {
        for fault in &faults {
            let _ = writeln!(out, "{fault}");
        }
        return Ok(Vec::new());
    }
    let home = opts.root.join("target/lean");
    let toolchain = Toolchain::ensure(&home, out)?;
    let places = npm::Places::below(&home);
    let _lock = places.lock(out)?;
    npm::check(&graph, &opts.root, &places, &toolchain, DEFAULT_JOBS, &mut std::io::sink())?;

    let jobs = if opts.jobs == 0 { DEFAULT_JOBS } else { opts.jobs };
    let next = Mutex::new(faults.iter().enumerate());
    let results: Mutex<BTreeMap<usize, Outcome>> = Mutex::default();
    let failure: Mutex<Option<Error>> = Mutex::default();
    let out = Mutex::new(out);
    thread::scope(|scope| {
        for worker in 0..jobs {
            let (graph, places, toolchain) = (&graph, &places, &toolchain);
            let (next, results, failure, out, home) = (&next, &results, &failure, &out, &home);
            let total = faults.len();
            scope.spawn(move || {
                let scratch = home.join(format!("mutate-{worker}"));
                let work = || -> Result<()> {
                    let trial = Trial::new(graph, toolchain, &places.library, &scratch)?;
                    while failure.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
                        let Some((n, fault)) = next.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                            break;
                        };
                        let outcome = trial.run(fault)?;
                        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
                        let _ = writeln!(out, "[{}/{total}] {fault}: {outcome}", results.len() + 1);
                        let _ = out.flush();
                        results.insert(n, outcome);
                    }
                    Ok(())
                };
                if let Err(error) = work() {
                    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
                let _ = std::fs::remove_dir_all(&scratch);
            });
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(faults.into_iter().enumerate().filter_map(|(n, f)| Some((f, results.remove(&n)?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(kind: Kind, line: usize) -> Fault {
        Fault { module: "Lv6.Code.Fd".into(), function: "fd.f".into(), kind, line, old: "a".into(), new: "b".into() }
    }

    #[test]
    fn a_choice_has_as_many_kinds_as_it_can() {
        let all = vec![
            fault(Kind::DroppedCheck, 1),
            fault(Kind::DroppedCheck, 2),
            fault(Kind::DroppedCheck, 3),
            fault(Kind::WrongIndex, 4),
        ];
        let lines = |n| choose(all.clone(), n).iter().map(|f| f.line).collect::<Vec<_>>();
        assert_eq!(lines(0), [1, 2, 3, 4]);
        assert_eq!(lines(2), [1, 4]);
        assert_eq!(lines(3), [1, 4, 2]);
    }
}
