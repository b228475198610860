module
public import Lv6.Refine.Tactic
public import Lv6.Code.Page
public import Lv6.Spec.Page
/-!
# Pages: giving them out and taking them back
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

theorem free_add_code (pn : U64) (hq : pn.val < 8192) (hl : Links 8192 (abs k).freePrev (abs k).freeNext) :
    holds (page.free_add k pn) fun k' => abs k' = Spec.freeAdd (abs k) pn.val := by
  have ⟨_, _⟩ := hl 0 (by omega)
  unfold page.free_add Spec.freeAdd
  run

theorem free_del_code (pn : U64) (hq : pn.val < 8192) (hl : Links 8192 (abs k).freePrev (abs k).freeNext) :
    holds (page.free_del k pn) fun k' => abs k' = Spec.freeDel (abs k) pn.val := by
  have ⟨_, _⟩ := hl _ hq
  unfold page.free_del Spec.freeDel
  run

macro_rules | `(tactic| leaf_call) => `(tactic| first | call free_add_code | call free_del_code)

theorem alloc_page_code (pid : U64) (kind : state.PageType) (pn : U64) (hp : pid.val < 64) (hq : pn.val < 8192) (hl : Links 8192 (abs k).freePrev (abs k).freeNext)
    (hn : (abs k).nrPages pid.val < 18446744073709551615) :
    holds (page.alloc_page k pid kind pn) fun k' => abs k' = Spec.allocPage (abs k) pid.val kind.abs pn.val := by
  unfold page.alloc_page Spec.allocPage
  run

theorem free_page_code (pn : U64) (hq : pn.val < 8192) (ho : (abs k).pageOwner pn.val < 64) (hl : Links 8192 (abs k).freePrev (abs k).freeNext)
    (hn : 1 ≤ (abs k).nrPages ((abs k).pageOwner pn.val)) :
    holds (page.free_page k pn) fun k' => abs k' = Spec.freePage (abs k) pn.val := by
  have := @Spec.freeAdd.eq_1
  unfold page.free_page Spec.freePage
  run

theorem copy_page_code (src dst : U64) (hs : src.val < 8192) (hd : dst.val < 8192) :
    holds (page.copy_page k src dst) fun k' => abs k' = Spec.copyPage (abs k) src.val dst.val := by
  unfold page.copy_page Spec.copyPage
  run

macro_rules | `(tactic| leaf_call) => `(tactic| first | call alloc_page_code | call free_page_code | call copy_page_code)

end Lv6.Code
