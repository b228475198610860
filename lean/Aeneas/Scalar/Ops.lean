module
public import Aeneas.Scalar.Basic
/-!
# Operators on machine integers

Arithmetic fails where Rust panics with overflow checks on: a result out of range, a division by zero, a shift by the
width or more. Bit operations and casts never fail.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Std
open Result

/-! ## Arithmetic -/

namespace UScalar
variable {ty : UScalarTy}

def add (x y : UScalar ty) : Result (UScalar ty) := tryMk ty (x.val + y.val)
def sub (x y : UScalar ty) : Result (UScalar ty) :=
  if y.val ≤ x.val then ok (ofNat (x.val - y.val)) else fail .integerOverflow
def mul (x y : UScalar ty) : Result (UScalar ty) := tryMk ty (x.val * y.val)
def div (x y : UScalar ty) : Result (UScalar ty) :=
  if y.val = 0 then fail .divisionByZero else ok (ofNat (x.val / y.val))
def rem (x y : UScalar ty) : Result (UScalar ty) :=
  if y.val = 0 then fail .divisionByZero else ok (ofNat (x.val % y.val))

instance : HAdd (UScalar ty) (UScalar ty) (Result (UScalar ty)) := ⟨add⟩
instance : HSub (UScalar ty) (UScalar ty) (Result (UScalar ty)) := ⟨sub⟩
instance : HMul (UScalar ty) (UScalar ty) (Result (UScalar ty)) := ⟨mul⟩
instance : HDiv (UScalar ty) (UScalar ty) (Result (UScalar ty)) := ⟨div⟩
instance : HMod (UScalar ty) (UScalar ty) (Result (UScalar ty)) := ⟨rem⟩
end UScalar

namespace IScalar
variable {ty : IScalarTy}

def add (x y : IScalar ty) : Result (IScalar ty) := tryMk ty (x.val + y.val)
def sub (x y : IScalar ty) : Result (IScalar ty) := tryMk ty (x.val - y.val)
def mul (x y : IScalar ty) : Result (IScalar ty) := tryMk ty (x.val * y.val)
/-- Rounds towards zero. The least number divided by -1 is out of range. -/
def div (x y : IScalar ty) : Result (IScalar ty) :=
  if y.val = 0 then fail .divisionByZero else tryMk ty (x.val.tdiv y.val)
/-- The remainder has the sign of `x`. It fails whenever the quotient is out of range. -/
def rem (x y : IScalar ty) : Result (IScalar ty) :=
  if y.val = 0 then fail .divisionByZero
  else if x.val = min ty ∧ y.val = -1 then fail .integerOverflow
  else ok (ofInt (x.val.tmod y.val))
def neg (x : IScalar ty) : Result (IScalar ty) := tryMk ty (-x.val)

instance : HAdd (IScalar ty) (IScalar ty) (Result (IScalar ty)) := ⟨add⟩
instance : HSub (IScalar ty) (IScalar ty) (Result (IScalar ty)) := ⟨sub⟩
instance : HMul (IScalar ty) (IScalar ty) (Result (IScalar ty)) := ⟨mul⟩
instance : HDiv (IScalar ty) (IScalar ty) (Result (IScalar ty)) := ⟨div⟩
instance : HMod (IScalar ty) (IScalar ty) (Result (IScalar ty)) := ⟨rem⟩
end IScalar

/-! ## Shifts, by an amount of any type -/

namespace UScalar
variable {ty : UScalarTy}

def shl (x : UScalar ty) (n : Nat) : Result (UScalar ty) :=
  if n < ty.numBits then ok ⟨x.bv <<< n⟩ else fail .integerOverflow
def shr (x : UScalar ty) (n : Nat) : Result (UScalar ty) :=
  if n < ty.numBits then ok ⟨x.bv >>> n⟩ else fail .integerOverflow

instance {tys : UScalarTy} : HShiftLeft (UScalar ty) (UScalar tys) (Result (UScalar ty)) :=
  ⟨fun x s => shl x s.val⟩
instance {tys : UScalarTy} : HShiftRight (UScalar ty) (UScalar tys) (Result (UScalar ty)) :=
  ⟨fun x s => shr x s.val⟩
instance {tys : IScalarTy} : HShiftLeft (UScalar ty) (IScalar tys) (Result (UScalar ty)) :=
  ⟨fun x s => if 0 ≤ s.val then shl x s.val.toNat else fail .integerOverflow⟩
