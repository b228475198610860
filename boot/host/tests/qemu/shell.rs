//! The shell and the console: what a person types, and what they see. Each test boots once and does many things.

use std::fs;

use crate::machine::{Machine, lv6, program};

/// Ctrl-C.
const INTERRUPT: &str = "\u{3}";
const UP: &str = "\u{1b}[A";
const LEFT: &str = "\u{1b}[D";

/// Runs commands one after the other, and holds what each prints against what it should.
#[track_caller]
fn session(machine: &mut Machine, steps: &[(&str, &str)]) {
    for (line, expected) in steps {
        let printed = machine.command(line);
        assert_eq!(&printed, expected, "{line}\n--- the terminal:\n{}", machine.transcript());
    }
}

#[test]
fn commands_can_be_combined() {
    let mut machine = Machine::shell();
    session(
        &mut machine,
        &[
            ("echo one two three | wc", "1 3 14\n"),
            ("echo b > /tmp/f; echo a >> /tmp/f; cat < /tmp/f", "b\na\n"),
            ("cat /tmp/f | grep -n a | cat", "2:a\n"),
            ("(echo x; echo y) | wc | cat", "2 2 4\n"),
            ("false || echo or && echo and", "or\nand\n"),
            ("true && false; echo $?; ! false; echo $?", "1\n0\n"),
            ("(exit 3); echo $?", "3\n"),
            ("x='a  b'; echo $x \"$x\" '$x'", "a b a  b $x\n"),
            ("cat /none 2> /tmp/e; echo $?; cat /tmp/e", "1\ncat: /none: no such file or directory\n"),
            ("cat /none 2>&1 | wc", "1 7 38\n"),
            ("cat < /none; echo $?", "sh: /none: no such file or directory\n1\n"),
            ("no-such-program; echo $?", "sh: no-such-program: no such program\n127\n"),
            ("/etc/none; echo $?", "sh: /etc/none: no such file or directory\n127\n"),
            ("/etc; echo $?", "sh: /etc: not permitted\n126\n"),
            ("echo a ;; echo b", "sh: line 1, column 9: no command before ;\n"),
            ("echo $?", "2\n"),
        ],
    );
    machine.command("mkdir /tmp/d; cd /tmp/d; touch b.txt a.txt c");
    session(
        &mut machine,
        &[
            ("pwd; echo *.txt /tmp/d/?", "/tmp/d\na.txt b.txt /tmp/d/c\n"),
            ("mv c e; cp a.txt e; rm b.txt; echo *", "a.txt e\n"),
            ("cd /; rm /tmp/d; echo $?; rm -r /tmp/d; echo $?", "rm: /tmp/d: is a directory\n1\n0\n"),
            ("cd /none; echo $?", "sh: cd: /none: no such file or directory\n1\n"),
        ],
    );
}

