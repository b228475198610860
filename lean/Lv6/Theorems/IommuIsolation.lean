module
public import Lv6.Spec.Keep.IommuTable
public import Lv6.Theorems.IommuWalk
public import Lv6.Theorems.Isolation
/-!
# Isolation of devices

What a device can reach, whatever address it uses and whatever its owner has put into its tables: DMA pages of its owner.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State} {p d : Nat} {levels : Levels}

/-- The page frame `n` holds a DMA page that `p` has claimed. -/
def IsDmaOf (s : State) (p n : Nat) : Prop :=
  ∃ k, k < 512 ∧ n = s.base + 8192 + k ∧ s.dmaOwner k = p ∧ s.dmaType k = .iommuFrame

/-- A device's walk ends well if its owner is `p`: it faults, or reaches a DMA page of `p`. -/
def DeviceWalk.Good (s : State) (p : Nat) : DeviceWalk → Prop
  | .fault => True
  | .wild => False
  | .hit n _ _ => IsDmaOf s p n

/-- An entry that a device can pass through is in use. -/
theorem passable_ne {e : Word} (h : ¬ (e.deviceReads = false ∧ e.deviceWrites = false)) : e ≠ 0#64 := by
  rintro rfl; exact h (by decide)

/-- One step of the walk: an entry that a device can pass through leads to a table one level lower, or from the lowest
tables to a DMA page. -/
theorem Inv.device_next (h : Inv s) (hx : s.exposed p) {l n : Nat}
    (hs : LeadsOk s.deviceMem p (l + 1) (target s.base n)) :
    ∃ q, target s.base n = .page q ∧ s.pageOwner q = p ∧ (s.pageType q).iommuLevel = some (l + 1) ∧
      ∀ i, i < 512 → ¬ ((s.word q i).deviceReads = false ∧ (s.word q i).deviceWrites = false) →
        (s.word q i).large = false ∧ LeadsOk s.deviceMem p l (target s.base (s.word q i).pfn) := by
  generalize ht : target s.base n = t at hs
  cases t with
  | page q =>
    obtain ⟨ho, hl⟩ := hs
    have ho : s.pageOwner q = p := ho
    refine ⟨q, rfl, ho, hl, fun i hi hp => ?_⟩
    have he := h.iommu.entries q i l (target_eq_page ht).2 hi (show s.exposed (s.pageOwner q) from ho ▸ hx) hl
      (passable_ne hp)
    exact ⟨he.large, ho ▸ he.leads⟩
  | dma k => exact absurd hs.1 (Nat.succ_ne_zero l)
  | _ => exact hs.elim

theorem Inv.deviceWalkFrom_good (h : Inv s) (h0 : p ≠ 0) (hx : s.exposed p) (a : Word) : ∀ l n r w,
    LeadsOk s.deviceMem p l (target s.base n) → (s.deviceWalkFrom a l n r w).Good s p := by
  intro l
  induction l with
  | zero =>
    intro n r w hs
    generalize ht : target s.base n = t at hs
    cases t with
    | page q =>
      have hl : (s.pageType q).iommuLevel = some 0 := hs.2
      revert hl; cases s.pageType q <;> simp [PageType.iommuLevel]
    | dma k =>
      obtain ⟨h1, h2⟩ := target_eq_dma ht
      have ho : s.dmaOwner k = p := hs.2
      have ⟨_, h3, h4⟩ := h.device.dma k h2
      exact ⟨k, h2, h1, ho, h4.resolve_left fun e => h0 (ho ▸ h3.2 e)⟩
    | _ => exact hs.elim
  | succ l ih =>
    intro n r w hs
    obtain ⟨q, hn, _, _, hi⟩ := h.device_next hx hs
    simp only [State.deviceWalkFrom, hn]
    split
    · trivial
    · next hp =>
      obtain ⟨h1, h2⟩ := hi _ (vaIndex_lt _ _) hp
      simp only [h1, Bool.false_eq_true, false_and, if_false]
      exact ih _ _ _ h2

/-- The root of a device's tables is a page of its owner, made for that. -/
theorem Inv.device_root (h : Inv s) (hd : d < 65536) (ho : s.pciOwner d ≠ 0) :
    s.pciRoot d < 8192 ∧ s.pageOwner (s.pciRoot d) = s.pciOwner d ∧ s.pageType (s.pciRoot d) = .iommuPml4 :=
  h.iommu.root d hd ho

/-- The walk starts at a table of the device's owner. -/
theorem Inv.device_start (h : Inv s) (hd : d < 65536) {n : Nat} (hs : s.deviceStart levels d = some n) :
    s.pciOwner d ≠ 0 ∧ LeadsOk s.deviceMem (s.pciOwner d) levels.count (target s.base n) := by
  unfold State.deviceStart at hs
  split at hs
  · cases hs
  next ho =>
  have ⟨h1, h2, h3⟩ := h.device_root hd ho
  have hr : LeadsOk s.deviceMem (s.pciOwner d) 4 (target s.base (s.base + s.pciRoot d)) := by
    rw [target_page h1]; exact ⟨h2, by show (s.pageType _).iommuLevel = _; rw [h3]; rfl⟩
  refine ⟨ho, ?_⟩
  cases levels with
  | four => cases hs; exact hr
  | three =>
    dsimp only at hs
    split at hs
    · next hp =>
      cases hs
      obtain ⟨q, hn, _, _, hi⟩ := h.device_next (l := 3) (h.owner_exposed hd ho) hr
      rw [target_page h1] at hn
      cases hn
      exact (hi 0 (by omega) fun e => by rw [hp.1] at e; cases e.1).2
    · cases hs

