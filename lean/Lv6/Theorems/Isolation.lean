module
public import Lv6.Spec.Bounds
public import Lv6.Theorems.Walk
/-!
# Memory isolation

What a live process can reach, whatever address it uses and whatever it has put into its page tables.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State} {p : Nat}

/-- What `p` may reach at a page frame, and whether it may write there: -/
def MayAccess (s : State) (p : Nat) (w : Bool) : Target → Prop
  /- a frame of its own; one of its own page tables, but not to write; -/
  | .page q => s.pageOwner q = p ∧ (∃ l, (s.pageType q).level = some l) ∧ (w = true → s.pageType q = .frame)
  /- a kernel table that is made public, but not to write; -/
  | .kernel _ _ => w = false
  /- a DMA page that it has claimed; -/
  | .dma d => s.dmaOwner d = p
  /- the registers of a device that it has claimed, and its configuration space, but that not to write; -/
  | .pci c => s.pciPageValid c = true ∧ s.pciOwner (s.pciPageDev c) = p ∧ (w = true → s.pciPageConfig c = false)
  /- nothing else. -/
  | .other => False

/-- A walk ends well for `p`: it faults, or reaches what `p` may access in that way. -/
def Walk.Good (s : State) (p : Nat) : Walk → Prop
  | .fault => True
  | .wild => False
  | .hit n w => MayAccess s p w (target s.base n)

/-- The page frame `n` holds a page of `p` that stands at level `l` of a walk. Only the root can stand lower than its own
level, where it is mapped into itself, and then no store is allowed. -/
def Stands (s : State) (p l : Nat) (w : Bool) (n : Nat) : Prop :=
  ∃ q k, target s.base n = .page q ∧ s.pageOwner q = p ∧ s.mem.level q = some k ∧ l ≤ k ∧ (w = true → k = l)

/-- One step of the walk: a present entry leads to a page that stands one level lower, or, from the lowest tables, to
something else that the process may access. -/
theorem Stands.next (h : TableInv s.mem) {l n : Nat} {w : Bool} (h0 : p ≠ 0) (hp : s.live p) (hs : Stands s p (l + 1) w n) :
    ∃ q k, target s.base n = .page q ∧ s.pageOwner q = p ∧ s.mem.level q = some (k + 1) ∧
      ∀ i, i < 512 → (s.word q i).present = true → (s.word q i).large = false ∧
        (Stands s p l (w && (s.word q i).writable) (s.word q i).pfn ∨
          (l = 0 ∧ MayAccess s p (w && (s.word q i).writable) (target s.base (s.word q i).pfn))) := by
  obtain ⟨q, k, hn, ho, hk, hl, hw⟩ := hs
  obtain ⟨k, rfl⟩ : ∃ j, k = j + 1 := ⟨k - 1, by omega⟩
  refine ⟨q, k, hn, ho, hk, fun i hi hpr => ?_⟩
  have he := h.entries q i k (target_eq_page hn).2 hi (show s.live (s.pageOwner q) from ho ▸ hp) hk hpr
  refine ⟨he.large, ?_⟩
  have hpt : PointsOk s.mem (s.pageOwner q) q k (s.word q i).writable (target s.base (s.word q i).pfn) := he.points
  rw [ho] at hpt
  generalize ht : target s.base (s.word q i).pfn = t at hpt ⊢
  cases t with
  | page r =>
    left
    obtain ⟨h1, h2 | ⟨rfl, rfl, h3⟩⟩ := hpt
    · exact ⟨r, k, ht, h1, h2, by omega, by grind⟩
    · exact ⟨r, _, ht, h1, hk, by omega, by grind⟩
  | kernel x m => right; obtain ⟨h1, h2⟩ := hpt; exact ⟨by omega, by simp [MayAccess, h2]⟩
  | dma d => right; obtain ⟨h1, h2⟩ := hpt; exact ⟨by omega, h2⟩
  | pci c =>
    right; obtain ⟨h1, h2, h3⟩ := hpt
    simp only [State.mem] at h2
    split at h2
    · next hv => exact ⟨by omega, hv, h2, fun hw => h3 (by simp only [Bool.and_eq_true] at hw; exact hw.2)⟩
    · exact (h0 h2.symm).elim
  | other => exact hpt.elim

