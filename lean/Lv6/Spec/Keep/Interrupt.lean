module
public import Lv6.Spec.Keep.Proc
public import Lv6.Spec.Interrupt
/-!
# Keeping the invariant: interrupts
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {v d i : Nat}

theorem isPid_zero : ¬ isPid 0 := fun h => Nat.lt_irrefl 0 h.1

/-! ## Vectors -/

/-- No overflow: nobody owns more vectors than there are. -/
theorem Inv.vectors_le (h : Inv s) : ∀ p, isPid p → s.nrVectors p ≤ 256 := fun p hp => by
  rw [h.device.vectors p hp]; exact count_le 256
/-- The owner of a vector owns a vector. -/
theorem Inv.vectors_pos (h : Inv s) : ∀ v, v < 256 → isPid (s.vectorOwner v) → 1 ≤ s.nrVectors (s.vectorOwner v) :=
  fun v hv hp => by rw [h.device.vectors _ hp]; exact count_pos hv rfl
/-- No overflow: nobody has more interrupt routes than there are. -/
theorem Inv.intremaps_le (h : Inv s) : ∀ p, isPid p → s.nrIntremaps p ≤ 8 := fun p hp => by
  rw [h.device.intremaps p hp]; exact count_le 8
/-- The owner of a device with an interrupt route has one. -/
theorem Inv.intremaps_pos (h : Inv s) : ∀ i, i < 8 → s.intremapActive i ≠ 0 →
    isPid (s.pciOwner (s.intremapDev i)) ∧ 1 ≤ s.nrIntremaps (s.pciOwner (s.intremapDev i)) := fun i hi ha => by
  have hp := (h.device.intremap i hi ha).2.2.1
  rw [h.device.intremaps _ hp]; exact ⟨hp, count_pos hi ⟨ha, rfl⟩⟩

/-- The vector `v` changes hands, and no interrupt route arrives at it. -/
theorem Inv.setVector (h : Inv s) {p : Nat} {nr : Nat → Nat} (hv : isVector v) (hp : p < 64)
    (hn : ∀ i, i < 8 → s.intremapActive i ≠ 0 → s.intremapVector i ≠ v)
    (hc : ∀ q, isPid q → nr q + (if s.vectorOwner v = q then 1 else 0) = s.nrVectors q + (if p = q then 1 else 0))
    (hu : ∀ q, q < 64 → s.state q = .unused → nr q = 0) :
    Inv { s with vectorOwner := upd s.vectorOwner v p, nrVectors := nr } := by
  refine { h with
    device := { h.device with vector := fun w hw => ?_, vectors := fun q hq => ?_, intremap := fun i hi ha => ?_ }
    unused := { h.unused with vectors := hu } }
  · have := h.device.vector w hw; simp only [upd]; grind
  · have h1 := hc q hq
    have h2 := h.device.vectors q hq
    have h3 := count_upd (f := s.vectorOwner) (v := p) (p := q) hv
    show nr q = count (fun w => upd s.vectorOwner v p w = q) 256
    omega
  · obtain ⟨h1, h2, h3, h4⟩ := h.device.intremap i hi ha
    exact ⟨h1, h2, h3, (upd_ne _ _ _ _ (hn i hi ha)).trans h4⟩

theorem allocVector_inv (h : Inv s) : Inv (allocVector s v).2 := by
  unfold allocVector
  repeat' split
  all_goals try exact h
  next hv h0 =>
  have hv : v < 256 := Decidable.of_not_not hv
  have h0 := Decidable.of_not_not h0
  have hr := h.current_running
  refine h.setVector hv h.proc.pid.2 (fun i hi ha e => ?_) (fun q hq => ?_) (fun q hq hu => ?_)
  · obtain ⟨_, _, h3, h4⟩ := h.device.intremap i hi ha
    rw [e, h0] at h4; rw [← h4] at h3; exact isPid_zero h3
  · have := hq.1; simp only [upd, h0]; grind
  · rw [upd_ne _ _ _ _ (by rintro rfl; rw [hr] at hu; cases hu)]; exact h.unused.vectors q hq hu

theorem reclaimVector_inv (h : Inv s) : Inv (reclaimVector s v).2 := by
  unfold reclaimVector
  dsimp only
  repeat' split
  all_goals try exact h
  next hv hp hz hn =>
  have hv : v < 256 := Decidable.of_not_not hv
  have hp := Decidable.of_not_not hp
  have hn := Decidable.of_not_not hn
  refine h.setVector hv (by omega) (fun i hi ha e => ?_) (fun q hq => ?_) (fun q hq hu => ?_)
  · -- the owner has no interrupt route
    have h1 := (h.device.intremap i hi ha).2.2.2
    have h2 := (h.intremaps_pos i hi ha).2
    rw [← h1, e] at h2; omega
  · have := hq.1; have := h.vectors_pos v hv hp; simp only [upd]; grind
  · have := h.unused.vectors q hq hu; simp only [upd]; grind

/-! ## Interrupt routes -/

