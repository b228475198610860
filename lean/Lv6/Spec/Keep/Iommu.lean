module
public import Lv6.Spec.Keep.Interrupt
public import Lv6.Spec.Keep.Vm
public import Lv6.Spec.Iommu
/-!
# Keeping the invariant: devices and their tables
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {table i q d c : Nat} {perm : Word} {t parent child : PageType}

/-! ## Counters -/

/-- No overflow: nobody owns more devices than there are. -/
theorem Inv.devs_le (h : Inv s) : ∀ p, isPid p → s.nrDevs p ≤ 65536 := fun p hp => by
  rw [h.device.devs p hp]; exact count_le 65536
/-- The owner of a device owns a device. -/
theorem Inv.devs_pos (h : Inv s) : ∀ d, d < 65536 → isPid (s.pciOwner d) → 1 ≤ s.nrDevs (s.pciOwner d) :=
  fun d hd hp => by rw [h.device.devs _ hp]; exact count_pos hd rfl
/-- No overflow: nobody owns more DMA pages than there are. -/
theorem Inv.dmapages_le (h : Inv s) : ∀ p, isPid p → s.nrDmapages p ≤ 512 := fun p hp => by
  rw [h.device.dmapages p hp]; exact count_le 512
/-- The owner of a DMA page owns a DMA page. -/
theorem Inv.dmapages_pos (h : Inv s) : ∀ d, d < 512 → isPid (s.dmaOwner d) → 1 ≤ s.nrDmapages (s.dmaOwner d) :=
  fun d hd hp => by rw [h.device.dmapages _ hp]; exact count_pos hd rfl
/-- Who is alive is not nobody. -/
theorem Inv.not_live_zero (h : Inv s) : ¬ s.live 0 := fun hl => h.live_ne_zero hl rfl

/-! ## What the checks establish -/

/-- What is known when `checkIommuMap` finds nothing wrong. -/
structure IommuMapOk (s : State) (table i : Nat) (perm : Word) (t : PageType) : Prop where
  page : isPageOf s table t
  owner : s.pageOwner table = s.current
  index : i < 512
  perm : isIommuPerm perm
  empty : s.word table i = 0#64

theorem checkIommuMap_ok (h : checkIommuMap s table i perm t = 0) : IommuMapOk s table i perm t := by
  unfold checkIommuMap at h
  constructor <;> grind [isIndex]

/-! ## Writing an entry -/

/-- A good entry is written into an IOMMU table: page tables of processes do not change. -/
theorem Inv.setIommuEntry (h : Inv s) {l : Nat} {e : Word} (hl : (s.pageType table).iommuLevel = some (l + 1))
    (he : IommuEntryOk s.deviceMem (s.pageOwner table) l e) : Inv (setIommuEntry s table i e) := by
  refine { h with
    table := h.table.data (m := s.mem) fun q k _ _ hk => ?_, iommu := h.iommu.setEntry (m := s.deviceMem) hl he
    port := h.bitmapPage fun e => by rw [e] at hl; cases hl }
  refine upd_ne _ _ _ _ ?_
  rintro rfl
  rw [iommuLevel_of_level (t := s.pageType q) hk] at hl; cases hl

/-- An entry made by a call is good if it leads to something that it may lead to. -/
theorem Inv.makeIommuEntry (h : Inv s) {l pfn : Nat} (hl : (s.pageType table).iommuLevel = some (l + 1))
    (hp : isIommuPerm perm) (hf : pfn < 2 ^ 40) (hk : LeadsOk s.deviceMem (s.pageOwner table) l (target s.base pfn)) :
    Inv (Spec.setIommuEntry s table i (Spec.makeEntry pfn perm)) := by
  refine h.setIommuEntry hl ⟨large_makeIommuEntry _ hp, ?_⟩
  rw [pfn_makeIommuEntry hf hp]; exact hk

