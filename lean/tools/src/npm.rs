//! Checks the tree with the npm Lean.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cache::{Cache, keys};
use crate::error::{Error, Result};
use crate::graph::{Graph, Module, SOURCE_DIR};
use crate::hash;
use crate::install::Toolchain;
use crate::run::Check;
use crate::schedule::{self, Outcome};

/// Where results are kept below a home.
#[derive(Debug)]
pub struct Places {
    cache: PathBuf,
    /// The compiled modules of the run, where Lean and the audit look for them.
    pub library: PathBuf,
    lock: PathBuf,
}

impl Places {
    /// The places below `home`.
    pub fn below(home: &Path) -> Places {
        Places { cache: home.join("cache"), library: home.join("library"), lock: home.join("verify.lock") }
    }

    /// One run at a time: the library belongs to it until the file that this returns is dropped.
    pub fn lock(&self, out: &mut dyn Write) -> Result<File> {
        let home = self.lock.parent().unwrap_or(&self.lock);
        fs::create_dir_all(home).map_err(Error::io("create", home))?;
        let file = File::create(&self.lock).map_err(Error::io("create", &self.lock))?;
        if file.try_lock().is_err() {
            let _ = writeln!(out, "lean: waiting for another run in this tree");
            file.lock().map_err(Error::io("lock", &self.lock))?;
        }
        Ok(file)
    }
}

/// How long the modules took.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// Those that were not in the cache.
    pub checked: BTreeMap<String, Duration>,
    /// All of them, from the cache as of when they were checked.
    pub known: BTreeMap<String, Duration>,
}

/// Checks all modules of `graph`, under the lock of `places`, and returns the times.
pub fn check(
    graph: &Graph,
    root: &Path,
    places: &Places,
    toolchain: &Toolchain,
    jobs: usize,
    out: &mut (dyn Write + Send),
) -> Result<Times> {
    let order = graph.order()?;
    let cache = Cache::open(places.cache.clone())?;
    let _ = fs::remove_dir_all(&places.library);
    fs::create_dir_all(&places.library).map_err(Error::io("create", &places.library))?;

    let root = root.canonicalize().map_err(Error::io("find", root))?;
    let library = places.library.canonicalize().map_err(Error::io("find", &places.library))?;
    let run = Run {
        graph,
        source_root: root.join(SOURCE_DIR),
        library,
        cache,
        keys: keys(graph, &order, toolchain.stamp()),
        toolchain,
        done: AtomicUsize::new(0),
        log: Mutex::new(Log { out, times: Times::default(), error: None }),
    };
    let outcomes = schedule::run(graph, &order, jobs, |name| run.module(name));
    let failed_guides = if outcomes.values().all(|o| *o == Outcome::Done) { run.guides() } else { Vec::new() };
    let log = run.log.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = log.error {
        return Err(error);
    }
    let of = |outcome| outcomes.iter().filter(move |(_, o)| **o == outcome).map(|(n, _)| n.to_string());
    let failed: Vec<String> = of(Outcome::Failed).chain(failed_guides).collect();
    if !failed.is_empty() {
        return Err(Error::Check { failed, skipped: of(Outcome::Skipped).count() });
    }
    run.cache.prune();
    Ok(log.times)
}

struct Log<'a> {
    out: &'a mut (dyn Write + Send),
    times: Times,
    /// The first failure that is not a verdict of Lean's.
    error: Option<Error>,
}

struct Run<'a> {
    graph: &'a Graph,
    source_root: PathBuf,
    library: PathBuf,
    cache: Cache,
    keys: BTreeMap<String, String>,
    toolchain: &'a Toolchain,
    done: AtomicUsize,
    log: Mutex<Log<'a>>,
}

