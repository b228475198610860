module
public import Lv6.Spec.Keep.Boot
public import Lv6.Spec.Keep.Clone
public import Lv6.Spec.Keep.Interrupt
public import Lv6.Spec.Keep.Proc
public import Lv6.Spec.Keep.Vm
public import Lv6.Spec.Dispatch
public import Lv6.Theorems.Witness
/-!
# Every reachable state

What can happen on the machine, one step after the other, from the start on: system calls, traps and interrupts, what the
processor does on behalf of the running process, and the flush that precedes a process's run. In every state that can come
about in this way the invariant holds, and with it memory isolation.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- One step of the machine. -/
inductive Step (s : State) : State → Prop where
  /-- The running process makes a system call on processes or virtual memory, with any number and any arguments. -/
  | call (nr : Nat) (a b c d e : Word) : Step s (dispatchProcesses s nr a b c d e).2
  /-- Its time is used up. -/
  | preempt : Step s (preempt s).2
  /-- It has done what it must not. -/
  | fault : Step s (fault s).2
  /-- An interrupt arrives. -/
  | extintr (v : Nat) : Step s (extintr s v).2
  /-- The running process stores a word at an address at which the processor finds a writable page. -/
  | store (va : Word) (q i : Nat) (w : Word) (h : s.walk s.current va = .hit (s.base + q) true) (hq : q < 8192) :
    Step s { s with word := upd2 s.word q i w }
  /-- The processor sets or leaves accessed and dirty bits of an entry that it reads for the running process. -/
  | mark (va : Word) (q i : Nat) (e : Word) (h : (q, i) ∈ s.visited s.current va) (he : SameButAD (s.word q i) e) :
    Step s { s with word := upd2 s.word q i e }
  /-- The translations of a process are dropped, as was asked for. -/
  | flush (p : Nat) : Step s { s with flushTlb := upd s.flushTlb p 0 }

/-- The states that can come about when the kernel's tables lie at page frame `base`. -/
inductive Reachable (base : Nat) : State → Prop where
  | start : Reachable base (initial base)
  | step {s s' : State} (h : Reachable base s) (hs : Step s s') : Reachable base s'

variable {s s' : State}

/-- Every system call on processes or virtual memory keeps the invariant. -/
theorem dispatchProcesses_inv (h : Inv s) (nr : Nat) (a b c d e : Word) : Inv (dispatchProcesses s nr a b c d e).2 := by
  unfold dispatchProcesses
  split
  · exact mapPageDesc_inv h
  · exact mapPml4_inv h
  · exact mapProc_inv h
  · exact mapDev_inv h
  · exact mapFile_inv h
  · exact clone_inv h
  · exact setProcName_inv h _ _
  · exact setRunnable_inv h
  · exact switch_inv h
  · exact kill_inv h
  · exact reap_inv h
  · exact reparent_inv h
  · exact allocPdpt_inv h
  · exact allocPd_inv h
  · exact allocPt_inv h
  · exact allocFrame_inv h
  · exact copyFrame_inv h
  · exact protectFrame_inv h
  · exact freePdpt_inv h
  · exact freePd_inv h
  · exact freePt_inv h
  · exact freeFrame_inv h
  · exact reclaimPage_inv h
  · exact h

/-- Contents of frames do not matter to the kernel. -/
theorem Inv.store (h : Inv s) {q i : Nat} {w : Word} (hq : s.pageType q = .frame) :
    Inv { s with word := upd2 s.word q i w } := by
  refine { h with
    table := h.table.data (m := s.mem) fun q' l _ _ hl => ?_
    iommu := h.iommu.page (m := s.deviceMem) (by show (s.pageType q).iommuLevel = _; rw [hq]; rfl) }
  have hne : q' ≠ q := by
    rintro rfl
    have hl : (s.pageType q').level = some (l + 1) := hl
    rw [hq] at hl; cases hl
  exact upd_ne _ _ _ _ hne

/-- Accessed and dirty bits of page tables do not matter to the kernel. -/
theorem Inv.mark (h : Inv s) {q i k : Nat} {e : Word} (hq : s.mem.level q = some k) (he : SameButAD (s.word q i) e) :
    Inv { s with word := upd2 s.word q i e } := by
  have old : OldEntries s.mem { s.mem with word := upd2 s.word q i e } := fun q' i' l _ _ h1 h2 _ => by
    refine ⟨h1, rfl, h2, ?_⟩
    show SameButAD (s.word q' i') (upd2 s.word q i e q' i')
    rw [upd2_apply]
    split
    · next hx => rw [hx.1, hx.2]; exact he
    · exact .refl _
  exact { h with
    table := h.table.step rfl old (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) (fun _ _ => rfl) rfl
    iommu := h.iommu.page (m := s.deviceMem) (iommuLevel_of_level hq) }

/-- Every step keeps the invariant. -/
theorem Step.inv (h : Inv s) (hs : Step s s') : Inv s' := by
  cases hs with
  | call nr a b c d e => exact dispatchProcesses_inv h nr a b c d e
  | preempt => exact preempt_inv h
  | fault => exact fault_inv h
  | extintr v => exact extintr_inv h
  | store va q i w hw hq => exact h.store (write_frame h h.proc.pid h.current_live hw hq).2
  | mark va q i e hx he =>
    have ⟨_, _, hl⟩ := visited_own h h.proc.pid h.current_live va _ hx
    exact h.mark hl he
  | flush p => exact { h with }

/-- **The invariant holds in every reachable state**, wherever below the PCI hole the kernel's tables lie. -/
theorem reachable_inv {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base s) : Inv s := by
  induction hr with
  | start => exact boot_inv hb hb'
  | step _ hs ih => exact hs.inv ih

/-- **Memory isolation holds in every reachable state**: whatever has happened since the start, no live process reaches
anything but what `MayAccess` allows. -/
theorem reachable_isolation {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base s) {p : Nat}
    (hi : isPid p) (hp : s.live p) (va : Word) : (s.walk p va).Good s p :=
  isolation (reachable_inv hb hb' hr) hi hp va

/-- A state in which a process has memory that it can write to is reachable, by system calls 20 to 23 of init. -/
theorem Witness.frame_reachable : Reachable 512 Witness.frame.2 :=
  have h0 : Reachable 512 Witness.start := .start
  have h1 : Reachable 512 Witness.pdpt.2 := h0.step (.call 20 1#64 1#64 0#64 4#64 Witness.readWrite)
  have h2 : Reachable 512 Witness.pd.2 := h1.step (.call 21 1#64 4#64 0#64 5#64 Witness.readWrite)
  have h3 : Reachable 512 Witness.pt.2 := h2.step (.call 22 1#64 5#64 0#64 6#64 Witness.readWrite)
  h3.step (.call 23 1#64 6#64 0#64 7#64 Witness.readWrite)

end Lv6.Spec
