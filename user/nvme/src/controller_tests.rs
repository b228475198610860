use super::*;
use crate::fake::{BLOCKS as MEDIUM, Fake, Fault, Memory};
use std::vec::Vec;

type Drive = Controller<Fake, Memory>;

fn try_start(fake: &Fake) -> Result<Drive, Error> {
    Controller::start(fake.clone(), fake.share())
}

fn started() -> (Fake, Drive) {
    let fake = Fake::new();
    let drive = try_start(&fake).expect("it starts");
    fake.state.borrow_mut().log.clear();
    (fake, drive)
}

/// Whether the controller is on.
fn is_on(fake: &Fake) -> bool {
    fake.read(0x14) & 1 == 1
}

#[test]
fn a_drive_starts_and_says_what_it_is() {
    let fake = Fake::new();
    let drive = try_start(&fake).expect("it starts");
    let commands: Vec<_> = fake.state.borrow().log.clone();
    assert_eq!(commands, [6, 6, 6, 9, 5, 1].map(|opcode| (0, opcode)));
    assert_eq!(drive.identity().model.as_str(), "A drive? 2");
    assert_eq!((drive.blocks(), drive.namespace().unit_size()), (MEDIUM as u64, 512));
}

#[test]
fn blocks_come_back_as_they_were_written() {
    let (fake, mut drive) = started();
    let pattern = |n: u64| core::array::from_fn(|i| (n as usize * 31 + i * 7) as u8);
    // More commands than the queues have entries, several times over.
    for round in 0..10 {
        for n in 0..MEDIUM as u64 {
            drive.write(n, &pattern(n + round)).expect("write");
        }
        for n in 0..MEDIUM as u64 {
            let mut block = [0; BLOCK_SIZE];
            drive.read(n, &mut block).expect("read");
            assert_eq!(block, pattern(n + round), "block {n}");
        }
    }
    assert_eq!(fake.state.borrow().medium[1], [1; BLOCK_SIZE], "not before it is flushed");
    drive.flush().expect("flush");
    for n in 0..MEDIUM {
        assert_eq!(fake.state.borrow().medium[n], pattern(n as u64 + 9), "block {n}");
    }
}

#[test]
fn command_numbers_come_round() {
    let (_, mut drive) = started();
    for _ in 0..70_000 {
        drive.flush().expect("flush");
    }
}

#[test]
fn blocks_that_do_not_exist_are_refused_without_a_command() {
    let (fake, mut drive) = started();
    for n in [MEDIUM as u64, MEDIUM as u64 + 1, u64::MAX / 8, u64::MAX] {
        assert_eq!(drive.read(n, &mut [0; BLOCK_SIZE]), Err(Error::NoSuchBlock(n)));
        assert_eq!(drive.write(n, &[0; BLOCK_SIZE]), Err(Error::NoSuchBlock(n)));
    }
    assert!(fake.state.borrow().log.is_empty());
}

#[test]
fn an_error_status_is_passed_on_and_the_drive_goes_on() {
    let (fake, mut drive) = started();
    for (opcode, name) in [(0x02, "read"), (0x01, "write"), (0x00, "flush")] {
        for (kind, code) in [(0, 0x80), (1, 0x82), (2, 0x81), (7, 0xff), (0, 6)] {
            fake.state.borrow_mut().faults.insert((1, opcode), Fault::Status(kind, code));
            let mut block = [0x5a; BLOCK_SIZE];
            let result = match opcode {
                0x02 => drive.read(0, &mut block),
                0x01 => drive.write(0, &block),
                _ => drive.flush(),
            };
            assert_eq!(result, Err(Error::Refused(name, Status { kind, code })));
            assert_eq!(block, [0x5a; BLOCK_SIZE], "nothing was read");
        }
        fake.state.borrow_mut().faults.clear();
    }
    let mut block = [0; BLOCK_SIZE];
    assert_eq!(drive.read(3, &mut block), Ok(()));
    assert_eq!(block, [3; BLOCK_SIZE]);
}

