module
public import Lv6.Refine.Helpers
public import Lv6.Refine.Bounds
/-!
# `wp`, `leaf` and `leaf_grind` for the kernel

The tactics of `Aeneas.Tactic`, with what they must know about the kernel: its constants, the views of its state, and the
equations for its small functions.
-/
set_option compiler.extract_closed false
@[expose] public section
noncomputable section

namespace Lv6.Code

/-- Small functions of the core that never fail, and how entries are taken apart and put together. -/
def helperCalls :=
  And.intro (And.intro @holds_is_pid <| And.intro @holds_is_pn <| And.intro @holds_is_index @holds_is_page_of)
    (And.intro @holds_is_free <| And.intro @holds_is_perm <| And.intro @holds_entry_pfn <|
      And.intro @holds_make_entry <| And.intro @holds_is_state @holds_is_type)

/-- Bits that the core looks at. -/
def helperBits := And.intro @and_p @and_w

open Aeneas.Std in
macro_rules | `(tactic| wp) => `(tactic| simp only [↓wpMonad, ↓wpArray, ↓wpArith, ↓Lv6.Code.helperCalls, wpWord,
  wpCast, wpBool, Lv6.Code.helperBits, Lv6.Code.constants, Lv6.Code.fieldReads, Lv6.Code.fieldsAbs, Lv6.Code.enumAbs,
  if_true, if_false, Bool.not_eq_false, Nat.reduceMod, Nat.reduceLT, Nat.reduceSub])

open Aeneas.Std in
macro_rules | `(tactic| leaf) => `(tactic| try simp only [*, leafLogic, Lv6.Code.fieldWrites, Lv6.Code.fieldReads,
  Lv6.Code.fieldsAbs, Lv6.Code.enumAbs, Lv6.Code.constants, Lv6.Code.abs_mk, Lv6.Code.bounds, U64.val_lit, Usize.val_lit,
  U64.val_cast_usize, Lv6.Spec.upd_same, Lv6.Spec.upd_upd, Lv6.Spec.upd_of_eq, Lv6.Spec.upd2, Bool.not_eq_true,
  Bool.not_eq_false, Nat.reduceMod, Nat.reduceLT, Nat.reduceSub, reduceCtorEq])

/-- A bound by linear arithmetic. Not for other goals: `omega` would compare whole states in them. -/
macro "leaf_bound" : tactic => `(tactic|
  ((first | with_reducible show (_ : Nat) < _ | with_reducible show (_ : Nat) ≤ _); omega))

/-- What is left of a leaf. A call that is left has no theorem in `leaf_call`, or the context lacks a bound that its
theorem asks for; `grind` would look for a proof in the code. Of two states only the fields that differ are looked at. -/
macro_rules | `(tactic| leaf_grind) => `(tactic| first
  | with_reducible assumption
  | (fail_if_success with_reducible show Aeneas.Std.holds _ _
     try simp only [Prod.mk.injEq, Lv6.Spec.State.mk.injEq, true_and, and_true]
     grind [Lv6.Spec.isPid, Lv6.Spec.upd]))

macro_rules | `(tactic| leaf_auto) => `(tactic| first
  | with_reducible assumption
  | (leaf; first | done | leaf_bound | leaf_grind))

end Lv6.Code
