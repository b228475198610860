//! Results as numbers, in the same way as the class `Code` of `lean/Aeneas/Conform.lean`.

/// A result of a primitive.
pub trait Code {
    /// Its number. No two results of a type have the same.
    fn code(self) -> u128;
}

macro_rules! unsigned {
    ($($ty:ty)*) => {$(
        impl Code for $ty {
            fn code(self) -> u128 {
                self as u128
            }
        }
    )*};
}
unsigned!(u8 u16 u32 u64 u128 usize bool);

macro_rules! signed {
    ($($ty:ty as $bits:ty),*) => {$(
        impl Code for $ty {
            fn code(self) -> u128 {
                (self as $bits).code()
            }
        }
    )*};
}
signed!(i8 as u8, i16 as u16, i32 as u32, i64 as u64, i128 as u128, isize as usize);

impl<V: Code> Code for (V, bool) {
    fn code(self) -> u128 {
        2 * self.0.code() + self.1.code()
    }
}

/// Also what a primitive returns that may panic: `None` is the panic.
impl<V: Code> Code for Option<V> {
    fn code(self) -> u128 {
        self.map_or(0, |value| value.code() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_that_lean_gives() {
        assert_eq!(u64::MAX.code(), 18_446_744_073_709_551_615);
        assert_eq!((-1i8).code(), 255);
        assert_eq!(i128::MIN.code(), 1 << 127);
        assert_eq!((5u8, true).code(), 11);
        assert_eq!(None::<u8>.code(), 0);
        assert_eq!(Some(false).code(), 1);
        assert_eq!(Some(u64::MAX).code(), 1 << 64);
    }
}
