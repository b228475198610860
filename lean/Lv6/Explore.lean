import Lv6
/-!
# A tour

Open this file in a Lean editor (VS Code with the Lean 4 extension, at the root of the repository) and put the cursor on a
command: the info view shows what it prints. `lake build` must have been run once. Nothing depends on this file.
-/
open Aeneas Aeneas.Std Result
open Lv6 Lv6.Code

/-! ## 1. The state

The specification's state has one total function for each field of the kernel's tables, and its invariant one record for
each concern. -/

#print Lv6.Spec.State
#print Lv6.Spec.ProcState
#print Lv6.Spec.Inv
#print Lv6.Spec.ReadyInv

/-! ## 2. One handler, from Rust to theorem

`rust/kernel/src/proc.rs: sys_reap` is translated to `proc.sys_reap`; `Spec.reap` says what it should do; `sys_reap_refines`
says that it does, in every state in which the invariant holds and for all arguments: no panic, no overflow, the exact error
number, the exact new state, and the invariant again. Jump to each with F12. -/

#print Lv6.Code.proc.sys_reap
#print Lv6.Spec.reap
#check @Lv6.Code.sys_reap_refines
#check @Lv6.Spec.reap_inv

/-! All of them at once: every number, all arguments. And the state that the kernel starts in, from zeroed memory. -/

#check @Lv6.Code.dispatch_refines
#check @Lv6.Code.boot_with_devices

/-! ## 3. What it is for

Isolation is about the walk of the processor over raw table entries. `MayAccess` is the list of what a process may reach. -/

#print Lv6.Spec.MayAccess
#check @Lv6.Spec.isolation
#check @Lv6.Spec.device_isolation

/-! A whole machine: kernel, processor and IOMMU with what they remember, user code and devices. `Step` lists what can
happen. In every machine that can come about: -/

#print Lv6.Spec.Step
#check @Lv6.Spec.reachable_inv
#check @Lv6.Spec.cached_isolation
#check @Lv6.Spec.dma_isolation
#check @Lv6.Spec.step_integrity

/-! ## 4. What a theorem rests on

The axioms first: `propext`, `Classical.choice` and `Quot.sound` are Lean's own, and there must be no other. Then what a
theorem says is only as good as its definitions; `#print` unfolds them step by step. -/

#print axioms Lv6.Code.dispatch_refines
#print axioms Lv6.Spec.cached_isolation
#print axioms Lv6.Spec.step_integrity

/-! ## 5. Exercise: a check that is missing

Here is `reap` without the question whether the caller is the parent. The code asks; so the code is not this. -/

namespace Lv6.Explore
open Lv6.Spec (State isPid ownsNothing blank upd ESRCH EINVAL ETXTBSY)

/-- `Spec.reap` for everybody. -/
noncomputable def reap (s : State) (p : Nat) : Nat × State :=
  if ¬ isPid p then (ESRCH, s)
  else if s.state p ≠ .zombie then (EINVAL, s)
  else if ¬ ownsNothing s p then (ETXTBSY, s)
  else (0, blank { s with nrChildren := upd s.nrChildren s.current (s.nrChildren s.current - 1) } p)

set_option linter.unusedVariables false in
/-- The steps of the proof of `sys_reap_refines` do not prove it: `fail_if_success` passes only because `run` fails. Take
`fail_if_success` away, and the editor shows the goal that is left: where the caller is not the parent, the code says EACCES. -/
example (k : state.Kernel) (hk : Inv k) (pid : U64) : True := by
  fail_if_success
    have : holds (proc.sys_reap k pid) fun (r, k') => reap (abs k) pid.val = (r.val, abs k') := by
      have ⟨_, _⟩ := hk.proc.pid
      have := hk.children_pos
      unfold proc.sys_reap reap
      run
  trivial

end Lv6.Explore
