//! Every call with arguments that chance has chosen, for a minute.
//!
//! The variant is the seed: the same one makes the same choices again.

use lv6_abi::syscall::SYS_SET_PROC_NAME;
use lv6_ulib::process::status;
use lv6_ulib::process_name::counting;
use lv6_ulib::random_call::Chooser;
use lv6_ulib::sys::hazard::calls;

use super::{Case, by_the_clock};
use crate::stopped::Stopped::Anyhow;

/// How long it is tried.
const SECONDS: u64 = 60;
/// Calls that a process makes, if it lives that long.
const CALLS: u64 = 3000;
/// After how many calls it says how many there were.
const OFTEN: u64 = 10;

/// The attacks of this file.
pub const CASES: &[Case] = &[by_the_clock("random_calls", SECONDS, Anyhow, random_calls)];

fn random_calls(seed: u64, peer: u64) -> u8 {
    let mut chooser = Chooser::new(seed, peer);
    let (mut made, mut said) = (0, None);
    calls(|_| {
        if made % OFTEN == 0 && said != Some(made) {
            said = Some(made);
            let [low, high] = counting(made, seed);
            return Ok((SYS_SET_PROC_NAME, [low, high, 0, 0, 0, 0]));
        }
        if made == CALLS {
            return Err(status::OK);
        }
        made += 1;
        Ok(chooser.call())
    })
}
