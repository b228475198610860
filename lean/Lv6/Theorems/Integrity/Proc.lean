module
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Spec.Bounds
public import Lv6.Spec.Trap
/-!
# Integrity of the calls on processes, and of what takes the processor from a process
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p : Nat}

theorem clone_integrity {pml4 stack hvm : Nat} : Integrity s (clone s p pml4 stack hvm).2 := by
  unfold clone
  repeat' split
  all_goals try exact .refl s
  rename_i hu h1 h2 h3 hne
  have hfree : ∀ q, q = pml4 ∨ q = stack ∨ q = hvm → isFree s q := by
    rintro q (rfl | rfl | rfl) <;> exact Decidable.not_not.1 ‹_›
  generalize hs : Prod.snd _ = s'
  have hb : Born s s' p := by subst hs; exact ⟨(Decidable.not_not.1 hu).2, upd_same _ _ _, upd_same _ _ _⟩
  have ht : ∀ q, q = pml4 ∨ q = stack ∨ q = hvm → PageTaken s s' q := fun q hq =>
    have ho : s'.pageOwner q = p := by
      subst hs; simp only [clonePages, copyPage, allocPage, freeDel, blank, upd]; grind
    ⟨hfree q hq, .inr (ho ▸ hb)⟩
  subst hs
  refine { word := fun q i => ?_, page := fun q => ?_, record := fun r => ?_, message := fun r => ?_, state := fun r => ?_
           killed := fun r => ?_, parent := fun r => ?_, children := fun r => ?children, counts := fun r => ?_
           registers := fun r => ?_ }
  -- the three pages are taken, and no other changes
  iterate 2
    by_cases hq : q = pml4 ∨ q = stack ∨ q = hvm
    · first | exact .inr (.inl (ht q hq)) | exact .inr (.inr (.inl (ht q hq)))
    · simp only [not_or] at hq
      left; simp only [clonePages, copyPage, allocPage, freeDel, blank, upd, hq, if_false, and_self]
  -- the process is made, and no other but its parent changes
  case children => simp only [clonePages, copyPage, allocPage, freeDel, blank, upd]; grind
  all_goals
    by_cases hr : r = p
    · subst hr; first | exact .inr (.inl hb) | exact .inr (.inr (.inl hb))
    · left
      simp only [SameRecord, SameMessage, SameCounts, clonePages, copyPage, allocPage, freeDel, blank, upd, hr, if_false,
        and_self]

theorem setProcName_integrity (name0 name1 : Word) : Integrity s (setProcName s name0 name1).2 where
  record r := by
    by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · left; simp only [SameRecord, setProcName, upd2, upd, hr, if_false, and_self]

theorem setRunnable_integrity : Integrity s (setRunnable s p).2 := by
  unfold setRunnable
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2
  refine { state := fun r => ?_ }
  simp only [readyAdd, upd, isOwnEmbryo]; grind

/-- The processor goes to somebody who waits for it. -/
theorem switchTo_integrity (hp : s.state p = .runnable) : Integrity s (switchTo s p) := by
  unfold switchTo leave
  split <;> refine { state := fun r => ?_, current := .inr (.inl hp) } <;> simp only [readyDel, upd] <;> grind

theorem switch_integrity : Integrity s (switch s p).2 := by
  unfold switch
  repeat' split
  · exact .refl s
  · exact .refl s
  · next h => exact switchTo_integrity (Decidable.not_not.1 h)

theorem kill_integrity : Integrity s (kill s p).2 := by
  unfold kill; dsimp only
  repeat' split
  all_goals try exact .refl s
  · refine { killed := fun r => ?_ }
    simp only [upd]; grind
  all_goals
    refine { state := fun r => ?_, killed := fun r => ?_ }
    all_goals first | (simp only [upd]; grind) | (simp only [readyDel, upd]; grind)

theorem reap_integrity : Integrity s (reap s p).2 := by
  unfold reap
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2 h3
  have gone {s' : State} (ha : s'.state p = .unused) : Reaped s s' p :=
    ⟨Decidable.not_not.1 h2, ha, Decidable.not_not.1 h1, Decidable.not_not.1 h3⟩
  refine { record := fun r => ?_, message := fun r => ?_, state := fun r => ?_, killed := fun r => ?_
           parent := fun r => ?_, registers := fun r => ?_, children := fun r => ?_ }
  all_goals by_cases hr : r = p
  case pos | pos | pos | pos | pos | pos | pos =>
    subst hr
    first
      | exact .inr (.inr (gone (upd_same _ _ _)))
      | exact .inr (.inr (.inl (gone (upd_same _ _ _))))
      | exact .inr (.inr (.inr (gone (upd_same _ _ _))))
      | exact .inr (.inr (.inr (.inl (gone (upd_same _ _ _)))))
      | exact .inr (.inr (.inr (.inl (Decidable.not_not.1 h2))))
      | exact .inr (.inr (.inr (Decidable.not_not.1 h2)))
  all_goals simp only [SameRecord, SameMessage, blank, upd, hr, if_false, and_self, true_or]
  grind

theorem reparent_integrity : Integrity s (reparent s p).2 := by
  unfold reparent; dsimp only
  repeat' split
  all_goals try exact .refl s
  refine { parent := fun r => ?_, children := fun r => ?_ } <;> simp only [upd] <;> grind

/-! ## Traps -/

theorem switchNext_integrity (h : Inv s) : Integrity s (switchNext s).2 := by
  unfold switchNext
  split
  · exact .refl s
  · next hn =>
    have ⟨h1, h2⟩ := h.ready.ring.next_mem _ h.current_ready
    exact switchTo_integrity (h2.resolve_right fun e => hn ((h.proc.running _ h1).1 e))

theorem preempt_integrity (h : Inv s) : Integrity s (preempt s).2 := switchNext_integrity h

theorem fault_integrity (h : Inv s) : Integrity s (fault s).2 := by
  unfold fault switchNext
  dsimp only
  split
  · refine { killed := fun r => ?_ }
    simp only [upd, mayKill]; grind
  · next hn =>
    have ⟨h1, h2⟩ := h.ready.ring.next_mem _ h.current_ready
    have h3 := h2.resolve_right fun e => hn ((h.proc.running _ h1).1 e)
    unfold switchTo leave
    split <;> refine { state := fun r => ?_, killed := fun r => ?_, current := .inr (.inl h3) } <;>
      simp only [readyDel, upd, mayKill] <;> grind

end Lv6.Spec
