//! Theorems about the integer types.

use super::inputs::{ALL, HALF, pairs, singles};
use super::page::{Inputs, Page, Word};

/// What the signed and the unsigned types have in common.
macro_rules! common {
    ($inputs:expr, $t:ty) => {{
        let inputs: &mut Inputs = $inputs;
        let shift = |b: u64| (b % u64::from(<$t>::BITS + 6)) as u32;
        inputs.pair("add", "$x + $y", <$t>::checked_add);
        inputs.pair("sub", "$x - $y", <$t>::checked_sub);
        inputs.pair("mul", "$x * $y", <$t>::checked_mul);
        inputs.pair("div", "$x / $y", <$t>::checked_div);
        inputs.pair("rem", "$x % $y", <$t>::checked_rem);
        inputs.pair("and", "$x &&& $y", |x: $t, y| x & y);
        inputs.pair("or", "$x ||| $y", |x: $t, y| x | y);
        inputs.pair("xor", "$x ^^^ $y", |x: $t, y| x ^ y);
        inputs.single("not", "~~~ $x", |x: $t| !x);
        inputs.pair("eq", "decide ($x = $y)", |x: $t, y| x == y);
        inputs.pair("ne", "$x != $y", |x: $t, y| x != y);
        inputs.pair("lt", "decide ($x < $y)", |x: $t, y| x < y);
        inputs.pair("le", "decide ($x ≤ $y)", |x: $t, y| x <= y);
        inputs.mixed::<$t, _>("shl", "$x <<< u32 (b % ($BITS + 6))", |a, b| (a as $t).checked_shl(shift(b)));
        inputs.mixed::<$t, _>("shr", "$x >>> u32 (b % ($BITS + 6))", |a, b| (a as $t).checked_shr(shift(b)));
        // A negative amount panics as one past the width does, and no `u32` that it is cast to is below the width.
        inputs.mixed::<$t, _>("shl_signed", "$x <<< i32 b", |a, b| (a as $t).checked_shl(b as i32 as u32));
        inputs.mixed::<$t, _>("shr_signed", "$x >>> i32 b", |a, b| (a as $t).checked_shr(b as i32 as u32));
        inputs.pair("wrapping_add", "Std.core.num.$T.wrapping_add $x $y", <$t>::wrapping_add);
        inputs.pair("wrapping_sub", "Std.core.num.$T.wrapping_sub $x $y", <$t>::wrapping_sub);
        inputs.pair("wrapping_mul", "Std.core.num.$T.wrapping_mul $x $y", <$t>::wrapping_mul);
        let low = |f: fn($t, u32) -> $t| move |a: u64, b: u64| f(a as $t, b as u32);
        inputs.mixed::<$t, _>("wrapping_shl", "Std.core.num.$T.wrapping_shl $x (u32 b)", low(<$t>::wrapping_shl));
        inputs.mixed::<$t, _>("wrapping_shr", "Std.core.num.$T.wrapping_shr $x (u32 b)", low(<$t>::wrapping_shr));
        inputs.mixed::<$t, _>("rotate_left", "Std.core.num.$T.rotate_left $x (u32 b)", low(<$t>::rotate_left));
        inputs.mixed::<$t, _>("rotate_right", "Std.core.num.$T.rotate_right $x (u32 b)", low(<$t>::rotate_right));
        inputs.pair("saturating_add", "Std.core.num.$T.saturating_add $x $y", <$t>::saturating_add);
        inputs.pair("saturating_sub", "Std.core.num.$T.saturating_sub $x $y", <$t>::saturating_sub);
        inputs.pair("overflowing_add", "Std.core.num.$T.overflowing_add $x $y", <$t>::overflowing_add);
        inputs.pair("overflowing_sub", "Std.core.num.$T.overflowing_sub $x $y", <$t>::overflowing_sub);
        inputs.pair("overflowing_mul", "Std.core.num.$T.overflowing_mul $x $y", <$t>::overflowing_mul);
        inputs.pair("checked_add", "Std.$T.checked_add $x $y", <$t>::checked_add);
        inputs.pair("checked_sub", "Std.$T.checked_sub $x $y", <$t>::checked_sub);
        inputs.pair("checked_mul", "Std.$T.checked_mul $x $y", <$t>::checked_mul);
        inputs.pair("checked_div", "Std.$T.checked_div $x $y", <$t>::checked_div);
        inputs.pair("checked_rem", "Std.$T.checked_rem $x $y", <$t>::checked_rem);
    }};
}

