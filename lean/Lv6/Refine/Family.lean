module
public import Lv6.Refine.Fd
public import Lv6.Refine.Interrupt
public import Lv6.Refine.Iommu
public import Lv6.Refine.Ipc
public import Lv6.Refine.Port
public import Lv6.Code.Family
public import Lv6.Spec.Dispatch
/-!
# From a system-call number to its handler: families
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel) (hk : Inv k)
include hk

/-- There is no call of this number. -/
theorem no_call : ∃ r k', (ok (lv6_abi.errno.ENOSYS, k) : Result (U64 × state.Kernel)) = ok (r, k') ∧ Inv k' ∧
    (Spec.ENOSYS, abs k) = (r.val, abs k') := ⟨_, _, rfl, hk, by rw [lv6_abi.errno.ENOSYS_val]⟩

/-- The last case of both matches: a number that is no call's. -/
macro "no_call_left" : tactic => `(tactic|
  (simp only [Aeneas.Std.UScalar.eq_iff, Aeneas.Std.wpPattern, Nat.reduceMod, imp_false] at *
   split <;> first | contradiction | exact no_call _ (by assumption)))

variable (nr a b c d e f : U64)

/-- The calls on file descriptors: of every number, on all arguments. -/
theorem dispatch_files_refines : ∃ r k', family.dispatch_files k nr a b c d e = ok (r, k') ∧ Inv k' ∧
    Spec.dispatchFiles (abs k) nr.val a.bv b.bv c.bv d.bv e.bv = (r.val, abs k') := by
  unfold family.dispatch_files Spec.dispatchFiles
  split
  · exact sys_create_refines k hk a b c d e
  · exact sys_close_refines k hk a b
  · exact sys_dup_refines k hk a b c
  · exact sys_dup2_refines k hk a b c
  · exact sys_lseek_refines k hk a b
  · no_call_left

/-- The calls on messages: of every number, on all arguments. -/
theorem dispatch_ipc_refines : ∃ r k', family.dispatch_ipc k nr a b c d e f = ok (r, k') ∧ Inv k' ∧
    Spec.dispatchIpc (abs k) nr.val a.bv b.bv c.bv d.bv e.bv f.bv = (r.val, abs k') := by
  unfold family.dispatch_ipc Spec.dispatchIpc
  split
  · exact sys_send_refines k hk a b c d e
  · exact sys_recv_refines k hk a b c
  · exact sys_reply_wait_refines k hk a b c d e f
  · exact sys_call_refines k hk a b c d e f
  · no_call_left

/-- The calls on devices: of every number, on all arguments. -/
theorem dispatch_iommu_refines : ∃ r k', family.dispatch_iommu k nr a b c d = ok (r, k') ∧ Inv k' ∧
    Spec.dispatchIommu (abs k) nr.val a.bv b.bv c.bv d.bv = (r.val, abs k') := by
  unfold family.dispatch_iommu Spec.dispatchIommu
  split
  · exact sys_map_pcipage_refines k hk a b c d
  · exact sys_alloc_iommu_root_refines k hk a b
  · exact sys_alloc_iommu_pdpt_refines k hk a b c d
  · exact sys_alloc_iommu_pd_refines k hk a b c d
  · exact sys_alloc_iommu_pt_refines k hk a b c d
  · exact sys_alloc_iommu_frame_refines k hk a b c d
  · exact sys_map_iommu_frame_refines k hk a b c d
  · exact sys_reclaim_iommu_frame_refines k hk a
  · exact sys_reclaim_iommu_root_refines k hk a
  · no_call_left

/-- The calls on interrupt vectors and routes: of every number, on all arguments. -/
theorem dispatch_interrupts_refines : ∃ r k', family.dispatch_interrupts k nr a b c = ok (r, k') ∧ Inv k' ∧
    Spec.dispatchInterrupts (abs k) nr.val a.bv b.bv c.bv = (r.val, abs k') := by
  unfold family.dispatch_interrupts Spec.dispatchInterrupts
  split
  · exact sys_alloc_vector_refines k hk a
  · exact sys_reclaim_vector_refines k hk a
  · exact sys_alloc_intremap_refines k hk a b c
  · exact sys_reclaim_intremap_refines k hk a
  · exact sys_ack_intr_refines k hk a
  · no_call_left

/-- The calls on I/O ports: of every number, on all arguments. -/
theorem dispatch_ports_refines : ∃ r k', family.dispatch_ports k nr a b c = ok (r, k') ∧ Inv k' ∧
    Spec.dispatchPorts (abs k) nr.val a.bv b.bv c.bv = (r.val, abs k') := by
  unfold family.dispatch_ports Spec.dispatchPorts
  split
  · exact sys_alloc_io_bitmap_refines k hk a b c
  · exact sys_alloc_port_refines k hk a
  · exact sys_reclaim_port_refines k hk a
  · no_call_left

end Lv6.Code
