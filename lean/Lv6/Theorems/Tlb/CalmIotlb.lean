module
public import Lv6.Theorems.Iotlb
public import Lv6.Theorems.Integrity.Device
public import Lv6.Spec.Fd
/-!
# The IOTLB rule for the calls that have nothing to do with devices' memory

The calls on file descriptors, interrupts and I/O ports.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p fd f i d v port q : Nat}

theorem create_iotlb {kind value omode : Nat} : IotlbRule s (create s fd f kind value omode).2 := by iotlb_quiet create
theorem removeFd_iotlb : IotlbRule s (removeFd s p fd) := by iotlb_quiet removeFd
theorem close_iotlb : IotlbRule s (close s p fd).2 := by
  unfold close
  repeat' split
  all_goals first | exact .refl s | exact removeFd_iotlb
theorem dup_iotlb {oldfd newfd : Nat} : IotlbRule s (dup s oldfd p newfd).2 := by iotlb_quiet dup
theorem dup2_iotlb {oldfd newfd : Nat} : IotlbRule s (dup2 s oldfd p newfd).2 := by
  unfold dup2 removeFd; dsimp only
  repeat' split
  all_goals exact .quiet rfl rfl rfl rfl fun _ _ _ => rfl
theorem lseek_iotlb {offset : Nat} : IotlbRule s (lseek s fd offset).2 := by iotlb_quiet lseek
theorem allocVector_iotlb : IotlbRule s (allocVector s v).2 := by iotlb_quiet allocVector
theorem reclaimVector_iotlb : IotlbRule s (reclaimVector s v).2 := by iotlb_quiet reclaimVector
theorem allocIntremap_iotlb : IotlbRule s (allocIntremap s i d v).2 := by iotlb_quiet allocIntremap
theorem reclaimIntremap_iotlb : IotlbRule s (reclaimIntremap s i).2 := by iotlb_quiet reclaimIntremap
theorem ackIntr_iotlb : IotlbRule s (ackIntr s v).2 := by iotlb_quiet ackIntr
theorem reclaimPort_iotlb : IotlbRule s (reclaimPort s port).2 := by iotlb_quiet reclaimPort

/-- The pages that are taken were free, so no tables. -/
theorem allocIoBitmap_iotlb {q₁ q₂ q₃ : Nat} : IotlbRule s (allocIoBitmap s q₁ q₂ q₃).2 := by
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
  simp only [allocFullPage, allocPage, freeDel]
  refine .quiet rfl rfl rfl rfl fun r l hl => ?_
  have hne : ∀ {a}, ¬ ¬ isFree s a → r ≠ a := fun ha => free_ne (Decidable.not_not.1 ha).2 hl
  simp only [upd_ne _ _ _ _ (hne h1), upd_ne _ _ _ _ (hne h2), upd_ne _ _ _ _ (hne h3)]

/-- The bitmap is no table. -/
theorem allocPort_iotlb (h : Inv s) : IotlbRule s (allocPort s port).2 := by
  unfold allocPort; dsimp only
  repeat' split
  all_goals try exact .refl s
  all_goals
    rename_i hu _
    have hb := h.current_bitmap hu
    refine .quiet rfl rfl rfl rfl fun q l hl => upd_ne _ _ _ _ ?_
    rintro rfl
    first | (rw [hb.1.2.2] at hl; cases hl) | (rw [hb.2.2.2] at hl; cases hl)

end Lv6.Spec
