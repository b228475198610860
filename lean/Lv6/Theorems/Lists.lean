module
public import Lv6.Spec.Bounds
/-!
# The two lists

The kernel keeps its lists as links between the slots of a table. Here is what somebody sees who follows them, as the
kernel does when it looks for the next process to run, and user space when it looks for a free page.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Who starts at `a` and follows `next` visits exactly the members `M`, each of them once, and is back at `a` after `k`
steps. -/
structure Tour (M : Nat → Prop) (next : Nat → Nat) (a k : Nat) : Prop where
  /-- Exactly the members are visited. -/
  visits : ∀ p, M p ↔ ∃ i, i < k ∧ Nat.repeat next i a = p
  /-- None is visited twice. -/
  once : ∀ i j, i < k → j < k → Nat.repeat next i a = Nat.repeat next j a → i = j
  /-- The tour ends where it started. -/
  back : Nat.repeat next k a = a

/-- A number with a property: then there is a smallest one. -/
theorem exists_least {P : Nat → Prop} {n : Nat} (h : P n) : ∃ k, P k ∧ ∀ j, j < k → ¬ P j := by
  induction n using Nat.strongRecOn with
  | ind n ih =>
    by_cases hs : ∃ j, j < n ∧ P j
    · obtain ⟨j, hj, hp⟩ := hs; exact ih j hj hp
    · exact ⟨n, h, fun j hj hp => hs ⟨j, hj, hp⟩⟩

