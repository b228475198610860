module
public import Lv6.Refine.Bits
public import Lv6.Refine.Page
public import Lv6.Code.Port
public import Lv6.Spec.Keep.Port
/-!
# System calls on I/O ports
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

/-! ## Helpers -/

theorem is_port_code (n : U64) :
    holds (port.is_port n) fun b => (Spec.isPort n.val ↔ b = true) ∧ (b = true → n.val < 65536) := by
  unfold port.is_port Spec.isPort
  run

theorem are_consecutive_code (q₁ q₂ q₃ : U64) :
    holds (port.are_consecutive q₁ q₂ q₃) fun b => (Spec.areConsecutive q₁.val q₂.val q₃.val ↔ b = true) ∧
      (b = true → q₁.val < 8192 ∧ q₂.val < 8192 ∧ q₃.val < 8192 ∧ q₂.val = q₁.val + 1 ∧ q₃.val = q₂.val + 1) := by
  unfold port.are_consecutive Spec.areConsecutive
  run
macro_rules | `(tactic| leaf_call) => `(tactic| first | call is_port_code | call are_consecutive_code)

theorem wordsOf_ones : wordsOf (Array.repeat 512#usize 18446744073709551615#u64) = Spec.ones := by
  funext i; unfold wordsOf Spec.ones; rw [Array.get_repeat, Usize.val_lit]; split <;> rfl

theorem alloc_full_page_code (pn : U64) (hc : (abs k).current < 64) (hq : pn.val < 8192)
    (hl : Links 8192 (abs k).freePrev (abs k).freeNext) (hn : (abs k).nrPages (abs k).current < 9000) :
    holds (port.alloc_full_page k pn) fun k' => abs k' = Spec.allocFullPage (abs k) pn.val := by
  have := wordsOf_ones
  unfold port.alloc_full_page Spec.allocFullPage
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call alloc_full_page_code)

/-- What giving out a full page means for the bounds of the next one. -/
theorem allocFullPage_bounds (s : Spec.State) (q : Nat) : (Spec.allocFullPage s q).current = s.current ∧
    (Spec.allocFullPage s q).nrPages s.current = s.nrPages s.current + 1 ∧
    (Links 8192 s.freePrev s.freeNext → q < 8192 →
      Links 8192 (Spec.allocFullPage s q).freePrev (Spec.allocFullPage s q).freeNext) :=
  ⟨rfl, Spec.upd_same _ _ _, links_allocPage s s.current q .procData⟩

theorem allow_port_code (pn n : U64) (hq : pn.val < 8192) :
    holds (port.allow_port k pn n) fun k' => abs k' = Spec.allowPort (abs k) pn.val n.val := by
  have : (n.bv &&& 32767#64).toNat = n.val % 32768 := and_32767 n
  have : n.val % 32768 / 64 < 512 := by omega
  unfold port.allow_port Spec.allowPort
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call allow_port_code)

theorem allowPort_others (s : Spec.State) (q n : Nat) : (Spec.allowPort s q n).current = s.current ∧
    (Spec.allowPort s q n).nrPorts = s.nrPorts := ⟨rfl, rfl⟩

/-! ## System calls -/

variable (hk : Inv k)
include hk

/-- The system call `sys_alloc_io_bitmap` refines `Spec.allocIoBitmap`. -/
theorem sys_alloc_io_bitmap_refines (pn1 pn2 pn3 : U64) :
    Refines (port.sys_alloc_io_bitmap k pn1 pn2 pn3) (Spec.allocIoBitmap (abs k) pn1.val pn2.val pn3.val) := by
  have := hk.current_lt
  have := hk.freeLinks
  have := hk.pages_le _ hk.proc.pid
  have := allocFullPage_bounds
  run_refines port.sys_alloc_io_bitmap Spec.allocIoBitmap (Spec.allocIoBitmap_inv hk)

/-- The system call `sys_alloc_port` refines `Spec.allocPort`. -/
theorem sys_alloc_port_refines (n : U64) : Refines (port.sys_alloc_port k n) (Spec.allocPort (abs k) n.val) := by
  have := hk.current_lt
  have := hk.ports_le _ hk.proc.pid
  have h : (abs k).useIoBitmap (abs k).current ≠ 0 →
      (abs k).ioBitmapA (abs k).current < 8192 ∧ (abs k).ioBitmapB (abs k).current < 8192 := fun hb =>
    have h := Spec.Inv.current_bitmap hk hb
    ⟨h.1.1, h.2.1⟩
  have := allowPort_others
  run_refines port.sys_alloc_port Spec.allocPort (Spec.allocPort_inv hk)

/-- The system call `sys_reclaim_port` refines `Spec.reclaimPort`. -/
theorem sys_reclaim_port_refines (n : U64) : Refines (port.sys_reclaim_port k n) (Spec.reclaimPort (abs k) n.val) := by
  have := hk.ports_pos n.val
  run_refines port.sys_reclaim_port Spec.reclaimPort (Spec.reclaimPort_inv hk)

end Lv6.Code
