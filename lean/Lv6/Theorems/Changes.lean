module
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Theorems.Iotlb
public import Lv6.Theorems.Tlb
public import Lv6.Spec.Interrupt
public import Lv6.Spec.Iommu
public import Lv6.Spec.Ipc
public import Lv6.Spec.Port
/-!
# What a call changes, and what it requests

`Changes s s'` is what is proved of every call and of what takes the processor from a process: integrity, and the requests
that keep the processor and devices from using outdated translations. The two rules on translations follow.
-/
set_option compiler.extract_closed false
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State}

/-- What a step requests where it changes tables or devices. Nothing that was requested before is forgotten. -/
structure Flushes (s s' : State) : Prop where
  base : s'.base = s.base := by rfl
  pending : ∀ p, s'.flushTlb p = s.flushTlb p ∨ s'.flushTlb p = 1 := by unchanged
  pendingIotlb : s'.flushIotlb = s.flushIotlb ∨ s'.flushIotlb = 1 := by unchanged
  /-- A word changes only in a page that is no table; or its owner's translations, or those of devices, are to be dropped. -/
  word : ∀ q i, s'.word q i = s.word q i ∨ (s.pageType q = .free ∨ s.pageType q = .frame ∨ s.pageType q = .procData) ∨
    (∃ l, (s.pageType q).level = some l) ∧ s'.flushTlb (s.pageOwner q) = 1 ∨
    (∃ l, (s.pageType q).iommuLevel = some l) ∧ s'.flushIotlb = 1 := by unchanged
  /-- Where a device changes hands, or its tables start elsewhere, its context entry is to be made again as well. -/
  context : ∀ d, s'.pciOwner d = s.pciOwner d ∧ s'.pciRoot d = s.pciRoot d ∨
    s'.contextRequest = d + 1 ∧ s'.flushIotlb = 1 := by unchanged

/-- What a step changes is within the rules, and it requests what that requires. -/
structure Changes (s s' : State) : Prop where
  integrity : Integrity s s' := by exact {}
  flushes : Flushes s s' := by exact {}

theorem Changes.refl (s : State) : Changes s s := {}

/-! ## The rules on translations -/

theorem Flushes.iotlb (hf : Flushes s s') : IotlbRule s s' where
  base := hf.base
  pending h := hf.pendingIotlb.elim (·.trans h) id
  changed q i l _ hl hn := by
    rcases (hf.word q i).resolve_left hn with (e | e | e) | ⟨⟨_, e⟩, _⟩ | ⟨_, e⟩
    · rw [e] at hl; cases hl
    · rw [e] at hl; cases hl
    · rw [e] at hl; cases hl
    · rw [iommuLevel_of_level e] at hl; cases hl
    · exact e
  context d _ hx := (hf.context d).resolve_left fun e => hx.elim (· e.1) (· e.2)

theorem Changes.tlb (hc : Changes s s') (h : Inv s) : TlbRule s s' where
  base := hc.flushes.base
  pending p hp := (hc.flushes.pending p).elim (·.trans hp) id
  changed q i l _ hl hn := by
    have hl : (s.pageType q).level = some (l + 1) := hl
    rcases (hc.flushes.word q i).resolve_left hn with (e | e | e) | ⟨_, e⟩ | ⟨⟨_, e⟩, _⟩
    · rw [e] at hl; cases hl
    · rw [e] at hl; cases hl
    · rw [e] at hl; cases hl
    · exact e
    · rw [iommuLevel_of_level hl] at e; cases e
  fresh p _ hl := by
    by_cases hb : Born s s' p
    · exact .inr hb.2.2.2
    have hg : ¬ Reaped s s' p := fun hx => by unfold State.live at hl; rw [hx.2.1] at hl; cases hl
    refine .inl ⟨?_, ((hc.integrity.root p).resolve_right fun e => e.elim hb hg)⟩
    unfold State.live at *
    rcases hc.integrity.state p with e | e | e | e | e | e | e | e
    · rw [← e]; exact hl
    · rw [e]; exact h.current_live
    · exact (hb e).elim
    · exact (hg e).elim
    · rw [e.1]; rfl
    · rw [e.1.2]; rfl
    · rw [e.1]; rfl
    · rw [e.2] at hl; cases hl

/-! ## How it is shown -/

theorem upd2_row (f : Nat → Nat → Word) (i j : Nat) (v : Word) (p : Nat) :
    upd2 f i j v p = if p = i then upd (f i) j v else f p := rfl

/-- Shows what one way through a call changes: each clause is unchanged, or follows from what was checked. -/
macro "changed" : tactic => `(tactic| first
  | exact .refl _
  | (refine ⟨?_, ?_⟩ <;> constructor <;> first
    | unchanged
    | (intros
       (try simp only [Born, Reaped, Receives, PageTaken, PageFreed, PageReclaimed, Handed, SameRecord, SameMessage, SameCounts,
         SameFile, SameRoute, FileUnused, FdChanged, isFree, isOwnEmbryo, mayActOn, mayKill, allocPage, freeDel,
         freePage, freeAdd, setEntry, setIommuEntry, setIntremap, blank, clonePages, copyPage, allocFullPage, allowPort,
         readyAdd, readyDel, installFd, blankFile, upd2_apply, upd]) <;>
       grind [isFree, isUnused, isPn, isFd, isFn, isPageOf, mayActOn, isOwnEmbryo, mayKill, upd2_row])))

/-- Shows what a call changes, on each of its ways. -/
macro "changes" f:ident : tactic => `(tactic| (unfold $f; (try dsimp only); (repeat' split) <;> changed))

end Lv6.Spec
