module
public import Aeneas.Lemmas.Scalar
public import Aeneas.Scalar.Ops
/-!
# Arithmetic and shifts in programs

For each operator, what it takes to return and what it returns: `…_ok` as an equation, `holds_…` as a weakest
precondition. In the latter the bound is an obligation and, after that, a hypothesis; the result is a fresh word of
known value, so that no `%` gets into goals. The general lemmas come first; the ones per type have their bounds as
literals.
-/
@[expose] public section

namespace Aeneas.Std
open Result

/-- A bound that must be shown may then be used. -/
theorem and_imp_self_iff {p q : Prop} : (p ∧ (p → q)) ↔ (p ∧ q) :=
  ⟨fun ⟨a, b⟩ => ⟨a, b a⟩, fun ⟨a, b⟩ => ⟨a, fun _ => b⟩⟩

section
variable {ty : UScalarTy} (x y : UScalar ty) (P : UScalar ty → Prop)

theorem UScalar.tryMk_ok {n : Nat} (h : n < 2 ^ ty.numBits) : UScalar.tryMk ty n = ok (UScalar.ofNat n) := if_pos h

theorem holds_tryMk (n : Nat) :
    holds (UScalar.tryMk ty n) P ↔ n < 2 ^ ty.numBits ∧ (n < 2 ^ ty.numBits → ∀ z : UScalar ty, z.val = n → P z) := by
  rw [and_imp_self_iff]
  by_cases h : n < 2 ^ ty.numBits
  · rw [UScalar.tryMk_ok h, holds_ok, UScalar.forall_val n h P]; simp only [h, true_and]
  · simp only [UScalar.tryMk, h, if_false, holds_fail, false_and]

theorem UScalar.add_ok (h : x.val + y.val < 2 ^ ty.numBits) : x + y = ok (UScalar.ofNat (x.val + y.val)) := if_pos h
theorem UScalar.mul_ok (h : x.val * y.val < 2 ^ ty.numBits) : x * y = ok (UScalar.ofNat (x.val * y.val)) := if_pos h
theorem UScalar.sub_ok (h : y.val ≤ x.val) : x - y = ok (UScalar.ofNat (x.val - y.val)) := if_pos h
theorem UScalar.div_ok (h : y.val ≠ 0) : x / y = ok (UScalar.ofNat (x.val / y.val)) := if_neg h
theorem UScalar.rem_ok (h : y.val ≠ 0) : x % y = ok (UScalar.ofNat (x.val % y.val)) := if_neg h

theorem holds_add : holds (x + y) P ↔ x.val + y.val < 2 ^ ty.numBits ∧
    (x.val + y.val < 2 ^ ty.numBits → ∀ z : UScalar ty, z.val = x.val + y.val → P z) := holds_tryMk P _
theorem holds_mul : holds (x * y) P ↔ x.val * y.val < 2 ^ ty.numBits ∧
    (x.val * y.val < 2 ^ ty.numBits → ∀ z : UScalar ty, z.val = x.val * y.val → P z) := holds_tryMk P _

theorem holds_sub : holds (x - y) P ↔ y.val ≤ x.val ∧
    (y.val ≤ x.val → ∀ z : UScalar ty, z.val = x.val - y.val → P z) := by
  rw [and_imp_self_iff]
  by_cases h : y.val ≤ x.val
  · have hx := x.val_lt
    rw [UScalar.sub_ok x y h, holds_ok, UScalar.forall_val _ (by omega) P]; simp only [h, true_and]
  · have e : x - y = fail .integerOverflow := if_neg h
    simp only [e, h, holds_fail, false_and]

theorem holds_div : holds (x / y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : UScalar ty, z.val = x.val / y.val → P z) := by
  rw [and_imp_self_iff]
  by_cases h : y.val ≠ 0
  · rw [UScalar.div_ok x y h, holds_ok,
      UScalar.forall_val _ (Nat.lt_of_le_of_lt (Nat.div_le_self ..) x.val_lt) P]
    simp only [h, true_and, ne_eq, not_false_eq_true]
  · have e : x / y = fail .divisionByZero := if_pos (Classical.not_not.1 h)
    simp only [e, h, holds_fail, false_and]

