module
public import Lv6.Refine.Tactic
/-!
# Code that reads what it has just written

Where a condition reads the state after a write, what is then known of it speaks of the written arrays. Here it is put in
terms of the state before.
-/
set_option compiler.extract_closed false
@[expose] public section

namespace Lv6.Code

open Aeneas.Std in
/-- A condition that the code reads after it has written: its hypothesis in terms of the state before. -/
macro "leaf_hyps" : tactic => `(tactic|
  simp (disch := (simp only [U64.val_cast_usize, Lv6.Code.fieldReads, Lv6.Code.fieldsAbs]; with_reducible assumption))
    only [Lv6.Code.fieldWrites, Lv6.Code.fieldReads, Lv6.Code.fieldsAbs, U64.val_cast_usize, Lv6.Spec.upd_same] at *)

/-- `run` for code that reads what it has written. -/
macro "run_reread" : tactic => `(tactic|
  (wp; leaves <;> (repeat' leaf_call) <;> first | leaf_auto | (leaf_hyps; leaf_auto)))

end Lv6.Code
