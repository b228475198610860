module
public import Lv6.Spec.Keep.Page
public import Lv6.Spec.Port
/-!
# Keeping the invariant: I/O ports
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {port q : Nat}

/-- No overflow: nobody owns more ports than there are. -/
theorem Inv.ports_le (h : Inv s) : ∀ p, isPid p → s.nrPorts p ≤ 65536 := fun p hp => by
  rw [h.device.ports p hp]; exact count_le 65536
/-- The owner of a port owns a port. -/
theorem Inv.ports_pos (h : Inv s) : ∀ i, i < 65536 → isPid (s.portOwner i) → 1 ≤ s.nrPorts (s.portOwner i) :=
  fun i hi hp => by rw [h.device.ports _ hp]; exact count_pos hi rfl

/-! ## The bitmap -/

/-- The contents of a page that stands in no page table of a process or device may change. -/
theorem Inv.setWords (h : Inv s) {words : Nat → Word} (hq : s.pageType q = .procData) :
    Inv { s with word := upd s.word q words } := by
  refine { h with
    table := h.table.data (m := s.mem) fun r l _ _ hl => upd_ne _ _ _ _ ?_
    iommu := h.iommu.page (by show (s.pageType q).iommuLevel = _; rw [hq]; rfl) }
  rintro rfl
  have e : (s.pageType r).level = some (l + 1) := hl
  rw [hq] at e; cases e

theorem Inv.allocFullPage (h : Inv s) (hq : isFree s q) : Inv (allocFullPage s q) := by
  have hr := h.current_running
  have h1 := h.allocPage (t := .procData) hq h.proc.pid (by rw [hr]; nofun) ⟨nofun, nofun⟩
  exact h1.setWords (upd_same _ _ _)

/-- Another page than the one that is given out stays free. -/
theorem isFree.allocFullPage {r : Nat} (hf : isFree s r) (hne : r ≠ q) : isFree (allocFullPage s q) r :=
  ⟨hf.1, (upd_ne _ _ _ _ hne).trans hf.2⟩

/-- The page that is given out is the current process's. -/
theorem allocFullPage_own (hq : q < 8192) :
    IsOwn (allocFullPage s q).pageType (allocFullPage s q).pageOwner s.current .procData q :=
  ⟨hq, upd_same _ _ _, upd_same _ _ _⟩

/-- The page that is given out is no other one. -/
theorem IsOwn.allocFullPage {r p : Nat} {t : PageType} (hi : IsOwn s.pageType s.pageOwner p t r) (hne : r ≠ q) :
    IsOwn (allocFullPage s q).pageType (allocFullPage s q).pageOwner p t r := hi.other hne

/-- A process gets an I/O bitmap in two pages of its own. -/
theorem Inv.setIoBitmap (h : Inv s) {p a b n r : Nat} (ha : IsOwn s.pageType s.pageOwner p .procData a)
    (hb : IsOwn s.pageType s.pageOwner p .procData b) :
    Inv { s with
      ioBitmapA := upd s.ioBitmapA p a, ioBitmapB := upd s.ioBitmapB p b, useIoBitmap := upd s.useIoBitmap p n
      ioBitmapRequest := r } := by
  have h1 : RootInv s.state s.root s.stack s.hvm (upd s.useIoBitmap p n) (upd s.ioBitmapA p a) (upd s.ioBitmapB p b)
      s.pageType s.pageOwner := by
    refine { h.root with bitmap := fun o ho hl hu => ?_ }
    have h2 := h.root.bitmap o ho hl
    by_cases e : o = p
    · subst e; simp only [upd_same]; exact ⟨ha, hb⟩
    · simp only [upd_ne _ _ _ _ e] at hu ⊢; exact h2 hu
  exact { h with root := h1 }

