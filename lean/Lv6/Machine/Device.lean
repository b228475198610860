module
public import Lv6.Machine.State
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Theorems.IommuIsolation
/-!
# Devices

A device reads and writes memory at any time, also while the kernel works. The IOMMU's units find the memory for it, with what
their context entries say, what the tables say, and what they remember. All three may be behind the kernel's state for a
short while: after a call has been answered, until what it requested is carried out.

Whether a device may read or write at the end of a walk makes no difference here: it is taken to be able to do both.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {m m' : Machine} {s s' : State} {d l n o : Nat} {a : Word}

/-! ## What units and devices do -/

/-- One step of a unit's walk for the device address `a`: it takes the page frame `n` for a table of level `l + 1`, reads an
entry of it that is present, and comes to a page frame at a lower level. -/
inductive State.DeviceNext (s : State) (a : Word) (l n : Nat) : Nat → Nat → Prop where
  /-- The entry points at a table of the next lower level or, from level 1, at the page. -/
  | entry (q : Nat) (h : target s.base n = .page q)
      (hp : ¬ ((s.word q (vaIndex a l)).deviceReads = false ∧ (s.word q (vaIndex a l)).deviceWrites = false)) :
      DeviceNext s a l n l (s.word q (vaIndex a l)).pfn
  /-- The entry maps a large page. -/
  | large (q : Nat) (h : target s.base n = .page q)
      (hp : ¬ ((s.word q (vaIndex a l)).deviceReads = false ∧ (s.word q (vaIndex a l)).deviceWrites = false))
      (hl : (s.word q (vaIndex a l)).large = true) : DeviceNext s a l n 0 (largePfn (s.word q (vaIndex a l)) a l)

/-- Where a unit may begin when the device `d` uses the address `a`: wherever it remembers, or where the device's context entry
says. -/
def Machine.DeviceBegins (m : Machine) (d : Nat) (a : Word) (l n : Nat) : Prop :=
  m.remembered d a l n ∨ m.context d = some n ∧ l = m.levels.count

