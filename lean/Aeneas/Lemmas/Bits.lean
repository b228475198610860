module
public import Aeneas.Lemmas.Arith
/-!
# Bit operations

`.val` and `.bv` of `&&&`, `|||`, `^^^`, `~~~` and of the wrapping operations; and, for the masks that occur in page
tables, what they mean as arithmetic, which `omega` understands.
-/
@[expose] public section

namespace Aeneas.Std

namespace UScalar
variable {ty : UScalarTy} (x y : UScalar ty)

theorem val_and : (x &&& y).val = x.val &&& y.val := BitVec.toNat_and x.bv y.bv
theorem val_or : (x ||| y).val = x.val ||| y.val := BitVec.toNat_or x.bv y.bv
theorem val_xor : (x ^^^ y).val = x.val ^^^ y.val := BitVec.toNat_xor x.bv y.bv
theorem val_not : (~~~x).val = 2 ^ ty.numBits - 1 - x.val := BitVec.toNat_not
theorem bv_and : (x &&& y).bv = x.bv &&& y.bv := rfl
theorem bv_or : (x ||| y).bv = x.bv ||| y.bv := rfl
theorem bv_xor : (x ^^^ y).bv = x.bv ^^^ y.bv := rfl
theorem bv_not : (~~~x).bv = ~~~x.bv := rfl
theorem bv_ofNat (n : Nat) : (UScalar.ofNat n : UScalar ty).bv = BitVec.ofNat _ n := rfl

theorem val_wrapping_add : (wrapping_add x y).val = (x.val + y.val) % 2 ^ ty.numBits := BitVec.toNat_add x.bv y.bv
theorem val_wrapping_sub : (wrapping_sub x y).val = (2 ^ ty.numBits - y.val + x.val) % 2 ^ ty.numBits :=
  BitVec.toNat_sub x.bv y.bv
theorem val_wrapping_mul : (wrapping_mul x y).val = x.val * y.val % 2 ^ ty.numBits := BitVec.toNat_mul x.bv y.bv
theorem bv_wrapping_add : (wrapping_add x y).bv = x.bv + y.bv := rfl
theorem bv_wrapping_sub : (wrapping_sub x y).bv = x.bv - y.bv := rfl
theorem bv_wrapping_mul : (wrapping_mul x y).bv = x.bv * y.bv := rfl

theorem val_saturating_add : (saturating_add x y).val = Nat.min (max ty) (x.val + y.val) := by
  have h : 0 < 2 ^ ty.numBits := Nat.two_pow_pos _
  unfold saturating_add
  rw [val_ofNat, Nat.mod_eq_of_lt]
  exact Nat.lt_of_le_of_lt (Nat.min_le_left ..) (by unfold max; omega)
theorem val_saturating_sub : (saturating_sub x y).val = x.val - y.val := by
  unfold saturating_sub
  rw [val_ofNat, Nat.mod_eq_of_lt (Nat.lt_of_le_of_lt (Nat.sub_le ..) x.val_lt)]

theorem checked_add_eq : checked_add x y =
    if x.val + y.val < 2 ^ ty.numBits then some (UScalar.ofNat (x.val + y.val)) else none := by
  change (tryMk ty _).toOption = _
  unfold tryMk; split <;> rfl
theorem checked_mul_eq : checked_mul x y =
    if x.val * y.val < 2 ^ ty.numBits then some (UScalar.ofNat (x.val * y.val)) else none := by
  change (tryMk ty _).toOption = _
  unfold tryMk; split <;> rfl
theorem checked_sub_eq : checked_sub x y =
    if y.val ≤ x.val then some (UScalar.ofNat (x.val - y.val)) else none := by
  change (sub x y).toOption = _
  unfold sub; split <;> rfl
end UScalar

/-! ## The same, per type -/

section
variable (x y : U8)
theorem U8.val_not : (~~~x).val = 255 - x.val := UScalar.val_not x
theorem U8.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 256 := UScalar.val_wrapping_add x y
theorem U8.val_wrapping_sub : (UScalar.wrapping_sub x y).val = (256 - y.val + x.val) % 256 :=
  UScalar.val_wrapping_sub x y
