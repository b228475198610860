module
public import Aeneas.SimpSets
/-!
# Tactics for proofs about extracted code

A proof that code does what its specification says has two phases. `wp` turns the goal `holds (f k a) P` into a tree of
conditions, driven by the code; `leaves` goes to its leaves; `leaf_auto` proves each, driven by the hypotheses met on the
way. A call of a function that has a theorem of its own is `call`.

    theorem sys_x_code (k : Kernel) (a : U64) (hk : Inv k) : holds (sys_x k a) fun (r, k') => … := by
      have ⟨h1, h2⟩ := hk.bounds          -- bounds that `leaf_auto` will need, in normal form
      unfold sys_x Spec.x
      wp; leaves <;> first | call helper_code | leaf_auto

`wp`, `leaf` and `leaf_grind` are extensible: a project gives them its own constants, field lemmas and equations for
small helpers by writing, once,

    macro_rules | `(tactic| wp) => `(tactic| simp only [wpMonad, wpArray, ↓wpArraySame, wpWord, wpCast, wpArith, wpBool,
      Nat.reduceMod, …, myConstants, myReads])
    macro_rules | `(tactic| leaf) => `(tactic| simp only [*, leafLogic, myWrites, myReads])
    macro_rules | `(tactic| leaf_grind) => `(tactic| grind [validPid])

The rules given last win, so nothing here need change. Files with macros begin with
`set_option compiler.extract_closed false`.
-/
set_option compiler.extract_closed false
@[expose] public section

namespace Aeneas.Std

/-- What a leaf is simplified with besides the project's lemmas. -/
def leafLogic :=
  And.intro @if_true.{1} <| And.intro @if_false.{1} <| And.intro @ne_eq.{1} <| And.intro @not_true_eq_false <|
  And.intro @not_false_eq_true <| And.intro @and_self <| And.intro @true_and <| And.intro @and_true <|
  And.intro @false_and <| And.intro @and_false <| And.intro @or_self <| And.intro @or_true <| And.intro @true_or <|
  And.intro @false_or @or_false

end Aeneas.Std

/-- Symbolic execution: the goal `holds (program) P` becomes a tree of conditions. -/
syntax (name := wp) "wp" : tactic
macro_rules | `(tactic| wp) => `(tactic| simp only [Aeneas.Std.wpMonad, Aeneas.Std.wpArray, ↓Aeneas.Std.wpArraySame,
  Aeneas.Std.wpWord, Aeneas.Std.wpCast, Aeneas.Std.wpArith, Aeneas.Std.wpArithSmall, Aeneas.Std.wpBits,
  Aeneas.Std.wpBool, Nat.reduceMod, Nat.reduceLT, Nat.reducePow, Int.reduceBmod, Int.reduceToNat, Int.reduceLE])

/-- Go to the leaves of the tree that `wp` made. Reducible transparency only, or it would open definitions that are
conjunctions. -/
macro "leaves" : tactic => `(tactic| repeat' (first | with_reducible apply And.intro | intro _))

/-- Simplify a leaf with the hypotheses met on the way: both sides become the same term. -/
syntax (name := leaf) "leaf" : tactic
macro_rules | `(tactic| leaf) => `(tactic| simp only [*, Aeneas.Std.leafLogic, reduceCtorEq])

/-- What is left when `leaf` does not close the goal. -/
syntax (name := leafGrind) "leaf_grind" : tactic
macro_rules | `(tactic| leaf_grind) => `(tactic| grind)

/-- Prove a leaf: a bound, or that both states are the same. -/
macro "leaf_auto" : tactic => `(tactic|
  first | with_reducible assumption | omega | (leaf; first | done | omega | leaf_grind))

/-- Use the theorem `t : holds (f …) Q` about the call at the head of the goal `holds (f …) P`. It must be tried before
`leaf_auto`, which does badly on goals with calls in them. -/
macro "call " t:term : tactic =>
  `(tactic| (refine Aeneas.Std.holds_mono (by apply $t <;> leaf_auto) fun _ _ => ?_; leaves <;> leaf_auto))

/-- Every macro is used once in the file that defines it, because a wrong name in a quotation is only noticed then. -/
example (x y : Aeneas.Std.U64) (h : x.val < 7) (hy : y.val = 2) :
    Aeneas.Std.holds (do let z ← x + y; z - y) fun z => z.val = x.val := by
  wp; leaves <;> leaf_auto
