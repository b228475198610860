module
public import Aeneas.Scalar.Ops
/-!
# Functions of the integer types, under the names that generated code uses

Abbreviations of the functions of `UScalar` and `IScalar`, so that lemmas about those apply.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Std

namespace core.num.U8
abbrev MIN : U8 := UScalar.ofNat 0
abbrev MAX : U8 := UScalar.ofNat 255
abbrev BITS : U32 := UScalar.ofNat 8
abbrev wrapping_add := @UScalar.wrapping_add .U8
abbrev wrapping_sub := @UScalar.wrapping_sub .U8
abbrev wrapping_mul := @UScalar.wrapping_mul .U8
abbrev wrapping_shl := @UScalar.wrapping_shl .U8
abbrev wrapping_shr := @UScalar.wrapping_shr .U8
abbrev rotate_left := @UScalar.rotate_left .U8
abbrev rotate_right := @UScalar.rotate_right .U8
abbrev saturating_add := @UScalar.saturating_add .U8
abbrev saturating_sub := @UScalar.saturating_sub .U8
abbrev overflowing_add := @UScalar.overflowing_add .U8
abbrev overflowing_sub := @UScalar.overflowing_sub .U8
abbrev overflowing_mul := @UScalar.overflowing_mul .U8
end core.num.U8
abbrev U8.checked_add := @UScalar.checked_add .U8
abbrev U8.checked_sub := @UScalar.checked_sub .U8
abbrev U8.checked_mul := @UScalar.checked_mul .U8
abbrev U8.checked_div := @UScalar.checked_div .U8
abbrev U8.checked_rem := @UScalar.checked_rem .U8

namespace core.num.U16
abbrev MIN : U16 := UScalar.ofNat 0
abbrev MAX : U16 := UScalar.ofNat 65535
abbrev BITS : U32 := UScalar.ofNat 16
abbrev wrapping_add := @UScalar.wrapping_add .U16
abbrev wrapping_sub := @UScalar.wrapping_sub .U16
abbrev wrapping_mul := @UScalar.wrapping_mul .U16
abbrev wrapping_shl := @UScalar.wrapping_shl .U16
abbrev wrapping_shr := @UScalar.wrapping_shr .U16
abbrev rotate_left := @UScalar.rotate_left .U16
abbrev rotate_right := @UScalar.rotate_right .U16
abbrev saturating_add := @UScalar.saturating_add .U16
abbrev saturating_sub := @UScalar.saturating_sub .U16
abbrev overflowing_add := @UScalar.overflowing_add .U16
abbrev overflowing_sub := @UScalar.overflowing_sub .U16
abbrev overflowing_mul := @UScalar.overflowing_mul .U16
end core.num.U16
abbrev U16.checked_add := @UScalar.checked_add .U16
abbrev U16.checked_sub := @UScalar.checked_sub .U16
abbrev U16.checked_mul := @UScalar.checked_mul .U16
abbrev U16.checked_div := @UScalar.checked_div .U16
abbrev U16.checked_rem := @UScalar.checked_rem .U16

namespace core.num.U32
abbrev MIN : U32 := UScalar.ofNat 0
abbrev MAX : U32 := UScalar.ofNat 4294967295
abbrev BITS : U32 := UScalar.ofNat 32
abbrev wrapping_add := @UScalar.wrapping_add .U32
abbrev wrapping_sub := @UScalar.wrapping_sub .U32
abbrev wrapping_mul := @UScalar.wrapping_mul .U32
abbrev wrapping_shl := @UScalar.wrapping_shl .U32
abbrev wrapping_shr := @UScalar.wrapping_shr .U32
abbrev rotate_left := @UScalar.rotate_left .U32
abbrev rotate_right := @UScalar.rotate_right .U32
abbrev saturating_add := @UScalar.saturating_add .U32
abbrev saturating_sub := @UScalar.saturating_sub .U32
abbrev overflowing_add := @UScalar.overflowing_add .U32
abbrev overflowing_sub := @UScalar.overflowing_sub .U32
abbrev overflowing_mul := @UScalar.overflowing_mul .U32
end core.num.U32
abbrev U32.checked_add := @UScalar.checked_add .U32
abbrev U32.checked_sub := @UScalar.checked_sub .U32
abbrev U32.checked_mul := @UScalar.checked_mul .U32
abbrev U32.checked_div := @UScalar.checked_div .U32
abbrev U32.checked_rem := @UScalar.checked_rem .U32

