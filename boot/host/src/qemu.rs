//! The emulator: how it is called, and what its exit status means.

use std::borrow::Cow;
use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use lv6_image::command_line::{PREEMPT, Slice};

use crate::{drive, tools};

/// Ports of this machine, and the guest's ports behind them: web, daytime, screen.
pub const PORTS: [(u16, u16); 3] = [(10080, 80), (10007, 7), (5900, 5900)];

/// How the guest's console is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Console {
    /// A person at the terminal. Every key goes to the guest but Ctrl-A, which talks to the emulator.
    Terminal,
    /// One program's output, with a terminal for its input: Ctrl-C ends the machine, Ctrl-A works as above.
    Program,
    /// No terminal: bytes in, bytes out, and none of them special.
    Pipe,
}

/// The unit that translates addresses for devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Iommu {
    /// Addresses of 48 bits: tables of four levels.
    #[default]
    Bits48,
    /// Addresses of 39 bits: tables of three levels.
    Bits39,
    /// There is none, so no process can have a device.
    None,
}

impl Iommu {
    /// The emulator's arguments. They come before those of every device behind the unit.
    const fn arguments(self) -> &'static str {
        match self {
            Self::Bits48 => "-device intel-iommu,intremap=on,aw-bits=48",
            Self::Bits39 => "-device intel-iommu,intremap=on,aw-bits=39",
            Self::None => "",
        }
    }
}

/// A machine to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Memory in MiB.
    pub memory: u32,
    /// Processor model, in the emulator's words.
    pub cpu: String,
    /// What translates addresses for devices.
    pub iommu: Iommu,
    /// The file that is its disk.
    pub disk: Option<PathBuf>,
    /// Pairs of ports, ours and the guest's.
    pub ports: Vec<(u16, u16)>,
    /// Where the console goes.
    pub console: Console,
    /// Whether the kernel's log goes to the emulator's standard error, away from the console.
    pub split_log: bool,
    /// Whether time goes on by a nanosecond with each instruction, and not otherwise: then times are numbers of
    /// instructions, the same in each run.
    pub count: bool,
    /// How long a process runs while others wait, if the kernel is not to decide.
    pub preempt: Option<Slice>,
    /// What init runs, word by word; nothing for the shell.
    pub command: Vec<String>,
}

