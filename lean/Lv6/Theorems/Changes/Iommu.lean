module
public import Lv6.Theorems.Changes.Vm
public import Lv6.Spec.Keep.Iommu
/-!
# What the calls on devices and IOMMU tables change
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
seal upd upd2
variable {s : State} {table i q c d l : Nat} {perm : Word} {t parent child : PageType}

theorem mapPcipage_changes : Changes s (mapPcipage s table i c perm).2 := by
  unfold mapPcipage
  repeat' split
  all_goals first | exact .refl s | exact mapPage_changes rfl

theorem mapIommuFrame_changes : Changes s (mapIommuFrame s table i d perm).2 := by
  unfold mapIommuFrame
  repeat' split
  all_goals first | exact .refl s | exact mapPage_changes rfl

theorem allocIommuTable_changes (hp : parent.iommuLevel = some l) :
    Changes s (allocIommuTable s table i q perm parent child).2 := by
  unfold allocIommuTable; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i hc
  have ⟨ht, ho, _, _, _⟩ := checkIommuMap_ok (Decidable.not_not.1 hc)
  changed

/-- The same without what integrity says, for which one must know who owns the DMA page. -/
theorem allocIommuFrame_flushes : Flushes s (allocIommuFrame s table i d perm).2 := by
  unfold allocIommuFrame; dsimp only
  repeat' split
  all_goals try exact {}
  rename_i hc
  have ht := (checkIommuMap_ok (Decidable.not_not.1 hc)).page.2
  have hl : PageType.iommuLevel .iommuPt = some 1 := rfl
  exact { pendingIotlb := .inr rfl, word := fun r j => by simp only [setIommuEntry, upd2_apply]; grind }

theorem allocIommuFrame_changes (h : Inv s) : Changes s (allocIommuFrame s table i d perm).2 := by
  unfold allocIommuFrame; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i hd _ hc
  have h0 := h.device.dma d (Decidable.not_not.1 hd)
  have ⟨ht, ho, _, _, _⟩ := checkIommuMap_ok (Decidable.not_not.1 hc)
  have hl : PageType.iommuLevel .iommuPt = some 1 := rfl
  changed

theorem reclaimIommuFrame_changes : Changes s (reclaimIommuFrame s d).2 := by changes reclaimIommuFrame
theorem allocIommuRoot_changes : Changes s (allocIommuRoot s d q).2 := by changes allocIommuRoot
theorem reclaimIommuRoot_changes : Changes s (reclaimIommuRoot s d).2 := by changes reclaimIommuRoot

end Lv6.Spec