#[test]
fn a_drive_that_misbehaves_is_stopped() {
    for (fault, expected) in [
        (Fault::Silence, Error::Silent("read")),
        (Fault::Failure, Error::Fatal),
        (Fault::Absence, Error::Absent),
        (Fault::Number(0), Error::Nonsense("it reports the end of a command that was not given")),
        (Fault::Number(0xffff), Error::Nonsense("it reports the end of a command that was not given")),
        (Fault::Queue(0), Error::Nonsense("it reports the end of a command that was not given")),
        (Fault::Taken(1), Error::Nonsense("it has not taken the command that it reports the end of")),
        (Fault::Taken(0x1000), Error::Nonsense("it has not taken the command that it reports the end of")),
    ] {
        let (fake, mut drive) = started();
        fake.state.borrow_mut().faults.insert((1, 0x02), fault);
        let mut block = [0x5a; BLOCK_SIZE];
        assert_eq!(drive.read(0, &mut block), Err(expected), "{fault:?}");
        assert!(!is_on(&fake) && block == [0x5a; BLOCK_SIZE], "{fault:?}");
        fake.state.borrow_mut().faults.clear();
        fake.state.borrow_mut().log.clear();
        assert_eq!(drive.read(0, &mut block), Err(Error::Stopped));
        assert_eq!(drive.write(0, &block), Err(Error::Stopped));
        assert_eq!(drive.flush(), Err(Error::Stopped));
        assert_eq!(drive.shut_down(), Err(Error::Stopped));
        assert!(fake.state.borrow().log.is_empty());
    }
}

#[test]
fn a_silent_drive_is_given_half_a_minute() {
    let (fake, mut drive) = started();
    let before = fake.time();
    fake.state.borrow_mut().faults.insert((1, 0), Fault::Silence);
    assert_eq!(drive.flush(), Err(Error::Silent("flush")));
    assert!((30_000..31_000).contains(&(fake.time() - before)));
}

#[test]
fn a_drive_that_misbehaves_at_the_start_is_switched_off() {
    for opcode in [6, 9, 5, 1] {
        for fault in [Fault::Silence, Fault::Failure, Fault::Status(0, 2), Fault::Number(77), Fault::Queue(1)] {
            let fake = Fake::new();
            fake.state.borrow_mut().faults.insert((0, opcode), fault);
            assert!(try_start(&fake).is_err(), "{fault:?} at {opcode}");
            assert!(!is_on(&fake), "{fault:?} at {opcode}");
        }
    }
}

#[test]
fn a_drive_that_does_not_follow_the_switch_is_given_up() {
    let fake = Fake::new();
    fake.state.borrow_mut().stuck = true;
    assert_eq!(try_start(&fake).unwrap_err(), Error::Silent("it does not switch off"));
    // It says that it takes five seconds.
    assert!((5000..6000).contains(&fake.time()), "{}", fake.time());
    fake.state.borrow_mut().status = 0;
    assert_eq!(try_start(&fake).unwrap_err(), Error::Silent("it does not start"));
}

#[test]
fn a_drive_that_has_failed_is_cured_by_a_restart() {
    let (fake, mut drive) = started();
    fake.state.borrow_mut().faults.insert((1, 0), Fault::Failure);
    assert_eq!(drive.flush(), Err(Error::Fatal));
    fake.state.borrow_mut().faults.clear();
    fake.state.borrow_mut().status = 3;
    let mut drive = try_start(&fake).expect("it starts again");
    assert_eq!(drive.read(2, &mut [0; BLOCK_SIZE]), Ok(()));
}

#[test]
fn nonsense_about_itself_is_refused() {
    for (page, at, value) in [(1, 111, 3), (1, 512, 7), (2, 0, 0), (0, 138, 10), (0, 136, 8)] {
        let fake = Fake::new();
        fake.state.borrow_mut().pages[page][at] = value;
        assert!(matches!(try_start(&fake), Err(Error::Unsupported(_))), "page {page}, byte {at}");
        assert!(!is_on(&fake));
    }
}

#[test]
fn a_drive_shuts_down_in_order() {
    let (fake, mut drive) = started();
    drive.write(4, &[0xee; BLOCK_SIZE]).expect("write");
    assert_eq!(drive.shut_down(), Ok(()));
    assert_eq!(fake.state.borrow().medium[4], [0xee; BLOCK_SIZE]);
    assert!(!is_on(&fake));
}