#[test]
fn files_and_directories_are_copied_moved_and_removed() {
    let mut machine = Machine::shell();
    machine.command("mkdir -p /tmp/a/b/c; echo one > /tmp/a/1; echo two > /tmp/a/b/2; cd /tmp");
    session(
        &mut machine,
        &[
            ("cp a x; echo $?; echo *", "cp: a: is a directory\n1\na\n"),
            ("cp -r a x; echo $?; cat x/1 x/b/2; echo x/b/*", "0\none\ntwo\nx/b/2 x/b/c\n"),
            // Into a directory that exists, and over what is there.
            ("echo new > a/1; cp -r a/1 a/b x; cp -r a/ x; echo $?; cat x/1 x/a/1 x/a/b/2", "0\nnew\nnew\ntwo\n"),
            (
                "cp -r a a/b/c/d; cp -r a a; echo $?; echo a/*",
                "cp: a/b/c/d: a cannot be copied into itself\ncp: a/a: a cannot be copied into itself\n1\na/1 a/b\n",
            ),
            ("cp -r / a/b; echo $?", "cp: a/b/: / cannot be copied into itself\n1\n"),
            ("cp -r /none a x; echo $?", "cp: /none: no such file or directory\n1\n"),
            ("cp a/1 a/1; echo $?; cat a/1", "cp: a/1: exists already\n1\nnew\n"),
            ("cp a/1 /none/1; echo $?", "cp: /none/1: no such file or directory\n1\n"),
            ("cp -r a/b a/1; echo $?; cat a/1", "cp: a/1: not a directory\n1\nnew\n"),
            ("cp -r /dev d; echo $?; echo d/*; wc < d/null", "0\nd/console d/null\n0 0 0\n"),
            (
                "cp a; echo $?",
                "cp: two paths are needed, not: a\nusage: cp [-r] FROM... TO\n  -r  directories, too, with all that is in them\n2\n",
            ),
            (
                "cp a/1 x/1 none; echo $?",
                "cp: not a directory: none\nusage: cp [-r] FROM... TO\n  -r  directories, too, with all that is in them\n2\n",
            ),
            (
                "mv x y; mv y/1 y/2; echo $?; echo y/*; mv y/a y/b y/2 d; echo d/*",
                "0\ny/2 y/a y/b\nd/2 d/a d/b d/console d/null\n",
            ),
            (
                "mv none y; mv a /none/a; mv d d/a; echo $?",
                "mv: none: no such file or directory\nmv: /none/a: no such file or directory\nmv: d/a/d: invalid argument\n1\n",
            ),
            (
                "rm d; rm -r d y none; echo $?; echo *",
                "rm: d: is a directory\nrm: none: no such file or directory\n1\na\n",
            ),
            (
                "rm -r / . a/..; echo $?; echo *",
                "rm: /: in use\nrm: .: invalid argument\nrm: a/..: invalid argument\n1\na\n",
            ),
            ("rm -r -f a none; echo $?; echo *", "0\n*\n"),
        ],
    );
}

#[test]
fn scripts_run_from_files_and_arguments() {
    let mut machine = Machine::shell();
    machine.command("echo '# a script' > /tmp/s");
    machine.command("echo 'echo $1 $# \"$@\"' >> /tmp/s");
    machine.command("echo 'cat; exit 7; echo never' >> /tmp/s");
    machine.command("echo 'echo no; (' > /tmp/bad");
    session(
        &mut machine,
        &[
            ("echo in | sh /tmp/s one 't w o'; echo $?", "one 2 one t w o\nin\n7\n"),
            ("/tmp/s x < /tmp/bad; echo $?", "x 1 x\necho no; (\n7\n"),
            ("sh /tmp/bad; echo $?", "/tmp/bad: line 1, column 10: ( is not closed\n2\n"),
            ("sh -c 'echo $0 $1; exit 4' a; echo $?", "sh a\n4\n"),
            ("sh /none; echo $?", "sh: /none: no such file or directory\n127\n"),
        ],
    );
    // The rest of the input of a shell belongs to what it runs.
    session(&mut machine, &[("(echo 'echo one'; echo cat; echo two) | sh", "one\ntwo\n")]);
    drop(machine);
    program(&["sh", "-c", "echo 'a  b' | wc; exit 42"]).expect_status(42).expect("counts", |run| run.out == "1 2 5\n");
}

#[test]
fn every_program_knows_help_and_refuses_what_it_does_not_know() {
    let mut machine = Machine::shell();
    machine.keys("help\r");
    machine.wait_for("Programs: ");
    let listed = machine.wait_for("\n");
    machine.wait_for("$ ");
    let programs: Vec<_> = listed.split_whitespace().collect();
    assert!(programs.len() > 25, "{listed}");
    // What follows `echo` is to be printed, whatever it is.
    for name in programs.into_iter().filter(|name| *name != "echo") {
        let help = machine.command(&format!("{name} --help; echo $?"));
        assert!(help.starts_with(&format!("usage: {name}")) && help.ends_with("\n0\n"), "{help}");
        let refusal = machine.command(&format!("{name} --no-such-option; echo $?"));
        assert!(refusal.contains(&format!("usage: {name}")) && refusal.ends_with("\n2\n"), "{refusal}");
    }
}

/// The names of the processes that `ps` shows, but for its own.
fn processes(machine: &mut Machine) -> Vec<String> {
    let text = machine.command("ps");
    let names = text.lines().skip(1).filter_map(|line| line.split_whitespace().last().map(String::from));
    names.filter(|name| name != "ps").collect()
}

