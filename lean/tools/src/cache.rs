//! Results by content.
//!
//! The key of a module is a digest of its name and text, of the keys of what it imports, and of the toolchain. What
//! Lean wrote for that key is kept, so a change costs the files that depend on it and no more, on any branch. Only
//! what Lean accepted without a warning gets in.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::hash;
use crate::run::OUTPUT;

/// The files of an entry. The first is there if and only if the entry is.
const PARTS: [&str; 4] = ["olean", "olean.private", "olean.server", "ir"];

/// The file of an entry that says how many milliseconds the check took.
const TOOK: &str = "milliseconds";

/// Workspaces that are older than this belong to a run that was interrupted.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Entries that no run has used for this long are removed.
const KEEP: Duration = Duration::from_secs(14 * 24 * 3600);

/// The key of each module. `order` has imports first.
pub fn keys(graph: &Graph, order: &[&str], toolchain_stamp: &str) -> BTreeMap<String, String> {
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for name in order {
        let module = &graph.modules[*name];
        let imports = module.own_imports().filter_map(|i| keys.get(i)).map(String::as_str);
        let key = hash::of_parts([toolchain_stamp, name, &module.text].into_iter().chain(imports));
        keys.insert(name.to_string(), key);
    }
    keys
}

/// The cache: a folder with one folder per key.
#[derive(Debug)]
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// The cache in `dir`, made if need be.
    pub fn open(dir: PathBuf) -> Result<Cache> {
        fs::create_dir_all(&dir).map_err(Error::io("create", &dir))?;
        Ok(Cache { dir })
    }

    fn entry(&self, key: &str) -> PathBuf {
        self.dir.join(key)
    }

    /// An empty folder for the output of one check, on the same file system as the entries.
    pub fn workspace(&self, key: &str) -> Result<PathBuf> {
        let dir = self.dir.join(format!("{key}.new"));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).map_err(Error::io("create", &dir))?;
        Ok(dir)
    }

    /// Makes a workspace an entry, which remembers how long the check took.
    pub fn keep(&self, key: &str, workspace: &Path, took: Duration) -> Result<()> {
        let entry = self.entry(key);
        let note = workspace.join(TOOK);
        fs::write(&note, took.as_millis().to_string()).map_err(Error::io("write", &note))?;
        let _ = fs::remove_dir_all(&entry);
        fs::rename(workspace, &entry).map_err(Error::io("rename", workspace))
    }

    /// How long the check of an entry took.
    pub fn took(&self, key: &str) -> Option<Duration> {
        fs::read_to_string(self.entry(key).join(TOOK)).ok()?.parse().ok().map(Duration::from_millis)
    }

    /// Puts the files of an entry where Lean looks for the module. False if there is no such entry.
    pub fn place(&self, key: &str, module: &str, library: &Path) -> Result<bool> {
        let entry = self.entry(key);
        let target = library.join(module.replace('.', "/"));
        for part in PARTS {
            let from = entry.join(format!("{OUTPUT}.{part}"));
            if !from.exists() {
                if part == PARTS[0] {
                    return Ok(false);
                }
                continue;
            }
            let mut to = target.clone().into_os_string();
            to.push(format!(".{part}"));
            let to = PathBuf::from(to);
            let parent = to.parent().unwrap_or(library);
            fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
            if fs::hard_link(&from, &to).is_err() {
                fs::copy(&from, &to).map_err(Error::io("copy", &from))?;
            }
        }
        let first = entry.join(format!("{OUTPUT}.{}", PARTS[0]));
        let _ = File::options().append(true).open(first).and_then(|f| f.set_modified(SystemTime::now()));
        Ok(true)
    }

    /// Removes what has not been used for long, and what interrupted runs left.
    pub fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let mark = path.join(format!("{OUTPUT}.{}", PARTS[0]));
            let used = fs::metadata(mark).and_then(|m| m.modified()).ok();
            let age = used.and_then(|u| u.elapsed().ok());
            let unfinished = path.extension().is_some_and(|e| e == "new");
            let made = entry.metadata().and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok());
            let abandoned = unfinished && made.is_some_and(|m| m > ABANDONED);
            if abandoned || (!unfinished && age.is_some_and(|a| a > KEEP)) {
                let _ = fs::remove_dir_all(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Module;
    use crate::imports::header;

    fn graph(c: &str) -> Graph {
        let mut graph = Graph::default();
        for (name, text) in
            [("Lv6", "module\nimport Lv6.B"), ("Lv6.B", "module\nimport Lv6.C"), ("Lv6.C", c), ("Lv6.D", "module")]
        {
            let module = Module { shown: name.into(), text: text.into(), header: header(text) };
            graph.modules.insert(name.into(), module);
        }
        graph
    }

    #[test]
    fn a_key_depends_on_everything_below_it_and_on_nothing_else() {
        let keys_of = |c: &str, stamp: &str| {
            let graph = graph(c);
            keys(&graph, &graph.order().unwrap(), stamp)
        };
        let old = keys_of("module", "s");
        let new = keys_of("module\n-- changed", "s");
        let changed: Vec<_> = old.keys().filter(|k| old[*k] != new[*k]).collect();
        assert_eq!(changed, ["Lv6", "Lv6.B", "Lv6.C"]);
        let other = keys_of("module", "t");
        assert!(old.keys().all(|k| old[k] != other[k]));
        assert_eq!(old, keys_of("module", "s"));
    }

    #[test]
    fn an_entry_comes_back_where_lean_looks() {
        let dir = tempfile::tempdir().unwrap();
        let (cache, library) = (Cache::open(dir.path().join("cache")).unwrap(), dir.path().join("library"));
        assert!(!cache.place("k", "Lv6.Spec.A", &library).unwrap());
        let workspace = cache.workspace("k").unwrap();
        fs::write(workspace.join("module.olean"), "o").unwrap();
        fs::write(workspace.join("module.olean.private"), "p").unwrap();
        cache.keep("k", &workspace, Duration::from_millis(1500)).unwrap();
        assert_eq!(cache.took("k"), Some(Duration::from_millis(1500)));
        assert!(cache.place("k", "Lv6.Spec.A", &library).unwrap());
        assert_eq!(fs::read_to_string(library.join("Lv6/Spec/A.olean.private")).unwrap(), "p");
        let left_over = cache.workspace("left over").unwrap();
        cache.prune();
        assert!(cache.entry("k").exists() && left_over.exists());
        let old = SystemTime::now() - 2 * ABANDONED;
        File::open(&left_over).unwrap().set_modified(old).unwrap();
        cache.prune();
        assert!(cache.entry("k").exists() && !left_over.exists());
    }
}