/-- **Isolation of devices.** Whatever address a device uses, with tables of four levels or of three, and whatever its owner
has put into them: the unit either blocks the access or reaches a DMA page that the owner of the device has claimed. A device
never reaches anything else: no frame, no page table, not its own tables, none of the kernel's own memory, no other device. -/
theorem device_isolation (h : Inv s) (hd : d < 65536) (a : Word) : (s.deviceWalk levels d a).Good s (s.pciOwner d) := by
  unfold State.deviceWalk
  split
  · trivial
  · next n hs =>
    obtain ⟨ho, hl⟩ := h.device_start hd hs
    split
    · exact h.deviceWalkFrom_good ho (h.owner_exposed hd ho) a _ _ _ _ hl
    · trivial

/-- A device that no process owns reaches nothing. -/
theorem unowned_device (ho : s.pciOwner d = 0) (a : Word) : s.deviceWalk levels d a = .fault := by
  unfold State.deviceWalk State.deviceStart
  rw [if_pos ho]

/-- The same, when it is known what the unit reaches: then the device has an owner. -/
theorem Inv.device_hit (h : Inv s) (hd : d < 65536) {a : Word} {n : Nat} {r w : Bool}
    (hw : s.deviceWalk levels d a = .hit n r w) : s.pciOwner d ≠ 0 ∧ IsDmaOf s (s.pciOwner d) n := by
  have hg := device_isolation h hd a (levels := levels)
  rw [hw] at hg
  refine ⟨fun ho => ?_, hg⟩
  rw [unowned_device ho] at hw; cases hw

/-- A device reaches no page of RAM: no frame, no page table of a process or device, no saved registers, no control block. -/
theorem device_no_page (h : Inv s) (hd : d < 65536) {a : Word} {q : Nat} {r w : Bool} (hq : q < 8192) :
    s.deviceWalk levels d a ≠ .hit (s.base + q) r w := fun e => by
  obtain ⟨_, k, _, hn, _⟩ := h.device_hit hd e
  omega

/-- Two devices of different owners never reach the same page frame. -/
theorem devices_apart (h : Inv s) {d' : Nat} (hd : d < 65536) (hd' : d' < 65536) (hne : s.pciOwner d ≠ s.pciOwner d')
    {a a' : Word} {n : Nat} {r w r' w' : Bool} (hw : s.deviceWalk levels d a = .hit n r w) :
    s.deviceWalk levels d' a' ≠ .hit n r' w' := fun hw' => by
  obtain ⟨_, k, _, hn, ho, _⟩ := h.device_hit hd hw
  obtain ⟨_, k', _, hn', ho', _⟩ := h.device_hit hd' hw'
  obtain rfl : k = k' := by omega
  exact hne (ho.symm.trans ho')

/-- What a device reaches, no live process reaches but the device's owner. -/
theorem device_memory_private (h : Inv s) (hi : isPid p) (hp : s.live p) (hd : d < 65536) {a va : Word} {n : Nat} {r w w' : Bool}
    (hw : s.deviceWalk levels d a = .hit n r w) (hw' : s.walk p va = .hit n w') : p = s.pciOwner d := by
  obtain ⟨_, k, hk, hn, ho, _⟩ := h.device_hit hd hw
  have hm := h.hit hi hp hw'
  rw [hn, target_dma hk] at hm
  exact hm.symm.trans ho

/-! ## What a device's walk depends on -/

theorem Inv.deviceWalkFrom_congr (h : Inv s) (hx : s.exposed p) (hb : s'.base = s.base)
    (hw : ∀ q l i, q < 8192 → i < 512 → s.pageOwner q = p → (s.pageType q).iommuLevel = some (l + 1) →
      s'.word q i = s.word q i) (a : Word) : ∀ l n r w,
    LeadsOk s.deviceMem p l (target s.base n) → s'.deviceWalkFrom a l n r w = s.deviceWalkFrom a l n r w := by
  intro l
  induction l with
  | zero => intros; rfl
  | succ l ih =>
    intro n r w hs
    obtain ⟨q, hn, ho, hl, hi⟩ := h.device_next hx hs
    simp only [State.deviceWalkFrom, hb, hn, hw q l _ (target_eq_page hn).2 (vaIndex_lt a l) ho hl]
    split
    · rfl
    · next hp =>
      obtain ⟨h1, h2⟩ := hi _ (vaIndex_lt _ _) hp
      simp only [h1, Bool.false_eq_true, false_and, if_false]
      exact ih _ _ _ h2

/-- What a device reaches depends on its owner, its root and the IOMMU tables of its owner only. -/
theorem deviceWalk_congr (h : Inv s) (hd : d < 65536) (hb : s'.base = s.base) (ho : s'.pciOwner d = s.pciOwner d)
    (hr : s'.pciRoot d = s.pciRoot d)
    (hw : ∀ q l i, q < 8192 → i < 512 → s.pageOwner q = s.pciOwner d → (s.pageType q).iommuLevel = some (l + 1) →
      s'.word q i = s.word q i) (a : Word) : s'.deviceWalk levels d a = s.deviceWalk levels d a := by
  have hs : s'.deviceStart levels d = s.deviceStart levels d := by
    unfold State.deviceStart
    rw [ho, hr, hb]
    split
    · rfl
    next h0 =>
    have ⟨h1, h2, h3⟩ := h.device_root hd h0
    rw [hw _ 3 0 h1 (by omega) h2 (by rw [h3]; rfl)]
  unfold State.deviceWalk
  rw [hs]
  split
  · rfl
  · next n hn =>
    obtain ⟨h0, hl⟩ := h.device_start hd hn
    rw [h.deviceWalkFrom_congr (h.owner_exposed hd h0) hb hw a _ _ _ _ hl]

end Lv6.Spec
