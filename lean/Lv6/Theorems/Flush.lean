module
public import Lv6.Theorems.Changes.Iommu
public import Lv6.Theorems.Changes.Proc
public import Lv6.Theorems.Integrity.Bystander
public import Lv6.Spec.Dispatch
/-!
# Every call requests the flushes that it must

The rules on translations for the calls that change page tables, IOMMU tables and devices, and for traps.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State}

/-- What the calls on processes and virtual memory change, whatever their arguments. -/
theorem dispatchProcesses_changes (nr : Nat) (a b c d e : Word) : Changes s (dispatchProcesses s nr a b c d e).2 := by
  unfold dispatchProcesses
  split
  · exact mapTable_changes
  · exact mapPml4_changes
  iterate 3 exact mapTable_changes
  · exact clone_changes
  · exact setProcName_changes _ _
  · exact setRunnable_changes
  · exact switch_changes
  · exact kill_changes
  · exact reap_changes
  · exact reparent_changes
  iterate 4 exact allocMapped_changes rfl
  · exact copyFrame_changes
  · exact protectFrame_changes
  iterate 4 exact freeMapped_changes rfl rfl (by decide)
  · exact reclaimPage_changes
  · exact .refl s

/-- **The TLB rule for system calls.** Whatever call on processes or virtual memory is made, and with whatever arguments: each
page table in which a word changes has a flush of its owner's translations asked for, no earlier request is forgotten, and
a process that comes to life starts with a flush. -/
theorem dispatchProcesses_tlb (h : Inv s) (nr : Nat) (a b c d e : Word) : TlbRule s (dispatchProcesses s nr a b c d e).2 :=
  (dispatchProcesses_changes nr a b c d e).tlb h

/-- **The IOTLB rule for calls on processes and virtual memory**, whatever their arguments: they change no IOMMU table. -/
theorem dispatchProcesses_iotlb (nr : Nat) (a b c d e : Word) : IotlbRule s (dispatchProcesses s nr a b c d e).2 :=
  (dispatchProcesses_changes nr a b c d e).flushes.iotlb

/-- **The IOTLB rule for calls on devices**, whatever their arguments: where a word of an IOMMU table changes, a flush is asked
for; where a device changes hands, its context entry is to be made again as well. -/
theorem dispatchIommu_iotlb (nr : Nat) (a b c d : Word) : IotlbRule s (dispatchIommu s nr a b c d).2 := by
  refine Flushes.iotlb ?_
  unfold dispatchIommu
  split
  · exact mapPcipage_changes.flushes
  · exact allocIommuRoot_changes.flushes
  iterate 3 exact Changes.flushes (allocIommuTable_changes rfl)
  · exact allocIommuFrame_flushes
  · exact mapIommuFrame_changes.flushes
  · exact reclaimIommuFrame_changes.flushes
  · exact reclaimIommuRoot_changes.flushes
  · exact {}

/-- The TLB rule when an interrupt arrives. -/
theorem Interrupted.tlb {r : Nat} (hi : Interrupted s s' r) : TlbRule s s' := by
  obtain ⟨hr, ho, hs⟩ := hi
  refine ⟨by rw [hr], fun p hp => by rw [hr]; exact hp, fun _ _ _ _ _ hn => (hn (by rw [hr])).elim,
    fun p _ hl => .inl ⟨?_, by rw [hr]⟩⟩
  unfold State.live at *
  by_cases hp : p = r
  · subst hp
    rcases hs with ⟨e, _⟩ | ⟨e, _⟩
    · rw [← e]; exact hl
    · rw [e]; rfl
  · rw [← (ho p hp).2.1]; exact hl

end Lv6.Spec
