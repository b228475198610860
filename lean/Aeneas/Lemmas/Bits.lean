module
public import Aeneas.Lemmas.Arith
/-!
# Bit operations

`.val` and `.bv` of `&&&`, `|||`, `^^^`, `~~~` and of the wrapping operations; and, for the masks that occur in page
tables, what they mean as arithmetic, which `omega` understands.
-/
@[expose] public section

namespace Aeneas.Std
open Result

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
theorem U32.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 4294967296 :=
  UScalar.val_wrapping_add x y
theorem U32.val_wrapping_sub : (UScalar.wrapping_sub x y).val = (4294967296 - y.val + x.val) % 4294967296 :=
  UScalar.val_wrapping_sub x y
theorem U32.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 4294967296 :=
  UScalar.val_wrapping_mul x y
end

section
variable (x y : U64)
theorem U64.val_not : (~~~x).val = 18446744073709551615 - x.val := UScalar.val_not x
theorem U64.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 18446744073709551616 :=
  UScalar.val_wrapping_add x y
theorem U64.val_wrapping_sub :
    (UScalar.wrapping_sub x y).val = (18446744073709551616 - y.val + x.val) % 18446744073709551616 :=
  UScalar.val_wrapping_sub x y
theorem U64.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 18446744073709551616 :=
  UScalar.val_wrapping_mul x y
end

section
variable (x y : Usize)
theorem Usize.val_not : (~~~x).val = 18446744073709551615 - x.val := UScalar.val_not x
theorem Usize.val_wrapping_add : (UScalar.wrapping_add x y).val = (x.val + y.val) % 18446744073709551616 :=
  UScalar.val_wrapping_add x y
theorem Usize.val_wrapping_sub :
    (UScalar.wrapping_sub x y).val = (18446744073709551616 - y.val + x.val) % 18446744073709551616 :=
  UScalar.val_wrapping_sub x y
theorem Usize.val_wrapping_mul : (UScalar.wrapping_mul x y).val = x.val * y.val % 18446744073709551616 :=
  UScalar.val_wrapping_mul x y
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

/-! ## Words as bit vectors

For specifications that keep words as they are: equality, tests of one bit, shifts. Here a shift gives not a fresh word,
but one of known bits. -/

theorem UScalar.eq_iff_bv {ty : UScalarTy} {x y : UScalar ty} : x = y ↔ x.bv = y.bv := by
  cases x; cases y; simp only [UScalar.mk.injEq]
theorem UScalar.val_eq {ty : UScalarTy} (x : UScalar ty) : x.val = x.bv.toNat := rfl
theorem UScalar.bv_mk {ty : UScalarTy} (b : BitVec ty.numBits) : (UScalar.mk b).bv = b := rfl
theorem UScalar.val_eq_zero {ty : UScalarTy} (x : UScalar ty) : x.val = 0 ↔ x.bv = 0#ty.numBits := by
  rw [UScalar.val_eq, ← BitVec.toNat_inj, BitVec.toNat_ofNat, Nat.zero_mod]

/-- A test of bit `k` by a mask. -/
theorem bv_and_mask_eq_zero {w : Nat} (x m : BitVec w) (k : Nat) (hk : k < w) (hm : m = BitVec.twoPow w k) :
    x &&& m = 0#w ↔ x.getLsbD k = false := by
  subst hm
  rw [BitVec.and_twoPow]
  cases h : x.getLsbD k
  · simp
  · simp only [if_true, Bool.true_eq_false, iff_false]
    intro e
    have := congrArg (fun b => b.getLsbD k) e
    simp [hk] at this

/-- A test of bit `k` by a mask. -/
theorem UScalar.and_mask_eq_zero {ty : UScalarTy} (x m : UScalar ty) (k : Nat) (hk : k < ty.numBits)
    (hm : m.bv = BitVec.twoPow _ k) : (x &&& m).val = 0 ↔ x.bv.getLsbD k = false := by
  rw [UScalar.val_eq_zero, UScalar.bv_and, bv_and_mask_eq_zero _ _ k hk hm]

theorem UScalar.and_mask_ne_zero {ty : UScalarTy} (x m : UScalar ty) (k : Nat) (hk : k < ty.numBits)
    (hm : m.bv = BitVec.twoPow _ k) : (x &&& m).val ≠ 0 ↔ x.bv.getLsbD k = true := by
  rw [Ne, UScalar.and_mask_eq_zero x m k hk hm, Bool.not_eq_false]

section
variable {tyu : UScalarTy} (s : UScalar tyu) {tyi : IScalarTy} (t : IScalar tyi) (x : U64) (P : U64 → Prop)

theorem holds_shl_nat_bv_u64 (n : Nat) : holds (UScalar.shl x n) P ↔ n < 64 ∧ (n < 64 → P ⟨x.bv <<< n⟩) := by
  rw [and_imp_self_iff, UScalar.shl, holds_ite]
  by_cases h : n < 64 <;> simp [h, holds_ok, holds_fail]
theorem holds_shr_nat_bv_u64 (n : Nat) : holds (UScalar.shr x n) P ↔ n < 64 ∧ (n < 64 → P ⟨x.bv >>> n⟩) := by
  rw [and_imp_self_iff, UScalar.shr, holds_ite]
  by_cases h : n < 64 <;> simp [h, holds_ok, holds_fail]
theorem holds_shl_bv_u64 : holds (x <<< s) P ↔ s.val < 64 ∧ (s.val < 64 → P ⟨x.bv <<< s.val⟩) :=
  holds_shl_nat_bv_u64 x P _
theorem holds_shr_bv_u64 : holds (x >>> s) P ↔ s.val < 64 ∧ (s.val < 64 → P ⟨x.bv >>> s.val⟩) :=
  holds_shr_nat_bv_u64 x P _
theorem holds_shl_int_bv_u64 : holds (x <<< t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 64) ∧
    (t.val.toNat < 64 → P ⟨x.bv <<< t.val.toNat⟩) := by
  change holds (if 0 ≤ t.val then UScalar.shl x t.val.toNat else fail .integerOverflow) P ↔ _
  by_cases h : 0 ≤ t.val
  · rw [if_pos h, holds_shl_nat_bv_u64]; simp only [h, true_and]
  · rw [if_neg h, holds_fail]; simp only [h, false_and]
theorem holds_shr_int_bv_u64 : holds (x >>> t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 64) ∧
    (t.val.toNat < 64 → P ⟨x.bv >>> t.val.toNat⟩) := by
  change holds (if 0 ≤ t.val then UScalar.shr x t.val.toNat else fail .integerOverflow) P ↔ _
  by_cases h : 0 ≤ t.val
  · rw [if_pos h, holds_shr_nat_bv_u64]; simp only [h, true_and]
  · rw [if_neg h, holds_fail]; simp only [h, false_and]
end

end Aeneas.Std
