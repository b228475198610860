module
public import Lv6.Refine.Tactic
public import Lv6.Refine.Refines
public import Lv6.Code.Iommu
public import Lv6.Code.Interrupt
public import Lv6.Spec.Interrupt
/-!
# One bit of a table of bits

Interrupt vectors and I/O ports have a bit each, in arrays of words. Here `wp` knows shifts as operations on words (as
the specification has them) and masks of low bits as remainders.
-/
set_option compiler.extract_closed false
@[expose] public section
noncomputable section

open Aeneas Aeneas.Std Result

namespace Lv6.Code

theorem toNat_bv (x : U64) : x.bv.toNat = x.val := rfl
theorem and_63 (x : U64) : (x &&& 63#u64).val = x.val % 64 := by
  rw [UScalar.val_and, U64.val_lit]; exact and_low x.val 6 63 rfl
theorem and_32767 (x : U64) : (x &&& 32767#u64).val = x.val % 32768 := by
  rw [UScalar.val_and, U64.val_lit]; exact and_low x.val 15 32767 rfl

/-- Sums and differences; shifts are in `wpShiftBv`. -/
def wpSums := And.intro @holds_add_u64 @holds_sub_u64

/-- Shifted words and low bits. -/
def wordBits :=
  And.intro (And.intro @UScalar.bv_mk <| And.intro @UScalar.bv_ofNat <| And.intro @UScalar.bv_and <|
    And.intro @UScalar.bv_or @UScalar.bv_not)
  (And.intro @UScalar.val_mk <| And.intro @BitVec.toNat_ushiftRight <| And.intro @Nat.shiftRight_eq_div_pow <|
    And.intro @toNat_bv <| And.intro @and_63 @and_32767)

macro_rules | `(tactic| wp) => `(tactic| simp only [↓wpMonad, ↓wpArray, ↓wpSums, ↓wpShiftBv, ↓Lv6.Code.helperCalls,
  wpWord, wpCast, wpBool, wordBits, Lv6.Code.helperBits, Lv6.Code.constants, Lv6.Code.fieldReads, Lv6.Code.fieldsAbs,
  Lv6.Code.enumAbs, if_true, if_false, Bool.not_eq_false, Nat.reduceMod, Nat.reduceLT, Nat.reduceSub, Nat.reducePow,
  Int.reduceBmod, Int.reduceToNat, Int.reduceLE])

macro_rules | `(tactic| leaf) => `(tactic| try simp only [*, leafLogic, wordBits, Lv6.Code.fieldWrites,
  Lv6.Code.fieldReads, Lv6.Code.fieldsAbs, Lv6.Code.enumAbs, Lv6.Code.constants, Lv6.Code.abs_mk, Lv6.Code.bounds,
  U64.val_lit, Usize.val_lit, U64.val_cast_usize, Lv6.Spec.upd_same, Lv6.Spec.upd_upd, Lv6.Spec.upd_of_eq,
  Lv6.Spec.upd2, Bool.not_eq_true, Bool.not_eq_false, Nat.reduceMod, Nat.reduceLT, Nat.reduceSub, Nat.reducePow,
  reduceCtorEq])

theorem is_vector_code (v : U64) :
    holds (interrupt.is_vector v) fun b => (Spec.isVector v.val ↔ b = true) ∧ (b = true → v.val < 256) := by
  unfold interrupt.is_vector Spec.isVector
  run

theorem is_devid_code (d : U64) :
    holds (iommu.is_devid d) fun b => (Spec.isDevid d.val ↔ b = true) ∧ (b = true → d.val < 65536) := by
  unfold iommu.is_devid Spec.isDevid
  run
macro_rules | `(tactic| leaf_call) => `(tactic| first | call is_vector_code | call is_devid_code)

end Lv6.Code
