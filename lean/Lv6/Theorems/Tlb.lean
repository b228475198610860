module
public import Lv6.Theorems.Isolation
public import Lv6.Spec.Keep.Vm
public import Lv6.Spec.Trap
public import Lv6.Spec.Dispatch
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

theorem TlbRule.refl (s : State) : TlbRule s s :=
  ⟨rfl, fun _ h => h, fun _ _ _ _ _ h => (h rfl).elim, fun _ _ h => .inl ⟨h, rfl⟩⟩

/-- Steps that touch neither page tables nor the requests. -/
theorem TlbRule.calm (hb : s'.base = s.base) (hf : s'.flushTlb = s.flushTlb)
    (hw : ∀ q l, s.mem.level q = some (l + 1) → s'.word q = s.word q)
    (hl : ∀ p, p < 64 → s'.live p → s.live p ∧ s'.root p = s.root p) : TlbRule s s' :=
  ⟨hb, fun p h => by rw [hf]; exact h, fun q i l _ h h' => (h' (by rw [hw q l h])).elim, fun p hp h => .inl (hl p hp h)⟩

/-- An entry is written into a table of `p`. -/
theorem TlbRule.setEntry {p q i : Nat} {e : Word} (ho : s.pageOwner q = p) : TlbRule s (setEntry s p q i e) := by
  refine ⟨rfl, fun p' h => ?_, fun q' i' l _ _ hne => ?_, fun p' _ h => .inl ⟨h, rfl⟩⟩
  · simp only [Spec.setEntry, upd]; split
    · rfl
    · exact h
  · by_cases hq : q' = q
    · subst hq; rw [ho]; exact upd_same _ _ _
    · exact (hne (by simp only [Spec.setEntry]; exact upd2_ne _ _ _ _ _ _ fun e => (hq e).elim)).elim

