//! `lv6 run`: builds, boots, and comes back with the guest's status.

use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use lv6_image::command_line::Slice;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

use crate::cli::Usage;
use crate::config::Config;
use crate::qemu::{Console, End, Iommu, Machine};
use crate::{console, drive, image, install, qemu, step, terminal, tools};

/// The signal of which programs end that write to a reader that has gone.
const BROKEN_PIPE: u8 = 13;

/// Time after which the guest is told again that its input has ended.
const END_AGAIN: Duration = Duration::from_secs(1);

/// What `lv6 run` can be told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Memory in MiB.
    pub memory: u32,
    /// Processor model, in the emulator's words.
    pub cpu: String,
    /// What translates addresses for devices.
    pub iommu: Iommu,
    /// The file that is its disk; without one it has no drive.
    pub disk: Option<PathBuf>,
    /// Whether ports of this machine lead to the guest.
    pub ports: bool,
    /// Whether the kernel's log is shown while one program runs, and the emulator's command line.
    pub verbose: bool,
    /// Whether instructions are counted instead of cycles.
    pub count: bool,
    /// How long a process runs while others wait, if the kernel is not to decide.
    pub preempt: Option<Slice>,
    /// The one program to run, with its arguments; nothing for the shell.
    pub command: Vec<String>,
}

/// Boots, and returns the status to leave with.
pub fn run(config: &Config, options: &Options) -> Result<u8> {
    check(&options.command)?;
    let disk = options.disk.as_deref().map(drive::check).transpose()?;
    install::qemu()?;
    install::guest_target(config)?;
    let image = image::build_image(config)?;
    let machine = Machine { disk, ..machine(options, io::stdin().is_terminal()) };
    let mut command = Command::new(tools::QEMU);
    command.args(machine.arguments(&image));
    if options.verbose {
        step::say(&step::line(&command));
    }
    if machine.console == Console::Terminal {
        step::say("the console is this terminal; Ctrl-A x leaves");
    }
    boot(&mut command, &machine, options.verbose)
}

/// The kernel's command line is one line, whose words can be in quotes but cannot contain both kinds of them.
fn check(command: &[String]) -> Result<()> {
    for word in command {
        if !word.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
            bail!(Usage(format!("{word:?} cannot stand on the kernel's command line: only printable ASCII can")));
        }
        if qemu::quoted(word).is_none() {
            bail!(Usage(format!(
                "{word:?} cannot stand on the kernel's command line: it contains both kinds of quotes"
            )));
        }
    }
    Ok(())
}

fn machine(options: &Options, keyboard: bool) -> Machine {
    let mut command = options.command.clone();
    if command.is_empty() && !keyboard {
        // With the shell as the only program, the machine ends when the input does.
        command.push("sh".to_owned());
    }
    let console = match (keyboard, command.is_empty()) {
        (true, true) => Console::Terminal,
        (true, false) => Console::Program,
        (false, _) => Console::Pipe,
    };
    let mut ports = Vec::new();
    if options.ports && options.command.is_empty() {
        for (host, guest) in qemu::PORTS {
            if qemu::is_taken(host) {
                step::say(&format!("port {host} of this machine is in use: going on without it"));
            } else {
                ports.push((host, guest));
            }
        }
    }
    Machine {
        memory: options.memory,
        cpu: options.cpu.clone(),
        iommu: options.iommu,
        disk: None,
        ports,
        console,
        split_log: console != Console::Terminal,
        count: options.count,
        preempt: options.preempt,
        command,
    }
}

