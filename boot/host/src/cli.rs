//! The command line.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use lv6_image::command_line::Slice;

use crate::config::Config;
use crate::qemu::Iommu;
use crate::{bench, disk_image, doctor, extract, media, mkfs, mutate, run, soak, verify};

/// Boots lv6 in QEMU, with the console on this terminal. Ctrl-A x leaves.
#[derive(Parser, Debug)]
#[command(name = "lv6", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    Run(Run),
    Verify(Verify),
    Mutate(Mutate),
    /// Extract the verified core to Lean with Charon and Aeneas
    Extract,
    Soak(Soak),
    Bench(Bench),
    /// Make an ISO that boots from CD and from a USB disk, on BIOS and UEFI
    Iso {
        /// Where it goes; lv6.iso in the build folder if not given
        file: Option<PathBuf>,
    },
    /// Fill a folder from which a TFTP server boots machines with BIOS and UEFI
    Pxe {
        /// The folder; all files go into its sub-folder lv6
        dir: PathBuf,
    },
    Mkfs(Mkfs),
    Fsck(Fsck),
    /// Show what is installed, and the command that installs what is missing
    Doctor,
}

/// Build and boot; what no sub-command does too
///
/// The ports 10080, 10007 and 5900 of 127.0.0.1 lead to the guest's 80, 7 and 5900 while the shell runs.
#[derive(Args, Debug)]
struct Run {
    /// Memory of the machine in MiB
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=65536))]
    memory: u32,
    /// Processor model, as QEMU names it
    #[arg(long, value_name = "MODEL", default_value = "max")]
    cpu: String,
    /// Address bits of the unit between devices and memory
    #[arg(long, value_name = "BITS", default_value = "48")]
    iommu: Iommu,
    /// Give the machine this file as its disk, an NVMe drive
    #[arg(long, value_name = "FILE")]
    disk: Option<PathBuf>,
    /// How many milliseconds a program runs while others wait, or `off`: until it gives the processor up [default: 20]
    #[arg(long, value_name = "MS")]
    preempt: Option<Slice>,
    /// Open no ports of this machine
    #[arg(long)]
    no_ports: bool,
    /// Show the emulator's command line, and the whole kernel log while one program runs
    #[arg(short, long)]
    verbose: bool,
    /// Run this program instead of the shell, print what it prints, and leave with its status
    #[arg(last = true, value_name = "CMD")]
    command: Vec<String>,
}

/// Check the proofs
///
/// With `lake` on PATH this is `lake build`. Otherwise Lean comes from npm, once.
#[derive(Args, Debug)]
struct Verify {
    /// Check what the proof of this handler needs and no more, such as sys_reap
    handler: Option<String>,
    /// Print the time of every module, not only of the slowest
    #[arg(long)]
    stats: bool,
}

/// Seed faults into the extracted code, one at a time, and show that a proof fails for each
///
/// The committed files are not touched. Status 1 if a fault survives. With `--per-function 1`, the whole
/// run takes about an hour on two processors.
#[derive(Args, Debug)]
struct Mutate {
    /// Only faults in these functions of the core, such as sys_reap
    #[arg(value_name = "FUNCTION")]
    functions: Vec<String>,
    /// How many faults per function, of different kinds as far as they go; 0 means all
    #[arg(long, value_name = "N", default_value_t = 2)]
    per_function: usize,
    /// Only list the faults
    #[arg(long)]
    list: bool,
    /// How many faults are tried at a time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
}

/// Run random calls through the verified core on this machine
///
/// The invariant is checked on the way. A failing run is made short and printed as a list that --replay reads.
/// `cargo run --release -- soak` is the fastest.
#[derive(Args, Debug)]
struct Soak {
    /// How many calls
    #[arg(long, value_name = "N", default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    calls: u64,
    /// Which calls: the same seed gives the same run
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Check the whole invariant after each call, not after each 10,000th
    #[arg(long)]
    thorough: bool,
    /// Run the calls in this file instead, with the whole invariant checked after each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["calls", "seed", "thorough"])]
    replay: Option<PathBuf>,
}

