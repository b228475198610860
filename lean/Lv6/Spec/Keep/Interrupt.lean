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

theorem allocVector_inv (h : Inv s) : Inv (allocVector s v).2 := by
  unfold allocVector isVector
  checks h
  next hv h0 =>
  have hr := h.current_running
  have hp := h.proc.pid
  have hc := counted_give (p := s.current) h.device.vectors hv (h0 ▸ isPid_zero)
  exact { h with
    device := by clauses h.device
    unused := { h.unused with vectors := by have := h.unused.vectors; grind_inv } }

theorem reclaimVector_inv (h : Inv s) : Inv (reclaimVector s v).2 := by
  unfold reclaimVector isVector
  checks h
  next hv hp hz hn =>
  have hr := h.intremaps_pos
  have hc := counted_take (v := 0) h.device.vectors hv isPid_zero
  exact { h with
    device := by clauses h.device
    unused := { h.unused with vectors := by have := h.unused.vectors; grind_inv } }

/-! ## Interrupt routes -/

/-- Entry `i` of the interrupt-remapping table changes. -/
theorem count_intremaps (hi : i < 8) {active q : Nat} :
    count (fun j => upd s.intremapActive i active j ≠ 0 ∧ s.pciOwner (upd s.intremapDev i d j) = q) 8
      + (if s.intremapActive i ≠ 0 ∧ s.pciOwner (s.intremapDev i) = q then 1 else 0)
      = count (fun j => s.intremapActive j ≠ 0 ∧ s.pciOwner (s.intremapDev j) = q) 8
        + (if active ≠ 0 ∧ s.pciOwner d = q then 1 else 0) := by
  have e := count_change (P := fun j => upd s.intremapActive i active j ≠ 0 ∧ s.pciOwner (upd s.intremapDev i d j) = q)
    (Q := fun j => s.intremapActive j ≠ 0 ∧ s.pciOwner (s.intremapDev j) = q) i hi fun j _ hne => by
      simp only [upd_ne _ _ _ _ hne]
  simpa only [upd_same] using e

theorem allocIntremap_inv (h : Inv s) : Inv (allocIntremap s i d v).2 := by
  unfold allocIntremap
  checks h
  next hi ha hd ho hv hw =>
  have hr := h.current_running
  have hp := h.proc.pid
  have hc := fun q (_ : isPid q) => count_intremaps (s := s) (d := d) (active := 1) (q := q) (i := i) (by omega)
  unfold isDevid isVector setIntremap at *
  exact { h with
    device := by clauses h.device
    unused := { h.unused with intremaps := by have := h.unused.intremaps; grind_inv } }

theorem reclaimIntremap_inv (h : Inv s) : Inv (reclaimIntremap s i).2 := by
  unfold reclaimIntremap
  checks h
  next hi ha hz =>
  have hp := h.intremaps_pos i (by omega) ha
  have hc := fun q (_ : isPid q) => count_intremaps (s := s) (d := 0) (active := 0) (q := q) (i := i) (by omega)
  unfold setIntremap
  exact { h with
    device := by clauses h.device
    unused := { h.unused with intremaps := by have := h.unused.intremaps; grind_inv } }

/-! ## Records of interrupts -/

/-- The record of the interrupts that wait for a process that does not sleep is free to change. -/
theorem Inv.setIntr (h : Inv s) {p i : Nat} {w : Word} (hs : s.state p ≠ .sleeping) :
    Inv { s with intr := upd2 s.intr p i w } :=
  { h with intr := h.intr.upd fun q hq => ⟨by rintro rfl; exact hs hq, hq⟩ }

theorem ackIntr_inv (h : Inv s) : Inv (ackIntr s v).2 := by
  unfold ackIntr
  checks h
  exact h.setIntr (by rw [h.current_running]; nofun)

/-- A sleeper is woken by an interrupt: what it named to receive a message does not matter any more, and interrupts may
wait for it now. -/
theorem wake_inv (h : Inv s) {p i val : Nat} {w : Word} (hp : isPid p) (he : s.state p = .sleeping) :
    Inv (wake { s with intr := upd2 s.intr p i w } p val) := by
  have h1 : IntrInv (upd s.state p .runnable) (upd2 s.intr p i w) := h.intr.upd (by grind_inv)
  exact { h.makeRunnable hp (.inr he) with intr := h1 }

theorem extintr_inv (h : Inv s) : Inv (extintr s v).2 := by
  unfold extintr
  checks h
  split
  · next he => exact wake_inv h ‹_› he
  · next he => exact h.setIntr he

end Lv6.Spec
