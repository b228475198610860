module
public import Lv6.Spec.Keep.Page
public import Lv6.Spec.Vm
/-!
# Keeping the invariant: the calls on virtual memory
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p table i q pn n : Nat} {perm : Word} {t parent child : PageType}

/-! ## What the checks establish -/

/-- What is known when `checkMap` finds nothing wrong. -/
structure MapOk (s : State) (p table i : Nat) (perm : Word) (t : PageType) : Prop where
  pid : isPid p
  mayAct : mayActOn s p
  page : isPageOf s table t
  owner : s.pageOwner table = p
  index : i < 512
  perm : isPerm perm
  empty : (s.word table i).present = false

theorem checkMap_ok (h : checkMap s p table i perm t = 0) : MapOk s p table i perm t := by
  unfold checkMap at h
  repeat' split at h
  all_goals try cases h
  constructor <;> simp_all [isIndex]

/-- What is known when `checkMapped` finds nothing wrong. -/
structure MappedOk (s : State) (table i q : Nat) (parent child : PageType) : Prop where
  page : isPageOf s table parent
  owner : s.pageOwner table = s.current
  index : i < 512
  childPage : isPageOf s q child
  childOwner : s.pageOwner q = s.current
  present : (s.word table i).present = true
  pfn : (s.word table i).pfn = s.base + q

theorem checkMapped_ok (h : checkMapped s table i q parent child = 0) : MappedOk s table i q parent child := by
  unfold checkMapped at h
  repeat' split at h
  all_goals try cases h
  constructor <;> simp_all [isIndex]

theorem MapOk.live (h : Inv s) (hk : MapOk s p table i perm t) : s.live p := h.mayActOn_live hk.mayAct

theorem MapOk.level (hk : MapOk s p table i perm t) {l : Nat} (ht : t.level = some l) : s.mem.level table = some l := by
  show (s.pageType table).level = some l
  rw [hk.page.2]; exact ht

/-! ## Writing an entry -/

/-- A good entry is written where there was none, and nothing refers yet to the page that it points at. -/
theorem Inv.setEntry (h : Inv s) {l : Nat} {e : Word} (hl : s.mem.level table = some (l + 1))
    (he : e.present = true → EntryOk s.mem (s.pageOwner table) table l e)
    (hu : ∀ r, e.present = true → target s.base e.pfn = .page r → r ≠ table →
      ∀ q' i', Ref s.mem q' i' r → q' = table ∧ i' = i) : Inv (setEntry s p table i e) :=
  { h with
    table := h.table.setEntry (m := s.mem) hl he hu, iommu := h.iommu.page (m := s.deviceMem) (iommuLevel_of_level hl)
    port := h.bitmapPage fun e => by have hl : (s.pageType table).level = _ := hl; rw [e] at hl; cases hl }

/-- An entry made by a call is good if it points at something that it may point at. -/
theorem entryOk_make {l pfn : Nat} (hp : isPerm perm) (hf : pfn < 0x100000)
    (hk : PointsOk s.mem p table l perm.writable (target s.base pfn)) :
    EntryOk s.mem p table l (makeEntry pfn perm) := by
  have hpf : (makeEntry pfn perm).pfn = pfn := pfn_makeEntry (by omega) hp
  refine ⟨large_makeEntry _ hp, global_makeEntry _ hp, ?_⟩
  rw [hpf, writable_makeEntry]; exact hk

/-! ## Giving out pages -/

