//! Runs a task per module, several at a time, imports first.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::graph::Graph;

/// How a module fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its task succeeded.
    Done,
    /// Its task failed.
    Failed,
    /// Something that it imports failed.
    Skipped,
}

struct State<'a> {
    /// Modules whose imports are done, the most urgent first.
    ready: BinaryHeap<(usize, &'a str)>,
    /// For the others, how many imports are not.
    waiting: BTreeMap<&'a str, usize>,
    outcomes: BTreeMap<&'a str, Outcome>,
}

/// Calls `task` for each module on up to `jobs` threads. `order` has imports first. The most urgent module is the one
/// with the most text along the longest chain of modules that wait for it.
pub fn run<'a>(
    graph: &'a Graph,
    order: &[&'a str],
    jobs: usize,
    task: impl Fn(&'a str) -> bool + Sync,
) -> BTreeMap<&'a str, Outcome> {
    let mut dependents: BTreeMap<&str, BTreeSet<&'a str>> = BTreeMap::new();
    let mut state = State { ready: BinaryHeap::new(), waiting: BTreeMap::new(), outcomes: BTreeMap::new() };
    for name in order {
        let imports: BTreeSet<&str> = graph.modules[*name].own_imports().collect();
        state.waiting.insert(name, imports.len());
        for import in imports {
            dependents.entry(import).or_default().insert(name);
        }
    }
    let none = BTreeSet::new();
    let mut urgency: BTreeMap<&str, usize> = BTreeMap::new();
    for name in order.iter().rev() {
        let after = dependents.get(name).unwrap_or(&none).iter().map(|d| urgency[d]).max().unwrap_or(0);
        urgency.insert(name, after + graph.modules[*name].text.len());
    }
    state.waiting.retain(|name, imports| {
        if *imports == 0 {
            state.ready.push((urgency[name], name));
        }
        *imports > 0
    });

    let (state, changed) = (Mutex::new(state), Condvar::new());
    let worker = || {
        let mut guard = lock(&state);
        loop {
            if let Some((_, name)) = guard.ready.pop() {
                drop(guard);
                // A panic must not leave the other threads waiting.
                let succeeded = catch_unwind(AssertUnwindSafe(|| task(name))).unwrap_or(false);
                guard = lock(&state);
                guard.settle(name, succeeded, &dependents, &urgency);
                changed.notify_all();
            } else if guard.outcomes.len() == order.len() {
                return;
            } else {
                guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(worker);
        }
    });
    state.into_inner().unwrap_or_else(PoisonError::into_inner).outcomes
}

fn lock<'m, 'a>(state: &'m Mutex<State<'a>>) -> MutexGuard<'m, State<'a>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> State<'a> {
    fn settle(
        &mut self,
        name: &'a str,
        succeeded: bool,
        dependents: &BTreeMap<&str, BTreeSet<&'a str>>,
        urgency: &BTreeMap<&str, usize>,
    ) {
        self.outcomes.insert(name, if succeeded { Outcome::Done } else { Outcome::Failed });
        let mut todo: Vec<&str> = vec![name];
        while let Some(settled) = todo.pop() {
            for &dependent in dependents.get(settled).into_iter().flatten() {
                let Some(missing) = self.waiting.get_mut(dependent) else { continue };
                *missing -= 1;
                if !succeeded {
                    self.waiting.remove(dependent);
                    self.outcomes.insert(dependent, Outcome::Skipped);
                    todo.push(dependent);
                } else if *missing == 0 {
                    self.waiting.remove(dependent);
                    self.ready.push((urgency[dependent], dependent));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Module;
    use crate::imports::header;

    fn graph() -> Graph {
        let mut graph = Graph::default();
        for (name, text) in [
            ("Lv6", "module\nimport Lv6.A\nimport Lv6.B"),
            ("Lv6.A", "module\nimport Lv6.C\nimport Lv6.C"),
            ("Lv6.B", "module"),
            ("Lv6.C", "module\nimport Init"),
            ("Lv6.D", "module\nimport Lv6.B"),
        ] {
            let module = Module { shown: name.into(), text: text.into(), header: header(text) };
            graph.modules.insert(name.into(), module);
        }
        graph
    }

    #[test]
    fn imports_are_done_before_what_needs_them() {
        let graph = graph();
        for jobs in [0, 1, 2, 8] {
            let log = Mutex::new(Vec::new());
            let outcomes = run(&graph, &graph.order().unwrap(), jobs, |name| {
                for import in graph.modules[name].own_imports() {
                    assert!(log.lock().unwrap().contains(&import));
                }
                log.lock().unwrap().push(name);
                true
            });
            assert!(outcomes.len() == 5 && outcomes.values().all(|o| *o == Outcome::Done));
        }
    }

    #[test]
    fn a_failure_skips_what_needs_it_and_only_that() {
        let graph = graph();
        let outcomes = run(&graph, &graph.order().unwrap(), 2, |name| name != "Lv6.C");
        let expected = [
            ("Lv6", Outcome::Skipped),
            ("Lv6.A", Outcome::Skipped),
            ("Lv6.B", Outcome::Done),
            ("Lv6.C", Outcome::Failed),
            ("Lv6.D", Outcome::Done),
        ];
        assert_eq!(outcomes, expected.into());
    }
}
