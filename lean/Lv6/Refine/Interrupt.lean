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

theorem sys_alloc_vector_code (hk : Inv k) (vector : U64) :
    holds (interrupt.sys_alloc_vector k vector) fun (r, k') => Spec.allocVector (abs k) vector.val = (r.val, abs k') := by
  have := hk.current_lt
  have := hk.vectors_le _ hk.proc.pid
  unfold interrupt.sys_alloc_vector Spec.allocVector
  run

theorem sys_reclaim_vector_code (hk : Inv k) (vector : U64) :
    holds (interrupt.sys_reclaim_vector k vector) fun (r, k') =>
      Spec.reclaimVector (abs k) vector.val = (r.val, abs k') := by
  have := hk.vectors_pos vector.val
  unfold interrupt.sys_reclaim_vector Spec.reclaimVector
  run

theorem sys_alloc_intremap_code (hk : Inv k) (index devid vector : U64) :
    holds (interrupt.sys_alloc_intremap k index devid vector) fun (r, k') =>
      Spec.allocIntremap (abs k) index.val devid.val vector.val = (r.val, abs k') := by
  have := hk.current_lt
  have := hk.intremaps_le _ hk.proc.pid
  have := setIntremap_others
  unfold interrupt.sys_alloc_intremap Spec.allocIntremap
  run

theorem sys_reclaim_intremap_code (hk : Inv k) (index : U64) :
    holds (interrupt.sys_reclaim_intremap k index) fun (r, k') =>
      Spec.reclaimIntremap (abs k) index.val = (r.val, abs k') := by
  have := hk.device.intremap index.val
  have := hk.intremaps_pos index.val
  have := setIntremap_others
  unfold interrupt.sys_reclaim_intremap Spec.reclaimIntremap
  run

theorem sys_ack_intr_code (hk : Inv k) (vector : U64) :
    holds (interrupt.sys_ack_intr k vector) fun (r, k') => Spec.ackIntr (abs k) vector.val = (r.val, abs k') := by
  have := hk.current_lt
  unfold interrupt.sys_ack_intr Spec.ackIntr
  run

/-! ## The theorems -/

/-- The system call `sys_alloc_vector` refines `Spec.allocVector`. -/
theorem sys_alloc_vector_refines (k : state.Kernel) (hk : Inv k) (vector : U64) :
    ∃ r k', interrupt.sys_alloc_vector k vector = ok (r, k') ∧ Inv k' ∧
      Spec.allocVector (abs k) vector.val = (r.val, abs k') :=
  refines_of (sys_alloc_vector_code k hk vector) (Spec.allocVector_inv hk)

/-- The system call `sys_reclaim_vector` refines `Spec.reclaimVector`. -/
theorem sys_reclaim_vector_refines (k : state.Kernel) (hk : Inv k) (vector : U64) :
    ∃ r k', interrupt.sys_reclaim_vector k vector = ok (r, k') ∧ Inv k' ∧
      Spec.reclaimVector (abs k) vector.val = (r.val, abs k') :=
  refines_of (sys_reclaim_vector_code k hk vector) (Spec.reclaimVector_inv hk)

/-- The system call `sys_alloc_intremap` refines `Spec.allocIntremap`. -/
theorem sys_alloc_intremap_refines (k : state.Kernel) (hk : Inv k) (index devid vector : U64) :
    ∃ r k', interrupt.sys_alloc_intremap k index devid vector = ok (r, k') ∧ Inv k' ∧
      Spec.allocIntremap (abs k) index.val devid.val vector.val = (r.val, abs k') :=
  refines_of (sys_alloc_intremap_code k hk index devid vector) (Spec.allocIntremap_inv hk)

/-- The system call `sys_reclaim_intremap` refines `Spec.reclaimIntremap`. -/
theorem sys_reclaim_intremap_refines (k : state.Kernel) (hk : Inv k) (index : U64) :
    ∃ r k', interrupt.sys_reclaim_intremap k index = ok (r, k') ∧ Inv k' ∧
      Spec.reclaimIntremap (abs k) index.val = (r.val, abs k') :=
  refines_of (sys_reclaim_intremap_code k hk index) (Spec.reclaimIntremap_inv hk)

/-- The system call `sys_ack_intr` refines `Spec.ackIntr`. -/
theorem sys_ack_intr_refines (k : state.Kernel) (hk : Inv k) (vector : U64) :
    ∃ r k', interrupt.sys_ack_intr k vector = ok (r, k') ∧ Inv k' ∧
      Spec.ackIntr (abs k) vector.val = (r.val, abs k') :=
  refines_of (sys_ack_intr_code k hk vector) (Spec.ackIntr_inv hk)

end Lv6.Code
