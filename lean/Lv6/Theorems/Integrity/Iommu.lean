module
public import Lv6.Theorems.Integrity.Vm
public import Lv6.Spec.Keep.Iommu
/-!
# Integrity of the calls on devices and IOMMU tables
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {table i q c d : Nat} {perm : Word} {t parent child : PageType}

theorem mapPcipage_integrity : Integrity s (mapPcipage s table i c perm).2 := by
  unfold mapPcipage
  repeat' split
  all_goals first | exact mapPage_integrity | exact .refl s

theorem mapIommuFrame_integrity : Integrity s (mapIommuFrame s table i d perm).2 := by
  unfold mapIommuFrame
  iterate 3 (split; exact .refl s)
  exact mapPage_integrity

theorem allocIommuTable_integrity : Integrity s (allocIommuTable s table i q perm parent child).2 := by
  unfold allocIommuTable; dsimp only
  split
  · exact .refl s
  next hf =>
  split
  · exact .refl s
  next hc =>
  have hf := Decidable.not_not.1 hf
  have ho := (checkIommuMap_ok (Decidable.not_not.1 hc)).owner
  refine { word := fun r j => ?_, page := fun r => ?_, counts := fun r => ?_ }
  · by_cases hr : r = q
    · subst hr; exact .inr (.inr (.inl ⟨hf, .inl (.inl (upd_same _ _ _))⟩))
    · by_cases ht : r = table
      · subst ht; exact .inr (.inl (.inl ho))
      · left; simp only [setIommuEntry, allocPage, upd2_apply, upd, hr, ht, false_and, if_false]
  · by_cases hr : r = q
    · subst hr; exact .inr (.inl ⟨hf, .inl (.inl (upd_same _ _ _))⟩)
    · left; simp only [setIommuEntry, allocPage, upd, hr, if_false, and_self]
  · by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · left; simp only [SameCounts, setIommuEntry, allocPage, freeDel, upd, hr, if_false, and_self]

theorem allocIommuFrame_integrity (h : Inv s) : Integrity s (allocIommuFrame s table i d perm).2 := by
  unfold allocIommuFrame; dsimp only
  split
  · exact .refl s
  next hd =>
  split
  · exact .refl s
  next ht =>
  split
  · exact .refl s
  next hc =>
  have ho := (checkIommuMap_ok (Decidable.not_not.1 hc)).owner
  have h0 : s.dmaOwner d = 0 := (h.device.dma d (Decidable.not_not.1 hd)).2.1.2 (Decidable.not_not.1 ht)
  refine { word := fun r j => ?_, counts := fun r => ?_, dma := fun x => ?_, dmaWord := fun x j => ?_ }
  · by_cases ht : r = table
    · subst ht; exact .inr (.inl (.inl ho))
    · left; simp only [setIommuEntry, upd2_apply, ht, false_and, if_false]
  · by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · left; simp only [SameCounts, setIommuEntry, upd, hr, if_false, and_self]
  all_goals
    by_cases hx : x = d
    · subst hx
      first
        | exact .inr ⟨.inl ⟨h0, upd_same _ _ _⟩, fun hn => (hn h0).elim⟩
        | exact .inr (.inr ⟨h0, upd_same _ _ _⟩)
    · left; simp only [setIommuEntry, upd, hx, if_false, and_self]

theorem reclaimIommuFrame_integrity : Integrity s (reclaimIommuFrame s d).2 := by
  unfold reclaimIommuFrame; dsimp only
  iterate 2 (split; exact .refl s)
  split
  · exact .refl s
  next hz =>
  split
  · exact .refl s
  next hn =>
  have hz := Decidable.not_not.1 hz
  have hn := Decidable.not_not.1 hn
  refine { counts := fun r => ?_, dma := fun x => ?_ }
  · by_cases hr : r = s.dmaOwner d
    · subst hr; exact .inr (.inr (.inr hz))
    · left; simp only [SameCounts, upd, hr, if_false, and_self]
  · by_cases hx : x = d
    · subst hx; exact .inr ⟨.inr ⟨hz, upd_same _ _ _⟩, fun _ => hn⟩
    · left; simp only [upd, hx, if_false, and_self]

theorem allocIommuRoot_integrity : Integrity s (allocIommuRoot s d q).2 := by
  unfold allocIommuRoot
  iterate 2 (split; exact .refl s)
  split
  · exact .refl s
  next h0 =>
  split
  · exact .refl s
  next hf =>
  have hf := Decidable.not_not.1 hf
  have h0 := Decidable.not_not.1 h0
  simp only [allocPage, freeDel]
  refine { word := fun r j => ?_, page := fun r => ?_, counts := fun r => ?_, device := fun x => ?_ }
  iterate 2
    by_cases hr : r = q
    · subst hr
      first
        | exact .inr (.inl ⟨hf, .inl (.inl (upd_same _ _ _))⟩)
        | exact .inr (.inr (.inl ⟨hf, .inl (.inl (upd_same _ _ _))⟩))
    · left; simp only [upd, hr, if_false, and_self]
  · by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · left; simp only [SameCounts, upd, hr, if_false, and_self]
  · by_cases hx : x = d
    · subst hx; exact .inr (.inl ⟨h0, upd_same _ _ _⟩)
    · left; simp only [upd, hx, if_false, and_self]

theorem reclaimIommuRoot_integrity : Integrity s (reclaimIommuRoot s d).2 := by
  unfold reclaimIommuRoot; dsimp only
  iterate 2 (split; exact .refl s)
  split
  · exact .refl s
  next hz =>
  split
  · exact .refl s
  have hz := Decidable.not_not.1 hz
  refine { counts := fun r => ?_, device := fun x => ?_ }
  · by_cases hr : r = s.pciOwner d
    · subst hr; exact .inr (.inr (.inr hz))
    · left; simp only [SameCounts, upd, hr, if_false, and_self]
  · by_cases hx : x = d
    · subst hx; exact .inr (.inr ⟨hz, upd_same _ _ _⟩)
    · left; simp only [upd, hx, if_false, and_self]

end Lv6.Spec
