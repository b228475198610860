//! Checks every Lean file of lv6 and audits the axioms. The host command `lv6 verify` is a thin shell around [`verify`].
//!
//! With `lake` on PATH this is `lake build`. Elsewhere it is a driver of its own for the Lean that the npm registry
//! carries, so that a machine which reaches only package registries can check the proofs. What does not need Lean (the
//! import graph, forbidden words, orphaned files) and what needs only its compiled files (the audit) is the same in
//! both cases. README.md describes the npm Lean and the limits of the audit.

mod audit;
mod cache;
mod error;
mod graph;
mod handlers;
mod hash;
mod imports;
mod install;
mod lake;
mod lexer;
mod messages;
pub mod mutate;
mod npm;
mod olean;
mod patch_js;
mod patch_wasm;
mod pins;
mod run;
mod schedule;
mod stats;
mod table;
mod words;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use audit::{AuditReport, TheoremAxioms};
pub use error::{Error, Result};
pub use install::Toolchain;

use error::count;
use graph::Graph;
use table::Table;

/// How many processes check files unless [`Options::jobs`] says otherwise: each takes up to 2 GiB.
pub const DEFAULT_JOBS: usize = 2;

/// How many rows the table of times has unless [`Options::stats`] asks for all.
const SLOWEST: usize = 20;

/// What to verify.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The workspace root, which has `lean/` and `target/`.
    pub root: PathBuf,
    /// Only what the refinement theorem of this handler (such as `sys_reap`) needs.
    pub handler: Option<String>,
    /// Print the time of every module that was checked, not only of the slowest, and what each handler takes.
    pub stats: bool,
    /// How many files to check at a time; 0 means [`DEFAULT_JOBS`].
    pub jobs: usize,
}

/// Which Lean did the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// `lake build`.
    Lake,
    /// The npm Lean.
    Npm,
}

/// What was verified.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which Lean did the work.
    pub backend: Backend,
    /// How many modules are verified now, those from the cache included.
    pub modules: usize,
    /// The modules that had to be checked, slowest first. Empty under lake, which has its own account.
    pub checked: Vec<(String, Duration)>,
    /// What the theorems rest on.
    pub audit: AuditReport,
    /// The time it all took.
    pub elapsed: Duration,
}

/// Checks the proofs below `opts.root`, with lake if it is on PATH and else with the npm Lean below `target/lean`, and
/// prints progress, times and the axiom table on standard output. Every error or warning of Lean's is an `Err`.
pub fn verify(opts: &Options) -> Result<Report> {
    let mut out = std::io::stdout();
    match which::which("lake") {
        Ok(lake) => verify_with_lake(opts, &lake, &mut out),
        Err(_) => verify_with_npm(opts, &opts.root.join("target/lean"), &mut out),
    }
}

/// As [`verify`], with this `lake`.
pub fn verify_with_lake(opts: &Options, lake: &Path, out: &mut (dyn Write + Send)) -> Result<Report> {
    let started = Instant::now();
    let scope = Scope::of(opts)?;
    lake::build(lake, &opts.root, scope.module.as_deref())?;
    finish(opts, &scope.graph, Backend::Lake, &lake::library(&opts.root), npm::Times::default(), started, out)
}

/// As [`verify`], with the npm Lean whatever is on PATH. It is installed below `toolchain_home`, where several trees can
/// share it; results are kept below `target/lean` of the tree.
pub fn verify_with_npm(opts: &Options, toolchain_home: &Path, out: &mut (dyn Write + Send)) -> Result<Report> {
    let started = Instant::now();
    let scope = Scope::of(opts)?;
    let toolchain = Toolchain::ensure(toolchain_home, out)?;
    let home = opts.root.join("target/lean");
    let places = npm::Places::below(&home);
    let _lock = places.lock(out)?;
    let jobs = if opts.jobs == 0 { DEFAULT_JOBS } else { opts.jobs };
    let times = npm::check(&scope.graph, &opts.root, &places, &toolchain, jobs, out)?;
    finish(opts, &scope.graph, Backend::Npm, &places.library, times, started, out)
}

/// The modules to check, after everything that can be said without Lean has been.
struct Scope {
    graph: Graph,
    /// The module of the handler, if one was named.
    module: Option<String>,
}

impl Scope {
    fn of(opts: &Options) -> Result<Scope> {
        let all = Graph::read(&opts.root)?;
        let module = opts.handler.as_deref().map(|h| handlers::find(&all, h)).transpose()?;
        let (graph, mut findings) = match &module {
            Some(module) => (all.restrict(&all.closure([module.as_str()])), Vec::new()),
            None => {
                let orphans = all.orphans();
                (all, orphans)
            }
        };
        findings.extend(graph.lint());
        if !findings.is_empty() {
            return Err(Error::Lint(findings));
        }
        graph.order()?;
        Ok(Scope { graph, module })
    }
}

/// Prints the times, audits the compiled files and prints the result.
fn finish(
    opts: &Options,
    graph: &Graph,
    backend: Backend,
    library: &Path,
    times: npm::Times,
    started: Instant,
    out: &mut (dyn Write + Send),
) -> Result<Report> {
    let modules = graph.modules.len();
    let mut checked: Vec<(String, Duration)> = times.checked.into_iter().collect();
    checked.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    let print = |out: &mut dyn Write, text: &str| {
        out.write_all(text.as_bytes()).map_err(|source| Error::Io { what: "print".into(), source })
    };
    if backend == Backend::Npm {
        print(out, &slowest(&checked, modules, opts.stats))?;
    }
    if opts.stats {
        print(out, &stats::show(graph, &opts.root, &times.known)?)?;
    }
    let audit = audit::audit(library, graph.modules.keys().map(String::as_str))?;
    print(out, &format!("\n{}", audit.show()))?;
    let elapsed = started.elapsed();
    print(out, &format!("verified: {} in {:.1} s\n", count(modules, "module"), elapsed.as_secs_f64()))?;
    Ok(Report { backend, modules, checked, audit, elapsed })
}

/// The table of times, slowest first.
fn slowest(checked: &[(String, Duration)], modules: usize, all: bool) -> String {
    let mut table = Table::new(["seconds", "module"]);
    let shown = if all { checked.len() } else { checked.len().min(SLOWEST) };
    for (name, took) in &checked[..shown] {
        table.row([format!("{:7.1}", took.as_secs_f64()), name.clone()]);
    }
    let total: Duration = checked.iter().map(|(_, took)| *took).sum();
    let mut text = format!("\n{} checked, {} from the cache", count(checked.len(), "module"), modules - checked.len());
    if checked.is_empty() {
        return text + "\n";
    }
    text += &format!("; {:.1} s in all, slowest first:\n{table}", total.as_secs_f64());
    if shown < checked.len() {
        text += &format!("  … and {} more (--stats shows them)\n", checked.len() - shown);
    }
    text
}