/-- Any of the four calls that give a process a new table or frame keeps the invariant. -/
theorem allocMapped_inv (h : Inv s) {l : Nat} (hp : parent.level = some (l + 1)) (hc : child.level = some l) :
    Inv (allocMapped s p table i q perm parent child).2 := by
  unfold allocMapped
  dsimp only
  split
  · exact h
  next hq =>
  have hq := Decidable.of_not_not hq
  split
  · exact h
  next he =>
  have hk := checkMap_ok (Decidable.of_not_not he)
  have hlive : s.live p := hk.live h
  have hne : table ≠ q := by
    rintro rfl
    have := hk.page.2; rw [hq.2] at this; rw [← this] at hp; cases hp
  have hs : s.state p ≠ .unused := by intro e; unfold State.live at hlive; rw [e] at hlive; cases hlive
  have hin : child.inUse := by constructor <;> rintro rfl <;> cases hc
  have h1 := h.allocPage (t := child) hq hk.pid hs hin
  have hb := h.base_le
  have ht : (allocPage s p child q).mem.level table = some (l + 1) := by
    show (upd s.pageType q child table).level = _
    rw [upd_ne _ _ _ _ hne, hk.page.2]; exact hp
  have ho : (allocPage s p child q).pageOwner table = p := by
    show upd s.pageOwner q p table = p
    rw [upd_ne _ _ _ _ hne]; exact hk.owner
  have hpfn : (makeEntry (s.base + q) perm).pfn = s.base + q := pfn_makeEntry (by have := hq.1; omega) hk.perm
  have htq : target s.base (s.base + q) = .page q := target_page hq.1
  refine h1.setEntry (l := l) ht (fun _ => ?_) (fun r _ hr hrt q' i' hx => ?_)
  · rw [ho]
    refine entryOk_make hk.perm (by have := hq.1; omega) ?_
    show PointsOk _ _ _ _ _ (target s.base (s.base + q))
    rw [htq]
    refine ⟨upd_same _ _ _, .inl ?_⟩
    show (upd s.pageType q child q).level = _
    rw [upd_same]; exact hc
  · have hr : target s.base (makeEntry (s.base + q) perm).pfn = .page r := hr
    rw [hpfn, htq] at hr
    injection hr with hr
    subst hr
    -- nothing refers to a page that was free a moment ago
    have hold : Ref s.mem q' i' q := OldEntries.ref (OldEntries.alloc (m := s.mem) (r := q) (p := p) (t := child)) rfl hx
    exact (hold.level_ne h.table (State.freeLevel hq.2)).elim

theorem allocPdpt_inv (h : Inv s) : Inv (allocPdpt s p table i q perm).2 := allocMapped_inv h (l := 3) rfl rfl
theorem allocPd_inv (h : Inv s) : Inv (allocPd s p table i q perm).2 := allocMapped_inv h (l := 2) rfl rfl
theorem allocPt_inv (h : Inv s) : Inv (allocPt s p table i q perm).2 := allocMapped_inv h (l := 1) rfl rfl
theorem allocFrame_inv (h : Inv s) : Inv (allocFrame s p table i q perm).2 := allocMapped_inv h (l := 0) rfl rfl

/-! ## Mapping what is there already -/

/-- Mapping something that is no page keeps the invariant if the entry may point at it. -/
theorem mapPage_inv (h : Inv s) {l pfn : Nat} (ht : t.level = some (l + 1)) (hf : pfn < 0x100000)
    (hn : ∀ r, target s.base pfn ≠ .page r)
    (hk : MapOk s p table i perm t → PointsOk s.mem p table l perm.writable (target s.base pfn)) :
    Inv (mapPage s p table i pfn perm t).2 := by
  unfold mapPage
  dsimp only
  split
  · exact h
  next he =>
  have hm := checkMap_ok (Decidable.of_not_not he)
  refine h.setEntry (l := l) (hm.level ht) (fun _ => ?_) (fun r _ hr _ q' i' _ => ?_)
  · rw [hm.owner]; exact entryOk_make hm.perm hf (hk hm)
  · rw [pfn_makeEntry (by omega) hm.perm] at hr; exact (hn r hr).elim

/-- Any of the four calls that map a kernel table read-only keeps the invariant. -/
theorem mapTable_inv (h : Inv s) {first len : Nat} {tab : Table} (hl : first + len ≤ 8778)
    (ht : ∀ n, n < len → target s.base (s.base + first + n) = .kernel tab n) :
    Inv (mapTable s p table i n perm first len).2 := by
  have hb := h.base_le
  unfold mapTable
  split
  · exact h
  next hn =>
  split
  · exact h
  next hw =>
  have htn := ht n (by omega)
  refine mapPage_inv h (l := 0) rfl (by omega) (fun r e => ?_) (fun _ => ?_)
  · rw [htn] at e; cases e
  · rw [htn]; exact ⟨rfl, by simpa using hw⟩

theorem mapPageDesc_inv (h : Inv s) : Inv (mapPageDesc s p table i n perm).2 :=
  mapTable_inv h (by omega) fun _ hn => target_pageDesc hn
theorem mapProc_inv (h : Inv s) : Inv (mapProc s p table i n perm).2 :=
  mapTable_inv h (by omega) fun _ hn => target_proc hn
theorem mapDev_inv (h : Inv s) : Inv (mapDev s p table i n perm).2 :=
  mapTable_inv h (by omega) fun _ hn => target_device hn
theorem mapFile_inv (h : Inv s) : Inv (mapFile s p table i n perm).2 :=
  mapTable_inv h (by omega) fun _ hn => target_file hn