theorem holds_rem : holds (x % y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : UScalar ty, z.val = x.val % y.val → P z) := by
  rw [and_imp_self_iff]
  by_cases h : y.val ≠ 0
  · rw [UScalar.rem_ok x y h, holds_ok,
      UScalar.forall_val _ (Nat.lt_of_le_of_lt (Nat.mod_le ..) x.val_lt) P]
    simp only [h, true_and, ne_eq, not_false_eq_true]
  · have e : x % y = fail .divisionByZero := if_pos (Classical.not_not.1 h)
    simp only [e, h, holds_fail, false_and]

/-! ### Shifts -/

theorem UScalar.shl_eq (n : Nat) (h : n < ty.numBits) : UScalar.shl x n = ok (UScalar.ofNat (x.val * 2 ^ n)) := by
  rw [UScalar.shl, if_pos h, ok.injEq, UScalar.eq_iff, UScalar.val_ofNat]
  change (x.bv <<< n).toNat = _
  rw [BitVec.toNat_shiftLeft, Nat.shiftLeft_eq]; rfl
theorem UScalar.shr_eq (n : Nat) (h : n < ty.numBits) : UScalar.shr x n = ok (UScalar.ofNat (x.val / 2 ^ n)) := by
  have hd : x.val / 2 ^ n < 2 ^ ty.numBits := Nat.lt_of_le_of_lt (Nat.div_le_self ..) x.val_lt
  rw [UScalar.shr, if_pos h, ok.injEq, UScalar.eq_iff, UScalar.val_ofNat, Nat.mod_eq_of_lt hd]
  change (x.bv >>> n).toNat = _
  rw [BitVec.toNat_ushiftRight, Nat.shiftRight_eq_div_pow]; rfl

theorem holds_shl_nat (n : Nat) : holds (UScalar.shl x n) P ↔ n < ty.numBits ∧
    (n < ty.numBits → ∀ z : UScalar ty, z.val = x.val * 2 ^ n % 2 ^ ty.numBits → P z) := by
  rw [and_imp_self_iff]
  by_cases h : n < ty.numBits
  · rw [← UScalar.forall_val _ (Nat.mod_lt _ (Nat.two_pow_pos _)) P, UScalar.shl_eq x n h, holds_ok]
    have e : (UScalar.ofNat (x.val * 2 ^ n) : UScalar ty) = UScalar.ofNat (x.val * 2 ^ n % 2 ^ ty.numBits) := by
      rw [UScalar.eq_iff, UScalar.val_ofNat, UScalar.val_ofNat, Nat.mod_mod]
    rw [e]; simp only [h, true_and]
  · simp only [UScalar.shl, h, if_false, holds_fail, false_and]
theorem holds_shr_nat (n : Nat) : holds (UScalar.shr x n) P ↔ n < ty.numBits ∧
    (n < ty.numBits → ∀ z : UScalar ty, z.val = x.val / 2 ^ n → P z) := by
  rw [and_imp_self_iff]
  by_cases h : n < ty.numBits
  · rw [UScalar.shr_eq x n h, holds_ok,
      UScalar.forall_val _ (Nat.lt_of_le_of_lt (Nat.div_le_self ..) x.val_lt) P]; simp only [h, true_and]
  · simp only [UScalar.shr, h, if_false, holds_fail, false_and]

variable {tyu : UScalarTy} (s : UScalar tyu) {tyi : IScalarTy} (t : IScalar tyi)
theorem holds_shl : holds (x <<< s) P ↔ s.val < ty.numBits ∧
    (s.val < ty.numBits → ∀ z : UScalar ty, z.val = x.val * 2 ^ s.val % 2 ^ ty.numBits → P z) := holds_shl_nat x P _
theorem holds_shr : holds (x >>> s) P ↔ s.val < ty.numBits ∧
    (s.val < ty.numBits → ∀ z : UScalar ty, z.val = x.val / 2 ^ s.val → P z) := holds_shr_nat x P _