theorem U8.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 256 := UScalar.val_wrapping_mul x y
end

section
variable (x y : U16)
theorem U16.val_not : (~~~x).val = 65535 - x.val := UScalar.val_not x
theorem U16.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 65536 := UScalar.val_wrapping_add x y
theorem U16.val_wrapping_sub : (UScalar.wrapping_sub x y).val = (65536 - y.val + x.val) % 65536 :=
  UScalar.val_wrapping_sub x y
theorem U16.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 65536 := UScalar.val_wrapping_mul x y
end

section
variable (x y : U32)
theorem U32.val_not : (~~~x).val = 4294967295 - x.val := UScalar.val_not x
theorem U32.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 4294967296 := UScalar.val_wrapping_add x y
theorem U32.val_wrapping_sub : (UScalar.wrapping_sub x y).val = (4294967296 - y.val + x.val) % 4294967296 :=
  UScalar.val_wrapping_sub x y
theorem U32.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 4294967296 := UScalar.val_wrapping_mul x y
end

section
variable (x y : U64)
theorem U64.val_not : (~~~x).val = 18446744073709551615 - x.val := UScalar.val_not x
theorem U64.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 18446744073709551616 := UScalar.val_wrapping_add x y
theorem U64.val_wrapping_sub : (UScalar.wrapping_sub x y).val = (18446744073709551616 - y.val + x.val) % 18446744073709551616 :=
  UScalar.val_wrapping_sub x y
theorem U64.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 18446744073709551616 := UScalar.val_wrapping_mul x y
end

section
variable (x y : Usize)
theorem Usize.val_not : (~~~x).val = 18446744073709551615 - x.val := UScalar.val_not x
theorem Usize.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 18446744073709551616 := UScalar.val_wrapping_add x y
theorem Usize.val_wrapping_sub : (UScalar.wrapping_sub x y).val = (18446744073709551616 - y.val + x.val) % 18446744073709551616 :=
  UScalar.val_wrapping_sub x y
theorem Usize.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 18446744073709551616 := UScalar.val_wrapping_mul x y
end

/-! ## Masks -/

/-- The mask of the low `k` bits. -/
theorem and_low (x k m : Nat) (h : m = 2 ^ k - 1) : x &&& m = x % 2 ^ k := by rw [h, Nat.and_two_pow_sub_one_eq_mod]
theorem and_1 (x : Nat) : x &&& 1 = x % 2 := and_low x 1 _ rfl
theorem and_511 (x : Nat) : x &&& 511 = x % 512 := and_low x 9 _ rfl
theorem and_4095 (x : Nat) : x &&& 4095 = x % 4096 := and_low x 12 _ rfl
theorem and_8191 (x : Nat) : x &&& 8191 = x % 8192 := and_low x 13 _ rfl
theorem and_pfn (x : Nat) : x &&& 1099511627775 = x % 1099511627776 := and_low x 40 _ rfl

/-- The mask of one bit. -/
theorem and_bit (x k m : Nat) (h : m = 2 ^ k) : x &&& m = if x.testBit k = true then m else 0 := by
  subst h
  apply Nat.eq_of_testBit_eq
  intro i
  rw [Nat.testBit_and, Nat.testBit_two_pow]
  by_cases hi : k = i
  · subst hi; cases x.testBit k <;> simp [Nat.testBit_two_pow_self]
  · split <;> simp [hi]
theorem and_bit_ne_zero (x k m : Nat) (h : m = 2 ^ k) : (x &&& m ≠ 0) ↔ x.testBit k = true := by
  rw [and_bit x k m h]
  have := Nat.two_pow_pos k
  split <;> simp_all

/-- A frame number with low bits put below it. -/
theorem shl_or (x y k : Nat) (h : y < 2 ^ k) : (x * 2 ^ k) ||| y = x * 2 ^ k + y := by
  rw [Nat.mul_comm, ← Nat.two_pow_add_eq_or_of_lt h]

end Aeneas.Std
