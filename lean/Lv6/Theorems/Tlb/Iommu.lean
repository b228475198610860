module
public import Lv6.Theorems.Tlb.Calm
public import Lv6.Spec.Keep.Iommu
/-!
# The TLB rule for the calls on devices and IOMMU tables
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {table i q c d : Nat} {perm : Word} {t parent child : PageType}

/-- An IOMMU table is no page table. -/
theorem IommuMapOk.level_none {l : Nat} (hk : IommuMapOk s table i perm t) (ht : t.iommuLevel = some l) :
    s.mem.level table = none := by
  show (s.pageType table).level = none
  rw [hk.page.2]
  revert ht; cases t <;> simp [PageType.iommuLevel, PageType.level]

theorem mapPcipage_tlb : TlbRule s (mapPcipage s table i c perm).2 := by
  unfold mapPcipage
  repeat' split
  all_goals first | exact mapPage_tlb | exact .refl s

theorem mapIommuFrame_tlb : TlbRule s (mapIommuFrame s table i d perm).2 := by
  unfold mapIommuFrame
  iterate 3 (split; exact .refl s)
  exact mapPage_tlb

theorem allocIommuTable_tlb {l : Nat} (hp : parent.iommuLevel = some l) :
    TlbRule s (allocIommuTable s table i q perm parent child).2 := by
  unfold allocIommuTable; dsimp only
  split
  · exact .refl s
  next hf =>
  split
  · exact .refl s
  next hc =>
  have hn := (checkIommuMap_ok (Decidable.not_not.1 hc)).level_none hp
  refine .calm rfl rfl (fun r k hl => ?_) fun _ _ h => ⟨h, rfl⟩
  have h1 : r ≠ table := by rintro rfl; rw [hn] at hl; cases hl
  have h2 : r ≠ q := by rintro rfl; rw [State.freeLevel (Decidable.not_not.1 hf).2] at hl; cases hl
  exact (upd_ne _ _ _ _ h1).trans (upd_ne _ _ _ _ h2)

theorem allocIommuFrame_tlb : TlbRule s (allocIommuFrame s table i d perm).2 := by
  unfold allocIommuFrame; dsimp only
  iterate 2 (split; exact .refl s)
  split
  · exact .refl s
  next hc =>
  have hn := (checkIommuMap_ok (Decidable.not_not.1 hc)).level_none rfl
  refine .calm rfl rfl (fun r k hl => ?_) fun _ _ h => ⟨h, rfl⟩
  exact upd_ne _ _ _ _ (by rintro rfl; rw [hn] at hl; cases hl)

theorem reclaimIommuFrame_tlb : TlbRule s (reclaimIommuFrame s d).2 := by
  unfold reclaimIommuFrame; dsimp only
  iterate 4 (split; exact .refl s)
  exact .still rfl rfl rfl rfl rfl

theorem allocIommuRoot_tlb : TlbRule s (allocIommuRoot s d q).2 := by
  unfold allocIommuRoot
  iterate 3 (split; exact .refl s)
  split
  · exact .refl s
  next hf =>
  simp only [allocPage, freeDel]
  refine .calm rfl rfl (fun r k hl => ?_) fun _ _ h => ⟨h, rfl⟩
  exact upd_ne _ _ _ _ (by rintro rfl; rw [State.freeLevel (Decidable.not_not.1 hf).2] at hl; cases hl)

theorem reclaimIommuRoot_tlb : TlbRule s (reclaimIommuRoot s d).2 := by
  unfold reclaimIommuRoot; dsimp only
  iterate 4 (split; exact .refl s)
  exact .still rfl rfl rfl rfl rfl

end Lv6.Spec
