module
public import Lv6.Theorems.Changes
public import Lv6.Spec.Bounds
public import Lv6.Spec.Interrupt
public import Lv6.Spec.Port
/-!
# What the calls on interrupts and I/O ports change
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
seal upd upd2
variable {s : State} {i d v port q : Nat}

theorem allocVector_changes : Changes s (allocVector s v).2 := by changes allocVector
theorem reclaimVector_changes : Changes s (reclaimVector s v).2 := by changes reclaimVector
theorem allocIntremap_changes : Changes s (allocIntremap s i d v).2 := by changes allocIntremap
theorem reclaimIntremap_changes : Changes s (reclaimIntremap s i).2 := by changes reclaimIntremap
theorem ackIntr_changes : Changes s (ackIntr s v).2 := by changes ackIntr

/-- What giving the current process a full page changes. -/
theorem allocFullPage_eq (s : State) (q : Nat) : ∃ word pageType pageOwner nrPages freePrev freeNext,
    allocFullPage s q = { s with
      word := word, pageType := pageType, pageOwner := pageOwner, nrPages := nrPages, freePrev := freePrev
      freeNext := freeNext } ∧
    (∀ r, r ≠ q → word r = s.word r ∧ pageType r = s.pageType r ∧ pageOwner r = s.pageOwner r) ∧
    pageOwner q = s.current ∧ ∀ r, r ≠ s.current → nrPages r = s.nrPages r := by
  refine ⟨_, _, _, _, _, _, rfl, fun r hr => ?_, upd_same _ _ _, fun r hr => upd_ne _ _ _ _ hr⟩
  simp only [allocPage, freeDel, upd, hr, if_false, and_self]

theorem allocIoBitmap_changes {q₁ q₂ q₃ : Nat} : Changes s (allocIoBitmap s q₁ q₂ q₃).2 := by
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
  refine ⟨{ word := fun q i => ?_, page := fun q => ?_, record := fun r => ?_, counts := fun r => ?_ },
    { word := fun q i => ?_ }⟩
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
  iterate 2
    by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · left; simp only [SameRecord, SameCounts, upd, hr, if_false, and_self, z3 r hr, z2 r hr, z1 r hr]
  · by_cases hq : q = q₁ ∨ q = q₂ ∨ q = q₃
    · exact .inr (.inl (.inl (hfree q hq).2))
    · simp only [not_or] at hq
      left; dsimp only; rw [(x3 q hq.2.2).1, (x2 q hq.2.1).1, (x1 q hq.1).1]

/-- The bits of a process's ports are in pages of its own, which are no tables. -/
theorem allocPort_changes (h : Inv s) : Changes s (allocPort s port).2 := by
  have hb := h.current_bitmap
  unfold IsOwn at hb
  changes allocPort
theorem reclaimPort_changes : Changes s (reclaimPort s port).2 := by changes reclaimPort

end Lv6.Spec
