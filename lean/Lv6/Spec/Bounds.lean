module
public import Lv6.Spec.Inv
/-!
# Bounds that follow from the invariant

Why no index leaves its table and no counter overflows or goes below 0.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State}

theorem ReadyInv.links {state : Nat → ProcState} {prev next : Nat → Nat} (h : ReadyInv state prev next) {p : Nat}
    (hp : p < 64) : prev p < 64 ∧ next p < 64 := by
  by_cases hm : onReadyList state p
  · exact ⟨(h.ring.prev_mem p hm).1, (h.ring.next_mem p hm).1⟩
  · have ⟨h1, h2⟩ := h.off p hp hm; omega

theorem FreeInv.links {pageType : Nat → PageType} {freePrev freeNext : Nat → Nat} (h : FreeInv pageType freePrev freeNext)
    {q : Nat} (hq : q < 8192) : freePrev q < 8192 ∧ freeNext q < 8192 := by
  by_cases hm : onFreeList pageType q
  · exact ⟨(h.ring.prev_mem q hm).1, (h.ring.next_mem q hm).1⟩
  · have ⟨h1, h2⟩ := h.off q hq hm; omega

/-- The current process is runnable or running, so it is on the ready list. -/
theorem Inv.current_running (h : Inv s) : s.state s.current = .running :=
  (h.proc.running _ h.proc.pid.2).2 rfl
theorem Inv.current_live (h : Inv s) : s.live s.current := by
  unfold State.live; rw [h.current_running]; rfl
theorem Inv.current_ready (h : Inv s) : onReadyList s.state s.current := ⟨h.proc.pid.2, .inr h.current_running⟩

/-- Links of the ready list stay in the process table. -/
theorem Inv.links (h : Inv s) : ∀ p, p < 64 → s.prev p < 64 ∧ s.next p < 64 := fun _ hp => h.ready.links hp
/-- Links of the free list stay in the page table. -/
theorem Inv.freeLinks (h : Inv s) : ∀ q, q < 8192 → s.freePrev q < 8192 ∧ s.freeNext q < 8192 := fun _ hq => h.free.links hq
theorem Inv.owner_lt (h : Inv s) : ∀ q, q < 8192 → s.pageOwner q < 64 := fun q hq => (h.page.owner q hq).1
theorem Inv.ppid_lt (h : Inv s) : ∀ p, p < 64 → s.ppid p < 64 := fun p hp => (h.proc.parent p hp).1
theorem Inv.base_le (h : Inv s) : s.base + 8778 ≤ 0xa0000 := h.table.base.2
/-- The pages that the kernel uses for the current process are pages. -/
theorem Inv.current_pages (h : Inv s) : s.root s.current < 8192 ∧ s.stack s.current < 8192 ∧ s.hvm s.current < 8192 :=
  have hp := h.proc.pid.2
  ⟨(h.root.rootPage _ hp h.current_live).1, (h.root.stackPage _ hp h.current_live).1, (h.root.hvmPage _ hp h.current_live).1⟩

/-- So are those of its I/O bitmap, if it has one. -/
theorem Inv.current_bitmap (h : Inv s) (hu : s.useIoBitmap s.current ≠ 0) :
    IsOwn s.pageType s.pageOwner s.current .procData (s.ioBitmapA s.current) ∧
      IsOwn s.pageType s.pageOwner s.current .procData (s.ioBitmapB s.current) :=
  have ⟨e, hq⟩ := h.root.bitmap _ h.proc.pid.2 h.current_live hu
  ⟨hq _ ⟨by omega, by omega⟩, hq _ ⟨by omega, by omega⟩⟩

/-- No overflow: nobody has more children than there are processes. -/
theorem Inv.children_le (h : Inv s) : ∀ p, isPid p → s.nrChildren p ≤ 64 := fun p hp => by
  rw [h.proc.children p hp]; exact count_le 64
/-- A parent has a child. -/
theorem Inv.children_pos (h : Inv s) : ∀ p, p < 64 → isPid (s.ppid p) → 1 ≤ s.nrChildren (s.ppid p) := fun p hp hv => by
  rw [h.proc.children _ hv]; exact count_pos hp rfl
/-- No overflow: nobody owns more pages than there are. -/
theorem Inv.pages_le (h : Inv s) : ∀ p, isPid p → s.nrPages p ≤ 8192 := fun p hp => by
  rw [h.page.pages p hp]; exact count_le 8192
/-- The owner of a page owns a page. -/
theorem Inv.pages_pos (h : Inv s) : ∀ q, q < 8192 → isPid (s.pageOwner q) → 1 ≤ s.nrPages (s.pageOwner q) := fun q hq hv => by
  rw [h.page.pages _ hv]; exact count_pos hq rfl

/-- A process that is not in use owns no page. -/
theorem Inv.unused_owns (h : Inv s) {p : Nat} (hp : isPid p) (hu : s.state p = .unused) {q : Nat} (hq : q < 8192) :
    s.pageOwner q ≠ p := fun ho => by
  have h1 := h.unused.pages p hp.2 hu
  rw [h.page.pages p hp] at h1
  exact count_zero h1 hq ho

/-- Live processes are processes. -/
theorem Inv.live_ne_zero (h : Inv s) {p : Nat} (hl : s.live p) : p ≠ 0 := by
  rintro rfl; unfold State.live at hl; rw [h.proc.nobody] at hl; cases hl

/-- Who may be acted on is a live process. -/
theorem Inv.mayActOn_live (h : Inv s) {p : Nat} (hm : mayActOn s p) : s.live p := by
  rcases hm with rfl | ⟨_, h2⟩
  · exact h.current_live
  · unfold State.live; rw [h2]; rfl

end Lv6.Spec