/-- What can happen between a device and the units, at any time. -/
inductive DeviceStep (m : Machine) : Machine → Prop where
  /-- A unit takes one step of a walk, and remembers where that led. -/
  | fill (d : Nat) (a : Word) {l n l' n' : Nat} (hb : m.DeviceBegins d a (l + 1) n)
      (hn : m.kernel.DeviceNext a l n l' n') : DeviceStep m { m with remembered := m.remembered.add d a l' n' }
  /-- It forgets something. -/
  | forget {c : DeviceCache} (h : m.remembered.Forgets c) : DeviceStep m { m with remembered := c }
  /-- It takes a frame for a table that is no RAM page. Anything may happen. -/
  | astray (d : Nat) (a : Word) {l n : Nat} (hb : m.DeviceBegins d a (l + 1) n)
      (ht : ∀ q, target m.kernel.base n ≠ .page q) (m' : Machine) : DeviceStep m m'
  /-- The device stores a word at an address for which a unit remembers a page, whatever the tables say now. -/
  | store (d : Nat) (a : Word) {n : Nat} (i : Nat) (v : Word) {s' : State} (hc : m.remembered d a 0 n)
      (hs : Stored m.kernel n i v s') : DeviceStep m { m with kernel := s' }

/-- The units have been told what the last call requested: the context entry of the device that the request names, and
perhaps others, are made again from the kernel's state. -/
def Reprogrammed (m : Machine) (context : Nat → Option Nat) : Prop :=
  (∀ d, context d = m.context d ∨ d < 65536 ∧ context d = m.kernel.deviceStart m.levels d) ∧
    ∀ d, d < 65536 → m.kernel.contextRequest = d + 1 → context d = m.kernel.deviceStart m.levels d

/-! ## What a unit comes to -/

/-- The entries of the IOMMU tables of `o` are good. -/
def TablesOk (s : State) (o : Nat) : Prop :=
  ∀ q i l, q < 8192 → i < 512 → s.pageOwner q = o → (s.pageType q).iommuLevel = some (l + 1) → s.word q i ≠ 0#64 →
    IommuEntryOk s.deviceMem o l (s.word q i)

theorem Inv.tablesOk (h : Inv s) (hx : s.exposed o) : TablesOk s o := fun q i l hq hi ho hl hn => by
  subst ho; exact h.iommu.entries q i l hq hi hx hl hn

/-- Whoever walks good tables of `o` comes to good tables of `o`, and at the end to a DMA page of `o`. -/
theorem State.DeviceNext.leads {l' n' : Nat} (ht : TablesOk s o) (hs : LeadsOk s.deviceMem o (l + 1) (target s.base n))
    (hn : s.DeviceNext a l n l' n') : LeadsOk s.deviceMem o l' (target s.base n') := by
  have key : ∀ q, target s.base n = .page q →
      ¬ ((s.word q (vaIndex a l)).deviceReads = false ∧ (s.word q (vaIndex a l)).deviceWrites = false) →
      IommuEntryOk s.deviceMem o l (s.word q (vaIndex a l)) := fun q hq hp => by
    rw [hq] at hs
    exact ht q _ l (target_eq_page hq).2 (vaIndex_lt _ _) hs.1 hs.2 (passable_ne hp)
  cases hn with
  | entry q hq hp => exact (key q hq hp).leads
  | large q hq hp hl => rw [(key q hq hp).large] at hl; cases hl

theorem leads_dma {t : Target} (hs : LeadsOk s.deviceMem o 0 t) : ∃ x, t = .dma x ∧ s.dmaOwner x = o := by
  cases t with
  | page q =>
    have hl : (s.pageType q).iommuLevel = some 0 := hs.2
    revert hl; cases s.pageType q <;> simp [PageType.iommuLevel]
  | dma x => exact ⟨x, rfl, hs.2⟩
  | _ => exact hs.elim

theorem leads_page {t : Target} (hs : LeadsOk s.deviceMem o (l + 1) t) : ∃ q, t = .page q := by
  cases t with
  | page q => exact ⟨q, rfl⟩
  | dma x => exact absurd hs.1 (Nat.succ_ne_zero l)
  | _ => exact hs.elim

/-! ## Who is behind a device -/

/-- The device `d` acts for the process `o`: its owner; or its last owner, which is dead, and the units are about to be told
that the device is nobody's any more. -/
def ActsFor (m : Machine) (d o : Nat) : Prop :=
  o ≠ 0 ∧ (m.kernel.pciOwner d = o ∨ m.mode = .asked ∧ m.kernel.pciOwner d = 0 ∧ m.kernel.contextRequest = d + 1 ∧
    m.kernel.flushIotlb = 1 ∧ m.kernel.state o = .zombie)

/-- Wherever a unit may begin for a device, it is at a table, or at the end at a DMA page, of the process that the device acts
for; and the tables of that are good. -/
def DevicesOk (m : Machine) : Prop :=
  ∀ d a l n, m.DeviceBegins d a l n → d < 65536 ∧ ∃ o, ActsFor m d o ∧ TablesOk m.kernel o ∧
    LeadsOk m.kernel.deviceMem o l (target m.kernel.base n)

/-- What a device may change: words of DMA pages of the process that it acts for. -/
structure DeviceFrame (m m' : Machine) : Prop where
  rest : m'.kernel = { m.kernel with dmaWord := m'.kernel.dmaWord }
  dma : ∀ x i, m'.kernel.dmaWord x i = m.kernel.dmaWord x i ∨ ∃ d, ActsFor m d (m.kernel.dmaOwner x)

theorem DeviceFrame.refl (h : m'.kernel = m.kernel) : DeviceFrame m m' := by
  refine ⟨by rw [h], fun x i => .inl (by rw [h])⟩

/-- **Integrity of devices.** Whatever a device does and whatever a unit does for it, going by what it remembers or by its
tables, nothing changes but DMA pages of the process that the device acts for. -/
theorem DeviceStep.ok (hd : DevicesOk m) (hs : DeviceStep m m') :
    DeviceFrame m m' ∧ DevicesOk m' ∧ m'.cache = m.cache ∧ m'.mode = m.mode := by
  cases hs with
  | @fill d a l n l' n' hb hn =>
    refine ⟨.refl rfl, fun d' a' l₁ n₁ hx => ?_, rfl, rfl⟩
    rcases hx with (hx | ⟨rfl, rfl, rfl, rfl⟩) | hx
    · exact hd d' a' l₁ n₁ (.inl hx)
    · obtain ⟨h1, o, h2, h3, h4⟩ := hd _ _ _ _ hb
      exact ⟨h1, o, h2, h3, hn.leads h3 h4⟩
    · exact hd d' a' l₁ n₁ (.inr hx)
  | forget h => exact ⟨.refl rfl, fun d a l n hx => hd d a l n (hx.imp (h _ _ _ _) id), rfl, rfl⟩
  | astray d a hb ht m' =>
    obtain ⟨_, o, _, _, h4⟩ := hd _ _ _ _ hb
    obtain ⟨q, hq⟩ := leads_page h4
    exact (ht q hq).elim
  | @store d a n i v s' hc hs =>
    obtain ⟨_, o, h2, _, h4⟩ := hd _ _ _ _ (.inl hc)
    obtain ⟨x, hx, ho⟩ := leads_dma h4
    unfold Stored at hs
    rw [hx] at hs
    dsimp only at hs
    subst hs
    refine ⟨⟨rfl, fun y j => ?_⟩, hd, rfl, rfl⟩
    by_cases e : y = x ∧ j = i
    · right; rw [e.1, ho]; exact ⟨d, h2⟩
    · left; exact (upd2_apply _ _ _ _ _ _).trans (if_neg e)

/-! ## What the kernel does meanwhile -/

/-- What units walk, and who owns what they may come to, is as it was. -/
structure SameTables (s s' : State) : Prop where
  base : s'.base = s.base
  type : s'.pageType = s.pageType
  owner : s'.pageOwner = s.pageOwner
  word : s'.word = s.word
  dma : s'.dmaOwner = s.dmaOwner
  device : s'.pciOwner = s.pciOwner

theorem SameTables.leads (hs : SameTables s s') {t : Target} (hl : LeadsOk s.deviceMem o l t) : LeadsOk s'.deviceMem o l t := by
  cases t with
  | page q =>
    obtain ⟨h1, h2⟩ := hl
    exact ⟨(congrFun hs.owner q).trans h1, by show (s'.pageType q).iommuLevel = _; rw [hs.type]; exact h2⟩
  | dma x => exact ⟨hl.1, (congrFun hs.dma x).trans hl.2⟩
  | _ => exact hl

theorem SameTables.tables (hs : SameTables s s') (ht : TablesOk s o) : TablesOk s' o := by
  intro q i l hq hi ho hl hn
  rw [hs.word] at hn ⊢
  have he := ht q i l hq hi (hs.owner ▸ ho) (hs.type ▸ hl) hn
  refine ⟨he.large, ?_⟩
  have h1 := hs.leads he.leads
  show LeadsOk _ _ _ (target s'.base _)
  rw [hs.base]; exact h1

/-- Steps that leave devices and tables alone, when nothing is left to be carried out. -/
theorem DevicesOk.keep (hd : DevicesOk m) (hm : m.mode ≠ .asked) (hs : SameTables m.kernel s') {mode : Mode} {cache : Cache} :
    DevicesOk { m with kernel := s', mode := mode, cache := cache } := by
  intro d a l n hx
  obtain ⟨h1, o, ⟨h0, ho⟩, h3, h4⟩ := hd d a l n hx
  have ho := ho.resolve_right fun e => hm e.1
  refine ⟨h1, o, ⟨h0, .inl ((congrFun hs.device d).trans ho)⟩, hs.tables h3, ?_⟩
  show LeadsOk _ _ _ (target s'.base n)
  rw [hs.base]; exact hs.leads h4

/-- What an exposed process has stays with it, whatever the kernel does for the current one: its IOMMU tables and DMA pages. -/
theorem Integrity.leads (hi : Integrity s s') (h0 : o ≠ 0) (hx : s.nrDevs o ≠ 0) {t : Target} (hs : LeadsOk s.deviceMem o l t) : LeadsOk s'.deviceMem o l t := by
  cases t with
  | page q =>
    obtain ⟨ho, hl⟩ := hs
    have ho : s.pageOwner q = o := ho
    have hl : (s.pageType q).iommuLevel = some l := hl
    rcases hi.page q with ⟨e1, e2⟩ | ⟨⟨hq, hf⟩, _⟩ | ⟨_, ⟨k, _, hk⟩, _⟩ | ⟨_, hn, _⟩
    · exact ⟨e1.trans ho, by show (s'.pageType q).iommuLevel = _; rw [e2]; exact hl⟩
    · rw [hf] at hl; cases hl
    · rw [iommuLevel_of_level hk] at hl; cases hl
    · rw [ho] at hn; exact (hx hn).elim
  | dma x =>
    obtain ⟨h1, ho⟩ := hs
    have ho : s.dmaOwner x = o := ho
    rcases hi.dma x with ⟨e, _⟩ | ⟨_, hn⟩
    · exact ⟨h1, e.trans ho⟩
    · exact (hx (ho ▸ hn (ho ▸ h0))).elim
  | _ => exact hs

/-- The tables of a dead process stay as they are until it has no device any more. -/
theorem Integrity.tables (hi : Integrity s s') (h : Inv s) (hb : s'.base = s.base) (h0 : o ≠ 0) (hx : s.nrDevs o ≠ 0)
    (hz : s.state o = .zombie) (ht : TablesOk s o) : TablesOk s' o := by
  have hm : ¬ mayActOn s o := fun e => by have := h.mayActOn_live e; unfold State.live at this; rw [hz] at this; cases this
  intro q i l hq hi' ho hl hn
  have hp : s'.pageOwner q = s.pageOwner q ∧ s'.pageType q = s.pageType q := by
    refine (hi.page q).resolve_right ?_
    rintro (⟨_, hy | ⟨hy, _⟩⟩ | ⟨_, _, hy⟩ | ⟨_, _, hy⟩)
    · exact hm (ho ▸ hy)
    · rw [ho, hz] at hy; cases hy
    · rw [hy.2] at hl; cases hl
    · rw [hy.2] at hl; cases hl
  have ho' : s.pageOwner q = o := hp.1 ▸ ho
  have hl' : (s.pageType q).iommuLevel = some (l + 1) := hp.2 ▸ hl
  have hw : s'.word q i = s.word q i := by
    refine (hi.word q i).resolve_right ?_
    rintro (hy | ⟨⟨_, hy⟩, _⟩ | ⟨⟨hy, _⟩, _⟩)
    · exact hm (ho' ▸ hy)
    · rw [hy] at hl'; cases hl'
    · rw [ho', hz] at hy; cases hy
  rw [hw] at hn ⊢
  have he := ht q i l hq hi' ho' hl' hn
  refine ⟨he.large, ?_⟩
  have hx' := he.leads
  show LeadsOk _ _ _ (target s'.base _)
  rw [hb]; exact hi.leads h0 hx hx'

/-- The dead stay dead until they have no device any more. -/
theorem Integrity.dead (hi : Integrity s s') (h : Inv s) (hz : s.state o = .zombie) (hx : s.nrDevs o ≠ 0) :
    s'.state o = .zombie := by
  rcases hi.state o with e | e | e | e | e | e | e | e
  · exact e.trans hz
  · rw [e, h.current_running] at hz; cases hz
  · rw [e.1] at hz; cases hz
  · exact (hx e.2.2.2.1).elim
  · rw [e.1] at hz; cases hz
  · rw [e.1.2] at hz; cases hz
  · rw [e.1] at hz; cases hz
  · exact e.2

/-- **What devices can reach stays with the processes that they act for**, whatever the kernel does when nothing is left to be
carried out. -/
theorem DevicesOk.sound {mode : Mode} (hd : DevicesOk m) (hm : m.mode ≠ .asked) (h : Inv m.kernel) (h' : Inv s')
    (hi : Integrity m.kernel s') (hb : s'.base = m.kernel.base)
    (hc : ∀ d, d < 65536 →
      s'.pciOwner d = m.kernel.pciOwner d ∨ mode = .asked ∧ s'.contextRequest = d + 1 ∧ s'.flushIotlb = 1) :
    DevicesOk { m with kernel := s', mode := mode } := by
  intro d a l n hx
  obtain ⟨h1, o, ⟨h0, ho⟩, h3, h4⟩ := hd d a l n hx
  have ho := ho.resolve_right fun e => hm e.1
  have hn : m.kernel.nrDevs o ≠ 0 := by
    subst ho
    have h2 := h.device.devs (m.kernel.pciOwner d) ⟨Nat.pos_of_ne_zero h0, (h.device.pci d h1).1⟩
    rw [h2]; have := count_pos (P := fun x => m.kernel.pciOwner x = m.kernel.pciOwner d) h1 rfl; omega
  have h5 : LeadsOk s'.deviceMem o l (target s'.base n) := by
    rw [hb]; exact hi.leads h0 hn h4
  refine ⟨h1, o, ?_⟩
  rcases hi.device d with ⟨e, _⟩ | ⟨e, _⟩ | ⟨hzo, e⟩
  · have e : s'.pciOwner d = o := e.trans ho
    exact ⟨⟨h0, .inl e⟩, h'.tablesOk (e ▸ h'.owner_exposed h1 (e ▸ h0)), h5⟩
  · exact (h0 (ho ▸ e)).elim
  · rw [ho] at hzo
    obtain ⟨c1, c2, c3⟩ := (hc d h1).resolve_left fun e' => h0 (by rw [← ho, ← e', e])
    exact ⟨⟨h0, .inr ⟨c1, e, c2, c3, hi.dead h hzo hn⟩⟩, hi.tables h hb h0 hn hzo h3, h5⟩

/-- **When the requests have been carried out, nothing outdated is left**: each device acts for its owner alone. -/
theorem DevicesOk.carryOut {context : Nat → Option Nat} {c : DeviceCache} {mode : Mode} (hd : DevicesOk m) (h : Inv m.kernel)
    (hs : SameTables m.kernel s') (hc : Reprogrammed m context) (hf : m.remembered.Forgets c)
    (he : m.kernel.flushIotlb ≠ 0 → ∀ d a l n, ¬ c d a l n) :
    DevicesOk { m with kernel := s', mode := mode, context := context, remembered := c } := by
  intro d a l n hx
  have key : ∀ {o}, d < 65536 → o ≠ 0 → m.kernel.pciOwner d = o → TablesOk m.kernel o →
      LeadsOk m.kernel.deviceMem o l (target m.kernel.base n) → d < 65536 ∧ ∃ o,
        ActsFor { m with kernel := s', mode := mode, context := context, remembered := c } d o ∧ TablesOk s' o ∧
          LeadsOk s'.deviceMem o l (target s'.base n) := fun {o} h1 h0 ho h3 h4 =>
    ⟨h1, o, ⟨h0, .inl ((congrFun hs.device d).trans ho)⟩, hs.tables h3, by rw [hs.base]; exact hs.leads h4⟩
  rcases hx with hx | ⟨hx, hl⟩
  · obtain ⟨h1, o, ⟨h0, ho⟩, h3, h4⟩ := hd d a l n (.inl (hf _ _ _ _ hx))
    have hfl : m.kernel.flushIotlb = 0 := Decidable.byContradiction fun e => he e _ _ _ _ hx
    refine key h1 h0 (ho.resolve_right fun e => ?_) h3 h4
    rw [e.2.2.2.1] at hfl; cases hfl
  · have hx : context d = some n := hx
    have hl : l = m.levels.count := hl
    rcases hc.1 d with e | ⟨h1, e⟩
    · obtain ⟨h1, o, ⟨h0, ho⟩, h3, h4⟩ := hd d a l n (.inr ⟨e ▸ hx, hl⟩)
      refine key h1 h0 (ho.resolve_right fun e' => ?_) h3 h4
      have := hc.2 d h1 e'.2.2.1
      rw [hx] at this
      unfold State.deviceStart at this
      rw [if_pos e'.2.1] at this; cases this
    · obtain ⟨ho, h4⟩ := h.device_start h1 (e ▸ hx)
      exact key h1 ho rfl (h.tablesOk (h.owner_exposed h1 ho)) (hl ▸ h4)

end Lv6.Spec
