//! `lv6 bench`: the measurements of the program `bench`, and the machine that they were made on.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::config::Config;
use crate::qemu::Iommu;
use crate::tools::{self, State};
use crate::{install, run};

/// What `lv6 bench` can be told.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often each measurement is made; the program's own number if not given.
    pub rounds: Option<u64>,
    /// Whether instructions are counted instead of cycles.
    pub count: bool,
}

/// Says what the machine is, boots, and has the measurements printed. Returns the status to leave with.
pub fn bench(config: &Config, options: Options) -> Result<u8> {
    install::qemu()?;
    let rounds = options.rounds.map(|rounds| rounds.to_string());
    let machine = run::Options {
        memory: 512,
        cpu: "max".into(),
        iommu: Iommu::default(),
        disk: None,
        ports: false,
        verbose: false,
        count: options.count,
        preempt: None,
        command: ["bench".to_owned()].into_iter().chain(rounds).collect(),
    };
    println!("{}", describe(&machine));
    run::run(config, &machine)
}

fn describe(machine: &run::Options) -> String {
    let version = match tools::qemu().state {
        State::Found(version) => version,
        State::Missing(_) => "?".into(),
    };
    let unit = if machine.count { "; a cycle is one instruction" } else { "" };
    format!("Machine: QEMU {version}, software emulation of processor {:?}, on {}{unit}", machine.cpu, processor())
}

/// The name of this machine's processor.
fn processor() -> String {
    let named = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| model_name(&text));
    let machine = || tools::output(Command::new("uname").arg("-m")).map(|text| text.trim().to_owned());
    named.or_else(machine).unwrap_or_else(|| "an unknown processor".into())
}

fn model_name(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(": ").map(|(_, name)| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processors_name_is_read() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\nmodel name\t: Another\n";
        assert_eq!(model_name(text).as_deref(), Some("Some CPU @ 3 GHz"));
        assert_eq!(model_name("processor: 0\n"), None);
    }
}
