module
public import Lv6.Refine.Bits
public import Lv6.Spec.Keep.Interrupt
/-!
# System calls on interrupt vectors and routes
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

theorem set_intremap_code (index active devid vector : U64) (hi : index.val < 8) :
    holds (interrupt.set_intremap k index active devid vector) fun k' =>
      abs k' = Spec.setIntremap (abs k) index.val active.val devid.val vector.val := by
  unfold interrupt.set_intremap Spec.setIntremap
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call set_intremap_code)

theorem setIntremap_others (s : Spec.State) (i active d v : Nat) :
    (Spec.setIntremap s i active d v).nrIntremaps = s.nrIntremaps := rfl

variable (hk : Inv k)
include hk

/-- The system call `sys_alloc_vector` refines `Spec.allocVector`. -/
theorem sys_alloc_vector_refines (vector : U64) :
    Refines (interrupt.sys_alloc_vector k vector) (Spec.allocVector (abs k) vector.val) := by
  have := hk.current_lt
  have := hk.vectors_le _ hk.proc.pid
  run_refines interrupt.sys_alloc_vector Spec.allocVector (Spec.allocVector_inv hk)

/-- The system call `sys_reclaim_vector` refines `Spec.reclaimVector`. -/
theorem sys_reclaim_vector_refines (vector : U64) :
    Refines (interrupt.sys_reclaim_vector k vector) (Spec.reclaimVector (abs k) vector.val) := by
  have := hk.vectors_pos vector.val
  run_refines interrupt.sys_reclaim_vector Spec.reclaimVector (Spec.reclaimVector_inv hk)

/-- The system call `sys_alloc_intremap` refines `Spec.allocIntremap`. -/
theorem sys_alloc_intremap_refines (index devid vector : U64) :
    Refines (interrupt.sys_alloc_intremap k index devid vector)
      (Spec.allocIntremap (abs k) index.val devid.val vector.val) := by
  have := hk.current_lt
  have := hk.intremaps_le _ hk.proc.pid
  have := setIntremap_others
  run_refines interrupt.sys_alloc_intremap Spec.allocIntremap (Spec.allocIntremap_inv hk)

/-- The system call `sys_reclaim_intremap` refines `Spec.reclaimIntremap`. -/
theorem sys_reclaim_intremap_refines (index : U64) :
    Refines (interrupt.sys_reclaim_intremap k index) (Spec.reclaimIntremap (abs k) index.val) := by
  have := hk.device.intremap index.val
  have := hk.intremaps_pos index.val
  have := setIntremap_others
  run_refines interrupt.sys_reclaim_intremap Spec.reclaimIntremap (Spec.reclaimIntremap_inv hk)

/-- The system call `sys_ack_intr` refines `Spec.ackIntr`. -/
theorem sys_ack_intr_refines (vector : U64) :
    Refines (interrupt.sys_ack_intr k vector) (Spec.ackIntr (abs k) vector.val) := by
  have := hk.current_lt
  run_refines interrupt.sys_ack_intr Spec.ackIntr (Spec.ackIntr_inv hk)

end Lv6.Code