/-- Shift by an amount of a signed type: Rust's integer literals are `i32` unless something else is said. -/
theorem holds_shl_int : holds (x <<< t) P ↔ (0 ≤ t.val ∧ t.val.toNat < ty.numBits) ∧
    (t.val.toNat < ty.numBits → ∀ z : UScalar ty, z.val = x.val * 2 ^ t.val.toNat % 2 ^ ty.numBits → P z) := by
  change holds (if 0 ≤ t.val then UScalar.shl x t.val.toNat else fail .integerOverflow) P ↔ _
  by_cases h : 0 ≤ t.val
  · rw [if_pos h, holds_shl_nat]; simp only [h, true_and]
  · rw [if_neg h, holds_fail]; simp only [h, false_and]
@[inherit_doc holds_shl_int]
theorem holds_shr_int : holds (x >>> t) P ↔ (0 ≤ t.val ∧ t.val.toNat < ty.numBits) ∧
    (t.val.toNat < ty.numBits → ∀ z : UScalar ty, z.val = x.val / 2 ^ t.val.toNat → P z) := by
  change holds (if 0 ≤ t.val then UScalar.shr x t.val.toNat else fail .integerOverflow) P ↔ _
  by_cases h : 0 ≤ t.val
  · rw [if_pos h, holds_shr_nat]; simp only [h, true_and]
  · rw [if_neg h, holds_fail]; simp only [h, false_and]
end

/-! ## The same, per type -/

section
variable (x y : U8) (P : U8 → Prop)
theorem U8.add_ok (h : x.val + y.val < 256) : x + y = ok (UScalar.ofNat (x.val + y.val)) := UScalar.add_ok x y h
theorem U8.mul_ok (h : x.val * y.val < 256) : x * y = ok (UScalar.ofNat (x.val * y.val)) := UScalar.mul_ok x y h
theorem U8.sub_ok (h : y.val ≤ x.val) : x - y = ok (UScalar.ofNat (x.val - y.val)) := UScalar.sub_ok x y h
theorem U8.div_ok (h : y.val ≠ 0) : x / y = ok (UScalar.ofNat (x.val / y.val)) := UScalar.div_ok x y h
theorem U8.rem_ok (h : y.val ≠ 0) : x % y = ok (UScalar.ofNat (x.val % y.val)) := UScalar.rem_ok x y h
theorem holds_add_u8 : holds (x + y) P ↔ x.val + y.val < 256 ∧
    (x.val + y.val < 256 → ∀ z : U8, z.val = x.val + y.val → P z) := holds_add x y P
theorem holds_mul_u8 : holds (x * y) P ↔ x.val * y.val < 256 ∧
    (x.val * y.val < 256 → ∀ z : U8, z.val = x.val * y.val → P z) := holds_mul x y P
theorem holds_sub_u8 : holds (x - y) P ↔ y.val ≤ x.val ∧
    (y.val ≤ x.val → ∀ z : U8, z.val = x.val - y.val → P z) := holds_sub x y P
theorem holds_div_u8 : holds (x / y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U8, z.val = x.val / y.val → P z) := holds_div x y P
theorem holds_rem_u8 : holds (x % y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U8, z.val = x.val % y.val → P z) := holds_rem x y P
variable {tyu : UScalarTy} (s : UScalar tyu) {tyi : IScalarTy} (t : IScalar tyi)
theorem holds_shl_u8 : holds (x <<< s) P ↔ s.val < 8 ∧
    (s.val < 8 → ∀ z : U8, z.val = x.val * 2 ^ s.val % 256 → P z) := holds_shl x P s
theorem holds_shr_u8 : holds (x >>> s) P ↔ s.val < 8 ∧
    (s.val < 8 → ∀ z : U8, z.val = x.val / 2 ^ s.val → P z) := holds_shr x P s
theorem holds_shl_int_u8 : holds (x <<< t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 8) ∧
    (t.val.toNat < 8 → ∀ z : U8, z.val = x.val * 2 ^ t.val.toNat % 256 → P z) :=
  holds_shl_int x P t
