//! Taking all there is: pages, processes.

use lv6_abi::startup::{DEMAND_OFFSET, HEAP_OFFSET};
use lv6_ulib::Errno;
use lv6_ulib::memory::{DATA, map_zeroed};
use lv6_ulib::message::MessagePage;
use lv6_ulib::process::{exit, fork, getpid, is_alive, name_of, set_name, status, wait, yield_now};
use lv6_ulib::sys::entry::startup;
use lv6_ulib::sys::fork::embryo;

use super::{Case, many, once};
use crate::peer;
use crate::stopped::Stopped::Refused;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("take_all_pages", Refused, all_pages),
    once("take_all_pages_as_page_tables", Refused, all_pages_as_tables),
    many("fork_until_nothing_is_left", 2, Refused, fork_many),
    once("fork_bomb", Refused, fork_bomb),
    once("take_all_process_slots", Refused, all_slots),
];

/// Asks the other process, when there is nothing left.
fn still_answers(peer: u64, page: &MessagePage, answer: &mut MessagePage) {
    assert_eq!(peer::ask(peer, page, answer, 3), Ok(()));
}

fn all_pages(_: u64, peer: u64) -> u8 {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let start = startup().image + HEAP_OFFSET * 2;
    let end = (0..).find_map(|n| map_zeroed(start + n * 4096, DATA).err());
    assert_eq!(end, Some(Errno::ENOMEM));
    still_answers(peer, &page, &mut answer);
    assert_eq!(fork(false), Err(Errno::ENOMEM));
    status::OK
}

/// Each page of memory needs tables of its own here.
fn all_pages_as_tables(_: u64, peer: u64) -> u8 {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let start = startup().image + DEMAND_OFFSET * 2;
    let end = (0..).find_map(|n| map_zeroed((start + (n << 30)) & !(1 << 47), DATA).err());
    assert!(matches!(end, Some(Errno::ENOMEM | Errno::EINVAL)), "{end:?}");
    still_answers(peer, &page, &mut answer);
    status::OK
}

/// Lets others run until the process that began this says so, or is gone.
fn wait_for_the_end(first: u64) -> u8 {
    while is_alive(first) && name_of(first).as_str() != "go" {
        yield_now();
    }
    status::OK
}

/// Children until there is no memory or slot left; then either all end and are buried, or they are left behind.
fn fork_many(variant: u64, peer: u64) -> u8 {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let first = getpid();
    let mut children = 0;
    let end = loop {
        match fork(false) {
            Ok(0) => exit(wait_for_the_end(first)),
            Ok(_) => children += 1,
            Err(e) => break e,
        }
    };
    assert_eq!(end, Errno::ENOMEM);
    assert!(children > 8, "only {children} children");
    still_answers(peer, &page, &mut answer);
    set_name("go");
    while variant == 0 && children > 0 {
        wait().expect("a child can be waited for");
        children -= 1;
    }
    status::OK
}

/// Children of children, until there is nothing left. Their parents are gone when they end.
fn fork_bomb(_: u64, peer: u64) -> u8 {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let first = getpid();
    let mut refused = 0;
    while refused < 3 {
        if fork(false).is_err() {
            refused += 1;
        }
        yield_now();
        if getpid() != first && refused > 0 {
            exit(wait_for_the_end(first));
        }
    }
    still_answers(peer, &page, &mut answer);
    set_name("go");
    status::OK
}

/// Processes that never run.
fn all_slots(_: u64, peer: u64) -> u8 {
    let (page, mut answer) = (MessagePage::new(), MessagePage::new());
    let mut slots = 0;
    while embryo().is_ok() {
        slots += 1;
    }
    assert!(slots > 50, "only {slots} slots");
    still_answers(peer, &page, &mut answer);
    status::OK
}
