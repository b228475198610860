module
public import Lv6.Theorems.Isolation
/-!
# Cached translations

The processor remembers translations. A call that changes a page table must ask for those of its owner to be dropped, and a
process must not start with what the former holder of its slot left behind.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State}

/-- What a step from `s` to `s'` must respect, so that no process runs with an outdated translation. -/
structure TlbRule (s s' : State) : Prop where
  /-- The kernel's memory stays where it is. -/
  base : s'.base = s.base
  /-- A flush that was asked for is not forgotten. -/
  pending : ∀ p, s.flushTlb p = 1 → s'.flushTlb p = 1
  /-- Where a word of a page table changes, a flush of the translations of the table's owner is asked for. -/
  changed : ∀ q i l, q < 8192 → s.mem.level q = some (l + 1) → s'.word q i ≠ s.word q i →
    s'.flushTlb (s.pageOwner q) = 1
  /-- Who is live was so before, with the same root table, or a flush of his translations is asked for. -/
  fresh : ∀ p, p < 64 → s'.live p → (s.live p ∧ s'.root p = s.root p) ∨ s'.flushTlb p = 1

/-- **What the rule is good for.** After a step that respects it, a live process for which no flush is asked reaches at every
address what it reached before. So every cached translation that was right before the step still is, unless it is dropped
before the process next runs. -/
theorem TlbRule.walk {p : Nat} (ht : TlbRule s s') (h : Inv s) (hp : isPid p) (hl : s'.live p) (hf : s'.flushTlb p ≠ 1)
    (va : Word) : s'.walk p va = s.walk p va := by
  obtain ⟨h1, h2⟩ := (ht.fresh p hp.2 hl).resolve_right hf
  refine walk_congr h hp h1 ht.base h2 (fun q l i hq _ ho hlv => ?_) va
  by_cases e : s'.word q i = s.word q i
  · rw [e]; exact .refl _
  · exact (hf (ho ▸ ht.changed q i l hq hlv e)).elim

end Lv6.Spec
