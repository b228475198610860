module
public import Lv6.Spec.Keep.Basic
public import Lv6.Spec.Entry
/-!
# Keeping the page tables good

What a step may do to page tables without spoiling them: a frame lemma for steps that add no entry, and one lemma for the
step that writes one.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {m m' : Mem}

/-- A page that an entry refers to belongs to the owner of that entry, and stands one level below it. -/
theorem Ref.spec (h : TableInv m) {q i r : Nat} (hr : Ref m q i r) :
    m.owner r = m.owner q ∧ ∃ l, m.level q = some (l + 1) ∧ m.level r = some l := by
  obtain ⟨l, hl⟩ := hr.table
  have he := (h.entries q i l hr.page hr.index hr.live hl hr.present).points
  have ht := hr.target
  unfold Mem.target at ht
  rw [ht] at he
  obtain ⟨h1, h2 | ⟨h2, _⟩⟩ := he
  · exact ⟨h1, l, hl, h2⟩
  · exact (hr.ne h2).elim

/-- No entry refers to a page that stands at no level, such as a free one. -/
theorem Ref.level_ne (h : TableInv m) {q i r : Nat} (hr : Ref m q i r) : m.level r ≠ none := by
  obtain ⟨_, l, _, h2⟩ := hr.spec h
  rw [h2]; exact nofun

/-- What every present entry of a live table after a step was before it. -/
def OldEntries (m m' : Mem) : Prop :=
  ∀ q i l, q < 8192 → i < 512 → m'.live (m'.owner q) → m'.level q = some (l + 1) → (m'.word q i).present = true →
    m.live (m.owner q) ∧ m'.owner q = m.owner q ∧ m.level q = some (l + 1) ∧ SameButAD (m.word q i) (m'.word q i)