theorem holds_shr_int_u8 : holds (x >>> t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 8) ∧
    (t.val.toNat < 8 → ∀ z : U8, z.val = x.val / 2 ^ t.val.toNat → P z) := holds_shr_int x P t
end

section
variable (x y : U16) (P : U16 → Prop)
theorem U16.add_ok (h : x.val + y.val < 65536) : x + y = ok (UScalar.ofNat (x.val + y.val)) := UScalar.add_ok x y h
theorem U16.mul_ok (h : x.val * y.val < 65536) : x * y = ok (UScalar.ofNat (x.val * y.val)) := UScalar.mul_ok x y h
theorem U16.sub_ok (h : y.val ≤ x.val) : x - y = ok (UScalar.ofNat (x.val - y.val)) := UScalar.sub_ok x y h
theorem U16.div_ok (h : y.val ≠ 0) : x / y = ok (UScalar.ofNat (x.val / y.val)) := UScalar.div_ok x y h
theorem U16.rem_ok (h : y.val ≠ 0) : x % y = ok (UScalar.ofNat (x.val % y.val)) := UScalar.rem_ok x y h
theorem holds_add_u16 : holds (x + y) P ↔ x.val + y.val < 65536 ∧
    (x.val + y.val < 65536 → ∀ z : U16, z.val = x.val + y.val → P z) := holds_add x y P
theorem holds_mul_u16 : holds (x * y) P ↔ x.val * y.val < 65536 ∧
    (x.val * y.val < 65536 → ∀ z : U16, z.val = x.val * y.val → P z) := holds_mul x y P
theorem holds_sub_u16 : holds (x - y) P ↔ y.val ≤ x.val ∧
    (y.val ≤ x.val → ∀ z : U16, z.val = x.val - y.val → P z) := holds_sub x y P
theorem holds_div_u16 : holds (x / y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U16, z.val = x.val / y.val → P z) := holds_div x y P
theorem holds_rem_u16 : holds (x % y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U16, z.val = x.val % y.val → P z) := holds_rem x y P
variable {tyu : UScalarTy} (s : UScalar tyu) {tyi : IScalarTy} (t : IScalar tyi)
theorem holds_shl_u16 : holds (x <<< s) P ↔ s.val < 16 ∧
    (s.val < 16 → ∀ z : U16, z.val = x.val * 2 ^ s.val % 65536 → P z) := holds_shl x P s
theorem holds_shr_u16 : holds (x >>> s) P ↔ s.val < 16 ∧
    (s.val < 16 → ∀ z : U16, z.val = x.val / 2 ^ s.val → P z) := holds_shr x P s
theorem holds_shl_int_u16 : holds (x <<< t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 16) ∧
    (t.val.toNat < 16 → ∀ z : U16, z.val = x.val * 2 ^ t.val.toNat % 65536 → P z) :=
  holds_shl_int x P t
theorem holds_shr_int_u16 : holds (x >>> t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 16) ∧
    (t.val.toNat < 16 → ∀ z : U16, z.val = x.val / 2 ^ t.val.toNat → P z) := holds_shr_int x P t
end

section
variable (x y : U32) (P : U32 → Prop)
theorem U32.add_ok (h : x.val + y.val < 4294967296) : x + y = ok (UScalar.ofNat (x.val + y.val)) := UScalar.add_ok x y h
theorem U32.mul_ok (h : x.val * y.val < 4294967296) : x * y = ok (UScalar.ofNat (x.val * y.val)) := UScalar.mul_ok x y h
theorem U32.sub_ok (h : y.val ≤ x.val) : x - y = ok (UScalar.ofNat (x.val - y.val)) := UScalar.sub_ok x y h
theorem U32.div_ok (h : y.val ≠ 0) : x / y = ok (UScalar.ofNat (x.val / y.val)) := UScalar.div_ok x y h
theorem U32.rem_ok (h : y.val ≠ 0) : x % y = ok (UScalar.ofNat (x.val % y.val)) := UScalar.rem_ok x y h
theorem holds_add_u32 : holds (x + y) P ↔ x.val + y.val < 4294967296 ∧
    (x.val + y.val < 4294967296 → ∀ z : U32, z.val = x.val + y.val → P z) := holds_add x y P
