module
public import Lv6.Theorems.Tlb
public import Lv6.Spec.Fd
public import Lv6.Spec.Interrupt
public import Lv6.Spec.Port
/-!
# The TLB rule for the calls that leave page tables alone

The calls on file descriptors, interrupts and I/O ports.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p fd f i d v port q : Nat}

/-- A step that changes neither contents nor the life of a process. -/
theorem TlbRule.still {s' : State} (hb : s'.base = s.base) (hf : s'.flushTlb = s.flushTlb) (hw : s'.word = s.word)
    (hr : s'.root = s.root) (hs : s'.state = s.state) : TlbRule s s' :=
  .state hb hf hw hr fun p _ h => by rw [hs] at h; exact h

/-! ## File descriptors -/

theorem create_tlb {kind value omode : Nat} : TlbRule s (create s fd f kind value omode).2 := by
  unfold create; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

theorem removeFd_tlb : TlbRule s (removeFd s p fd) := by
  unfold removeFd; dsimp only
  split <;> exact .still rfl rfl rfl rfl rfl

theorem close_tlb : TlbRule s (close s p fd).2 := by
  unfold close
  repeat' split
  all_goals first | exact .refl s | exact removeFd_tlb

theorem dup_tlb {oldfd newfd : Nat} : TlbRule s (dup s oldfd p newfd).2 := by
  unfold dup; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

theorem dup2_tlb {oldfd newfd : Nat} : TlbRule s (dup2 s oldfd p newfd).2 := by
  unfold dup2 removeFd; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

theorem lseek_tlb {offset : Nat} : TlbRule s (lseek s fd offset).2 := by
  unfold lseek; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

/-! ## Interrupts -/

theorem allocVector_tlb : TlbRule s (allocVector s v).2 := by
  unfold allocVector
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

theorem reclaimVector_tlb : TlbRule s (reclaimVector s v).2 := by
  unfold reclaimVector; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

theorem allocIntremap_tlb : TlbRule s (allocIntremap s i d v).2 := by
  unfold allocIntremap; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

theorem reclaimIntremap_tlb : TlbRule s (reclaimIntremap s i).2 := by
  unfold reclaimIntremap; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

theorem ackIntr_tlb : TlbRule s (ackIntr s v).2 := by
  unfold ackIntr; dsimp only
  split <;> exact .still rfl rfl rfl rfl rfl

/-! ## Ports -/

/-- The pages that are taken were free, so no tables. -/
theorem allocIoBitmap_tlb {q₁ q₂ q₃ : Nat} : TlbRule s (allocIoBitmap s q₁ q₂ q₃).2 := by
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
  have hne : ∀ {r}, ¬ ¬ isFree s r → ∀ q l, s.mem.level q = some (l + 1) → q ≠ r := fun hr q l hl => by
    rintro rfl; rw [State.freeLevel (Decidable.not_not.1 hr).2] at hl; cases hl
  simp only [allocFullPage, allocPage, freeDel]
  refine .calm rfl rfl (fun q l hl => ?_) fun _ _ h => ⟨h, rfl⟩
  simp only [upd_ne _ _ _ _ (hne h1 q l hl), upd_ne _ _ _ _ (hne h2 q l hl),
    upd_ne _ _ _ _ (hne h3 q l hl)]

/-- The bitmap is no table. -/
theorem allocPort_tlb (h : Inv s) : TlbRule s (allocPort s port).2 := by
  unfold allocPort; dsimp only
  repeat' split
  all_goals try exact .refl s
  all_goals
    rename_i hu _
    have hb := h.current_bitmap hu
    refine .calm rfl rfl (fun q l hl => ?_) fun _ _ h => ⟨h, rfl⟩
    refine upd_ne _ _ _ _ ?_
    rintro rfl
    have hl : (s.pageType _).level = some (l + 1) := hl
    first | (rw [hb.1.2.2] at hl; cases hl) | (rw [hb.2.2.2] at hl; cases hl)

theorem reclaimPort_tlb : TlbRule s (reclaimPort s port).2 := by
  unfold reclaimPort; dsimp only
  repeat' split
  all_goals exact .still rfl rfl rfl rfl rfl

end Lv6.Spec
