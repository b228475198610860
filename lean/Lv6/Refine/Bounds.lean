module
public import Lv6.Refine.Refines
public import Lv6.Spec.PageTable
public import Lv6.Spec.Proc
/-!
# Bounds

Why no index leaves its table and no counter overflows. The code of a helper may run in the middle of a call, where the
invariant does not hold; so its theorem asks for no more than the bounds that it needs, and here is why the steps of a
call keep them. `bounds` is a set of simp lemmas that `leaf` uses.
-/
@[expose] public section

namespace Lv6.Code
open Spec (State upd)

/-- The links of a list stay in a table of `n` entries. -/
def Links (n : Nat) (prev next : Nat → Nat) : Prop := ∀ i, i < n → prev i < n ∧ next i < n

section
variable {k : state.Kernel} (hk : Inv k)
include hk
theorem Inv.readyLinks : Links 64 (abs k).prev (abs k).next := hk.links
theorem Inv.freeLinks : Links 8192 (abs k).freePrev (abs k).freeNext := Spec.Inv.freeLinks hk
theorem Inv.current_lt : (abs k).current < 64 := hk.proc.pid.2
theorem Inv.nrPages_lt : ∀ p, Spec.isPid p → (abs k).nrPages p < 9000 :=
  fun p hp => Nat.lt_of_le_of_lt (hk.pages_le p hp) (by decide)
end

/-! ## Steps of a call -/

section
variable (s : State) (p q i src dst : Nat) (t : Spec.PageType) (e : Spec.Word)

theorem links_allocPage (h : Links 8192 s.freePrev s.freeNext) (hq : q < 8192) :
    Links 8192 (Spec.allocPage s p t q).freePrev (Spec.allocPage s p t q).freeNext := by
  intro r hr
  have ⟨h1, h2⟩ := h r hr
  have ⟨h3, h4⟩ := h q hq
  simp only [Spec.allocPage, Spec.freeDel, upd]
  constructor <;> (repeat' split) <;> omega

theorem blank_others : (Spec.blank s p).nrPages = s.nrPages ∧ (Spec.blank s p).nrChildren = s.nrChildren ∧
    (Spec.blank s p).current = s.current ∧ (Spec.blank s p).stack = upd s.stack p 0 ∧
    (Spec.blank s p).hvm = upd s.hvm p 0 ∧ (Spec.blank s p).freePrev = s.freePrev ∧
    (Spec.blank s p).freeNext = s.freeNext := ⟨rfl, rfl, rfl, rfl, rfl, rfl, rfl⟩
theorem freeDel_others : (Spec.freeDel s q).pageType = s.pageType ∧ (Spec.freeDel s q).pageOwner = s.pageOwner ∧
    (Spec.freeDel s q).nrPages = s.nrPages ∧ (Spec.freeDel s q).word = s.word := ⟨rfl, rfl, rfl, rfl⟩
theorem allocPage_others : (Spec.allocPage s p t q).nrPages = upd s.nrPages p (s.nrPages p + 1) ∧
    (Spec.allocPage s p t q).nrChildren = s.nrChildren ∧ (Spec.allocPage s p t q).current = s.current ∧
    (Spec.allocPage s p t q).stack = s.stack ∧ (Spec.allocPage s p t q).hvm = s.hvm := ⟨rfl, rfl, rfl, rfl, rfl⟩
theorem copyPage_others : (Spec.copyPage s src dst).nrChildren = s.nrChildren ∧
    (Spec.copyPage s src dst).stack = s.stack ∧ (Spec.copyPage s src dst).hvm = s.hvm := ⟨rfl, rfl, rfl⟩
theorem setEntry_others : (Spec.setEntry s p q i e).pageOwner = s.pageOwner ∧
    (Spec.setEntry s p q i e).nrPages = s.nrPages ∧ (Spec.setEntry s p q i e).freePrev = s.freePrev ∧
    (Spec.setEntry s p q i e).freeNext = s.freeNext := ⟨rfl, rfl, rfl, rfl⟩
end

/-- What the steps of a call leave alone, as far as bounds depend on it. -/
def bounds :=
  And.intro @links_allocPage <| And.intro @blank_others <| And.intro @freeDel_others <| And.intro @allocPage_others <|
    And.intro @copyPage_others @setEntry_others

end Lv6.Code
