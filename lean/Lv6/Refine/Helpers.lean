module
public import Aeneas.Proof
public import Lv6.Code.Fields
public import Lv6.Code.PageTable
public import Lv6.Spec.PageTable
/-!
# Questions that handlers ask

The small functions of the core that answer a question and never fail: each is what the specification says it is. Written
as equations, so that `wp` replaces a call by its answer.
-/
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code

/-- A question that is always answered. What follows from the answer may be used after it. -/
theorem holds_answer (c : Prop) [Decidable c] {d : Prop} (hd : c → d) (P : Bool → Prop) :
    holds (ok (decide c)) P ↔ (c → d → P true) ∧ (¬ c → P false) := by
  rw [holds_ok]
  by_cases h : c
  · simp only [h, hd h, decide_true, true_implies, not_true_eq_false, false_implies, and_true]
  · simp only [h, decide_false, false_implies, not_false_eq_true, true_implies, true_and]

/-! ## Numbers that name something -/

theorem is_pid_ok (p : U64) : state.is_pid p = ok (decide (Spec.isPid p.val)) := by
  unfold state.is_pid
  simp only [Spec.isPid, UScalar.gt_iff, U64.val_lit, Nat.reduceMod]
  split <;> simp only [*, true_and, false_and, decide_false]

theorem holds_is_pid (p : U64) (P : Bool → Prop) :
    holds (state.is_pid p) P ↔ (Spec.isPid p.val → (0 < p.val ∧ p.val < 64) → P true) ∧ (¬ Spec.isPid p.val → P false) := by
  rw [is_pid_ok]; exact holds_answer _ id P

theorem holds_is_pn (q : U64) (P : Bool → Prop) :
    holds (state.is_pn q) P ↔ (Spec.isPn q.val → q.val < 8192 → P true) ∧ (¬ Spec.isPn q.val → P false) :=
  holds_answer (Spec.isPn q.val) id P

theorem holds_is_index (i : U64) (P : Bool → Prop) :
    holds (state.is_index i) P ↔ (Spec.isIndex i.val → i.val < 512 → P true) ∧ (¬ Spec.isIndex i.val → P false) :=
  holds_answer (Spec.isIndex i.val) id P

/-! ## Pages -/

theorem is_page_of_ok (k : state.Kernel) (q : U64) (t : state.PageType) :
    page.is_page_of k q t = ok (decide (Spec.isPageOf (abs k) q.val t.abs)) := by
  rw [eq_ok_iff]
  unfold page.is_page_of Spec.isPageOf
  simp only [wpMonad, wpArray, UScalar.lt_iff, U64.val_lit, Usize.val_lit, Nat.reduceMod, U64.val_cast_usize,
    state.PageType.is_ok, pageTypeOf_get, pageType_abs]
  constructor
  · intro h; simp only [h, true_and, forall_const]
  · intro h; simp only [h, false_and, decide_false]

theorem holds_is_page_of (k : state.Kernel) (q : U64) (t : state.PageType) (P : Bool → Prop) :
    holds (page.is_page_of k q t) P ↔ (Spec.isPageOf (abs k) q.val t.abs → q.val < 8192 → P true) ∧
      (¬ Spec.isPageOf (abs k) q.val t.abs → P false) := by
  rw [is_page_of_ok]; exact holds_answer _ And.left P

theorem holds_is_free (k : state.Kernel) (q : U64) (P : Bool → Prop) :
    holds (page.is_free k q) P ↔ (Spec.isFree (abs k) q.val → q.val < 8192 → P true) ∧
      (¬ Spec.isFree (abs k) q.val → P false) := holds_is_page_of k q .Free P

/-! ## Enumerations -/

theorem holds_is_state (a b : state.ProcState) (P : Bool → Prop) :
    holds (state.ProcState.is a b) P ↔ (a.abs = b.abs → True → P true) ∧ (¬ a.abs = b.abs → P false) := by
  rw [state.ProcState.is_ok]; exact holds_answer _ (fun _ => trivial) P

theorem holds_is_type (a b : state.PageType) (P : Bool → Prop) :
    holds (state.PageType.is a b) P ↔ (a.abs = b.abs → True → P true) ∧ (¬ a.abs = b.abs → P false) := by
  rw [state.PageType.is_ok]; exact holds_answer _ (fun _ => trivial) P

/-! ## Page-table entries -/

theorem and_p (x : U64) : ((x &&& lv6_abi.pte.PTE_P).val = 0) ↔ Spec.Word.present x.bv = false := by
  rw [UScalar.val_and, lv6_abi.pte.PTE_P_val, and_bit x.val 0 1 rfl]
  change (if Spec.Word.present x.bv = true then 1 else 0) = 0 ↔ _
  cases Spec.Word.present x.bv <;> simp

