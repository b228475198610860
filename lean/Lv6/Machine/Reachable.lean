module
public import Lv6.Machine.Step
public import Lv6.Machine.Tlb
public import Lv6.Spec.Keep.Scan
public import Lv6.Theorems.Integrity.Bystander
public import Lv6.Theorems.Ports
/-!
# Every reachable machine

Whatever calls are made, whatever user code and devices do, whatever the processor and the IOMMU's units remember: the
invariant holds, no process that runs is served by anything outdated, and so isolation holds for what is remembered.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {m m' : Machine} {s s' s'' : State}

/-- What is true of the machine at every moment. -/
structure Machine.Ok (m : Machine) : Prop where
  /-- The invariant of the kernel. -/
  inv : Inv m.kernel
  /-- Nothing that is remembered for a process without a requested flush is outdated. -/
  cache : TlbOk m.kernel m.cache
  /-- No process runs with a requested flush. -/
  flushed : m.mode = .user → m.kernel.flushTlb m.kernel.current = 0
  /-- Units are led, and remember, for each device only what is of the process that the device acts for. -/
  devices : DevicesOk m

/-! ## Registers -/

/-- The page is no page table and no frame, and no live process's I/O bitmap lies in it. -/
def State.hidden (s : State) (q : Nat) : Prop :=
  s.pageType q = .procData ∧ ∀ p, p < 64 → s.live p → s.useIoBitmap p ≠ 0 → ¬ InBitmap (s.ioBitmapA p) q

