module
public import Lv6.Theorems.IommuIsolation
public import Lv6.Spec.Iommu
/-!
# Translations that devices remember

A unit remembers translations and context entries. A call that changes an IOMMU table must ask for the translations to be
dropped, and one by which a device changes hands must ask for its context entry to be made again. The boot code does so
before any process runs again.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State} {levels : Levels}

/-- What a step from `s` to `s'` must respect, so that no device uses an outdated translation. -/
structure IotlbRule (s s' : State) : Prop where
  /-- The kernel's memory stays where it is. -/
  base : s'.base = s.base
  /-- A flush that was asked for is not forgotten. -/
  pending : s.flushIotlb = 1 → s'.flushIotlb = 1
  /-- Where a word of an IOMMU table changes, a flush is asked for. -/
  changed : ∀ q i l, q < 8192 → (s.pageType q).iommuLevel = some (l + 1) → s'.word q i ≠ s.word q i → s'.flushIotlb = 1
  /-- Where a device changes hands, or its tables start elsewhere, its context entry is to be made again, and a flush is
  asked for. So at most one device does in one step. -/
  context : ∀ d, d < 65536 → s'.pciOwner d ≠ s.pciOwner d ∨ s'.pciRoot d ≠ s.pciRoot d →
    s'.contextRequest = d + 1 ∧ s'.flushIotlb = 1

/-! ## What the rule is good for -/

/-- After a step that respects the rule and asks for no flush, each device reaches at every address what it reached before. -/
theorem IotlbRule.walk (ht : IotlbRule s s') (h : Inv s) {d : Nat} (hd : d < 65536) (hf : s'.flushIotlb ≠ 1) (a : Word) :
    s'.deviceWalk levels d a = s.deviceWalk levels d a := by
  have hc := ht.context d hd
  refine deviceWalk_congr h hd ht.base ?_ ?_ (fun q l i hq _ _ hl => ?_) a
  · exact Decidable.byContradiction fun e => hf (hc (.inl e)).2
  · exact Decidable.byContradiction fun e => hf (hc (.inr e)).2
  · exact Decidable.byContradiction fun e => hf (ht.changed q i l hq hl e)

/-- What the units remember, as a relation between a device, an address and a result, is right; or a flush is asked for,
and they are about to forget it. -/
def CacheOk (s : State) (levels : Levels) (cache : Nat → Word → DeviceWalk → Prop) : Prop :=
  s.flushIotlb = 1 ∨ ∀ d a x, cache d a x → d < 65536 ∧ s.deviceWalk levels d a = x

/-- A step that respects the rule leaves what the units remember right, or asks for a flush. -/
theorem IotlbRule.cache (ht : IotlbRule s s') (h : Inv s) {cache : Nat → Word → DeviceWalk → Prop}
    (hc : CacheOk s levels cache) : CacheOk s' levels cache := by
  by_cases hf : s'.flushIotlb = 1
  · exact .inl hf
  · have hc := hc.resolve_left fun e => hf (ht.pending e)
    exact .inr fun d a x hx => ⟨(hc d a x hx).1, (ht.walk h (hc d a x hx).1 hf a).trans (hc d a x hx).2⟩

/-- While no flush is asked for, a device cannot even with a remembered translation reach anything but DMA pages of the
process that owns it now. -/
theorem CacheOk.reach (h : Inv s) {cache : Nat → Word → DeviceWalk → Prop} (hc : CacheOk s levels cache)
    (hf : s.flushIotlb ≠ 1) {d n : Nat} {a : Word} {r w : Bool} (hx : cache d a (.hit n r w)) :
    s.pciOwner d ≠ 0 ∧ IsDmaOf s (s.pciOwner d) n :=
  have ⟨hd, hw⟩ := hc.resolve_left hf d a _ hx
  h.device_hit hd hw

/-- After a device has been taken away, its context entry is to be cleared, a flush is asked for, and it reaches nothing. -/
theorem reclaimIommuRoot_cuts {d : Nat} (hr : (reclaimIommuRoot s d).1 = 0) (a : Word) :
    (reclaimIommuRoot s d).2.contextRequest = d + 1 ∧ (reclaimIommuRoot s d).2.flushIotlb = 1 ∧
      (reclaimIommuRoot s d).2.deviceWalk levels d a = .fault := by
  unfold reclaimIommuRoot at hr ⊢
  dsimp only at hr ⊢
  repeat' split at hr
  all_goals first
    | (simp at hr; done)
    | (simp only [*, if_false]
       exact ⟨trivial, trivial, unowned_device (upd_same _ _ _) a⟩)

end Lv6.Spec