theorem and_w (x : U64) : ((x &&& lv6_abi.pte.PTE_W).val = 0) ↔ Spec.Word.writable x.bv = false := by
  rw [UScalar.val_and, lv6_abi.pte.PTE_W_val, and_bit x.val 1 2 rfl]
  change (if Spec.Word.writable x.bv = true then 2 else 0) = 0 ↔ _
  cases Spec.Word.writable x.bv <;> simp

theorem is_perm_ok (perm : U64) : page_table.is_perm perm = ok (decide (Spec.isPerm perm.bv)) := by
  have hm : lv6_abi.pte.PTE_PERM_MASK.bv = Spec.permMask := by unfold lv6_abi.pte.PTE_PERM_MASK; rfl
  have h : (perm &&& ~~~lv6_abi.pte.PTE_PERM_MASK) = 0#u64 ↔ perm.bv &&& ~~~Spec.permMask = 0#64 := by
    rw [← hm]; exact ⟨congrArg UScalar.bv, congrArg UScalar.mk⟩
  rw [eq_ok_iff]
  unfold page_table.is_perm Spec.isPerm
  simp only [wpMonad, h]
  constructor <;> intro h'
  · have := and_p perm
    rw [Bool.eq_iff_iff, UScalar.bne_iff, U64.val_lit, decide_eq_true_eq]
    simp only [Nat.reduceMod, ne_eq, this, h', true_and, Bool.not_eq_false]
  · simp only [h', false_and, decide_false]

theorem holds_is_perm (perm : U64) (P : Bool → Prop) :
    holds (page_table.is_perm perm) P ↔ (Spec.isPerm perm.bv → True → P true) ∧ (¬ Spec.isPerm perm.bv → P false) := by
  rw [is_perm_ok]; exact holds_answer _ (fun _ => trivial) P

/-- An entry's page frame number. -/
theorem holds_entry_pfn (e : U64) (P : U64 → Prop) :
    holds (page_table.entry_pfn e) P ↔ ∀ z : U64, z.val = Spec.Word.pfn e.bv → P z := by
  have hlt : Spec.Word.pfn e.bv < 2 ^ UScalarTy.U64.numBits :=
    Nat.lt_of_lt_of_le (Nat.mod_lt _ (by decide)) (by decide)
  rw [← UScalar.forall_val _ hlt P]
  have hs : e >>> lv6_abi.pte.PTE_PFN_SHIFT = ok (UScalar.ofNat (e.val / 2 ^ 12)) := by
    have := UScalar.shr_eq e 12 (by decide)
    rw [← lv6_abi.pte.PTE_PFN_SHIFT_val] at this ⊢; exact this
  have hz : ((UScalar.ofNat (e.val / 2 ^ 12) : U64) &&& lv6_abi.pte.PTE_PFN_MASK) = UScalar.ofNat (Spec.Word.pfn e.bv) := by
    have he := e.val_lt
    rw [UScalar.eq_iff, UScalar.val_and, lv6_abi.pte.PTE_PFN_MASK_val, and_pfn, U64.val_lit, U64.val_lit]
    unfold Spec.Word.pfn
    change _ = (e.val >>> 12) % 2 ^ 40 % _
    rw [Nat.shiftRight_eq_div_pow]
    omega
  unfold page_table.entry_pfn
  rw [hs, bind_ok, hz, holds_ok]

/-- The entry that a page frame number and permissions make. -/
theorem holds_make_entry (pfn perm : U64) (P : U64 → Prop) :
    holds (page_table.make_entry pfn perm) P ↔ ∀ z : U64, z.bv = Spec.makeEntry pfn.val perm.bv → P z := by
  have hs : pfn <<< lv6_abi.pte.PTE_PFN_SHIFT = ok ⟨pfn.bv <<< 12⟩ := by
    change UScalar.shl pfn lv6_abi.pte.PTE_PFN_SHIFT.val = _
    rw [lv6_abi.pte.PTE_PFN_SHIFT_val]; rfl
  have he : Spec.makeEntry pfn.val perm.bv = pfn.bv <<< 12 ||| perm.bv := by
    unfold Spec.makeEntry; rw [pfn.bv_eq]
  unfold page_table.make_entry
  rw [hs, bind_ok, holds_ok, he]
  exact ⟨fun h z hz => by obtain rfl : z = ⟨_⟩ := congrArg UScalar.mk hz; exact h, fun h => h _ rfl⟩

end Lv6.Code
