module
public import Lv6.Spec.Bounds
/-!
# Keeping the IOMMU tables good

What a step may do to the memory that devices see without spoiling it: a frame lemma for steps that add no entry, and one
lemma for the step that writes one.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {m m' : DeviceMem}

/-- **The frame lemma of the IOMMU tables.** A step keeps them good if every entry of an exposed process's table was there
before, and the tables and DMA pages of exposed processes stay with them. -/
theorem IommuInv.step (h : IommuInv m) (hb : m'.base = m.base)
    (old : ∀ q i l, q < 8192 → i < 512 → m'.exposed (m'.owner q) → (m'.type q).iommuLevel = some (l + 1) →
      m'.word q i ≠ 0#64 →
      m.exposed (m.owner q) ∧ m'.owner q = m.owner q ∧ m'.type q = m.type q ∧ m'.word q i = m.word q i)
    (page : ∀ q l, q < 8192 → m.exposed (m.owner q) → (m.type q).iommuLevel = some l →
      m'.owner q = m.owner q ∧ m'.type q = m.type q)
    (dma : ∀ d, m.exposed (m.dmaOwner d) → m'.dmaOwner d = m.dmaOwner d)
    (root : ∀ d, d < 65536 → m'.pciOwner d ≠ 0 → IsOwn m'.type m'.owner (m'.pciOwner d) .iommuPml4 (m'.pciRoot d)) :
    IommuInv m' := by
  refine ⟨root, fun q i l h0 h0' h1 h2 h3 => ?_⟩
  obtain ⟨k1, k2, k3, k4⟩ := old q i l h0 h0' h1 h2 h3
  rw [k3] at h2
  rw [k4] at h3
  have he := h.entries q i l h0 h0' k1 h2 h3
  rw [k4, k2]
  refine ⟨he.large, ?_⟩
  have hp := he.leads
  rw [hb]
  generalize ht : target m.base (m.word q i).pfn = t at hp ⊢
  cases t with
  | page r =>
    obtain ⟨g1, g2⟩ := hp
    obtain ⟨f1, f2⟩ := page r l (target_eq_page ht).2 (g1 ▸ k1) g2
    exact ⟨f1.trans g1, f2 ▸ g2⟩
  | dma d => exact ⟨hp.1, (dma d (hp.2 ▸ k1)).trans hp.2⟩
  | _ => exact hp.elim

/-- Fewer processes are exposed. -/
theorem IommuInv.fewer (h : IommuInv m) {exposed' : Nat → Prop} (he : ∀ p, exposed' p → m.exposed p) :
    IommuInv { m with exposed := exposed' } :=
  h.step rfl (fun _ _ _ _ _ h1 _ _ => ⟨he _ h1, rfl, rfl, rfl⟩) (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) h.root

/-- More processes are exposed, which have no IOMMU tables. -/
theorem IommuInv.more (h : IommuInv m) {exposed' : Nat → Prop} (he : ∀ p, exposed' p → m.exposed p ∨
    ∀ q, q < 8192 → m.owner q = p → (m.type q).iommuLevel = none) : IommuInv { m with exposed := exposed' } := by
  refine h.step rfl (fun q i l h0 _ h1 h2 _ => ⟨(he _ h1).resolve_right fun hn => ?_, rfl, rfl, rfl⟩)
    (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) h.root
  have h2 : (m.type q).iommuLevel = some (l + 1) := h2
  rw [hn q h0 rfl] at h2; cases h2

/-- Contents change, but in no IOMMU table of an exposed process. -/
theorem IommuInv.data (h : IommuInv m) {word : Nat → Nat → Word}
    (hw : ∀ q l, q < 8192 → m.exposed (m.owner q) → (m.type q).iommuLevel = some (l + 1) → word q = m.word q) :
    IommuInv { m with word := word } :=
  h.step rfl (fun q i l h0 _ h1 h2 _ => ⟨h1, rfl, rfl, congrFun (hw q l h0 h1 h2) i⟩) (fun _ _ _ _ _ => ⟨rfl, rfl⟩)
    (fun _ _ => rfl) h.root

/-- The contents of one page change, which is no IOMMU table. -/
theorem IommuInv.page (h : IommuInv m) {r : Nat} {words : Nat → Word} (hr : (m.type r).iommuLevel = none) :
    IommuInv { m with word := upd m.word r words } :=
  h.data fun q l _ _ hl => upd_ne _ _ _ _ (by rintro rfl; rw [hr] at hl; cases hl)

/-- A free page becomes a page of `p` of type `t`, filled with zeros. -/
theorem IommuInv.alloc (h : IommuInv m) {r p : Nat} {t : PageType} (hr : m.type r = .free) :
    IommuInv { m with
      type := upd m.type r t, owner := upd m.owner r p, word := upd m.word r fun _ => 0#64 } := by
  refine h.step rfl (fun q i l _ _ h1 h2 h3 => ?_) (fun q l _ _ hl => ?_) (fun _ _ => rfl) (fun d hd ho => ?_)
  · have hq : q ≠ r := by rintro rfl; exact h3 (congrFun (upd_same _ _ _) i)
    simp only [upd_ne _ _ _ _ hq] at h1 ⊢
    exact ⟨h1, trivial, trivial, trivial⟩
  · dsimp only; grind [upd, PageType.iommuLevel]
  · have := h.root d hd ho
    dsimp only at ho ⊢; grind [upd, IsOwn]

/-- A page is freed that is no IOMMU table of an exposed process, and so no root of a device. -/
theorem IommuInv.free (h : IommuInv m) {r : Nat} (hn : m.exposed (m.owner r) → (m.type r).iommuLevel = none)
    (hd : ∀ d, d < 65536 → m.pciOwner d ≠ 0 → m.exposed (m.pciOwner d)) :
    IommuInv { m with type := upd m.type r .free, owner := upd m.owner r 0 } := by
  refine h.step rfl (fun q i l _ _ h1 h2 h3 => ?_) (fun q l _ he hl => ?_) (fun _ _ => rfl) (fun d hd' ho => ?_)
  · dsimp only at h1 h2 h3 ⊢; grind [upd, PageType.iommuLevel]
  · dsimp only; grind [upd]
  · have := h.root d hd' ho
    have := hd d hd' ho
    dsimp only at ho ⊢; grind [upd, IsOwn, PageType.iommuLevel]

/-- A good entry is written. -/
theorem IommuInv.setEntry (h : IommuInv m) {q l i : Nat} {e : Word} (hl : (m.type q).iommuLevel = some (l + 1))
    (he : IommuEntryOk m (m.owner q) l e) : IommuInv { m with word := upd2 m.word q i e } := by
  refine ⟨h.root, fun q' i' l' h0 h0' h1 h2 h3 => ?_⟩
  have hk := h.entries q' i' l' h0 h0' h1 h2
  dsimp only at h2 h3 ⊢
  obtain ⟨h4, h5⟩ : IommuEntryOk m (m.owner q') l' (upd2 m.word q i e q' i') := by grind [upd2_apply]
  exact ⟨h4, h5⟩

/-! ## What the other parts of the invariant say -/

variable {s s' : State}

/-- Who has a device is exposed. -/
theorem Inv.owner_exposed (h : Inv s) {d : Nat} (hd : d < 65536) (ho : s.pciOwner d ≠ 0) : s.exposed (s.pciOwner d) := by
  refine .inr fun e => ?_
  rw [h.device.devs _ ⟨Nat.pos_of_ne_zero ho, (h.device.pci d hd).1⟩] at e
  exact count_zero e hd rfl

/-- A zombie without devices is not exposed. -/
theorem not_exposed {p : Nat} (hz : s.state p = .zombie) (hn : s.nrDevs p = 0) : ¬ s.exposed p := by
  rintro (hl | hn')
  · unfold State.live at hl; rw [hz] at hl; cases hl
  · exact hn' hn

/-- Nobody comes to life, and no device changes hands. -/
theorem exposed_mono (hl : ∀ p, (s'.state p).isLive = true → (s.state p).isLive = true) (hn : s'.nrDevs = s.nrDevs) (p : Nat)
    (he : s'.exposed p) : s.exposed p :=
  he.imp (hl p) fun h => hn ▸ h

end Lv6.Spec
