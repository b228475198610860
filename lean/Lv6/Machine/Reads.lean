module
public import Lv6.Theorems.Isolation
/-!
# A walk, step by step

The processor does not only remember where a whole walk ends, but also where it stands on the way: it may begin the next walk
for the same address at any table that it remembers (AMD64 manual, volume 2, section 5.5.3; Intel SDM, volume 3, section
4.10.3). So here a walk is taken apart. What it comes to is known at every level, not only at the end.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State} {p l n : Nat} {w : Bool} {va : Word}

/-- One step of a walk for `va`: the processor takes the page frame `n` for a table of level `l + 1`, reads an entry of it, and
comes to a page frame at a lower level. `w` tells whether all entries before allow stores. There is no step from an entry
that is not present, and none from a frame outside the RAM pages. -/
inductive State.Next (s : State) (va : Word) (l n : Nat) (w : Bool) : Nat → Nat → Bool → Prop where
  /-- The entry points at a table of the next lower level or, from level 1, at the page. -/
  | entry (q : Nat) (h : target s.base n = .page q) (hp : (s.word q (vaIndex va l)).present = true)
      (hl : (s.word q (vaIndex va l)).large = false ∨ l = 0) :
      Next s va l n w l (s.word q (vaIndex va l)).pfn (w && (s.word q (vaIndex va l)).writable)
  /-- The entry maps a large page. -/
  | large (q : Nat) (h : target s.base n = .page q) (hp : (s.word q (vaIndex va l)).present = true)
      (hl : (s.word q (vaIndex va l)).large = true) (h0 : l = 1 ∨ l = 2) :
      Next s va l n w 0 (largePfn (s.word q (vaIndex va l)) va l) (w && (s.word q (vaIndex va l)).writable)

/-- On its way through the page tables of `p` for the address `va`, the processor comes to the page frame `n`, which it takes
for a table of level `l` or, at level 0, for the page that holds the address. `w` tells whether all entries so far allow
stores. -/
inductive State.Reads (s : State) (p : Nat) (va : Word) : Nat → Nat → Bool → Prop where
  /-- It starts at the root table. -/
  | root (h : canonical va) : Reads s p va 4 (s.base + s.root p) true
  /-- It goes on from a table. -/
  | next {l n l' n' : Nat} {w w' : Bool} (h : Reads s p va (l + 1) n w) (hn : s.Next va l n w l' n' w') :
      Reads s p va l' n' w'

/-! ## It is the walk -/

theorem State.Next.walkFrom {l' n' : Nat} {w' : Bool} (hn : s.Next va l n w l' n' w') :
    s.walkFrom va (l + 1) n w = s.walkFrom va l' n' w' := by
  cases hn with
  | entry q h hp hl =>
    simp only [State.walkFrom, h, hp, Bool.true_eq_false, if_false]
    have h1 : ¬ ((s.word q (vaIndex va l)).large = true ∧ l = 3) := by rintro ⟨h1, rfl⟩; simp [h1] at hl
    have h2 : ¬ ((s.word q (vaIndex va l)).large = true ∧ l ≠ 0) := by rintro ⟨h1, h2⟩; simp [h1, h2] at hl
    rw [if_neg h1, if_neg h2]
  | large q h hp hl h0 =>
    simp only [State.walkFrom, h, hp, hl, Bool.true_eq_false, if_false, true_and]
    rw [if_neg (by omega), if_pos (by omega)]

theorem State.Reads.le (h : s.Reads p va l n w) : l ≤ 4 := by
  induction h with
  | root _ => omega
  | next _ hn ih => cases hn <;> omega

theorem walkFrom_reads {n' : Nat} {w' : Bool} : ∀ l n w, s.Reads p va l n w → s.walkFrom va l n w = .hit n' w' →
    s.Reads p va 0 n' w' := by
  intro l
  induction l with
  | zero => intro n w h e; simp only [State.walkFrom, Walk.hit.injEq] at e; rw [← e.1, ← e.2]; exact h
  | succ l ih =>
    intro n w h e
    cases ht : target s.base n with
    | page q =>
      simp only [State.walkFrom, ht] at e
      split at e
      · cases e
      next hp =>
      have hp : (s.word q (vaIndex va l)).present = true := by simpa using hp
      split at e
      · cases e
      next h3 =>
      split at e
      · next h0 =>
        have := h.le
        have hr : l = 1 ∨ l = 2 := by grind
        simp only [Walk.hit.injEq] at e
        rw [← e.1, ← e.2]; exact h.next (.large q ht hp h0.1 hr)
      · next h0 => exact ih _ _ (h.next (.entry q ht hp (by grind))) e
    | _ => simp only [State.walkFrom, ht] at e; cases e