instance {tys : IScalarTy} : HShiftRight (UScalar ty) (IScalar tys) (Result (UScalar ty)) :=
  ⟨fun x s => if 0 ≤ s.val then shr x s.val.toNat else fail .integerOverflow⟩
end UScalar

namespace IScalar
variable {ty : IScalarTy}

def shl (x : IScalar ty) (n : Nat) : Result (IScalar ty) :=
  if n < ty.numBits then ok ⟨x.bv <<< n⟩ else fail .integerOverflow
/-- Copies of the sign bit come in from the left. -/
def shr (x : IScalar ty) (n : Nat) : Result (IScalar ty) :=
  if n < ty.numBits then ok ⟨x.bv.sshiftRight n⟩ else fail .integerOverflow

instance {tys : UScalarTy} : HShiftLeft (IScalar ty) (UScalar tys) (Result (IScalar ty)) :=
  ⟨fun x s => shl x s.val⟩
instance {tys : UScalarTy} : HShiftRight (IScalar ty) (UScalar tys) (Result (IScalar ty)) :=
  ⟨fun x s => shr x s.val⟩
instance {tys : IScalarTy} : HShiftLeft (IScalar ty) (IScalar tys) (Result (IScalar ty)) :=
  ⟨fun x s => if 0 ≤ s.val then shl x s.val.toNat else fail .integerOverflow⟩
instance {tys : IScalarTy} : HShiftRight (IScalar ty) (IScalar tys) (Result (IScalar ty)) :=
  ⟨fun x s => if 0 ≤ s.val then shr x s.val.toNat else fail .integerOverflow⟩
end IScalar

/-! ## Bit operations -/

section
variable {tyu : UScalarTy} {tyi : IScalarTy}
instance : HAnd (UScalar tyu) (UScalar tyu) (UScalar tyu) := ⟨fun x y => ⟨x.bv &&& y.bv⟩⟩
instance : HOr (UScalar tyu) (UScalar tyu) (UScalar tyu) := ⟨fun x y => ⟨x.bv ||| y.bv⟩⟩
instance : HXor (UScalar tyu) (UScalar tyu) (UScalar tyu) := ⟨fun x y => ⟨x.bv ^^^ y.bv⟩⟩
instance : Complement (UScalar tyu) := ⟨fun x => ⟨~~~x.bv⟩⟩
instance : HAnd (IScalar tyi) (IScalar tyi) (IScalar tyi) := ⟨fun x y => ⟨x.bv &&& y.bv⟩⟩
instance : HOr (IScalar tyi) (IScalar tyi) (IScalar tyi) := ⟨fun x y => ⟨x.bv ||| y.bv⟩⟩
instance : HXor (IScalar tyi) (IScalar tyi) (IScalar tyi) := ⟨fun x y => ⟨x.bv ^^^ y.bv⟩⟩
instance : Complement (IScalar tyi) := ⟨fun x => ⟨~~~x.bv⟩⟩
end

/-! ## Casts: `as` keeps the low bits, and fills up according to the sign of the source -/

def UScalar.cast {src : UScalarTy} (tgt : UScalarTy) (x : UScalar src) : UScalar tgt := ⟨x.bv.setWidth tgt.numBits⟩
def UScalar.hcast {src : UScalarTy} (tgt : IScalarTy) (x : UScalar src) : IScalar tgt := ⟨x.bv.setWidth tgt.numBits⟩
def IScalar.cast {src : IScalarTy} (tgt : IScalarTy) (x : IScalar src) : IScalar tgt := ⟨x.bv.signExtend tgt.numBits⟩
def IScalar.hcast {src : IScalarTy} (tgt : UScalarTy) (x : IScalar src) : UScalar tgt := ⟨x.bv.signExtend tgt.numBits⟩
def UScalar.cast_fromBool (ty : UScalarTy) (b : Bool) : UScalar ty := UScalar.ofNat b.toNat
def IScalar.cast_fromBool (ty : IScalarTy) (b : Bool) : IScalar ty := IScalar.ofInt b.toNat

/-! ## Functions of the integer types -/

namespace UScalar
variable {ty : UScalarTy}