theorem walkFrom_good (h : TableInv s.mem) (h0 : p ≠ 0) (hp : s.live p) (va : Word) : ∀ l n w,
    (Stands s p l w n ∨ (l = 0 ∧ MayAccess s p w (target s.base n))) → (s.walkFrom va l n w).Good s p := by
  intro l
  induction l with
  | zero =>
    intro n w hs
    rcases hs with ⟨q, k, hn, ho, hk, _, hw⟩ | ⟨_, hm⟩
    · simp only [State.walkFrom, Walk.Good, hn, MayAccess]
      exact ⟨ho, ⟨k, hk⟩, fun h1 => level_inj (l := 0) (hw h1 ▸ hk) rfl⟩
    · exact hm
  | succ l ih =>
    intro n w hs
    rcases hs with hs | ⟨h0', _⟩
    · obtain ⟨q, k, hn, ho, hk, hi⟩ := hs.next h h0 hp
      simp only [State.walkFrom, hn]
      split
      · trivial
      · next hpr =>
        obtain ⟨h1, h2⟩ := hi (vaIndex va l) (vaIndex_lt _ _) (by simpa using hpr)
        simp only [h1, Bool.false_eq_true, false_and, if_false]
        exact ih _ _ h2
    · omega

/-- The walk starts at the root table of the process. -/
theorem Inv.stands_root (h : Inv s) (hi : isPid p) (hp : s.live p) : Stands s p 4 true (s.base + s.root p) :=
  have ⟨h1, h2, h3⟩ := h.root.rootPage p hi.2 hp
  ⟨_, 4, target_page h1, h2, show (s.pageType _).level = _ by rw [h3]; rfl, by omega, fun _ => rfl⟩

/-- **Memory isolation.** Whatever address a live process uses, and whatever it has put into its page tables, the processor
either faults or reaches one of these: a frame or a page table of the process itself, writable only if it is a frame; a
public kernel table, never writable; a DMA page or the registers of a device that the process has claimed, or that device's
configuration space, never writable. It never reaches anything else: no page of another process, no free page, none of the
kernel's own memory. -/
theorem isolation (h : Inv s) (hi : isPid p) (hp : s.live p) (va : Word) : (s.walk p va).Good s p := by
  unfold State.walk
  split
  · exact walkFrom_good h.table (h.live_ne_zero hp) hp va _ _ _ (.inl (h.stands_root hi hp))
  · trivial

/-- The same, when it is known what the processor reaches. -/
theorem Inv.hit (h : Inv s) (hi : isPid p) (hp : s.live p) {va : Word} {n : Nat} {w : Bool} (hw : s.walk p va = .hit n w) :
    MayAccess s p w (target s.base n) := by
  have := isolation h hi hp va; rw [hw] at this; exact this

/-- The processor never looks for a page table of a live process outside the RAM pages. -/
theorem never_wild (h : Inv s) (hi : isPid p) (hp : s.live p) (va : Word) : s.walk p va ≠ .wild := fun e => by
  have := isolation h hi hp va; rw [e] at this; exact this

/-- A live process reaches only pages that belong to it. -/
theorem reach_own (h : Inv s) (hi : isPid p) (hp : s.live p) {va : Word} {q : Nat} {w : Bool}
    (hw : s.walk p va = .hit (s.base + q) w) (hq : q < 8192) : s.pageOwner q = p := by
  have := h.hit hi hp hw; rw [target_page hq] at this; exact this.1

/-- The only pages that a live process can write to are its own frames: not a page table, not the page with its registers,
not its control block. -/
theorem write_frame (h : Inv s) (hi : isPid p) (hp : s.live p) {va : Word} {q : Nat}
    (hw : s.walk p va = .hit (s.base + q) true) (hq : q < 8192) : s.pageOwner q = p ∧ s.pageType q = .frame := by
  have := h.hit hi hp hw; rw [target_page hq] at this; exact ⟨this.1, this.2.2 rfl⟩

/-- The saved registers of processes, their control blocks and I/O bitmaps are out of reach for everyone, even to read. -/
theorem no_kernel_data (h : Inv s) (hi : isPid p) (hp : s.live p) {va : Word} {q : Nat} {w : Bool} (hq : q < 8192)
    (ht : s.pageType q = .procData) : s.walk p va ≠ .hit (s.base + q) w := fun e => by
  have := h.hit hi hp e
  rw [target_page hq] at this
  obtain ⟨l, hl⟩ := this.2.1
  rw [ht] at hl; cases hl

