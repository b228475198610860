//! The exercise itself.

use lv6_abi::syscall::{SYS_ALLOC_FRAME, SYS_SET_PROC_NAME};
use lv6_exercise::difference::differences;
use lv6_exercise::generate::Generator;
use lv6_exercise::soak::{Options, replay, soak};
use lv6_exercise::{Machine, Step};

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| soak(&Options::fast(20_000, seed)).expect("no failure").results;
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[test]
fn a_trace_runs_again_from_its_text() {
    let mut machine = Machine::new();
    let mut generator = Generator::new(11);
    let mut text = String::new();
    for _ in 0..500 {
        let step = generator.next(&machine);
        let result = machine.apply(step);
        generator.learn(&machine, step, result);
        text.push_str(&format!("{step}\n"));
    }
    let trace = lv6_exercise::step::parse_trace(&text).expect("a trace");
    let mut again = Machine::new();
    assert_eq!(replay(&mut again, &trace), Ok(()));
    assert!(again.same(&machine), "{:#?}", differences(&machine, &again));
}

#[test]
fn a_reset_machine_is_a_new_one() {
    let mut machine = Machine::new();
    assert_eq!(machine.apply(Step::Call(SYS_SET_PROC_NAME, [1, 2, 0, 0, 0, 0])), 0);
    machine.dma_pages[511][511] = 1;
    assert!(!machine.same(&Machine::new()));
    machine.reset();
    assert!(machine.same(&Machine::new()));
}

#[test]
fn a_copy_is_the_same_until_something_changes() {
    let mut machine = Machine::new();
    let copy = machine.copy();
    assert!(machine.same(&copy));
    assert_eq!(differences(&copy, &machine), Vec::<String>::new());
    machine.procs[3].intr[2] = 0x10;
    machine.pages[8191][511] = 7;
    machine.requests.context = 1;
    assert!(!machine.same(&copy));
    let lines = differences(&copy, &machine);
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert_eq!(lines[0], "pages[8191][511]: 0x0 -> 0x7");
    assert!(lines[1].starts_with("procs[3], word ") && lines[1].ends_with(": 0x0 -> 0x10"));
}

#[test]
fn steps_that_are_not_the_processors_to_take_have_no_effect() {
    let mut machine = Machine::new();
    let before = machine.copy();
    for step in [
        Step::Store(1, 0, 5),
        Step::Store(8192, 0, 5),
        Step::Store(u64::MAX, u64::MAX, 5),
        Step::Mark(1, 0),
        Step::Mark(2, 0),
        Step::Dma(0, 0, 5),
        Step::Dma(u64::MAX, 0, 5),
        Step::Call(SYS_ALLOC_FRAME, [u64::MAX; 6]),
    ] {
        machine.apply(step);
        assert!(machine.same(&before), "{step}");
    }
}
