module
public import Lv6.Refine.Proc
public import Lv6.Code.Trap
/-!
# What happens without the running process's asking
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

theorem switch_next_code (hc : (abs k).current < 64) (hl : Links 64 (abs k).prev (abs k).next) :
    holds (trap.switch_next k) fun (r, k') => Spec.switchNext (abs k) = (r.val, abs k') := by
  have := hl _ hc
  unfold trap.switch_next Spec.switchNext
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call switch_next_code)

theorem fault_code (hk : Inv k) : holds (trap.fault k) fun (r, k') => Spec.fault (abs k) = (r.val, abs k') := by
  have := hk.current_lt
  have := hk.readyLinks
  unfold trap.fault Spec.fault
  wp; leaves
  · leaf_auto
  refine holds_mono (switch_next_code _ (by leaf_auto) (by leaf_auto)) fun ⟨r, k'⟩ h => ?_
  refine Eq.trans (congrArg Spec.switchNext ?_) h
  leaf

/-- The trap `fault` refines `Spec.fault`. -/
theorem fault_refines (hk : Inv k) :
    ∃ r k', trap.fault k = ok (r, k') ∧ Inv k' ∧ Spec.fault (abs k) = (r.val, abs k') :=
  refines_of (fault_code k hk) (Spec.fault_inv hk)

/-- The trap `preempt` refines `Spec.preempt`. -/
theorem preempt_refines (hk : Inv k) :
    ∃ r k', trap.preempt k = ok (r, k') ∧ Inv k' ∧ Spec.preempt (abs k) = (r.val, abs k') :=
  refines_of (switch_next_code k hk.current_lt hk.readyLinks) (Spec.preempt_inv hk)

end Lv6.Code
