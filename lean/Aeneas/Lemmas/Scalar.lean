module
public import Aeneas.Scalar.Notation
public import Aeneas.Scalar.Num
public import Aeneas.Holds
/-!
# Machine integers as numbers

What `.val` of literals, casts and comparisons is. The normal form of a condition on words is a condition on natural
numbers (integers, for signed types), which `omega` decides.
-/
@[expose] public section

namespace Aeneas.Std

/-! ## Comparison -/

namespace UScalar
variable {ty : UScalarTy} {x y : UScalar ty}
theorem lt_iff : x < y ↔ x.val < y.val := Iff.rfl
theorem le_iff : x ≤ y ↔ x.val ≤ y.val := Iff.rfl
theorem gt_iff : x > y ↔ y.val < x.val := Iff.rfl
theorem ge_iff : x ≥ y ↔ y.val ≤ x.val := Iff.rfl
theorem beq_iff : (x == y) = true ↔ x.val = y.val := by rw [beq_iff_eq, eq_iff]
theorem bne_iff : (x != y) = true ↔ x.val ≠ y.val := by rw [bne_iff_ne, Ne, eq_iff]
end UScalar

namespace IScalar
variable {ty : IScalarTy} {x y : IScalar ty}
theorem lt_iff : x < y ↔ x.val < y.val := Iff.rfl
theorem le_iff : x ≤ y ↔ x.val ≤ y.val := Iff.rfl
theorem gt_iff : x > y ↔ y.val < x.val := Iff.rfl
theorem ge_iff : x ≥ y ↔ y.val ≤ x.val := Iff.rfl
theorem beq_iff : (x == y) = true ↔ x.val = y.val := by rw [beq_iff_eq, eq_iff]
theorem bne_iff : (x != y) = true ↔ x.val ≠ y.val := by rw [bne_iff_ne, Ne, eq_iff]
end IScalar

/-! ## Bounds and literals -/

theorem UScalar.val_lt {ty : UScalarTy} (x : UScalar ty) : x.val < 2 ^ ty.numBits := x.bv.isLt
theorem UScalar.val_ofNat {ty : UScalarTy} (n : Nat) : (UScalar.ofNat n : UScalar ty).val = n % 2 ^ ty.numBits :=
  BitVec.toNat_ofNat n ty.numBits
theorem UScalar.val_mk {ty : UScalarTy} (b : BitVec ty.numBits) : (UScalar.mk b).val = b.toNat := rfl
theorem UScalar.ofNat_val {ty : UScalarTy} (x : UScalar ty) : UScalar.ofNat x.val = x := by
  rw [UScalar.eq_iff, UScalar.val_ofNat, Nat.mod_eq_of_lt x.val_lt]
theorem UScalar.bv_eq {ty : UScalarTy} (x : UScalar ty) : x.bv = BitVec.ofNat _ x.val := by
  rw [UScalar.val, BitVec.ofNat_toNat, BitVec.setWidth_eq]
theorem UScalar.val_default {ty : UScalarTy} : (default : UScalar ty).val = 0 := by
  change (UScalar.ofNat 0 : UScalar ty).val = 0
  rw [UScalar.val_ofNat, Nat.zero_mod]

theorem IScalar.val_ofInt {ty : IScalarTy} (i : Int) : (IScalar.ofInt i : IScalar ty).val = i.bmod (2 ^ ty.numBits) :=
  BitVec.toInt_ofInt i
theorem IScalar.val_mk {ty : IScalarTy} (b : BitVec ty.numBits) : (IScalar.mk b).val = b.toInt := rfl
theorem IScalar.ofInt_val {ty : IScalarTy} (x : IScalar ty) : IScalar.ofInt x.val = x := by
  cases x; simp only [IScalar.ofInt, IScalar.val, BitVec.ofInt_toInt]
theorem IScalar.bv_eq {ty : IScalarTy} (x : IScalar ty) : x.bv = BitVec.ofInt _ x.val := by
  rw [IScalar.val, BitVec.ofInt_toInt]
theorem IScalar.val_default {ty : IScalarTy} : (default : IScalar ty).val = 0 := by
  change (IScalar.ofInt 0 : IScalar ty).val = 0
  rw [IScalar.val_ofInt, Int.zero_bmod]

