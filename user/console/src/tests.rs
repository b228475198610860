use super::*;
use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

/// A serial line and a keyboard that hold what was typed, and remember what was printed.
#[derive(Default)]
struct Fake {
    absent: bool,
    line: VecDeque<u8>,
    keys: VecDeque<u8>,
    sent: Vec<u8>,
    shown: Vec<u8>,
    divisor_latch: bool,
    speed: u8,
    polls: u32,
}

impl Hardware for Fake {
    fn read(&mut self, port: u16) -> u8 {
        match port {
            _ if self.absent => 0xff,
            0x3f8 => self.line.pop_front().unwrap_or(0),
            0x3fd => {
                // The line is busy every other time.
                self.polls += 1;
                u8::from(!self.line.is_empty()) | if self.polls.is_multiple_of(2) { 0x20 } else { 0 }
            }
            0x60 => self.keys.pop_front().unwrap_or(0),
            0x64 => u8::from(!self.keys.is_empty()),
            _ => panic!("no such port: {port:#x}"),
        }
    }

    fn write(&mut self, port: u16, byte: u8) {
        assert!(!self.absent);
        match port {
            0x3f8 if self.divisor_latch => self.speed = byte,
            0x3f8 => {
                assert!(self.polls.is_multiple_of(2), "the line was busy");
                self.sent.push(byte);
            }
            0x3fb => self.divisor_latch = byte & 0x80 != 0,
            0x3f9 | 0x3fa | 0x3fc => {}
            _ => panic!("no such port: {port:#x}"),
        }
    }

    fn show(&mut self, text: &[u8]) {
        self.shown.extend_from_slice(text);
    }
}

fn console(line: &[u8], keys: &[u8]) -> Console<Fake> {
    Console::new(Fake { line: line.iter().copied().collect(), keys: keys.iter().copied().collect(), ..Fake::default() })
}

fn read(console: &mut Console<Fake>) -> Result<String, Errno> {
    let mut out = [0; 100];
    console.read(&mut out).map(|n| String::from_utf8_lossy(&out[..n]).into_owned())
}

/// What a request to set the mode says, in the name of a process.
fn set_mode(console: &mut Console<Fake>, mode: Mode, pid: u64) -> Result<u64, Errno> {
    console.control(SET_MODE, mode.pack(pid))
}

#[test]
fn the_line_is_set_up_for_115200_baud() {
    let console = console(b"", b"");
    assert_eq!((console.hardware.speed, console.hardware.divisor_latch), (1, false));
}

#[test]
fn both_inputs_arrive_in_one_stream_and_are_shown_at_both_ends() {
    let mut console = console(b"ab", &[0x2e, 0x1c]);
    assert_eq!(read(&mut console).as_deref(), Ok("abc\n"));
    assert_eq!(read(&mut console), Err(Errno::EAGAIN));
    assert_eq!(console.hardware.sent, b"abc\r\n");
    assert_eq!(console.hardware.shown, b"abc\n");
}

#[test]
fn what_was_typed_early_comes_first() {
    let mut console = console(b"b\r", b"");
    console.take_early(*b"a");
    assert_eq!(read(&mut console).as_deref(), Ok("ab\n"));
}

#[test]
fn output_suits_each_end() {
    let mut console = console(b"", b"");
    assert_eq!(console.write("└ x\n".as_bytes()), 6);
    assert_eq!(console.hardware.sent, "└ x\r\n".as_bytes());
    assert_eq!(console.hardware.shown, b"\xc0 x\n");
}

#[test]
fn a_machine_without_a_line_and_a_keyboard_still_shows_text() {
    let mut console = Console::new(Fake { absent: true, ..Fake::default() });
    assert_eq!(read(&mut console), Err(Errno::EAGAIN));
    console.write(b"x");
    assert_eq!(console.hardware.shown, b"x");
}

#[test]
fn who_sets_the_mode_is_told_of_interrupts() {
    let mut console = console(b"sleep 9\r\x03", b"");
    assert_eq!(console.control(INTERRUPTS, 7), Err(Errno::EBUSY));
    assert_eq!(set_mode(&mut console, Mode::Raw, 7), Ok(0));
    assert_eq!(console.control(INTERRUPTS, 7), Ok(1));
    console.hardware.line.extend(*b"a\x03b");
    assert_eq!(read(&mut console).as_deref(), Ok("a\x03b"));
    assert_eq!(console.control(INTERRUPTS, 7), Ok(1));
    console.hardware.line.extend(*b"x\x03y\r");
    assert_eq!(set_mode(&mut console, Mode::Cooked, 8), Ok(0));
    assert_eq!(console.control(INTERRUPTS, 7), Err(Errno::EBUSY));
    assert_eq!(console.control(INTERRUPTS, 8), Ok(2));
    assert_eq!(read(&mut console).as_deref(), Ok("y\n"));
    assert!(console.hardware.shown.ends_with(b"^C\ny\n"));
}

#[test]
fn bad_requests_change_nothing() {
    let mut console = console(b"", b"");
    set_mode(&mut console, Mode::Raw, 7).unwrap();
    assert_eq!(console.control(SET_MODE, 1), Err(Errno::EINVAL));
    assert_eq!(console.control(SET_MODE, u64::MAX), Err(Errno::EINVAL));
    assert_eq!([0, 3, u64::MAX].map(|request| console.control(request, 0)), [Err(Errno::ENOTTY); 3]);
    assert_eq!((console.discipline.mode(), console.control(INTERRUPTS, 7)), (Mode::Raw, Ok(0)));
}

#[test]
fn a_full_queue_leaves_the_rest_with_the_sender() {
    let mut console = console(&[b'x'; 5000], b"");
    set_mode(&mut console, Mode::Raw, 1).unwrap();
    assert_eq!(console.discipline.mode(), Mode::Raw);
    assert!(console.hardware.line.len() > 500);
    let mut total = 0;
    let mut out = [0; 100];
    while let Ok(n) = console.read(&mut out) {
        total += n;
    }
    assert_eq!(total, 5000);
}