def wrapping_add (x y : UScalar ty) : UScalar ty := ⟨x.bv + y.bv⟩
def wrapping_sub (x y : UScalar ty) : UScalar ty := ⟨x.bv - y.bv⟩
def wrapping_mul (x y : UScalar ty) : UScalar ty := ⟨x.bv * y.bv⟩
def wrapping_shl (x : UScalar ty) (s : U32) : UScalar ty := ⟨x.bv <<< (s.val % ty.numBits)⟩
def wrapping_shr (x : UScalar ty) (s : U32) : UScalar ty := ⟨x.bv >>> (s.val % ty.numBits)⟩
def rotate_left (x : UScalar ty) (s : U32) : UScalar ty := ⟨x.bv.rotateLeft s.val⟩
def rotate_right (x : UScalar ty) (s : U32) : UScalar ty := ⟨x.bv.rotateRight s.val⟩
def saturating_add (x y : UScalar ty) : UScalar ty := ofNat (Nat.min (max ty) (x.val + y.val))
def saturating_sub (x y : UScalar ty) : UScalar ty := ofNat (x.val - y.val)
def overflowing_add (x y : UScalar ty) : UScalar ty × Bool := (wrapping_add x y, decide (max ty < x.val + y.val))
def overflowing_sub (x y : UScalar ty) : UScalar ty × Bool := (wrapping_sub x y, decide (x.val < y.val))
def overflowing_mul (x y : UScalar ty) : UScalar ty × Bool := (wrapping_mul x y, decide (max ty < x.val * y.val))
def checked_add (x y : UScalar ty) : Option (UScalar ty) := (x + y).toOption
def checked_sub (x y : UScalar ty) : Option (UScalar ty) := (x - y).toOption
def checked_mul (x y : UScalar ty) : Option (UScalar ty) := (x * y).toOption
def checked_div (x y : UScalar ty) : Option (UScalar ty) := (x / y).toOption
def checked_rem (x y : UScalar ty) : Option (UScalar ty) := (x % y).toOption
end UScalar

namespace IScalar
variable {ty : IScalarTy}

/-- The number of the type that is nearest to `i`. -/
def clamp (ty : IScalarTy) (i : Int) : IScalar ty :=
  if i < min ty then ofInt (min ty) else if max ty < i then ofInt (max ty) else ofInt i

/-- Whether `i` is not a number of the type. -/
def outOfRange (ty : IScalarTy) (i : Int) : Bool := decide (i < min ty ∨ max ty < i)

def wrapping_add (x y : IScalar ty) : IScalar ty := ⟨x.bv + y.bv⟩
def wrapping_sub (x y : IScalar ty) : IScalar ty := ⟨x.bv - y.bv⟩
def wrapping_mul (x y : IScalar ty) : IScalar ty := ⟨x.bv * y.bv⟩
def wrapping_shl (x : IScalar ty) (s : U32) : IScalar ty := ⟨x.bv <<< (s.val % ty.numBits)⟩
def wrapping_shr (x : IScalar ty) (s : U32) : IScalar ty := ⟨x.bv.sshiftRight (s.val % ty.numBits)⟩
def rotate_left (x : IScalar ty) (s : U32) : IScalar ty := ⟨x.bv.rotateLeft s.val⟩
def rotate_right (x : IScalar ty) (s : U32) : IScalar ty := ⟨x.bv.rotateRight s.val⟩
def saturating_add (x y : IScalar ty) : IScalar ty := clamp ty (x.val + y.val)
def saturating_sub (x y : IScalar ty) : IScalar ty := clamp ty (x.val - y.val)
def overflowing_add (x y : IScalar ty) : IScalar ty × Bool := (wrapping_add x y, outOfRange ty (x.val + y.val))
def overflowing_sub (x y : IScalar ty) : IScalar ty × Bool := (wrapping_sub x y, outOfRange ty (x.val - y.val))
def overflowing_mul (x y : IScalar ty) : IScalar ty × Bool := (wrapping_mul x y, outOfRange ty (x.val * y.val))
def checked_add (x y : IScalar ty) : Option (IScalar ty) := (x + y).toOption
def checked_sub (x y : IScalar ty) : Option (IScalar ty) := (x - y).toOption
def checked_mul (x y : IScalar ty) : Option (IScalar ty) := (x * y).toOption
def checked_div (x y : IScalar ty) : Option (IScalar ty) := (x / y).toOption
def checked_rem (x y : IScalar ty) : Option (IScalar ty) := (x % y).toOption
end IScalar

end Aeneas.Std
