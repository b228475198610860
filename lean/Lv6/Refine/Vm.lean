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
open lv6_abi.layout
variable (k : state.Kernel) (hk : Inv k)
include hk

theorem map_table_code (pid pt index n perm : U64) {first len : U64} {a b : Nat} (ha : first.val = a) (hb : len.val = b)
    (h : a + b ≤ 8778) :
    holds (vm.map_table k pid pt index n perm first len) fun (r, k') =>
      Spec.mapTable (abs k) pid.val pt.val index.val n.val perm.bv a b = (r.val, abs k') := by
  subst ha hb
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

/-- The call `sys_map_page_desc` refines `Spec.mapPageDesc`. -/
theorem sys_map_page_desc_refines (pid pt index n perm : U64) :
    Refines (vm.sys_map_page_desc k pid pt index n perm)
      (Spec.mapPageDesc (abs k) pid.val pt.val index.val n.val perm.bv) :=
  refines_of (map_table_code k hk pid pt index n perm PAGE_DESC_FRAME_val PAGE_DESC_FRAMES_val (by decide))
    (Spec.mapPageDesc_inv hk)

/-- The call `sys_map_proc` refines `Spec.mapProc`. -/
theorem sys_map_proc_refines (pid pt index n perm : U64) :
    Refines (vm.sys_map_proc k pid pt index n perm) (Spec.mapProc (abs k) pid.val pt.val index.val n.val perm.bv) :=
  refines_of (map_table_code k hk pid pt index n perm PROC_FRAME_val PROC_FRAMES_val (by decide)) (Spec.mapProc_inv hk)

/-- The call `sys_map_dev` refines `Spec.mapDev`. -/
theorem sys_map_dev_refines (pid pt index n perm : U64) :
    Refines (vm.sys_map_dev k pid pt index n perm) (Spec.mapDev (abs k) pid.val pt.val index.val n.val perm.bv) :=
  refines_of (map_table_code k hk pid pt index n perm DEVICE_FRAME_val DEVICE_FRAMES_val (by decide)) (Spec.mapDev_inv hk)

/-- The call `sys_map_file` refines `Spec.mapFile`. -/
theorem sys_map_file_refines (pid pt index n perm : U64) :
    Refines (vm.sys_map_file k pid pt index n perm) (Spec.mapFile (abs k) pid.val pt.val index.val n.val perm.bv) :=
  refines_of (map_table_code k hk pid pt index n perm FILE_FRAME_val FILE_FRAMES_val (by decide)) (Spec.mapFile_inv hk)

/-- The call `sys_map_pml4` refines `Spec.mapPml4`. -/
theorem sys_map_pml4_refines (pid index perm : U64) :
    Refines (vm.sys_map_pml4 k pid index perm) (Spec.mapPml4 (abs k) pid.val index.val perm.bv) := by
  refine refines_of ?_ (Spec.mapPml4_inv hk)
  have hr : (k.procs.get pid.val).page_table_root.val = (abs k).root pid.val := by rw [rootOf_get, root_abs]
  have hc : holds (page_table.check_map k pid (k.procs.get pid.val).page_table_root index perm .X86Pml4) fun e =>
      Spec.checkMap (abs k) pid.val ((abs k).root pid.val) index.val perm.bv .x86Pml4 = e.val := by
    rw [← hr]; exact check_map_code ..
  have := @map_bounds (abs k) pid.val ((abs k).root pid.val) index.val perm.bv .x86Pml4
  have := hk.base_le
  unfold vm.sys_map_pml4 Spec.mapPml4
  wp; leaves <;> (try call hc) <;> (repeat' leaf_call) <;> leaf_auto

/-- The call `sys_alloc_pdpt` refines `Spec.allocPdpt`. -/
theorem sys_alloc_pdpt_refines (pid table index pn perm : U64) :
    Refines (vm.sys_alloc_pdpt k pid table index pn perm)
      (Spec.allocPdpt (abs k) pid.val table.val index.val pn.val perm.bv) :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocPdpt_inv hk)

/-- The call `sys_alloc_pd` refines `Spec.allocPd`. -/
theorem sys_alloc_pd_refines (pid table index pn perm : U64) :
    Refines (vm.sys_alloc_pd k pid table index pn perm)
      (Spec.allocPd (abs k) pid.val table.val index.val pn.val perm.bv) :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocPd_inv hk)

/-- The call `sys_alloc_pt` refines `Spec.allocPt`. -/
theorem sys_alloc_pt_refines (pid table index pn perm : U64) :
    Refines (vm.sys_alloc_pt k pid table index pn perm)
      (Spec.allocPt (abs k) pid.val table.val index.val pn.val perm.bv) :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocPt_inv hk)

