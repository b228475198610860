//! Machines for the tests: at most two at a time, never outliving their test, and talkative when something is wrong.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, LazyLock, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use lv6_host::config::Config;
use lv6_host::{image, install};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::tempfile;

/// The command under test.
const LV6: &str = env!("CARGO_BIN_EXE_lv6");
/// No step of a test takes longer on a machine that works, but for those that say so.
const PATIENCE: Duration = Duration::from_secs(180);
/// Machines that may run at the same time, in all test processes together.
const MACHINES: usize = 2;

/// Everything is built before the first machine starts, so that no test waits for the compiler.
static CONFIG: LazyLock<Option<Config>> = LazyLock::new(|| {
    let config = Config::find().unwrap();
    let built =
        install::qemu().and_then(|()| install::guest_target(&config)).and_then(|()| image::build_image(&config));
    if let Err(error) = &built {
        // Said once, and not through one test's own output: it is the failure of all of them.
        let _ = writeln!(io::stderr(), "{error:#}");
    }
    built.is_ok().then_some(config)
});

/// Where things are, once all is built.
pub fn config() -> &'static Config {
    CONFIG.as_ref().expect("there is an emulator, and the image can be built (why not is said above)")
}

/// The right to run a machine.
pub struct Slot(#[expect(dead_code, reason = "held for its lock")] File);

impl Slot {
    /// Waits until there is one.
    pub fn take() -> Self {
        loop {
            for n in 0..MACHINES {
                let file = File::create(config().guest.join(format!("machine-{n}.lock"))).unwrap();
                match file.try_lock() {
                    Ok(()) => return Self(file),
                    Err(TryLockError::WouldBlock) => {}
                    Err(TryLockError::Error(error)) => panic!("{error}"),
                }
            }
            sleep(Duration::from_millis(50));
        }
    }
}

/// What a finished command left.
pub struct Finished {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Finished {
    /// Holds the exit status against what is expected, and shows all output if it differs.
    #[track_caller]
    pub fn expect_status(&self, status: i32) -> &Self {
        assert_eq!(self.status.code(), Some(status), "\n--- output:\n{}\n--- errors:\n{}", self.out, self.err);
        self
    }

    /// Asserts something about the output, and shows all of it if that fails.
    #[track_caller]
    pub fn expect(&self, what: &str, holds: impl FnOnce(&Self) -> bool) -> &Self {
        assert!(holds(self), "expected: {what}\n--- output:\n{}\n--- errors:\n{}", self.out, self.err);
        self
    }
}

/// Runs `lv6` with these arguments and this input to its end, without a terminal.
#[track_caller]
pub fn lv6(arguments: &[&str], input: &str) -> Finished {
    lv6_within(PATIENCE, arguments, input)
}

/// As [`lv6`], for what takes longer than other things do.
#[track_caller]
pub fn lv6_within(patience: Duration, arguments: &[&str], input: &str) -> Finished {
    let _slot = Slot::take();
    let (mut typed, mut out, mut err) = (tempfile().unwrap(), tempfile().unwrap(), tempfile().unwrap());
    typed.write_all(input.as_bytes()).unwrap();
    typed.rewind().unwrap();
    let mut child = Command::new(LV6)
        .args(arguments)
        .stdin(typed)
        .stdout(Stdio::from(out.try_clone().unwrap()))
        .stderr(Stdio::from(err.try_clone().unwrap()))
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if start.elapsed() > patience {
            // The command ends its machine when it is asked to; only then is it safe to stop waiting.
            terminate(child.id());
            child.wait().unwrap();
            break None;
        }
        sleep(Duration::from_millis(10));
    };
    let (out, err) = (text(&mut out), text(&mut err));
    let Some(status) = status else {
        panic!("lv6 {arguments:?} did not end in {patience:?}\n--- output:\n{out}\n--- errors:\n{err}")
    };
    Finished { status, out, err }
}

/// Runs `lv6` with a reader that goes away after the first line, as `head` does.
pub fn pipe_to_reader_of_one_line(arguments: &[&str]) -> ExitStatus {
    let _slot = Slot::take();
    let mut command = Command::new(LV6);
    let mut child = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.ends_with('\n'), "{line:?}");
    child.wait().unwrap()
}

/// Boots, runs one program, and returns what it left.
#[track_caller]
pub fn program(words: &[&str]) -> Finished {
    lv6(&[&["run", "--"], words].concat(), "")
}

fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Asks a process to end.
pub fn terminate(pid: u32) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    // A command that has just ended needs no signal.
    let _ = kill_process(pid, Signal::TERM);
}

/// A machine at a terminal.
pub struct Machine {
    child: Box<dyn Child + Send + Sync>,
    terminal: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    screen: Arc<Screen>,
    /// How much of the screen earlier waits have gone through.
    seen: usize,
    _slot: Slot,
}

/// All that a terminal was sent.
#[derive(Default)]
struct Screen {
    text: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Machine {
    /// Starts `lv6` with these arguments at a terminal of its own.
    pub fn start(arguments: &[&str]) -> Self {
        let slot = Slot::take();
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut command = CommandBuilder::new(LV6);
        command.args(arguments);
        let child = pair.slave.spawn_command(command).unwrap();
        let screen = Arc::new(Screen::default());
        let (mut from, to) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&screen));
        thread::spawn(move || to.show(&mut from));
        let keyboard = pair.master.take_writer().unwrap();
        Self { child, terminal: pair.master, keyboard, screen, seen: 0, _slot: slot }
    }

    /// Boots to the shell's first prompt.
    pub fn shell() -> Self {
        let mut machine = Self::start(&["run", "--no-ports"]);
        machine.wait_for("$ ");
        machine
    }

    /// Waits for a text after all that was waited for before. Returns what came before it.
    #[track_caller]
    pub fn wait_for(&mut self, wanted: &str) -> String {
        let found = self.screen.find(wanted.as_bytes(), self.seen);
        let Some(at) = found else { panic!("{wanted:?} did not come.\n--- the terminal:\n{}", self.transcript()) };
        let text = self.screen.text.lock().unwrap();
        let before = String::from_utf8_lossy(&text.0[self.seen..at]).replace('\r', "");
        self.seen = at + wanted.len();
        before
    }

    /// Types text.
    pub fn keys(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Runs a command at the shell's prompt. Returns what it printed.
    #[track_caller]
    pub fn command(&mut self, line: &str) -> String {
        self.keys(&format!("{line}\r"));
        self.wait_for("\n");
        self.wait_for("$ ")
    }

    /// Waits for the end. Returns the exit status.
    #[track_caller]
    pub fn end(&mut self) -> u32 {
        let status = self.end_within(PATIENCE);
        status.unwrap_or_else(|| panic!("it does not end.\n--- the terminal:\n{}", self.transcript()))
    }

    fn end_within(&mut self, patience: Duration) -> Option<u32> {
        let start = Instant::now();
        while start.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status.exit_code());
            }
            sleep(Duration::from_millis(10));
        }
        None
    }

    /// Asks the command to end, as `kill` does.
    pub fn terminate(&self) {
        terminate(self.child.process_id().unwrap());
    }

    /// The terminal's settings, for comparing.
    pub fn terminal_mode(&self) -> String {
        format!("{:?}", self.terminal.get_termios().unwrap())
    }

    /// All that the terminal was sent.
    pub fn transcript(&self) -> String {
        String::from_utf8_lossy(&self.screen.text.lock().unwrap().0).into_owned()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.terminate();
            if self.end_within(Duration::from_secs(10)).is_none() {
                // With the terminal's first process ends everything at that terminal, the emulator too.
                let _ = self.child.kill();
            }
        }
    }
}

impl Screen {
    fn show(&self, from: &mut dyn Read) {
        let mut bytes = [0; 4096];
        loop {
            // A terminal whose programs have all ended gives an error.
            let n = from.read(&mut bytes).unwrap_or(0);
            let mut text = self.text.lock().unwrap();
            text.0.extend_from_slice(&bytes[..n]);
            text.1 = n == 0;
            self.changed.notify_all();
            if n == 0 {
                return;
            }
        }
    }

    fn find(&self, wanted: &[u8], from: usize) -> Option<usize> {
        let place = |text: &[u8]| text[from..].windows(wanted.len()).position(|part| part == wanted).map(|n| from + n);
        let waiting = |text: &mut (Vec<u8>, bool)| place(&text.0).is_none() && !text.1;
        let text = self.text.lock().unwrap();
        let (text, _) = self.changed.wait_timeout_while(text, PATIENCE, waiting).unwrap();
        place(&text.0)
    }
}
