module
public import Aeneas.Result
/-!
# Machine integers

Rust's integer types: a bit vector of the type's width, seen as a natural number (`UScalar.val`) or as an integer
(`IScalar.val`). `usize` and `isize` are 64 bits wide: the kernel runs on x86-64 and nowhere else.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Std
open Result

/-- The unsigned integer types of Rust. -/
inductive UScalarTy where
  | Usize | U8 | U16 | U32 | U64 | U128

/-- The signed integer types of Rust. -/
inductive IScalarTy where
  | Isize | I8 | I16 | I32 | I64 | I128

/-- Width in bits. -/
@[reducible] def UScalarTy.numBits : UScalarTy → Nat
  | Usize => 64 | U8 => 8 | U16 => 16 | U32 => 32 | U64 => 64 | U128 => 128

/-- Width in bits. -/
@[reducible] def IScalarTy.numBits : IScalarTy → Nat
  | Isize => 64 | I8 => 8 | I16 => 16 | I32 => 32 | I64 => 64 | I128 => 128

/-- A value of an unsigned type. -/
structure UScalar (ty : UScalarTy) where
  /-- Its bits. -/
  bv : BitVec ty.numBits

/-- A value of a signed type. -/
structure IScalar (ty : IScalarTy) where
  /-- Its bits, in two's complement. -/
  bv : BitVec ty.numBits

abbrev U8 := UScalar .U8
abbrev U16 := UScalar .U16
abbrev U32 := UScalar .U32
abbrev U64 := UScalar .U64
abbrev U128 := UScalar .U128
abbrev Usize := UScalar .Usize
abbrev I8 := IScalar .I8
abbrev I16 := IScalar .I16
abbrev I32 := IScalar .I32
abbrev I64 := IScalar .I64
abbrev I128 := IScalar .I128
abbrev Isize := IScalar .Isize

/-- The number that `x` stands for. -/
def UScalar.val {ty : UScalarTy} (x : UScalar ty) : Nat := x.bv.toNat

/-- The number that `x` stands for. -/
def IScalar.val {ty : IScalarTy} (x : IScalar ty) : Int := x.bv.toInt

/-- The value of type `ty` that stands for `n`, modulo the size of the type. Not reducible: lemmas about literals are
found by it. -/
def UScalar.ofNat {ty : UScalarTy} (n : Nat) : UScalar ty := ⟨BitVec.ofNat _ n⟩

/-- The value of type `ty` that stands for `i`, modulo the size of the type. -/
def IScalar.ofInt {ty : IScalarTy} (i : Int) : IScalar ty := ⟨BitVec.ofInt _ i⟩

/-- The largest number of the type. -/
def UScalar.max (ty : UScalarTy) : Nat := 2 ^ ty.numBits - 1
/-- The smallest number of the type. -/
def IScalar.min (ty : IScalarTy) : Int := -2 ^ (ty.numBits - 1)
/-- The largest number of the type. -/
def IScalar.max (ty : IScalarTy) : Int := 2 ^ (ty.numBits - 1) - 1

instance {ty : UScalarTy} : Inhabited (UScalar ty) := ⟨UScalar.ofNat 0⟩
instance {ty : IScalarTy} : Inhabited (IScalar ty) := ⟨IScalar.ofInt 0⟩

theorem UScalar.eq_iff {ty : UScalarTy} {x y : UScalar ty} : x = y ↔ x.val = y.val := by
  cases x; cases y; simp only [UScalar.val, UScalar.mk.injEq, BitVec.toNat_inj]

theorem IScalar.eq_iff {ty : IScalarTy} {x y : IScalar ty} : x = y ↔ x.val = y.val := by
  cases x; cases y; simp only [IScalar.val, IScalar.mk.injEq, BitVec.toInt_inj]

/-! Comparison is comparison of the numbers; this also is how the kernel of Lean evaluates it. -/

instance {ty : UScalarTy} : DecidableEq (UScalar ty) := fun x y =>
  if h : x.val = y.val then .isTrue (UScalar.eq_iff.2 h) else .isFalse fun e => h (UScalar.eq_iff.1 e)
instance {ty : IScalarTy} : DecidableEq (IScalar ty) := fun x y =>
  if h : x.val = y.val then .isTrue (IScalar.eq_iff.2 h) else .isFalse fun e => h (IScalar.eq_iff.1 e)

instance {ty : UScalarTy} : LT (UScalar ty) := ⟨fun x y => x.val < y.val⟩
instance {ty : UScalarTy} : LE (UScalar ty) := ⟨fun x y => x.val ≤ y.val⟩
instance {ty : IScalarTy} : LT (IScalar ty) := ⟨fun x y => x.val < y.val⟩
instance {ty : IScalarTy} : LE (IScalar ty) := ⟨fun x y => x.val ≤ y.val⟩
instance {ty : UScalarTy} (x y : UScalar ty) : Decidable (x < y) := inferInstanceAs (Decidable (x.val < y.val))
instance {ty : UScalarTy} (x y : UScalar ty) : Decidable (x ≤ y) := inferInstanceAs (Decidable (x.val ≤ y.val))
instance {ty : IScalarTy} (x y : IScalar ty) : Decidable (x < y) := inferInstanceAs (Decidable (x.val < y.val))
instance {ty : IScalarTy} (x y : IScalar ty) : Decidable (x ≤ y) := inferInstanceAs (Decidable (x.val ≤ y.val))

/-- The value that stands for `n`, if there is one. -/
def UScalar.tryMk (ty : UScalarTy) (n : Nat) : Result (UScalar ty) :=
  if n < 2 ^ ty.numBits then ok (UScalar.ofNat n) else fail .integerOverflow

/-- The value that stands for `i`, if there is one. -/
def IScalar.tryMk (ty : IScalarTy) (i : Int) : Result (IScalar ty) :=
  if IScalar.min ty ≤ i ∧ i ≤ IScalar.max ty then ok (IScalar.ofInt i) else fail .integerOverflow

end Aeneas.Std