namespace core.num.U64
abbrev MIN : U64 := UScalar.ofNat 0
abbrev MAX : U64 := UScalar.ofNat 18446744073709551615
abbrev BITS : U32 := UScalar.ofNat 64
abbrev wrapping_add := @UScalar.wrapping_add .U64
abbrev wrapping_sub := @UScalar.wrapping_sub .U64
abbrev wrapping_mul := @UScalar.wrapping_mul .U64
abbrev wrapping_shl := @UScalar.wrapping_shl .U64
abbrev wrapping_shr := @UScalar.wrapping_shr .U64
abbrev rotate_left := @UScalar.rotate_left .U64
abbrev rotate_right := @UScalar.rotate_right .U64
abbrev saturating_add := @UScalar.saturating_add .U64
abbrev saturating_sub := @UScalar.saturating_sub .U64
abbrev overflowing_add := @UScalar.overflowing_add .U64
abbrev overflowing_sub := @UScalar.overflowing_sub .U64
abbrev overflowing_mul := @UScalar.overflowing_mul .U64
end core.num.U64
abbrev U64.checked_add := @UScalar.checked_add .U64
abbrev U64.checked_sub := @UScalar.checked_sub .U64
abbrev U64.checked_mul := @UScalar.checked_mul .U64
abbrev U64.checked_div := @UScalar.checked_div .U64
abbrev U64.checked_rem := @UScalar.checked_rem .U64

namespace core.num.U128
abbrev MIN : U128 := UScalar.ofNat 0
abbrev MAX : U128 := UScalar.ofNat 340282366920938463463374607431768211455
abbrev BITS : U32 := UScalar.ofNat 128
abbrev wrapping_add := @UScalar.wrapping_add .U128
abbrev wrapping_sub := @UScalar.wrapping_sub .U128
abbrev wrapping_mul := @UScalar.wrapping_mul .U128
abbrev wrapping_shl := @UScalar.wrapping_shl .U128
abbrev wrapping_shr := @UScalar.wrapping_shr .U128
abbrev rotate_left := @UScalar.rotate_left .U128
abbrev rotate_right := @UScalar.rotate_right .U128
abbrev saturating_add := @UScalar.saturating_add .U128
abbrev saturating_sub := @UScalar.saturating_sub .U128
abbrev overflowing_add := @UScalar.overflowing_add .U128
abbrev overflowing_sub := @UScalar.overflowing_sub .U128
abbrev overflowing_mul := @UScalar.overflowing_mul .U128
end core.num.U128
abbrev U128.checked_add := @UScalar.checked_add .U128
abbrev U128.checked_sub := @UScalar.checked_sub .U128
abbrev U128.checked_mul := @UScalar.checked_mul .U128
abbrev U128.checked_div := @UScalar.checked_div .U128
abbrev U128.checked_rem := @UScalar.checked_rem .U128

namespace core.num.Usize
abbrev MIN : Usize := UScalar.ofNat 0
abbrev MAX : Usize := UScalar.ofNat 18446744073709551615
abbrev BITS : U32 := UScalar.ofNat 64
abbrev wrapping_add := @UScalar.wrapping_add .Usize
abbrev wrapping_sub := @UScalar.wrapping_sub .Usize
abbrev wrapping_mul := @UScalar.wrapping_mul .Usize
abbrev wrapping_shl := @UScalar.wrapping_shl .Usize
abbrev wrapping_shr := @UScalar.wrapping_shr .Usize
abbrev rotate_left := @UScalar.rotate_left .Usize
abbrev rotate_right := @UScalar.rotate_right .Usize
abbrev saturating_add := @UScalar.saturating_add .Usize
abbrev saturating_sub := @UScalar.saturating_sub .Usize
abbrev overflowing_add := @UScalar.overflowing_add .Usize
abbrev overflowing_sub := @UScalar.overflowing_sub .Usize
abbrev overflowing_mul := @UScalar.overflowing_mul .Usize
end core.num.Usize
abbrev Usize.checked_add := @UScalar.checked_add .Usize
abbrev Usize.checked_sub := @UScalar.checked_sub .Usize
abbrev Usize.checked_mul := @UScalar.checked_mul .Usize
abbrev Usize.checked_div := @UScalar.checked_div .Usize
abbrev Usize.checked_rem := @UScalar.checked_rem .Usize

