//! The other ways to start: CD, USB disk and network, on BIOS and on UEFI, each to the shell's prompt.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use lv6_host::media::{self, NET_FILES};
use lv6_host::qemu::{Console, Iommu, Machine, Medium};
use lv6_host::{image, install, tools};
use lv6_image::font::ALL;
use lv6_image::text_screen::{COLUMNS, ROWS};
use tempfile::TempDir;

use crate::machine::{Slot, config, terminate};

/// How long firmware, boot loader and kernel may take together.
const PATIENCE: Duration = Duration::from_secs(150);

/// The ISO, and the folder for the network: made once.
static MEDIA: LazyLock<Option<(PathBuf, PathBuf)>> = LazyLock::new(|| {
    let (iso, folder) = (config().guest.join("lv6.iso"), config().guest.join("tftp"));
    let made = media::make_iso(config(), &iso)
        .and_then(|()| media::fill_net_folder(config(), &folder))
        .and_then(|()| install::ovmf());
    if let Err(error) = &made {
        let _ = writeln!(std::io::stderr(), "{error:#}");
    }
    made.is_ok().then_some((iso, folder))
});

#[derive(Clone, Copy, PartialEq, Eq)]
enum Firmware {
    Bios,
    Uefi,
}

/// What the machine starts from.
#[derive(Clone, Copy)]
enum From {
    Cd,
    Usb,
    Net,
}

/// The machine that `lv6 run` starts, with kernel's log and console together on its serial line.
fn machine(command: &[&str]) -> Machine {
    Machine {
        memory: 512,
        cpu: "max".into(),
        iommu: Iommu::default(),
        disk: None,
        ports: Vec::new(),
        console: Console::Pipe,
        split_log: false,
        count: false,
        preempt: None,
        command: command.iter().map(|word| (*word).to_owned()).collect(),
    }
}

/// A machine with its serial line.
struct Started {
    child: Child,
    keys: ChildStdin,
    arriving: Receiver<Vec<u8>>,
    text: Vec<u8>,
    folder: TempDir,
    _slot: Slot,
}

impl Started {
    fn new(from: From, firmware: Firmware) -> Self {
        let (iso, net) = MEDIA.as_ref().expect("there is a boot loader (why not is said above)");
        let slot = Slot::take();
        let folder = TempDir::new().unwrap();
        let settings = folder.path().join("settings");
        let uefi = firmware == Firmware::Uefi;
        if uefi {
            fs::copy(tools::OVMF[1], &settings).unwrap();
        }
        let medium = match from {
            From::Cd => Medium::Cd(iso),
            From::Usb => Medium::Usb(iso),
            From::Net => Medium::Net(net, NET_FILES[usize::from(uefi)]),
        };
        let monitor = format!("socket,id=monitor,server=on,wait=off,path={}", folder.path().join("monitor").display());
        let mut child = Command::new(tools::QEMU)
            .args(machine(&[]).arguments_for(medium, uefi.then_some(settings.as_path())))
            .args(["-chardev", &monitor, "-mon", "chardev=monitor"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(folder.path().join("errors")).unwrap())
            .spawn()
            .unwrap();
        let (sender, arriving) = channel();
        let mut out = child.stdout.take().unwrap();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = out.read(&mut bytes) {
                let _ = sender.send(bytes[..n].to_vec());
            }
        });
        let keys = child.stdin.take().unwrap();
        Started { child, keys, arriving, text: Vec::new(), folder, _slot: slot }
    }

    /// All that has come over the serial line.
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).replace('\r', "")
    }

    /// Waits until this has come over the serial line; without it, shows the end of what came.
    #[track_caller]
    fn wait_for(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.text().contains(wanted) {
            match self.arriving.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.text.extend(bytes),
                Err(why) => {
                    let text = self.text();
                    let tail: Vec<_> = text.lines().rev().take(25).collect();
                    let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
                    let why = match why {
                        RecvTimeoutError::Timeout => format!("in {PATIENCE:?}"),
                        RecvTimeoutError::Disconnected => "and the machine has ended".to_owned(),
                    };
                    let errors = fs::read_to_string(self.folder.path().join("errors")).unwrap();
                    panic!("{wanted:?} did not come {why}; the last lines:\n{tail}\n--- errors:\n{errors}");
                }
            }
        }
    }

    /// What the screen shows, line by line.
    fn screen(&self) -> Vec<String> {
        let file = self.folder.path().join("screen.ppm");
        let mut monitor = UnixStream::connect(self.folder.path().join("monitor")).unwrap();
        writeln!(monitor, "screendump {}", file.display()).unwrap();
        let start = Instant::now();
        loop {
            // The picture is complete when it is as long as it says.
            if let Some(text) = fs::read(&file).ok().and_then(|bytes| read_screen(&bytes)) {
                return text;
            }
            assert!(start.elapsed() < PATIENCE, "no picture of the screen");
            sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        terminate(self.child.id());
        let _ = self.child.wait();
    }
}

