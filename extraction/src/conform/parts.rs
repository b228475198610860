//! Theorems about what is not a function of integers: constants, arrays, slices, `Option`, memory, comparison.

use std::mem;

use super::inputs::{HALF, pairs, singles};
use super::page::{Inputs, Page};

macro_rules! constants {
    ($page:expr, $($t:ident $lean:literal),*) => {$(
        let name = stringify!($t);
        $page.constant(&format!("{name}_min"), concat!("Std.core.num.", $lean, ".MIN "), <$t>::MIN);
        $page.constant(&format!("{name}_max"), concat!("Std.core.num.", $lean, ".MAX "), <$t>::MAX);
        $page.constant(&format!("{name}_bits"), concat!("Std.core.num.", $lean, ".BITS "), <$t>::BITS);
    )*};
}

/// A condition on `a` and `b` as a number of the type.
macro_rules! bools {
    ($inputs:expr, $cast:literal, $($t:ident $lean:literal),*) => {$(
        $inputs.pair(
            concat!("bool_as_", stringify!($t)),
            concat!("Std.", $cast, ".cast_fromBool .", $lean, " (decide ($x < $y))"),
            |x: u64, y| (x < y) as $t,
        );
    )*};
}

/// All of it, on pairs of `u64`. Indices are taken modulo a number above the length, so that some are out of bounds.
pub fn page() -> Page {
    let mut page = Page::new("Parts", "Constants, arrays and the core library.");
    constants!(page, u8 "U8", u16 "U16", u32 "U32", u64 "U64", u128 "U128", usize "Usize");
    constants!(page, i8 "I8", i16 "I16", i32 "I32", i64 "I64", i128 "I128", isize "Isize");
    let mut inputs = page.inputs("parts", pairs::<u64>(&HALF, 12), singles::<u64>(0));
    let inputs = &mut inputs;
    arrays(inputs);
    slices(inputs);
    core(inputs);
    bools!(inputs, "UScalar", u8 "U8", u16 "U16", u32 "U32", u64 "U64", usize "Usize");
    bools!(inputs, "IScalar", i8 "I8", i16 "I16", i32 "I32", i64 "I64", isize "Isize");
    page
}

/// Lean's text for the array that the tests are about; `i` and `j` are the indices.
const ARRAY: &str = "Std.Array.make 3#usize [$x, $y, 5#u64]";

fn indices(a: u64, b: u64) -> (usize, usize) {
    ((a % 4) as usize, (b % 5) as usize)
}

/// `lean` with `$v` for the array, `$i` and `$j` for the indices, against `rust` of the same.
fn on_array(inputs: &mut Inputs, name: &str, lean: &str, rust: fn([u64; 3], usize, usize) -> Option<u64>) {
    let lean =
        lean.replace("$v", &format!("({ARRAY})")).replace("$i", "(usize (a % 4))").replace("$j", "(usize (b % 5))");
    inputs.mixed::<u64, _>(name, &lean, |a, b| {
        let (i, j) = indices(a, b);
        rust([a, b, 5], i, j)
    });
}

fn arrays(inputs: &mut Inputs) {
    on_array(inputs, "array_index", "Std.Array.index_usize $v $i", |v, i, _| v.get(i).copied());
    on_array(inputs, "array_update", "do let v ← Std.Array.update $v $i 7#u64; v.index_usize $j", |mut v, i, j| {
        *v.get_mut(i)? = 7;
        v.get(j).copied()
    });
    on_array(
        inputs,
        "array_index_mut",
        "do let (x, back) ← Std.Array.index_mut_usize $v $i; let y ← x / 2#u64; (back y).index_usize $j",
        |mut v, i, j| {
            let place = v.get_mut(i)?;
            *place /= 2;
            v.get(j).copied()
        },
    );
    on_array(
        inputs,
        "array_repeat",
        "do let x ← Std.Array.index_usize $v $i; (Std.Array.repeat 4#usize x).index_usize $j",
        |v, i, j| [*v.get(i)?; 4].get(j).copied(),
    );
    let clone = "do let v ← Std.core.array.CloneArray.clone Std.core.clone.CloneU64 $v; v.index_usize $j";
    on_array(inputs, "array_clone", &clone.replace("$j", "$i"), |v, i, _| v.clone().get(i).copied());
    inputs.pair(
        "array_eq",
        "decide (Std.Array.make 2#usize [$x, $y] = Std.Array.make 2#usize [$y, $x])",
        |x: u64, y| [x, y] == [y, x],
    );
}

