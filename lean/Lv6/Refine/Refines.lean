module
public import Aeneas.Proof
public import Lv6.Code.Fields
public import Lv6.Spec.Bounds
/-!
# What it means that the code refines the specification
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code

/-- The invariant of the code: that of the specification. `abs` forgets nothing that the core looks at. -/
abbrev Inv (k : state.Kernel) : Prop := Spec.Inv (abs k)

/-- The statement about a handler: the code `x` ends without panic or overflow, the invariant holds afterwards, and result
and state are exactly those of the specification `s`. -/
abbrev Refines (x : Result (U64 × state.Kernel)) (s : Nat × Spec.State) : Prop :=
  ∃ r k', x = ok (r, k') ∧ Inv k' ∧ s = (r.val, abs k')

/-- The code does what the specification says, and that keeps the invariant. -/
theorem refines_of {x : Result (U64 × state.Kernel)} {s : Nat × Spec.State}
    (hc : holds x fun (r, k') => s = (r.val, abs k')) (hi : Spec.Inv s.2) : Refines x s := by
  obtain ⟨⟨r, k'⟩, e, h⟩ := holds_iff.1 hc
  exact ⟨r, k', e, by rw [h] at hi; exact hi, h⟩

/-- The handler `f` is run and compared with its specification `g`, of which `h` says that it keeps the invariant. The
context must hold the bounds that the code needs. -/
macro "run_refines " f:ident g:ident h:term : tactic => `(tactic| (refine Lv6.Code.refines_of ?_ $h; unfold $f $g; run))

end Lv6.Code
