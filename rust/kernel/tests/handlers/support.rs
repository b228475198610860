//! What the tests of all handlers share.

use lv6_exercise::Machine;
use lv6_exercise::difference::differences;
use lv6_kernel::Kernel;

use crate::world::{Lent, copy, world};

/// Changes the state or the arguments of a call that would succeed, so that one check fails. The state must keep its
/// invariant.
pub type Change = fn(&mut Kernel, &mut [u64; 6]);

/// A call that succeeds in the world, and its checks in order.
pub struct Case {
    pub nr: u64,
    pub args: [u64; 6],
    pub checks: &'static [(&'static str, u64, Change)],
}

/// Fills arguments up with zeros.
pub fn args<const N: usize>(given: [u64; N]) -> [u64; 6] {
    let mut all = [0; 6];
    all[..N].copy_from_slice(&given);
    all
}

impl Case {
    /// The call as it is succeeds.
    pub fn succeeds(&self) {
        let mut m = world();
        assert_eq!(m.call(self.nr, self.args), 0);
        assert_eq!(m.check(), Ok(()));
    }

    /// With this check alone failing, the call returns its error number and changes nothing.
    pub fn refuses(&self, check: &str) {
        let (_, errno, change) = self.checks.iter().find(|(name, _, _)| *name == check).expect("a check of the case");
        let mut m = world();
        let mut args = self.args;
        change(&mut m, &mut args);
        assert_eq!(m.check(), Ok(()), "the change keeps the invariant");
        let before = copy(&m);
        assert_eq!(m.call(self.nr, args), *errno, "call {} {args:x?}", self.nr);
        assert_same(&before, &m);
    }

    /// With two checks failing, the call returns the error number of the first.
    pub fn refuses_in_order(&self) {
        let world = world();
        let mut m = copy(&world);
        // Most changes are to the arguments alone: then the refused call leaves the world as it was.
        let mut touch_state = Vec::new();
        for (_, _, change) in self.checks {
            change(&mut m, &mut self.args.clone());
            touch_state.push(!m.same(&world));
            if touch_state.last() == Some(&true) {
                m.copy_from(&world);
            }
        }
        for (i, (first, errno, change)) in self.checks.iter().enumerate() {
            for (j, (second, _, other)) in self.checks.iter().enumerate().skip(i + 1) {
                let mut args = self.args;
                other(&mut m, &mut args);
                change(&mut m, &mut args);
                assert_eq!(m.call(self.nr, args), *errno, "{first} before {second}: {args:x?}");
                if touch_state[i] || touch_state[j] {
                    m.copy_from(&world);
                }
            }
        }
        assert_same(&world, &m);
    }
}

/// A module of tests for the checks of a handler: the arguments of a call that succeeds in the world; then for each
/// check, in order, its name, its error number, and a change that makes it fail.
#[macro_export]
macro_rules! checks {
    ($handler:ident: $nr:expr, $args:expr; $($check:ident: $errno:expr, $change:expr;)*) => {
        mod $handler {
            #[allow(unused_imports)]
            use super::*;

            fn case() -> $crate::support::Case {
                $crate::support::Case {
                    nr: $nr,
                    args: $crate::support::args($args),
                    checks: &[$((stringify!($check), $errno, $change)),*],
                }
            }

            #[test]
            fn succeeds() {
                case().succeeds();
            }

            #[test]
            fn checks_in_order() {
                case().refuses_in_order();
            }

            $(
                #[test]
                fn $check() {
                    case().refuses(stringify!($check));
                }
            )*
        }
    };
}

/// Fails with a list of what differs.
pub fn assert_same(want: &Machine, have: &Machine) {
    if !have.same(want) {
        let lines = differences(want, have);
        panic!("wanted -> had:\n{}", lines[..lines.len().min(40)].join("\n"));
    }
}

/// Makes a call in the world that succeeds, and does nothing but what `effect` does.
pub fn does<const N: usize>(nr: u64, given: [u64; N], effect: impl FnOnce(&mut Kernel)) {
    does_in(world(), nr, given, effect);
}

/// Makes a call in `m` that succeeds, and does nothing but what `effect` does.
pub fn does_in<const N: usize>(mut m: Lent, nr: u64, given: [u64; N], effect: impl FnOnce(&mut Kernel)) {
    assert_eq!(m.check(), Ok(()), "before the call");
    let mut want = copy(&m);
    effect(&mut want);
    assert_eq!(m.call(nr, args(given)), 0);
    assert_same(&want, &m);
    assert_eq!(m.check(), Ok(()), "after the call");
}

/// Takes a page off the free list.
pub fn unlink_page(k: &mut Kernel, pn: u64) {
    let desc = k.page_desc[pn as usize];
    k.page_desc[desc.free_prev as usize].free_next = desc.free_next;
    k.page_desc[desc.free_next as usize].free_prev = desc.free_prev;
    k.page_desc[pn as usize].free_prev = 0;
    k.page_desc[pn as usize].free_next = 0;
}

/// Puts a page on the free list, right after its anchor.
pub fn link_page(k: &mut Kernel, pn: u64) {
    let next = k.page_desc[0].free_next;
    k.page_desc[pn as usize].free_prev = 0;
    k.page_desc[pn as usize].free_next = next;
    k.page_desc[0].free_next = pn;
    k.page_desc[next as usize].free_prev = pn;
}

/// Puts a process on the ready list, right before the current one.
pub fn link_process(k: &mut Kernel, pid: u64) {
    let (next, prev) = (k.current, k.procs[k.current as usize].ready_prev);
    k.procs[pid as usize].ready_prev = prev;
    k.procs[pid as usize].ready_next = next;
    k.procs[prev as usize].ready_next = pid;
    k.procs[next as usize].ready_prev = pid;
}

/// Takes a process off the ready list.
pub fn unlink_process(k: &mut Kernel, pid: u64) {
    let proc = k.procs[pid as usize];
    k.procs[proc.ready_prev as usize].ready_next = proc.ready_next;
    k.procs[proc.ready_next as usize].ready_prev = proc.ready_prev;
    k.procs[pid as usize].ready_prev = 0;
    k.procs[pid as usize].ready_next = 0;
}
