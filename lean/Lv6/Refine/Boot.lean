module
public import Aeneas.Lemmas.Loop
public import Lv6.Refine.Page
public import Lv6.Refine.Bounds
public import Lv6.Code.Boot
public import Lv6.Spec.Keep.Boot
/-!
# The initial state
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code

/-! ## The loop that links the free pages -/

/-- The state after the loop has linked the pages from `a` on. -/
def linkFrom (s : Spec.State) (a : Nat) : Spec.State :=
  { s with
    freePrev := fun q => if a ≤ q ∧ q < 8192 then (q + 8191) % 8192 else s.freePrev q
    freeNext := fun q => if a ≤ q ∧ q < 8192 then (q + 1) % 8192 else s.freeNext q }

theorem and_8191 (x : Nat) : x &&& 8191 = x % 8192 := Nat.and_two_pow_sub_one_eq_mod x 13

theorem link_free_pages_loop_code : ∀ (k : state.Kernel) (pn : U64), pn.val ≤ 8192 →
    holds (boot.link_free_pages_loop k pn) fun k' => abs k' = linkFrom (abs k) pn.val := by
  refine count_up fun k pn hi ih => ?_
  unfold boot.link_free_pages_loop
  wp; leaves <;> (try call ih) <;> try omega
  · leaf
    simp only [linkFrom, UScalar.val_and, U64.val_lit, Nat.reduceMod, and_8191, U64.val_wrapping_sub, *]
    simp only [Spec.State.mk.injEq, true_and, and_true]
    grind [Spec.upd]
  · have h : ∀ q, ¬ (pn.val ≤ q ∧ q < 8192) := by omega
    simp only [linkFrom, h, if_false]

