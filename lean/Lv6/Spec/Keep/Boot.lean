module
public import Lv6.Spec.Inv
public import Lv6.Spec.Boot
/-!
# The invariant of the initial state

The initial state is first written down in closed form; each clause of the invariant is then read off it.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {base : Nat}

/-! ## When booting succeeds -/

/-- Booting fails, and changes nothing, if the tables would start at address 0 or not lie below the PCI hole. -/
theorem boot_error {s : State} (h : base = 0 ∨ 0xa0000 < base + 8778) : boot s base = (EINVAL, s) := by
  unfold boot; rw [if_pos (by omega)]

/-- Elsewhere it succeeds. -/
theorem boot_ok {s : State} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) : (boot s base).1 = 0 := by
  unfold boot; rw [if_neg (by omega)]

/-! ## The free list -/

/-- A ring of the numbers below `n` without 1 to `k`: 0, `k + 1`, `k + 2`, up to `n - 1` and back to 0. -/
theorem Ring.skip {n k : Nat} (hk : k + 1 < n) :
    Ring (fun q => q < n ∧ (q = 0 ∨ k < q)) (fun q => if q = 0 then k + 1 else if q + 1 = n then 0 else q + 1)
      (fun q => if q = 0 then n - 1 else if q = k + 1 then 0 else q - 1) := by
  induction k with
  | zero => exact .range (n := n) (fun q => by omega) (fun q _ => by grind) (fun q _ => by grind)
  | succ k ih =>
    exact (ih (by omega)).erase (x := k + 1) (by omega) (fun q => by omega) (fun q _ => by grind) (fun q _ => by grind)

/-! ## The initial state -/

/-- The initial state in closed form. Init is the only process and runs; pages 1 to 3 are its root table, its registers
and its control block; page 0 and the pages from 4 on form the free list. All else is zero. -/
theorem initial_eq (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) : initial base = { zero with
    state := fun p => if p = 1 then .running else .unused
    ppid := fun p => if p = 1 then 1 else 0
    root := fun p => if p = 1 then 1 else 0
    stack := fun p => if p = 1 then 2 else 0
    hvm := fun p => if p = 1 then 3 else 0
    nrChildren := fun p => if p = 1 then 1 else 0
    nrPages := fun p => if p = 1 then 3 else 0
    prev := fun p => if p = 1 then 1 else 0
    next := fun p => if p = 1 then 1 else 0
    pageType := fun q =>
      if q = 0 then .reserved else if q = 1 then .x86Pml4 else if q = 2 ∨ q = 3 then .procData else .free
    pageOwner := fun q => if 1 ≤ q ∧ q < 4 then 1 else 0
    freePrev := fun q => if q = 0 then 8191 else if 4 < q ∧ q < 8192 then q - 1 else 0
    freeNext := fun q => if q = 0 then 4 else if 4 ≤ q ∧ q < 8191 then q + 1 else 0
    flushTlb := fun p => if p = 1 then 1 else 0
    base := base
    current := 1 } := by
  unfold initial boot
  rw [if_neg (by omega)]
  simp only [startInit, reservePages, allocPage, freeDel, linkFreePages, upd, zero, initPid]
  congr 1 <;> funext q <;> simp only [upd, ite_self]
  all_goals grind

/-! ## The clauses -/

/-- The numbers from `a` up to `b`, counted. -/
theorem count_interval (a b n : Nat) : count (fun q => a ≤ q ∧ q < b) n = min n b - a := by
  induction n with
  | zero => simp only [count]; omega
  | succ n ih => simp only [count, ih]; split <;> omega

/-- The invariant holds when the kernel starts. -/
theorem boot_inv (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) : Inv (initial base) := by
  have nobody : ∀ {p} n, 0 < p → count (fun _ => (0 : Nat) = p) n = 0 := fun n hp => count_eq_zero.2 fun _ _ => by omega
  rw [initial_eq hb hb']
  refine ⟨?proc, ?ready, ?unused, ?page, ?free, ?root, ?table, ?file, ?sleep, ?intr, ?device, ?port, ?iommu⟩ <;> dsimp only [zero]
  case proc =>
    refine ⟨by decide, by grind, by grind, by grind, by grind, fun p hp => ?_⟩
    split
    · next e => exact (count_eq_one (a := 1) (by decide) (by simp [e]) (by grind)).symm
    · next e => exact (count_eq_zero.2 fun q _ => by have := hp.1; grind).symm
  case ready =>
    refine ⟨.single (x := 1) (fun p => by unfold onReadyList; grind) rfl rfl, fun p _ h => ?_⟩
    unfold onReadyList at h; grind
  case unused => constructor <;> grind
  case page =>
    refine ⟨by grind, by grind, fun p hp => ?_⟩
    split
    · next e =>
      rw [count_congr (Q := fun q => 1 ≤ q ∧ q < 4) (by grind), count_interval]; decide
    · next e => exact (count_eq_zero.2 fun q _ => by have := hp.1; grind).symm
  case free =>
    refine ⟨(Ring.skip (n := 8192) (k := 3) (by decide)).congr (fun q => ?_) (fun q => ?_) (fun q => ?_),
      fun q _ h => ?_⟩
    · unfold onFreeList; grind
    · grind
    · grind
    · unfold onFreeList at h; grind
  case root =>
    constructor <;> intro p _ hl <;> by_cases e : p = 1
    all_goals try (rw [if_neg e] at hl; cases hl; done)
    all_goals simp [e, IsOwn]
  case table =>
    refine ⟨⟨hb, hb'⟩, fun q i l _ _ _ _ h => ?_, fun q i q' i' r h => ?_⟩
    · simp [State.mem, Word.present] at h
    · have := h.present; simp [State.mem, Word.present] at this
  case file =>
    refine ⟨fun _ _ _ _ => by decide, fun p _ => ?_, fun f hf _ => (nobody 1024 hf).symm, fun _ _ _ => by simp⟩
    exact (count_eq_zero.2 fun _ _ => by simp).symm
  case sleep => constructor <;> intro p _ hs <;> grind
  case intr => exact ⟨fun _ _ _ _ _ => rfl⟩
  case device =>
    refine ⟨by simp, fun p hp => (nobody _ hp.1).symm, by simp, fun p hp => (nobody _ hp.1).symm, by simp,
      fun p hp => (nobody _ hp.1).symm, by simp, fun p hp => (nobody _ hp.1).symm, by simp, fun p hp => ?_⟩
    exact (count_eq_zero.2 fun _ _ => by simp).symm
  case port => exact ⟨fun _ _ _ _ h => (h rfl).elim, fun _ _ _ _ h => (h rfl).elim, fun p _ _ hl _ e => by subst e; cases hl⟩
  case iommu =>
    exact ⟨fun _ _ h => (h rfl).elim, fun _ _ _ _ _ _ _ h => (h rfl).elim⟩

end Lv6.Spec