theorem U8.val_lt (x : U8) : x.val < 256 := x.bv.isLt
theorem U8.val_lit (n : Nat) : (UScalar.ofNat n : U8).val = n % 256 := UScalar.val_ofNat n
theorem U8.val_mk (n : Nat) : (UScalar.mk (BitVec.ofNat 8 n) : U8).val = n % 256 := UScalar.val_ofNat n
theorem U16.val_lt (x : U16) : x.val < 65536 := x.bv.isLt
theorem U16.val_lit (n : Nat) : (UScalar.ofNat n : U16).val = n % 65536 := UScalar.val_ofNat n
theorem U16.val_mk (n : Nat) : (UScalar.mk (BitVec.ofNat 16 n) : U16).val = n % 65536 := UScalar.val_ofNat n
theorem U32.val_lt (x : U32) : x.val < 4294967296 := x.bv.isLt
theorem U32.val_lit (n : Nat) : (UScalar.ofNat n : U32).val = n % 4294967296 := UScalar.val_ofNat n
theorem U32.val_mk (n : Nat) : (UScalar.mk (BitVec.ofNat 32 n) : U32).val = n % 4294967296 := UScalar.val_ofNat n
theorem U64.val_lt (x : U64) : x.val < 18446744073709551616 := x.bv.isLt
theorem U64.val_lit (n : Nat) : (UScalar.ofNat n : U64).val = n % 18446744073709551616 := UScalar.val_ofNat n
theorem U64.val_mk (n : Nat) : (UScalar.mk (BitVec.ofNat 64 n) : U64).val = n % 18446744073709551616 :=
  UScalar.val_ofNat n
theorem Usize.val_lt (x : Usize) : x.val < 18446744073709551616 := x.bv.isLt
theorem Usize.val_lit (n : Nat) : (UScalar.ofNat n : Usize).val = n % 18446744073709551616 := UScalar.val_ofNat n
theorem Usize.val_mk (n : Nat) : (UScalar.mk (BitVec.ofNat 64 n) : Usize).val = n % 18446744073709551616 :=
  UScalar.val_ofNat n
theorem I8.le_val (x : I8) : -128 ≤ x.val := BitVec.le_toInt x.bv
theorem I8.val_lt (x : I8) : x.val < 128 := BitVec.toInt_lt
theorem I8.val_lit (i : Int) : (IScalar.ofInt i : I8).val = i.bmod 256 := IScalar.val_ofInt i
theorem I16.le_val (x : I16) : -32768 ≤ x.val := BitVec.le_toInt x.bv
theorem I16.val_lt (x : I16) : x.val < 32768 := BitVec.toInt_lt
theorem I16.val_lit (i : Int) : (IScalar.ofInt i : I16).val = i.bmod 65536 := IScalar.val_ofInt i
theorem I32.le_val (x : I32) : -2147483648 ≤ x.val := BitVec.le_toInt x.bv
theorem I32.val_lt (x : I32) : x.val < 2147483648 := BitVec.toInt_lt
theorem I32.val_lit (i : Int) : (IScalar.ofInt i : I32).val = i.bmod 4294967296 := IScalar.val_ofInt i
theorem I64.le_val (x : I64) : -9223372036854775808 ≤ x.val := BitVec.le_toInt x.bv
theorem I64.val_lt (x : I64) : x.val < 9223372036854775808 := BitVec.toInt_lt
theorem I64.val_lit (i : Int) : (IScalar.ofInt i : I64).val = i.bmod 18446744073709551616 := IScalar.val_ofInt i
theorem Isize.le_val (x : Isize) : -9223372036854775808 ≤ x.val := BitVec.le_toInt x.bv
theorem Isize.val_lt (x : Isize) : x.val < 9223372036854775808 := BitVec.toInt_lt
theorem Isize.val_lit (i : Int) : (IScalar.ofInt i : Isize).val = i.bmod 18446744073709551616 := IScalar.val_ofInt i

/-! ## Casts -/

theorem UScalar.val_cast {src tgt : UScalarTy} (x : UScalar src) :
    (UScalar.cast tgt x).val = x.val % 2 ^ tgt.numBits := BitVec.toNat_setWidth tgt.numBits x.bv
theorem UScalar.val_hcast {src : UScalarTy} {tgt : IScalarTy} (x : UScalar src) :
    (UScalar.hcast tgt x).val = (x.val : Int).bmod (2 ^ tgt.numBits) := by
  change (x.bv.setWidth tgt.numBits).toInt = _
  rw [BitVec.toInt_setWidth]; rfl
