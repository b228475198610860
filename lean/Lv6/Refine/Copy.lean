module
public import Aeneas.Lemmas.Loop
public import Lv6.Refine.Tactic
public import Lv6.Code.Ipc
public import Lv6.Spec.Ipc
/-!
# Copying the bytes of a message
-/
set_option compiler.extract_closed false
@[expose] public section
noncomputable section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

/-! ## Whole words -/

/-- The state after the words from `a` up to `n` of the page `src` have been copied to the page `dst`. -/
def copyFrom (s : Spec.State) (src dst a n : Nat) : Spec.State :=
  { s with word := Spec.upd s.word dst fun j => if a ≤ j ∧ j < n then s.word src j else s.word dst j }

theorem copy_words_loop_code (source target n : U64) (hs : source.val < 8192) (ht : target.val < 8192)
    (hn : n.val ≤ 512) (hne : source.val ≠ target.val) : ∀ (k : state.Kernel) (i : U64), i.val ≤ n.val →
    holds (ipc.copy_words_loop k source target n i) fun k' =>
      abs k' = copyFrom (abs k) source.val target.val i.val n.val := by
  refine count_up fun k i hi ih => ?_
  unfold ipc.copy_words_loop
  wp; leaves <;> (try call ih) <;> try omega
  · leaf
    simp only [copyFrom, *]
    simp only [Spec.State.mk.injEq, true_and, and_true]
    funext q j
    by_cases hq : q = target.val
    · subst hq
      simp only [Spec.upd_same, Spec.upd_ne _ _ _ _ hne]
      grind [Spec.upd]
    · simp only [Spec.upd_ne _ _ _ _ hq]
  · have h : ∀ j, ¬ (i.val ≤ j ∧ j < n.val) := by omega
    simp only [copyFrom, h, if_false]
    exact (congrArg (fun w => { abs k with word := w }) (Spec.upd_self _ _)).symm

/-- The mask that the code makes. -/
theorem byteMask_eq (n : Nat) (hn : n < 8) (x z : U64) (hx : x.bv = 1#64 <<< (8 * n)) (hz : z.val = x.val - 1) :
    z.bv = Spec.byteMask n := by
  refine BitVec.eq_of_toNat_eq ?_
  change z.val = _
  rw [hz]
  change x.bv.toNat - 1 = _
  rw [hx]
  obtain rfl | rfl | rfl | rfl | rfl | rfl | rfl | rfl :
    n = 0 ∨ n = 1 ∨ n = 2 ∨ n = 3 ∨ n = 4 ∨ n = 5 ∨ n = 6 ∨ n = 7 := by omega
  all_goals rfl

/-- The mask is made without underflow. -/
theorem one_le_shl (m : Nat) (hm : m < 64) (x : U64) (hx : x.bv = 1#64 <<< m) : 1 ≤ x.val := by
  have h := Nat.two_pow_pos m
  have h' : 2 ^ m < 2 ^ 64 := Nat.pow_lt_pow_right (by omega) hm
  change 1 ≤ x.bv.toNat
  rw [hx, BitVec.toNat_shiftLeft, Nat.shiftLeft_eq, BitVec.toNat_ofNat, Nat.mod_eq_of_lt (by omega : 1 < 2 ^ 64),
    Nat.one_mul, Nat.mod_eq_of_lt h']
  exact h

theorem mixBytes_none (old new : Spec.Word) : Spec.mixBytes 0 old new = old := by
  simp only [Spec.mixBytes, Spec.byteMask, Nat.zero_lt_succ, if_true]
  rw [show (~~~((1#64 <<< (8 * 0)) - 1#64)) = BitVec.allOnes 64 from rfl, show (1#64 <<< (8 * 0)) - 1#64 = 0#64 from rfl,
    BitVec.and_allOnes, BitVec.and_zero, BitVec.or_zero]
theorem mixBytes_all {n : Nat} (hn : 8 ≤ n) (old new : Spec.Word) : Spec.mixBytes n old new = new := by
  simp only [Spec.mixBytes, Spec.byteMask, if_neg (Nat.not_lt.2 hn)]
  rw [BitVec.not_not, show (~~~0#64) = BitVec.allOnes 64 from rfl, BitVec.and_allOnes, BitVec.and_zero, BitVec.zero_or]

/-- A word of a copied page: it is the new one, the old one, or the one between, which is mixed. -/
theorem mixBytes_at (size j : Nat) (old new : Spec.Word) : Spec.mixBytes (size - 8 * j) old new =
    if j < size / 8 then new else if j = size / 8 then Spec.mixBytes (size % 8) old new else old := by
  split
  · exact mixBytes_all (by omega) _ _
  split
  · exact congrArg (Spec.mixBytes · old new) (by omega)
  · rw [show size - 8 * j = 0 by omega, mixBytes_none]

theorem copy_low_bytes_code (source target i n : U64) (hs : source.val < 8192) (ht : target.val < 8192)
    (hi : i.val < 512) (hn : n.val < 8) :
    holds (ipc.copy_low_bytes k source target i n) fun k' => abs k' = { abs k with
      word := Spec.upd2 (abs k).word target.val i.val
        (Spec.mixBytes n.val ((abs k).word target.val i.val) ((abs k).word source.val i.val)) } := by
  unfold ipc.copy_low_bytes
  simp only [↓wpMonad, ↓wpArray, ↓wpShiftBv, ↓holds_mul_u64, ↓holds_sub_u64, wpWord, wpCast, Nat.reduceMod]
  leaves
  all_goals try omega
  · next m hm h64 => exact one_le_shl _ h64 _ rfl
  · next m hm h64 _ z hz _ _ _ _ _ _ _ =>
    have hb := byteMask_eq n.val hn ⟨1#64 <<< m.val⟩ z (by rw [hm]) hz
    leaf
    simp only [wpBitsBv, hb, wordsOf_get, wordOf_get, word_abs]
    rfl

theorem copy_bytes_code (source target size : U64) (hs : source.val < 8192) (ht : target.val < 8192)
    (hz : size.val ≤ 4096) (hne : source.val ≠ target.val) :
    holds (ipc.copy_bytes k source target size) fun k' =>
      abs k' = Spec.copyBytes (abs k) source.val target.val size.val := by
  unfold ipc.copy_bytes ipc.copy_words
  wp; leaves
  all_goals try omega
  next words hw _ rest hr =>
  refine holds_mono (copy_words_loop_code source target words hs ht (by omega) hne k 0#u64
    (by rw [U64.val_lit]; omega)) fun k₁ e₁ => ?_
  have e₁ : abs k₁ = copyFrom (abs k) source.val target.val 0 words.val := e₁
  leaves
  · refine holds_mono (copy_low_bytes_code k₁ source target words rest hs ht (by omega) (by omega)) fun k₂ e₂ => ?_
    rw [e₂, e₁]
    simp only [copyFrom, Spec.copyBytes, Spec.State.mk.injEq, true_and, and_true]
    funext q j
    rw [Spec.upd2_apply]
    by_cases hq : q = target.val
    · subst hq
      simp only [Spec.upd_same, Spec.upd_ne _ _ _ _ hne, mixBytes_at]
      grind
    · simp only [Spec.upd_ne _ _ _ _ hq, hq, false_and, if_false]
  · rw [e₁]
    simp only [copyFrom, Spec.copyBytes, Spec.State.mk.injEq, true_and, and_true]
    refine congrArg _ (funext fun j => ?_)
    rw [mixBytes_at, show size.val % 8 = 0 by omega, mixBytes_none]
    grind

end Lv6.Code
