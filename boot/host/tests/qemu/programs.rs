//! The programs that show the kernel's tables, run as the only program.

use crate::machine::{Machine, lv6, pipe_to_reader_of_one_line, program};

#[test]
fn pstree_draws_init_at_the_root() {
    program(&["pstree"]).expect_status(0).expect("init, and below it the file server and pstree", |run| {
        let lines: Vec<_> = run.out.lines().collect();
        lines.len() == 3 && lines[..2] == ["init(1)", "├── fs(2)"] && lines[2].starts_with("└── pstree(")
    });
}

#[test]
fn vmstat_covers_every_page_once() {
    let run = program(&["vmstat"]);
    run.expect_status(0);
    let mut next = 0;
    for line in run.out.lines() {
        let range = line.split_whitespace().next().unwrap_or_default();
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) else { panic!("{line}") };
        assert!(first == next && first <= last, "{line}\n{}", run.out);
        next = last + 1;
    }
    assert_eq!(next, lv6_abi::limits::NPAGE, "{}", run.out);
    for kind in ["FREE", "PROC_DATA", "FRAME", "X86_PML4", "X86_PDPT", "X86_PD", "X86_PT"] {
        run.expect(kind, |run| run.out.contains(kind));
    }
}

#[test]
fn no_page_and_no_process_is_off_its_list() {
    program(&["freelist"]).expect_status(0).expect("no free page outside", |run| run.out.contains(" 0 "));
    program(&["readylist"]).expect_status(0).expect("no ready process outside", |run| run.out.contains(" 0 "));
}

#[test]
fn fault_handles_a_page_fault_and_dies_of_a_port() {
    program(&["fault"])
        .expect("a status that is not success", |run| run.status.code().is_some_and(|status| status != 0))
        .expect("the fault's address", |run| run.out.contains("page fault at address 0x0"))
        .expect("why it was killed", |run| run.err.contains("killed process") && run.err.contains("exit IOIO"));
    let mut machine = Machine::shell();
    machine.command("fault");
    assert_eq!(machine.command("echo the others go on"), "the others go on\n");
}

#[test]
fn bench_measures_the_same_each_time_when_instructions_are_counted() {
    let run = || lv6(&["bench", "--rounds", "5", "--count"], "");
    let first = run();
    let figure = |start: &str| {
        let line = first.out.lines().find_map(|line| line.strip_prefix(start)?.strip_suffix(" cycles"));
        line.and_then(|number| number.parse::<u64>().ok()).unwrap_or_else(|| panic!("no {start:?}\n{}", first.out))
    };
    let names = ["System call took ", "User fault took ", "PROT1,TRAP,UNPROT took ", "PROTN,TRAP,UNPROT took "];
    let [call, fault, one, all] = names.map(figure);
    // What a call executes on its way through the kernel and back is known; it must not become more unnoticed.
    assert!((100..=240).contains(&call), "{}", first.out);
    // A round has 100 faults, and two calls for each in the third line, or one and another before them.
    assert!(one > 100 * (fault + 2 * call) && all > 100 * (fault + 2 * call), "{}", first.out);
    first.expect_status(0).expect("the machine", |run| run.out.starts_with("Machine: QEMU "));
    assert_eq!(first.out, run().out);
}

#[test]
fn bounce_lets_two_processes_take_turns() {
    // Nobody comes in between, so one prints whenever the other has.
    let run = lv6(&["run", "--preempt", "off", "--", "bounce", "3"], "");
    run.expect_status(0).expect("turns", |run| {
        run.out.lines().collect::<Vec<_>>() == ["parent 1", "child 1", "parent 2", "child 2", "parent 3", "child 3"]
    });
    program(&["bounce", "3"]).expect_status(0).expect("each prints its lines in order", |run| {
        let of = |who: &str| run.out.lines().filter(|line| line.starts_with(who)).collect::<Vec<_>>();
        of("parent") == ["parent 1", "parent 2", "parent 3"] && of("child") == ["child 1", "child 2", "child 3"]
    });
}

#[test]
fn an_endless_program_ends_at_ctrl_c() {
    let mut machine = Machine::start(&["run", "--", "bounce"]);
    machine.wait_for("child 3");
    machine.keys("\u{3}");
    assert_eq!(machine.end(), 130);
}

#[test]
fn an_endless_program_ends_with_its_reader() {
    let status = pipe_to_reader_of_one_line(&["run", "--", "bounce"]);
    assert_eq!(status.code(), Some(128 + 13));
}
