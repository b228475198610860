module
public import Lv6.Refine.Family
public import Lv6.Refine.Proc
public import Lv6.Refine.Vm
public import Lv6.Code.Dispatch
/-!
# From a system-call number to its handler
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel) (hk : Inv k)
include hk

/-- The calls on processes and virtual memory: of every number, on all arguments. -/
theorem dispatch_processes_refines (nr a b c d e : U64) :
    ∃ r k', dispatch.dispatch_processes k nr a b c d e = ok (r, k') ∧ Inv k' ∧
      Spec.dispatchProcesses (abs k) nr.val a.bv b.bv c.bv d.bv e.bv = (r.val, abs k') := by
  unfold dispatch.dispatch_processes Spec.dispatchProcesses
  split
  · exact sys_map_page_desc_refines k hk a b c d e
  · exact sys_map_pml4_refines k hk a b c
  · exact sys_map_proc_refines k hk a b c d e
  · exact sys_map_dev_refines k hk a b c d e
  · exact sys_map_file_refines k hk a b c d e
  · exact sys_clone_refines k hk a b c d
  · exact sys_set_proc_name_refines k hk a b
  · exact sys_set_runnable_refines k hk a
  · exact sys_switch_refines k hk a
  · exact sys_kill_refines k hk a
  · exact sys_reap_refines k hk a
  · exact sys_reparent_refines k hk a
  · exact sys_alloc_pdpt_refines k hk a b c d e
  · exact sys_alloc_pd_refines k hk a b c d e
  · exact sys_alloc_pt_refines k hk a b c d e
  · exact sys_alloc_frame_refines k hk a b c d e
  · exact sys_copy_frame_refines k hk a b c
  · exact sys_protect_frame_refines k hk a b c d
  · exact sys_free_pdpt_refines k hk a b c
  · exact sys_free_pd_refines k hk a b c
  · exact sys_free_pt_refines k hk a b c
  · exact sys_free_frame_refines k hk a b c
  · exact sys_reclaim_page_refines k hk a
  · no_call_left

end Lv6.Code