theorem allocIoBitmap_inv (h : Inv s) {q₁ q₂ q₃ : Nat} : Inv (allocIoBitmap s q₁ q₂ q₃).2 := by
  unfold allocIoBitmap
  dsimp only
  split
  · exact h
  next hq =>
  split
  · exact h
  split
  · exact h
  next h1 =>
  split
  · exact h
  next h2 =>
  split
  · exact h
  next h3 =>
  obtain ⟨hq1, hq2, hq3, e2, e3⟩ := Decidable.of_not_not hq
  have h1 := Decidable.of_not_not h1
  have h2 := (Decidable.of_not_not h2).allocFullPage (q := q₁) (by omega)
  have h3 := ((Decidable.of_not_not h3).allocFullPage (q := q₁) (by omega)).allocFullPage (q := q₂) (by omega)
  have hs := ((h.allocFullPage h1).allocFullPage h2).allocFullPage h3
  have o1 := ((allocFullPage_own (s := s) hq1).allocFullPage (q := q₂) (by omega)).allocFullPage (q := q₃) (by omega)
  have o2 := (allocFullPage_own (s := allocFullPage s q₁) hq2).allocFullPage (q := q₃) (by omega)
  have e : (allocFullPage s q₁).current = s.current := rfl
  rw [e] at o2
  generalize allocFullPage (allocFullPage (allocFullPage s q₁) q₂) q₃ = s₁ at hs o1 o2 ⊢
  exact hs.setIoBitmap o1 o2

/-! ## Ports -/

/-- A port changes hands, and the counters follow. -/
theorem Inv.setPort (h : Inv s) {p : Nat} {nr : Nat → Nat} (hi : isPort port) (hp : p < 64)
    (hc : ∀ q, isPid q → nr q + (if s.portOwner port = q then 1 else 0) = s.nrPorts q + (if p = q then 1 else 0))
    (hu : ∀ q, q < 64 → s.state q = .unused → nr q = 0) :
    Inv { s with portOwner := upd s.portOwner port p, nrPorts := nr } := by
  refine { h with
    device := { h.device with port := fun i hi => ?_, ports := fun q hq => ?_ }
    unused := { h.unused with ports := hu } }
  · have := h.device.port i hi; simp only [upd]; grind
  · have h1 := hc q hq
    have h2 := h.device.ports q hq
    have h3 := count_upd (f := s.portOwner) (v := p) (p := q) hi
    show nr q = count (fun i => upd s.portOwner port p i = q) 65536
    omega

theorem allocPort_inv (h : Inv s) : Inv (allocPort s port).2 := by
  unfold allocPort
  dsimp only
  split
  · exact h
  next hi =>
  split
  · exact h
  next h0 =>
  split
  · exact h
  next hb =>
  have h0 := Decidable.of_not_not h0
  have hr := h.current_running
  have hmap := h.root.bitmap _ h.proc.pid.2 h.current_live hb
  have hq : s.pageType (if port < 0x8000 then s.ioBitmapA s.current else s.ioBitmapB s.current) = .procData := by
    split
    · exact hmap.1.2.2
    · exact hmap.2.2.2
  have h1 : Inv (allowPort s (if port < 0x8000 then s.ioBitmapA s.current else s.ioBitmapB s.current) port) :=
    h.setWords hq
  refine h1.setPort (Decidable.of_not_not hi) h.proc.pid.2 (fun q hq => ?_) (fun q hq hu => ?_)
  · have := hq.1; simp only [allowPort, upd, h0]; grind
  · have hu : s.state q = .unused := hu
    exact (upd_ne _ _ _ _ (by rintro rfl; rw [hr] at hu; cases hu)).trans (h.unused.ports q hq hu)

theorem reclaimPort_inv (h : Inv s) : Inv (reclaimPort s port).2 := by
  unfold reclaimPort
  dsimp only
  repeat' split
  all_goals try exact h
  next hi hp hz =>
  have hi : port < 65536 := Decidable.of_not_not hi
  have hp := Decidable.of_not_not hp
  refine h.setPort hi (by omega) (fun q hq => ?_) (fun q hq hu => ?_)
  · have := hq.1; have := h.ports_pos port hi hp; simp only [upd]; grind
  · have := h.unused.ports q hq hu; simp only [upd]; grind

end Lv6.Spec
