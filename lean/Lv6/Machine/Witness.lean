module
public import Lv6.Machine.Reachable
public import Lv6.Theorems.Witness
/-!
# User code does run, and stores

The theorems about what a process may do while it runs would say nothing if none ever did. From the start, init makes four
calls, gets the processor, the processor walks for address 0 and remembers where that led, and a store changes init's frame.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Witness

/-- A boot scan that has found nothing. -/
def nothing : Scan where
  count := 0
  iommu := 0
  ecam := 0
  devid _ := 0
  classCode _ := 0
  barBase _ _ := 0
  barSize _ _ := 0

theorem bootDevices_nothing (s : State) : (bootDevices s nothing).2 = reserve s := by
  unfold bootDevices
  rw [if_neg (by decide), if_neg (by rintro ⟨n, hn, _⟩; cases hn), if_neg (by decide)]
  rfl

/-- The start. -/
def first : Machine where
  kernel := reserve start
  mode := .kernel
  cache _ _ _ _ _ := False
  levels := .four
  context _ := none
  remembered _ _ _ _ := False

theorem Saved.refl (s s' : State) : Saved s s' s' := ⟨⟨s'.word, rfl⟩, fun _ _ _ => rfl⟩

/-- A machine in the kernel, whose state is `s`, and in which nothing is remembered. -/
structure Built (m : Machine) (s : State) : Prop where
  reachable : Reachable 512 m
  mode : m.mode = .kernel
  kernel : m.kernel = s
  cache : ∀ p va l n w, ¬ m.cache p va l n w

theorem built_first : Built first (reserve start) :=
  ⟨.start ⟨⟨nothing, (bootDevices_nothing start).symm⟩, rfl, fun _ => rfl, fun _ _ _ _ => id⟩, rfl, rfl, fun _ _ _ _ _ => id⟩

/-- The state after a call whose requests have been carried out. -/
def called (s : State) (nr : Nat) (a b c d e : Word) : State := requestsDone (dispatchProcesses s nr a b c d e).2

theorem Built.call {m : Machine} {s : State} (h : Built m s) (nr : Nat) (a b c d e : Word) :
    ∃ m', Built m' (called s nr a b c d e) := by
  obtain ⟨hr, hm, rfl, hc⟩ := h
  exact ⟨_, (hr.step (.call hm (.processes nr a b c d e) (Saved.refl _ _))).step (.carryOut rfl
    (context := fun d => if d < 65536 then State.deviceStart _ _ d else m.context d) (c := fun _ _ _ _ => False)
    ⟨fun d => by by_cases hd : d < 65536 <;> simp [hd], fun d hd _ => if_pos hd⟩ (fun _ _ _ _ h => h.elim)
    fun _ _ _ _ _ => id), rfl, rfl, hc⟩

/-- Init makes three calls for tables, in pages 4 to 6, and one for a frame, page 7. -/
def four : State :=
  called (called (called (called (reserve start) 20 1 1 0 4 3) 21 1 4 0 5 3) 22 1 5 0 6 3) 23 1 6 0 7 3

theorem built : ∃ m, Built m four :=
  have ⟨_, h⟩ := built_first.call 20 1 1 0 4 3
  have ⟨_, h⟩ := h.call 21 1 4 0 5 3
  have ⟨_, h⟩ := h.call 22 1 5 0 6 3
  h.call 23 1 6 0 7 3

/-- Init's state when it has got the processor. -/
def runs : State := { four with flushTlb := upd four.flushTlb four.current 0 }

/-- A machine in which init runs, and the processor remembers, for address 0, that the walk comes to the page `q` at level `l`,
or `q` is the root table. -/
structure Walked (m : Machine) (l q : Nat) : Prop where
  reachable : Reachable 512 m
  mode : m.mode = .user
  kernel : m.kernel = runs
  begins : m.cache 1 0#64 l (512 + q) true ∨ l = 4 ∧ q = 1

theorem Walked.from {m : Machine} {l q : Nat} (h : Walked m l q) : m.Begins 0#64 l (512 + q) true := by
  unfold Machine.Begins
  rw [h.kernel, show runs.current = 1 by decide +kernel, show runs.base + runs.root 1 = 512 + 1 by decide +kernel]
  exact h.begins.imp id fun ⟨h1, h2⟩ => ⟨.inl (by decide), h1, by rw [h2], rfl⟩

/-- The processor walks one step, and remembers. -/
theorem Walked.next {m : Machine} {l q r : Nat} (h : Walked m (l + 1) q)
    (hq : target runs.base (512 + q) = .page q ∧ (runs.word q (vaIndex 0#64 l)).present = true ∧
      (runs.word q (vaIndex 0#64 l)).large = false ∧ (runs.word q (vaIndex 0#64 l)).pfn = 512 + r ∧
      (runs.word q (vaIndex 0#64 l)).writable = true) : ∃ m', Walked m' l r := by
  obtain ⟨h1, h2, h3, h4, h5⟩ := hq
  have hn := State.Next.entry (w := true) q h1 h2 (.inl h3)
  rw [h4, h5, ← h.kernel] at hn
  refine ⟨_, h.reachable.step (.user h.mode (.fill 0#64 h.from hn)), h.mode, h.kernel, .inl (.inr ⟨?_, rfl, rfl, rfl, rfl⟩)⟩
  rw [h.kernel]; decide +kernel

/-- Init gets the processor, and after four steps of a walk that remembers a translation. -/
theorem walked : ∃ m, Walked m 0 7 := by
  obtain ⟨m, hr, hm, hk, hc⟩ := built
  have h4 : Walked _ 4 1 := ⟨hr.step (.enter hm (cache := m.cache) (fun _ _ _ _ _ => id) fun _ _ _ _ _ => hc _ _ _ _ _), rfl,
    by rw [hk]; rfl, .inr ⟨rfl, rfl⟩⟩
  obtain ⟨m, h3⟩ := h4.next (r := 4) (by decide +kernel)
  obtain ⟨m, h2⟩ := h3.next (r := 5) (by decide +kernel)
  obtain ⟨m, h1⟩ := h2.next (r := 6) (by decide +kernel)
  exact h1.next (r := 7) (by decide +kernel)

/-- **A process runs and stores.** There is a reachable machine in which user code has the processor, the processor remembers a
writable page for address 0, and a store of any word through it changes the frame of the process. -/
theorem store_happens (v : Word) : ∃ m m', Reachable 512 m ∧ m.mode = .user ∧ m.cache m.kernel.current 0#64 0 (512 + 7) true ∧
    m.kernel.word 7 0 = 0#64 ∧ Step m m' ∧ m'.kernel.word 7 0 = v := by
  obtain ⟨m, h⟩ := walked
  have hc : m.cache m.kernel.current 0#64 0 (512 + 7) true := by
    rw [h.kernel, show runs.current = 1 by decide +kernel]; exact h.begins.resolve_right nofun
  have hs : Stored m.kernel (512 + 7) 0 v { m.kernel with word := upd2 m.kernel.word 7 0 v } := by
    have ht : target m.kernel.base (512 + 7) = .page 7 := by rw [h.kernel]; decide +kernel
    simp only [Stored, ht]
  refine ⟨m, _, h.reachable, h.mode, hc, by rw [h.kernel]; decide +kernel, .user h.mode (.store 0#64 0 v hc hs), ?_⟩
  exact upd2_same m.kernel.word 7 0 v

end Lv6.Spec.Witness