/-- Entry `i` of the interrupt-remapping table changes: it is good if it is in use, and the counters follow. -/
theorem Inv.setIntremap (h : Inv s) {active : Nat} {nr : Nat → Nat} (hi : i < 8)
    (hk : active ≠ 0 → d < 65536 ∧ v < 256 ∧ isPid (s.pciOwner d) ∧ s.vectorOwner v = s.pciOwner d)
    (hc : ∀ q, isPid q → nr q + (if s.intremapActive i ≠ 0 ∧ s.pciOwner (s.intremapDev i) = q then 1 else 0)
      = s.nrIntremaps q + (if active ≠ 0 ∧ s.pciOwner d = q then 1 else 0))
    (hu : ∀ q, q < 64 → s.state q = .unused → nr q = 0) :
    Inv { setIntremap s i active d v with nrIntremaps := nr } := by
  refine { h with
    device := { h.device with intremap := fun j hj ha => ?_, intremaps := fun q hq => ?_ }
    unused := { h.unused with intremaps := hu } }
  · have h1 := h.device.intremap j hj
    simp only [Spec.setIntremap] at ha ⊢
    by_cases e : j = i
    · subst e; simp only [upd_same] at ha ⊢; exact hk ha
    · simp only [upd_ne _ _ _ _ e] at ha ⊢; exact h1 ha
  · have h1 := hc q hq
    have h2 := h.device.intremaps q hq
    have h3 := count_change (P := fun j => upd s.intremapActive i active j ≠ 0 ∧ s.pciOwner (upd s.intremapDev i d j) = q)
      (Q := fun j => s.intremapActive j ≠ 0 ∧ s.pciOwner (s.intremapDev j) = q) i hi fun j _ hne => by
        simp only [upd_ne _ _ _ _ hne]
    simp only [upd_same] at h3
    show nr q = count (fun j => upd s.intremapActive i active j ≠ 0 ∧ s.pciOwner (upd s.intremapDev i d j) = q) 8
    omega

theorem allocIntremap_inv (h : Inv s) : Inv (allocIntremap s i d v).2 := by
  unfold allocIntremap
  repeat' split
  all_goals try exact h
  next hi ha hd ho hv hw =>
  have ho := Decidable.of_not_not ho
  have hw := Decidable.of_not_not hw
  have ha := Decidable.of_not_not ha
  have hr := h.current_running
  refine h.setIntremap (by omega) (fun _ => ?_) (fun q hq => ?_) (fun q hq hu => ?_)
  · exact ⟨Decidable.of_not_not hd, Decidable.of_not_not hv, ho ▸ h.proc.pid, hw.trans ho.symm⟩
  · rw [if_neg (fun e => e.1 ha)]
    simp only [Spec.setIntremap, upd, ho]; grind
  · have := h.unused.intremaps q hq hu
    rw [upd_ne _ _ _ _ (by rintro rfl; rw [hr] at hu; cases hu)]; exact this

theorem reclaimIntremap_inv (h : Inv s) : Inv (reclaimIntremap s i).2 := by
  unfold reclaimIntremap
  dsimp only
  repeat' split
  all_goals try exact h
  next hi ha hz =>
  have hi : i < 8 := by omega
  have h1 := (h.intremaps_pos i hi ha).2
  refine h.setIntremap hi (fun e => (e rfl).elim) (fun q hq => ?_) (fun q hq hu => ?_)
  · rw [if_neg (c := 0 ≠ 0 ∧ _) (fun e => e.1 rfl)]
    simp only [Spec.setIntremap, upd]; grind
  · have := h.unused.intremaps q hq hu
    simp only [Spec.setIntremap, upd]; grind

/-! ## Records of interrupts -/

/-- The record of the interrupts that wait for a process that does not sleep is free to change. -/
theorem Inv.setIntr (h : Inv s) {p i : Nat} {w : Word} (hs : s.state p ≠ .sleeping) :
    Inv { s with intr := upd2 s.intr p i w } :=
  { h with intr := h.intr.upd fun q hq => ⟨by rintro rfl; exact hs hq, hq⟩ }

theorem ackIntr_inv (h : Inv s) : Inv (ackIntr s v).2 := by
  unfold ackIntr
  split
  · exact h
  · exact h.setIntr (by rw [h.current_running]; nofun)

/-- A sleeper is woken by an interrupt: what it named to receive a message does not matter any more, and interrupts may
wait for it now. -/
theorem wake_inv (h : Inv s) {p i val : Nat} {w : Word} (hp : isPid p) (he : s.state p = .sleeping) :
    Inv (wake { s with intr := upd2 s.intr p i w } p val) := by
  have h1 : IntrInv (upd s.state p .runnable) (upd2 s.intr p i w) := h.intr.upd (by simp only [upd]; grind)
  exact { h.makeRunnable hp (.inr he) with intr := h1 }

theorem extintr_inv (h : Inv s) : Inv (extintr s v).2 := by
  unfold extintr
  dsimp only
  split
  · exact h
  split
  · exact h
  next hp =>
  split
  · next he => exact wake_inv h (Decidable.of_not_not hp) he
  · next he => exact h.setIntr he

end Lv6.Spec
