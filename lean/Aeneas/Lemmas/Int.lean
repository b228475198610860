module
public import Aeneas.Lemmas.Scalar
public import Aeneas.Scalar.Ops
/-!
# Arithmetic of signed types in programs

As `Aeneas.Lemmas.Arith`, with integers for natural numbers.
-/
@[expose] public section

namespace Aeneas.Std
open Result

section
variable {ty : IScalarTy}

theorem IScalar.bmod_of_range {i : Int} (h : IScalar.min ty ≤ i ∧ i ≤ IScalar.max ty) : i.bmod (2 ^ ty.numBits) = i :=
  by
  unfold IScalar.min IScalar.max at h
  cases ty <;> (simp only [IScalarTy.numBits] at *; rw [Int.bmod_eq_of_le] <;> omega)

/-- A statement about a literal is one about a fresh word of that number. -/
theorem IScalar.forall_val (i : Int) (h : IScalar.min ty ≤ i ∧ i ≤ IScalar.max ty) (P : IScalar ty → Prop) :
    P (IScalar.ofInt i) ↔ ∀ z : IScalar ty, z.val = i → P z := by
  have hv : (IScalar.ofInt i : IScalar ty).val = i := by rw [IScalar.val_ofInt, IScalar.bmod_of_range h]
  constructor
  · intro p z hz
    have e : z = IScalar.ofInt i := by rw [IScalar.eq_iff, hv, hz]
    rw [e]; exact p
  · intro p; exact p _ hv

theorem IScalar.tryMk_ok {i : Int} (h : IScalar.min ty ≤ i ∧ i ≤ IScalar.max ty) :
    IScalar.tryMk ty i = ok (IScalar.ofInt i) := if_pos h

theorem holds_tryMk_int (i : Int) (P : IScalar ty → Prop) :
    holds (IScalar.tryMk ty i) P ↔ (IScalar.min ty ≤ i ∧ i ≤ IScalar.max ty) ∧
      (IScalar.min ty ≤ i → i ≤ IScalar.max ty → ∀ z : IScalar ty, z.val = i → P z) := by
  by_cases h : IScalar.min ty ≤ i ∧ i ≤ IScalar.max ty
  · rw [IScalar.tryMk_ok h, holds_ok, IScalar.forall_val i h P]; simp only [h.1, h.2, and_self, true_and, forall_const]
  · simp only [IScalar.tryMk, h, if_false, holds_fail, false_and]

variable (x y : IScalar ty) (P : IScalar ty → Prop)

theorem holds_div_int : holds (x / y) P ↔ y.val ≠ 0 ∧
    (y.val ≠ 0 → holds (IScalar.tryMk ty (x.val.tdiv y.val)) P) := by
  by_cases h : y.val = 0
  · have e : x / y = fail .divisionByZero := if_pos h
    simp only [e, h, holds_fail, ne_eq, not_true_eq_false, false_and]
  · have e : x / y = IScalar.tryMk ty (x.val.tdiv y.val) := if_neg h
    simp only [e, h, ne_eq, not_false_eq_true, true_and, forall_const]
end

/-! ## Per type -/

section
variable (x y : I32) (P : I32 → Prop)
theorem holds_add_i32 : holds (x + y) P ↔ (-2147483648 ≤ x.val + y.val ∧ x.val + y.val ≤ 2147483647) ∧
    (-2147483648 ≤ x.val + y.val → x.val + y.val ≤ 2147483647 →
      ∀ z : I32, z.val = x.val + y.val → P z) :=
  holds_tryMk_int _ P
theorem holds_sub_i32 : holds (x - y) P ↔ (-2147483648 ≤ x.val - y.val ∧ x.val - y.val ≤ 2147483647) ∧
    (-2147483648 ≤ x.val - y.val → x.val - y.val ≤ 2147483647 →
      ∀ z : I32, z.val = x.val - y.val → P z) :=
  holds_tryMk_int _ P
theorem holds_mul_i32 : holds (x * y) P ↔ (-2147483648 ≤ x.val * y.val ∧ x.val * y.val ≤ 2147483647) ∧
    (-2147483648 ≤ x.val * y.val → x.val * y.val ≤ 2147483647 →
      ∀ z : I32, z.val = x.val * y.val → P z) :=
  holds_tryMk_int _ P
theorem holds_neg_i32 : holds (IScalar.neg x) P ↔ (-2147483648 ≤ -x.val ∧ -x.val ≤ 2147483647) ∧
    (-2147483648 ≤ -x.val → -x.val ≤ 2147483647 → ∀ z : I32, z.val = -x.val → P z) :=
  holds_tryMk_int _ P
end

section
variable (x y : I64) (P : I64 → Prop)
theorem holds_add_i64 : holds (x + y) P ↔ (-9223372036854775808 ≤ x.val + y.val ∧ x.val + y.val ≤ 9223372036854775807) ∧
    (-9223372036854775808 ≤ x.val + y.val → x.val + y.val ≤ 9223372036854775807 →
      ∀ z : I64, z.val = x.val + y.val → P z) :=
  holds_tryMk_int _ P
theorem holds_sub_i64 : holds (x - y) P ↔ (-9223372036854775808 ≤ x.val - y.val ∧ x.val - y.val ≤ 9223372036854775807) ∧
    (-9223372036854775808 ≤ x.val - y.val → x.val - y.val ≤ 9223372036854775807 →
      ∀ z : I64, z.val = x.val - y.val → P z) :=
  holds_tryMk_int _ P
theorem holds_mul_i64 : holds (x * y) P ↔ (-9223372036854775808 ≤ x.val * y.val ∧ x.val * y.val ≤ 9223372036854775807) ∧
    (-9223372036854775808 ≤ x.val * y.val → x.val * y.val ≤ 9223372036854775807 →
      ∀ z : I64, z.val = x.val * y.val → P z) :=
  holds_tryMk_int _ P
theorem holds_neg_i64 : holds (IScalar.neg x) P ↔ (-9223372036854775808 ≤ -x.val ∧ -x.val ≤ 9223372036854775807) ∧
    (-9223372036854775808 ≤ -x.val → -x.val ≤ 9223372036854775807 → ∀ z : I64, z.val = -x.val → P z) :=
  holds_tryMk_int _ P
end

/-! ## Casts between `u64` and `i64` -/

theorem U64.val_hcast_i64 (x : U64) :
    (UScalar.hcast .I64 x).val =
      if x.val < 9223372036854775808 then (x.val : Int) else x.val - 18446744073709551616 := by
  have hx := x.val_lt
  rw [UScalar.val_hcast]
  change (x.val : Int).bmod 18446744073709551616 = _
  rw [Int.bmod_def]
  split <;> split <;> omega
theorem I64.val_hcast_u64 (x : I64) :
    ((IScalar.hcast .U64 x).val : Int) = if 0 ≤ x.val then x.val else x.val + 18446744073709551616 := by
  have h1 := x.le_val
  have h2 := x.val_lt
  rw [IScalar.val_hcast]
  change ((x.val % 18446744073709551616).toNat : Int) = _
  split <;> omega

end Aeneas.Std
