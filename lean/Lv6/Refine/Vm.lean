module
public import Lv6.Refine.PageTable
public import Lv6.Code.Vm
/-!
# System calls on virtual memory

Each theorem says of one system call, on all arguments: it ends without panic or overflow, keeps the invariant, returns
exactly the error number that the specification names, and does to the state exactly what the specification says.
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable {k : state.Kernel}

/-! ## Code is specification -/

theorem map_table_code (hk : Inv k) (pid pt index n perm first len : U64) (h : first.val + len.val ≤ 8778) :
    holds (vm.map_table k pid pt index n perm first len) fun (r, k') =>
      Spec.mapTable (abs k) pid.val pt.val index.val n.val perm.bv first.val len.val = (r.val, abs k') := by
  have := hk.base_le
  unfold vm.map_table Spec.mapTable
  wp; leaves
  · leaf_auto
  · leaf_auto
  · omega
  · omega
  · rename_i z hz _ z' hz'
    refine holds_mono (map_page_code k pid pt index z' perm .X86Pt) fun ⟨r, k'⟩ h => ?_
    rw [hz', hz] at h
    leaf
    exact h
macro_rules | `(tactic| leaf_call) => `(tactic| call map_table_code)

theorem sys_map_page_desc_code (hk : Inv k) (pid pt index n perm : U64) :
    holds (vm.sys_map_page_desc k pid pt index n perm) fun (r, k') =>
      Spec.mapPageDesc (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') := by
  have := map_table_code hk pid pt index n perm lv6_abi.layout.PAGE_DESC_FRAME lv6_abi.layout.PAGE_DESC_FRAMES
  simp only [constants] at this
  exact this (by decide)

theorem sys_map_proc_code (hk : Inv k) (pid pt index n perm : U64) :
    holds (vm.sys_map_proc k pid pt index n perm) fun (r, k') =>
      Spec.mapProc (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') := by
  have := map_table_code hk pid pt index n perm lv6_abi.layout.PROC_FRAME lv6_abi.layout.PROC_FRAMES
  simp only [constants] at this
  exact this (by decide)

theorem sys_map_dev_code (hk : Inv k) (pid pt index n perm : U64) :
    holds (vm.sys_map_dev k pid pt index n perm) fun (r, k') =>
      Spec.mapDev (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') := by
  have := map_table_code hk pid pt index n perm lv6_abi.layout.DEVICE_FRAME lv6_abi.layout.DEVICE_FRAMES
  simp only [constants] at this
  exact this (by decide)

theorem sys_map_file_code (hk : Inv k) (pid pt index n perm : U64) :
    holds (vm.sys_map_file k pid pt index n perm) fun (r, k') =>
      Spec.mapFile (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') := by
  have := map_table_code hk pid pt index n perm lv6_abi.layout.FILE_FRAME lv6_abi.layout.FILE_FRAMES
  simp only [constants] at this
  exact this (by decide)

theorem sys_map_pml4_code (hk : Inv k) (pid index perm : U64) :
    holds (vm.sys_map_pml4 k pid index perm) fun (r, k') =>
      Spec.mapPml4 (abs k) pid.val index.val perm.bv = (r.val, abs k') := by
  have hr : (k.procs.get pid.val).page_table_root.val = (abs k).root pid.val := by rw [rootOf_get, root_abs]
  have hc : holds (page_table.check_map k pid (k.procs.get pid.val).page_table_root index perm .X86Pml4) fun e =>
      Spec.checkMap (abs k) pid.val ((abs k).root pid.val) index.val perm.bv .x86Pml4 = e.val := by
    rw [← hr]; exact check_map_code ..
  have := @map_bounds (abs k) pid.val ((abs k).root pid.val) index.val perm.bv .x86Pml4
  have := hk.base_le
  unfold vm.sys_map_pml4 Spec.mapPml4
  wp; leaves <;> (try call hc) <;> (repeat' leaf_call) <;> leaf_auto

theorem sys_copy_frame_code (source pid target : U64) :
    holds (vm.sys_copy_frame k source pid target) fun (r, k') =>
      Spec.copyFrame (abs k) source.val pid.val target.val = (r.val, abs k') := by
  unfold vm.sys_copy_frame Spec.copyFrame
  run

theorem sys_protect_frame_code (hk : Inv k) (pt index frame perm : U64) :
    holds (vm.sys_protect_frame k pt index frame perm) fun (r, k') =>
      Spec.protectFrame (abs k) pt.val index.val frame.val perm.bv = (r.val, abs k') := by
  have := hk.base_le
  have hc : holds (page_table.check_mapped k pt index frame .X86Pt .Frame) fun e =>
      Spec.checkMapped (abs k) pt.val index.val frame.val .x86Pt .frame = e.val := check_mapped_code _ (by omega) ..
  have := @mapped_bounds (abs k) pt.val index.val frame.val .x86Pt .frame
  have := hk.proc.pid
  unfold vm.sys_protect_frame Spec.protectFrame
  wp; leaves <;> (try call hc) <;> (repeat' leaf_call) <;> leaf_auto

theorem sys_reclaim_page_code (hk : Inv k) (pn : U64) :
    holds (vm.sys_reclaim_page k pn) fun (r, k') => Spec.reclaimPage (abs k) pn.val = (r.val, abs k') := by
  have := hk.owner_lt pn.val
  have := hk.proc.nobody
  have := hk.freeLinks
  have := hk.pages_pos pn.val
  unfold vm.sys_reclaim_page Spec.reclaimPage
  run

/-! ## The theorems -/

/-- The call `sys_map_page_desc` refines `Spec.mapPageDesc`. -/
theorem sys_map_page_desc_refines (k : state.Kernel) (hk : Inv k) (pid pt index n perm : U64) :
    ∃ r k', vm.sys_map_page_desc k pid pt index n perm = ok (r, k') ∧ Inv k' ∧
      Spec.mapPageDesc (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') :=
  refines_of (sys_map_page_desc_code hk pid pt index n perm) (Spec.mapPageDesc_inv hk)

/-- The call `sys_map_proc` refines `Spec.mapProc`. -/
theorem sys_map_proc_refines (k : state.Kernel) (hk : Inv k) (pid pt index n perm : U64) :
    ∃ r k', vm.sys_map_proc k pid pt index n perm = ok (r, k') ∧ Inv k' ∧
      Spec.mapProc (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') :=
  refines_of (sys_map_proc_code hk pid pt index n perm) (Spec.mapProc_inv hk)

/-- The call `sys_map_dev` refines `Spec.mapDev`. -/
theorem sys_map_dev_refines (k : state.Kernel) (hk : Inv k) (pid pt index n perm : U64) :
    ∃ r k', vm.sys_map_dev k pid pt index n perm = ok (r, k') ∧ Inv k' ∧
      Spec.mapDev (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') :=
  refines_of (sys_map_dev_code hk pid pt index n perm) (Spec.mapDev_inv hk)

/-- The call `sys_map_file` refines `Spec.mapFile`. -/
theorem sys_map_file_refines (k : state.Kernel) (hk : Inv k) (pid pt index n perm : U64) :
    ∃ r k', vm.sys_map_file k pid pt index n perm = ok (r, k') ∧ Inv k' ∧
      Spec.mapFile (abs k) pid.val pt.val index.val n.val perm.bv = (r.val, abs k') :=
  refines_of (sys_map_file_code hk pid pt index n perm) (Spec.mapFile_inv hk)

/-- The call `sys_map_pml4` refines `Spec.mapPml4`. -/
theorem sys_map_pml4_refines (k : state.Kernel) (hk : Inv k) (pid index perm : U64) :
    ∃ r k', vm.sys_map_pml4 k pid index perm = ok (r, k') ∧ Inv k' ∧
      Spec.mapPml4 (abs k) pid.val index.val perm.bv = (r.val, abs k') :=
  refines_of (sys_map_pml4_code hk pid index perm) (Spec.mapPml4_inv hk)

/-- The call `sys_alloc_pdpt` refines `Spec.allocPdpt`. -/
theorem sys_alloc_pdpt_refines (k : state.Kernel) (hk : Inv k) (pid table index pn perm : U64) :
    ∃ r k', vm.sys_alloc_pdpt k pid table index pn perm = ok (r, k') ∧ Inv k' ∧
      Spec.allocPdpt (abs k) pid.val table.val index.val pn.val perm.bv = (r.val, abs k') :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocPdpt_inv hk)

/-- The call `sys_alloc_pd` refines `Spec.allocPd`. -/
theorem sys_alloc_pd_refines (k : state.Kernel) (hk : Inv k) (pid table index pn perm : U64) :
    ∃ r k', vm.sys_alloc_pd k pid table index pn perm = ok (r, k') ∧ Inv k' ∧
      Spec.allocPd (abs k) pid.val table.val index.val pn.val perm.bv = (r.val, abs k') :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocPd_inv hk)

/-- The call `sys_alloc_pt` refines `Spec.allocPt`. -/
theorem sys_alloc_pt_refines (k : state.Kernel) (hk : Inv k) (pid table index pn perm : U64) :
    ∃ r k', vm.sys_alloc_pt k pid table index pn perm = ok (r, k') ∧ Inv k' ∧
      Spec.allocPt (abs k) pid.val table.val index.val pn.val perm.bv = (r.val, abs k') :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocPt_inv hk)

/-- The call `sys_alloc_frame` refines `Spec.allocFrame`. -/
theorem sys_alloc_frame_refines (k : state.Kernel) (hk : Inv k) (pid table index pn perm : U64) :
    ∃ r k', vm.sys_alloc_frame k pid table index pn perm = ok (r, k') ∧ Inv k' ∧
      Spec.allocFrame (abs k) pid.val table.val index.val pn.val perm.bv = (r.val, abs k') :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocFrame_inv hk)

/-- The call `sys_free_pdpt` refines `Spec.freePdpt`. -/
theorem sys_free_pdpt_refines (k : state.Kernel) (hk : Inv k) (table index pn : U64) :
    ∃ r k', vm.sys_free_pdpt k table index pn = ok (r, k') ∧ Inv k' ∧
      Spec.freePdpt (abs k) table.val index.val pn.val = (r.val, abs k') :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freePdpt_inv hk)

/-- The call `sys_free_pd` refines `Spec.freePd`. -/
theorem sys_free_pd_refines (k : state.Kernel) (hk : Inv k) (table index pn : U64) :
    ∃ r k', vm.sys_free_pd k table index pn = ok (r, k') ∧ Inv k' ∧
      Spec.freePd (abs k) table.val index.val pn.val = (r.val, abs k') :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freePd_inv hk)

/-- The call `sys_free_pt` refines `Spec.freePt`. -/
theorem sys_free_pt_refines (k : state.Kernel) (hk : Inv k) (table index pn : U64) :
    ∃ r k', vm.sys_free_pt k table index pn = ok (r, k') ∧ Inv k' ∧
      Spec.freePt (abs k) table.val index.val pn.val = (r.val, abs k') :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freePt_inv hk)

/-- The call `sys_free_frame` refines `Spec.freeFrame`. -/
theorem sys_free_frame_refines (k : state.Kernel) (hk : Inv k) (table index pn : U64) :
    ∃ r k', vm.sys_free_frame k table index pn = ok (r, k') ∧ Inv k' ∧
      Spec.freeFrame (abs k) table.val index.val pn.val = (r.val, abs k') :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freeFrame_inv hk)

/-- The call `sys_copy_frame` refines `Spec.copyFrame`. -/
theorem sys_copy_frame_refines (k : state.Kernel) (hk : Inv k) (source pid target : U64) :
    ∃ r k', vm.sys_copy_frame k source pid target = ok (r, k') ∧ Inv k' ∧
      Spec.copyFrame (abs k) source.val pid.val target.val = (r.val, abs k') :=
  refines_of (sys_copy_frame_code source pid target) (Spec.copyFrame_inv hk)

/-- The call `sys_protect_frame` refines `Spec.protectFrame`. -/
theorem sys_protect_frame_refines (k : state.Kernel) (hk : Inv k) (pt index frame perm : U64) :
    ∃ r k', vm.sys_protect_frame k pt index frame perm = ok (r, k') ∧ Inv k' ∧
      Spec.protectFrame (abs k) pt.val index.val frame.val perm.bv = (r.val, abs k') :=
  refines_of (sys_protect_frame_code hk pt index frame perm) (Spec.protectFrame_inv hk)

/-- The call `sys_reclaim_page` refines `Spec.reclaimPage`. -/
theorem sys_reclaim_page_refines (k : state.Kernel) (hk : Inv k) (pn : U64) :
    ∃ r k', vm.sys_reclaim_page k pn = ok (r, k') ∧ Inv k' ∧
      Spec.reclaimPage (abs k) pn.val = (r.val, abs k') :=
  refines_of (sys_reclaim_page_code hk pn) (Spec.reclaimPage_inv hk)

end Lv6.Code