/-- Two live processes never reach the same page frame, other than public kernel tables, which neither can write to. -/
theorem no_sharing (h : Inv s) {p' : Nat} (hi : isPid p) (hi' : isPid p') (hp : s.live p) (hp' : s.live p') (hne : p ≠ p')
    {va va' : Word} {n : Nat} {w w' : Bool} (hw : s.walk p va = .hit n w) (hw' : s.walk p' va' = .hit n w') :
    (∃ t k, target s.base n = .kernel t k) ∧ w = false ∧ w' = false := by
  have h1 := h.hit hi hp hw
  have h2 := h.hit hi' hp' hw'
  generalize target s.base n = t at h1 h2
  cases t with
  | page q => exact (hne (h1.1.symm.trans h2.1)).elim
  | kernel t k => exact ⟨⟨t, k, rfl⟩, h1, h2⟩
  | dma d => exact (hne (h1.symm.trans h2)).elim
  | pci c => exact (hne (h1.2.1.symm.trans h2.2.1)).elim
  | other => exact h1.elim

/-! ## What a walk depends on -/

theorem visitedFrom_own (h : TableInv s.mem) (h0 : p ≠ 0) (hp : s.live p) (va : Word) : ∀ l n w,
    (Stands s p l w n ∨ l = 0) →
    ∀ x ∈ s.visitedFrom va l n, s.pageOwner x.1 = p ∧ ∃ k, s.mem.level x.1 = some (k + 1) := by
  intro l
  induction l with
  | zero => intro _ _ _ x hx; cases hx
  | succ l ih =>
    intro n w hs x hx
    rcases hs with hs | h0'
    · obtain ⟨q, k, hn, ho, hk, hi⟩ := hs.next h h0 hp
      simp only [State.visitedFrom, hn, List.mem_cons] at hx
      rcases hx with rfl | hx
      · exact ⟨ho, k, hk⟩
      · split at hx
        · cases hx
        · next hpr =>
          obtain ⟨h1, h2⟩ := hi (vaIndex va l) (vaIndex_lt _ _) (by simp only [not_or] at hpr; simpa using hpr.1)
          exact ih _ _ (h2.imp id (·.1)) x hx
    · omega

/-- While it walks for a live process, the processor reads and marks only page tables of that process. -/
theorem visited_own (h : Inv s) (hi : isPid p) (hp : s.live p) (va : Word) :
    ∀ x ∈ s.visited p va, s.pageOwner x.1 = p ∧ ∃ k, s.mem.level x.1 = some (k + 1) :=
  visitedFrom_own h.table (h.live_ne_zero hp) hp va 4 _ _ (.inl (h.stands_root hi hp))

theorem walkFrom_congr (h : TableInv s.mem) (h0 : p ≠ 0) (hp : s.live p) (hb : s'.base = s.base)
    (hw : ∀ q l i, q < 8192 → i < 512 → s.pageOwner q = p → s.mem.level q = some (l + 1) →
      SameButAD (s.word q i) (s'.word q i)) (va : Word) : ∀ l n w,
    (Stands s p l w n ∨ l = 0) → s'.walkFrom va l n w = s.walkFrom va l n w := by
  intro l
  induction l with
  | zero => intros; rfl
  | succ l ih =>
    intro n w hs
    rcases hs with hs | h0'
    · obtain ⟨q, k, hn, ho, hk, hi⟩ := hs.next h h0 hp
      have hx := hw q k (vaIndex va l) (target_eq_page hn).2 (vaIndex_lt _ _) ho hk
      simp only [State.walkFrom, hb, hn, hx.present, hx.large, hx.writable, hx.pfn]
      split
      · rfl
      · next hpr =>
        obtain ⟨h1, h2⟩ := hi (vaIndex va l) (vaIndex_lt _ _) (by simpa using hpr)
        simp only [h1, Bool.false_eq_true, false_and, if_false]
        exact ih _ _ (h2.imp id (·.1))
    · omega

/-- What a live process reaches depends on its own page tables only, and there not on the accessed and dirty bits: as long
as these stay, no other change of the state changes its address space. -/
theorem walk_congr (h : Inv s) (hi : isPid p) (hp : s.live p) (hb : s'.base = s.base) (hr : s'.root p = s.root p)
    (hw : ∀ q l i, q < 8192 → i < 512 → s.pageOwner q = p → s.mem.level q = some (l + 1) →
      SameButAD (s.word q i) (s'.word q i)) (va : Word) : s'.walk p va = s.walk p va := by
  unfold State.walk
  rw [hb, hr, walkFrom_congr h.table (h.live_ne_zero hp) hp hb hw va 4 _ _ (.inl (h.stands_root hi hp))]

end Lv6.Spec