/-- Different numbers are as many as they are. -/
theorem count_distinct {f : Nat → Nat} {n : Nat} (k : Nat) (hf : ∀ i, i < k → f i < n)
    (hi : ∀ i j, i < k → j < k → f i = f j → i = j) {P : Nat → Prop} [DecidablePred P]
    (hP : ∀ p, p < n → (P p ↔ ∃ i, i < k ∧ f i = p)) : count P n = k := by
  induction k generalizing P with
  | zero => exact count_eq_zero.2 fun q hq hp => by obtain ⟨i, h, _⟩ := (hP q hq).1 hp; omega
  | succ k ih =>
    have hk := hf k (by omega)
    have e := count_change (P := P) (Q := fun p => P p ∧ p ≠ f k) (f k) hk fun q _ hne => by simp [hne]
    have h1 : count (fun p => P p ∧ p ≠ f k) n = k :=
      ih (fun i h => hf i (by omega)) (fun i j h h' => hi i j (by omega) (by omega)) fun p hp => by
        rw [hP p hp]
        constructor
        · rintro ⟨⟨i, h, rfl⟩, hne⟩
          have : i ≠ k := by rintro rfl; exact hne rfl
          exact ⟨i, by omega, rfl⟩
        · rintro ⟨i, h, rfl⟩
          exact ⟨⟨i, by omega, rfl⟩, fun h' => by have := hi i k (by omega) (by omega) h'; omega⟩
    have h2 : P (f k) := (hP _ hk).2 ⟨k, by omega, rfl⟩
    simp only [h1, h2, ne_eq, not_true_eq_false, and_false, if_true, if_false] at e
    omega

/-- A ring in a table of `n` slots is walked once around in as many steps as it has members. -/
theorem Ring.tour {M : Nat → Prop} [DecidablePred M] {next prev : Nat → Nat} {a n : Nat} (h : Ring M next prev) (ha : M a)
    (hn : ∀ p, M p → p < n) : Tour M next a (count M n) := by
  have mem : ∀ i, M (Nat.repeat next i a) := fun i => by
    induction i with
    | zero => exact ha
    | succ i ih => exact h.next_mem _ ih
  have cancel : ∀ i d, Nat.repeat next (i + d) a = Nat.repeat next i a → Nat.repeat next d a = a := by
    intro i d
    induction i with
    | zero => rw [Nat.zero_add]; exact id
    | succ i ih =>
      intro e
      rw [Nat.add_right_comm] at e
      have e : next (Nat.repeat next (i + d) a) = next (Nat.repeat next i a) := e
      have := congrArg prev e
      rw [h.prev_next _ (mem _), h.prev_next _ (mem _)] at this
      exact ih this
  have shift : ∀ i d, Nat.repeat next d a = a → Nat.repeat next (i + d) a = Nat.repeat next i a := by
    intro i d e
    induction i with
    | zero => rw [Nat.zero_add]; exact e
    | succ i ih => rw [Nat.add_right_comm]; exact congrArg next ih
  have front : ∀ i x, Nat.repeat next i (next x) = Nat.repeat next (i + 1) x := fun i x => by
    induction i with
    | zero => rfl
    | succ i ih => exact congrArg next ih
  obtain ⟨m, hm⟩ := h.reach (h.next_mem a ha) ha
  rw [front] at hm
  obtain ⟨k, ⟨hk, hb⟩, least⟩ := exists_least (P := fun k => 0 < k ∧ Nat.repeat next k a = a) ⟨Nat.succ_pos m, hm⟩
  have once : ∀ i j, i < k → j < k → Nat.repeat next i a = Nat.repeat next j a → i = j := by
    have key : ∀ i j, i < j → j < k → Nat.repeat next i a ≠ Nat.repeat next j a := fun i j hij hj e => by
      refine least (j - i) (by omega) ⟨by omega, cancel i (j - i) ?_⟩
      rw [show i + (j - i) = j by omega]; exact e.symm
    intro i j hi hj e
    rcases Nat.lt_trichotomy i j with hlt | he | hlt
    · exact (key i j hlt hj e).elim
    · exact he
    · exact (key j i hlt hi e.symm).elim
  have visits : ∀ p, M p ↔ ∃ i, i < k ∧ Nat.repeat next i a = p := by
    refine fun p => ⟨fun hp => ?_, fun ⟨i, _, e⟩ => e ▸ mem i⟩
    obtain ⟨i, e⟩ := h.reach ha hp
    obtain ⟨i, e, fewest⟩ := exists_least (P := fun i => Nat.repeat next i a = p) e
    refine ⟨i, ?_, e⟩
    rcases Nat.lt_or_ge i k with hlt | hge
    · exact hlt
    · refine (fewest (i - k) (by omega) ?_).elim
      rw [← shift (i - k) k hb, show i - k + k = i by omega]; exact e
  have hc : count M n = k := count_distinct k (fun i _ => hn _ (mem i)) once fun p _ => visits p
  rw [hc]; exact ⟨visits, once, hb⟩

variable {s : State}

/-- Whether the process can use the processor: it has it, or waits for it. -/
abbrev State.ready (s : State) (p : Nat) : Prop := p < 64 ∧ (s.state p = .runnable ∨ s.state p = .running)

/-- **The ready list.** Who starts at the current process and follows the list visits exactly the runnable and running
processes, each once, and is then back. So nobody who can run is forgotten, and the processor never goes to somebody who
cannot. -/
theorem ready_list (h : Inv s) : Tour s.ready s.next s.current (count s.ready 64) :=
  Ring.tour (M := s.ready) h.ready.ring h.current_ready fun _ hp => hp.1

/-- The same backwards. -/
theorem ready_list_back (h : Inv s) : Tour s.ready s.prev s.current (count s.ready 64) :=
  Ring.tour (M := s.ready) h.ready.ring.reverse h.current_ready fun _ hp => hp.1

/-- The process after the current one is runnable, or there is no other. -/
theorem next_runnable (h : Inv s) : s.next s.current = s.current ∨ s.state (s.next s.current) = .runnable := by
  have ⟨h1, h2⟩ := h.ready.ring.next_mem _ h.current_ready
  rcases h2 with h2 | h2
  · exact .inr h2
  · exact .inl ((h.proc.running _ h1).1 h2)

/-- If the current process follows itself, then no other can run: the processor is given up for nobody. -/
theorem alone (h : Inv s) (hn : s.next s.current = s.current) {p : Nat} (hp : s.ready p) : p = s.current :=
  h.ready.ring.eq_of_next_self h.current_ready hp hn

/-- Page 0, which anchors the free list, and the free pages. -/
abbrev State.listed (s : State) (q : Nat) : Prop := q < 8192 ∧ (s.pageType q = .free ∨ s.pageType q = .reserved)

theorem Inv.listed_iff (h : Inv s) {q : Nat} : s.listed q ↔ q = 0 ∨ isFree s q := by
  constructor
  · rintro ⟨h1, h2 | h2⟩
    · exact .inr ⟨h1, h2⟩
    · exact .inl ((h.page.reserved q h1).1 h2)
  · rintro (rfl | ⟨h1, h2⟩)
    · exact ⟨by omega, .inr ((h.page.reserved 0 (by omega)).2 rfl)⟩
    · exact ⟨h1, .inl h2⟩

/-- How many pages are free: all that are on the free list, but for its anchor. -/
theorem count_listed (h : Inv s) : count s.listed 8192 = count (isFree s) 8192 + 1 := by
  have h0 : s.pageType 0 = .reserved := (h.page.reserved 0 (by omega)).2 rfl
  have e := count_change (P := s.listed) (Q := isFree s) (n := 8192) 0 (by omega) fun q _ hne => by
    rw [h.listed_iff]; simp [hne]
  have h1 : s.listed 0 := h.listed_iff.2 (.inl rfl)
  have h2 : ¬ isFree s 0 := fun hf => by rw [hf.2] at h0; cases h0
  rw [if_pos h1, if_neg h2] at e; omega

/-- **The free list.** Who starts at page 0 and follows the list visits exactly page 0 and the free pages, each once, and is
then back. So no page is lost, and none that is in use can be found there. -/
theorem free_list (h : Inv s) : Tour (fun q => q = 0 ∨ isFree s q) s.freeNext 0 (count (isFree s) 8192 + 1) := by
  have t := Ring.tour (M := s.listed) h.free.ring (h.listed_iff.2 (.inl rfl)) fun _ hq => hq.1
  rw [count_listed h] at t
  exact ⟨fun p => h.listed_iff.symm.trans (t.visits p), t.once, t.back⟩

/-- The same backwards. -/
theorem free_list_back (h : Inv s) : Tour (fun q => q = 0 ∨ isFree s q) s.freePrev 0 (count (isFree s) 8192 + 1) := by
  have t := Ring.tour (M := s.listed) h.free.ring.reverse (h.listed_iff.2 (.inl rfl)) fun _ hq => hq.1
  rw [count_listed h] at t
  exact ⟨fun p => h.listed_iff.symm.trans (t.visits p), t.once, t.back⟩

/-- The page after page 0 on the free list is free, or no page is free: user space finds a free page with one look. -/
theorem first_free (h : Inv s) : isFree s (s.freeNext 0) ∨ ∀ q, ¬ isFree s q := by
  have h0 : onFreeList s.pageType 0 := h.listed_iff.2 (.inl rfl)
  rcases h.listed_iff.1 (h.free.ring.next_mem 0 h0) with h1 | h1
  · refine .inr fun q hq => ?_
    have := h.free.ring.eq_of_next_self h0 (h.listed_iff.2 (.inr hq)) h1
    have h3 : s.pageType 0 = .reserved := (h.page.reserved 0 (by omega)).2 rfl
    have h2 := hq.2
    rw [this, h3] at h2
    cases h2
  · exact .inl h1

end Lv6.Spec
