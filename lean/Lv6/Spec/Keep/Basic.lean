module
public import Lv6.Spec.Keep.IommuTable
public import Lv6.Spec.Keep.Tactic
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
  clauses h

theorem RootInv.fewer {root stack hvm useIoBitmap ioBitmapA ioBitmapB : Nat → Nat} {pageType : Nat → PageType}
    {pageOwner : Nat → Nat} (h : RootInv state root stack hvm useIoBitmap ioBitmapA ioBitmapB pageType pageOwner)
    (hl : ∀ p, (state' p).isLive = true → (state p).isLive = true) :
    RootInv state' root stack hvm useIoBitmap ioBitmapA ioBitmapB pageType pageOwner := by
  clauses h

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

theorem PortInv.blank {use a owner : Nat → Nat} {word : Nat → Nat → Word} (h : PortInv state use a word owner) :
    PortInv (upd state p .unused) (upd use p 0) (upd a p 0) word owner :=
  h.step (by grind_inv) (fun _ _ _ _ _ _ => rfl) fun _ _ _ _ _ => .rfl

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
    (hc : Calm state state') : SleepInv state' ipcPage ipcFd ofile pageType pageOwner := by
  have := hc.sleeping
  clauses h

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
  clauses h

theorem SleepInv.blank {ipcPage ipcFd : Nat → Nat} {ofile : Nat → Nat → Nat} {pageType : Nat → PageType}
    {pageOwner : Nat → Nat} (h : SleepInv state ipcPage ipcFd ofile pageType pageOwner) :
    SleepInv (upd state p .unused) (upd ipcPage p 0) (upd ipcFd p 0) ofile pageType pageOwner := by
  clauses h

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
    UnusedInv state' nrChildren nrFds nrPages nrDmapages nrDevs nrPorts nrVectors nrIntremaps := by
  clauses h

/-! ## Lists -/

section
variable {prev next : Nat → Nat} {c : Nat}

/-- `p` comes into a ring, before `c`; what is not in it still has no links. -/
theorem Ring.link {S S' : Nat → Prop} {n : Nat} (h : Ring S next prev)
    (off : ∀ q, q < n → ¬ S q → prev q = 0 ∧ next q = 0) (hc : S c) (hn : ¬ S p) (hs : ∀ q, S' q ↔ q = p ∨ S q) :
    Ring S' (upd (upd next (prev c) p) p c) (upd (upd prev c p) p (prev c)) ∧ ∀ q, q < n → ¬ S' q →
      upd (upd prev c p) p (prev c) q = 0 ∧ upd (upd next (prev c) p) p c q = 0 := by
  have hm := h.prev_mem c hc
  refine ⟨h.insert (x := p) (c := c) hc hn hs (fun q _ => ?_) (fun q _ => ?_), fun q hq hq' => ?_⟩
  · simp only [upd]
  · simp only [upd]
  · have := off q hq; grind [upd]

/-- `p` is taken out of a ring, and has no links then. -/
theorem Ring.unlink {S S' : Nat → Prop} {n : Nat} (h : Ring S next prev)
    (off : ∀ q, q < n → ¬ S q → prev q = 0 ∧ next q = 0) (hp : S p) (hs : ∀ q, S' q ↔ S q ∧ q ≠ p) :
    Ring S' (upd (upd next (prev p) (next p)) p 0) (upd (upd prev (next p) (prev p)) p 0) ∧ ∀ q, q < n → ¬ S' q →
      upd (upd prev (next p) (prev p)) p 0 q = 0 ∧ upd (upd next (prev p) (next p)) p 0 q = 0 := by
  have hm := h.prev_mem p hp
  have hm' := h.next_mem p hp
  refine ⟨h.erase (x := p) hp hs (fun q hq => ?_) (fun q hq => ?_), fun q hq hq' => ?_⟩
  · simp only [upd, ((hs q).1 hq).2, if_false]
  · simp only [upd, ((hs q).1 hq).2, if_false]
  · have := off q hq; grind [upd]

/-- The process `p` is put on the ready list, before `c`. -/
theorem ReadyInv.add (h : ReadyInv state prev next) (hc : onReadyList state c) (hn : ¬ onReadyList state p)
    (hs : ∀ q, onReadyList state' q ↔ q = p ∨ onReadyList state q) :
    ReadyInv state' (upd (upd prev c p) p (prev c)) (upd (upd next (prev c) p) p c) :=
  have hr := h.ring.link h.off hc hn hs
  ⟨hr.1, hr.2⟩

/-- The process `p` is taken off the ready list. -/
theorem ReadyInv.del (h : ReadyInv state prev next) (hp : onReadyList state p)
    (hs : ∀ q, onReadyList state' q ↔ onReadyList state q ∧ q ≠ p) :
    ReadyInv state' (upd (upd prev (next p) (prev p)) p 0) (upd (upd next (prev p) (next p)) p 0) :=
  have hr := h.ring.unlink h.off hp hs
  ⟨hr.1, hr.2⟩

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
