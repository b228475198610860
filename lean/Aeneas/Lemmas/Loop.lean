module
public import Aeneas.Holds
public import Aeneas.Lemmas.Scalar
/-!
# Loops that count up
-/
@[expose] public section

namespace Aeneas.Std
universe u

/-- A loop that counts up to `n`: what is claimed of the loop from `i` on may be used for the rest of it, from `i + 1` on. -/
theorem count_up {α : Type u} {n : Nat} {C : α → U64 → Prop}
    (step : ∀ a i, i.val ≤ n → (∀ b j, i.val < n → j.val = i.val + 1 → C b j) → C a i) (a : α) (i : U64) (hi : i.val ≤ n) :
    C a i :=
  loop_induction (σ := α × U64) (fun s => n - s.2.val) (C := fun s => s.2.val ≤ n → C s.1 s.2)
    (fun s ih hs => step s.1 s.2 hs fun b j h e =>
      ih (b, j) (by show n - j.val < n - s.2.val; omega) (by show j.val ≤ n; omega)) (a, i) hi

end Aeneas.Std
