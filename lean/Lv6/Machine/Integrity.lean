module
public import Lv6.Machine.Reachable
public import Lv6.Theorems.Integrity.Bystander
/-!
# Integrity of the machine

What one step of the machine may change, for every step that there is. It is the theorem on calls, taken to user code, the
processor and the glue.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {m m' : Machine} {s s' : State}

/-- **Integrity.** Every step of every reachable machine, be it a call, user code that stores through whatever the processor
remembers, the processor itself, or the glue, changes only what `Integrity` allows the process that was current; but for an
interrupt, which touches the process that owns its vector, and a device, which writes to DMA pages of the process that it acts
for. -/
theorem step_integrity {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m) (hs : Step m m') :
    Integrity m.kernel m'.kernel ∨
      (m.mode = .kernel ∧ ∃ v, Interrupted m.kernel m'.kernel (m.kernel.vectorOwner v)) ∨ DeviceFrame m m' := by
  have hm := reachable_ok hb hb' hr
  have h := hm.inv
  cases hs with
  | user hu hx =>
    have hf := hm.flushed hu
    exact .inl (hx.ok h hm.cache (by omega)).1.integrity
  | forget _ => exact .inl (.refl _)
  | leave _ hx => exact .inl ((Sound.refl h).saved h hx)
  | registers _ hx => exact .inl ((Sound.refl h).saved h hx)
  | call _ hc hx => exact .inl ((hc.sound h).saved h hx)
  | carryOut _ _ _ _ => exact .inl {}
  | preempt _ hx => exact .inl ((preempt_sound h).saved h hx)
  | fault _ hx => exact .inl ((fault_sound h).saved h hx)
  | extintr hk v => exact .inr (.inl ⟨hk, v, extintr_integrity v⟩)
  | fill _ q i v _ ho _ =>
    refine .inl { word := fun r j => ?_ }
    by_cases hx : r = q ∧ j = i
    · right; rw [hx.1]; exact .inl (.inl ho)
    · left; exact (upd2_apply _ _ _ _ _ _).trans (if_neg hx)
  | enter _ _ _ => exact .inl {}
  | device h => exact .inr (.inr (h.ok hm.devices).1)

/-- **A live process is untouched by what others do**: by every step of a reachable machine in which another process is
current, except that its builder builds it while it is an embryo, that it gets a message or an interrupt, and that devices
write to DMA pages of those that they act for. -/
theorem step_bystander {base : Nat} (hb : 1 ≤ base) (hb' : base + 8778 ≤ 0xa0000) (hr : Reachable base m) (hs : Step m m')
    {r : Nat} (hl : m.kernel.live r) (hm : ¬ mayActOn m.kernel r) :
    Untouched m.kernel m'.kernel r ∨ Receives m.kernel m'.kernel r ∨
      (m.mode = .kernel ∧ ∃ v, Interrupted m.kernel m'.kernel (m.kernel.vectorOwner v)) ∨ DeviceFrame m m' := by
  rcases step_integrity hb hb' hr hs with h | h
  · by_cases hx : Receives m.kernel m'.kernel r
    · exact .inr (.inl hx)
    · exact .inl (h.bystander (reachable_inv hb hb' hr) hl hm hx)
  · exact .inr (.inr h)

end Lv6.Spec