/-- Mapping the root into itself keeps the invariant: the entry is read-only, and does not count as a reference. -/
theorem mapPml4_inv (h : Inv s) : Inv (mapPml4 s p i perm).2 := by
  unfold mapPml4
  dsimp only
  split
  · exact h
  split
  · exact h
  next hw =>
  split
  · exact h
  next he =>
  have hm := checkMap_ok (Decidable.of_not_not he)
  have hb := h.base_le
  have hr := hm.page.1
  have hpfn : (makeEntry (s.base + s.root p) perm).pfn = s.base + s.root p := pfn_makeEntry (by omega) hm.perm
  have ht : target s.base (s.base + s.root p) = .page (s.root p) := target_page hr
  refine h.setEntry (l := 3) (hm.level rfl) (fun _ => ?_) (fun r _ hr' hne _ _ _ => ?_)
  · rw [hm.owner]
    refine entryOk_make hm.perm (by omega) ?_
    rw [ht]
    exact ⟨hm.owner, .inr ⟨rfl, rfl, by simpa using hw⟩⟩
  · rw [hpfn, ht] at hr'; injection hr' with e; exact (hne e.symm).elim

/-! ## Taking pages back -/

/-- Clearing an entry keeps the invariant. -/
theorem Inv.clearEntry (h : Inv s) {l : Nat} (hl : s.mem.level table = some (l + 1)) : Inv (Spec.setEntry s p table i 0#64) :=
  h.setEntry hl (fun e => by rw [present_zero] at e; cases e) (fun r e => by rw [present_zero] at e; cases e)

/-- Any of the four calls that take a table or frame back keeps the invariant: the cleared entry was the only one that
referred to the page. -/
theorem freeMapped_inv (h : Inv s) {l : Nat} (hp : parent.level = some (l + 1)) (hc : child.level = some l) (hl4 : l ≤ 3) :
    Inv (freeMapped s table i q parent child).2 := by
  unfold freeMapped
  dsimp only
  split
  · exact h
  next he =>
  have hk := checkMapped_ok (Decidable.of_not_not he)
  have hlv : s.mem.level table = some (l + 1) := by
    show (s.pageType table).level = _; rw [hk.page.2]; exact hp
  have hcl : s.mem.level q = some l := by
    show (s.pageType q).level = _; rw [hk.childPage.2]; exact hc
  have hne : q ≠ table := by rintro rfl; rw [hlv] at hcl; injection hcl; omega
  have h1 : Inv (Spec.setEntry s s.current table i 0#64) := h.clearEntry hlv
  have hcur := h.current_live
  have href : Ref s.mem table i q := by
    refine ⟨hk.page.1, hk.index, ?_, ⟨l, hlv⟩, hk.present, ?_, hne⟩
    · show s.live (s.pageOwner table); rw [hk.owner]; exact hcur
    · show target s.base (s.word table i).pfn = _; rw [hk.pfn]; exact target_page hk.childPage.1
  have hpid : isPid (s.pageOwner q) := by rw [hk.childOwner]; exact h.proc.pid
  refine h1.freePage hk.childPage.1 hpid (fun r j hx => ?_) (fun o u _ _ hu hi => ?_) (fun o ho hs hi => ?_)
    fun _ => iommuLevel_of_level hcl
  · obtain ⟨x0, x0', x1, x2, x3, x4, x5⟩ := hx
    have x3' : (upd2 s.word table i 0#64 r j).present = true := x3
    have x4' : target s.base (upd2 s.word table i 0#64 r j).pfn = .page q := x4
    by_cases e : r = table ∧ j = i
    · rw [upd2_apply, if_pos e, present_zero] at x3'; cases x3'
    · rw [upd2_apply, if_neg e] at x3' x4'
      exact e (h.table.unique r j table i q ⟨x0, x0', x1, x2, x3', x4', x5⟩ href)
  · have e : s.pageType q = u := hi.2.2
    rw [hk.childPage.2] at e
    rcases hu with rfl | rfl <;> subst e
    · simp only [PageType.level, Option.some.injEq] at hc; omega
    · cases hc
  · have e : s.pageOwner q = o := hi.2.1
    have hs' : s.state o = .sleeping := hs
    rw [hk.childOwner] at e
    have := h.current_running
    rw [e, hs'] at this; cases this

theorem freePdpt_inv (h : Inv s) : Inv (freePdpt s table i q).2 := freeMapped_inv h (l := 3) rfl rfl (by omega)
theorem freePd_inv (h : Inv s) : Inv (freePd s table i q).2 := freeMapped_inv h (l := 2) rfl rfl (by omega)
theorem freePt_inv (h : Inv s) : Inv (freePt s table i q).2 := freeMapped_inv h (l := 1) rfl rfl (by omega)
theorem freeFrame_inv (h : Inv s) : Inv (freeFrame s table i q).2 := freeMapped_inv h (l := 0) rfl rfl (by omega)

/-- A page of a zombie without devices may be taken back in any order: nothing is claimed of the zombie's tables. -/
theorem reclaimPage_inv (h : Inv s) : Inv (reclaimPage s q).2 := by
  unfold reclaimPage
  split
  · exact h
  next hq =>
  have hq : q < 8192 := Decidable.of_not_not hq
  split
  · exact h
  split
  · exact h
  next hz =>
  have hz := Decidable.of_not_not hz
  split
  · exact h
  next hn =>
  have hn := Decidable.of_not_not hn
  have h64 := h.owner_lt q hq
  have h0 : s.pageOwner q ≠ 0 := by intro e; rw [e, h.proc.nobody] at hz; cases hz
  refine h.freePage hq ⟨by omega, h64⟩ (fun r j hx => ?_) (fun o u _ hl _ hi => ?_) (fun o _ hs hi => ?_)
    fun he => (not_exposed hz hn he).elim
  · have h1 : s.pageOwner q = s.pageOwner r := (hx.spec h.table).1
    have h2 : s.live (s.pageOwner r) := hx.live
    unfold State.live at h2
    rw [← h1, hz] at h2; cases h2
  · rw [← hi.2.1, hz] at hl; cases hl
  · rw [← hi.2.1, hz] at hs; cases hs

/-! ## Frames -/

/-- Copying into a frame changes no table. -/
theorem Inv.copyPage (h : Inv s) {src dst : Nat} (hd : s.pageType dst = .frame) : Inv (copyPage s src dst) := by
  refine { h with
    table := h.table.data (m := s.mem) fun q l _ _ hl => ?_
    port := h.bitmapPage (by rw [hd]; nofun)
    iommu := h.iommu.page (by show (s.pageType dst).iommuLevel = _; rw [hd]; rfl) }
  have hl : (s.pageType q).level = some (l + 1) := hl
  have : q ≠ dst := by rintro rfl; rw [hd] at hl; cases hl
  exact upd_ne _ _ _ _ this

theorem copyFrame_inv (h : Inv s) {src dst : Nat} : Inv (copyFrame s src p dst).2 := by
  unfold copyFrame
  split
  · exact h
  split
  · exact h
  split
  · exact h
  split
  · exact h
  next hd =>
  have hd := Decidable.of_not_not hd
  split
  · exact h
  split
  · exact h
  exact h.copyPage hd.2

/-- Changing the permissions of a frame keeps the invariant: the entry still refers to the same page. -/
theorem protectFrame_inv (h : Inv s) : Inv (protectFrame s table i q perm).2 := by
  unfold protectFrame
  dsimp only
  split
  · exact h
  next he =>
  have hk := checkMapped_ok (Decidable.of_not_not he)
  split
  · exact h
  next hp =>
  have hp := Decidable.of_not_not hp
  have hb := h.base_le
  have hlv : s.mem.level table = some 1 := by
    show (s.pageType table).level = _; rw [hk.page.2]; rfl
  have hcl : s.mem.level q = some 0 := by
    show (s.pageType q).level = _; rw [hk.childPage.2]; rfl
  have hne : q ≠ table := by rintro rfl; rw [hlv] at hcl; cases hcl
  have hq := hk.childPage.1
  have ht : target s.base (s.base + q) = .page q := target_page hq
  refine h.setEntry (l := 0) hlv (fun _ => ?_) (fun r _ hr _ q' i' hx => ?_)
  · rw [hk.owner]
    refine entryOk_make hp (by omega) ?_
    rw [ht]; exact ⟨hk.childOwner, .inl hcl⟩
  · rw [pfn_makeEntry (by omega) hp, ht] at hr
    injection hr with e
    subst e
    refine h.table.unique q' i' table i q hx ⟨hk.page.1, hk.index, ?_, ⟨0, hlv⟩, hk.present, ?_, hne⟩
    · show s.live (s.pageOwner table); rw [hk.owner]; exact h.current_live
    · show target s.base (s.word table i).pfn = _; rw [hk.pfn]; exact ht

end Lv6.Spec
