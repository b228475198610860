module
public import Lv6.Theorems.Changes
public import Lv6.Theorems.Lists
public import Lv6.Spec.Trap
/-!
# What a step that takes the processor from a process changes
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
seal upd upd2
variable {s : State}

theorem preempt_changes (h : Inv s) : Changes s (preempt s).2 := by
  have := next_runnable h
  unfold preempt switchNext switchTo; changes leave
theorem fault_changes (h : Inv s) : Changes s (fault s).2 := by
  have := next_runnable h
  unfold fault switchNext switchTo; changes leave

end Lv6.Spec
