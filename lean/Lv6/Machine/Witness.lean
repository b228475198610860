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

/-- A machine in the kernel, in which init has so many pages of the chain, and nothing is remembered. -/
structure Built (m : Machine) (top : Nat) : Prop where
  reachable : Reachable 512 m
  mode : m.mode = .kernel
  chain : Chain m.kernel top
  cache : ∀ p va l n w, ¬ m.cache p va l n w

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

theorem built_first : Built first 3 :=
  have h := start_chain
  ⟨.start ⟨⟨nothing, (bootDevices_nothing start).symm⟩, rfl, fun _ => rfl, fun _ _ _ _ => id⟩, rfl,
    ⟨h.current, h.base, h.root, h.first, h.type, h.owner, h.word⟩, fun _ _ _ _ _ => id⟩

theorem Saved.refl (s s' : State) : Saved s s' s' := ⟨⟨s'.word, rfl⟩, fun _ _ _ => rfl⟩

/-- After a call that gives init the next page of the chain, and after its requests have been carried out. -/
theorem Built.grow {m : Machine} {top table : Nat} {parent child : PageType} (h : Built m top) (h3 : 3 ≤ top) (h7 : top < 7)
    (ht : table = if top = 3 then 1 else top) (hp : m.kernel.pageType table = parent) (hc : child = kind (top + 1))
    (hs : Called m.kernel (allocMapped m.kernel 1 table 0 (top + 1) readWrite parent child).2) :
    ∃ m', Built m' (top + 1) := by
  have hx := (h.chain.grow h3 h7 ht hp hc).2
  exact ⟨_, (h.reachable.step (.call h.mode hs (Saved.refl _ _))).step (.carryOut rfl
    (context := fun d => if d < 65536 then State.deviceStart _ _ d else m.context d) (c := fun _ _ _ _ => False)
    ⟨fun d => by by_cases hd : d < 65536 <;> simp [hd], fun d hd _ => if_pos hd⟩ (fun _ _ _ _ h => h.elim) fun _ _ _ _ _ => id), rfl,
    ⟨hx.current, hx.base, hx.root, hx.first, hx.type, hx.owner, hx.word⟩, h.cache⟩

/-- Four calls. -/
theorem built : ∃ m, Built m 7 := by
  have h3 := built_first
  obtain ⟨m, h4⟩ := h3.grow (by decide) (by decide) rfl h3.chain.first rfl
    (.processes 20 1#64 1#64 0#64 4#64 readWrite)
  obtain ⟨m, h5⟩ := h4.grow (by decide) (by decide) rfl (h4.chain.type 4 (by decide)) rfl
    (.processes 21 1#64 4#64 0#64 5#64 readWrite)
  obtain ⟨m, h6⟩ := h5.grow (by decide) (by decide) rfl (h5.chain.type 5 (by decide)) rfl
    (.processes 22 1#64 5#64 0#64 6#64 readWrite)
  exact h6.grow (by decide) (by decide) rfl (h6.chain.type 6 (by decide)) rfl
    (.processes 23 1#64 6#64 0#64 7#64 readWrite)

/-- A machine in which init runs, and the processor remembers, for address 0, that the walk comes to the page `r` at level `l`,
or `r` is the root table. -/
structure Walked (m : Machine) (l r : Nat) : Prop where
  reachable : Reachable 512 m
  mode : m.mode = .user
  chain : Chain m.kernel 7
  begins : m.Begins 0#64 l (512 + r) true
  cache : l = 0 → m.cache 1 0#64 0 (512 + r) true

/-- Init gets the processor. -/
theorem Built.enter {m : Machine} (h : Built m 7) : ∃ m', Walked m' 4 1 := by
  have hx := h.chain
  refine ⟨_, h.reachable.step (.enter h.mode (cache := m.cache) (fun _ _ _ _ _ => id) fun _ _ _ _ _ => h.cache _ _ _ _ _), rfl,
    ⟨hx.current, hx.base, hx.root, hx.first, hx.type, hx.owner, hx.word⟩, .inr ⟨.inl (by decide), rfl, ?_, rfl⟩, nofun⟩
  show 512 + 1 = m.kernel.base + m.kernel.root m.kernel.current
  rw [hx.current, hx.base, hx.root]

/-- The processor walks one step, and remembers. -/
theorem Walked.next {m : Machine} {l q r : Nat} (h : Walked m (l + 1) q)
    (hq : q = 1 ∧ r = 4 ∨ 4 ≤ q ∧ q < 7 ∧ r = q + 1) : ∃ m', Walked m' l r := by
  have hx := h.chain
  have hi : vaIndex 0#64 l = 0 := by simp [vaIndex]
  have hw : m.kernel.word q (vaIndex 0#64 l) = makeEntry (512 + r) readWrite := by rw [hi, hx.word]; grind
  have ht : target m.kernel.base (512 + q) = .page q := by rw [hx.base]; exact target_page (by omega)
  have hn := State.Next.entry (s := m.kernel) (va := 0#64) (l := l) (w := true) q ht
    (by rw [hw, present_makeEntry]; exact isPerm_readWrite.2) (.inl (by rw [hw, large_makeEntry _ isPerm_readWrite]))
  rw [hw, pfn_makeEntry (by omega) isPerm_readWrite, writable_makeEntry] at hn
  have hc : m.cache.add m.kernel.current 0#64 l (512 + r) true m.kernel.current 0#64 l (512 + r) true :=
    .inr ⟨rfl, rfl, rfl, rfl, rfl⟩
  refine ⟨_, h.reachable.step (.user h.mode (.fill 0#64 h.begins hn)), h.mode, hx, .inl hc, fun e => ?_⟩
  subst e
  show m.cache.add _ _ _ _ _ 1 _ _ _ _
  rw [← hx.current]; exact hc

/-- After four steps of a walk, the processor remembers a translation. -/
theorem walked : ∃ m, Walked m 0 7 := by
  obtain ⟨m, hm⟩ := built
  obtain ⟨m, h4⟩ := hm.enter
  obtain ⟨m, h3⟩ := h4.next (r := 4) (.inl ⟨rfl, rfl⟩)
  obtain ⟨m, h2⟩ := h3.next (r := 5) (.inr ⟨by decide, by decide, rfl⟩)
  obtain ⟨m, h1⟩ := h2.next (r := 6) (.inr ⟨by decide, by decide, rfl⟩)
  exact h1.next (r := 7) (.inr ⟨by decide, by decide, rfl⟩)

/-- **A process runs and stores.** There is a reachable machine in which user code has the processor, the processor remembers a
writable page for address 0, and a store of any word through it changes the frame of the process. -/
theorem store_happens (v : Word) : ∃ m m', Reachable 512 m ∧ m.mode = .user ∧ m.cache m.kernel.current 0#64 0 (512 + 7) true ∧
    m.kernel.word 7 0 = 0#64 ∧ Step m m' ∧ m'.kernel.word 7 0 = v := by
  obtain ⟨m, h⟩ := walked
  have hx := h.chain
  have hc : m.cache m.kernel.current 0#64 0 (512 + 7) true := by rw [hx.current]; exact h.cache rfl
  have hs : Stored m.kernel (512 + 7) 0 v { m.kernel with word := upd2 m.kernel.word 7 0 v } := by
    have ht : target m.kernel.base (512 + 7) = .page 7 := by rw [hx.base]; exact target_page (by omega)
    simp only [Stored, ht]
  refine ⟨m, _, h.reachable, h.mode, hc, by rw [hx.word]; rfl, .user h.mode (.store 0#64 0 v hc hs), ?_⟩
  exact upd2_same m.kernel.word 7 0 v

end Lv6.Spec.Witness
