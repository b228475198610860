module
public import Lv6.Refine.Page
public import Lv6.Refine.Ready
public import Lv6.Refine.Refines
public import Lv6.Code.Proc
public import Lv6.Spec.Keep.Clone
public import Lv6.Spec.Keep.Proc
/-!
# System calls on processes
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

/-! ## Helpers -/

theorem blank_code (pid : U64) (hp : pid.val < 64) :
    holds (proc.blank k pid) fun k' => abs k' = Spec.blank (abs k) pid.val := by
  unfold proc.blank Spec.blank
  run

theorem is_unused_code (pid : U64) :
    holds (proc.is_unused k pid) fun b => (Spec.isUnused (abs k) pid.val ↔ b = true) ∧
      (b = true → Spec.isPid pid.val ∧ pid.val < 64) := by
  unfold proc.is_unused Spec.isUnused
  run

theorem owns_nothing_code (pid : U64) (hp : pid.val < 64) :
    holds (proc.owns_nothing k pid) fun b => Spec.ownsNothing (abs k) pid.val ↔ b = true := by
  unfold proc.owns_nothing Spec.ownsNothing
  run

theorem init_is_ready_code :
    holds (proc.init_is_ready k) fun b => Spec.initIsReady (abs k) ↔ b = true := by
  unfold proc.init_is_ready Spec.initIsReady
  run

theorem may_kill_code (pid : U64) (hp : pid.val < 64) :
    holds (proc.may_kill k pid) fun b => Spec.mayKill (abs k) pid.val ↔ b = true := by
  unfold proc.may_kill Spec.mayKill
  run

theorem leave_code (hc : (abs k).current < 64) (hl : Links 64 (abs k).prev (abs k).next) :
    holds (proc.leave k) fun k' => abs k' = Spec.leave (abs k) := by
  unfold proc.leave Spec.leave
  run

macro_rules | `(tactic| leaf_call) => `(tactic| call leave_code)

theorem switch_to_code (pid : U64) (hp : pid.val < 64) (hc : (abs k).current < 64) (hl : Links 64 (abs k).prev (abs k).next) :
    holds (proc.switch_to k pid) fun k' => abs k' = Spec.switchTo (abs k) pid.val := by
  unfold proc.switch_to Spec.switchTo
  run

macro_rules | `(tactic| leaf_call) => `(tactic| first
  | call blank_code | call is_unused_code | call owns_nothing_code | call init_is_ready_code | call may_kill_code
  | call switch_to_code)

/-! ## System calls

Of each system call, on all arguments: it ends without panic or overflow, keeps the invariant, returns exactly the error
number that the specification names, and does to the state exactly what the specification says. -/

variable (hk : Inv k)
include hk

/-- The system call `sys_clone` refines `Spec.clone`. -/
theorem sys_clone_refines (pid pml4 stack hvm : U64) :
    Refines (proc.sys_clone k pid pml4 stack hvm) (Spec.clone (abs k) pid.val pml4.val stack.val hvm.val) := by
  have := hk.current_lt
  have := hk.freeLinks
  have := hk.nrPages_lt
  have := hk.current_pages
  have := hk.children_le _ hk.proc.pid
  refine refines_of ?_ (Spec.clone_inv hk)
  unfold proc.sys_clone Spec.clone Spec.clonePages
  run

/-- The system call `sys_set_proc_name` refines `Spec.setProcName`. -/
theorem sys_set_proc_name_refines (name0 name1 : U64) :
    Refines (proc.sys_set_proc_name k name0 name1) (Spec.setProcName (abs k) name0.bv name1.bv) := by
  have ⟨_, _⟩ := hk.proc.pid
  run_refines proc.sys_set_proc_name Spec.setProcName (Spec.setProcName_inv hk _ _)

/-- The system call `sys_set_runnable` refines `Spec.setRunnable`. -/
theorem sys_set_runnable_refines (pid : U64) :
    Refines (proc.sys_set_runnable k pid) (Spec.setRunnable (abs k) pid.val) := by
  have := hk.current_lt
  have := hk.readyLinks
  run_refines proc.sys_set_runnable Spec.setRunnable (Spec.setRunnable_inv hk)

/-- The system call `sys_switch` refines `Spec.switch`. -/
theorem sys_switch_refines (pid : U64) : Refines (proc.sys_switch k pid) (Spec.switch (abs k) pid.val) := by
  have := hk.current_lt
  have := hk.readyLinks
  run_refines proc.sys_switch Spec.switch (Spec.switch_inv hk)

/-- The system call `sys_kill` refines `Spec.kill`. -/
theorem sys_kill_refines (pid : U64) : Refines (proc.sys_kill k pid) (Spec.kill (abs k) pid.val) := by
  have := hk.readyLinks
  run_refines proc.sys_kill Spec.kill (Spec.kill_inv hk)

/-- The system call `sys_reap` refines `Spec.reap`. -/
theorem sys_reap_refines (pid : U64) : Refines (proc.sys_reap k pid) (Spec.reap (abs k) pid.val) := by
  have ⟨_, _⟩ := hk.proc.pid
  have := hk.children_pos
  run_refines proc.sys_reap Spec.reap (Spec.reap_inv hk)

/-- The system call `sys_reparent` refines `Spec.reparent`. -/
theorem sys_reparent_refines (pid : U64) : Refines (proc.sys_reparent k pid) (Spec.reparent (abs k) pid.val) := by
  have := hk.proc.nobody
  have := hk.children_pos
  have := hk.children_le 1 (by decide)
  have := hk.ppid_lt
  run_refines proc.sys_reparent Spec.reparent (Spec.reparent_inv hk)

end Lv6.Code
