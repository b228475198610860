module
public import Lv6.Machine.State
public import Lv6.Spec.Keep.Table
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Theorems.Tlb
/-!
# The processor remembers nothing outdated

What the processor remembers for a process may be outdated only as long as a flush is requested; and then the process does not
run. This is kept by every step that obeys the TLB rule, and it makes isolation hold for what is remembered, not only for
what the tables say.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State} {c c' : Cache} {m m' : Machine}

/-- Whatever the processor remembers for a live process for which no flush is requested, is what its page tables say now. -/
def TlbOk (s : State) (c : Cache) : Prop :=
  ∀ p va l n w, isPid p → s.live p → s.flushTlb p ≠ 1 → c p va l n w → s.Reads p va l n w

theorem TlbOk.forget (hc : TlbOk s c) (hf : c.Forgets c') : TlbOk s c' := fun p va l n w h1 h2 h3 h4 =>
  hc p va l n w h1 h2 h3 (hf _ _ _ _ _ h4)

/-- A step that obeys the TLB rule makes nothing outdated, unless it requests a flush. -/
theorem TlbOk.step (h : Inv s) (hc : TlbOk s c) (ht : TlbRule s s') : TlbOk s' c := by
  intro p va l n w hp hl hf hx
  obtain ⟨h1, h2⟩ := (ht.fresh p hp.2 hl).resolve_right hf
  have hr := hc p va l n w hp h1 (fun e => hf (ht.pending p e)) hx
  refine hr.congr h hp h1 ht.base h2 fun q i k hq ho hk => ?_
  by_cases e : s'.word q i = s.word q i
  · rw [e]; exact .refl _
  · exact (hf (ho ▸ ht.changed q i k hq hk e)).elim

/-- A step that changes contents only, and in page tables no more than accessed and dirty bits, makes nothing outdated. -/
theorem TlbOk.contents (h : Inv s) (hc : TlbOk s c) {word dmaWord : Nat → Nat → Word}
    (hw : ∀ q i k, s.mem.level q = some (k + 1) → SameButAD (s.word q i) (word q i)) :
    TlbOk { s with word := word, dmaWord := dmaWord } c := fun p va l n w hp hl hf hx =>
  (hc p va l n w hp hl hf hx).congr h hp hl rfl rfl fun q i k _ _ hk => hw q i k hk

/-! ## While a process runs -/

/-- What a step of user code may change: words of frames of the process, words of its DMA pages, and accessed and dirty bits of
its page tables. -/
structure UserFrame (s s' : State) : Prop where
  rest : s' = { s with word := s'.word, dmaWord := s'.dmaWord }
  word : ∀ q i, s'.word q i = s.word q i ∨ s.pageOwner q = s.current ∧
    (s.pageType q = .frame ∨ (∃ k, s.mem.level q = some (k + 1)) ∧ SameButAD (s.word q i) (s'.word q i))
  dma : ∀ d i, s'.dmaWord d i = s.dmaWord d i ∨ s.dmaOwner d = s.current

theorem UserFrame.refl (s : State) : UserFrame s s := ⟨rfl, fun _ _ => .inl rfl, fun _ _ => .inl rfl⟩

/-- Where the processor may begin for the current process is on the way that its tables say now. -/
theorem Machine.Begins.reads (h : Inv m.kernel) (hc : TlbOk m.kernel m.cache)
    (hf : m.kernel.flushTlb m.kernel.current ≠ 1) {va : Word} {l n : Nat} {w : Bool} (hb : m.Begins va l n w) :
    m.kernel.Reads m.kernel.current va l n w := by
  rcases hb with hb | ⟨hb, rfl, rfl, rfl⟩
  · exact hc _ _ _ _ _ h.proc.pid h.current_live hf hb
  · exact .root hb

/-- **Integrity of user code.** Whatever a process does while it has the processor, and whatever the processor does for it,
going by what it remembers or by the tables: nothing changes but frames and DMA pages of that process, and accessed and
dirty bits of its own page tables; and nothing outdated is remembered. -/
theorem UserStep.ok (h : Inv m.kernel) (hc : TlbOk m.kernel m.cache) (hf : m.kernel.flushTlb m.kernel.current ≠ 1)
    (hs : UserStep m m') : UserFrame m.kernel m'.kernel ∧ TlbOk m.kernel m'.cache ∧
      m' = { m with kernel := m'.kernel, cache := m'.cache } := by
  cases hs with
  | @fill va l n l' n' w w' hb hn =>
    refine ⟨.refl _, fun p va' l₁ n₁ w₁ hp hl hf' hx => ?_, rfl⟩
    rcases hx with hx | ⟨rfl, rfl, rfl, rfl, rfl⟩
    · exact hc _ _ _ _ _ hp hl hf' hx
    · exact (hb.reads h hc hf).next hn
  | @mark va l n q w e hb ht he =>
    obtain ⟨q', k, ht', ho, hk⟩ := (hb.reads h hc hf).table h h.proc.pid h.current_live
    rw [ht] at ht'; cases ht'
    refine ⟨⟨rfl, fun r i => ?_, fun _ _ => .inl rfl⟩, hc, rfl⟩
    dsimp only
    by_cases hr : r = q ∧ i = vaIndex va l
    · right
      rw [upd2_apply, if_pos hr, hr.1, hr.2]
      exact ⟨ho, .inr ⟨⟨k, hk⟩, he⟩⟩
    · left; rw [upd2_apply, if_neg hr]
  | astray va hb ht m' =>
    obtain ⟨q, _, ht', _⟩ := (hb.reads h hc hf).table h h.proc.pid h.current_live
    exact (ht q ht').elim
  | @store va n i v s' hx hs =>
    have ha := (hc _ _ _ _ _ h.proc.pid h.current_live hf hx).access h h.proc.pid h.current_live
    refine ⟨?_, hc, rfl⟩
    unfold Stored at hs
    unfold MayAccess at ha
    generalize target m.kernel.base n = t at hs ha
    cases t with
    | page q =>
      dsimp only at hs ha ⊢
      subst hs
      refine ⟨rfl, fun r j => ?_, fun _ _ => .inl rfl⟩
      dsimp only
      by_cases hr : r = q ∧ j = i
      · right; rw [hr.1]; exact ⟨ha.1, .inl (ha.2.2 rfl)⟩
      · left; rw [upd2_apply, if_neg hr]
    | dma d =>
      dsimp only at hs ha ⊢
      subst hs
      refine ⟨rfl, fun _ _ => .inl rfl, fun r j => ?_⟩
      dsimp only
      by_cases hr : r = d ∧ j = i
      · right; rw [hr.1]; exact ha
      · left; rw [upd2_apply, if_neg hr]
    | pci _ => dsimp only at hs ⊢; rw [hs]; exact .refl _
    | kernel _ _ => cases ha
    | other => exact ha.elim

/-- In page tables user code changes nothing but accessed and dirty bits. -/
theorem UserFrame.tables (hu : UserFrame s s') : ∀ q i k, s.mem.level q = some (k + 1) →
    SameButAD (s.word q i) (s'.word q i) := by
  intro q i k hk
  rcases hu.word q i with h1 | ⟨_, h1 | ⟨_, h1⟩⟩
  · rw [h1]; exact .refl _
  · have hk : (s.pageType q).level = some (k + 1) := hk
    rw [h1] at hk; cases hk
  · exact h1

/-- What user code changes is within what a call of the same process may change. -/
theorem UserFrame.integrity (hu : UserFrame s s') : Integrity s s' := by
  obtain ⟨rest, word, dma⟩ := hu
  generalize s'.word = w, s'.dmaWord = d at rest word dma
  subst rest
  exact { word := fun q i => (word q i).imp id fun h => .inl (.inl h.1), dmaWord := fun d i => (dma d i).imp id .inl }

/-- User code changes no IOMMU table. -/
theorem UserFrame.deviceTables (hu : UserFrame s s') {q l : Nat} (hl : (s.pageType q).iommuLevel = some l) :
    s'.word q = s.word q := by
  refine funext fun i => (hu.word q i).resolve_right ?_
  rintro ⟨_, e | ⟨⟨k, e⟩, _⟩⟩
  · rw [e] at hl; cases hl
  · rw [iommuLevel_of_level (show (s.pageType q).level = some (k + 1) from e)] at hl; cases hl

/-- User code changes no kernel data. -/
theorem UserFrame.kernelData (hu : UserFrame s s') {q : Nat} (hq : s.pageType q = .procData) : s'.word q = s.word q := by
  refine funext fun i => (hu.word q i).resolve_right ?_
  rintro ⟨_, e | ⟨⟨k, e⟩, _⟩⟩
  · rw [hq] at e; cases e
  · have e : (s.pageType q).level = some (k + 1) := e
    rw [hq] at e; cases e

/-- Contents of frames and DMA pages, and accessed and dirty bits, do not matter to the kernel. -/
theorem UserFrame.inv (h : Inv s) (hu : UserFrame s s') : Inv s' := by
  have ht := hu.tables
  have hd : IommuInv { s.deviceMem with word := s'.word } := h.iommu.data fun q l _ _ hl => hu.deviceTables hl
  have hp := h.bitmapData fun _ hq => hu.kernelData hq
  rw [hu.rest]
  have h1 : TableInv { s.mem with word := s'.word } := h.table.step rfl
    (fun q i l _ _ h1 h2 _ => ⟨h1, rfl, h2, ht q i l h2⟩) (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) (fun _ _ => rfl) rfl
  exact { h with table := h1, iommu := hd, port := hp }

end Lv6.Spec
