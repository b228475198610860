module
public import Aeneas.Scalar.Num
/-!
# The parts of Rust's core library that generated code refers to

Traits are records of functions. Rust's `Option` is Lean's; `Result` of Rust is `core.result.Result`.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Std
open Result
universe u v

/-! ## Clone and Copy -/

structure core.clone.Clone (Self : Type) where
  clone : Self → Result Self
  clone_from : Self → Self → Result Self := fun _ => clone

structure core.marker.Copy (Self : Type) where
  cloneInst : core.clone.Clone Self

/-- Copying the bits: how Rust's built-in types are cloned. -/
@[reducible] def BuiltinClone (Self : Type) : core.clone.Clone Self := { clone := ok, clone_from := fun _ x => ok x }
@[reducible] def BuiltinCopy (Self : Type) : core.marker.Copy Self := { cloneInst := BuiltinClone Self }

abbrev core.clone.impls.CloneBool.clone (x : Bool) : Bool := x
abbrev core.clone.impls.CloneU8.clone (x : U8) : U8 := x
abbrev core.clone.impls.CloneU16.clone (x : U16) : U16 := x
abbrev core.clone.impls.CloneU32.clone (x : U32) : U32 := x
abbrev core.clone.impls.CloneU64.clone (x : U64) : U64 := x
abbrev core.clone.impls.CloneUsize.clone (x : Usize) : Usize := x
abbrev core.clone.impls.CloneI64.clone (x : I64) : I64 := x
abbrev core.clone.CloneBool := BuiltinClone Bool
abbrev core.clone.CloneU8 := BuiltinClone U8
abbrev core.clone.CloneU16 := BuiltinClone U16
abbrev core.clone.CloneU32 := BuiltinClone U32
abbrev core.clone.CloneU64 := BuiltinClone U64
abbrev core.clone.CloneUsize := BuiltinClone Usize
abbrev core.clone.CloneI64 := BuiltinClone I64
abbrev core.marker.CopyBool := BuiltinCopy Bool
abbrev core.marker.CopyU8 := BuiltinCopy U8
abbrev core.marker.CopyU16 := BuiltinCopy U16
abbrev core.marker.CopyU32 := BuiltinCopy U32
abbrev core.marker.CopyU64 := BuiltinCopy U64
abbrev core.marker.CopyUsize := BuiltinCopy Usize
abbrev core.marker.CopyI64 := BuiltinCopy I64

/-! ## Comparison -/

structure core.cmp.PartialEq (Self Rhs : Type) where
  eq : Self → Rhs → Result Bool
  ne : Self → Rhs → Result Bool := fun x y => do ok (! (← eq x y))

structure core.cmp.Eq (Self : Type) where
  partialEqInst : core.cmp.PartialEq Self Self
  assert_fields_are_eq : Self → Result Unit := fun _ => ok ()

/-- Marks a type whose `==` was derived. -/
structure core.marker.StructuralPartialEq (Self : Type) where

/-- The default `!=`: the opposite of `==`. -/
def core.cmp.PartialEq.ne.default {Self Rhs : Type} (eq : Self → Rhs → Result Bool) (x : Self) (y : Rhs) :
    Result Bool := do ok (! (← eq x y))
def core.cmp.PartialEq.ne.trait_default {Self Rhs : Type} (inst : core.cmp.PartialEq Self Rhs) (x : Self) (y : Rhs) :
    Result Bool := core.cmp.PartialEq.ne.default inst.eq x y

/-- Equality of a type where it can be decided and cannot fail. -/
@[reducible] def BuiltinPartialEq (Self : Type) [DecidableEq Self] : core.cmp.PartialEq Self Self :=
  { eq := fun x y => ok (decide (x = y)), ne := fun x y => ok (decide (x ≠ y)) }

abbrev core.cmp.PartialEqBool := BuiltinPartialEq Bool
abbrev core.cmp.PartialEqU8 := BuiltinPartialEq U8
abbrev core.cmp.PartialEqU16 := BuiltinPartialEq U16
abbrev core.cmp.PartialEqU32 := BuiltinPartialEq U32
abbrev core.cmp.PartialEqU64 := BuiltinPartialEq U64
abbrev core.cmp.PartialEqUsize := BuiltinPartialEq Usize
abbrev core.cmp.PartialEqI64 := BuiltinPartialEq I64

/-! ## Default -/

structure core.default.Default (Self : Type u) where
  default : Result Self

/-! ## Option and Result -/

inductive core.result.Result (T : Type u) (E : Type v) where
  | Ok : T → core.result.Result T E
  | Err : E → core.result.Result T E

def core.option.Option.is_some {T : Type u} (x : Option T) : Bool := x.isSome
def core.option.Option.is_none {T : Type u} (x : Option T) : Bool := x.isNone
def core.option.Option.unwrap {T : Type u} (x : Option T) : Aeneas.Std.Result T := Result.ofOption x .panic
def core.option.Option.unwrap_or {T : Type u} (x : Option T) (d : T) : T := x.getD d
def core.option.Option.take {T : Type u} (x : Option T) : Option T × Option T := (x, none)

def core.result.Result.is_ok {T : Type u} {E : Type v} : core.result.Result T E → Aeneas.Std.Result Bool
  | .Ok _ => .ok true
  | .Err _ => .ok false

/-! ## Memory -/

/-- The old value of the place, and its new value. -/
def core.mem.replace {α : Type u} (dst src : α) : α × α := (dst, src)
def core.mem.swap {α : Type u} (a b : α) : α × α := (b, a)

end Aeneas.Std