#[test]
fn ctrl_c_ends_all_that_runs_in_the_foreground_and_nothing_else() {
    let mut machine = Machine::shell();
    let before = processes(&mut machine);
    machine.command("echo 'bounce; echo not this' > /tmp/s");
    for command in
        ["bounce", "bounce | cat", "(true; bounce) | cat", "sh /tmp/s", "sh -c 'sh /tmp/s | cat; echo nor this'"]
    {
        machine.keys(&format!("{command}; echo nor that\r"));
        machine.wait_for("child 3");
        machine.keys(INTERRUPT);
        machine.wait_for("^C");
        let rest = machine.wait_for("$ ");
        assert!(!rest.contains("this") && !rest.contains("that"), "{command}: {rest}");
        assert_eq!(machine.command("echo $?"), "130\n", "{command}");
        assert_eq!(processes(&mut machine), before, "{command}");
    }
    // What runs in the background goes on, and a second shell is not ended by what ends its program.
    machine.command("sleep 1000 &");
    machine.command("sh");
    machine.keys("sleep 1000\r");
    machine.wait_for("\n");
    machine.keys(INTERRUPT);
    machine.wait_for("$ ");
    let now = processes(&mut machine);
    assert_eq!(now.iter().filter(|name| *name == "sleep").count(), 1, "{now:?}");
    assert_eq!(now.iter().filter(|name| *name == "sh").count(), 2, "{now:?}");
    machine.command("exit");
    // The program in the background ends with its shell.
    machine.command("exit");
    assert_eq!(processes(&mut machine), before);
}

#[test]
fn programs_in_the_background_can_be_killed_and_waited_for() {
    let mut machine = Machine::shell();
    let before = processes(&mut machine);
    let started = machine.command("bounce > /dev/null &");
    let pid = started.trim().trim_matches(['[', ']']);
    assert_eq!(machine.command(&format!("kill {pid}")), format!("[{pid}] was killed\n"));
    assert_eq!(machine.command("echo $?; wait; echo $?"), "0\n0\n");
    assert_eq!(processes(&mut machine), before);
    session(
        &mut machine,
        &[
            ("kill 2; echo $?", "sh: kill: 2: not permitted\n1\n"),
            ("kill x; echo $?", "sh: usage: kill PID...\n2\n"),
            ("wait 2; echo $?", "sh: wait: 2: not in the background of this shell\n127\n"),
        ],
    );
    for line in ["(exit 5) & wait $!; echo $?", "(exit 5) & sleep 1; wait $!; echo $?"] {
        let ended = machine.command(line);
        assert!(ended.ends_with("] exited with status 5\n5\n"), "{ended}");
    }
}

/// The pid of the process with this name, as soon as `ps` shows one.
#[track_caller]
fn pid_of(machine: &mut Machine, name: &str) -> String {
    for _ in 0..100 {
        let text = machine.command("ps");
        let mut rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        if let Some(row) = rows.find(|row| row.last() == Some(&name)) {
            return row[0].to_owned();
        }
    }
    panic!("no {name}\n{}", machine.transcript())
}

#[test]
fn kill_ends_whatever_was_started_from_the_console() {
    let mut machine = Machine::shell();
    let before = processes(&mut machine);
    for kill in ["kill $!", "/bin/kill $!", "kill $! | cat", "(/bin/kill $!)", "sh -c '/bin/kill $1' $!"] {
        machine.command("sleep 1000 &");
        let report = machine.command(&format!("{kill}; wait"));
        assert!(report.starts_with('[') && report.ends_with("] was killed\n"), "{kill}: {report}");
    }
    // What a program in the background has started can be killed, too; and with a process goes all that it has started.
    machine.command("sh -c 'sleep 1000; exit 9' &");
    let sleep = pid_of(&mut machine, "sleep");
    let report = machine.command(&format!("/bin/kill {sleep}; wait $!; echo $?"));
    assert!(report.ends_with("] exited with status 9\n9\n"), "{report}");
    machine.command("sh -c '(spin; exit 9); exit 9' &");
    machine.command("kill $!; wait");
    assert_eq!(processes(&mut machine), before);
    session(
        &mut machine,
        &[
            ("/bin/kill 2; echo $?", "kill: 2: not permitted\n1\n"),
            ("/bin/kill 1 60; echo $?", "kill: 1: not permitted\nkill: 60: no such process\n1\n"),
            ("kill 60 99; echo $?", "sh: kill: 60: no such process\nsh: kill: 99: no such process\n1\n"),
            ("/bin/kill x; echo $?", "/bin/kill: not a pid: x\nusage: /bin/kill PID...\n2\n"),
            ("/bin/kill; echo $?", "/bin/kill: no process\nusage: /bin/kill PID...\n2\n"),
        ],
    );
    // Init starts another shell.
    machine.keys("/bin/kill $$\r");
    machine.wait_for("\n");
    machine.wait_for("$ ");
    assert_eq!(machine.command("echo $?"), "0\n");
}

