module
public import Aeneas.Result
/-!
# What a run returns

`holds x P` says that `x` returns a value that satisfies `P`: no panic, no endless loop. One lemma per construct turns
`holds` of a program into a tree of conditions (`wp`, in `Aeneas.Tactic`); all are equivalences, so nothing is lost.
-/
@[expose] public section

namespace Aeneas.Std
open Result
universe u v

/-- `x` returns a value that satisfies `P`. -/
def holds {α : Type u} (x : Result α) (P : α → Prop) : Prop :=
  match x with
  | ok a => P a
  | _ => False

section
variable {α : Type u} {β : Type u}

theorem holds_iff {x : Result α} {P : α → Prop} : holds x P ↔ ∃ a, x = ok a ∧ P a := by
  cases x <;> simp [holds]

/-- Equations about the code are the same as `holds` with an equation. -/
theorem eq_ok_iff {x : Result α} {a : α} : x = ok a ↔ holds x (· = a) := by
  cases x <;> simp [holds]

theorem holds_ok (a : α) (P : α → Prop) : holds (ok a) P ↔ P a := Iff.rfl
theorem holds_pure (a : α) (P : α → Prop) : holds (pure a) P ↔ P a := Iff.rfl
theorem holds_lift (a : α) (P : α → Prop) : holds (lift a) P ↔ P a := Iff.rfl
theorem holds_fail (e : Error) (P : α → Prop) : holds (fail e) P ↔ False := Iff.rfl
theorem holds_diverge (P : α → Prop) : holds div P ↔ False := Iff.rfl

theorem holds_bind (x : Result α) (f : α → Result β) (P : β → Prop) :
    holds (x >>= f) P ↔ holds x fun a => holds (f a) P := by
  cases x <;> exact Iff.rfl

theorem holds_map (f : α → β) (x : Result α) (P : β → Prop) : holds (f <$> x) P ↔ holds x fun a => P (f a) := by
  cases x <;> exact Iff.rfl

theorem holds_ite (c : Prop) [Decidable c] (x y : Result α) (P : α → Prop) :
    holds (if c then x else y) P ↔ (c → holds x P) ∧ (¬ c → holds y P) := by
  by_cases h : c <;> simp [h]

theorem holds_dite (c : Prop) [Decidable c] (x : c → Result α) (y : ¬ c → Result α) (P : α → Prop) :
    holds (dite c x y) P ↔ (∀ h, holds (x h) P) ∧ (∀ h, holds (y h) P) := by
  by_cases h : c <;> simp [h]

theorem holds_massert (b : Prop) [Decidable b] (P : Unit → Prop) :
    holds (massert b) P ↔ b ∧ (b → P ()) := by
  unfold massert; by_cases h : b <;> simp [h, holds]

/-- Of a run with a theorem of its own only what the theorem says is used. -/
theorem holds_mono {x : Result α} {P Q : α → Prop} (h : holds x P) (hQ : ∀ a, P a → Q a) : holds x Q := by
  cases x
  · exact hQ _ h
  · exact h
  · exact h

/-- The same for pairs. -/
theorem holds_mono_pair {x : Result (α × β)} {P Q : α × β → Prop} (h : holds x P) (hQ : ∀ a b, P (a, b) → Q (a, b)) :
    holds x Q := holds_mono h fun (a, b) => hQ a b

/-- A helper that is a pure function: what it returns is put in its place. -/
theorem holds_of_eq {x : Result α} {a : α} (h : x = ok a) (P : α → Prop) : holds x P ↔ P a := by rw [h, holds_ok]

/-- Cut a program in two: what holds between `x` and `f`. -/
theorem holds_cut {x : Result α} {f : α → Result β} {P : β → Prop} (Q : α → Prop) (h : holds x Q)
    (hf : ∀ a, Q a → holds (f a) P) : holds (x >>= f) P :=
  (holds_bind x f P).2 (holds_mono h hf)

theorem holds_and {x : Result α} {P Q : α → Prop} : holds x (fun a => P a ∧ Q a) ↔ holds x P ∧ holds x Q := by
  cases x <;> simp [holds]

end

/-- Induction for loops: to prove something of every state `s`, prove it of `s` from the same for all states of smaller
measure. -/
theorem loop_induction {σ : Type u} (m : σ → Nat) {C : σ → Prop} (step : ∀ s, (∀ t, m t < m s → C t) → C s) (s : σ) :
    C s := by
  suffices ∀ n s, m s ≤ n → C s from this (m s) s (Nat.le_refl _)
  intro n
  induction n with
  | zero => exact fun s h => step s fun t ht => by omega
  | succ n ih => exact fun s h => step s fun t ht => ih t (by omega)

end Aeneas.Std