impl Run<'_> {
    /// The task for one module: true if it is in the library afterwards.
    fn module(&self, name: &str) -> bool {
        let key = &self.keys[name];
        let started = Instant::now();
        let result = self.attempt(name, key);
        let number = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let took = started.elapsed();
        let (accepted, note) = match result {
            Ok(Attempt::Cached) => {
                log.times.known.extend(self.cache.took(key).map(|took| (name.to_string(), took)));
                (true, "cached".to_string())
            }
            Ok(Attempt::Checked { accepted, messages }) => {
                log.times.checked.insert(name.to_string(), took);
                log.times.known.insert(name.to_string(), took);
                for message in messages {
                    let _ = writeln!(log.out, "{message}");
                }
                let seconds = format!("{:.1} s", took.as_secs_f64());
                (accepted, if accepted { seconds } else { format!("{seconds}  FAILED") })
            }
            Err(error) => {
                log.error.get_or_insert(error);
                (false, "not checked".to_string())
            }
        };
        let total = self.graph.modules.len();
        let width = total.to_string().len();
        let _ = writeln!(log.out, "[{number:width$}/{total}] {name:40} {note}");
        let _ = log.out.flush();
        accepted
    }

    /// Checks the guides, and names those that fail: they must not fall behind what they speak of.
    fn guides(&self) -> Vec<String> {
        let check = |name: &&String| match self.guide(name, &self.graph.guides[*name]) {
            Ok(messages) => {
                let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
                messages.iter().for_each(|message| drop(writeln!(log.out, "{message}")));
                !messages.is_empty()
            }
            Err(error) => {
                self.log.lock().unwrap_or_else(PoisonError::into_inner).error.get_or_insert(error);
                false
            }
        };
        self.graph.guides.keys().filter(check).cloned().collect()
    }

    /// Checks one guide, and returns what is wrong with it. What it prints is for its readers.
    fn guide(&self, name: &str, guide: &Module) -> Result<Vec<String>> {
        let all = self.keys.values().map(String::as_str);
        let key = hash::of_parts([self.toolchain.stamp(), name, &guide.text].into_iter().chain(all));
        if self.cache.took(&key).is_some() {
            return Ok(Vec::new());
        }
        let output = self.cache.workspace(&key)?;
        let file = output.join("guide.lean");
        fs::write(&file, as_module(&guide.text)).map_err(Error::io("write", &file))?;
        let started = Instant::now();
        let verdict = Check {
            toolchain: self.toolchain,
            file: &file,
            shown: &guide.shown,
            source_root: &output,
            library: &self.library,
            output: &output,
        }
        .run()?;
        if verdict.accepted {
            self.cache.keep(&key, &output, started.elapsed())?;
            return Ok(Vec::new());
        }
        let _ = fs::remove_dir_all(&output);
        Ok(verdict.messages)
    }

    fn attempt(&self, name: &str, key: &str) -> Result<Attempt> {
        if self.cache.place(key, name, &self.library)? {
            return Ok(Attempt::Cached);
        }
        let module = &self.graph.modules[name];
        let output = self.cache.workspace(key)?;
        let started = Instant::now();
        let verdict = Check {
            toolchain: self.toolchain,
            file: &self.source_root.join(format!("{}.lean", name.replace('.', "/"))),
            shown: &module.shown,
            source_root: &self.source_root,
            library: &self.library,
            output: &output,
        }
        .run()?;
        let mut attempt = Attempt::Checked { accepted: verdict.accepted, messages: verdict.messages };
        if verdict.accepted {
            self.cache.keep(key, &output, started.elapsed())?;
            let placed = self.cache.place(key, name, &self.library)?;
            if let (false, Attempt::Checked { accepted, messages }) = (placed, &mut attempt) {
                *accepted = false;
                messages.push(format!("{}: Lean wrote no compiled file", module.shown));
            }
        } else {
            let _ = fs::remove_dir_all(&output);
        }
        Ok(attempt)
    }
}

/// The guide without the one command that modules may not have, for a Lean that takes every file for a module.
fn as_module(guide: &str) -> String {
    guide.replace("#print axioms ", "#check @")
}

enum Attempt {
    Cached,
    Checked { accepted: bool, messages: Vec<String> },
}
