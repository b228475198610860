module
public import Lv6.Theorems.Changes
public import Lv6.Spec.Keep.Vm
/-!
# What the calls on virtual memory change
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
seal upd upd2
variable {s : State} {p table i q n l : Nat} {perm : Word} {t parent child : PageType}

/-- An entry is written into a table of somebody on whom one may act. -/
theorem setEntry_changes {e : Word} (hm : mayActOn s p) (ho : s.pageOwner table = p)
    (ht : (s.pageType table).level = some l) : Changes s (setEntry s p table i e) := by changed

theorem allocMapped_changes (hp : parent.level = some l) : Changes s (allocMapped s p table i q perm parent child).2 := by
  unfold allocMapped; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i hc
  have ⟨_, hm, ht, ho, _, _, _⟩ := checkMap_ok (Decidable.not_not.1 hc)
  changed

theorem mapPage_changes {pfn : Nat} (ht : t.level = some l) : Changes s (mapPage s p table i pfn perm t).2 := by
  unfold mapPage; dsimp only
  split
  · exact .refl s
  next hc =>
  have hk := checkMap_ok (Decidable.not_not.1 hc)
  exact setEntry_changes hk.mayAct hk.owner (hk.page.2 ▸ ht)

theorem mapTable_changes {first len : Nat} : Changes s (mapTable s p table i n perm first len).2 := by
  unfold mapTable
  repeat' split
  all_goals first | exact .refl s | exact mapPage_changes rfl

theorem mapPml4_changes : Changes s (mapPml4 s p i perm).2 := by
  unfold mapPml4; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i hc
  have hk := checkMap_ok (Decidable.not_not.1 hc)
  exact setEntry_changes (l := 4) hk.mayAct hk.owner (by rw [hk.page.2]; rfl)

theorem freeMapped_changes {k : Nat} (hp : parent.level = some l) (hl : child.level = some k) (h4 : k < 4) :
    Changes s (freeMapped s table i q parent child).2 := by
  unfold freeMapped; dsimp only
  split
  · exact .refl s
  next hc =>
  have ⟨ht, ho, _, hq, hc, _, _⟩ := checkMapped_ok (Decidable.not_not.1 hc)
  changed

theorem protectFrame_changes : Changes s (protectFrame s table i q perm).2 := by
  unfold protectFrame; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i hc _
  have hk := checkMapped_ok (Decidable.not_not.1 hc)
  exact setEntry_changes (l := 1) (.inl rfl) hk.owner (by rw [hk.page.2]; rfl)

theorem copyFrame_changes {src dst : Nat} : Changes s (copyFrame s src p dst).2 := by changes copyFrame

theorem reclaimPage_changes : Changes s (reclaimPage s q).2 := by changes reclaimPage

end Lv6.Spec
