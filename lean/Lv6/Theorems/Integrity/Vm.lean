module
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Spec.Keep.Vm
/-!
# Integrity of the calls on virtual memory
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p table i q n : Nat} {perm : Word} {t parent child : PageType}

/-- Writing an entry into a table of somebody on whom one may act. -/
theorem setEntry_integrity {e : Word} (hm : mayActOn s p) (ho : s.pageOwner table = p) :
    Integrity s (setEntry s p table i e) where
  word r j := by simp only [setEntry, upd2_apply]; grind

theorem allocMapped_integrity : Integrity s (allocMapped s p table i q perm parent child).2 := by
  unfold allocMapped; dsimp only
  split
  · exact .refl s
  next hf =>
  split
  · exact .refl s
  next hc =>
  have hf := Decidable.not_not.1 hf
  have hk := checkMap_ok (Decidable.not_not.1 hc)
  have ho := hk.owner
  have hm := hk.mayAct
  refine { word := fun r j => ?_, page := fun r => ?_, counts := fun r => ?_ }
  · by_cases hr : r = q
    · right; right; left
      subst hr
      exact ⟨hf, .inl (by simpa only [setEntry, allocPage, upd_same] using hm)⟩
    · by_cases ht : r = table
      · subst ht; right; left; rw [ho]; exact hm
      · left; simp only [setEntry, allocPage, upd2_apply, upd, hr, ht, false_and, if_false]
  · by_cases hr : r = q
    · right; left
      subst hr
      exact ⟨hf, .inl (by simpa only [setEntry, allocPage, upd_same] using hm)⟩
    · left; simp only [setEntry, allocPage, upd, hr, if_false, and_self]
  · by_cases hr : r = p
    · subst hr; exact .inr (.inl hm)
    · left; simp only [SameCounts, setEntry, allocPage, freeDel, upd, hr, if_false, and_self]

theorem mapPage_integrity {pfn : Nat} : Integrity s (mapPage s p table i pfn perm t).2 := by
  unfold mapPage; dsimp only
  split
  · exact .refl s
  next hc =>
  have hk := checkMap_ok (Decidable.not_not.1 hc)
  exact setEntry_integrity hk.mayAct hk.owner

theorem mapTable_integrity {first len : Nat} : Integrity s (mapTable s p table i n perm first len).2 := by
  unfold mapTable
  repeat' split
  · exact .refl s
  · exact .refl s
  · exact mapPage_integrity

theorem mapPml4_integrity : Integrity s (mapPml4 s p i perm).2 := by
  unfold mapPml4; dsimp only
  repeat' split
  · exact .refl s
  · exact .refl s
  · exact .refl s
  · next hc =>
    have hk := checkMap_ok (Decidable.not_not.1 hc)
    exact setEntry_integrity hk.mayAct hk.owner

theorem freeMapped_integrity {l : Nat} (hl : child.level = some l) (h4 : l < 4) :
    Integrity s (freeMapped s table i q parent child).2 := by
  unfold freeMapped; dsimp only
  split
  · exact .refl s
  next hc =>
  have hk := checkMapped_ok (Decidable.not_not.1 hc)
  have ho := hk.owner
  refine { word := fun r j => ?_, page := fun r => ?_, counts := fun r => ?_ }
  · by_cases ht : r = table
    · subst ht; exact .inr (.inl (.inl ho))
    · left; simp only [setEntry, freePage, freeAdd, upd2_apply, ht, false_and, if_false]
  · by_cases hr : r = q
    · right; right; left
      subst hr
      refine ⟨hk.childOwner, ⟨l, h4, by rw [hk.childPage.2]; exact hl⟩, hk.childPage.1, ?_⟩
      simp only [setEntry, freePage, upd_same]
    · left; simp only [setEntry, freePage, freeAdd, upd, hr, if_false, and_self]
  · by_cases hr : r = s.current
    · subst hr; exact .inr (.inl (.inl rfl))
    · left
      have : r ≠ s.pageOwner q := by rw [hk.childOwner]; exact hr
      simp only [SameCounts, setEntry, freePage, freeAdd, upd, this, if_false, and_self]

theorem protectFrame_integrity : Integrity s (protectFrame s table i q perm).2 := by
  unfold protectFrame; dsimp only
  repeat' split
  · exact .refl s
  · exact .refl s
  · next hc _ => exact setEntry_integrity (.inl rfl) (checkMapped_ok (Decidable.not_not.1 hc)).owner

theorem copyFrame_integrity {src dst : Nat} : Integrity s (copyFrame s src p dst).2 := by
  unfold copyFrame
  repeat' split
  all_goals try exact .refl s
  rename_i ho hm
  refine { word := fun r j => ?_ }
  simp only [copyPage, upd]; grind

theorem reclaimPage_integrity : Integrity s (reclaimPage s q).2 := by
  unfold reclaimPage
  repeat' split
  all_goals try exact .refl s
  rename_i hq _ hz hd
  have hq := Decidable.not_not.1 hq
  have hz := Decidable.not_not.1 hz
  have hd := Decidable.not_not.1 hd
  refine { page := fun r => ?_, counts := fun r => ?_ }
  · by_cases hr : r = q
    · subst hr; exact .inr (.inr (.inr ⟨hz, hd, hq, by simp only [freePage, upd_same]⟩))
    · left; simp only [freePage, freeAdd, upd, hr, if_false, and_self]
  · by_cases hr : r = s.pageOwner q
    · subst hr; exact .inr (.inr (.inr hz))
    · left; simp only [SameCounts, freePage, freeAdd, upd, hr, if_false, and_self]

end Lv6.Spec