/// Make a disk image
///
/// The disk gets the system's own files, so that lv6 can start from it, and what else is named. Nothing is written if
/// anything is wrong.
#[derive(Args, Debug)]
struct Mkfs {
    /// The file to make
    file: PathBuf,
    /// Size of the disk in blocks of 4096 bytes
    #[arg(long, value_name = "N", default_value_t = disk_image::DEFAULT_BLOCKS)]
    blocks: u64,
    /// Leave the system's own files out
    #[arg(long)]
    empty: bool,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
    /// Files to copy into the root of the disk; of a folder, what is in it
    #[arg(value_name = "FILE")]
    contents: Vec<PathBuf>,
}

/// Check a disk image, without changing it
///
/// Prints a line for everything that is wrong. The status is 0 if nothing is, otherwise 1.
#[derive(Args, Debug)]
struct Fsck {
    /// The disk image
    file: PathBuf,
}

/// Measure system calls, page faults and changes of permissions
///
/// The figures are hv6's, made with the same counts and printed in the same words. 10,000 rounds take some minutes where
/// the processor is emulated.
#[derive(Args, Debug)]
struct Bench {
    /// How often each measurement is made
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    rounds: Option<u64>,
    /// Count instructions instead of cycles: the same in each run, but blind to what one instruction costs
    #[arg(long)]
    count: bool,
}

/// The command line asks for something that does not exist.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}\nFor more information, try 'lv6 --help'.", self.0)
    }
}

impl std::error::Error for Usage {}

/// Does what the command line says. Wrong usage is status 2, failure 1.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        None => go(Command::Run(Run::default())),
        Some(command) => go(command),
    };
    result.unwrap_or_else(|error| {
        // Nothing sensible is left to do when standard error is gone.
        let _ = writeln!(io::stderr(), "lv6: {}", describe(&error));
        ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
    })
}