/-- Any of the three calls that give a process a new IOMMU table keeps the invariant. -/
theorem allocIommuTable_inv (h : Inv s) {l : Nat} (hp : parent.iommuLevel = some (l + 1)) (hc : child.iommuLevel = some l) :
    Inv (allocIommuTable s table i q perm parent child).2 := by
  unfold allocIommuTable
  checks h
  next hq he =>
  have hk := checkIommuMap_ok he
  have hb := h.base_le
  obtain ⟨hq, hf⟩ := hq
  have hne : table ≠ q := by have := hk.page.2; grind [PageType.iommuLevel]
  have h1 := h.allocPage (t := child) ⟨hq, hf⟩ h.proc.pid (by rw [h.current_running]; nofun)
    (by constructor <;> rintro rfl <;> cases hc)
  refine h1.makeIommuEntry (l := l) ?_ hk.perm (by omega) ?_
  · show (upd s.pageType q child table).iommuLevel = _
    rw [upd_ne _ _ _ _ hne, hk.page.2]; exact hp
  · show LeadsOk _ (upd s.pageOwner q s.current table) _ (target s.base (s.base + q))
    rw [target_page hq, upd_ne _ _ _ _ hne, hk.owner]
    exact ⟨upd_same _ _ _, by show (upd s.pageType q child q).iommuLevel = _; rw [upd_same]; exact hc⟩

theorem allocIommuPdpt_inv (h : Inv s) : Inv (allocIommuPdpt s table i q perm).2 := allocIommuTable_inv h (l := 3) rfl rfl
theorem allocIommuPd_inv (h : Inv s) : Inv (allocIommuPd s table i q perm).2 := allocIommuTable_inv h (l := 2) rfl rfl
theorem allocIommuPt_inv (h : Inv s) : Inv (allocIommuPt s table i q perm).2 := allocIommuTable_inv h (l := 1) rfl rfl

/-! ## DMA pages -/

/-- A DMA page that belongs to no exposed process changes hands, and the counters follow. -/
theorem Inv.setDma (h : Inv s) {p : Nat} {type : PageType} {nr : Nat → Nat} {words : Nat → Nat → Word}
    (hp : p < 64) (ht : type = if p = 0 then .free else .iommuFrame) (ho : ¬ s.exposed (s.dmaOwner d))
    (hc : ∀ q, isPid q → nr q = count (fun d' => upd s.dmaOwner d p d' = q) 512)
    (hu : ∀ q, q < 64 → s.state q = .unused → nr q = 0) :
    Inv { s with
      dmaType := upd s.dmaType d type, dmaOwner := upd s.dmaOwner d p, dmaWord := words, nrDmapages := nr } := by
  have hsame : ∀ d', s.exposed (s.dmaOwner d') → upd s.dmaOwner d p d' = s.dmaOwner d' := fun d' he =>
    upd_ne _ _ _ _ (by rintro rfl; exact ho he)
  refine { h with
    device := { h.device with dma := fun d' hd' => ?_, dmapages := hc }
    unused := { h.unused with dmapages := hu }
    table := h.table.step (m := s.mem) rfl (fun _ _ _ _ _ h1 h2 _ => ⟨h1, rfl, h2, .refl _⟩)
      (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun d' hl => hsame d' (.inl hl)) (fun _ _ => rfl) rfl
    iommu := h.iommu.step (m := s.deviceMem) rfl (fun _ _ _ _ _ h1 _ _ => ⟨h1, rfl, rfl, rfl⟩)
      (fun _ _ _ _ _ => ⟨rfl, rfl⟩) hsame h.iommu.root }
  have := h.device.dma d' hd'; grind [upd]

/-- Nobody is not exposed. -/
theorem Inv.not_exposed_zero (h : Inv s) : ¬ s.exposed 0 := by
  have := h.unused.devs 0 (by omega) h.proc.nobody
  rintro (hl | hn)
  · exact h.not_live_zero hl
  · exact hn this

