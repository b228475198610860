module
public import Lv6.Spec.Bounds
/-!
# Tactics for proofs that a call keeps the invariant

First `checks`: what is left is the call that goes through, and what is known of it. Then `{ h with … }` for the records of
the invariant that the call touches; `clauses` proves one from what it was before.
-/
set_option compiler.extract_closed false
@[expose] public section

namespace Lv6.Spec

section
variable {s : State} {c : Prop} {e : Nat} {x : Nat × State}

/-- A check that finds something wrong leaves the state as it was. -/
theorem check (h : Inv s) {_ : Decidable c} (hx : ¬ c → Inv x.2) : Inv (if c then (e, s) else x).2 := by
  split
  · exact h
  · next hc => exact hx hc

/-- The same for a check that something is as it should be. -/
theorem check_not (h : Inv s) {_ : Decidable (¬ c)} (hx : c → Inv x.2) : Inv (if ¬ c then (e, s) else x).2 :=
  check h fun hc => hx (Classical.not_not.1 hc)
end

/-- Where a check finds something wrong, the state stays as it was, of which `h` says that the invariant holds. What is left is
the call after its checks, and what they have found. Reducible transparency only, or it would open the steps of the call. -/
macro "checks " h:term:max : tactic => `(tactic|
  ((try dsimp only)
   repeat first
    | with_reducible refine Lv6.Spec.check_not $h fun _ => ?_
    | with_reducible refine Lv6.Spec.check $h fun _ => ?_))

/-- What the clauses of the invariant are about. -/
macro "grind_inv" : tactic => `(tactic| grind [Lv6.Spec.upd, Lv6.Spec.isPid, Lv6.Spec.IsOwn, Lv6.Spec.onReadyList,
  Lv6.Spec.ProcState.isLive])

/-- A record of the invariant, clause by clause, from what `h` says of it before the step and from the facts at hand. -/
macro "clauses " h:term:max : tactic => `(tactic| (obtain ⟨⟩ := $h; constructor <;> (try dsimp only) <;> grind_inv))

/-! ## Counters -/

variable {owner nr : Nat → Nat} {n i p v : Nat} {state : Nat → ProcState}

theorem isPid_zero : ¬ isPid 0 := fun h => Nat.lt_irrefl 0 h.1

/-- What nobody owns is given to `p`: the counters stay right. -/
theorem counted_give (h : ∀ r, isPid r → nr r = count (fun q => owner q = r) n) (hi : i < n) (h0 : ¬ isPid (owner i))
    (r : Nat) (hr : isPid r) : upd nr p (nr p + 1) r = count (fun q => upd owner i p q = r) n := by
  have := h r hr
  have := count_upd (f := owner) (v := p) (p := r) hi
  grind [upd]

/-- What a process owns is taken from it, and given to no other: the counters stay right. -/
theorem counted_take (h : ∀ r, isPid r → nr r = count (fun q => owner q = r) n) (hi : i < n) (hv : ¬ isPid v)
    (r : Nat) (hr : isPid r) : upd nr (owner i) (nr (owner i) - 1) r = count (fun q => upd owner i v q = r) n := by
  have := h r hr
  have := count_upd (f := owner) (v := v) (p := r) hi
  grind [upd]

end Lv6.Spec