namespace core.num.I8
abbrev MIN : I8 := IScalar.ofInt (-128)
abbrev MAX : I8 := IScalar.ofInt 127
abbrev BITS : U32 := UScalar.ofNat 8
abbrev wrapping_add := @IScalar.wrapping_add .I8
abbrev wrapping_sub := @IScalar.wrapping_sub .I8
abbrev wrapping_mul := @IScalar.wrapping_mul .I8
abbrev wrapping_shl := @IScalar.wrapping_shl .I8
abbrev wrapping_shr := @IScalar.wrapping_shr .I8
abbrev rotate_left := @IScalar.rotate_left .I8
abbrev rotate_right := @IScalar.rotate_right .I8
abbrev saturating_add := @IScalar.saturating_add .I8
abbrev saturating_sub := @IScalar.saturating_sub .I8
abbrev overflowing_add := @IScalar.overflowing_add .I8
abbrev overflowing_sub := @IScalar.overflowing_sub .I8
abbrev overflowing_mul := @IScalar.overflowing_mul .I8
end core.num.I8
abbrev I8.checked_add := @IScalar.checked_add .I8
abbrev I8.checked_sub := @IScalar.checked_sub .I8
abbrev I8.checked_mul := @IScalar.checked_mul .I8
abbrev I8.checked_div := @IScalar.checked_div .I8
abbrev I8.checked_rem := @IScalar.checked_rem .I8

namespace core.num.I16
abbrev MIN : I16 := IScalar.ofInt (-32768)
abbrev MAX : I16 := IScalar.ofInt 32767
abbrev BITS : U32 := UScalar.ofNat 16
abbrev wrapping_add := @IScalar.wrapping_add .I16
abbrev wrapping_sub := @IScalar.wrapping_sub .I16
abbrev wrapping_mul := @IScalar.wrapping_mul .I16
abbrev wrapping_shl := @IScalar.wrapping_shl .I16
abbrev wrapping_shr := @IScalar.wrapping_shr .I16
abbrev rotate_left := @IScalar.rotate_left .I16
abbrev rotate_right := @IScalar.rotate_right .I16
abbrev saturating_add := @IScalar.saturating_add .I16
abbrev saturating_sub := @IScalar.saturating_sub .I16
abbrev overflowing_add := @IScalar.overflowing_add .I16
abbrev overflowing_sub := @IScalar.overflowing_sub .I16
abbrev overflowing_mul := @IScalar.overflowing_mul .I16
end core.num.I16
abbrev I16.checked_add := @IScalar.checked_add .I16
abbrev I16.checked_sub := @IScalar.checked_sub .I16
abbrev I16.checked_mul := @IScalar.checked_mul .I16
abbrev I16.checked_div := @IScalar.checked_div .I16
abbrev I16.checked_rem := @IScalar.checked_rem .I16

namespace core.num.I32
abbrev MIN : I32 := IScalar.ofInt (-2147483648)
abbrev MAX : I32 := IScalar.ofInt 2147483647
abbrev BITS : U32 := UScalar.ofNat 32
abbrev wrapping_add := @IScalar.wrapping_add .I32
abbrev wrapping_sub := @IScalar.wrapping_sub .I32
abbrev wrapping_mul := @IScalar.wrapping_mul .I32
abbrev wrapping_shl := @IScalar.wrapping_shl .I32
abbrev wrapping_shr := @IScalar.wrapping_shr .I32
abbrev rotate_left := @IScalar.rotate_left .I32
abbrev rotate_right := @IScalar.rotate_right .I32
abbrev saturating_add := @IScalar.saturating_add .I32
abbrev saturating_sub := @IScalar.saturating_sub .I32
abbrev overflowing_add := @IScalar.overflowing_add .I32
abbrev overflowing_sub := @IScalar.overflowing_sub .I32
abbrev overflowing_mul := @IScalar.overflowing_mul .I32
end core.num.I32
abbrev I32.checked_add := @IScalar.checked_add .I32
abbrev I32.checked_sub := @IScalar.checked_sub .I32
abbrev I32.checked_mul := @IScalar.checked_mul .I32
abbrev I32.checked_div := @IScalar.checked_div .I32
abbrev I32.checked_rem := @IScalar.checked_rem .I32