/-- A step that adds no entry adds no reference. -/
theorem OldEntries.ref (old : OldEntries m m') (hb : m'.base = m.base) {q i r : Nat} (hr : Ref m' q i r) : Ref m q i r := by
  obtain ⟨h0, h0', h1, ⟨l, h2⟩, h3, h4, h5⟩ := hr
  obtain ⟨k1, -, k3, k4⟩ := old q i l h0 h0' h1 h2 h3
  refine ⟨h0, h0', k1, ⟨l, k3⟩, k4.present ▸ h3, ?_, h5⟩
  unfold Mem.target at h4 ⊢
  rwa [hb, k4.pfn] at h4

/-- **The frame lemma of the page tables.** A step keeps them good if every present entry of a live table was there before,
up to accessed and dirty bits, and what live processes' entries refer to stays with them. -/
theorem TableInv.step (h : TableInv m) (hb : m'.base = m.base) (old : OldEntries m m')
    (page : ∀ q i r, Ref m q i r → m'.live (m'.owner q) → m'.owner r = m.owner r ∧ m'.level r = m.level r)
    (dma : ∀ d, m.live (m.dmaOwner d) → m'.dmaOwner d = m.dmaOwner d)
    (pci : ∀ c, m.live (m.pciOwner c) → m'.pciOwner c = m.pciOwner c)
    (config : m'.pciConfig = m.pciConfig := by rfl) : TableInv m' := by
  refine ⟨hb ▸ h.base, fun q i l h0 h0' h1 h2 h3 => ?_, fun q i q' i' r h1 h2 =>
    h.unique q i q' i' r (old.ref hb h1) (old.ref hb h2)⟩
  obtain ⟨k1, k2, k3, k4⟩ := old q i l h0 h0' h1 h2 h3
  have he := h.entries q i l h0 h0' k1 k3 (k4.present ▸ h3)
  refine ⟨k4.large.trans he.large, k4.global.trans he.global, ?_⟩
  have hp := he.points
  rw [hb, k4.pfn, k4.writable, k2]
  generalize ht : target m.base (m.word q i).pfn = t at hp ⊢
  cases t with
  | page r =>
    obtain ⟨g1, g2⟩ := hp
    by_cases hrq : r = q
    · subst hrq; exact ⟨k2, by rw [h2, ← k3]; exact g2⟩
    · obtain ⟨f1, f2⟩ := page q i r ⟨h0, h0', k1, ⟨l, k3⟩, k4.present ▸ h3, ht, hrq⟩ h1
      exact ⟨f1.trans g1, by rw [f2]; exact g2⟩
  | kernel => exact hp
  | dma d => exact ⟨hp.1, (dma d (hp.2 ▸ k1)).trans hp.2⟩
  | pci c => exact ⟨hp.1, (pci c (hp.2.1 ▸ k1)).trans hp.2.1, config ▸ hp.2.2⟩
  | other => exact hp

/-- Writing an entry: it must be good, and refer to a page that no other entry refers to. -/
theorem TableInv.setEntry (h : TableInv m) {q l i : Nat} {e : Word} (hl : m.level q = some (l + 1))
    (he : e.present = true → EntryOk m (m.owner q) q l e)
    (hu : ∀ r, e.present = true → target m.base e.pfn = .page r → r ≠ q → ∀ q' i', Ref m q' i' r → q' = q ∧ i' = i) :
    TableInv { m with word := upd2 m.word q i e } := by
  have href : ∀ q' i' r, Ref { m with word := upd2 m.word q i e } q' i' r →
      (q' = q ∧ i' = i ∧ e.present = true ∧ target m.base e.pfn = .page r ∧ r ≠ q) ∨ Ref m q' i' r := by
    intro q' i' r ⟨h0, h0', h1, h2, h3, h4, h5⟩
    unfold Mem.target at h4
    dsimp only at h3 h4
    rw [upd2_apply] at h3 h4
    split at h3
    · next hq => rw [if_pos hq] at h4; exact .inl ⟨hq.1, hq.2, h3, h4, hq.1 ▸ h5⟩
    · next hq => rw [if_neg hq] at h4; exact .inr ⟨h0, h0', h1, h2, h3, h4, h5⟩
  refine ⟨h.base, fun q' i' l' h0 h0' h1 h2 h3 => ?_, fun q₁ i₁ q₂ i₂ r h1 h2 => ?_⟩
  · have h4 : m.level q' = some (l' + 1) := h2
    have hold := h.entries q' i' l' h0 h0' h1 h2
    dsimp only at h3
    have hx : EntryOk m (m.owner q') q' l' (upd2 m.word q i e q' i') := by grind [upd2_apply]
    exact ⟨hx.large, hx.global, hx.points⟩
  · rcases href _ _ _ h1 with ⟨rfl, rfl, hp, ht, hne⟩ | k1 <;> rcases href _ _ _ h2 with ⟨rfl, rfl, hp', ht', hne'⟩ | k2
    · exact ⟨rfl, rfl⟩
    · have := hu r hp ht hne _ _ k2; exact ⟨this.1.symm, this.2.symm⟩
    · exact hu r hp' ht' hne' _ _ k1
    · exact h.unique _ _ _ _ _ k1 k2

/-- Processes come to life whose tables are empty. -/
theorem TableInv.more (h : TableInv m) {live' : Nat → Prop} (hl : ∀ o, live' o → m.live o ∨
    ∀ q i l, q < 8192 → m.owner q = o → m.level q = some (l + 1) → (m.word q i).present = false) :
    TableInv { m with live := live' } := by
  refine h.step rfl ?_ (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) (fun _ _ => rfl)
  intro q i l h0 h0' h1 h2 h3
  refine ⟨(hl _ h1).resolve_right fun h4 => ?_, rfl, h2, .refl _⟩
  have h5 := h4 q i l h0 rfl h2
  have h3 : (m.word q i).present = true := h3
  rw [h5] at h3; cases h3

/-- A page that stands at no level becomes a page of `p` of type `t`, filled with zeros. -/
theorem OldEntries.alloc {r p : Nat} {t : PageType} :
    OldEntries m { m with
      type := upd m.type r t, owner := upd m.owner r p, word := upd m.word r fun _ => 0#64 } := by
  intro q i l h0 h0' h1 h2 h3
  have hq : q ≠ r := by rintro rfl; simp only [upd_same, present_zero] at h3; cases h3
  simp only [Mem.level, upd_ne _ _ _ _ hq] at h1 h2 h3 ⊢
  exact ⟨h1, trivial, h2, .refl _⟩

theorem TableInv.alloc (h : TableInv m) {r p : Nat} {t : PageType} (hr : m.level r = none) :
    TableInv { m with
      type := upd m.type r t, owner := upd m.owner r p, word := upd m.word r fun _ => 0#64 } := by
  refine h.step rfl .alloc (fun q i r' hx _ => ?_) (fun _ _ => rfl) (fun _ _ => rfl)
  have hq : r' ≠ r := by rintro rfl; exact hx.level_ne h hr
  simp only [Mem.level, upd_ne _ _ _ _ hq, and_self]

/-- A page to which no table of a live process refers is freed. -/
theorem TableInv.free (h : TableInv m) {r : Nat} (hn : ∀ q i, ¬ Ref m q i r) :
    TableInv { m with type := upd m.type r .free, owner := upd m.owner r 0 } := by
  refine h.step rfl ?_ (fun q i r' hx _ => ?_) (fun _ _ => rfl) (fun _ _ => rfl)
  · intro q i l h0 h0' h1 h2 h3
    have hq : q ≠ r := by rintro rfl; simp only [Mem.level, upd_same, PageType.level] at h2; cases h2
    simp only [Mem.level, upd_ne _ _ _ _ hq] at h1 h2 h3 ⊢
    exact ⟨h1, trivial, h2, .refl _⟩
  · have hq : r' ≠ r := by rintro rfl; exact hn q i hx
    simp only [Mem.level, upd_ne _ _ _ _ hq, and_self]

/-- Contents change, but in no table of a live process. -/
theorem TableInv.data (h : TableInv m) {word : Nat → Nat → Word}
    (hw : ∀ q l, q < 8192 → m.live (m.owner q) → m.level q = some (l + 1) → word q = m.word q) :
    TableInv { m with word := word } := by
  refine h.step rfl ?_ (fun _ _ _ _ _ => ⟨rfl, rfl⟩) (fun _ _ => rfl) (fun _ _ => rfl)
  intro q i l h0 h0' h1 h2 h3
  refine ⟨h1, rfl, h2, ?_⟩
  dsimp only
  rw [hw q l h0 h1 h2]
  exact .refl _

end Lv6.Spec