theorem IScalar.val_cast {src tgt : IScalarTy} (x : IScalar src) :
    (IScalar.cast tgt x).val = x.val.bmod (2 ^ tgt.numBits) := BitVec.toInt_ofInt _
theorem IScalar.val_hcast {src : IScalarTy} {tgt : UScalarTy} (x : IScalar src) :
    (IScalar.hcast tgt x).val = (x.val % 2 ^ tgt.numBits).toNat := by
  change (BitVec.ofInt tgt.numBits x.bv.toInt).toNat = _
  rw [BitVec.toNat_ofInt]; simp only [IScalar.val, Int.natCast_pow, Int.cast_ofNat_Int]
theorem UScalar.val_cast_fromBool {ty : UScalarTy} (b : Bool) :
    (UScalar.cast_fromBool ty b).val = if b = true then 1 else 0 := by
  cases ty <;> cases b <;> rfl

theorem U8.val_cast_u8 (x : U8) : (UScalar.cast .U8 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U8.val_cast_u16 (x : U8) : (UScalar.cast .U16 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U8.val_cast_u32 (x : U8) : (UScalar.cast .U32 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U8.val_cast_u64 (x : U8) : (UScalar.cast .U64 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U8.val_cast_usize (x : U8) : (UScalar.cast .Usize x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U16.val_cast_u8 (x : U16) : (UScalar.cast .U8 x).val = x.val % 256 := UScalar.val_cast x
theorem U16.val_cast_u16 (x : U16) : (UScalar.cast .U16 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U16.val_cast_u32 (x : U16) : (UScalar.cast .U32 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U16.val_cast_u64 (x : U16) : (UScalar.cast .U64 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U16.val_cast_usize (x : U16) : (UScalar.cast .Usize x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U32.val_cast_u8 (x : U32) : (UScalar.cast .U8 x).val = x.val % 256 := UScalar.val_cast x
theorem U32.val_cast_u16 (x : U32) : (UScalar.cast .U16 x).val = x.val % 65536 := UScalar.val_cast x
theorem U32.val_cast_u32 (x : U32) : (UScalar.cast .U32 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U32.val_cast_u64 (x : U32) : (UScalar.cast .U64 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U32.val_cast_usize (x : U32) : (UScalar.cast .Usize x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U64.val_cast_u8 (x : U64) : (UScalar.cast .U8 x).val = x.val % 256 := UScalar.val_cast x
theorem U64.val_cast_u16 (x : U64) : (UScalar.cast .U16 x).val = x.val % 65536 := UScalar.val_cast x
theorem U64.val_cast_u32 (x : U64) : (UScalar.cast .U32 x).val = x.val % 4294967296 := UScalar.val_cast x
theorem U64.val_cast_u64 (x : U64) : (UScalar.cast .U64 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem U64.val_cast_usize (x : U64) : (UScalar.cast .Usize x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem Usize.val_cast_u8 (x : Usize) : (UScalar.cast .U8 x).val = x.val % 256 := UScalar.val_cast x
theorem Usize.val_cast_u16 (x : Usize) : (UScalar.cast .U16 x).val = x.val % 65536 := UScalar.val_cast x
theorem Usize.val_cast_u32 (x : Usize) : (UScalar.cast .U32 x).val = x.val % 4294967296 := UScalar.val_cast x
theorem Usize.val_cast_u64 (x : Usize) : (UScalar.cast .U64 x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))
theorem Usize.val_cast_usize (x : Usize) : (UScalar.cast .Usize x).val = x.val :=
  (UScalar.val_cast x).trans (Nat.mod_eq_of_lt (Nat.lt_of_lt_of_le x.val_lt (by decide)))

/-! ## A word is determined by its number -/

/-- A statement about a literal is one about a fresh word of that number. This is how `%` is kept out of goals. -/
theorem UScalar.forall_val {ty : UScalarTy} (n : Nat) (h : n < 2 ^ ty.numBits) (P : UScalar ty → Prop) :
    P (UScalar.ofNat n) ↔ ∀ z : UScalar ty, z.val = n → P z := by
  have hv : (UScalar.ofNat n : UScalar ty).val = n := by rw [UScalar.val_ofNat, Nat.mod_eq_of_lt h]
  constructor
  · intro p z hz
    have e : z = UScalar.ofNat n := by rw [UScalar.eq_iff, hv, hz]
    rw [e]; exact p
  · intro p; exact p _ hv

end Aeneas.Std