/// A theorem about the cast to each type; the two words are Lean's names for casts to unsigned and to signed types.
macro_rules! casts {
    ($inputs:expr, $t:ty, $unsigned:literal, $signed:literal) => {{
        let inputs: &mut Inputs = &mut $inputs;
        casts!(inputs, $t, $unsigned, u8 "U8", u16 "U16", u32 "U32", u64 "U64", u128 "U128", usize "Usize");
        casts!(inputs, $t, $signed, i8 "I8", i16 "I16", i32 "I32", i64 "I64", i128 "I128", isize "Isize");
    }};
    ($inputs:expr, $t:ty, $cast:literal, $($to:ident $lean:literal),*) => {$(
        $inputs.single(
            concat!("as_", stringify!($to)),
            concat!("Std.", $cast, " .", $lean, " $x"),
            |x: $t| x as $to,
        );
    )*};
}

/// All there is to say of an unsigned type.
macro_rules! unsigned {
    ($page:expr, $t:ty, $pairs:expr, $singles:expr) => {{
        let mut inputs = $page.inputs(<$t>::RUST, $pairs, $singles);
        common!(&mut inputs, $t);
        casts!(inputs, $t, "UScalar.cast", "UScalar.hcast");
    }};
}

/// All there is to say of a signed type.
macro_rules! signed {
    ($page:expr, $t:ty, $pairs:expr, $singles:expr) => {{
        let mut inputs = $page.inputs(<$t>::RUST, $pairs, $singles);
        common!(&mut inputs, $t);
        inputs.single("neg", "Std.IScalar.neg $x", <$t>::checked_neg);
        casts!(inputs, $t, "IScalar.hcast", "IScalar.cast");
    }};
}

/// The type that the kernel computes with.
pub fn u64_page() -> Page {
    let mut page = Page::new("U64", "The type `u64`.");
    let mut inputs = page.inputs("u64", pairs::<u64>(&ALL, 18), singles::<u64>(12));
    common!(&mut inputs, u64);
    casts!(inputs, u64, "UScalar.cast", "UScalar.hcast");
    let word = |f: fn(u64, u32) -> Option<u64>| move |a: u64, b: u64| f(a, u32::try_from(b).ok()?);
    inputs.mixed::<u64, _>("shl_word", "$x <<< $y", word(u64::checked_shl));
    inputs.mixed::<u64, _>("shr_word", "$x >>> $y", word(u64::checked_shr));
    inputs.pair("gt", "decide ($x > $y)", |x: u64, y| x > y);
    inputs.pair("ge", "decide ($x ≥ $y)", |x: u64, y| x >= y);
    page
}

/// The other unsigned type that the kernel computes with, and the narrowest.
pub fn unsigned_page() -> Page {
    let mut page = Page::new("Unsigned", "The types `usize` and `u8`.");
    unsigned!(page, usize, pairs::<usize>(&HALF, 8), singles::<usize>(4));
    unsigned!(page, u8, pairs::<u8>(&HALF, 8), singles::<u8>(4));
    page
}

/// The widest and the narrowest signed type: the definitions are the same for each width.
pub fn signed_page() -> Page {
    let mut page = Page::new("Signed", "The types `i64` and `i8`.");
    signed!(page, i64, pairs::<i64>(&ALL, 4), singles::<i64>(4));
    signed!(page, i8, pairs::<i8>(&HALF, 6), singles::<i8>(4));
    page
}

/// Casts from the other types.
pub fn casts_page() -> Page {
    let mut page = Page::new("Casts", "Casts from the types of 16 and 32 bits.");
    casts!(page.inputs("u16", Vec::new(), singles::<u16>(2)), u16, "UScalar.cast", "UScalar.hcast");
    casts!(page.inputs("u32", Vec::new(), singles::<u32>(2)), u32, "UScalar.cast", "UScalar.hcast");
    casts!(page.inputs("i16", Vec::new(), singles::<i16>(2)), i16, "IScalar.hcast", "IScalar.cast");
    casts!(page.inputs("i32", Vec::new(), singles::<i32>(2)), i32, "IScalar.hcast", "IScalar.cast");
    page
}