fn slices(inputs: &mut Inputs) {
    inputs.pair("slice_len", &format!("({ARRAY}).to_slice.len"), |x: u64, y| [x, y, 5].as_slice().len());
    on_array(inputs, "slice_index", "$v.to_slice.index_usize $j", |v, _, j| v.as_slice().get(j).copied());
    on_array(
        inputs,
        "slice_update",
        "do let s ← $v.to_slice_mut.1.update $i 7#u64; ($v.to_slice_mut.2 s).index_usize $j",
        |mut v, i, j| {
            *v.as_mut_slice().get_mut(i)? = 7;
            v.get(j).copied()
        },
    );
    on_array(
        inputs,
        "slice_index_mut",
        "do let (x, back) ← $v.to_slice.index_mut_usize $i; let y ← x / 2#u64; (back y).index_usize $j",
        |mut v, i, j| {
            let slice = v.as_mut_slice();
            *slice.get_mut(i)? /= 2;
            slice.get(j).copied()
        },
    );
}

fn core(inputs: &mut Inputs) {
    let option = "(Std.U64.checked_add $x $y)";
    let sum = u64::checked_add;
    inputs.pair("is_some", &format!("Std.core.option.Option.is_some {option}"), |x, y| sum(x, y).is_some());
    inputs.pair("is_none", &format!("Std.core.option.Option.is_none {option}"), |x, y| sum(x, y).is_none());
    inputs.pair("unwrap", &format!("Std.core.option.Option.unwrap {option}"), sum);
    inputs.pair("unwrap_or", &format!("Std.core.option.Option.unwrap_or {option} $y"), |x, y| sum(x, y).unwrap_or(y));
    inputs.pair("take", &format!("(Std.core.option.Option.take {option}).1"), |x, y| {
        let mut place = sum(x, y);
        place.take()
    });
    inputs.pair("taken", &format!("(Std.core.option.Option.take {option}).2"), |x, y| {
        let mut place = sum(x, y);
        place.take();
        place
    });
    inputs.pair(
        "is_ok",
        "Std.core.result.Result.is_ok (if $x < $y then .Ok $x else .Err $y : Std.core.result.Result Std.U64 Std.U64)",
        |x: u64, y| Some((if x < y { Ok(x) } else { Err(y) }).is_ok()),
    );
    inputs.pair("replace_old", "(Std.core.mem.replace $x $y).1", |mut x: u64, y| mem::replace(&mut x, y));
    inputs.pair("replace_new", "(Std.core.mem.replace $x $y).2", |mut x: u64, y| {
        let _ = mem::replace(&mut x, y);
        x
    });
    let swap = |mut x: u64, mut y: u64| {
        mem::swap(&mut x, &mut y);
        (x, y)
    };
    inputs.pair("swap_first", "(Std.core.mem.swap $x $y).1", |x, y| swap(x, y).0);
    inputs.pair("swap_second", "(Std.core.mem.swap $x $y).2", |x, y| swap(x, y).1);
    inputs.pair("partial_eq", "Std.core.cmp.PartialEqU64.eq $x $y", |x: u64, y| Some(PartialEq::eq(&x, &y)));
    inputs.pair("partial_ne", "Std.core.cmp.PartialEqU64.ne $x $y", |x: u64, y| Some(PartialEq::ne(&x, &y)));
    inputs.pair(
        "partial_ne_default",
        "Std.core.cmp.PartialEq.ne.trait_default Std.core.cmp.PartialEqU64 $x $y",
        |x: u64, y| Some(x.ne(&y)),
    );
    inputs.single("clone", "Std.core.clone.CloneU64.clone $x", |x: u64| Some(Clone::clone(&x)));
}
