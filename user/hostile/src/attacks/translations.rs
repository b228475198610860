//! Writing through translations that the processor may remember although they are gone: if that worked, a page that has
//! become a page table, or another process's, could be written to.

use lv6_abi::startup::DEMAND_OFFSET;
use lv6_ulib::sys::attack::{Loss, use_stale_translation};
use lv6_ulib::sys::entry::startup;

use super::{Case, once};
use crate::stopped::Stopped::Trapped;

/// The attacks of this file.
pub const CASES: &[Case] = &[
    once("stale_translation_of_a_freed_page", Trapped(14), |_, _| lose(Loss::Freed)),
    once("stale_translation_of_a_protected_page", Trapped(14), |_, _| lose(Loss::Protected)),
    once("stale_translation_of_a_new_page_table", Trapped(14), |_, _| lose(Loss::Reused)),
];

fn lose(loss: Loss) -> u8 {
    let e = use_stale_translation(startup().image + DEMAND_OFFSET, loss);
    panic!("the page cannot be lost: {e:?}")
}