theorem holds_mul_u32 : holds (x * y) P ↔ x.val * y.val < 4294967296 ∧
    (x.val * y.val < 4294967296 → ∀ z : U32, z.val = x.val * y.val → P z) := holds_mul x y P
theorem holds_sub_u32 : holds (x - y) P ↔ y.val ≤ x.val ∧
    (y.val ≤ x.val → ∀ z : U32, z.val = x.val - y.val → P z) := holds_sub x y P
theorem holds_div_u32 : holds (x / y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U32, z.val = x.val / y.val → P z) := holds_div x y P
theorem holds_rem_u32 : holds (x % y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U32, z.val = x.val % y.val → P z) := holds_rem x y P
variable {tyu : UScalarTy} (s : UScalar tyu) {tyi : IScalarTy} (t : IScalar tyi)
theorem holds_shl_u32 : holds (x <<< s) P ↔ s.val < 32 ∧
    (s.val < 32 → ∀ z : U32, z.val = x.val * 2 ^ s.val % 4294967296 → P z) := holds_shl x P s
theorem holds_shr_u32 : holds (x >>> s) P ↔ s.val < 32 ∧
    (s.val < 32 → ∀ z : U32, z.val = x.val / 2 ^ s.val → P z) := holds_shr x P s
theorem holds_shl_int_u32 : holds (x <<< t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 32) ∧
    (t.val.toNat < 32 → ∀ z : U32, z.val = x.val * 2 ^ t.val.toNat % 4294967296 → P z) :=
  holds_shl_int x P t
theorem holds_shr_int_u32 : holds (x >>> t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 32) ∧
    (t.val.toNat < 32 → ∀ z : U32, z.val = x.val / 2 ^ t.val.toNat → P z) := holds_shr_int x P t
end

section
variable (x y : U64) (P : U64 → Prop)
theorem U64.add_ok (h : x.val + y.val < 18446744073709551616) : x + y = ok (UScalar.ofNat (x.val + y.val)) :=
  UScalar.add_ok x y h
theorem U64.mul_ok (h : x.val * y.val < 18446744073709551616) : x * y = ok (UScalar.ofNat (x.val * y.val)) :=
  UScalar.mul_ok x y h
theorem U64.sub_ok (h : y.val ≤ x.val) : x - y = ok (UScalar.ofNat (x.val - y.val)) := UScalar.sub_ok x y h
theorem U64.div_ok (h : y.val ≠ 0) : x / y = ok (UScalar.ofNat (x.val / y.val)) := UScalar.div_ok x y h
theorem U64.rem_ok (h : y.val ≠ 0) : x % y = ok (UScalar.ofNat (x.val % y.val)) := UScalar.rem_ok x y h
theorem holds_add_u64 : holds (x + y) P ↔ x.val + y.val < 18446744073709551616 ∧
    (x.val + y.val < 18446744073709551616 → ∀ z : U64, z.val = x.val + y.val → P z) := holds_add x y P
theorem holds_mul_u64 : holds (x * y) P ↔ x.val * y.val < 18446744073709551616 ∧
    (x.val * y.val < 18446744073709551616 → ∀ z : U64, z.val = x.val * y.val → P z) := holds_mul x y P
theorem holds_sub_u64 : holds (x - y) P ↔ y.val ≤ x.val ∧
    (y.val ≤ x.val → ∀ z : U64, z.val = x.val - y.val → P z) := holds_sub x y P
theorem holds_div_u64 : holds (x / y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U64, z.val = x.val / y.val → P z) := holds_div x y P
theorem holds_rem_u64 : holds (x % y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : U64, z.val = x.val % y.val → P z) := holds_rem x y P
variable {tyu : UScalarTy} (s : UScalar tyu) {tyi : IScalarTy} (t : IScalar tyi)
theorem holds_shl_u64 : holds (x <<< s) P ↔ s.val < 64 ∧
    (s.val < 64 → ∀ z : U64, z.val = x.val * 2 ^ s.val % 18446744073709551616 → P z) := holds_shl x P s