/-- The pages in which a live process's registers are kept stay what they are, whatever the kernel does for the process. -/
theorem Sound.hidden (hs : Sound s s') (h : Inv s) {q : Nat} (hq : q = s.stack s.current ∨ q = s.hvm s.current) :
    s'.hidden q ∧ s.pageOwner q = s.current := by
  have hl := h.current_live
  have hr := h.current_running
  have hc := h.proc.pid.2
  have ⟨_, ho, ht⟩ : IsOwn s.pageType s.pageOwner s.current .procData q := by
    rcases hq with rfl | rfl
    · exact h.root.stackPage _ hc hl
    · exact h.root.hvmPage _ hc hl
  have ⟨eo, et⟩ : s'.pageOwner q = s.pageOwner q ∧ s'.pageType q = s.pageType q := by
    rcases hs.integrity.page q with e | ⟨hf, _⟩ | ⟨_, ⟨l, _, hx⟩, _⟩ | ⟨hz, _⟩
    · exact e
    · have := hf.2; rw [ht] at this; cases this
    · rw [ht] at hx; cases hx
    · rw [ho, hr] at hz; cases hz
  refine ⟨⟨et.trans ht, fun p hp hl hu hm => ?_⟩, ho⟩
  obtain rfl : p = s.current := ((hs.inv.root.bitmap p hp hl hu).2 q hm).2.1.symm.trans (eo.trans ho)
  have ⟨e1, e2⟩ := (hs.integrity.registers s.current).resolve_right (by
    rintro (⟨hx, _⟩ | ⟨hx, _⟩) <;> rw [hr] at hx <;> cases hx)
  have ha := hs.inv.root.apart _ hp hl hu
  rw [e1, e2] at ha
  rcases hq with rfl | rfl
  · exact ha.1 hm
  · exact ha.2 hm

theorem Saved.word (hw : Saved s s' s'') (hs : Sound s s') (h : Inv s) (q : Nat) :
    s''.word q = s'.word q ∨ s'.hidden q ∧ s.pageOwner q = s.current := by
  by_cases h1 : q = s.stack s.current ∨ q = s.hvm s.current
  · exact .inr (hs.hidden h h1)
  · simp only [not_or] at h1; exact .inl (hw.2 q h1.1 h1.2)

/-- Contents of hidden pages do not matter to the kernel. -/
theorem Inv.hidden (h : Inv s) {word : Nat → Nat → Word} (hw : ∀ q, word q = s.word q ∨ s.hidden q) :
    Inv { s with word := word } := by
  have hd : IommuInv { s.deviceMem with word := word } := h.iommu.data fun q l _ _ hl => (hw q).resolve_right fun hx => by
    have hl : (s.pageType q).iommuLevel = some (l + 1) := hl
    rw [hx.1] at hl; cases hl
  have hb := h.port.step (fun _ _ hl => .inl ⟨hl, rfl, rfl⟩)
    (fun p q hp hl hu hq => (hw q).resolve_right fun hx => hx.2 p hp hl hu hq) fun _ _ _ _ _ => .rfl
  refine { h with
    iommu := hd, port := hb, table := h.table.data (m := s.mem) fun q l _ _ hl => (hw q).resolve_right fun hx => ?_ }
  have hl : (s.pageType q).level = some (l + 1) := hl
  rw [hx.1] at hl; cases hl

theorem TlbOk.hidden {c : Cache} (h : Inv s) (hc : TlbOk s c) {word : Nat → Nat → Word}
    (hw : ∀ q, word q = s.word q ∨ s.hidden q) : TlbOk { s with word := word } c := by
  refine hc.contents h (dmaWord := s.dmaWord) fun q i k hk => ?_
  rcases hw q with e | hx
  · rw [e]; exact .refl _
  · have hk : (s.pageType q).level = some (k + 1) := hk
    rw [hx.1] at hk; cases hk

/-- Registers are the process's own. -/
theorem Sound.saved (hs : Sound s s') (h : Inv s) (hw : Saved s s' s'') : Integrity s s'' := by
  have hd := hw.word hs h
  have hi := hs.integrity
  obtain ⟨⟨word, rfl⟩, _⟩ := hw
  refine { hi with word := fun q i => ?_ }
  rcases hd q with e | ⟨_, ho⟩
  · have e : word q = s'.word q := e
    rcases hi.word q i with h1 | h1 | h1 | h1
    · left; show word q i = _; rw [e]; exact h1
    · exact .inr (.inl h1)
    · exact .inr (.inr (.inl h1))
    · exact .inr (.inr (.inr h1))
  · exact .inr (.inl (.inl ho))

theorem Sound.refl (h : Inv s) : Sound s s := Changes.sound (.refl s) h h

/-- What is sound leaves the machine as it should be, also when registers are put away; but who has the processor then must not
have a flush requested, and devices change hands only in calls. -/
theorem Machine.Ok.sound (hm : m.Ok) {mode : Mode} (hs : Sound m.kernel s') (hw : Saved m.kernel s' s'')
    (hk : m.mode ≠ .asked) (hu : mode ≠ .user) (ho : mode = .asked ∨ s'.pciOwner = m.kernel.pciOwner) :
    { m with kernel := s'', mode := mode }.Ok := by
  have hh := hw.word hs hm.inv
  have hi := hs.saved hm.inv hw
  obtain ⟨⟨word, rfl⟩, _⟩ := hw
  have hh : ∀ q, word q = s'.word q ∨ s'.hidden q := fun q => (hh q).imp id (·.1)
  have h' := hs.inv.hidden hh
  refine ⟨h', (hm.cache.step hm.inv hs.tlb).hidden hs.inv hh, fun e => (hu e).elim, ?_⟩
  refine hm.devices.sound hk hm.inv h' hi hs.tlb.base fun d hd => ?_
  by_cases e : s'.pciOwner d = m.kernel.pciOwner d
  · exact .inl e
  · have ⟨h1, h2⟩ := hs.iotlb.context d hd (.inl e)
    exact .inr ⟨ho.resolve_right fun hx => e (by rw [hx]), h1, h2⟩

/-! ## The steps -/

theorem preempt_pciOwner : (preempt s).2.pciOwner = s.pciOwner := by
  unfold preempt switchNext switchTo leave
  repeat' split
  all_goals rfl
theorem fault_pciOwner : (fault s).2.pciOwner = s.pciOwner := by
  unfold fault switchNext switchTo leave; dsimp only
  repeat' split
  all_goals rfl

/-- Contents of frames and DMA pages of the current process change, and accessed and dirty bits. -/
theorem Machine.Ok.user (hm : m.Ok) (hu : UserFrame m.kernel s') {cache : Cache} (hc : TlbOk m.kernel cache)
    (hk : m.mode ≠ .asked) : { m with kernel := s', cache := cache }.Ok := by
  have h' := hu.inv hm.inv
  have hi := hu.integrity
  have hr := hu.rest
  have hd : DevicesOk { m with kernel := s', mode := m.mode } :=
    hm.devices.sound hk hm.inv h' hi (by rw [hr]) fun _ _ => .inl (by rw [hr])
  refine ⟨h', ?_, fun e => ?_, hd⟩
  · show TlbOk s' cache
    rw [hr]; exact hc.contents hm.inv hu.tables
  · show s'.flushTlb s'.current = 0
    rw [hr]; exact hm.flushed e

/-- Every step keeps what is true of the machine. -/
theorem Step.ok (hm : m.Ok) (hs : Step m m') : m'.Ok := by
  have kernel : m.mode = .kernel → m.mode ≠ .asked ∧ m.mode ≠ .user := fun e => by rw [e]; exact ⟨nofun, nofun⟩
  cases hs with
  | user hu h =>
    have hf := hm.flushed hu
    have ⟨h1, h2, h3⟩ := h.ok hm.inv hm.cache (by omega)
    rw [h3]; exact hm.user h1 h2 (by rw [hu]; exact nofun)
  | forget h => exact ⟨hm.inv, hm.cache.forget h, hm.flushed, hm.devices⟩
  | leave hu h => exact hm.sound (.refl hm.inv) h (by rw [hu]; exact nofun) nofun (.inr rfl)
  | registers hk h => exact hm.sound (mode := m.mode) (.refl hm.inv) h (kernel hk).1 (kernel hk).2 (.inr rfl)
  | call hk h hw => exact hm.sound (h.sound hm.inv) hw (kernel hk).1 nofun (.inl rfl)
  | carryOut _ hc hf he =>
    exact ⟨{ hm.inv with }, fun p va l n w hp hl hfl hx =>
      (hm.cache p va l n w hp hl hfl hx).congr hm.inv hp hl rfl rfl fun _ _ _ _ _ _ => .refl _, nofun,
      hm.devices.carryOut hm.inv ⟨rfl, rfl, rfl, rfl, rfl, rfl⟩ hc hf he⟩
  | preempt hk hw =>
    exact hm.sound (mode := m.mode) (preempt_sound hm.inv) hw (kernel hk).1 (kernel hk).2 (.inr preempt_pciOwner)
  | fault hk hw =>
    exact hm.sound (mode := m.mode) (fault_sound hm.inv) hw (kernel hk).1 (kernel hk).2 (.inr fault_pciOwner)
  | extintr hk v =>
    have hr := (extintr_integrity (s := m.kernel) v).rest
    refine ⟨extintr_inv hm.inv, hm.cache.step hm.inv (extintr_integrity v).tlb, fun e => ((kernel hk).2 e).elim,
      hm.devices.keep (mode := m.mode) (cache := m.cache) (kernel hk).1 ?_⟩
    constructor <;> rw [hr]
  | fill hk q i v hq ho ht =>
    have hu : UserFrame m.kernel { m.kernel with word := upd2 m.kernel.word q i v } := by
      refine ⟨rfl, fun r j => ?_, fun _ _ => .inl rfl⟩
      by_cases hr : r = q ∧ j = i
      · right; rw [hr.1]; exact ⟨ho, .inl ht⟩
      · left; exact (upd2_apply _ _ _ _ _ _).trans (if_neg hr)
    exact hm.user hu hm.cache (kernel hk).1
  | @enter hk cache hf he =>
    refine ⟨{ hm.inv with }, fun p va l n w hp hl hfl hx => ?_, fun _ => upd_same _ _ _, ?_⟩
    · have hfl' : m.kernel.flushTlb p ≠ 1 := by
        intro e
        by_cases hc : p = m.kernel.current
        · subst hc; exact he (by omega) _ _ _ _ hx
        · exact hfl (by simp only [upd_ne _ _ _ _ hc, e])
      exact (hm.cache p va l n w hp hl hfl' (hf _ _ _ _ _ hx)).congr hm.inv hp hl rfl rfl fun _ _ _ _ _ _ => .refl _
    · have hs : SameTables m.kernel { m.kernel with flushTlb := upd m.kernel.flushTlb m.kernel.current 0 } :=
        ⟨rfl, rfl, rfl, rfl, rfl, rfl⟩
      exact hm.devices.keep (kernel hk).1 hs
  | device h =>
    have ⟨h1, h2, h3, h4⟩ := h.ok hm.devices
    have hr := h1.rest
    refine ⟨?_, ?_, fun e => ?_, h2⟩
    · rw [hr]; exact { hm.inv with }
    · rw [hr, h3]; exact hm.cache.contents hm.inv (word := m.kernel.word) fun _ _ _ _ => .refl _
    · rw [hr]; exact hm.flushed (h4 ▸ e)

/-- Filling the device tables brings nobody to life and forgets no request. -/
theorem bootDevices_calm (scan : Scan) :
    (bootDevices s scan).2.state = s.state ∧ (bootDevices s scan).2.flushTlb = s.flushTlb := by
  unfold bootDevices
  repeat' split
  all_goals try exact ⟨rfl, rfl⟩
  obtain ⟨_, _, _, _, e⟩ := steps_same (addFunction_same scan) scan.count (reserve s)
  rw [e]; exact ⟨rfl, rfl⟩

/-- How a machine starts. Nothing is remembered for the only process, as its first flush is still to come. -/
theorem Starts.ok {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hs : Starts base m) : m.Ok := by
  obtain ⟨⟨scan, h1⟩, h2, h3, h4⟩ := hs
  have ⟨c1, c2⟩ := bootDevices_calm (s := initial base) scan
  refine ⟨h1 ▸ (bootDevices_inv (boot_inv hb hb') (initial_unclaimed hb hb') scan).1, fun p va l n w hp hl hf _ => ?_, fun e => (by rw [h2] at e; cases e), fun d a l n hx => ?_⟩
  · unfold State.live at hl
    rw [h1, c1, initial_eq hb hb'] at hl
    rw [h1, c2, initial_eq hb hb'] at hf
    grind [ProcState.isLive, zero]
  · rcases hx with hx | ⟨hx, _⟩
    · exact (h4 _ _ _ _ hx).elim
    · rw [h3] at hx; cases hx

/-- **Every reachable machine is as it should be**, wherever below the PCI hole the kernel's tables lie, and whatever
the boot scan has found. -/
theorem reachable_ok {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m) : m.Ok := by
  induction hr with
  | start h => exact h.ok hb hb'
  | step _ hs ih => exact hs.ok ih

/-- **The invariant holds in every reachable machine.** With it hold all theorems about states: the counters are right, the
lists are complete, every table leads to what belongs to its owner. -/
theorem reachable_inv {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m) : Inv m.kernel :=
  (reachable_ok hb hb' hr).inv

/-- **Memory isolation holds in every reachable machine**, for what the page tables of live processes say. -/
theorem reachable_isolation {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m) {p : Nat}
    (hi : isPid p) (hp : m.kernel.live p) (va : Word) : (m.kernel.walk p va).Good m.kernel p :=
  isolation (reachable_inv hb hb' hr) hi hp va

/-- **I/O ports in every reachable machine**: the processor lets a live process access exactly the ports that it owns. -/
theorem reachable_ports {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m) {p port n : Nat}
    (hi : isPid p) (hp : m.kernel.live p) (hn : 1 ≤ n ∧ n ≤ 4) (hx : port < 65536) :
    Permitted m.kernel p port n ↔ ∀ i, i < n → port + i < 65536 ∧ m.kernel.portOwner (port + i) = p :=
  permitted_iff (reachable_inv hb hb' hr) hi hp hn hx

/-- **Isolation of what is remembered.** While a process runs, each address for which the processor remembers a page, however
long ago it was looked up, leads to something that the process may access now in that way: its own frames and page tables,
its own DMA pages and devices, public kernel tables; and it may write only to what it may write to. -/
theorem cached_isolation {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m)
    (hu : m.mode = .user) {va : Word} {n : Nat} {w : Bool} (hc : m.cache m.kernel.current va 0 n w) :
    MayAccess m.kernel m.kernel.current w (target m.kernel.base n) := by
  have hm := reachable_ok hb hb' hr
  have hf := hm.flushed hu
  exact (hm.cache _ _ _ _ _ hm.inv.proc.pid hm.inv.current_live (by omega) hc).access hm.inv hm.inv.proc.pid
    hm.inv.current_live

/-- A running process never makes the processor look for a page table outside the RAM pages. -/
theorem never_astray {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m)
    (hu : m.mode = .user) {va : Word} {l n : Nat} {w : Bool} (hx : m.Begins va (l + 1) n w) :
    ∃ q, target m.kernel.base n = .page q ∧ m.kernel.pageOwner q = m.kernel.current := by
  have hm := reachable_ok hb hb' hr
  have hf := hm.flushed hu
  obtain ⟨q, _, h1, h2, _⟩ := (hx.reads hm.inv hm.cache (by omega)).table hm.inv hm.inv.proc.pid hm.inv.current_live
  exact ⟨q, h1, h2⟩

/-- **Isolation of devices, as they are.** At every moment, also between a call and the moment when the units have been told of
it, each device address for which a unit remembers a page leads to a DMA page. That belongs to the process that owns the
device; or, if the last call has just taken the device from a dead process, to that. -/
theorem dma_isolation {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m)
    {d : Nat} {a : Word} {n : Nat} (hx : m.remembered d a 0 n) :
    ∃ x, target m.kernel.base n = .dma x ∧ ActsFor m d (m.kernel.dmaOwner x) := by
  obtain ⟨_, o, h1, _, h2⟩ := (reachable_ok hb hb' hr).devices d a 0 n (.inl hx)
  obtain ⟨x, h3, rfl⟩ := leads_dma h2
  exact ⟨x, h3, h1⟩

end Lv6.Spec
