//! What the programs that show the kernel's tables print.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use lv6_kernel::state::{PageType, ProcState};

use crate::process_name::Name;

/// A process, as people want to see it.
#[derive(Clone, Copy)]
pub struct Process {
    /// Its pid.
    pub pid: u64,
    /// Its parent.
    pub ppid: u64,
    /// What it is doing.
    pub state: ProcState,
    /// Its name.
    pub name: Name,
}

/// What a state is called.
pub fn state_name(state: ProcState) -> &'static str {
    match state {
        ProcState::Unused => "UNUSED",
        ProcState::Embryo => "EMBRYO",
        ProcState::Runnable => "RUNNABLE",
        ProcState::Running => "RUNNING",
        ProcState::Sleeping => "SLEEPING",
        ProcState::Zombie => "ZOMBIE",
    }
}

/// What a type of page is called.
pub fn page_type_name(kind: PageType) -> &'static str {
    match kind {
        PageType::Free => "FREE",
        PageType::Reserved => "RESERVED",
        PageType::ProcData => "PROC_DATA",
        PageType::Frame => "FRAME",
        PageType::X86Pml4 => "X86_PML4",
        PageType::X86Pdpt => "X86_PDPT",
        PageType::X86Pd => "X86_PD",
        PageType::X86Pt => "X86_PT",
        PageType::IommuPml4 => "IOMMU_PML4",
        PageType::IommuPdpt => "IOMMU_PDPT",
        PageType::IommuPd => "IOMMU_PD",
        PageType::IommuPt => "IOMMU_PT",
        PageType::IommuFrame => "IOMMU_FRAME",
    }
}

/// The process table: a header and a line per process.
pub fn ps(processes: &[Process]) -> String {
    let mut text = String::from("PID PPID STATE    NAME\n");
    for Process { pid, ppid, state, name } in processes {
        let _ = writeln!(text, "{pid:>3} {ppid:>4} {:<8} {name}", state_name(*state));
    }
    text
}

/// The tree of processes from `root` down, a line per process.
pub fn pstree(processes: &[Process], root: u64) -> String {
    let mut text = String::new();
    if let Some(process) = processes.iter().find(|process| process.pid == root) {
        let _ = writeln!(text, "{}({})", process.name, process.pid);
        branches(processes, root, "", &mut text);
    }
    text
}

/// The children of a process, each line after `indent`. (Init is its own parent, but not in this tree.)
fn branches(processes: &[Process], parent: u64, indent: &str, text: &mut String) {
    let children: Vec<&Process> =
        processes.iter().filter(|child| child.ppid == parent && child.pid != parent).collect();
    for (i, child) in children.iter().enumerate() {
        let last = i + 1 == children.len();
        let (branch, below) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
        let zombie = if child.state.is(ProcState::Zombie) { " (zombie)" } else { "" };
        let _ = writeln!(text, "{indent}{branch}{}({}){zombie}", child.name, child.pid);
        branches(processes, child.pid, &alloc::format!("{indent}{below}"), text);
    }
}

/// Neighbouring pages of the same type and owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first page.
    pub first: u64,
    /// The last page.
    pub last: u64,
    /// [`PageType::code`] of all of them.
    pub kind: u64,
    /// Owner of all of them.
    pub owner: u64,
}

/// Joins pages, given in order by type and owner, into runs.
pub fn runs(pages: impl Iterator<Item = (PageType, u64)>) -> impl Iterator<Item = (PageType, Run)> {
    let mut pages = pages.enumerate().peekable();
    core::iter::from_fn(move || {
        let (first, (kind, owner)) = pages.next()?;
        let mut run = Run { first: first as u64, last: first as u64, kind: kind.code(), owner };
        while let Some((last, _)) = pages.next_if(|(_, (k, o))| k.code() == run.kind && *o == owner) {
            run.last = last as u64;
        }
        Some((kind, run))
    })
}

/// A line of the page map: pages, type, owner and its name.
pub fn vmstat_line(kind: PageType, run: &Run, name: &str) -> String {
    let range = if run.first == run.last {
        alloc::format!("{}", run.first)
    } else {
        alloc::format!("{}-{}", run.first, run.last)
    };
    alloc::format!("{range:<9} {:<11} {:>2} {name}", page_type_name(kind), run.owner)
}

/// Boxes in a row, as many rows as it takes.
pub fn boxes(labels: &[String]) -> String {
    /// Boxes in a row.
    const ROW: usize = 4;
    let mut text = String::new();
    for (n, row) in labels.chunks(ROW).enumerate() {
        let more = (n + 1) * ROW < labels.len();
        let line = |left: &str, fill: &dyn Fn(&str) -> String, right: &str, join: &str| {
            let boxes: Vec<String> = row.iter().map(|label| alloc::format!("{left}{}{right}", fill(label))).collect();
            boxes.join(join)
        };
        let rule = |label: &str| "─".repeat(label.chars().count() + 2);
        let _ = writeln!(text, "{}", line("┌", &rule, "┐", "   "));
        let arrow = if more { " →" } else { "" };
        let _ = writeln!(text, "{}{arrow}", line("│", &|label| alloc::format!(" {label} "), "│", " → "));
        let _ = writeln!(text, "{}", line("└", &rule, "┘", "   "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process_name::encode;
    use std::vec;

    fn process(pid: u64, ppid: u64, state: ProcState, name: &str) -> Process {
        Process { pid, ppid, state, name: Name::decode(encode(name)) }
    }

    fn some() -> Vec<Process> {
        vec![
            process(1, 1, ProcState::Runnable, "init"),
            process(2, 1, ProcState::Runnable, "sh"),
            process(3, 1, ProcState::Zombie, "orphan"),
            process(10, 2, ProcState::Running, "pstree"),
        ]
    }

    #[test]
    fn ps_has_a_line_per_process() {
        let expected = [
            "PID PPID STATE    NAME",
            "  1    1 RUNNABLE init",
            "  2    1 RUNNABLE sh",
            "  3    1 ZOMBIE   orphan",
            " 10    2 RUNNING  pstree",
        ];
        assert_eq!(ps(&some()).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn pstree_shows_who_made_whom() {
        assert_eq!(pstree(&some(), 1), "init(1)\n├── sh(2)\n│   └── pstree(10)\n└── orphan(3) (zombie)\n");
        assert_eq!(pstree(&some(), 9), "");
    }

    #[test]
    fn runs_join_equal_neighbours_only() {
        use PageType::{Frame, Free, X86Pml4};
        let pages = [(Free, 0), (X86Pml4, 1), (Frame, 1), (Frame, 1), (Frame, 2), (Free, 0), (Free, 0)];
        let lines: Vec<String> = runs(pages.into_iter()).map(|(kind, run)| vmstat_line(kind, &run, "x")).collect();
        let expected = [
            "0         FREE         0 x",
            "1         X86_PML4     1 x",
            "2-3       FRAME        1 x",
            "4         FRAME        2 x",
            "5-6       FREE         0 x",
        ];
        assert_eq!(lines, expected);
        assert_eq!(runs(core::iter::empty()).count(), 0);
    }

    #[test]
    fn boxes_are_closed_and_joined() {
        assert_eq!(
            boxes(&["1 a".into(), "12 b".into()]),
            "┌─────┐   ┌──────┐\n│ 1 a │ → │ 12 b │\n└─────┘   └──────┘\n"
        );
        assert_eq!(boxes(&vec!["1".into(); 5]).lines().count(), 6);
        assert_eq!(boxes(&[]), "");
    }
}
