//! The attacks, one file for each idea.

mod control;
mod descriptors;
mod entries;
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
    pub variants: u64,
    /// What must stop each of them.
    pub stopped: Stopped,
    /// What the process does, given the variant and the pid of a process to disturb. Its result is the exit status.
    pub attack: fn(u64, u64) -> u8,
}

/// A case that has one variant and never comes back.
const fn once(name: &'static str, stopped: Stopped, attack: fn(u64, u64) -> u8) -> Case {
    Case { name, variants: 1, stopped, attack }
}

/// A case that has many variants.
const fn many(name: &'static str, variants: u64, stopped: Stopped, attack: fn(u64, u64) -> u8) -> Case {
    Case { name, variants, stopped, attack }
}

/// All attacks.
pub fn all() -> impl Iterator<Item = &'static Case> {
    let files: [&[Case]; 16] = [
        control::CASES,
        registers::CASES,
        virtualization::CASES,
        machine::CASES,
        ports::CASES,
        mappings::CASES,
        translations::CASES,
        entries::CASES,
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