/-- The DMA page is free, so it belongs to nobody before. -/
theorem allocIommuFrame_inv (h : Inv s) : Inv (allocIommuFrame s table i d perm).2 := by
  unfold allocIommuFrame isDmapn
  checks h
  next hd hf he =>
  have hk := checkIommuMap_ok he
  have hb := h.base_le
  have hr := h.current_running
  have h0 : s.dmaOwner d = 0 := (h.device.dma d hd).2.1.2 hf
  have hs := h.setDma (d := d) (type := .iommuFrame) (words := upd s.dmaWord d fun _ => 0#64) h.proc.pid.2
    (by rw [if_neg (Nat.ne_of_gt h.proc.pid.1)]) (by rw [h0]; exact h.not_exposed_zero)
    (counted_give (p := s.current) h.device.dmapages hd (h0 ▸ isPid_zero)) (by have := h.unused.dmapages; grind [upd])
  refine hs.makeIommuEntry (l := 0) (by show (s.pageType table).iommuLevel = _; rw [hk.page.2]; rfl) hk.perm (by omega) ?_
  show LeadsOk _ _ _ (target s.base (s.base + 8192 + d))
  rw [target_dma hd]
  exact ⟨rfl, (upd_same _ _ _).trans hk.owner.symm⟩

/-- No entry that a device may come to walk leads to the DMA page of a zombie without devices. -/
theorem reclaimIommuFrame_inv (h : Inv s) : Inv (reclaimIommuFrame s d).2 := by
  unfold reclaimIommuFrame isDmapn
  checks h
  next hd hf hz hn =>
  exact { h.setDma (d := d) (p := 0) (type := .free) (words := s.dmaWord) (by omega) rfl (not_exposed hz hn)
    (counted_take h.device.dmapages hd isPid_zero) (by have := h.unused.dmapages; grind [upd]) with }

/-! ## Devices -/

/-- A device without interrupt routes changes hands, from nobody or a dead process, and the counters follow. -/
theorem Inv.setDevice (h : Inv s) {p r context flush : Nat} {nr : Nat → Nat} (hp : p < 64)
    (hpr : p ≠ 0 → s.pciPresent d ≠ 0) (ho : ¬ s.live (s.pciOwner d))
    (hi : ∀ i, i < 8 → s.intremapActive i ≠ 0 → s.intremapDev i ≠ d)
    (hr : p ≠ 0 → IsOwn s.pageType s.pageOwner p .iommuPml4 r)
    (hx : ∀ q, s.live q ∨ nr q ≠ 0 → s.exposed q)
    (hc : ∀ q, isPid q → nr q = count (fun d' => upd s.pciOwner d p d' = q) 65536)
    (hu : ∀ q, q < 64 → s.state q = .unused → nr q = 0) :
    Inv { s with
      pciOwner := upd s.pciOwner d p, pciRoot := upd s.pciRoot d r, nrDevs := nr, contextRequest := context
      flushIotlb := flush } := by
  have hm : ∀ i, i < 8 → s.intremapActive i ≠ 0 →
      upd s.pciOwner d p (s.intremapDev i) = s.pciOwner (s.intremapDev i) := fun i h1 h2 => upd_ne _ _ _ _ (hi i h1 h2)
  refine { h with
    device := { h.device with
      pci := fun d' hd' => ?_, devs := hc, intremap := fun i hi' ha => ?_, intremaps := fun q hq => ?_ }
    unused := { h.unused with devs := hu }
    table := h.table.step (m := s.mem) rfl (fun _ _ _ _ _ h1 h2 _ => ⟨h1, rfl, h2, .refl _⟩)
      (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) (fun c hl => ?_) rfl
    iommu := h.iommu.step (m := s.deviceMem) rfl (fun _ _ _ _ _ h1 _ _ => ⟨hx _ h1, rfl, rfl, rfl⟩)
      (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) (fun d' hd' ho' => ?_) }
  · simp only [State.mem] at hl ⊢
    split at hl
    · next hv => simp only [hv, if_true]; exact upd_ne _ _ _ _ fun e => ho (by rw [← e]; exact hl)
    · exact (h.not_live_zero hl).elim
  · have := h.device.pci d' hd'; grind [upd]
  · have := h.device.intremap i hi' ha; have := hm i hi' ha; grind
  · exact (h.device.intremaps q hq).trans (count_congr fun i hi' => by have := hm i hi'; grind)
  · have h1 := h.iommu.root d' hd'
    simp only [State.deviceMem, upd] at ho' h1 ⊢
    grind

theorem allocIommuRoot_inv (h : Inv s) : Inv (allocIommuRoot s d q).2 := by
  unfold allocIommuRoot isDevid
  checks h
  next hd hpr h0 hq =>
  have hr := h.current_running
  have h1 := h.allocPage (t := .iommuPml4) hq h.proc.pid (by rw [hr]; nofun) ⟨nofun, nofun⟩
  refine h1.setDevice h.proc.pid.2 (fun _ => hpr) ?_ (fun i hi ha e => ?_) (fun _ => ⟨hq.1, upd_same _ _ _, upd_same _ _ _⟩)
    (fun p hx => ?_) (counted_give (p := s.current) h1.device.devs hd (h0 ▸ isPid_zero)) ?_
  · show ¬ s.live (s.pciOwner d); rw [h0]; exact h.not_live_zero
  · have := (h1.device.intremap i hi ha).2.2.1
    rw [e] at this; exact isPid_zero (h0 ▸ this)
  · refine hx.elim .inl fun hn => ?_
    by_cases e : p = s.current
    · exact .inl (e ▸ h.current_live)
    · exact .inr fun e0 => hn ((upd_ne _ _ _ _ e).trans e0)
  · have := h1.unused.devs
    have hr : (allocPage s s.current .iommuPml4 q).state s.current = .running := hr
    grind [upd]

theorem reclaimIommuRoot_inv (h : Inv s) : Inv (reclaimIommuRoot s d).2 := by
  unfold reclaimIommuRoot isDevid
  checks h
  next hd hp hz hn =>
  refine h.setDevice (by omega) (fun e => (e rfl).elim) ?_ (fun i hi ha e => ?_) (fun e => (e rfl).elim)
    (fun q hx => hx.imp id fun hn => by grind [upd]) (counted_take h.device.devs hd isPid_zero)
    (by have := h.unused.devs; grind [upd])
  · intro hl; unfold State.live at hl; rw [hz] at hl; cases hl
  · -- the owner has no interrupt route
    have := (h.intremaps_pos i hi ha).2
    rw [e] at this; omega

/-! ## Memory of devices in page tables of processes -/

/-- The registers of its own device may stand in a process's page table, and its configuration space for reading. -/
theorem mapPcipage_inv (h : Inv s) : Inv (mapPcipage s table i c perm).2 := by
  unfold mapPcipage
  checks h
  next hc ho hw =>
  obtain ⟨hc, hv⟩ := hc
  have ht : target s.base (0xa0000 + c) = .pci c := target_pci h.base_le hc
  refine mapPage_inv h (l := 0) rfl (by omega) (fun r e => by rw [ht] at e; cases e) (fun _ => ?_)
  rw [ht]
  refine ⟨rfl, ?_, fun e => (Bool.not_eq_true _).mp fun e' => hw ⟨e', e⟩⟩
  simp only [State.mem, hv, if_true]; exact ho

/-- So may its own DMA pages. -/
theorem mapIommuFrame_inv (h : Inv s) : Inv (mapIommuFrame s table i d perm).2 := by
  unfold mapIommuFrame isDmapn
  checks h
  next hd _ ho =>
  have hb := h.base_le
  have ht : target s.base (s.base + 8192 + d) = .dma d := target_dma hd
  refine mapPage_inv h (l := 0) rfl (by omega) (fun r e => by rw [ht] at e; cases e) (fun _ => ?_)
  rw [ht]; exact ⟨rfl, ho⟩

end Lv6.Spec
