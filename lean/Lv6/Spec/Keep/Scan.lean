module
public import Lv6.Spec.Keep.Basic
public import Lv6.Spec.Keep.Boot
public import Lv6.Spec.Scan
/-!
# Keeping the invariant: the device tables are filled

Whatever the scan has found: as long as nobody has claimed a device, no table entry refers to one, so it does not matter
to which device a page of the PCI hole belongs.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State}

/-- Nobody has claimed a device, a vector or a port. -/
structure Unclaimed (s : State) : Prop where
  pci : ∀ d, s.pciOwner d = 0
  vector : ∀ v, ¬ isPid (s.vectorOwner v)
  port : ∀ i, ¬ isPid (s.portOwner i)

/-! ## What the scan changes -/

/-- `t` is `s` but for the devices that are there and the pages that they have. -/
def SameButDevices (s t : State) : Prop :=
  ∃ present dev valid config, t = { s with
    pciPresent := present, pciPageDev := dev, pciPageValid := valid, pciPageConfig := config }

theorem SameButDevices.refl (s : State) : SameButDevices s s := ⟨_, _, _, _, rfl⟩

theorem SameButDevices.trans {s t u : State} (h : SameButDevices s t) (h' : SameButDevices t u) : SameButDevices s u := by
  obtain ⟨_, _, _, _, rfl⟩ := h; obtain ⟨p, d, v, c, rfl⟩ := h'; exact ⟨p, d, v, c, rfl⟩

theorem steps_same {f : Nat → State → State} (h : ∀ i s, SameButDevices s (f i s)) :
    ∀ n s, SameButDevices s (steps n f s)
  | 0, s => .refl s
  | n + 1, s => (steps_same h n s).trans (h n _)

theorem claimFrame_same (s : State) (pfn d : Nat) (config : Bool) : SameButDevices s (claimFrame s pfn d config) := by
  unfold claimFrame
  dsimp only
  repeat' split
  all_goals exact ⟨_, _, _, _, rfl⟩

theorem claimBar_same (s : State) (d base size : Nat) : SameButDevices s (claimBar s d base size) := by
  unfold claimBar
  repeat' split
  all_goals first | exact .refl s | exact steps_same (fun i s => claimFrame_same s _ d false) _ s

theorem claimPages_same (s : State) (scan : Scan) (n : Nat) : SameButDevices s (claimPages s scan n) := by
  have h := @steps_same (fun i s => claimBar s (scan.devid n) (scan.barBase n i) (scan.barSize n i)) fun i s =>
    claimBar_same ..
  refine .trans ?_ (h 6 (if scan.ecam ≠ 0 then claimFrame s (scan.ecam / 4096 + scan.devid n) (scan.devid n) true
    else s))
  split
  · exact claimFrame_same ..
  · exact .refl s

theorem addFunction_same (scan : Scan) (n : Nat) (s : State) : SameButDevices s (addFunction scan n s) := by
  unfold addFunction
  repeat' split
  · exact .refl s
  · exact .refl s
  · exact .trans ⟨_, _, _, _, rfl⟩ (claimPages_same _ scan n)

/-! ## The invariant -/

/-- It does not matter to which device a page of the PCI hole belongs while none is a live process's. -/
theorem TableInv.setPci {m : Mem} (h : TableInv m) (hn : ∀ c, ¬ m.live (m.pciOwner c)) {pciOwner' : Nat → Nat}
    {pciConfig' : Nat → Bool} : TableInv { m with pciOwner := pciOwner', pciConfig := pciConfig' } where
  base := h.base
  entries q i l hq hi hl ht hp := by
    have he := h.entries q i l hq hi hl ht hp
    refine ⟨he.large, he.global, ?_⟩
    have h1 := he.points
    show PointsOk { m with pciOwner := pciOwner', pciConfig := pciConfig' } (m.owner q) q l _ (target m.base (m.word q i).pfn)
    cases ht : target m.base (m.word q i).pfn with
    | pci c => rw [ht] at h1; obtain ⟨_, e, _⟩ := h1; exact (hn c (e ▸ hl)).elim
    | page | kernel | dma | other => rw [ht] at h1; exact h1
  unique q i q' i' r h1 h2 :=
    h.unique q i q' i' r ⟨h1.page, h1.index, h1.live, h1.table, h1.present, h1.target, h1.ne⟩
      ⟨h2.page, h2.index, h2.live, h2.table, h2.present, h2.target, h2.ne⟩

theorem Unclaimed.pages (h : Inv s) (hn : Unclaimed s) (c : Nat) : ¬ s.mem.live (s.mem.pciOwner c) := by
  have e : s.mem.pciOwner c = 0 := by simp [State.mem, hn.pci]
  exact fun hl => h.live_ne_zero hl e

/-- Other devices are there, and have other pages. -/
theorem Inv.sameButDevices {t : State} (h : Inv s) (hn : Unclaimed s) (ht : SameButDevices s t) : Inv t ∧ Unclaimed t := by
  obtain ⟨present, dev, valid, config, rfl⟩ := ht
  refine ⟨{ h with
    table := h.table.setPci (hn.pages h)
    device := { h.device with pci := fun d hd => ?_ } }, hn.pci, hn.vector, hn.port⟩
  have e : s.pciOwner d = 0 := hn.pci d
  exact ⟨by rw [e]; decide, fun h => (h e).elim⟩

/-- Vectors and ports that nobody owns become the kernel's. -/
theorem reserve_inv (h : Inv s) (hn : Unclaimed s) : Inv (reserve s) ∧ Unclaimed (reserve s) := by
  have hk : ¬ isPid kernel := by decide
  have hv : ∀ v p, isPid p → ((reserve s).vectorOwner v = p ↔ s.vectorOwner v = p) := fun v p hp => by
    have := hn.vector v; simp only [reserve]; split <;> grind
  have ho : ∀ i p, isPid p → ((reserve s).portOwner i = p ↔ s.portOwner i = p) := fun i p hp => by
    have := hn.port i; simp only [reserve]; split <;> grind
  have hb : PortInv s.state s.useIoBitmap s.ioBitmapA s.word (reserve s).portOwner := h.port.step
    (fun _ _ hl => .inl ⟨hl, rfl, rfl⟩) (fun _ _ _ _ _ _ => rfl)
    fun p i hp hl _ => ho i p ⟨Nat.pos_of_ne_zero (h.live_ne_zero hl), hp⟩
  refine ⟨{ h with port := hb, device := { h.device with
    port := fun i hi => ?_, ports := fun p hp => ?_, vector := fun v hv => ?_, vectors := fun p hp => ?_
    intremap := fun i hi ha => ?_ } }, hn.pci, fun v hp => hn.vector v ?_, fun i hp => hn.port i ?_⟩
  · have := h.device.port i hi; simp only [reserve]; split <;> simp [*]
  · rw [← count_congr fun i _ => (ho i p hp).symm]; exact h.device.ports p hp
  · have := h.device.vector v hv; simp only [reserve]; split <;> simp [*]
  · rw [← count_congr fun v _ => (hv v p hp).symm]; exact h.device.vectors p hp
  · have := (h.device.intremap i hi ha).2.2.1; rw [hn.pci] at this; cases this.1
  · rw [(hv v _ hp).1 rfl]; exact hp
  · rw [(ho i _ hp).1 rfl]; exact hp

/-- Filling the device tables keeps the invariant, as long as nobody has claimed anything, and gives nobody anything. -/
theorem bootDevices_inv (h : Inv s) (hn : Unclaimed s) (scan : Scan) :
    Inv (bootDevices s scan).2 ∧ Unclaimed (bootDevices s scan).2 := by
  unfold bootDevices
  repeat' split
  all_goals try exact ⟨h, hn⟩
  have ⟨h1, h2⟩ := reserve_inv h hn
  exact h1.sameButDevices h2 (steps_same (addFunction_same scan) _ _)

/-- In the initial state nobody has claimed anything. -/
theorem initial_unclaimed {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) : Unclaimed (initial base) := by
  rw [initial_eq hb hb']
  have h0 : ¬ isPid 0 := by decide
  exact ⟨fun _ => rfl, fun _ => h0, fun _ => h0⟩

end Lv6.Spec
