module
public import Lv6.Spec.Keep.IommuTable
/-!
# Keeping the invariant: the parts that depend on what processes are doing

Lemmas that the proofs of several calls share.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {state state' : Nat → ProcState} {p v : Nat}

/-! ## Nobody comes to life -/

/-- Between `state` and `state'` nobody comes to life and nobody falls asleep. -/
structure Calm (state state' : Nat → ProcState) : Prop where
  live : ∀ p, (state' p).isLive = true → (state p).isLive = true
  sleeping : ∀ p, state' p = .sleeping → state p = .sleeping

theorem Calm.refl (state : Nat → ProcState) : Calm state state := ⟨fun _ h => h, fun _ h => h⟩

theorem Calm.upd (h : Calm state state') {t : ProcState} (hl : t.isLive = true → (state p).isLive = true)
    (hs : t ≠ .sleeping) : Calm state (upd state' p t) := by
  constructor <;> intro q hq <;> simp only [Spec.upd] at hq <;> split at hq
  · next e => exact e ▸ hl hq
  · exact h.live q hq
  · exact (hs hq).elim
  · exact h.sleeping q hq

theorem RootInv.fewer {root stack hvm useIoBitmap ioBitmapA ioBitmapB : Nat → Nat} {pageType : Nat → PageType}
    {pageOwner : Nat → Nat} (h : RootInv state root stack hvm useIoBitmap ioBitmapA ioBitmapB pageType pageOwner)
    (hl : ∀ p, (state' p).isLive = true → (state p).isLive = true) :
    RootInv state' root stack hvm useIoBitmap ioBitmapA ioBitmapB pageType pageOwner :=
  ⟨fun p hp h' => h.rootPage p hp (hl p h'), fun p hp h' => h.stackPage p hp (hl p h'),
    fun p hp h' => h.hvmPage p hp (hl p h'), fun p hp h' => h.distinct p hp (hl p h'),
    fun p hp h' => h.bitmap p hp (hl p h'), fun p hp h' => h.apart p hp (hl p h')⟩

/-- **The frame lemma of the I/O bitmaps.** A step keeps them right if a process that is live after it was live before it, with
the same bitmap, or has neither a bitmap nor a port; if no bitmap's words change; and no live process's ports. -/
theorem PortInv.step {use a owner use' a' owner' : Nat → Nat} {word word' : Nat → Nat → Word}
    (h : PortInv state use a word owner)
    (hl : ∀ p, p < 64 → (state' p).isLive = true →
      (state p).isLive = true ∧ use' p = use p ∧ a' p = a p ∨ use' p = 0 ∧ ∀ n, n < 65536 → owner' n ≠ p)
    (hw : ∀ p q, p < 64 → (state p).isLive = true → use p ≠ 0 → InBitmap (a p) q → word' q = word q)
    (ho : ∀ p n, p < 64 → (state p).isLive = true → n < 65536 → (owner' n = p ↔ owner n = p)) :
    PortInv state' use' a' word' owner' := by
  refine ⟨fun p n hp h' hu hn => ?_, fun p i hp h' hu hi => ?_, fun p n hp h' hn e => ?_⟩ <;>
    rcases hl p hp h' with ⟨l, e1, e2⟩ | ⟨e1, e2⟩
  · rw [e1] at hu
    rw [e2, portBit, hw p _ hp l hu ⟨by omega, by omega⟩, ho p n hp l hn]; exact h.bits p n hp l hu hn
  · exact (hu e1).elim
  · rw [e1] at hu
    rw [e2, hw p _ hp l hu ⟨by omega, by omega⟩]; exact h.last p i hp l hu hi
  · exact (hu e1).elim
  · rw [e1]; exact h.owner p n hp l hn ((ho p n hp l hn).1 e)
  · exact (e2 n hn e).elim

theorem PortInv.fewer {use a owner : Nat → Nat} {word : Nat → Nat → Word} (h : PortInv state use a word owner)
    (hl : ∀ p, (state' p).isLive = true → (state p).isLive = true) : PortInv state' use a word owner :=
  h.step (fun p _ h' => .inl ⟨hl p h', rfl, rfl⟩) (fun _ _ _ _ _ _ => rfl) fun _ _ _ _ _ => .rfl

/-- Contents change, but of no kernel data. -/
theorem Inv.bitmapData {s : State} (h : Inv s) {word : Nat → Nat → Word}
    (hw : ∀ q, s.pageType q = .procData → word q = s.word q) :
    PortInv s.state s.useIoBitmap s.ioBitmapA word s.portOwner :=
  h.port.step (fun _ _ hl => .inl ⟨hl, rfl, rfl⟩) (fun p q hp hl hu hq => hw q ((h.root.bitmap p hp hl hu).2 q hq).2.2)
    fun _ _ _ _ _ => .rfl

/-- The contents of one page change, which is no kernel data. -/
theorem Inv.bitmapPage {s : State} (h : Inv s) {r : Nat} {words : Nat → Word} (hr : s.pageType r ≠ .procData) :
    PortInv s.state s.useIoBitmap s.ioBitmapA (upd s.word r words) s.portOwner :=
  h.bitmapData fun _ hq => upd_ne _ _ _ _ fun e => hr (e ▸ hq)

theorem SleepInv.calm {ipcPage ipcFd : Nat → Nat} {ofile : Nat → Nat → Nat} {pageType : Nat → PageType}
    {pageOwner : Nat → Nat} (h : SleepInv state ipcPage ipcFd ofile pageType pageOwner)
    (hc : Calm state state') : SleepInv state' ipcPage ipcFd ofile pageType pageOwner :=
  ⟨fun p hp hs => h.page p hp (hc.sleeping p hs), fun p hp hs => h.fd p hp (hc.sleeping p hs)⟩

theorem IntrInv.calm {intr : Nat → Nat → Word} (h : IntrInv state intr) (hc : Calm state state') : IntrInv state' intr :=
  ⟨fun p i hp hi hs => h.asleep p i hp hi (hc.sleeping p hs)⟩

/-- Only sleepers count, and they have no interrupt. -/
theorem IntrInv.upd {intr : Nat → Nat → Word} (h : IntrInv state intr) {words : Nat → Word}
    (hc : ∀ q, state' q = .sleeping → q ≠ p ∧ state q = .sleeping) : IntrInv state' (Spec.upd intr p words) :=
  ⟨fun q i hq hi hs => by rw [upd_ne _ _ _ _ (hc q hs).1]; exact h.asleep q i hq hi (hc q hs).2⟩

/-- A slot is blanked. -/
theorem RootInv.blank {root stack hvm useIoBitmap ioBitmapA ioBitmapB : Nat → Nat} {pageType : Nat → PageType}
    {pageOwner : Nat → Nat} (h : RootInv state root stack hvm useIoBitmap ioBitmapA ioBitmapB pageType pageOwner) :
    RootInv (upd state p .unused) (upd root p 0) (upd stack p 0) (upd hvm p 0) (upd useIoBitmap p 0) (upd ioBitmapA p 0)
      (upd ioBitmapB p 0) pageType pageOwner := by
  constructor <;> intro q hq hl <;> simp only [upd] at hl ⊢ <;> split at hl
  all_goals try (cases hl; done)
  all_goals rename_i e; simp only [e, if_false]
  · exact h.rootPage q hq hl
  · exact h.stackPage q hq hl
  · exact h.hvmPage q hq hl
  · exact h.distinct q hq hl
  · exact h.bitmap q hq hl
  · exact h.apart q hq hl

theorem SleepInv.blank {ipcPage ipcFd : Nat → Nat} {ofile : Nat → Nat → Nat} {pageType : Nat → PageType}
    {pageOwner : Nat → Nat} (h : SleepInv state ipcPage ipcFd ofile pageType pageOwner) :
    SleepInv (upd state p .unused) (upd ipcPage p 0) (upd ipcFd p 0) ofile pageType pageOwner := by
  constructor <;> intro q hq hl <;> simp only [upd] at hl ⊢ <;> split at hl
  all_goals try (cases hl; done)
  all_goals rename_i e; simp only [e, if_false]
  · exact h.page q hq hl
  · exact h.fd q hq hl

/-- A dying process takes no table of another along. -/
theorem TableInv.fewer {m : Mem} (h : TableInv m) {live' : Nat → Prop} (hl : ∀ p, live' p → m.live p) :
    TableInv { m with live := live' } where
  base := h.base
  entries q i l hq hi h1 h2 h3 :=
    have he := h.entries q i l hq hi (hl _ h1) h2 h3
    ⟨he.large, he.global, he.points⟩
  unique q i q' i' r h1 h2 :=
    h.unique q i q' i' r ⟨h1.page, h1.index, hl _ h1.live, h1.table, h1.present, h1.target, h1.ne⟩
      ⟨h2.page, h2.index, hl _ h2.live, h2.table, h2.present, h2.target, h2.ne⟩

theorem UnusedInv.fewer {nrChildren nrFds nrPages nrDmapages nrDevs nrPorts nrVectors nrIntremaps : Nat → Nat}
    (h : UnusedInv state nrChildren nrFds nrPages nrDmapages nrDevs nrPorts nrVectors nrIntremaps)
    (hu : ∀ p, state' p = .unused → state p = .unused) :
    UnusedInv state' nrChildren nrFds nrPages nrDmapages nrDevs nrPorts nrVectors nrIntremaps :=
  ⟨fun p hp hs => h.children p hp (hu p hs), fun p hp hs => h.fds p hp (hu p hs), fun p hp hs => h.pages p hp (hu p hs),
    fun p hp hs => h.dmapages p hp (hu p hs), fun p hp hs => h.devs p hp (hu p hs), fun p hp hs => h.ports p hp (hu p hs),
    fun p hp hs => h.vectors p hp (hu p hs), fun p hp hs => h.intremaps p hp (hu p hs)⟩

/-! ## The ready list -/

section
variable {prev next : Nat → Nat} {c : Nat}

/-- The process `p` is put on the ready list, before `c`. -/
theorem ReadyInv.add (h : ReadyInv state prev next) (hc : onReadyList state c) (hp : p < 64) (hn : ¬ onReadyList state p)
    (hs : ∀ q, onReadyList state' q ↔ q = p ∨ onReadyList state q) :
    ReadyInv state' (upd (upd prev c p) p (prev c)) (upd (upd next (prev c) p) p c) := by
  have hm := h.ring.prev_mem c hc
  have hx : ∀ q, onReadyList state q → q ≠ p := by rintro q hq rfl; exact hn hq
  refine ⟨h.ring.insert (x := p) (c := c) hc hn hs (fun q _ => ?_) (fun q _ => ?_), fun q hq hq' => ?_⟩
  · simp only [upd]
  · simp only [upd]
  · have h1 : ¬ onReadyList state q := fun h => hq' ((hs q).2 (.inr h))
    have h2 : q ≠ p := fun h => hq' ((hs q).2 (.inl h))
    have h3 : q ≠ c := by rintro rfl; exact h1 hc
    have h4 : q ≠ prev c := by rintro rfl; exact h1 hm
    simp only [upd, h2, h3, h4, if_false]
    exact h.off q hq h1

/-- The process `p` is taken off the ready list. -/
theorem ReadyInv.del (h : ReadyInv state prev next) (hp : onReadyList state p)
    (hs : ∀ q, onReadyList state' q ↔ onReadyList state q ∧ q ≠ p) :
    ReadyInv state' (upd (upd prev (next p) (prev p)) p 0) (upd (upd next (prev p) (next p)) p 0) := by
  have hm := h.ring.prev_mem p hp
  have hm' := h.ring.next_mem p hp
  refine ⟨h.ring.erase (x := p) hp hs (fun q hq => ?_) (fun q hq => ?_), fun q hq hq' => ?_⟩
  · simp only [upd, ((hs q).1 hq).2, if_false]
  · simp only [upd, ((hs q).1 hq).2, if_false]
  · simp only [upd]
    by_cases h1 : q = p
    · simp only [h1, if_true, and_self]
    · have h2 : ¬ onReadyList state q := fun h => hq' ((hs q).2 ⟨h, h1⟩)
      have h3 : q ≠ next p := by rintro rfl; exact h2 hm'
      have h4 : q ≠ prev p := by rintro rfl; exact h2 hm
      simp only [h1, h3, h4, if_false]
      exact h.off q hq h2

/-- Nobody comes to the ready list and nobody leaves it. -/
theorem ReadyInv.same (h : ReadyInv state prev next) (hs : ∀ q, onReadyList state' q ↔ onReadyList state q) :
    ReadyInv state' prev next :=
  ⟨h.ring.congr hs (fun _ _ => rfl) (fun _ _ => rfl), fun q hq hq' => h.off q hq fun h => hq' ((hs q).2 h)⟩
end

/-- Nobody comes to life, falls asleep or leaves his slot; `h1` and `h2` say what else is to be shown. -/
theorem Inv.setState {s : State} (h : Inv s) {current : Nat} {killed prev next : Nat → Nat} {state' : Nat → ProcState}
    (h1 : ProcInv current state' killed s.ppid s.nrChildren) (h2 : ReadyInv state' prev next) (hc : Calm s.state state')
    (hu : ∀ p, state' p = .unused → s.state p = .unused) :
    Inv { s with current := current, state := state', killed := killed, prev := prev, next := next } :=
  { h with
    proc := h1, ready := h2, root := h.root.fewer hc.live, table := h.table.fewer hc.live, sleep := h.sleep.calm hc
    port := h.port.fewer hc.live, intr := h.intr.calm hc, unused := h.unused.fewer hu
    iommu := h.iommu.fewer (exposed_mono (s' := { s with state := state' }) hc.live rfl) }

end Lv6.Spec
