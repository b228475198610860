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

/-- **Every system call, of every number, on all arguments**: it ends without panic or overflow, keeps the invariant, returns
exactly the error number that the specification names, and does to the state exactly what the specification says. -/
theorem dispatch_refines (nr a b c d e f : U64) :
    ∃ r k', dispatch.dispatch k nr a b c d e f = ok (r, k') ∧ Inv k' ∧
      Spec.dispatch (abs k) nr.val a.bv b.bv c.bv d.bv e.bv f.bv = (r.val, abs k') := by
  unfold dispatch.dispatch Spec.dispatch
  simp only [UScalar.le_iff, lv6_abi.syscall.SYS_RECLAIM_PAGE_val, lv6_abi.syscall.SYS_LSEEK_val,
    lv6_abi.syscall.SYS_CALL_val, lv6_abi.syscall.SYS_RECLAIM_IOMMU_ROOT_val, lv6_abi.syscall.SYS_ACK_INTR_val]
  by_cases h1 : nr.val ≤ 30
  · rw [if_pos h1, if_pos h1]; exact dispatch_processes_refines k hk nr a b c d e
  by_cases h2 : nr.val ≤ 38
  · rw [if_neg h1, if_neg h1, if_pos h2, if_pos h2]; exact dispatch_files_refines k hk nr a b c d e
  by_cases h3 : nr.val ≤ 43
  · rw [if_neg h1, if_neg h1, if_neg h2, if_neg h2, if_pos h3, if_pos h3]
    exact dispatch_ipc_refines k hk nr a b c d e f
  rw [if_neg h1, if_neg h1, if_neg h2, if_neg h2, if_neg h3, if_neg h3]
  by_cases h4 : nr.val ≤ 54
  · rw [if_pos h4, if_pos h4]; exact dispatch_iommu_refines k hk nr a b c d
  by_cases h5 : nr.val ≤ 59
  · rw [if_neg h4, if_neg h4, if_pos h5, if_pos h5]; exact dispatch_interrupts_refines k hk nr a b c
  · rw [if_neg h4, if_neg h4, if_neg h5, if_neg h5]; exact dispatch_ports_refines k hk nr a b c

end Lv6.Code
