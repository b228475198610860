module
public import Lv6.Refine.Tactic
public import Lv6.Code.Ready
public import Lv6.Spec.Ready
/-!
# The ready list
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

theorem ready_add_code (pid : U64) (hp : pid.val < 64) (hc : (abs k).current < 64) (hl : Links 64 (abs k).prev (abs k).next) :
    holds (ready.ready_add k pid) fun k' => abs k' = Spec.readyAdd (abs k) pid.val := by
  have ⟨_, _⟩ := hl _ hc
  unfold ready.ready_add Spec.readyAdd
  run

theorem ready_del_code (pid : U64) (hp : pid.val < 64) (hl : Links 64 (abs k).prev (abs k).next) :
    holds (ready.ready_del k pid) fun k' => abs k' = Spec.readyDel (abs k) pid.val := by
  have ⟨_, _⟩ := hl _ hp
  unfold ready.ready_del Spec.readyDel
  run

macro_rules | `(tactic| leaf_call) => `(tactic| first | call ready_add_code | call ready_del_code)

end Lv6.Code
