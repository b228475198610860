module
public import Lv6.Machine.Witness
/-!
# A port can be used

From the start, init gets itself an I/O bitmap in pages 4 to 6 and the port of the keyboard, which it can access from then on,
and no other.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Witness.Ports

/-- Init has a bitmap, with all ports denied. -/
def denied : Nat × State := allocIoBitmap (reserve start) 4 5 6
/-- It owns the port. -/
def allowed : Nat × State := allocPort (requestsDone denied.2) 0x60

/-- Both calls succeed. -/
theorem calls_succeed : denied.1 = 0 ∧ allowed.1 = 0 := by decide +kernel

theorem no_context : denied.2.contextRequest = 0 := by decide +kernel

/-- The machine comes to this. -/
theorem reachable : ∃ m, Reachable 512 m ∧ m.kernel = allowed.2 :=
  have h := built_first
  ⟨_, ((h.reachable.step (.call h.mode (.allocIoBitmap 4 5 6) (Saved.refl _ _))).step (.carryOut rfl
    (context := first.context) (c := first.remembered)
    ⟨fun _ => .inl rfl, fun _ _ e => by cases no_context.symm.trans e⟩ (fun _ _ _ _ => id)
    fun _ _ _ _ _ => id)).step (.call rfl (.allocPort 0x60) (Saved.refl _ _)), rfl⟩

/-- **A process accesses a port.** In a reachable machine, the processor lets init access the port that it owns, one byte wide,
and nothing else there. -/
theorem port_permitted : ∃ m, Reachable 512 m ∧ m.kernel.live 1 ∧ m.kernel.portOwner 0x60 = 1 ∧
    Permitted m.kernel 1 0x60 1 ∧ ¬ Permitted m.kernel 1 0x60 2 ∧ ¬ Permitted m.kernel 1 0x61 1 := by
  obtain ⟨m, hr, e⟩ := reachable
  refine ⟨m, hr, ?_⟩
  rw [e]
  have h : (allowed.2.state 1).isLive = true ∧ allowed.2.portOwner 0x60 = 1 ∧ allowed.2.useIoBitmap 1 ≠ 0 ∧
      portBit allowed.2.word (allowed.2.ioBitmapA 1) 0x60 = false ∧
      portBit allowed.2.word (allowed.2.ioBitmapA 1) 0x61 = true := by decide +kernel
  obtain ⟨h1, h2, h3, h4, h5⟩ := h
  refine ⟨h1, h2, ⟨h3, fun i hi => ?_⟩, fun hx => ?_, fun hx => ?_⟩
  · obtain rfl : i = 0 := by omega
    exact h4
  · have := hx.2 1 (by omega); rw [h5] at this; cases this
  · have := hx.2 0 (by omega); rw [h5] at this; cases this

end Lv6.Spec.Witness.Ports
