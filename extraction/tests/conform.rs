//! The committed comparison of Lean's primitives with Rust's is what Rust computes now.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lv6_extraction::{CONFORM, conform_table};

const RUN: &str = "run `cargo run -- extract`, then `cargo run -- verify` to have Lean check what it writes";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

#[test]
fn the_committed_tables_are_what_rust_computes() {
    for (path, text) in conform_table() {
        let committed = fs::read_to_string(root().join(&path)).unwrap_or_default();
        let line = committed.lines().zip(text.lines()).take_while(|(old, new)| old == new).count() + 1;
        assert!(committed == text, "{} is not what Rust computes, from line {line} on: {RUN}", path.display());
    }
}

#[test]
fn nothing_else_lies_beside_the_tables() {
    let made: BTreeSet<PathBuf> = conform_table().into_iter().map(|(path, _)| root().join(path)).collect();
    let there: BTreeSet<PathBuf> =
        fs::read_dir(root().join(CONFORM)).expect(RUN).map(|entry| entry.unwrap().path()).collect();
    assert_eq!(made, there, "{RUN}");
}

/// The tables ask `checked_add` and its like what panics: so it does, with overflow checks on as in the kernel.
#[test]
fn rust_panics_where_the_checked_functions_return_none() {
    fn panics(f: impl FnOnce() -> u64 + std::panic::UnwindSafe) -> bool {
        std::panic::catch_unwind(f).is_err()
    }
    let hide = std::hint::black_box::<u64>;
    for (a, b) in [(0, 0), (1, 2), (u64::MAX, 1), (1, u64::MAX), (1 << 32, 1 << 32), (3, 63), (3, 64), (u64::MAX, 70)] {
        assert_eq!(panics(|| hide(a) + hide(b)), a.checked_add(b).is_none());
        assert_eq!(panics(|| hide(a) - hide(b)), a.checked_sub(b).is_none());
        assert_eq!(panics(|| hide(a) * hide(b)), a.checked_mul(b).is_none());
        assert_eq!(panics(|| hide(a) / hide(b)), a.checked_div(b).is_none());
        assert_eq!(panics(|| hide(a) % hide(b)), a.checked_rem(b).is_none());
        let shift = b as i32;
        assert_eq!(panics(|| hide(a) << shift), a.checked_shl(shift as u32).is_none());
        assert_eq!(panics(|| hide(a) >> shift), a.checked_shr(shift as u32).is_none());
        assert_eq!(panics(|| [a, b, 5][hide(b) as usize]), [a, b, 5].get(b as usize).is_none());
    }
}