/// What a machine starts from when it starts as others than the emulator's do.
#[derive(Clone, Copy, Debug)]
pub enum Medium<'a> {
    /// An ISO as a CD.
    Cd(&'a Path),
    /// An ISO on a USB disk.
    Usb(&'a Path),
    /// A file in a folder that the network offers.
    Net(&'a Path, &'a str),
}

impl Machine {
    /// The emulator's arguments for a machine that starts with this kernel.
    pub fn arguments(&self, image: &Path) -> Vec<OsString> {
        let mut words = self.hardware("");
        words.extend(["-kernel".into(), image.into(), "-append".into()]);
        let options = self.preempt.iter().map(|slice| Cow::from(format!("{PREEMPT}{slice}")));
        let command = self.command.iter().map(|word| quoted(word).unwrap_or_else(|| word.into()));
        let line = [Cow::from("lv6")].into_iter().chain(options).chain(command);
        words.push(line.collect::<Vec<_>>().join(" ").into());
        words
    }

    /// The emulator's arguments for a machine whose firmware looks for a kernel there: BIOS, or UEFI if it gets a file
    /// for its settings.
    pub fn arguments_for(&self, medium: Medium, uefi: Option<&Path>) -> Vec<OsString> {
        let drive = |options: &str, file: &Path| {
            let mut word = OsString::from(format!("{options},format=raw,file="));
            // The emulator wants a comma in a name doubled.
            word.push(file.to_string_lossy().replace(',', ",,"));
            ["-drive".into(), word]
        };
        let mut words = match medium {
            Medium::Net(folder, file) => {
                let folder = folder.to_string_lossy().replace(',', ",,");
                self.hardware(&format!(",tftp={folder},bootfile={file}"))
            }
            Medium::Cd(_) | Medium::Usb(_) => self.hardware(""),
        };
        match medium {
            Medium::Cd(iso) => words.extend(drive("media=cdrom,readonly=on", iso)),
            Medium::Usb(iso) => {
                words.extend(drive("if=none,id=stick,readonly=on", iso));
                words
                    .extend(["-device", "qemu-xhci", "-device", "usb-storage,drive=stick,bootindex=0"].map(Into::into));
            }
            Medium::Net(..) => words.extend(["-boot", "n"].map(Into::into)),
        }
        if let Some(settings) = uefi {
            words.extend(drive("if=pflash,readonly=on", Path::new(tools::OVMF[0])));
            words.extend(drive("if=pflash", settings));
        }
        words
    }

    /// The arguments for the machine itself, with more options for its network.
    fn hardware(&self, net: &str) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        let mut add = |text: &str| words.extend(text.split_whitespace().map(OsString::from));
        add("-M q35");
        add(self.iommu.arguments());
        add("-accel tcg -display none -no-reboot -device isa-debug-exit,iobase=0x501,iosize=2");
        add(&format!("-m {} -cpu {}", self.memory, self.cpu));
        if self.count {
            add("-icount shift=0,sleep=off");
        }
        match self.console {
            Console::Terminal => add("-serial mon:stdio"),
            Console::Program => {
                add("-chardev stdio,id=console,mux=on,signal=on -serial chardev:console -mon chardev=console");
            }
            Console::Pipe => add("-chardev stdio,id=console -serial chardev:console -monitor none"),
        }
        if self.split_log {
            add("-chardev file,id=log,path=/dev/stderr -device isa-debugcon,iobase=0xe9,chardev=log");
        }
        let forwards = self.ports.iter().map(|(host, guest)| format!(",hostfwd=tcp:127.0.0.1:{host}-:{guest}"));
        let network = format!("user,id=net{}{net}", forwards.collect::<String>());
        words.extend(["-netdev", &network, "-device", "e1000,netdev=net", "-device", "edu"].map(OsString::from));
        words.extend(self.disk.iter().flat_map(|path| drive::arguments(path)));
        words
    }
}

/// A word as it must be written on the kernel's command line; none if that is not possible.
pub fn quoted(word: &str) -> Option<Cow<'_, str>> {
    let plain = !word.is_empty() && !word.contains(' ') && !word.starts_with(['\'', '"']);
    if plain {
        return Some(word.into());
    }
    ['\'', '"'].into_iter().find(|quote| !word.contains(*quote)).map(|quote| format!("{quote}{word}{quote}").into())
}

/// Whether somebody listens on a port of this machine already.
pub fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

/// How a machine ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The guest left with this status.
    Status(u8),
    /// Somebody switched the machine off.
    Off,
    /// The emulator failed.
    Broken,
}

