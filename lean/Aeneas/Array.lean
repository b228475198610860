module
public import Aeneas.Core
public import Aeneas.Scalar.Notation
/-!
# Arrays

`Array α n` is Rust's `[α; n]`: a list of fixed length. Nothing but this file and the lemmas about it
(`Aeneas.Lemmas.Array`) looks inside: proofs see an array as a total function `Array.get : Array α n → Nat → α` and
never meet a list, whatever the length.
-/
-- `make` has a default argument that is a tactic: see `Aeneas.Tactic` on this option.
set_option compiler.extract_closed false
@[expose] public section
noncomputable section

namespace Aeneas.Std
open Result
universe u

/-- Rust's `[α; n]`. -/
structure Array (α : Type u) (n : Usize) where
  /-- The elements. -/
  val : List α
  /-- There are `n` of them. -/
  property : val.length = n.val

/-- Rust's `[α]`. -/
structure Slice (α : Type u) where
  /-- The elements. -/
  val : List α
  /-- Their number is a `usize`. -/
  property : val.length ≤ UScalar.max .Usize

namespace Array
variable {α : Type u} {n : Usize}

/-- The array with these elements. -/
def make (n : Usize) (l : List α) (h : l.length = n.val := by rfl) : Array α n := ⟨l, h⟩

/-- `n` times `x`. -/
@[irreducible] def «repeat» (n : Usize) (x : α) : Array α n := ⟨List.replicate n.val x, List.length_replicate⟩

instance [Inhabited α] : Inhabited (Array α n) := ⟨«repeat» n default⟩

/-- The element at `i`; past the end, a default. -/
@[irreducible] def get [Inhabited α] (v : Array α n) (i : Nat) : α := v.val.getD i default

/-- `v` with `x` at `i`; past the end, `v`. -/
@[irreducible] def set (v : Array α n) (i : Usize) (x : α) : Array α n :=
  ⟨v.val.set i.val x, by rw [List.length_set, v.property]⟩

/-- `v[i]`. -/
def index_usize (v : Array α n) (i : Usize) : Result α :=
  match v.val[i.val]? with
  | some x => ok x
  | none => fail .arrayOutOfBounds

/-- `v[i] = x`. -/
def update (v : Array α n) (i : Usize) (x : α) : Result (Array α n) :=
  if i.val < n.val then ok (v.set i x) else fail .arrayOutOfBounds

/-- `&mut v[i]`: the element, and what becomes of the array when it is given a new value. -/
def index_mut_usize (v : Array α n) (i : Usize) : Result (α × (α → Array α n)) := do
  let x ← index_usize v i
  ok (x, v.set i)

/-- `v` as a slice. -/
def to_slice (v : Array α n) : Slice α :=
  ⟨v.val, by have h := n.bv.isLt; have e := v.property; unfold UScalar.val at e; unfold UScalar.max; omega⟩

/-- The array that a slice of the right length is; any other slice leaves `v`. -/
def from_slice (v : Array α n) (s : Slice α) : Array α n :=
  if h : s.val.length = n.val then ⟨s.val, h⟩ else v

/-- `&mut v[..]`. -/
def to_slice_mut (v : Array α n) : Slice α × (Slice α → Array α n) := (v.to_slice, v.from_slice)

/-- Clones the elements one after the other. -/
def clone (f : α → Result α) (v : Array α n) : Result (Array α n) := do
  let l ← v.val.mapM f
  if h : l.length = n.val then ok ⟨l, h⟩ else fail .panic

instance [DecidableEq α] : DecidableEq (Array α n) := fun x y =>
  if h : x.val = y.val then .isTrue (by cases x; cases y; cases h; rfl) else .isFalse fun e => h (congrArg val e)
end Array

namespace Slice
variable {α : Type u}

/-- `s.len()`. -/
def len (s : Slice α) : Usize := UScalar.ofNat s.val.length

/-- `s[i]`. -/
def index_usize (s : Slice α) (i : Usize) : Result α :=
  match s.val[i.val]? with
  | some x => ok x
  | none => fail .arrayOutOfBounds

/-- `s` with `x` at `i`; past the end, `s`. -/
def set (s : Slice α) (i : Usize) (x : α) : Slice α := ⟨s.val.set i.val x, by rw [List.length_set]; exact s.property⟩

/-- `s[i] = x`. -/
def update (s : Slice α) (i : Usize) (x : α) : Result (Slice α) :=
  if i.val < s.val.length then ok (s.set i x) else fail .arrayOutOfBounds

/-- `&mut s[i]`. -/
def index_mut_usize (s : Slice α) (i : Usize) : Result (α × (α → Slice α)) := do
  let x ← index_usize s i
  ok (x, s.set i)
end Slice

def core.array.CloneArray.clone {T : Type} {N : Usize} (inst : core.clone.Clone T) (a : Array T N) :
    Result (Array T N) := Array.clone inst.clone a

@[reducible] def core.clone.CloneArray {T : Type} (N : Usize) (inst : core.clone.Clone T) :
    core.clone.Clone (Array T N) := { clone := core.array.CloneArray.clone inst }

@[reducible] def Array.Insts.CoreMarkerCopy {T : Type} (N : Usize) (inst : core.marker.Copy T) :
    core.marker.Copy (Array T N) := { cloneInst := core.clone.CloneArray N inst.cloneInst }

end Aeneas.Std
