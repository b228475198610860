//! The attacks, one file for each idea.

mod control;
mod descriptors;
mod domains;
mod entries;
mod every_port;
mod exhaustion;
mod files;
mod machine;
mod mappings;
mod messages;
mod noncanonical;
mod ports;
mod processes;
mod random;
mod registers;
mod stacks;
mod translations;
mod virtualization;

use crate::stopped::Stopped;

/// An attack.
pub struct Case {
    /// What it is called.
    pub name: &'static str,
    /// How many variants it has; each runs in a process of its own.
    pub variants: Variants,
    /// Whether it takes minutes: then it runs only if it is asked for.
    pub long: bool,
    /// What must stop each of them.
    pub stopped: Stopped,
    /// What the process does, given the variant and the pid of a process to disturb. Its result is the exit status.
    pub attack: fn(u64, u64) -> u8,
}

/// The variants of an attack, numbered from 0.
#[derive(Clone, Copy)]
pub enum Variants {
    /// So many.
    Count(u64),
    /// One after another, for so many seconds; then what they leave is looked at after each. Their processes count what
    /// they do in their names.
    Seconds(u64),
}

/// A case that has one variant and never comes back.
const fn once(name: &'static str, stopped: Stopped, attack: fn(u64, u64) -> u8) -> Case {
    many(name, 1, stopped, attack)
}

/// A case that has many variants.
const fn many(name: &'static str, variants: u64, stopped: Stopped, attack: fn(u64, u64) -> u8) -> Case {
    Case { name, variants: Variants::Count(variants), long: false, stopped, attack }
}

/// A case that has many variants, of which each takes long.
const fn long(name: &'static str, variants: u64, stopped: Stopped, attack: fn(u64, u64) -> u8) -> Case {
    Case { long: true, ..many(name, variants, stopped, attack) }
}

/// A case whose variants are chosen by chance.
const fn by_the_clock(name: &'static str, seconds: u64, stopped: Stopped, attack: fn(u64, u64) -> u8) -> Case {
    Case { variants: Variants::Seconds(seconds), ..many(name, 0, stopped, attack) }
}

impl Case {
    /// Whether a person who gives this name, or none, wants this case: a part of its name will do, and the start of it if
    /// it takes long.
    pub fn is_wanted(&self, name: &str) -> bool {
        if self.long { !name.is_empty() && self.name.starts_with(name) } else { self.name.contains(name) }
    }
}

/// All attacks.
pub fn all() -> impl Iterator<Item = &'static Case> {
    let files: [&[Case]; 18] = [
        control::CASES,
        registers::CASES,
        virtualization::CASES,
        machine::CASES,
        ports::CASES,
        every_port::CASES,
        mappings::CASES,
        translations::CASES,
        entries::CASES,
        domains::CASES,
        descriptors::CASES,
        stacks::CASES,
        noncanonical::CASES,
        exhaustion::CASES,
        files::CASES,
        processes::CASES,
        messages::CASES,
        random::CASES,
    ];
    files.into_iter().flatten()
}
