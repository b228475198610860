module
public import Init
/-!
# Rings

A circular doubly linked list, as the kernel keeps them: the ready list through the process table, and the free list
through the page descriptors. It is described by its set of members, without an order or a starting point, so that
walking on to the next member changes nothing, and the empty and the one-element ring are no special cases.
-/
@[expose] public section

namespace Lv6.Spec

/-- The members `M` are linked by `next` and `prev` into one ring. -/
structure Ring (M : Nat → Prop) (next prev : Nat → Nat) : Prop where
  next_mem : ∀ p, M p → M (next p)
  prev_mem : ∀ p, M p → M (prev p)
  prev_next : ∀ p, M p → prev (next p) = p
  next_prev : ∀ p, M p → next (prev p) = p
  /-- A set of members that is closed under `next` and has one member has them all. -/
  connected : ∀ S : Nat → Prop, (∀ p, M p → S p → S (next p)) → ∀ a b, M a → M b → S a → S b

namespace Ring
variable {M M' : Nat → Prop} {next prev next' prev' : Nat → Nat} {x c : Nat}

/-- Only the links of members matter. -/
theorem congr (h : Ring M next prev) (hM : ∀ p, M' p ↔ M p)
    (hn : ∀ p, M p → next' p = next p) (hp : ∀ p, M p → prev' p = prev p) : Ring M' next' prev' := by
  obtain rfl : M' = M := funext fun p => propext (hM p)
  obtain ⟨h1, h2, h3, h4, h5⟩ := h
  refine ⟨by grind, by grind, by grind, by grind, fun S hS a b ha hb => ?_⟩
  exact h5 S (fun p hm hs => by rw [← hn p hm]; exact hS p hm hs) a b ha hb

/-- Put `x` just before `c`. -/
theorem insert (h : Ring M next prev) (hc : M c) (hx : ¬ M x)
    (hM : ∀ p, M' p ↔ p = x ∨ M p)
    (hn : ∀ p, M' p → next' p = if p = x then c else if p = prev c then x else next p)
    (hp : ∀ p, M' p → prev' p = if p = x then prev c else if p = c then x else prev p) :
    Ring M' next' prev' := by
  obtain ⟨h1, h2, h3, h4, h5⟩ := h
  refine ⟨by grind, by grind, by grind, by grind, fun S hS a b ha hb hs => ?_⟩
  have key : ∀ a, M a → S a → ∀ b, M b → S b := fun a ha hs b hb =>
    h5 (fun p => S p) (fun p hm hs => by grind) a b ha hb hs
  have hcc : S c := by grind
  have := key c hc hcc
  grind

/-- Take `x` out. -/
theorem erase (h : Ring M next prev) (hx : M x)
    (hM : ∀ p, M' p ↔ M p ∧ p ≠ x)
    (hn : ∀ p, M' p → next' p = if p = prev x then next x else next p)
    (hp : ∀ p, M' p → prev' p = if p = next x then prev x else prev p) :
    Ring M' next' prev' := by
  obtain ⟨h1, h2, h3, h4, h5⟩ := h
  refine ⟨by grind, by grind, by grind, by grind, fun S hS a b ha hb hs => ?_⟩
  have := h5 (fun p => if p = x then S (prev x) else S p) (fun p hm hs => by grind) a b
  grind

/-- One member, linked to itself. -/
theorem single (hM : ∀ p, M p ↔ p = x) (hn : next x = x) (hp : prev x = x) : Ring M next prev where
  next_mem p h := by obtain rfl := (hM p).1 h; rw [hn]; exact h
  prev_mem p h := by obtain rfl := (hM p).1 h; rw [hp]; exact h
  prev_next p h := by obtain rfl := (hM p).1 h; rw [hn, hp]
  next_prev p h := by obtain rfl := (hM p).1 h; rw [hp, hn]
  connected S _ a b ha hb hs := by obtain rfl := (hM a).1 ha; obtain rfl := (hM b).1 hb; exact hs

/-- The numbers below `n`, in ascending order. -/
theorem range {n : Nat} (hM : ∀ p, M p ↔ p < n) (hn : ∀ p, p < n → next p = if p + 1 = n then 0 else p + 1)
    (hp : ∀ p, p < n → prev p = if p = 0 then n - 1 else p - 1) : Ring M next prev where
  next_mem p h := by rw [hM] at *; rw [hn p h]; split <;> omega
  prev_mem p h := by rw [hM] at *; rw [hp p h]; split <;> omega
  prev_next p h := by
    rw [hM] at h; rw [hn p h]
    split
    · rw [hp 0 (by omega)]; simp only [if_true]; omega
    · rw [hp (p + 1) (by omega), if_neg (by omega)]; omega
  next_prev p h := by
    rw [hM] at h; rw [hp p h]
    split
    · rw [hn (n - 1) (by omega), if_pos (by omega)]; omega
    · rw [hn (p - 1) (by omega), if_neg (by omega)]; omega
  connected S hS a b ha hb hs := by
    rw [hM] at ha hb
    have step : ∀ p, p + 1 < n → S p → S (p + 1) := fun p hp' hs' => by
      have := hS p ((hM p).2 (by omega)) hs'
      rw [hn p (by omega), if_neg (by omega)] at this; exact this
    have climb : ∀ d p, p + d < n → S p → S (p + d) := by
      intro d
      induction d with
      | zero => exact fun p _ h => h
      | succ d ih => exact fun p hlt h => step (p + d) hlt (ih p (by omega) h)
    have last : S (n - 1) := by
      have := climb (n - 1 - a) a (by omega) hs
      rwa [show a + (n - 1 - a) = n - 1 by omega] at this
    have zero : S 0 := by
      have := hS (n - 1) ((hM _).2 (by omega)) last
      rwa [hn (n - 1) (by omega), if_pos (by omega)] at this
    have := climb b 0 (by omega) zero
    rwa [Nat.zero_add] at this

/-- Seen from the other side, it is a ring too. -/
theorem reverse (h : Ring M next prev) : Ring M prev next where
  next_mem := h.prev_mem
  prev_mem := h.next_mem
  prev_next := h.next_prev
  next_prev := h.prev_next
  connected S hS a b ha hb hs := by
    -- if `b` is not in `S`, then the complement of `S` is closed under `next` and reaches `a`
    refine Classical.byContradiction fun hb' => ?_
    refine h.connected (fun p => ¬ S p) (fun p hm hn hs' => hn ?_) b a hb ha hb' hs
    have := hS (next p) (h.next_mem p hm) hs'
    rwa [h.prev_next p hm] at this

/-- Walking along `next` from one member reaches every member. -/
theorem reach (h : Ring M next prev) {a b : Nat} (ha : M a) (hb : M b) : ∃ n, Nat.repeat next n a = b :=
  h.connected (fun p => ∃ n, Nat.repeat next n a = p)
    (fun _ _ ⟨n, e⟩ => ⟨n + 1, by rw [← e]; rfl⟩) a b ha hb ⟨0, rfl⟩

/-- A member that is its own successor is the only one. -/
theorem eq_of_next_self (h : Ring M next prev) {a b : Nat} (ha : M a) (hb : M b) (hn : next a = a) : b = a :=
  h.connected (fun p => p = a) (fun _ _ e => by rw [e, hn]) a b ha hb rfl

end Ring
end Lv6.Spec
