module
public import Lv6.Spec.Upd
/-!
# Counting

The counters in the kernel state are claimed to equal such counts: children of a process, pages that it owns, and so on.
-/
@[expose] public section

namespace Lv6.Spec

/-- How many of the numbers below `n` satisfy `P`. -/
def count (P : Nat → Prop) [DecidablePred P] : Nat → Nat
  | 0 => 0
  | n + 1 => count P n + if P n then 1 else 0

section
variable {P Q : Nat → Prop} [DecidablePred P] [DecidablePred Q]

theorem count_le (n : Nat) : count P n ≤ n := by
  induction n with
  | zero => exact Nat.le_refl 0
  | succ n ih => simp only [count]; split <;> omega

theorem count_pos {n q : Nat} (hq : q < n) (h : P q) : 1 ≤ count P n := by
  induction n with
  | zero => omega
  | succ n ih =>
    simp only [count]
    rcases Nat.lt_or_ge q n with h' | h'
    · have := ih h'; omega
    · obtain rfl : q = n := by omega
      simp [h]

theorem count_zero {n : Nat} (h : count P n = 0) {q : Nat} (hq : q < n) : ¬ P q := by
  intro hp; have := count_pos hq hp; omega

theorem count_eq_zero {n : Nat} : count P n = 0 ↔ ∀ q, q < n → ¬ P q := by
  refine ⟨fun h q hq => count_zero h hq, fun h => ?_⟩
  induction n with
  | zero => rfl
  | succ n ih =>
    simp only [count, ih fun q hq => h q (by omega), if_neg (h n (by omega))]

theorem count_congr {n : Nat} (h : ∀ q, q < n → (P q ↔ Q q)) : count P n = count Q n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    simp only [count]
    rw [ih fun q hq => h q (by omega)]
    have := h n (by omega)
    simp only [this]

theorem count_mono {n : Nat} (h : ∀ q, q < n → P q → Q q) : count P n ≤ count Q n := by
  induction n with
  | zero => exact Nat.le_refl 0
  | succ n ih =>
    have := ih fun q hq => h q (by omega)
    have hn := h n (by omega)
    simp only [count]
    split
    · rw [if_pos (hn ‹_›)]; omega
    · split <;> omega

/-- Two sets that differ at most at `a`. -/
theorem count_change {n : Nat} (a : Nat) (ha : a < n) (h : ∀ q, q < n → q ≠ a → (P q ↔ Q q)) :
    count P n + (if Q a then 1 else 0) = count Q n + (if P a then 1 else 0) := by
  induction n with
  | zero => omega
  | succ n ih =>
    simp only [count]
    rcases Nat.lt_or_ge a n with h' | h'
    · have e := ih h' fun q hq => h q (by omega)
      have := h n (by omega) (by omega)
      simp only [this]; omega
    · obtain rfl : a = n := by omega
      have e : count P a = count Q a := count_congr fun q hq => h q (by omega) (by omega)
      omega

/-- Counting one member: no other number below `n` satisfies `P`. -/
theorem count_eq_one {n a : Nat} (ha : a < n) (hp : P a) (h : ∀ q, q < n → P q → q = a) : count P n = 1 := by
  have e := count_change (P := P) (Q := fun _ => False) a ha fun q hq hne => by
    simp only [iff_false]; exact fun hpq => hne (h q hq hpq)
  have z : count (fun _ : Nat => False) n = 0 := count_eq_zero.2 fun _ _ => id
  simp only [hp, if_true, if_false, z] at e
  omega
end

/-- The entry `i` of an owner table changes from `f i` to `v`: the count of the entries equal to `p` loses one if
`f i = p`, and gains one if `v = p`. -/
theorem count_upd {f : Nat → Nat} {n i v p : Nat} (hi : i < n) :
    count (fun q => upd f i v q = p) n + (if f i = p then 1 else 0)
      = count (fun q => f q = p) n + (if v = p then 1 else 0) := by
  have e := count_change (P := fun q => upd f i v q = p) (Q := fun q => f q = p) i hi fun q _ hne => by
    simp only [upd_ne _ _ _ _ hne]
  simpa only [upd_same] using e

end Lv6.Spec
