module
public import Aeneas.SimpSets
public import Aeneas.Scalar.Notation
/-!
# Tactics for proofs about extracted code

A proof that code does what its specification says has two phases. `wp` turns the goal `holds (f k a) P` into a tree
of conditions, driven by the code; `leaves` goes to its leaves; `leaf_auto` proves each, driven by the hypotheses met on
the way. A call of a function that has a theorem of its own is `call`. All together is `run`.

    theorem f_code (k : Kernel) (a : U64) (h : a.val < 64) : holds (f k a) fun k' => abs k' = Spec.f (abs k) a.val := by
      unfold f Spec.f
      run

The tactics `wp`, `leaf`, `leaf_grind` and `leaf_call` are extensible. A project gives them its own constants, field
lemmas and equations for small helpers by writing, once,

    macro_rules | `(tactic| wp) => `(tactic| simp only [↓wpMonad, ↓wpArray, ↓wpArith, wpWord, wpCast, wpBool,
      Nat.reduceMod, Nat.reduceLT, ↓myHelpers, myConstants, myReads])
    macro_rules | `(tactic| leaf) => `(tactic| simp only [*, leafLogic, leafArray, myWrites, myReads, reduceCtorEq])
    macro_rules | `(tactic| leaf_grind) => `(tactic| grind [upd])

and, after each theorem about a function that others call,

    macro_rules | `(tactic| leaf_call) => `(tactic| call f_code)

Of several rules the one given last is tried first, and the others if it fails; so nothing here need change. Files with
such rules begin with `set_option compiler.extract_closed false`: without it, the npm build of Lean stops at a use of a
macro in another file with "unknown declaration '…_closed_1'".

What the theorems should look like:
* A helper that changes nothing and cannot fail: `f x = ok (decide (Spec.f x.val))`, and `holds_of_eq (f_ok x)` in
  `myHelpers`. `eq_ok_iff` turns it into a `holds` goal.
* A function that may only be called under conditions: `holds (f k a) fun r => Spec.f (abs k) a.val = r.val`, the
  specification on the left: rewriting goes from left to right, and the specification is what occurs in goals.
* A function that changes the state: `holds (f k a) fun k' => abs k' = Spec.f (abs k) a.val`.
-/
set_option compiler.extract_closed false
@[expose] public section

/-- Symbolic execution: the goal `holds (program) P` becomes a tree of conditions. -/
syntax (name := wp) "wp" : tactic
macro_rules | `(tactic| wp) => `(tactic| simp only [↓Aeneas.Std.wpMonad, ↓Aeneas.Std.wpArray, ↓Aeneas.Std.wpArith,
  ↓Aeneas.Std.wpArithSmall, Aeneas.Std.wpWord, Aeneas.Std.wpCast, Aeneas.Std.wpBits, Aeneas.Std.wpBool,
  Nat.reduceMod, Nat.reduceLT, Nat.reducePow, Int.reduceBmod, Int.reduceToNat, Int.reduceLE])

/-- Go to the leaves of the tree that `wp` made. Reducible transparency only, or it would open definitions that are
conjunctions. -/
macro "leaves" : tactic => `(tactic| repeat' (first | with_reducible apply And.intro | intro _))

/-- Simplify a leaf with the hypotheses met on the way: both sides become the same term. -/
syntax (name := leaf) "leaf" : tactic
macro_rules | `(tactic| leaf) => `(tactic| simp only [*, Aeneas.Std.leafLogic, Aeneas.Std.leafArray, reduceCtorEq])

/-- What is left when `leaf` does not close the goal. -/
syntax (name := leafGrind) "leaf_grind" : tactic
macro_rules | `(tactic| leaf_grind) => `(tactic| grind)

/-- Prove a leaf: a bound, or that both states are the same. Cheap steps come first. -/
macro "leaf_auto" : tactic => `(tactic|
  first | with_reducible assumption | omega | (leaf; first | done | omega | leaf_grind))

/-- A leaf that is a call: all theorems that have been named for it are tried, the last one first. -/
syntax (name := leafCall) "leaf_call" : tactic
macro_rules | `(tactic| leaf_call) => `(tactic| fail "no theorem about this call has been named")

/-- Use the theorem `t : holds (f …) Q` about the call at the head of the goal `holds (f …) P`, and go to the leaves of
what follows. -/
macro "call " t:term : tactic => `(tactic|
  (with_reducible show Aeneas.Std.holds _ _
   first
    | (refine Aeneas.Std.holds_mono_pair (by with_reducible apply $t <;> leaf_auto) fun _ _ h => ?_
       (try dsimp only at h)
       (try dsimp only))
    | refine Aeneas.Std.holds_mono (by with_reducible apply $t <;> leaf_auto) fun _ _ => ?_
   leaves))

/-- Run the program to all its ends. Calls come before `leaf_auto`, which does badly on goals with calls in them. -/
macro "run" : tactic => `(tactic| (wp; leaves <;> (repeat' leaf_call) <;> leaf_auto))

/-- Split a `match` of a word against literals. What is known of the word in each case, and in the last one, is said of
its number. -/
macro "split_word" : tactic => `(tactic|
  (split <;> try simp only [Aeneas.Std.UScalar.eq_iff, Aeneas.Std.wpPattern, Nat.reduceMod, imp_false] at *))

/-! Every macro is used here once, because a wrong name in a quotation is only noticed then. -/

section
open Aeneas.Std
private theorem add_sub (x y : U64) (h : x.val < 7) (hy : y.val = 2) :
    holds (do let z ← x + y; z - y) fun z => x.val = z.val := by
  run
private noncomputable def twice (x : U64) : Result (U64 × U64) := do
  let y ← x + x
  Result.ok (x, y)
private theorem twice_code (x : U64) (h : x.val < 7) :
    holds (twice x) fun (a, b) => x.val = a.val ∧ x.val + x.val = b.val := by
  unfold twice; run
local macro_rules | `(tactic| leaf_call) => `(tactic| call twice_code)
private theorem calls (x : U64) (h : x.val < 3) :
    holds (do let (_, b) ← twice x; let (_, d) ← twice b; d - x) fun z => z.val = 3 * x.val := by
  run
private noncomputable def even (x : U64) : Result Bool :=
  match x with
  | 0#uscalar => Result.ok true
  | 2#uscalar => Result.ok true
  | _ => Result.ok false
private theorem even_ok (x : U64) : even x = Result.ok (decide (x.val = 0 ∨ x.val = 2)) := by
  unfold even; split_word <;> simp [*]
end
