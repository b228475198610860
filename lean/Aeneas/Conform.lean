module
public import Aeneas
/-!
# Comparison with Rust

The definitions of this library say what Rust's primitives do. Whether they are right is tested against Rust itself: a
Rust program computes the results of each primitive on a list of inputs and writes them down as a theorem, which Lean's
kernel proves by evaluation.

The program writes files like this one (the first two lines are at the top of each file of theorems):

    public import Aeneas.Conform
    namespace Aeneas.Conform

    /-- All tests of two arguments use these: two numbers for each. -/
    def pairs : List Nat := [nat_lit 0, nat_lit 1, nat_lit 18446744073709551615, nat_lit 1, …]

    theorem u64_add : agrees₂ (fun a b => code (u64 a + u64 b)) pairs [nat_lit 2, nat_lit 0, …] = true := by
      decide +kernel
    theorem u64_shl : agrees₂ (fun a b => code (u64 a <<< u32 (b % 70))) pairs […] = true := by decide +kernel
    theorem i64_neg : agrees₁ (fun a => code (Std.IScalar.neg (i64 a))) singles […] = true := by decide +kernel

* An input is any number below 2^64. `u64 a`, `u8 a`, `i32 a`, … is `a as u64`, `a as u8`, `a as i32`, … in Rust.
* There is one result for each input, in order. `code` turns it into a number:
  an unsigned value `v` is `v`; a signed one is its bits, `v as u64` after a cast to the unsigned type of its width;
  `false` is 0, `true` is 1;
  a pair `(v, b)` of a value and a truth value is twice the code of `v` plus that of `b`;
  `None`, or a panic, is 0; `Some(v)`, or a value returned where a panic was possible, is 1 plus the code of `v`.
  (So results fit a `u128`.) For `a + b` the Rust program prints the code of `a.checked_add(b)`, and so on.
* Comparisons are written `code (decide (u64 a < u64 b))`.
* A test of an array: `code (do let v ← (Std.Array.make 2#usize [u64 a, u64 b]).update (usize (b % 3)) 7#u64;
  v.index_usize 1#usize)`.

`nat_lit` spares the elaborator half of its work. A file of 4,000 results takes some 10 s: 1 ms for each number written,
and 1 ms for each evaluation.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Conform
open Std

/-! ## Inputs -/

abbrev u8 (n : Nat) : U8 := UScalar.ofNat n
abbrev u16 (n : Nat) : U16 := UScalar.ofNat n
abbrev u32 (n : Nat) : U32 := UScalar.ofNat n
abbrev u64 (n : Nat) : U64 := UScalar.ofNat n
abbrev usize (n : Nat) : Usize := UScalar.ofNat n
abbrev i8 (n : Nat) : I8 := IScalar.ofInt n
abbrev i16 (n : Nat) : I16 := IScalar.ofInt n
abbrev i32 (n : Nat) : I32 := IScalar.ofInt n
abbrev i64 (n : Nat) : I64 := IScalar.ofInt n
abbrev isize (n : Nat) : Isize := IScalar.ofInt n

/-! ## Results -/

/-- Results of type `α` as numbers; no two results have the same. -/
class Code (α : Type) where
  code : α → Nat
export Code (code)

instance {ty : UScalarTy} : Code (UScalar ty) := ⟨UScalar.val⟩
instance {ty : IScalarTy} : Code (IScalar ty) := ⟨fun x => x.bv.toNat⟩
instance : Code Bool := ⟨Bool.toNat⟩
instance {α : Type} [Code α] : Code (α × Bool) := ⟨fun x => 2 * code x.1 + code x.2⟩
instance {α : Type} [Code α] : Code (Option α) := ⟨fun x => match x with | some a => code a + 1 | none => 0⟩
instance {α : Type} [Code α] : Code (Result α) := ⟨fun x => match x with | .ok a => code a + 1 | _ => 0⟩

/-! ## Tables -/

/-- `f` has these results on these inputs. -/
def agrees₁ (f : Nat → Nat) : List Nat → List Nat → Bool
  | a :: as, r :: rs => Nat.beq (f a) r && agrees₁ f as rs
  | [], [] => true
  | _, _ => false

/-- `f` has these results on these pairs of inputs. -/
def agrees₂ (f : Nat → Nat → Nat) : List Nat → List Nat → Bool
  | a :: b :: l, r :: rs => Nat.beq (f a b) r && agrees₂ f l rs
  | [], [] => true
  | _, _ => false

end Aeneas.Conform
