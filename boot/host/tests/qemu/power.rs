//! The machine stops at any moment while files change: afterwards the disk is clean, and nothing is lost that was synced.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use lv6_fs::overlay::Overlay;
use lv6_fs::workload::{Tree, Workload, tree_of};
use lv6_fs::{FileSystem, ROOT, fsck};
use lv6_host::disk_image::FileDisk;
use lv6_host::qemu::{Console, Iommu, Machine};
use lv6_host::{disk_image, image, mkfs, tools};
use lv6_ulib::Errno;
use tempfile::{TempDir, tempdir, tempfile};

use crate::machine::{Slot, config};

/// How long a machine may take to its first change.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it goes on changing files, at most.
const LONGEST: u64 = 600;
/// When a machine is stopped that has only begun to start, at the latest.
const EARLY: u64 = 2500;
/// Most changes after those of which the machine has said that they are on the disk: it makes up to five, and may not
/// have come to say so.
const AHEAD: u64 = 10;

/// A disk on which a workload goes on from machine to machine.
struct Victim {
    _folder: TempDir,
    image: PathBuf,
    disk: PathBuf,
    seed: u64,
    /// The changes that are on the disk.
    done: u64,
    random: u64,
}

impl Victim {
    fn new(seed: u64) -> Self {
        let folder = tempdir().unwrap();
        let disk = folder.path().join("disk");
        let (contents, replace, system) = (Vec::new(), false, true);
        mkfs::make(config(), &mkfs::Options { file: disk.clone(), blocks: 4096, system, replace, contents }).unwrap();
        let image = image::build_image(config()).unwrap();
        Self { _folder: folder, image, disk, seed, done: 0, random: seed }
    }

    /// A number of milliseconds below a bound.
    fn milliseconds(&mut self, bound: u64) -> Duration {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((self.random >> 33) % bound)
    }

    /// Starts a machine, stops it in the middle, and looks at what it leaves.
    fn kill(&mut self, early: bool) {
        let delay = self.milliseconds(if early { EARLY } else { LONGEST });
        let synced = self.run(early, delay).unwrap_or(self.done);
        assert!(synced >= self.done, "it says {synced} after {}", self.done);
        let tree = left_on(&self.disk);
        let mut workload = Workload::after(self.seed, synced);
        while workload.tree != tree {
            assert!(workload.done < synced + AHEAD, "what is on the disk is no state after change {synced}");
            workload.step();
        }
        self.done = workload.done;
    }

    /// Runs a machine and stops it. Returns the last change of which it has said that it is on the disk.
    fn run(&self, early: bool, delay: Duration) -> Option<u64> {
        let _slot = Slot::take();
        let machine = Machine {
            memory: 512,
            cpu: "max".into(),
            iommu: Iommu::default(),
            disk: Some(self.disk.clone()),
            ports: Vec::new(),
            console: Console::Pipe,
            split_log: true,
            count: false,
            preempt: None,
            command: ["fsload".into(), self.seed.to_string(), self.done.to_string()].into(),
        };
        let log = tempfile().unwrap();
        let mut child = Command::new(tools::QEMU)
            .args(machine.arguments(&self.image))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let out = child.stdout.take().unwrap();
        thread::spawn(move || read_lines(out, &sender));
        let mut last = if early { None } else { next_synced(&lines, Instant::now() + PATIENCE) };
        sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
        while let Some(change) = next_synced(&lines, Instant::now() + PATIENCE) {
            last = Some(change);
        }
        last
    }
}

/// Passes whole lines on. One that was cut off is none.
fn read_lines(from: impl Read, to: &Sender<String>) {
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        match from.read_until(b'\n', &mut line) {
            Ok(_) if line.ends_with(b"\n") => {
                let _ = to.send(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            _ => return,
        }
    }
}

/// Waits for the next change that the machine says is on the disk; nothing if the machine has stopped.
fn next_synced(lines: &Receiver<String>, end: Instant) -> Option<u64> {
    loop {
        match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => match line.strip_prefix("synced ").map(str::parse) {
                Some(change) => return Some(change.expect("a number")),
                None => assert!(!line.starts_with("fsload: ") && !line.starts_with("fs: "), "{line}"),
            },
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => panic!("it changes nothing"),
        }
    }
}

/// What the next machine would find on a disk, which must be clean.
fn left_on(path: &Path) -> Tree {
    let mut problems = Vec::new();
    assert!(disk_image::check(path, &mut problems).unwrap(), "{}", String::from_utf8_lossy(&problems));
    let mut disk = Overlay::new(FileDisk::open(path).unwrap());
    let mut files = FileSystem::mount(&mut disk).unwrap();
    let tree = match files.lookup(ROOT, "/load") {
        Ok(top) => tree_of(&mut files, top).unwrap(),
        Err(e) => {
            assert_eq!(e, Errno::ENOENT);
            Tree::new()
        }
    };
    files.sync().unwrap();
    drop(files);
    let report = fsck::check(&mut disk);
    assert_eq!((report.problems, report.orphans), (vec![], 0));
    tree
}

fn kill_many(seed: u64, times: u32) {
    let mut victim = Victim::new(seed);
    for n in 1..=times {
        // Some are stopped while they start, and finish what the one before has begun.
        victim.kill(n % 5 == 0);
    }
    assert!(victim.done > u64::from(times), "only {} changes in {times} machines", victim.done);
}

#[test]
fn power_fails_while_files_change() {
    kill_many(1, 25);
}

#[test]
fn power_fails_while_other_files_change() {
    kill_many(2, 25);
}
