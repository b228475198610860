module
public import Init
/-!
# Results

A Rust function becomes a Lean function into `Result`: it returns a value, panics, or does not terminate.
-/
@[expose] public section
noncomputable section

namespace Aeneas.Std
universe u v w

/-- Why a Rust function panics. Rust itself does not tell these apart; they are for the reader of a failed proof. -/
inductive Error where
  | assertionFailure
  | integerOverflow
  | divisionByZero
  | arrayOutOfBounds
  | maximumSizeExceeded
  | panic
  | undef
deriving DecidableEq

/-- What comes of running a Rust function. -/
inductive Result (α : Type u) where
  /-- It returns. -/
  | ok (v : α)
  /-- It panics. -/
  | fail (e : Error)
  /-- It runs forever. -/
  | div
deriving DecidableEq

open Result

instance (α : Type u) : Inhabited (Result α) := ⟨fail .panic⟩

namespace Result
variable {α : Type u} {β : Type v} {γ : Type w}

/-- Run `x`; if it returns, go on with `f`. -/
def bind (x : Result α) (f : α → Result β) : Result β :=
  match x with
  | ok a => f a
  | fail e => fail e
  | div => div

instance : Monad Result where
  pure := ok
  bind := bind

theorem bind_ok {α β : Type u} (a : α) (f : α → Result β) : (ok a >>= f) = f a := rfl
theorem bind_fail {α β : Type u} (e : Error) (f : α → Result β) : (fail e >>= f) = fail e := rfl
theorem bind_div {α β : Type u} (f : α → Result β) : (div >>= f) = div := rfl
theorem pure_eq_ok (a : α) : (pure a : Result α) = ok a := rfl

instance : LawfulMonad Result := LawfulMonad.mk'
  (id_map := fun x => by cases x <;> rfl)
  (pure_bind := fun _ _ => rfl)
  (bind_assoc := fun x _ _ => by cases x <;> rfl)

/-- The value, or `e` if there is none. -/
def ofOption (x : Option α) (e : Error) : Result α :=
  match x with
  | some a => ok a
  | none => fail e

/-- The value, or nothing if there is none. -/
def toOption : Result α → Option α
  | ok a => some a
  | _ => none

end Result

/-- A function call that cannot fail, as a step of a program. -/
def lift {α : Type u} (x : α) : Result α := ok x

/-- Rust's `assert!`. -/
def massert (b : Prop) [Decidable b] : Result Unit :=
  if b then ok () else fail .assertionFailure

/-! ## Recursion

`div` is the least element of a complete order in which `bind` is monotone. That is what Lean needs to accept a
recursive function without a proof of termination (`partial_fixpoint`); theorems then show that it does terminate. -/
section
open Lean.Order
variable {α : Type u}

instance : PartialOrder (Result α) := inferInstanceAs (PartialOrder (FlatOrder (Result.div : Result α)))
instance : CCPO (Result α) := inferInstanceAs (CCPO (FlatOrder (Result.div : Result α)))
instance : MonoBind Result where
  bind_mono_left h := by
    cases h
    · exact FlatOrder.rel.bot
    · exact FlatOrder.rel.refl
  bind_mono_right {_ _ x _ _} h := by
    cases x
    · exact h _
    · exact FlatOrder.rel.refl
    · exact FlatOrder.rel.refl
end

/-- How one round of a loop ends. -/
inductive ControlFlow (α : Type u) (β : Type v) where
  /-- Another round, from state `v`. -/
  | cont (v : α)
  /-- The loop ends with result `v`. -/
  | done (v : β)

/-- Rounds of `body` until one says that it is done. -/
def loop {α : Type u} {β : Type v} (body : α → Result (ControlFlow α β)) (x : α) : Result β :=
  match body x with
  | ok (.cont y) => loop body y
  | ok (.done y) => ok y
  | fail e => fail e
  | div => div
partial_fixpoint

/-- The type of expressions that never return. -/
inductive Never where

end Aeneas.Std
