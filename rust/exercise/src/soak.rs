//! Long random runs, with the invariant evaluated on the way.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::generate::Generator;
use crate::machine::Machine;
use crate::shrink::shrink;
use crate::step::Step;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many steps.
    pub calls: u64,
    /// Which steps: the same seed gives the same run.
    pub seed: u64,
    /// The whole invariant is evaluated after this many steps, and the cheap part of it after each.
    pub full_every: u64,
    /// The machine starts anew after this many steps, so that a failing trace cannot be longer.
    pub restart_every: u64,
    /// After this many failing calls, one is compared byte by byte with the state before it; 0 for never.
    pub compare_every: u64,
}

impl Options {
    /// A run of `calls` steps that is fast: the whole invariant after every 10⁴ of them.
    pub fn fast(calls: u64, seed: u64) -> Self {
        Options { calls, seed, full_every: 10_000, restart_every: 200_000, compare_every: 0 }
    }

    /// A run of `calls` steps that is thorough: the whole invariant after each.
    pub fn thorough(calls: u64, seed: u64) -> Self {
        Options { calls, seed, full_every: 1, restart_every: 20_000, compare_every: 1000 }
    }
}

/// What has been run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many steps.
    pub calls: u64,
    /// How long it took.
    pub time: Duration,
    /// How often each system call returned each result.
    pub results: BTreeMap<(u64, u64), u64>,
}

impl Report {
    /// How often system call `nr` succeeded.
    pub fn successes(&self, nr: u64) -> u64 {
        self.results.get(&(nr, 0)).copied().unwrap_or(0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.calls as f64 / self.time.as_secs_f64();
        writeln!(f, "{} calls in {:.1} s, {rate:.0} calls per second", self.calls, self.time.as_secs_f64())?;
        let mut last = None;
        for (&(nr, result), count) in &self.results {
            if last != Some(nr) {
                write!(f, "{}call {nr:>3}:", if last.is_some() { "\n" } else { "" })?;
                last = Some(nr);
            }
            match result {
                0 => write!(f, " {count} succeeded")?,
                errno => write!(f, ", {count} × {errno}")?,
            }
        }
        writeln!(f)
    }
}

/// A run that found a mistake.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong after the trace.
    pub what: String,
    /// A trace from the initial state that leads there.
    pub trace: Vec<Step>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}, after these {} steps from the initial state:", self.what, self.trace.len())?;
        self.trace.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

impl std::error::Error for Failure {}

/// Lets `step` happen. The result of its handler, or what is wrong: the handler panicked, or returned no error number.
fn apply(machine: &mut Machine, step: Step) -> Result<u64, String> {
    match catch_unwind(AssertUnwindSafe(|| machine.apply(step))) {
        Ok(result) if result < 4096 => Ok(result),
        Ok(result) => Err(format!("{step} returned {result:#x}")),
        Err(_) => Err(format!("{step} panicked")),
    }
}

/// Runs a trace from the initial state, and evaluates the whole invariant after each step.
pub fn replay(machine: &mut Machine, trace: &[Step]) -> Result<(), String> {
    machine.reset();
    for step in trace {
        apply(machine, *step)?;
        machine.check().map_err(broken)?;
    }
    Ok(())
}

/// Runs a trace from the initial state, and evaluates the whole invariant at its end.
fn replay_quickly(machine: &mut Machine, trace: &[Step]) -> Result<(), String> {
    machine.reset();
    for step in trace {
        apply(machine, *step)?;
    }
    machine.check().map_err(broken)
}

fn broken(clause: &'static str) -> String {
    format!("clause `{clause}` of the invariant fails")
}

/// Runs random steps. The trace of a failure is as short as removing steps can make it.
pub fn soak(options: &Options) -> Result<Report, Failure> {
    let start = Instant::now();
    let mut machine = Machine::new();
    let mut before = (options.compare_every != 0).then(Machine::blank);
    let mut counts = Counts::new();
    let mut done = 0;
    let mut epoch = 0;
    while done < options.calls {
        let steps = options.restart_every.min(options.calls - done);
        machine.reset();
        let mut generator = Generator::new(options.seed.wrapping_add(epoch << 32));
        let mut trace = Vec::with_capacity(steps as usize);
        for i in 1..=steps {
            if let Err(what) = one_step(options, i, &mut machine, &mut generator, &mut before, &mut counts, &mut trace)
            {
                return Err(shrunk(&mut machine, what, trace));
            }
        }
        done += steps;
        epoch += 1;
    }
    Ok(Report { calls: done, time: start.elapsed(), results: counts.results() })
}

/// Lets one random step happen, the `i`-th, and evaluates what the options say.
fn one_step(
    options: &Options,
    i: u64,
    machine: &mut Machine,
    generator: &mut Generator,
    before: &mut Option<Machine>,
    counts: &mut Counts,
    trace: &mut Vec<Step>,
) -> Result<(), String> {
    let step = generator.next(machine);
    trace.push(step);
    let compared = before.as_mut().filter(|_| i.is_multiple_of(options.compare_every));
    let result = match compared {
        None => apply(machine, step)?,
        Some(before) => {
            before.copy_from(machine);
            let result = apply(machine, step)?;
            if result != 0 && step != Step::Fault && !machine.same(before) {
                return Err(format!("{step} returned {result} and changed the state"));
            }
            result
        }
    };
    generator.learn(machine, step, result);
    counts.add(step, result);
    let checked = if i.is_multiple_of(options.full_every) { machine.check() } else { machine.check_quick() };
    checked.map_err(broken)
}

/// The failure with the trace made short. What it reports is what the short trace leads to.
fn shrunk(machine: &mut Machine, what: String, trace: Vec<Step>) -> Failure {
    if replay_quickly(machine, &trace).is_ok() {
        return Failure { what, trace };
    }
    let trace = shrink(&trace, |steps| replay_quickly(machine, steps).is_err());
    match replay_quickly(machine, &trace) {
        Err(what) => Failure { what, trace },
        Ok(()) => Failure { what, trace },
    }
}

/// How often each system call below 128 returned each error number below 64.
struct Counts(Vec<[u64; 64]>);

impl Counts {
    fn new() -> Self {
        Counts(vec![[0; 64]; 128])
    }

    fn add(&mut self, step: Step, result: u64) {
        if let Step::Call(nr, _) = step
            && let Some(count) = self.0.get_mut(nr as usize).and_then(|row| row.get_mut(result as usize))
        {
            *count += 1;
        }
    }

    fn results(&self) -> BTreeMap<(u64, u64), u64> {
        let cells =
            self.0.iter().zip(0u64..).flat_map(|(row, nr)| row.iter().zip(0u64..).map(move |(n, e)| ((nr, e), *n)));
        cells.filter(|(_, n)| *n != 0).collect()
    }
}