/-- The call `sys_alloc_frame` refines `Spec.allocFrame`. -/
theorem sys_alloc_frame_refines (pid table index pn perm : U64) :
    Refines (vm.sys_alloc_frame k pid table index pn perm)
      (Spec.allocFrame (abs k) pid.val table.val index.val pn.val perm.bv) :=
  refines_of (alloc_mapped_code k hk pid table index pn perm _ _) (Spec.allocFrame_inv hk)

/-- The call `sys_free_pdpt` refines `Spec.freePdpt`. -/
theorem sys_free_pdpt_refines (table index pn : U64) :
    Refines (vm.sys_free_pdpt k table index pn) (Spec.freePdpt (abs k) table.val index.val pn.val) :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freePdpt_inv hk)

/-- The call `sys_free_pd` refines `Spec.freePd`. -/
theorem sys_free_pd_refines (table index pn : U64) :
    Refines (vm.sys_free_pd k table index pn) (Spec.freePd (abs k) table.val index.val pn.val) :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freePd_inv hk)

/-- The call `sys_free_pt` refines `Spec.freePt`. -/
theorem sys_free_pt_refines (table index pn : U64) :
    Refines (vm.sys_free_pt k table index pn) (Spec.freePt (abs k) table.val index.val pn.val) :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freePt_inv hk)

/-- The call `sys_free_frame` refines `Spec.freeFrame`. -/
theorem sys_free_frame_refines (table index pn : U64) :
    Refines (vm.sys_free_frame k table index pn) (Spec.freeFrame (abs k) table.val index.val pn.val) :=
  refines_of (free_mapped_code k hk table index pn _ _) (Spec.freeFrame_inv hk)

/-- The call `sys_copy_frame` refines `Spec.copyFrame`. -/
theorem sys_copy_frame_refines (source pid target : U64) :
    Refines (vm.sys_copy_frame k source pid target) (Spec.copyFrame (abs k) source.val pid.val target.val) := by
  run_refines vm.sys_copy_frame Spec.copyFrame (Spec.copyFrame_inv hk)

/-- The call `sys_protect_frame` refines `Spec.protectFrame`. -/
theorem sys_protect_frame_refines (pt index frame perm : U64) :
    Refines (vm.sys_protect_frame k pt index frame perm)
      (Spec.protectFrame (abs k) pt.val index.val frame.val perm.bv) := by
  refine refines_of ?_ (Spec.protectFrame_inv hk)
  have := hk.base_le
  have hc : holds (page_table.check_mapped k pt index frame .X86Pt .Frame) fun e =>
      Spec.checkMapped (abs k) pt.val index.val frame.val .x86Pt .frame = e.val := check_mapped_code _ (by omega) ..
  have := @mapped_bounds (abs k) pt.val index.val frame.val .x86Pt .frame
  have := hk.proc.pid
  unfold vm.sys_protect_frame Spec.protectFrame
  wp; leaves <;> (try call hc) <;> (repeat' leaf_call) <;> leaf_auto

/-- The call `sys_reclaim_page` refines `Spec.reclaimPage`. -/
theorem sys_reclaim_page_refines (pn : U64) : Refines (vm.sys_reclaim_page k pn) (Spec.reclaimPage (abs k) pn.val) := by
  have := hk.owner_lt pn.val
  have := hk.proc.nobody
  have := hk.freeLinks
  have := hk.pages_pos pn.val
  run_refines vm.sys_reclaim_page Spec.reclaimPage (Spec.reclaimPage_inv hk)

end Lv6.Code