#[test]
fn lines_can_be_edited_recalled_and_completed() {
    let mut machine = Machine::shell();
    machine.keys(&format!("echo two{LEFT}{LEFT}{LEFT}one \u{5}!\u{1b}[H\u{1b}[3~e\r"));
    machine.wait_for("\n");
    assert_eq!(machine.wait_for("$ "), "one two!\n");
    machine.keys(&format!("{UP}\u{17}three\r"));
    machine.wait_for("\n");
    assert_eq!(machine.wait_for("$ "), "one three\n");
    machine.command("echo contents > /tmp/a-long-name; echo > /tmp/a-long-story");
    machine.keys("ca\t/tm\ta-l\tn\t\r");
    machine.wait_for("\n");
    assert_eq!(machine.wait_for("$ "), "contents\n");
    machine.keys("cat /tmp/a-long-\t");
    machine.wait_for("a-long-name   a-long-story");
    machine.wait_for("$ cat /tmp/a-long-");
    machine.keys(INTERRUPT);
    machine.wait_for("$ ");
    machine.keys("echo 'a\r");
    machine.wait_for("> ");
    machine.keys("b'\r");
    machine.wait_for("\n");
    assert_eq!(machine.wait_for("$ "), "a\nb\n");
    machine.keys("\u{4}");
    // Init starts another shell.
    machine.wait_for("$ ");
    assert_eq!(machine.command("echo $?"), "0\n");
}

#[test]
fn programs_read_lines_from_the_console_until_ctrl_d() {
    let mut machine = Machine::shell();
    machine.keys("wc\rone twoo\u{7f}\rthree\r");
    // What was typed ahead is shown where it is read.
    machine.wait_for("wc");
    machine.wait_for("\none two");
    machine.wait_for("three");
    machine.keys("\u{4}");
    machine.wait_for("2 3 14");
    machine.wait_for("$ ");
    assert_eq!(machine.command("echo ahead"), "ahead\n");
    drop(machine);
    let run = lv6(&["run", "--no-ports"], "cat\nsome text\n");
    run.expect_status(0).expect("the text", |run| run.out.lines().filter(|line| *line == "some text").count() == 2);
}

#[test]
fn the_keyboard_types_and_the_screen_shows() {
    let mut machine = Machine::shell();
    machine.keys("\u{1}c");
    machine.wait_for("(qemu) ");
    for key in ["e", "c", "h", "o", "spc", "shift-k", "x", "backspace", "e", "y", "left", "1", "ret"] {
        machine.keys(&format!("sendkey {key}\r"));
        machine.wait_for("(qemu) ");
    }
    machine.keys("\u{1}c");
    machine.wait_for("Ke1y\r");
    machine.wait_for("$ ");
    machine.command("pstree");
    let file = tempfile::NamedTempFile::new().unwrap();
    machine.keys("\u{1}c");
    machine.wait_for("(qemu) ");
    machine.keys(&format!("pmemsave 0xb8000 4000 \"{}\"\r", file.path().display()));
    machine.wait_for("(qemu) ");
    let cells = fs::read(file.path()).unwrap();
    let rows: Vec<String> =
        cells.chunks(160).map(|row| row.iter().step_by(2).map(|&c| char::from(c)).collect()).collect();
    let rows: Vec<&str> = rows.iter().map(|row| row.trim_end()).collect();
    assert!(rows.contains(&"$ echo Ke1y") && rows.contains(&"Ke1y"), "{rows:#?}");
    // The screen's own code for the lines of the tree.
    assert!(rows.iter().any(|row| row.starts_with("\u{c0}\u{c4}\u{c4} sh(")), "{rows:#?}");
}
