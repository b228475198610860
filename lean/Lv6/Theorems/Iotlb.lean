module
public import Lv6.Theorems.IommuIsolation
public import Lv6.Spec.Keep.Iommu
public import Lv6.Spec.Trap
public import Lv6.Spec.Dispatch
/-!
# Translations that devices remember

A unit remembers translations and context entries. A call that changes an IOMMU table must ask for the translations to be
dropped, and one by which a device changes hands must ask for its context entry to be made again. The boot code does so
before any process runs again.
-/
set_option compiler.extract_closed false
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

/-- Steps that touch neither devices, nor IOMMU tables, nor the requests. -/
theorem IotlbRule.quiet (hb : s'.base = s.base) (hf : s'.flushIotlb = s.flushIotlb) (ho : s'.pciOwner = s.pciOwner)
    (hr : s'.pciRoot = s.pciRoot) (hw : ∀ q l, (s.pageType q).iommuLevel = some l → s'.word q = s.word q) : IotlbRule s s' :=
  ⟨hb, fun h => hf ▸ h, fun q _ _ _ hl hn => (hn (by rw [hw q _ hl])).elim,
    fun d _ h => (h.elim (· (by rw [ho])) (· (by rw [hr]))).elim⟩

theorem IotlbRule.refl (s : State) : IotlbRule s s := .quiet rfl rfl rfl rfl fun _ _ _ => rfl

/-- Steps after which a flush is asked for, and no device has changed hands. -/
theorem IotlbRule.flush (hb : s'.base = s.base) (hf : s'.flushIotlb = 1) (ho : s'.pciOwner = s.pciOwner)
    (hr : s'.pciRoot = s.pciRoot) : IotlbRule s s' :=
  ⟨hb, fun _ => hf, fun _ _ _ _ _ _ => hf, fun d _ h => (h.elim (· (by rw [ho])) (· (by rw [hr]))).elim⟩

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

/-! ## The calls on devices -/

section
variable {table i q c d : Nat} {perm : Word} {t parent child : PageType}

theorem setEntry_iotlb {p : Nat} {e : Word} {l : Nat} (ht : (s.pageType table).level = some l) :
    IotlbRule s (setEntry s p table i e) :=
  .quiet rfl rfl rfl rfl fun q _ hl => upd_ne _ _ _ _ (by rintro rfl; rw [iommuLevel_of_level ht] at hl; cases hl)

theorem mapPage_iotlb {p pfn l : Nat} (ht : t.level = some l) : IotlbRule s (mapPage s p table i pfn perm t).2 := by
  unfold mapPage; dsimp only
  split
  · exact .refl s
  · next hc =>
    exact setEntry_iotlb (l := l) (by rw [(checkMap_ok (Decidable.not_not.1 hc)).page.2]; exact ht)

theorem mapPcipage_iotlb : IotlbRule s (mapPcipage s table i c perm).2 := by
  unfold mapPcipage
  repeat' split
  all_goals first | exact .refl s | exact mapPage_iotlb rfl

theorem mapIommuFrame_iotlb : IotlbRule s (mapIommuFrame s table i d perm).2 := by
  unfold mapIommuFrame
  repeat' split
  all_goals first | exact .refl s | exact mapPage_iotlb rfl

theorem allocIommuTable_iotlb : IotlbRule s (allocIommuTable s table i q perm parent child).2 := by
  unfold allocIommuTable; dsimp only
  repeat' split
  all_goals first | exact .refl s | exact .flush rfl rfl rfl rfl

theorem allocIommuFrame_iotlb : IotlbRule s (allocIommuFrame s table i d perm).2 := by
  unfold allocIommuFrame; dsimp only
  repeat' split
  all_goals first | exact .refl s | exact .flush rfl rfl rfl rfl

/-- A DMA page that is taken back asks for no flush: its owner has no device any more, and a flush was asked for when the
last one was taken away. -/
theorem reclaimIommuFrame_iotlb : IotlbRule s (reclaimIommuFrame s d).2 := by
  unfold reclaimIommuFrame; dsimp only
  repeat' split
  all_goals first | exact .refl s | exact .quiet rfl rfl rfl rfl fun _ _ _ => rfl

/-- The device `d` changes hands. -/
theorem IotlbRule.device {p r : Nat} (hb : s'.base = s.base) (hf : s'.flushIotlb = 1) (hc : s'.contextRequest = d + 1)
    (ho : s'.pciOwner = upd s.pciOwner d p) (hr : s'.pciRoot = upd s.pciRoot d r) : IotlbRule s s' := by
  refine ⟨hb, fun _ => hf, fun _ _ _ _ _ _ => hf, fun d' _ hx => ?_⟩
  by_cases e : d' = d
  · exact ⟨e ▸ hc, hf⟩
  · rw [ho, hr, upd_ne _ _ _ _ e, upd_ne _ _ _ _ e] at hx
    exact (hx.elim (· rfl) (· rfl)).elim

theorem allocIommuRoot_iotlb : IotlbRule s (allocIommuRoot s d q).2 := by
  unfold allocIommuRoot
  repeat' split
  all_goals first | exact .refl s | exact .device rfl rfl rfl rfl rfl

theorem reclaimIommuRoot_iotlb : IotlbRule s (reclaimIommuRoot s d).2 := by
  unfold reclaimIommuRoot; dsimp only
  repeat' split
  all_goals first | exact .refl s | exact .device rfl rfl rfl rfl rfl

/-- **The IOTLB rule for calls on devices**, whatever their arguments: where a word of an IOMMU table changes, a flush is asked
for; where a device changes hands, its context entry is to be made again as well. -/
theorem dispatchIommu_iotlb (nr : Nat) (a b c d : Word) : IotlbRule s (dispatchIommu s nr a b c d).2 := by
  unfold dispatchIommu
  split
  · exact mapPcipage_iotlb
  · exact allocIommuRoot_iotlb
  · exact allocIommuTable_iotlb
  · exact allocIommuTable_iotlb
  · exact allocIommuTable_iotlb
  · exact allocIommuFrame_iotlb
  · exact mapIommuFrame_iotlb
  · exact reclaimIommuFrame_iotlb
  · exact reclaimIommuRoot_iotlb
  · exact .refl s

/-- After a device has been taken away, its context entry is to be cleared, a flush is asked for, and it reaches nothing. -/
theorem reclaimIommuRoot_cuts {levels : Levels} (hr : (reclaimIommuRoot s d).1 = 0) (a : Word) :
    (reclaimIommuRoot s d).2.contextRequest = d + 1 ∧ (reclaimIommuRoot s d).2.flushIotlb = 1 ∧
      (reclaimIommuRoot s d).2.deviceWalk levels d a = .fault := by
  unfold reclaimIommuRoot at hr ⊢
  dsimp only at hr ⊢
  repeat' split at hr
  all_goals first
    | (simp at hr; done)
    | (simp only [*, if_false]
       exact ⟨trivial, trivial, unowned_device (upd_same _ _ _) a⟩)
end

/-! ## The other calls -/

section
variable {p table i q n : Nat} {perm : Word} {t parent child : PageType}

/-- A page that is free is no IOMMU table. -/
theorem free_ne {r l : Nat} (hr : s.pageType r = .free) (hl : (s.pageType q).iommuLevel = some l) : q ≠ r := by
  rintro rfl; rw [hr] at hl; cases hl

/-- Nor is a page of another type that has a level in page tables. -/
theorem level_ne {r l k : Nat} (hr : (s.pageType r).level = some k) (hl : (s.pageType q).iommuLevel = some l) : q ≠ r := by
  rintro rfl; rw [iommuLevel_of_level hr] at hl; cases hl

theorem allocMapped_iotlb {l : Nat} (hp : parent.level = some l) :
    IotlbRule s (allocMapped s p table i q perm parent child).2 := by
  unfold allocMapped; dsimp only
  repeat' split
  · exact .refl s
  · exact .refl s
  · next hf hc =>
    have ht := (checkMap_ok (Decidable.not_not.1 hc)).page.2
    refine .quiet rfl rfl rfl rfl fun r k hl => ?_
    exact (upd_ne _ _ _ _ (level_ne (ht ▸ hp) hl)).trans (upd_ne _ _ _ _ (free_ne (Decidable.not_not.1 hf).2 hl))

theorem mapTable_iotlb {first len : Nat} : IotlbRule s (mapTable s p table i n perm first len).2 := by
  unfold mapTable
  repeat' split
  all_goals first | exact .refl s | exact mapPage_iotlb rfl

theorem mapPml4_iotlb : IotlbRule s (mapPml4 s p i perm).2 := by
  unfold mapPml4; dsimp only
  repeat' split
  · exact .refl s
  · exact .refl s
  · exact .refl s
  · next hc => exact setEntry_iotlb (l := 4) (by rw [(checkMap_ok (Decidable.not_not.1 hc)).page.2]; rfl)

theorem freeMapped_iotlb {l : Nat} (hp : parent.level = some l) : IotlbRule s (freeMapped s table i q parent child).2 := by
  unfold freeMapped; dsimp only
  split
  · exact .refl s
  · next hc =>
    have h1 := setEntry_iotlb (s := s) (p := s.current) (i := i) (e := 0#64) (l := l) (table := table)
      (by rw [(checkMapped_ok (Decidable.not_not.1 hc)).page.2]; exact hp)
    exact ⟨rfl, h1.pending, h1.changed, h1.context⟩

theorem protectFrame_iotlb : IotlbRule s (protectFrame s table i q perm).2 := by
  unfold protectFrame; dsimp only
  repeat' split
  · exact .refl s
  · exact .refl s
  · next hc _ => exact setEntry_iotlb (l := 1) (by rw [(checkMapped_ok (Decidable.not_not.1 hc)).page.2]; rfl)

theorem copyFrame_iotlb {src dst : Nat} : IotlbRule s (copyFrame s src p dst).2 := by
  unfold copyFrame
  repeat' split
  all_goals try exact .refl s
  rename_i hd _ _
  exact .quiet rfl rfl rfl rfl fun r k hl =>
    upd_ne _ _ _ _ (level_ne (k := 0) (by rw [(Decidable.not_not.1 hd).2]; rfl) hl)

theorem reclaimPage_iotlb : IotlbRule s (reclaimPage s q).2 := by
  unfold reclaimPage
  repeat' split
  all_goals first | exact .refl s | exact .quiet rfl rfl rfl rfl fun _ _ _ => rfl

theorem clone_iotlb {pml4 stack hvm : Nat} : IotlbRule s (clone s p pml4 stack hvm).2 := by
  unfold clone
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2 h3 _
  refine .quiet rfl rfl rfl rfl fun r k hl => ?_
  have hne : ∀ {a}, ¬ ¬ isFree s a → r ≠ a := fun ha => free_ne (Decidable.not_not.1 ha).2 hl
  simp only [clonePages, copyPage, allocPage, freeDel, blank, upd_ne _ _ _ _ (hne h1), upd_ne _ _ _ _ (hne h2),
    upd_ne _ _ _ _ (hne h3)]

theorem switchTo_iotlb : IotlbRule s (switchTo s p) := by
  unfold switchTo leave
  split <;> exact .quiet rfl rfl rfl rfl fun _ _ _ => rfl

theorem switchNext_iotlb : IotlbRule s (switchNext s).2 := by
  unfold switchNext
  split
  · exact .refl s
  · exact switchTo_iotlb

/-- Steps that change nothing but what processes are doing. -/
macro "iotlb_quiet" f:ident : tactic => `(tactic|
  (unfold $f
   try dsimp only
   repeat' split
   all_goals first | exact .refl _ | exact switchTo_iotlb | exact .quiet rfl rfl rfl rfl fun _ _ _ => rfl))

theorem setRunnable_iotlb : IotlbRule s (setRunnable s p).2 := by iotlb_quiet setRunnable
theorem switch_iotlb : IotlbRule s (switch s p).2 := by iotlb_quiet switch
theorem kill_iotlb : IotlbRule s (kill s p).2 := by iotlb_quiet kill
theorem reap_iotlb : IotlbRule s (reap s p).2 := by iotlb_quiet reap
theorem reparent_iotlb : IotlbRule s (reparent s p).2 := by iotlb_quiet reparent
theorem setProcName_iotlb (name0 name1 : Word) : IotlbRule s (setProcName s name0 name1).2 := by iotlb_quiet setProcName
end

/-- **The IOTLB rule for calls on processes and virtual memory**, whatever their arguments: they change no IOMMU table. -/
theorem dispatchProcesses_iotlb (nr : Nat) (a b c d e : Word) : IotlbRule s (dispatchProcesses s nr a b c d e).2 := by
  unfold dispatchProcesses
  split
  · exact mapTable_iotlb
  · exact mapPml4_iotlb
  · exact mapTable_iotlb
  · exact mapTable_iotlb
  · exact mapTable_iotlb
  · exact clone_iotlb
  · exact setProcName_iotlb _ _
  · exact setRunnable_iotlb
  · exact switch_iotlb
  · exact kill_iotlb
  · exact reap_iotlb
  · exact reparent_iotlb
  · exact allocMapped_iotlb (l := 4) rfl
  · exact allocMapped_iotlb (l := 3) rfl
  · exact allocMapped_iotlb (l := 2) rfl
  · exact allocMapped_iotlb (l := 1) rfl
  · exact copyFrame_iotlb
  · exact protectFrame_iotlb
  · exact freeMapped_iotlb (l := 4) rfl
  · exact freeMapped_iotlb (l := 3) rfl
  · exact freeMapped_iotlb (l := 2) rfl
  · exact freeMapped_iotlb (l := 1) rfl
  · exact reclaimPage_iotlb
  · exact .refl s

/-- The IOTLB rule when the running process has used up its time. -/
theorem preempt_iotlb : IotlbRule s (preempt s).2 := switchNext_iotlb

/-- The IOTLB rule when the running process has done what it must not. -/
theorem fault_iotlb : IotlbRule s (fault s).2 :=
  have h := switchNext_iotlb (s := { s with killed := upd s.killed s.current 1 })
  ⟨h.base, h.pending, h.changed, h.context⟩

/-- The IOTLB rule when an interrupt arrives. -/
theorem extintr_iotlb {v : Nat} : IotlbRule s (extintr s v).2 := by iotlb_quiet extintr

end Lv6.Spec