namespace core.num.I64
abbrev MIN : I64 := IScalar.ofInt (-9223372036854775808)
abbrev MAX : I64 := IScalar.ofInt 9223372036854775807
abbrev BITS : U32 := UScalar.ofNat 64
abbrev wrapping_add := @IScalar.wrapping_add .I64
abbrev wrapping_sub := @IScalar.wrapping_sub .I64
abbrev wrapping_mul := @IScalar.wrapping_mul .I64
abbrev wrapping_shl := @IScalar.wrapping_shl .I64
abbrev wrapping_shr := @IScalar.wrapping_shr .I64
abbrev rotate_left := @IScalar.rotate_left .I64
abbrev rotate_right := @IScalar.rotate_right .I64
abbrev saturating_add := @IScalar.saturating_add .I64
abbrev saturating_sub := @IScalar.saturating_sub .I64
abbrev overflowing_add := @IScalar.overflowing_add .I64
abbrev overflowing_sub := @IScalar.overflowing_sub .I64
abbrev overflowing_mul := @IScalar.overflowing_mul .I64
end core.num.I64
abbrev I64.checked_add := @IScalar.checked_add .I64
abbrev I64.checked_sub := @IScalar.checked_sub .I64
abbrev I64.checked_mul := @IScalar.checked_mul .I64
abbrev I64.checked_div := @IScalar.checked_div .I64
abbrev I64.checked_rem := @IScalar.checked_rem .I64

namespace core.num.I128
abbrev MIN : I128 := IScalar.ofInt (-170141183460469231731687303715884105728)
abbrev MAX : I128 := IScalar.ofInt 170141183460469231731687303715884105727
abbrev BITS : U32 := UScalar.ofNat 128
abbrev wrapping_add := @IScalar.wrapping_add .I128
abbrev wrapping_sub := @IScalar.wrapping_sub .I128
abbrev wrapping_mul := @IScalar.wrapping_mul .I128
abbrev wrapping_shl := @IScalar.wrapping_shl .I128
abbrev wrapping_shr := @IScalar.wrapping_shr .I128
abbrev rotate_left := @IScalar.rotate_left .I128
abbrev rotate_right := @IScalar.rotate_right .I128
abbrev saturating_add := @IScalar.saturating_add .I128
abbrev saturating_sub := @IScalar.saturating_sub .I128
abbrev overflowing_add := @IScalar.overflowing_add .I128
abbrev overflowing_sub := @IScalar.overflowing_sub .I128
abbrev overflowing_mul := @IScalar.overflowing_mul .I128
end core.num.I128
abbrev I128.checked_add := @IScalar.checked_add .I128
abbrev I128.checked_sub := @IScalar.checked_sub .I128
abbrev I128.checked_mul := @IScalar.checked_mul .I128
abbrev I128.checked_div := @IScalar.checked_div .I128
abbrev I128.checked_rem := @IScalar.checked_rem .I128

namespace core.num.Isize
abbrev MIN : Isize := IScalar.ofInt (-9223372036854775808)
abbrev MAX : Isize := IScalar.ofInt 9223372036854775807
abbrev BITS : U32 := UScalar.ofNat 64
abbrev wrapping_add := @IScalar.wrapping_add .Isize
abbrev wrapping_sub := @IScalar.wrapping_sub .Isize
abbrev wrapping_mul := @IScalar.wrapping_mul .Isize
abbrev wrapping_shl := @IScalar.wrapping_shl .Isize
abbrev wrapping_shr := @IScalar.wrapping_shr .Isize
abbrev rotate_left := @IScalar.rotate_left .Isize
abbrev rotate_right := @IScalar.rotate_right .Isize
abbrev saturating_add := @IScalar.saturating_add .Isize
abbrev saturating_sub := @IScalar.saturating_sub .Isize
abbrev overflowing_add := @IScalar.overflowing_add .Isize
abbrev overflowing_sub := @IScalar.overflowing_sub .Isize
abbrev overflowing_mul := @IScalar.overflowing_mul .Isize
end core.num.Isize
abbrev Isize.checked_add := @IScalar.checked_add .Isize
abbrev Isize.checked_sub := @IScalar.checked_sub .Isize
abbrev Isize.checked_mul := @IScalar.checked_mul .Isize
abbrev Isize.checked_div := @IScalar.checked_div .Isize
abbrev Isize.checked_rem := @IScalar.checked_rem .Isize

end Aeneas.Std