theorem link_free_pages_code (k : state.Kernel) :
    holds (boot.link_free_pages k) fun k' => abs k' = Spec.linkFreePages (abs k) := by
  refine holds_mono (link_free_pages_loop_code k 0#u64 (by simp only [U64.val_lit]; decide)) fun k' h => ?_
  rw [h]
  simp only [linkFrom, Spec.linkFreePages, U64.val_lit, Nat.reduceMod, Nat.zero_le, true_and]

/-! ## The parts -/

/-- A page is given to init. -/
theorem alloc_init_code (k : state.Kernel) (kind : state.PageType) (q : U64) (hq : q.val < 8192)
    (hl : Links 8192 (abs k).freePrev (abs k).freeNext) (hn : (abs k).nrPages 1 < 9000) :
    holds (page.alloc_page k lv6_abi.limits.INIT_PID kind q) fun k' => abs k' = Spec.allocPage (abs k) 1 kind.abs q.val := by
  have h1 := lv6_abi.limits.INIT_PID_val
  rw [← h1]
  exact alloc_page_code k _ kind q (by omega) hq hl (by rw [h1]; omega)

theorem reserve_pages_code (k : state.Kernel) (hl : Links 8192 (abs k).freePrev (abs k).freeNext)
    (hn : (abs k).nrPages 1 < 8192) :
    holds (boot.reserve_pages k) fun k' => abs k' = Spec.reservePages (abs k) := by
  have q1 := lv6_abi.limits.INIT_ROOT_val
  have q2 := lv6_abi.limits.INIT_STACK_val
  have q3 := lv6_abi.limits.INIT_HVM_val
  obtain ⟨s₁, hs⟩ : ∃ s : Spec.State, s = { abs k with pageType := Spec.upd (abs k).pageType 0 .reserved } := ⟨_, rfl⟩
  have l₁ : Links 8192 s₁.freePrev s₁.freeNext := by rw [hs]; exact hl
  have n₁ : s₁.nrPages 1 = (abs k).nrPages 1 := by rw [hs]
  have l₂ := links_allocPage s₁ 1 1 .x86Pml4 l₁ (by omega)
  have l₃ := links_allocPage (Spec.allocPage s₁ 1 .x86Pml4 1) 1 2 .procData l₂ (by omega)
  have n₂ : (Spec.allocPage s₁ 1 .x86Pml4 1).nrPages 1 = (abs k).nrPages 1 + 1 := by
    rw [(allocPage_others s₁ 1 1 .x86Pml4).1, Spec.upd_same, n₁]
  have n₃ : (Spec.allocPage (Spec.allocPage s₁ 1 .x86Pml4 1) 1 .procData 2).nrPages 1 = (abs k).nrPages 1 + 1 + 1 := by
    rw [(allocPage_others _ 1 2 .procData).1, Spec.upd_same, n₂]
  unfold boot.reserve_pages
  wp; leaves
  refine holds_mono (alloc_init_code _ _ _ (by omega) (by leaf_auto) (by leaf; omega)) fun k₁ e₁ => ?_
  have e₁ : abs k₁ = Spec.allocPage s₁ 1 .x86Pml4 1 := by
    rw [e₁, q1]; refine congrArg (Spec.allocPage · 1 .x86Pml4 1) ?_; rw [hs]; leaf
  refine holds_mono (alloc_init_code k₁ _ _ (by omega) (by rw [e₁]; exact l₂) (by rw [e₁, n₂]; omega)) fun k₂ e₂ => ?_
  have e₂ : abs k₂ = Spec.allocPage (Spec.allocPage s₁ 1 .x86Pml4 1) 1 .procData 2 := by
    rw [e₂, q2, e₁]; rfl
  refine holds_mono (alloc_init_code k₂ _ _ (by omega) (by rw [e₂]; exact l₃) (by rw [e₂, n₃]; omega)) fun k₃ e₃ => ?_
  rw [e₃, q3, e₂, hs]; rfl

/-- What is written into init's record. -/
theorem start_init_code (k : state.Kernel) :
    holds (boot.start_init k) fun k' => abs k' = Spec.startInit (abs k) := by
  unfold boot.start_init Spec.startInit
  run

/-! ## The whole -/

theorem links_link (s : Spec.State) : Links 8192 (Spec.linkFreePages s).freePrev (Spec.linkFreePages s).freeNext := by
  intro q hq
  simp only [Spec.linkFreePages, hq, if_true]
  omega

/-- The code of `boot` is its specification, in every state in which init's page counter is small, as it is in memory that
is all zero. -/
theorem boot_code (k : state.Kernel) (hn : (abs k).nrPages 1 < 8192) (base : U64) :
    holds (boot.boot k base) fun (r, k') => Spec.boot (abs k) base.val = (r.val, abs k') := by
  unfold boot.boot
  wp; leaves
  · next h => rw [Spec.boot, if_pos (.inl h)]
  · omega
  · rw [Spec.boot, if_pos (.inr (by omega))]
  rw [Spec.boot, if_neg (by omega)]
  refine holds_mono (link_free_pages_code _) fun k₁ e₁ => ?_
  have e₁ : abs k₁ = Spec.linkFreePages { abs k with base := base.val } := by
    rw [e₁]; refine congrArg Spec.linkFreePages ?_; leaf
  refine holds_mono (reserve_pages_code k₁ (by rw [e₁]; exact links_link _) (by rw [e₁]; exact hn)) fun k₂ e₂ => ?_
  refine holds_mono (start_init_code k₂) fun k₃ e₃ => ?_
  rw [e₃, e₂, e₁]

/-- Booting from memory that is all zero gives a state in which the invariant holds, or EINVAL and no change if the kernel
lies where it must not. -/
theorem boot_refines (k : state.Kernel) (hz : abs k = Spec.zero) (base : U64) :
    ∃ r k', boot.boot k base = ok (r, k') ∧ Spec.boot Spec.zero base.val = (r.val, abs k') ∧ (r.val = 0 → Inv k') := by
  obtain ⟨⟨r, k'⟩, e, h⟩ := holds_iff.1 (boot_code k (by rw [hz]; decide) base)
  have h : Spec.boot Spec.zero base.val = (r.val, abs k') := by rw [← hz]; exact h
  refine ⟨r, k', e, h, fun h0 => ?_⟩
  by_cases hb : base.val = 0 ∨ 0xa0000 < base.val + 8778
  · rw [Spec.boot_error hb, Prod.mk.injEq, h0] at h
    cases h.1
  · have hi := Spec.boot_inv (base := base.val) (by omega) (by omega)
    unfold Spec.initial at hi
    rw [h] at hi; exact hi

end Lv6.Code
