module
public import Init
/-!
# Updating a function

The state of the specification consists of functions of numbers: a table is what it says at each index. `upd f i v` is
the table `f` after `v` has been written at `i`; `upd2 f i j v` is the same for tables of tables, such as the contents
of pages.
-/
@[expose] public section

namespace Lv6.Spec
universe u
variable {α : Type u}

/-- The function `f`, but `v` at `i`. -/
def upd (f : Nat → α) (i : Nat) (v : α) : Nat → α := fun q => if q = i then v else f q

theorem upd_apply (f : Nat → α) (i : Nat) (v : α) (q : Nat) : upd f i v q = if q = i then v else f q := rfl

theorem upd_same (f : Nat → α) (i : Nat) (v : α) : upd f i v i = v := if_pos rfl

theorem upd_ne (f : Nat → α) (i : Nat) (v : α) (q : Nat) (h : q ≠ i) : upd f i v q = f q := if_neg h

theorem upd_upd (f : Nat → α) (i : Nat) (v w : α) : upd (upd f i v) i w = upd f i w := by
  funext q; simp only [upd]; split <;> rfl

theorem upd_comm (f : Nat → α) (i j : Nat) (v w : α) (h : i ≠ j) : upd (upd f i v) j w = upd (upd f j w) i v := by
  funext q; simp only [upd]; split <;> split <;> first | rfl | omega

theorem upd_self (f : Nat → α) (i : Nat) : upd f i (f i) = f := by
  funext q; simp only [upd]; split <;> simp [*]

/-- Writing what is there already. In this form `simp [*]` can use it even where a hypothesis has replaced `f i` by its
value. -/
theorem upd_of_eq (f : Nat → α) (i : Nat) (v : α) (h : f i = v) : upd f i v = f := h ▸ upd_self f i

/-- What holds at every index still does if it holds of what is written. -/
theorem upd_forall {f : Nat → α} {i : Nat} {v : α} {P : Nat → α → Prop} (h : ∀ q, P q (f q)) (hv : P i v) (q : Nat) :
    P q (upd f i v q) := by
  by_cases hq : q = i
  · subst hq; rw [upd_same]; exact hv
  · rw [upd_ne _ _ _ _ hq]; exact h q

/-- The table of tables `f`, but `v` at `i`, `j`. -/
def upd2 (f : Nat → Nat → α) (i j : Nat) (v : α) : Nat → Nat → α := upd f i (upd (f i) j v)

theorem upd2_apply (f : Nat → Nat → α) (i j : Nat) (v : α) (p q : Nat) :
    upd2 f i j v p q = if p = i ∧ q = j then v else f p q := by
  by_cases hp : p = i
  · subst hp; simp only [upd2, upd_same, upd_apply, true_and]
  · simp only [upd2, upd_ne _ _ _ _ hp, hp, false_and, if_false]

theorem upd2_same (f : Nat → Nat → α) (i j : Nat) (v : α) : upd2 f i j v i j = v := by simp [upd2_apply]

theorem upd2_ne (f : Nat → Nat → α) (i j : Nat) (v : α) (p q : Nat) (h : p = i → q ≠ j) :
    upd2 f i j v p q = f p q := by
  rw [upd2_apply, if_neg fun e => h e.1 e.2]

theorem upd2_upd2 (f : Nat → Nat → α) (i j : Nat) (v w : α) : upd2 (upd2 f i j v) i j w = upd2 f i j w := by
  simp only [upd2, upd_same, upd_upd]

theorem upd2_of_eq (f : Nat → Nat → α) (i j : Nat) (v : α) (h : f i j = v) : upd2 f i j v = f := by
  rw [upd2, upd_of_eq _ _ _ h, upd_self]

end Lv6.Spec
