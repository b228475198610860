module
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Spec.Bounds
public import Lv6.Spec.Interrupt
public import Lv6.Spec.Port
/-!
# Integrity of the calls on interrupts and I/O ports
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {i d v port q : Nat}

/-! ## Interrupts -/

theorem allocVector_integrity : Integrity s (allocVector s v).2 := by
  unfold allocVector
  repeat' split
  all_goals try exact .refl s
  refine { vector := fun w => ?_, counts := fun r => ?_ } <;> simp only [Handed, SameCounts, mayActOn, upd] <;> grind

theorem reclaimVector_integrity : Integrity s (reclaimVector s v).2 := by
  unfold reclaimVector; dsimp only
  repeat' split
  all_goals try exact .refl s
  refine { vector := fun w => ?_, counts := fun r => ?_ } <;> simp only [Handed, SameCounts, upd] <;> grind

theorem allocIntremap_integrity : Integrity s (allocIntremap s i d v).2 := by
  unfold allocIntremap; dsimp only
  repeat' split
  all_goals try exact .refl s
  refine { route := fun j => ?_, counts := fun r => ?_ } <;>
    simp only [SameRoute, SameCounts, mayActOn, setIntremap, upd] <;> grind

theorem reclaimIntremap_integrity : Integrity s (reclaimIntremap s i).2 := by
  unfold reclaimIntremap; dsimp only
  repeat' split
  all_goals try exact .refl s
  refine { route := fun j => ?_, counts := fun r => ?_ } <;> simp only [SameRoute, SameCounts, setIntremap, upd] <;> grind

theorem ackIntr_integrity : Integrity s (ackIntr s v).2 := by
  unfold ackIntr; dsimp only
  split
  · exact .refl s
  refine { record := fun r => ?_ }
  by_cases hr : r = s.current
  · exact .inr (.inl (.inl hr))
  · left; simp only [SameRecord, upd2, upd, hr, if_false, and_self]

/-! ## Ports -/

/-- What giving the current process a full page changes. -/
theorem allocFullPage_eq (s : State) (q : Nat) : ∃ word pageType pageOwner nrPages freePrev freeNext,
    allocFullPage s q = { s with
      word := word, pageType := pageType, pageOwner := pageOwner, nrPages := nrPages, freePrev := freePrev
      freeNext := freeNext } ∧
    (∀ r, r ≠ q → word r = s.word r ∧ pageType r = s.pageType r ∧ pageOwner r = s.pageOwner r) ∧
    pageOwner q = s.current ∧ ∀ r, r ≠ s.current → nrPages r = s.nrPages r := by
  refine ⟨_, _, _, _, _, _, rfl, fun r hr => ?_, upd_same _ _ _, fun r hr => upd_ne _ _ _ _ hr⟩
  simp only [allocPage, freeDel, upd, hr, if_false, and_self]

theorem allocIoBitmap_integrity {q₁ q₂ q₃ : Nat} : Integrity s (allocIoBitmap s q₁ q₂ q₃).2 := by
  unfold allocIoBitmap
  iterate 2 (split; exact .refl s)
  split
  · exact .refl s
  next h1 =>
  split
  · exact .refl s
  next h2 =>
  split
  · exact .refl s
  next h3 =>
  have hfree : ∀ q, q = q₁ ∨ q = q₂ ∨ q = q₃ → isFree s q := by
    rintro q (rfl | rfl | rfl) <;> exact Decidable.not_not.1 ‹_›
  obtain ⟨w1, t1, o1, n1, a1, b1, e1, x1, y1, z1⟩ := allocFullPage_eq s q₁
  rw [e1]; clear e1
  generalize hs : State.mk .. = s₁
  obtain ⟨w2, t2, o2, n2, a2, b2, e2, x2, y2, z2⟩ := allocFullPage_eq s₁ q₂
  rw [e2]; clear e2
  generalize hs' : State.mk .. = s₂
  obtain ⟨w3, t3, o3, n3, a3, b3, e3, x3, y3, z3⟩ := allocFullPage_eq s₂ q₃
  rw [e3]; clear e3
  subst hs'; subst hs
  dsimp only at *
  refine { word := fun q i => ?_, page := fun q => ?_, record := fun r => ?_, counts := fun r => ?_ }
  iterate 2
    by_cases hq : q = q₁ ∨ q = q₂ ∨ q = q₃
    · have ho : o3 q = s.current := by grind
      first | exact .inr (.inl ⟨hfree q hq, .inl (.inl ho)⟩) | exact .inr (.inr (.inl ⟨hfree q hq, .inl (.inl ho)⟩))
    · simp only [not_or] at hq
      left
      first
        | (dsimp only; rw [(x3 q hq.2.2).1, (x2 q hq.2.1).1, (x1 q hq.1).1])
        | exact ⟨(x3 q hq.2.2).2.2.trans ((x2 q hq.2.1).2.2.trans (x1 q hq.1).2.2),
            (x3 q hq.2.2).2.1.trans ((x2 q hq.2.1).2.1.trans (x1 q hq.1).2.1)⟩
  all_goals
    by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · left; simp only [SameRecord, SameCounts, upd, hr, if_false, and_self, z3 r hr, z2 r hr, z1 r hr]

/-- The bits of a process's ports are in pages of its own. -/
theorem allocPort_integrity (h : Inv s) : Integrity s (allocPort s port).2 := by
  unfold allocPort; dsimp only
  repeat' split
  all_goals try exact .refl s
  all_goals
    rename_i hu _
    have hb := h.current_bitmap hu
    have h1 := hb.1.2.1
    have h2 := hb.2.2.1
    refine { word := fun q i => ?_, port := fun i => ?_, counts := fun r => ?_ } <;>
      simp only [Handed, SameCounts, mayActOn, allowPort, upd2_apply, upd] <;> grind

theorem reclaimPort_integrity : Integrity s (reclaimPort s port).2 := by
  unfold reclaimPort; dsimp only
  repeat' split
  all_goals try exact .refl s
  refine { port := fun i => ?_, counts := fun r => ?_ } <;> simp only [Handed, SameCounts, upd] <;> grind

end Lv6.Spec
