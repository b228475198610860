module
public import Lv6.Refine.Bits
public import Lv6.Refine.Proc
public import Lv6.Refine.Reread
public import Lv6.Code.Trap
public import Lv6.Spec.Keep.Interrupt
/-!
# What happens to the running process without its asking
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

theorem switch_next_code (hc : (abs k).current < 64) (hl : Links 64 (abs k).prev (abs k).next) :
    holds (trap.switch_next k) fun (r, k') => (r.val, abs k') = Spec.switchNext (abs k) := by
  have ⟨_, _⟩ := hl _ hc
  unfold trap.switch_next Spec.switchNext
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call switch_next_code)

theorem wake_code (pid val : U64) (hp : pid.val < 64) (hc : (abs k).current < 64)
    (hl : Links 64 (abs k).prev (abs k).next) :
    holds (trap.wake k pid val) fun k' => abs k' = Spec.wake (abs k) pid.val val.val := by
  unfold trap.wake Spec.wake
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call wake_code)

variable (hk : Inv k)
include hk

/-- The trap `fault` refines `Spec.fault`: the running process dies, and the next one runs if there is one. -/
theorem fault_refines : Refines (trap.fault k) (Spec.fault (abs k)) := by
  have := hk.current_lt
  have := hk.readyLinks
  run_refines trap.fault Spec.fault (Spec.fault_inv hk)

/-- The trap `preempt` refines `Spec.preempt`: the next process runs if there is one. -/
theorem preempt_refines : Refines (trap.preempt k) (Spec.preempt (abs k)) := by
  have := hk.current_lt
  have := hk.readyLinks
  run_refines trap.preempt Spec.preempt (Spec.preempt_inv hk)

/-- The trap `extintr` refines `Spec.extintr`: an interrupt is noted for the process that owns its vector, and wakes it. -/
theorem extintr_refines (vector : U64) : Refines (trap.extintr k vector) (Spec.extintr (abs k) vector.val) := by
  have := hk.current_lt
  have := hk.readyLinks
  refine refines_of ?_ (Spec.extintr_inv hk)
  unfold trap.extintr Spec.extintr
  run_reread

end Lv6.Code
