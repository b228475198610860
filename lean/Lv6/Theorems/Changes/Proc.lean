module
public import Lv6.Theorems.Changes
/-!
# What the calls on processes change
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
seal upd upd2
variable {s : State} {p : Nat}

theorem clone_changes {pml4 stack hvm : Nat} : Changes s (clone s p pml4 stack hvm).2 := by changes clone
theorem setProcName_changes (name0 name1 : Word) : Changes s (setProcName s name0 name1).2 := by changes setProcName
theorem setRunnable_changes : Changes s (setRunnable s p).2 := by changes setRunnable
theorem switch_changes : Changes s (switch s p).2 := by
  unfold switch switchTo; changes leave
theorem kill_changes : Changes s (kill s p).2 := by changes kill
theorem reap_changes : Changes s (reap s p).2 := by changes reap
theorem reparent_changes : Changes s (reparent s p).2 := by changes reparent

end Lv6.Spec
