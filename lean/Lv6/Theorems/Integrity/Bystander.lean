module
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Theorems.Isolation
public import Lv6.Spec.Trap
/-!
# Integrity, as seen by somebody else

What it means for a live process that another one has the kernel do something.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State} {r : Nat}

/-- What is `r`'s is as it was: its pages and their contents, its record, its message, its descriptors, its DMA pages, its
devices, vectors and ports, and how much it has of each. -/
structure Untouched (s s' : State) (r : Nat) : Prop where
  page : ∀ q, q < 8192 → s.pageOwner q = r →
    s'.pageOwner q = r ∧ s'.pageType q = s.pageType q ∧ s'.word q = s.word q
  record : SameRecord s s' r
  message : SameMessage s s' r
  counts : SameCounts s s' r
  fd : s'.ofile r = s.ofile r
  fds : s'.nrFds r = s.nrFds r
  dma : ∀ d, s.dmaOwner d = r → s'.dmaOwner d = r ∧ s'.dmaWord d = s.dmaWord d
  device : ∀ d, s.pciOwner d = r → s'.pciOwner d = r ∧ s'.pciRoot d = s.pciRoot d
  vector : ∀ v, s.vectorOwner v = r → s'.vectorOwner v = r
  port : ∀ i, s.portOwner i = r → s'.portOwner i = r
  route : ∀ i, s.intremapActive i ≠ 0 → s.pciOwner (s.intremapDev i) = r → SameRoute s s' i

/-- **A bystander is untouched.** Whatever the kernel does for the current process, everything that belongs to another live
process stays as it was, unless that is an embryo that the current process is building, or it slept to wait for a message
and gets one. -/
theorem Integrity.bystander (hi : Integrity s s') (h : Inv s) (hl : s.live r) (hm : ¬ mayActOn s r)
    (hr : ¬ Receives s s' r) : Untouched s s' r := by
  have hz : s.state r ≠ .zombie := by intro e; unfold State.live at hl; rw [e] at hl; cases hl
  have hu : s.state r ≠ .unused := by intro e; unfold State.live at hl; rw [e] at hl; cases hl
  have h0 : r ≠ 0 := h.live_ne_zero hl
  have hc : r ≠ s.current := fun e => hm (.inl e)
  have hb : ¬ Born s s' r := fun hx => hu hx.1
  have hp : ¬ Reaped s s' r := fun hx => hz hx.1
  have hand : ∀ {old new : Nat}, old = r → Handed s old new → False := by
    rintro old new rfl (⟨e, _⟩ | ⟨e, _⟩)
    · exact h0 e
    · exact hz e
  have taken : ∀ {q}, q < 8192 → s.pageOwner q = r → ¬ PageTaken s s' q := fun {q} hq ho ⟨hf, _⟩ =>
    h0 (ho ▸ (h.page.owner q hq).2.2 (.inl hf.2))
  constructor
  · intro q hq ho
    have h1 := (hi.page q).resolve_right (by
      rintro (hx | ⟨hx, _⟩ | ⟨hx, _⟩)
      · exact taken hq ho hx
      · exact hc (ho ▸ hx)
      · exact hz (ho ▸ hx))
    refine ⟨h1.1.trans ho, h1.2, funext fun i => (hi.word q i).resolve_right ?_⟩
    rintro (hx | hx | ⟨hx, _⟩)
    · exact hm (ho ▸ hx)
    · exact taken hq ho hx
    · exact hr (ho ▸ hx)
  · exact (hi.record r).resolve_right (by rintro (hx | hx | hx) <;> contradiction)
  · exact (hi.message r).resolve_right (by rintro (hx | hx | hx | hx) <;> contradiction)
  · exact (hi.counts r).resolve_right (by rintro (hx | hx | hx) <;> contradiction)
  · exact funext fun fd => (hi.fd r fd).resolve_right (by rintro (hx | hx | ⟨hx, _⟩) <;> contradiction)
  · exact (hi.fds r).resolve_right (by rintro (hx | hx | hx) <;> contradiction)
  · intro d ho
    refine ⟨((hi.dma d).resolve_right fun hx => hand ho hx.1).1.trans ho, funext fun i => (hi.dmaWord d i).resolve_right ?_⟩
    rintro (hx | ⟨hx, _⟩)
    · exact hc (ho ▸ hx)
    · exact h0 (ho ▸ hx)
  · intro d ho
    have h1 := (hi.device d).resolve_right (hand ho)
    exact ⟨h1.1.trans ho, h1.2⟩
  · exact fun v ho => ((hi.vector v).resolve_right (hand ho)).trans ho
  · exact fun i ho => ((hi.port i).resolve_right (hand ho)).trans ho
  · intro i ha ho
    refine (hi.route i).resolve_right ?_
    rintro (⟨hx, _⟩ | ⟨hx, _⟩)
    · exact ha hx
    · exact hz (ho ▸ hx)

/-- So its address space stays as it was: whatever address it uses, it reaches what it reached before. -/
theorem Untouched.walk (hu : Untouched s s' r) (h : Inv s) (hi : isPid r) (hl : s.live r) (hb : s'.base = s.base) (va : Word) :
    s'.walk r va = s.walk r va :=
  walk_congr h hi hl hb hu.record.1 (fun q l i hq _ ho _ => by rw [(hu.page q hq ho).2.2]; exact .refl _) va

/-! ## Interrupts -/

/-- What an interrupt changes, if it arrives at a vector of `r`: the record of interrupts that wait for `r`, and, if `r` slept,
that it is awake and has a message from nobody. -/
structure Interrupted (s s' : State) (r : Nat) : Prop where
  rest : s' = { s with
    intr := s'.intr, state := s'.state, ipcFrom := s'.ipcFrom, ipcVal := s'.ipcVal, ipcSize := s'.ipcSize, prev := s'.prev
    next := s'.next }
  others : ∀ p, p ≠ r → s'.intr p = s.intr p ∧ s'.state p = s.state p ∧ SameMessage s s' p
  state : s'.state r = s.state r ∧ SameMessage s s' r ∨ s.state r = .sleeping ∧ s'.state r = .runnable ∧ s'.ipcFrom r = 0

/-- **An interrupt touches its owner only.** -/
theorem extintr_integrity (v : Nat) : Interrupted s (extintr s v).2 (s.vectorOwner v) := by
  have same : Interrupted s s (s.vectorOwner v) := ⟨rfl, fun _ _ => ⟨rfl, rfl, rfl, rfl, rfl⟩, .inl ⟨rfl, rfl, rfl, rfl⟩⟩
  unfold extintr wake
  dsimp only
  split
  · exact same
  split
  · exact same
  split
  · next hs =>
    refine ⟨rfl, fun p hp => ?_, .inr ⟨hs, upd_same _ _ _, upd_same _ _ _⟩⟩
    simp only [SameMessage, readyAdd, upd2, upd, hp, if_false, and_self]
  · refine ⟨rfl, fun p hp => ?_, .inl ⟨rfl, rfl, rfl, rfl⟩⟩
    simp only [SameMessage, upd2, upd, hp, if_false, and_self]

end Lv6.Spec