theorem holds_shr_u64 : holds (x >>> s) P ↔ s.val < 64 ∧
    (s.val < 64 → ∀ z : U64, z.val = x.val / 2 ^ s.val → P z) := holds_shr x P s
theorem holds_shl_int_u64 : holds (x <<< t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 64) ∧
    (t.val.toNat < 64 → ∀ z : U64, z.val = x.val * 2 ^ t.val.toNat % 18446744073709551616 → P z) :=
  holds_shl_int x P t
theorem holds_shr_int_u64 : holds (x >>> t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 64) ∧
    (t.val.toNat < 64 → ∀ z : U64, z.val = x.val / 2 ^ t.val.toNat → P z) := holds_shr_int x P t
end

section
variable (x y : Usize) (P : Usize → Prop)
theorem Usize.add_ok (h : x.val + y.val < 18446744073709551616) : x + y = ok (UScalar.ofNat (x.val + y.val)) :=
  UScalar.add_ok x y h
theorem Usize.mul_ok (h : x.val * y.val < 18446744073709551616) : x * y = ok (UScalar.ofNat (x.val * y.val)) :=
  UScalar.mul_ok x y h
theorem Usize.sub_ok (h : y.val ≤ x.val) : x - y = ok (UScalar.ofNat (x.val - y.val)) := UScalar.sub_ok x y h
theorem Usize.div_ok (h : y.val ≠ 0) : x / y = ok (UScalar.ofNat (x.val / y.val)) := UScalar.div_ok x y h
theorem Usize.rem_ok (h : y.val ≠ 0) : x % y = ok (UScalar.ofNat (x.val % y.val)) := UScalar.rem_ok x y h
theorem holds_add_usize : holds (x + y) P ↔ x.val + y.val < 18446744073709551616 ∧
    (x.val + y.val < 18446744073709551616 → ∀ z : Usize, z.val = x.val + y.val → P z) := holds_add x y P
theorem holds_mul_usize : holds (x * y) P ↔ x.val * y.val < 18446744073709551616 ∧
    (x.val * y.val < 18446744073709551616 → ∀ z : Usize, z.val = x.val * y.val → P z) := holds_mul x y P
theorem holds_sub_usize : holds (x - y) P ↔ y.val ≤ x.val ∧
    (y.val ≤ x.val → ∀ z : Usize, z.val = x.val - y.val → P z) := holds_sub x y P
theorem holds_div_usize : holds (x / y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : Usize, z.val = x.val / y.val → P z) := holds_div x y P
theorem holds_rem_usize : holds (x % y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → ∀ z : Usize, z.val = x.val % y.val → P z) := holds_rem x y P
variable {tyu : UScalarTy} (s : UScalar tyu) {tyi : IScalarTy} (t : IScalar tyi)
theorem holds_shl_usize : holds (x <<< s) P ↔ s.val < 64 ∧
    (s.val < 64 → ∀ z : Usize, z.val = x.val * 2 ^ s.val % 18446744073709551616 → P z) := holds_shl x P s
theorem holds_shr_usize : holds (x >>> s) P ↔ s.val < 64 ∧
    (s.val < 64 → ∀ z : Usize, z.val = x.val / 2 ^ s.val → P z) := holds_shr x P s
theorem holds_shl_int_usize : holds (x <<< t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 64) ∧
    (t.val.toNat < 64 → ∀ z : Usize, z.val = x.val * 2 ^ t.val.toNat % 18446744073709551616 → P z) :=
  holds_shl_int x P t
theorem holds_shr_int_usize : holds (x >>> t) P ↔ (0 ≤ t.val ∧ t.val.toNat < 64) ∧
    (t.val.toNat < 64 → ∀ z : Usize, z.val = x.val / 2 ^ t.val.toNat → P z) := holds_shr_int x P t
end

end Aeneas.Std
