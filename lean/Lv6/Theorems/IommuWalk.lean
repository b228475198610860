module
public import Lv6.Theorems.Walk
/-!
# The page walk of the IOMMU

How a unit of Intel's VT-d turns an address that a device uses into a page frame, with second-level tables of four or three
levels (VT-d specification, sections 3.7, 3.8 and 9.8). Nothing is assumed about the tables: their entries are raw words,
which may map large pages and may point anywhere.

A unit can only do less: it may know no large pages, or have fewer address bits, and then it blocks the access.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- How many levels of tables the units walk. -/
inductive Levels where
  /-- Devices use addresses of 39 bits. -/
  | three
  /-- Devices use addresses of 48 bits. -/
  | four

/-- The number itself. -/
def Levels.count : Levels → Nat
  | .three => 3
  | .four => 4

/-- What a unit finds at the end of a walk. -/
inductive DeviceWalk where
  /-- No translation: the access is blocked. -/
  | fault
  /-- A table lies outside the RAM pages: nothing is known about what the unit reads there. -/
  | wild
  /-- The address is in the page frame `pfn`; `r` and `w` tell whether the device may read and write there. -/
  | hit (pfn : Nat) (r w : Bool)
deriving DecidableEq

/-- Walk on for the device address `a` from the page frame `n`, which the unit takes for a table of level `l`, or, at level
0, for the page that the address lies in. `r` and `w` tell whether all entries so far allow reading and writing. An entry
that allows neither is not present. -/
def State.deviceWalkFrom (s : State) (a : Word) : Nat → Nat → Bool → Bool → DeviceWalk
  | 0, n, r, w => .hit n r w
  | l + 1, n, r, w =>
    match target s.base n with
    | .page q =>
      let e := s.word q (vaIndex a l)
      if e.deviceReads = false ∧ e.deviceWrites = false then .fault
      else if e.large = true ∧ l = 3 then .fault
      else if e.large = true ∧ l ≠ 0 then .hit (largePfn e a l) (r && e.deviceReads) (w && e.deviceWrites)
      else s.deviceWalkFrom a l e.pfn (r && e.deviceReads) (w && e.deviceWrites)
    | _ => .wild

/-- The page frame of the first table that a unit walks for the device `d`, as the boot code's context entry says (`domain`
in `boot/image/src/requests.rs`); none if no process owns the device. Where units walk three levels, entry 0 of the owner's
root takes the place of the root, if it allows both reading and writing. -/
def State.deviceStart (s : State) (levels : Levels) (d : Nat) : Option Nat :=
  if s.pciOwner d = 0 then none
  else match levels with
    | .four => some (s.base + s.pciRoot d)
    | .three =>
      let e := s.word (s.pciRoot d) 0
      if e.deviceReads = true ∧ e.deviceWrites = true then some e.pfn else none

/-- What a unit finds for the address `a` that the device `d` uses. -/
def State.deviceWalk (s : State) (levels : Levels) (d : Nat) (a : Word) : DeviceWalk :=
  match s.deviceStart levels d with
  | none => .fault
  | some n => if a.toNat < 2 ^ (12 + 9 * levels.count) then s.deviceWalkFrom a levels.count n true true else .fault

end Lv6.Spec