fn go(command: Command) -> Result<ExitCode> {
    let config = Config::find()?;
    match command {
        Command::Run(run) => run::run(&config, &run.into()).map(ExitCode::from),
        Command::Verify(verify) => verify::verify(&config, verify.handler, verify.stats).map(|_| ExitCode::SUCCESS),
        Command::Mutate(mutate) => {
            let found = mutate::mutate(&config, mutate.into())?;
            Ok(if found { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Extract => extract::extract(&config).map(|()| ExitCode::SUCCESS),
        Command::Soak(soak) => {
            let passed = soak::soak(&soak.into(), &mut io::stdout())?;
            Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Bench(Bench { rounds, count }) => {
            bench::bench(&config, bench::Options { rounds, count }).map(ExitCode::from)
        }
        Command::Iso { file } => media::iso(&config, file).map(|()| ExitCode::SUCCESS),
        Command::Pxe { dir } => media::pxe(&config, &dir).map(|()| ExitCode::SUCCESS),
        Command::Mkfs(mkfs) => mkfs::make(&config, &mkfs.into()).map(|()| ExitCode::SUCCESS),
        Command::Fsck(Fsck { file }) => {
            let clean = disk_image::check(&file, &mut io::stdout())?;
            Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Doctor => {
            let (report, complete) = doctor::examine(&config);
            io::stdout().write_all(report.as_bytes())?;
            Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// The error and its causes, a line each.
fn describe(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join("\n  because: ")
}

impl Default for Run {
    fn default() -> Self {
        Self {
            memory: 512,
            cpu: "max".to_owned(),
            iommu: Iommu::default(),
            disk: None,
            preempt: None,
            no_ports: false,
            verbose: false,
            command: Vec::new(),
        }
    }
}

impl From<Run> for run::Options {
    fn from(run: Run) -> Self {
        let Run { memory, cpu, iommu, disk, preempt, no_ports, verbose, command } = run;
        Self { memory, cpu, iommu, disk, ports: !no_ports, verbose, count: false, preempt, command }
    }
}

impl From<Mkfs> for mkfs::Options {
    fn from(mkfs: Mkfs) -> Self {
        let Mkfs { file, blocks, empty, force, contents } = mkfs;
        Self { file, blocks, system: !empty, replace: force, contents }
    }
}

impl From<Mutate> for mutate::Options {
    fn from(mutate: Mutate) -> Self {
        let Mutate { functions, per_function, list, jobs } = mutate;
        Self { functions, per_function, list, jobs: jobs.into(), ..Self::default() }
    }
}

impl From<Soak> for soak::Work {
    fn from(soak: Soak) -> Self {
        match soak.replay {
            Some(file) => Self::Replay(file),
            None if soak.thorough => Self::Random(soak::Options::thorough(soak.calls, soak.seed)),
            None => Self::Random(soak::Options::fast(soak.calls, soak.seed)),
        }
    }
}

impl ValueEnum for Iommu {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Bits48, Self::Bits39, Self::None]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Bits48 => PossibleValue::new("48").help("tables of four levels"),
            Self::Bits39 => PossibleValue::new("39").help("tables of three levels"),
            Self::None => PossibleValue::new("none").help("no such unit: no process can have a device"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use clap::error::ErrorKind;

    fn parse(words: &[&str]) -> Result<Option<Command>, ErrorKind> {
        let words = std::iter::once("lv6").chain(words.iter().copied());
        Cli::try_parse_from(words).map(|cli| cli.command).map_err(|error| error.kind())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn nothing_means_run_with_its_defaults() {
        assert!(parse(&[]).unwrap().is_none());
        let Ok(Some(Command::Run(run))) = parse(&["run"]) else { panic!("run is a command") };
        assert_eq!(format!("{run:?}"), format!("{:?}", Run::default()));
    }

    #[test]
    fn a_program_keeps_its_own_options() {
        let Ok(Some(Command::Run(run))) =
            parse(&["run", "--memory", "64", "--preempt", "off", "--disk", "a", "--", "ps", "--memory", "-x"])
        else {
            panic!("run takes a program")
        };
        assert_eq!((run.memory, run.preempt, run.disk), (64, Some(Slice::Endless), Some("a".into())));
        assert_eq!(run.command, ["ps", "--memory", "-x"]);
    }

    #[test]
    fn what_is_not_there_is_refused() {
        assert_eq!(parse(&["fly"]).unwrap_err(), ErrorKind::InvalidSubcommand);
        assert_eq!(parse(&["run", "ps"]).unwrap_err(), ErrorKind::UnknownArgument);
        assert_eq!(parse(&["run", "--memory", "0"]).unwrap_err(), ErrorKind::ValueValidation);
        for slice in ["0", "10001", "on", ""] {
            assert_eq!(parse(&["run", "--preempt", slice]).unwrap_err(), ErrorKind::ValueValidation);
        }
        assert_eq!(parse(&["run", "--iommu", "40"]).unwrap_err(), ErrorKind::InvalidValue);
        assert_eq!(parse(&["soak", "--calls", "0"]).unwrap_err(), ErrorKind::ValueValidation);
        assert_eq!(parse(&["soak", "--seed", "2", "--replay", "x"]).unwrap_err(), ErrorKind::ArgumentConflict);
        assert_eq!(parse(&["bench", "--rounds", "0"]).unwrap_err(), ErrorKind::ValueValidation);
        assert_eq!(parse(&["pxe"]).unwrap_err(), ErrorKind::MissingRequiredArgument);
        assert_eq!(parse(&["iso", "a", "b"]).unwrap_err(), ErrorKind::UnknownArgument);
        assert_eq!(parse(&["verify", "a", "b"]).unwrap_err(), ErrorKind::UnknownArgument);
    }
}
