module
public import Aeneas.Proof
public import Lv6.Code.Fields
public import Lv6.Spec.Bounds
/-!
# What it means that the code refines the specification
-/
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code

/-- The invariant of the code: that of the specification. `abs` forgets nothing that the core looks at. -/
abbrev Inv (k : state.Kernel) : Prop := Spec.Inv (abs k)

/-- The code does what the specification says, and that keeps the invariant: together, the statement about a handler. -/
theorem refines_of {x : Result (U64 × state.Kernel)} {s : Nat × Spec.State}
    (hc : holds x fun (r, k') => s = (r.val, abs k')) (hi : Spec.Inv s.2) :
    ∃ r k', x = ok (r, k') ∧ Inv k' ∧ s = (r.val, abs k') := by
  obtain ⟨⟨r, k'⟩, e, h⟩ := holds_iff.1 hc
  exact ⟨r, k', e, by rw [h] at hi; exact hi, h⟩

end Lv6.Code
