module
public import Lv6.Refine.Page
public import Lv6.Code.PageTable
public import Lv6.Spec.Keep.Vm
/-!
# Page-table entries
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

theorem is_own_embryo_code (pid : U64) (hp : pid.val < 64) :
    holds (state.is_own_embryo k pid) fun b => Spec.isOwnEmbryo (abs k) pid.val ↔ b = true := by
  unfold state.is_own_embryo Spec.isOwnEmbryo
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call is_own_embryo_code)

theorem may_act_on_code (pid : U64) (hp : pid.val < 64) :
    holds (state.may_act_on k pid) fun b => Spec.mayActOn (abs k) pid.val ↔ b = true := by
  unfold state.may_act_on Spec.mayActOn
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call may_act_on_code)

theorem check_map_code (pid table index perm : U64) (kind : state.PageType) :
    holds (page_table.check_map k pid table index perm kind) fun e =>
      Spec.checkMap (abs k) pid.val table.val index.val perm.bv kind.abs = e.val := by
  unfold page_table.check_map Spec.checkMap
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call check_map_code)

theorem set_entry_code (pid table index entry : U64) (hp : pid.val < 64) (ht : table.val < 8192) (hi : index.val < 512) :
    holds (page_table.set_entry k pid table index entry) fun k' =>
      abs k' = Spec.setEntry (abs k) pid.val table.val index.val entry.bv := by
  unfold page_table.set_entry Spec.setEntry
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call set_entry_code)

theorem check_mapped_code (hb : (abs k).base < 655360) (table index pn : U64) (parent child : state.PageType) :
    holds (page_table.check_mapped k table index pn parent child) fun e =>
      Spec.checkMapped (abs k) table.val index.val pn.val parent.abs child.abs = e.val := by
  unfold page_table.check_mapped Spec.checkMapped
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call check_mapped_code)

/-- Where a new entry may be written, there is a slot. -/
theorem map_bounds {s : Spec.State} {p table i : Nat} {perm : Spec.Word} {t : Spec.PageType}
    (h : Spec.checkMap s p table i perm t = 0) : (0 < p ∧ p < 64) ∧ table < 8192 ∧ i < 512 :=
  have hm := Spec.checkMap_ok h
  ⟨hm.pid, hm.page.1, hm.index⟩

/-- Where an entry is, there is a slot, and what it maps is a page. -/
theorem mapped_bounds {s : Spec.State} {table i q : Nat} {t t' : Spec.PageType}
    (h : Spec.checkMapped s table i q t t' = 0) : table < 8192 ∧ i < 512 ∧ q < 8192 ∧ s.pageOwner q = s.current :=
  have hm := Spec.checkMapped_ok h
  ⟨hm.page.1, hm.index, hm.childPage.1, hm.childOwner⟩

theorem map_page_code (pid table index pfn perm : U64) (kind : state.PageType) :
    holds (page_table.map_page k pid table index pfn perm kind) fun (r, k') =>
      Spec.mapPage (abs k) pid.val table.val index.val pfn.val perm.bv kind.abs = (r.val, abs k') := by
  have := @map_bounds (abs k) pid.val table.val index.val perm.bv kind.abs
  unfold page_table.map_page Spec.mapPage
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call map_page_code)

theorem alloc_mapped_code (hk : Inv k) (pid table index pn perm : U64) (parent child : state.PageType) :
    holds (page_table.alloc_mapped k pid table index pn perm parent child) fun (r, k') =>
      Spec.allocMapped (abs k) pid.val table.val index.val pn.val perm.bv parent.abs child.abs = (r.val, abs k') := by
  have := @map_bounds (abs k) pid.val table.val index.val perm.bv parent.abs
  have := hk.base_le
  have := hk.freeLinks
  have := hk.nrPages_lt
  unfold page_table.alloc_mapped Spec.allocMapped
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call alloc_mapped_code)

theorem free_mapped_code (hk : Inv k) (table index pn : U64) (parent child : state.PageType) :
    holds (page_table.free_mapped k table index pn parent child) fun (r, k') =>
      Spec.freeMapped (abs k) table.val index.val pn.val parent.abs child.abs = (r.val, abs k') := by
  have := @mapped_bounds (abs k) table.val index.val pn.val parent.abs child.abs
  have := hk.base_le
  have := hk.freeLinks
  have := hk.proc.pid
  have := hk.pages_pos pn.val
  have : (UScalar.ofNat 0 : U64).bv = 0#64 := rfl
  unfold page_table.free_mapped Spec.freeMapped
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call free_mapped_code)

end Lv6.Code