/// Runs the emulator with its streams connected as the machine's console asks.
fn boot(command: &mut Command, machine: &Machine, verbose: bool) -> Result<u8> {
    let _mode = terminal::Saved::now();
    command.stderr(Stdio::piped());
    if machine.console != Console::Terminal {
        command.stdout(Stdio::piped());
    }
    if machine.console == Console::Pipe {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().with_context(|| format!("cannot start {}", tools::QEMU))?;
    let stop = Stop::on_signals(&child)?;
    let (started, waiting) = mpsc::channel();
    let errors = child.stderr.take().map(|stderr| {
        let started = started.clone();
        thread::spawn(move || relay(stderr, verbose, &started))
    });
    if let Some(mut keys) = child.stdin.take() {
        // Blocked in a read of our input, this thread ends with the process.
        thread::spawn(move || {
            console::feed(io::stdin(), &mut keys, &waiting)?;
            console::keep_ending(keys, END_AGAIN)
        });
    }
    if let Some(screen) = child.stdout.take() {
        let plain = !io::stdout().is_terminal();
        if console::print(screen, io::stdout(), plain, &started).is_err() {
            // Whoever read our output has gone, as `head` does: end as other programs then end.
            stop.with(BROKEN_PIPE);
        }
    }
    drop(started);
    let status = child.wait()?;
    let complained = errors.is_some_and(|thread| thread.join().unwrap_or(true));
    finish(status, complained, stop.signal())
}

fn finish(status: ExitStatus, complained: bool, signal: Option<u8>) -> Result<u8> {
    match (signal, qemu::end(status, complained)) {
        (Some(signal), _) => Ok(128 + signal),
        (None, End::Status(status)) => Ok(status),
        (None, End::Off) => Ok(0),
        (None, End::Broken) => bail!("{} failed ({status})", tools::QEMU),
    }
}

/// Passes on what the emulator and, when it has its own way out, the kernel's log say. Returns whether the emulator
/// complained before the guest said anything: it cannot fail to start later.
fn relay(from: impl Read, verbose: bool, started: &Sender<()>) -> bool {
    let mut complained = false;
    let mut running = false;
    let mut shown = false;
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        let line = line.trim_end_matches('\r');
        let source = source(line);
        running |= matches!(source, Source::Log | Source::BadNews);
        complained |= source == Source::Complaint && !running;
        shown = match source {
            Source::Complaint | Source::BadNews => true,
            Source::Note | Source::Log => verbose,
            Source::Continuation => shown,
        };
        if !matches!(source, Source::Complaint | Source::Note) {
            // Nobody listens any more when the input has begun.
            let _ = started.send(());
        }
        if shown {
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
    complained
}

/// What a line on the emulator's standard error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The emulator cannot go on.
    Complaint,
    /// The emulator mentions something.
    Note,
    /// The kernel tells of trouble: a person wants to see that even when they asked for one program's output.
    BadNews,
    /// The kernel tells what it does.
    Log,
    /// More of the line before.
    Continuation,
}

/// Who wrote a line: the emulator starts its own with its name, the kernel's log with `lv6:`.
fn source(line: &str) -> Source {
    if let Some(rest) = line.strip_prefix(tools::QEMU) {
        // The emulated IOMMU tells of every access that it refuses a device, which is what it is there for.
        let note = ["warning:", "terminating on signal", ": vtd_"].iter().any(|words| rest.contains(words));
        return if note { Source::Note } else { Source::Complaint };
    }
    match line.strip_prefix("lv6: ") {
        Some(rest) if rest.starts_with("error: ") || rest.starts_with("warning: ") => Source::BadNews,
        Some(_) => Source::Log,
        None => Source::Continuation,
    }
}

/// Ends the emulator when a signal wants us to end, so that it puts the terminal back and does not outlive us.
struct Stop {
    emulator: Option<Pid>,
    signal: Arc<AtomicUsize>,
    listener: signal_hook::iterator::Handle,
}

impl Stop {
    fn on_signals(child: &Child) -> Result<Self> {
        const SIGNALS: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];
        let emulator = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let signal = Arc::new(AtomicUsize::new(0));
        for number in SIGNALS {
            // In the signal handler itself: the emulator may get the same signal, and be gone before a thread notices.
            flag::register_usize(number, Arc::clone(&signal), usize::try_from(number)?)?;
        }
        let mut signals = Signals::new(SIGNALS)?;
        let listener = signals.handle();
        thread::spawn(move || signals.forever().for_each(|_| end(emulator)));
        Ok(Self { emulator, signal, listener })
    }

    /// Ends it as this signal would, unless another came first: one that ends us takes our reader along, too.
    fn with(&self, signal: u8) {
        let _ = self.signal.compare_exchange(0, usize::from(signal), Ordering::SeqCst, Ordering::SeqCst);
        end(self.emulator);
    }

    fn signal(&self) -> Option<u8> {
        u8::try_from(self.signal.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.listener.close();
    }
}

fn end(emulator: Option<Pid>) {
    if let Some(pid) = emulator {
        // It may have ended by itself just now.
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(command: &[&str]) -> Options {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        let (memory, cpu, iommu) = (512, "max".into(), Iommu::default());
        Options { memory, cpu, iommu, disk: None, ports: false, verbose: false, count: false, preempt: None, command }
    }

    #[test]
    fn the_console_follows_from_who_is_there() {
        let choose = |command: &[&str], keyboard| {
            let machine = machine(&options(command), keyboard);
            (machine.console, machine.command.join(" "))
        };
        assert_eq!(choose(&[], true), (Console::Terminal, String::new()));
        assert_eq!(choose(&["ps"], true), (Console::Program, "ps".into()));
        assert_eq!(choose(&["ps"], false), (Console::Pipe, "ps".into()));
        assert_eq!(choose(&[], false), (Console::Pipe, "sh".into()));
    }

    #[test]
    fn words_that_the_kernel_could_not_read_are_refused() {
        assert!(check(&["echo".into(), "a b".into(), "~!|".into(), String::new(), "it's \\".into()]).is_ok());
        for word in ["a\nb", "\u{e4}", "\0", "'it' \"is\""] {
            assert!(check(&[word.into()]).unwrap_err().is::<Usage>(), "{word:?}");
        }
    }

    #[test]
    fn lines_are_told_apart() {
        for (line, expected) in [
            ("qemu-system-x86_64: -m x: bad size", Source::Complaint),
            ("qemu-system-x86_64: warning: no such feature", Source::Note),
            ("qemu-system-x86_64: terminating on signal 15 from pid 7 (lv6)", Source::Note),
            ("qemu-system-x86_64: vtd_iommu_translate: detected translation failure", Source::Note),
            ("lv6: memory: 511 MiB", Source::Log),
            ("lv6: error: kernel panicked at src/boot.rs:1:2:", Source::BadNews),
            ("out of thin air", Source::Continuation),
        ] {
            assert_eq!(source(line), expected, "{line}");
        }
    }

    #[test]
    fn the_emulator_cannot_fail_to_start_once_the_guest_has_spoken() {
        let complained = |text: &str| relay(text.as_bytes(), false, &mpsc::channel().0);
        assert!(complained("qemu-system-x86_64: no machine\n"));
        assert!(!complained("lv6: memory: 511 MiB\nqemu-system-x86_64: no network\n"));
        assert!(!complained("qemu-system-x86_64: warning: no network\n"));
    }

    #[test]
    fn the_signal_that_came_first_counts() {
        let listener = Signals::new([0i32; 0]).unwrap().handle();
        let stop = Stop { emulator: None, signal: Arc::default(), listener };
        assert_eq!(stop.signal(), None);
        stop.with(2);
        stop.with(BROKEN_PIPE);
        assert_eq!(stop.signal(), Some(2));
    }

    #[test]
    fn a_signal_wins_over_the_guests_status() {
        use std::os::unix::process::ExitStatusExt;
        let exited = |code: i32| ExitStatus::from_raw(code << 8);
        assert_eq!(finish(exited(0), false, None).unwrap(), 0);
        assert_eq!(finish(exited(7 << 1 | 1), false, None).unwrap(), 7);
        assert_eq!(finish(exited(0), false, Some(15)).unwrap(), 143);
        assert!(finish(exited(1), true, None).is_err());
    }
}
