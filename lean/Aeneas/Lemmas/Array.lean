module
public import Aeneas.Array
public import Aeneas.Lemmas.Scalar
/-!
# Arrays as functions

`get` and `set` are irreducible; these lemmas are all that is ever used about them, so no proof meets the list inside.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Std
open Result
universe u

namespace Array
variable {α : Type u} {n : Usize}

/-! ## Reading -/
section
variable [Inhabited α]

theorem get_set (v : Array α n) (i : Usize) (x : α) (j : Nat) (h : i.val < n.val) :
    (v.set i x).get j = if j = i.val then x else v.get j := by
  have h' : i.val < v.val.length := by rw [v.property]; exact h
  unfold get set
  simp only [List.getD_eq_getElem?_getD, List.getElem?_set]
  by_cases hj : i.val = j
  · subst hj; simp [h']
  · simp [hj, Ne.symm hj]

theorem get_set_same (v : Array α n) (i : Usize) (x : α) (h : i.val < n.val) : (v.set i x).get i.val = x := by
  rw [get_set _ _ _ _ h, if_pos rfl]

theorem get_set_ne (v : Array α n) (i : Usize) (x : α) (j : Nat) (h : j ≠ i.val) : (v.set i x).get j = v.get j := by
  by_cases hi : i.val < n.val
  · rw [get_set _ _ _ _ hi, if_neg h]
  · unfold get set
    simp only [List.getD_eq_getElem?_getD, List.getElem?_set, if_neg (Ne.symm h)]

theorem get_of_le (v : Array α n) (i : Nat) (h : n.val ≤ i) : v.get i = default := by
  unfold get
  rw [List.getD_eq_getElem?_getD, List.getElem?_eq_none (by rw [v.property]; exact h), Option.getD_none]

theorem get_repeat (x : α) (i : Nat) : (Array.repeat n x).get i = if i < n.val then x else default := by
  unfold get «repeat»
  rw [List.getD_eq_getElem?_getD]
  simp only [List.getElem?_replicate]
  split <;> rfl

/-- The default of an array type is the array of defaults; so reads past the end of an array of arrays are defaults
too. -/
theorem get_default (i : Nat) : (default : Array α n).get i = default := by
  change (Array.repeat n default).get i = default
  rw [get_repeat]; split <;> rfl

theorem get_make (l : List α) (h : l.length = n.val) (i : Nat) : (Array.make n l h).get i = l.getD i default := by
  unfold get; rfl

theorem ext_get {v w : Array α n} (h : ∀ i, i < n.val → v.get i = w.get i) : v = w := by
  have e : v.val = w.val := by
    apply List.ext_getElem?
    intro i
    by_cases hi : i < n.val
    · have hv : i < v.val.length := by rw [v.property]; exact hi
      have hw : i < w.val.length := by rw [w.property]; exact hi
      have := h i hi
      unfold get at this
      simp only [List.getD_eq_getElem?_getD, List.getElem?_eq_getElem hv, List.getElem?_eq_getElem hw,
        Option.getD_some] at this
      rw [List.getElem?_eq_getElem hv, List.getElem?_eq_getElem hw, this]
    · rw [List.getElem?_eq_none (by rw [v.property]; omega), List.getElem?_eq_none (by rw [w.property]; omega)]
  cases v; cases w; cases e; rfl
end

/-! ## Writing twice -/

theorem set_set (v : Array α n) (i : Usize) (x y : α) : (v.set i x).set i y = v.set i y := by
  unfold set; simp only [List.set_set]

theorem set_comm (v : Array α n) (i j : Usize) (x y : α) (h : i.val ≠ j.val) :
    (v.set i x).set j y = (v.set j y).set i x := by
  unfold set; simp only [List.set_comm _ _ h]

theorem set_get [Inhabited α] (v : Array α n) (i : Usize) : v.set i (v.get i.val) = v := by
  apply ext_get
  intro j _
  by_cases h : j = i.val
  · subst h
    by_cases hi : i.val < n.val
    · rw [get_set_same _ _ _ hi]
    · omega
  · rw [get_set_ne _ _ _ _ h]

/-! ## In programs -/

theorem index_usize_ok [Inhabited α] (v : Array α n) (i : Usize) (h : i.val < n.val) :
    index_usize v i = ok (v.get i.val) := by
  have h' : i.val < v.val.length := by rw [v.property]; exact h
  unfold get index_usize
  simp only [List.getD_eq_getElem?_getD, List.getElem?_eq_getElem h', Option.getD_some]
theorem index_usize_fail (v : Array α n) (i : Usize) (h : ¬ i.val < n.val) :
    index_usize v i = fail .arrayOutOfBounds := by
  unfold index_usize
  rw [List.getElem?_eq_none (by rw [v.property]; omega)]
theorem update_ok (v : Array α n) (i : Usize) (x : α) (h : i.val < n.val) : update v i x = ok (v.set i x) := if_pos h
theorem index_mut_usize_ok [Inhabited α] (v : Array α n) (i : Usize) (h : i.val < n.val) :
    index_mut_usize v i = ok (v.get i.val, v.set i) := by
  unfold index_mut_usize; rw [index_usize_ok v i h, bind_ok]
end Array

section
variable {α : Type u} {n : Usize} (v : Array α n) (i : Usize)

theorem holds_index [Inhabited α] (P : α → Prop) :
    holds (Array.index_usize v i) P ↔ i.val < n.val ∧ (i.val < n.val → P (v.get i.val)) := by
  by_cases h : i.val < n.val
  · rw [Array.index_usize_ok v i h, holds_ok]; simp only [h, true_and, forall_const]
  · rw [Array.index_usize_fail v i h, holds_fail]; simp only [h, false_and]

theorem holds_index_mut [Inhabited α] (P : α × (α → Array α n) → Prop) :
    holds (Array.index_mut_usize v i) P ↔ i.val < n.val ∧ (i.val < n.val → P (v.get i.val, v.set i)) := by
  unfold Array.index_mut_usize; rw [holds_bind, holds_index]; exact Iff.rfl

theorem holds_update (x : α) (P : Array α n → Prop) :
    holds (Array.update v i x) P ↔ i.val < n.val ∧ (i.val < n.val → P (v.set i x)) := by
  unfold Array.update; rw [holds_ite]
  by_cases h : i.val < n.val <;> simp [h, holds_ok, holds_fail]

end

/-- Copying an array of plain values copies it as it is. -/
theorem Array.clone_ok {α : Type u} {n : Usize} (f : α → Result α) (hf : ∀ a, f a = ok a) (v : Array α n) :
    Array.clone f v = ok v := by
  have hl : ∀ l : List α, l.mapM f = ok l := by
    intro l
    induction l with
    | nil => rfl
    | cons a l ih => rw [List.mapM_cons, hf, ih]; rfl
  unfold Array.clone
  rw [hl, bind_ok, dif_pos v.property]

end Aeneas.Std