/// Reads the emulator's exit status. The guest writes its status `v` to a port and the emulator leaves with `2v + 1`;
/// 1 is also how the emulator says that it could not start, so it matters whether it `complained`.
pub fn end(status: ExitStatus, complained: bool) -> End {
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(0) => End::Off,
        Some(1) if complained => End::Broken,
        Some(code) if code % 2 == 1 => End::Status(code / 2),
        _ => End::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn exited(code: i32) -> ExitStatus {
        ExitStatus::from_raw(code << 8)
    }

    #[test]
    fn statuses_come_back_as_the_guest_wrote_them() {
        for status in 0..=127u8 {
            assert_eq!(end(exited(i32::from(status) << 1 | 1), false), End::Status(status));
        }
        assert_eq!(end(exited(0), false), End::Off);
        assert_eq!(end(exited(1), true), End::Broken);
        assert_eq!(end(exited(2), false), End::Broken);
        assert_eq!(end(ExitStatus::from_raw(9), false), End::Broken);
    }

    fn machine(console: Console, split_log: bool, command: &[&str]) -> String {
        machine_with(Iommu::Bits48, console, split_log, command)
    }

    /// A machine with nothing but the devices that every one has.
    fn plain() -> Machine {
        Machine {
            memory: 512,
            cpu: "max".into(),
            iommu: Iommu::Bits48,
            disk: None,
            ports: Vec::new(),
            console: Console::Pipe,
            split_log: false,
            count: false,
            preempt: None,
            command: Vec::new(),
        }
    }

    fn machine_with(iommu: Iommu, console: Console, split_log: bool, command: &[&str]) -> String {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        let ports = vec![(10080, 80), (5900, 5900)];
        let machine = Machine { iommu, ports, console, split_log, command, ..plain() };
        let words: Vec<_> = machine.arguments(Path::new("/t/lv6 image")).into_iter().collect();
        words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_terminal_gets_the_console_and_the_monitor() {
        assert_eq!(
            machine(Console::Terminal, false, &[]),
            "-M|q35|-device|intel-iommu,intremap=on,aw-bits=48|-accel|tcg|-display|none|-no-reboot\
             |-device|isa-debug-exit,iobase=0x501,iosize=2|-m|512|-cpu|max|-serial|mon:stdio|-netdev|user,id=net,hostfwd=tcp:127.0.0.1:10080-:80,hostfwd=tcp:127.0.0.1:5900-:5900\
             |-device|e1000,netdev=net|-device|edu|-kernel|/t/lv6 image|-append|lv6"
        );
    }

    #[test]
    fn a_program_gets_its_words_and_its_log_apart() {
        let words = machine(Console::Pipe, true, &["echo", "a", "b"]);
        assert!(words.ends_with("|-append|lv6 echo a b"), "{words}");
        let words = machine(Console::Pipe, true, &["sh", "-c", "a 'b'", "it's", "'", ""]);
        assert!(words.ends_with("|-append|lv6 sh -c \"a 'b'\" it's \"'\" ''"), "{words}");
        assert!(words.contains("|isa-debugcon,iobase=0xe9,chardev=log|"), "{words}");
        assert!(!words.contains("mon:"), "{words}");
    }

    #[test]
    fn the_kernels_options_come_before_the_programs_words() {
        let machine = Machine { preempt: Some(Slice::Endless), command: vec!["ps".into()], ..plain() };
        assert_eq!(machine.arguments(Path::new("x")).last().unwrap(), "lv6 lv6.preempt=off ps");
    }

    #[test]
    fn the_unit_for_devices_comes_before_them_or_not_at_all() {
        let words = |iommu| machine_with(iommu, Console::Pipe, true, &[]);
        assert!(words(Iommu::Bits39).starts_with("-M|q35|-device|intel-iommu,intremap=on,aw-bits=39|-accel|"));
        assert!(words(Iommu::None).starts_with("-M|q35|-accel|"));
        assert!(!words(Iommu::None).contains("iommu"));
    }

    #[test]
    fn other_media_take_the_place_of_the_kernel() {
        let machine = plain();
        let words = |medium, uefi| {
            let words = machine.arguments_for(medium, uefi);
            words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join("|")
        };
        let cd = words(Medium::Cd(Path::new("/t/a,b c")), None);
        assert!(cd.ends_with("|-drive|media=cdrom,readonly=on,format=raw,file=/t/a,,b c"), "{cd}");
        let usb = words(Medium::Usb(Path::new("x")), Some(Path::new("settings")));
        assert!(
            usb.contains("|-device|usb-storage,drive=stick,bootindex=0|") && usb.ends_with("file=settings"),
            "{usb}"
        );
        let net = words(Medium::Net(Path::new("/t f"), "lv6/x"), None);
        assert!(net.contains("|user,id=net,tftp=/t f,bootfile=lv6/x|") && net.ends_with("|-boot|n"), "{net}");
        for words in [cd, usb, net] {
            assert!(words.starts_with("-M|q35|-device|intel-iommu") && !words.contains("-kernel"), "{words}");
        }
    }

    #[test]
    fn a_disk_is_behind_the_unit_for_devices() {
        let machine = Machine { disk: Some("/t/disk".into()), ..plain() };
        let words: Vec<_> = machine.arguments(Path::new("/t/image"));
        let place = |start: &str| words.iter().position(|word| word.to_string_lossy().starts_with(start));
        assert!(place("file=/t/disk,").unwrap() > place("intel-iommu,").unwrap());
        assert!(place("nvme,").is_some());
    }

    #[test]
    fn a_port_in_use_is_seen() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(is_taken(port));
        drop(held);
        assert!(!is_taken(port));
    }
}
