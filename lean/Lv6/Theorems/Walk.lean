module
public import Lv6.Spec.Layout
public import Lv6.Spec.Entry
/-!
# The page walk of the processor

How an x86-64 processor with four levels of page tables turns an address into a page frame (AMD64 manual, volume 2,
section 5.3). Nothing is assumed about the tables: their entries are raw words, which may map large pages and may point
anywhere.

The walk knows of no U bit and no NX bit: both can only turn a hit into a fault.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- What the processor finds at the end of a walk. -/
inductive Walk where
  /-- No translation: the access faults. -/
  | fault
  /-- A table lies outside the RAM pages: nothing is known about what the processor reads there. -/
  | wild
  /-- The address is in the page frame `pfn`; `w` tells whether stores are allowed. -/
  | hit (pfn : Nat) (w : Bool)
deriving DecidableEq

/-- Bits 63 to 47 of the address are all equal. The processor refuses any other address. -/
def canonical (va : Word) : Prop := va.toNat < 2 ^ 47 ∨ 2 ^ 64 - 2 ^ 47 ≤ va.toNat
instance (va : Word) : Decidable (canonical va) := inferInstanceAs (Decidable (_ ∨ _))

/-- The nine bits of the address that choose the entry of a table of level `l + 1`. -/
def vaIndex (va : Word) (l : Nat) : Nat := va.toNat / 2 ^ (12 + 9 * l) % 512

theorem vaIndex_lt (va : Word) (l : Nat) : vaIndex va l < 512 := Nat.mod_lt _ (by decide)

/-- The page frame that holds the address, inside the large page that the entry `e` of a table of level `l + 1` maps. -/
def largePfn (e va : Word) (l : Nat) : Nat := e.pfn / 2 ^ (9 * l) * 2 ^ (9 * l) + va.toNat / 2 ^ 12 % 2 ^ (9 * l)

/-- Walk on from the page frame `n`, which the processor takes for a table of level `l`, or, at level 0, for the page that
the address lies in. `w` tells whether all entries so far allow stores. -/
def State.walkFrom (s : State) (va : Word) : Nat → Nat → Bool → Walk
  | 0, n, w => .hit n w
  | l + 1, n, w =>
    match target s.base n with
    | .page q =>
      let e := s.word q (vaIndex va l)
      if e.present = false then .fault
      else if e.large = true ∧ l = 3 then .fault
      else if e.large = true ∧ l ≠ 0 then .hit (largePfn e va l) (w && e.writable)
      else s.walkFrom va l e.pfn (w && e.writable)
    | _ => .wild

/-- What the processor finds for the address `va` while `p` runs. -/
def State.walk (s : State) (p : Nat) (va : Word) : Walk :=
  if canonical va then s.walkFrom va 4 (s.base + s.root p) true else .fault

/-- The table entries that the processor reads, and in which it may set the accessed and dirty bits, when it walks on from
the page frame `n`. -/
def State.visitedFrom (s : State) (va : Word) : Nat → Nat → List (Nat × Nat)
  | 0, _ => []
  | l + 1, n =>
    match target s.base n with
    | .page q =>
      let e := s.word q (vaIndex va l)
      (q, vaIndex va l) :: if e.present = false ∨ e.large = true ∧ l ≠ 0 then [] else s.visitedFrom va l e.pfn
    | _ => []

/-- The table entries that the processor reads when it walks for the address `va` while `p` runs. -/
def State.visited (s : State) (p : Nat) (va : Word) : List (Nat × Nat) :=
  s.visitedFrom va 4 (s.base + s.root p)

end Lv6.Spec