/-- Where the way ends is what the walk finds. -/
theorem reads_iff_walk : s.Reads p va 0 n w ↔ s.walk p va = .hit n w := by
  constructor
  · have key : ∀ {l n w}, s.Reads p va l n w → s.walk p va = s.walkFrom va l n w := fun h => by
      induction h with
      | root h => rw [State.walk, if_pos h]
      | next _ hn ih => rw [ih, hn.walkFrom]
    exact key
  · intro h
    unfold State.walk at h
    split at h
    · next hc => exact walkFrom_reads _ _ _ (.root hc) h
    · cases h

/-! ## Isolation on the way -/

/-- Whatever a live process's walk comes to is a table of that process which stands at that level, or at the end something that
the process may access. -/
theorem State.Reads.good (h : Inv s) (hi : isPid p) (hp : s.live p) (hr : s.Reads p va l n w) :
    Stands s p l w n ∨ l = 0 ∧ MayAccess s p w (target s.base n) := by
  induction hr with
  | root _ => exact .inl (h.stands_root hi hp)
  | @next l n l' n' w w' _ hn ih =>
    have hs := ih.resolve_right (by omega)
    obtain ⟨q, k, ht, ho, hk, hx⟩ := hs.next h.table (h.live_ne_zero hp) hp
    cases hn with
    | entry q' ht' hpr _ =>
      rw [ht] at ht'; cases ht'
      exact (hx _ (vaIndex_lt _ _) hpr).2
    | large q' ht' hpr hl _ =>
      rw [ht] at ht'; cases ht'
      rw [(hx _ (vaIndex_lt _ _) hpr).1] at hl; cases hl

/-- At the end it may access what it has come to. -/
theorem State.Reads.access (h : Inv s) (hi : isPid p) (hp : s.live p) (hr : s.Reads p va 0 n w) :
    MayAccess s p w (target s.base n) := by
  rw [reads_iff_walk] at hr; exact h.hit hi hp hr

/-- On the way it stands at tables of its own. -/
theorem State.Reads.table (h : Inv s) (hi : isPid p) (hp : s.live p) (hr : s.Reads p va (l + 1) n w) :
    ∃ q k, target s.base n = .page q ∧ s.pageOwner q = p ∧ s.mem.level q = some (k + 1) := by
  obtain ⟨q, k, h1, h2, h3, h4, _⟩ := (hr.good h hi hp).resolve_right (by omega)
  exact ⟨q, k - 1, h1, h2, by rw [h3]; congr 1; omega⟩

/-- What it comes to depends on the process's own page tables only, and there not on the accessed and dirty bits. -/
theorem State.Reads.congr (h : Inv s) (hi : isPid p) (hp : s.live p) (hb : s'.base = s.base) (hr : s'.root p = s.root p)
    (hw : ∀ q i k, q < 8192 → s.pageOwner q = p → s.mem.level q = some (k + 1) → SameButAD (s.word q i) (s'.word q i))
    (hx : s.Reads p va l n w) : s'.Reads p va l n w := by
  induction hx with
  | root hc => rw [← hb, ← hr]; exact .root hc
  | @next l n l' n' w w' hx hn ih =>
    obtain ⟨q, k, ht, ho, hk⟩ := hx.table h hi hp
    have he := hw q (vaIndex va l) k (target_eq_page ht).2 ho hk
    refine ih.next ?_
    cases hn with
    | entry q' ht' hpr hl =>
      rw [ht] at ht'; cases ht'
      rw [← he.pfn, ← he.writable]
      exact .entry q (by rw [hb]; exact ht) (by rw [he.present]; exact hpr) (by rw [he.large]; exact hl)
    | large q' ht' hpr hl h0 =>
      rw [ht] at ht'; cases ht'
      have : largePfn (s.word q (vaIndex va l)) va l = largePfn (s'.word q (vaIndex va l)) va l := by
        unfold largePfn; rw [he.pfn]
      rw [this, ← he.writable]
      exact .large q (by rw [hb]; exact ht) (by rw [he.present]; exact hpr) (by rw [he.large]; exact hl) h0

end Lv6.Spec