/-- A free page is given out first: its old contents are no entries. -/
theorem TlbRule.setEntry_alloc {p q r i : Nat} {t : PageType} {e : Word} (hr : s.pageType r = .free)
    (ho : s.pageOwner q = p) : TlbRule s (Spec.setEntry (allocPage s p t r) p q i e) := by
  have h1 := TlbRule.setEntry (i := i) (e := e) ho
  refine ⟨rfl, h1.pending, fun q' i' l hq' hl hne => h1.changed q' i' l hq' hl fun hw => hne ?_, h1.fresh⟩
  have hne' : q' ≠ r := by rintro rfl; rw [State.freeLevel hr] at hl; cases hl
  simp only [Spec.setEntry, allocPage, upd2_apply, upd_ne _ _ _ _ hne'] at hw ⊢
  exact hw

/-! ## The calls on virtual memory -/

section
variable {p table i q n : Nat} {perm : Word} {t parent child : PageType}

theorem allocMapped_tlb : TlbRule s (allocMapped s p table i q perm parent child).2 := by
  unfold allocMapped; dsimp only
  split
  · exact .refl s
  · next hf =>
    split
    · exact .refl s
    · next hc =>
      have hf := Decidable.not_not.1 hf
      exact .setEntry_alloc hf.2 (checkMap_ok (Decidable.not_not.1 hc)).owner

theorem mapPage_tlb {pfn : Nat} : TlbRule s (mapPage s p table i pfn perm t).2 := by
  unfold mapPage; dsimp only
  split
  · exact .refl s
  · next hc => exact .setEntry (checkMap_ok (Decidable.not_not.1 hc)).owner

theorem mapTable_tlb {first len : Nat} : TlbRule s (mapTable s p table i n perm first len).2 := by
  unfold mapTable
  repeat' split
  · exact .refl s
  · exact .refl s
  · exact mapPage_tlb

theorem mapPml4_tlb : TlbRule s (mapPml4 s p i perm).2 := by
  unfold mapPml4; dsimp only
  repeat' split
  · exact .refl s
  · exact .refl s
  · exact .refl s
  · next hc => exact .setEntry (checkMap_ok (Decidable.not_not.1 hc)).owner

theorem freeMapped_tlb : TlbRule s (freeMapped s table i q parent child).2 := by
  unfold freeMapped; dsimp only
  split
  · exact .refl s
  · next hc =>
    have h1 := TlbRule.setEntry (i := i) (e := 0#64) (checkMapped_ok (Decidable.not_not.1 hc)).owner
    exact ⟨rfl, h1.pending, h1.changed, h1.fresh⟩

theorem protectFrame_tlb : TlbRule s (protectFrame s table i q perm).2 := by
  unfold protectFrame; dsimp only
  repeat' split
  · exact .refl s
  · exact .refl s
  · next hc _ => exact .setEntry (checkMapped_ok (Decidable.not_not.1 hc)).owner

theorem copyFrame_tlb {src dst : Nat} : TlbRule s (copyFrame s src p dst).2 := by
  unfold copyFrame
  repeat' split
  all_goals try exact .refl s
  rename_i hd _ _
  refine .calm rfl rfl (fun q l hl => ?_) fun p _ h => ⟨h, rfl⟩
  have hd := (Decidable.not_not.1 hd).2
  refine upd_ne _ _ _ _ ?_
  rintro rfl
  have hl : (s.pageType q).level = some (l + 1) := hl
  rw [hd] at hl; cases hl

theorem reclaimPage_tlb : TlbRule s (reclaimPage s q).2 := by
  unfold reclaimPage
  repeat' split
  all_goals try exact .refl s
  exact .calm rfl rfl (fun _ _ _ => rfl) fun _ _ h => ⟨h, rfl⟩
end

/-! ## The calls on processes -/

section
variable {p : Nat}

theorem clone_tlb {pml4 stack hvm : Nat} : TlbRule s (clone s p pml4 stack hvm).2 := by
  unfold clone
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2 h3 _
  have hfree : ∀ {a}, ¬ ¬ isFree s a → ∀ q l, s.mem.level q = some (l + 1) → q ≠ a := fun ha q l hl => by
    rintro rfl; rw [State.freeLevel (Decidable.not_not.1 ha).2] at hl; cases hl
  refine ⟨rfl, fun p' h => ?_, fun q i l _ hl hne => (hne ?_).elim, fun p' _ hl => ?_⟩
  · simp only [upd]; split
    · rfl
    · exact h
  · simp only [clonePages, copyPage, allocPage, freeDel, blank, upd_ne _ _ _ _ (hfree h1 q l hl),
      upd_ne _ _ _ _ (hfree h2 q l hl), upd_ne _ _ _ _ (hfree h3 q l hl)]
  · by_cases hp : p' = p
    · right; subst hp; exact upd_same _ _ _
    · left
      simp only [State.live, clonePages, copyPage, allocPage, freeDel, blank, upd_ne _ _ _ _ hp] at hl ⊢
      exact ⟨hl, trivial⟩

/-- Nobody comes to life. -/
theorem TlbRule.state (hb : s'.base = s.base) (hf : s'.flushTlb = s.flushTlb) (hw : s'.word = s.word) (hr : s'.root = s.root)
    (hl : ∀ p, p < 64 → (s'.state p).isLive = true → (s.state p).isLive = true) : TlbRule s s' :=
  .calm hb hf (fun _ _ _ => by rw [hw]) fun p hp h => ⟨hl p hp h, by rw [hr]⟩

theorem setRunnable_tlb : TlbRule s (setRunnable s p).2 := by
  unfold setRunnable
  repeat' split
  all_goals try exact .refl s
  refine .state rfl rfl rfl rfl fun r hr hl => ?_
  simp only [readyAdd, upd] at hl
  grind [ProcState.isLive]

theorem switchTo_tlb (h : Inv s) (hp : (s.state p).isLive = true) : TlbRule s (switchTo s p) := by
  have := h.current_running
  unfold switchTo leave
  split <;> refine .state rfl rfl rfl rfl fun r hr hl => ?_ <;> simp only [readyDel, upd] at hl <;> grind [ProcState.isLive]

theorem switch_tlb (h : Inv s) : TlbRule s (switch s p).2 := by
  unfold switch
  repeat' split
  · exact .refl s
  · exact .refl s
  · next hs => exact switchTo_tlb h (by rw [Decidable.not_not.1 hs]; rfl)

theorem switchNext_tlb (h : Inv s) : TlbRule s (switchNext s).2 := by
  unfold switchNext
  split
  · exact .refl s
  · refine switchTo_tlb h ?_
    rcases (h.ready.ring.next_mem _ h.current_ready).2 with e | e <;> rw [e] <;> rfl

theorem kill_tlb : TlbRule s (kill s p).2 := by
  unfold kill; dsimp only
  repeat' split
  all_goals try exact .refl s
  all_goals refine .state rfl rfl rfl rfl fun r hr hl => ?_
  all_goals simp only [readyDel, upd] at hl
  all_goals grind [ProcState.isLive]

theorem reap_tlb : TlbRule s (reap s p).2 := by
  unfold reap
  repeat' split
  all_goals try exact .refl s
  refine .calm rfl rfl (fun _ _ _ => rfl) fun r _ hl => ?_
  have hr : r ≠ p := by rintro rfl; simp [State.live, blank, upd, ProcState.isLive] at hl
  simp only [State.live, blank, upd_ne _ _ _ _ hr] at hl ⊢
  exact ⟨hl, trivial⟩

theorem reparent_tlb : TlbRule s (reparent s p).2 := by
  unfold reparent; dsimp only
  repeat' split
  all_goals try exact .refl s
  exact .state rfl rfl rfl rfl fun _ _ h => h

theorem setProcName_tlb (name0 name1 : Word) : TlbRule s (setProcName s name0 name1).2 :=
  .state rfl rfl rfl rfl fun _ _ h => h
end

/-! ## All of them -/

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

/-- **The TLB rule for system calls.** Whatever call on processes or virtual memory is made, and with whatever arguments: each
page table in which a word changes has a flush of its owner's translations asked for, no earlier request is forgotten, and
a process that comes to life starts with a flush. -/
theorem dispatchProcesses_tlb (h : Inv s) (nr : Nat) (a b c d e : Word) : TlbRule s (dispatchProcesses s nr a b c d e).2 := by
  unfold dispatchProcesses
  split
  · exact mapTable_tlb
  · exact mapPml4_tlb
  · exact mapTable_tlb
  · exact mapTable_tlb
  · exact mapTable_tlb
  · exact clone_tlb
  · exact setProcName_tlb _ _
  · exact setRunnable_tlb
  · exact switch_tlb h
  · exact kill_tlb
  · exact reap_tlb
  · exact reparent_tlb
  · exact allocMapped_tlb
  · exact allocMapped_tlb
  · exact allocMapped_tlb
  · exact allocMapped_tlb
  · exact copyFrame_tlb
  · exact protectFrame_tlb
  · exact freeMapped_tlb
  · exact freeMapped_tlb
  · exact freeMapped_tlb
  · exact freeMapped_tlb
  · exact reclaimPage_tlb
  · exact .refl s

/-- The TLB rule when the running process has used up its time. -/
theorem preempt_tlb (h : Inv s) : TlbRule s (preempt s).2 := switchNext_tlb h

/-- The TLB rule when the running process has done what it must not. -/
theorem fault_tlb (h : Inv s) : TlbRule s (fault s).2 := by
  have hk : Inv { s with killed := upd s.killed s.current 1 } := by
    refine { h with proc := { h.proc with dying := fun q hq hk => ?_ } }
    by_cases e : q = s.current
    · subst e; exact .inl h.current_running
    · exact h.proc.dying q hq (by simpa only [upd, e, if_false] using hk)
  have h1 := switchNext_tlb hk
  exact ⟨h1.base, h1.pending, h1.changed, h1.fresh⟩

/-- The TLB rule when an interrupt arrives. -/
theorem extintr_tlb {v : Nat} : TlbRule s (extintr s v).2 := by
  unfold extintr wake; dsimp only
  repeat' split
  all_goals try exact .refl s
  all_goals refine .state rfl rfl rfl rfl fun r _ hl => ?_
  · next hs => simp only [readyAdd, upd] at hl; grind [ProcState.isLive]
  · exact hl

end Lv6.Spec