/// Reads the text in a picture in the format PPM; none if the picture is not complete. What is no character is `?`.
fn read_screen(picture: &[u8]) -> Option<Vec<String>> {
    let mut reader = BufReader::new(picture);
    let mut header = String::new();
    for _ in 0..3 {
        reader.read_line(&mut header).ok()?;
    }
    let words: Vec<_> = header.split_whitespace().collect();
    let ["P6", width, height, "255"] = words[..] else { return None };
    let (width, height): (usize, usize) = (width.parse().ok()?, height.parse().ok()?);
    let mut pixels = Vec::new();
    reader.read_to_end(&mut pixels).ok()?;
    if pixels.len() < width * height * 3 {
        return None;
    }
    let font = ALL.into_iter().find(|font| font.width * COLUMNS <= width && font.height * ROWS <= height)?;
    let (left, top) = ((width - font.width * COLUMNS) / 2, (height - font.height * ROWS) / 2);
    let line = |row: usize, column: usize, y: usize| {
        let first = (top + row * font.height + y) * width + left + column * font.width;
        (first..first + font.width).fold(0, |bits, n| bits << 1 | u32::from(pixels[3 * n] != 0))
    };
    let character = |row, column| {
        let same = |byte: &u8| (0..font.height).all(|y| font.line(*byte, y) == line(row, column, y));
        (b' '..=b'~').find(same).map_or('?', char::from)
    };
    Some((0..ROWS).map(|row| (0..COLUMNS).map(|column| character(row, column)).collect()).collect())
}

/// Boots to the prompt, and has the shell answer.
#[track_caller]
fn boots(from: From, firmware: Firmware) -> Started {
    let mut machine = Started::new(from, firmware);
    machine.wait_for("\n$ ");
    let text = machine.text();
    assert!(text.contains("lv6: IOMMU: Intel, units: 1, table levels: 4\n"), "{text}");
    let console = match firmware {
        Firmware::Bios => "lv6: console: serial line, text mode\n",
        Firmware::Uefi => "lv6: console: serial line, framebuffer ",
    };
    assert!(text.contains(console), "{text}");
    machine.keys.write_all(b"echo started\r").unwrap();
    machine.wait_for("\nstarted\n$ ");
    machine
}

#[test]
fn a_machine_without_the_emulators_exit_is_switched_off() {
    let image = image::build_image(config()).unwrap();
    let _slot = Slot::take();
    let words = machine(&["echo", "done"]).arguments(&image);
    let exit = words.iter().position(|word| word.to_string_lossy().starts_with("isa-debug-exit")).unwrap();
    let words = [&words[..exit - 1], &words[exit + 1..]].concat();
    let mut child = Command::new(tools::QEMU).args(words).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() && start.elapsed() < PATIENCE {
        sleep(Duration::from_millis(50));
    }
    terminate(child.id());
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    // Not by the signal.
    assert!(output.status.success() && start.elapsed() < PATIENCE, "{}\n{text}", output.status);
    assert!(text.ends_with("\ndone\n"), "{text}");
}

#[test]
fn from_cd_on_bios() {
    boots(From::Cd, Firmware::Bios);
}

#[test]
fn from_usb_disk_on_bios() {
    boots(From::Usb, Firmware::Bios);
}

#[test]
fn from_network_on_bios() {
    boots(From::Net, Firmware::Bios);
}

#[test]
fn from_cd_on_uefi_with_text_on_the_framebuffer() {
    let machine = boots(From::Cd, Firmware::Uefi);
    let screen = machine.screen();
    // The text that came over the serial line is there to read, from its first line on.
    assert!(screen[0].starts_with("lv6: console: serial line, framebuffer "), "{screen:#?}");
    assert!(screen.iter().any(|line| line.starts_with("lv6: IOMMU: Intel")), "{screen:#?}");
}

#[test]
fn from_usb_disk_on_uefi() {
    boots(From::Usb, Firmware::Uefi);
}

#[test]
fn from_network_on_uefi() {
    boots(From::Net, Firmware::Uefi);
}
