//! The inputs: values at which definitions of arithmetic go wrong, and values from a fixed seed.

use super::page::Word;

/// The generator SplitMix64: the committed tables need the same numbers on each machine and with each compiler.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of up to 64 bits, each length equally likely: most products and sums of full-length ones overflow.
    fn any_length(&mut self) -> u64 {
        let length = self.next() % 64;
        self.next() >> length
    }
}

/// All pairs of ends of ranges, by their places in [`ends`].
pub const ALL: [(usize, usize); 25] = {
    let mut all = [(0, 0); 25];
    let mut i = 0;
    while i < 25 {
        all[i] = (i / 5, i % 5);
        i += 1;
    }
    all
};

/// Those pairs of ends at which some function overflows, divides by zero or only just does not.
pub const HALF: [(usize, usize); 9] = [(0, 0), (0, 1), (1, 0), (2, 1), (3, 1), (3, 4), (4, 1), (4, 4), (1, 4)];

/// Ends of the ranges of the signed and the unsigned type of `bits` bits, as bits.
fn ends(bits: u32) -> [u64; 5] {
    let all = u64::MAX >> (64 - bits);
    [0, 1, all >> 1, (all >> 1) + 1, all]
}

/// `random` and some more pairs of inputs for functions of `T`: the chosen pairs of ends of ranges, factors around the
/// square root of the range, and shifts by about the width.
pub fn pairs<T: Word>(chosen: &[(usize, usize)], random: usize) -> Vec<(u64, u64)> {
    let bits = T::BITS;
    let all = u64::MAX >> (64 - bits);
    let root = 1u64 << (bits / 2);
    let mut pairs: Vec<_> = chosen.iter().map(|&(a, b)| (ends(bits)[a], ends(bits)[b])).collect();
    pairs.extend([(root, root), (root + 1, root - 1), (root - 1, all)]);
    pairs.extend([bits - 1, bits, bits + 1].map(|shift| (all - 2, u64::from(shift))));
    let mut source = Random(u64::from(bits));
    pairs.extend((0..random).map(|i| {
        let a = source.any_length() & all;
        match i % 4 {
            // Near each other, so that comparisons and subtraction see both outcomes.
            0 => (a, a.wrapping_add(source.next() % 3).wrapping_sub(1) & all),
            _ => (a, source.any_length() & all),
        }
    }));
    pairs
}

/// `random` and some more inputs for functions of one `T`: ends of the ranges of all widths.
pub fn singles<T: Word>(random: usize) -> Vec<u64> {
    let all = u64::MAX >> (64 - T::BITS);
    let mut singles: Vec<u64> = [8, 16, 32, 64].into_iter().filter(|&bits| bits <= T::BITS).flat_map(ends).collect();
    let mut source = Random(!u64::from(T::BITS));
    singles.extend((0..random).map(|_| source.any_length() & all));
    singles.sort_unstable();
    singles.dedup();
    singles
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First outputs of the published algorithm for the seed 0.
    #[test]
    fn the_generator_is_splitmix() {
        let mut source = Random(0);
        assert_eq!([source.next(), source.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn inputs_fit_the_type_and_lie_at_its_ends() {
        for (a, b) in pairs::<i16>(&ALL, 40) {
            assert!(a < 1 << 16 && b < 1 << 16);
        }
        assert!(pairs::<i16>(&HALF, 0).contains(&(0x8000, 0xffff)), "MIN / -1");
        assert!(pairs::<u64>(&HALF, 0).contains(&(u64::MAX, 1)), "MAX + 1");
        assert!(pairs::<u64>(&HALF, 0).contains(&(u64::MAX - 2, 64)), "shift by the width");
        assert!(singles::<u8>(100).iter().all(|&a| a < 256));
        assert!(singles::<u64>(0).contains(&0xffff_ffff), "a cast to i32 that is -1");
    }

    #[test]
    fn random_pairs_see_both_outcomes_of_each_question() {
        let random = pairs::<u64>(&ALL, 40).split_off(31);
        assert_eq!(random.len(), 40);
        let questions: [fn(u64, u64) -> bool; 3] =
            [|a, b| a.checked_add(b).is_some(), |a, b| a < b, |a, b| a.checked_mul(b).is_some()];
        for question in questions {
            let yes = random.iter().filter(|&&(a, b)| question(a, b)).count();
            assert!((5..40).contains(&yes), "{yes}");
        }
    }
}
