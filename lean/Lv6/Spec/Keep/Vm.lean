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
  constructor <;> grind [isIndex]

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
  constructor <;> grind [isIndex]

theorem MapOk.live (h : Inv s) (hk : MapOk s p table i perm t) : s.live p := h.mayActOn_live hk.mayAct

theorem isPageOf.level (h : isPageOf s q t) {l : Nat} (ht : t.level = some l) : s.mem.level q = some l := by
  show (s.pageType q).level = some l
  rw [h.2]; exact ht

/-- The entry refers to the page. -/
theorem MappedOk.ref (h : Inv s) (hk : MappedOk s table i q parent child) {l : Nat} (hp : parent.level = some (l + 1))
    (hne : q ≠ table) : Ref s.mem table i q where
  page := hk.page.1
  index := hk.index
  live := by show s.live (s.pageOwner table); rw [hk.owner]; exact h.current_live
  table := ⟨l, hk.page.level hp⟩
  present := hk.present
  target := by show target s.base (s.word table i).pfn = _; rw [hk.pfn]; exact target_page hk.childPage.1
  ne := hne

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
theorem Inv.makeEntry (h : Inv s) {l pfn : Nat} (hl : s.mem.level table = some (l + 1)) (hp : isPerm perm)
    (hf : pfn < 0x100000) (hk : PointsOk s.mem (s.pageOwner table) table l perm.writable (target s.base pfn))
    (hu : ∀ r, target s.base pfn = .page r → r ≠ table → ∀ q' i', Ref s.mem q' i' r → q' = table ∧ i' = i) :
    Inv (Spec.setEntry s p table i (makeEntry pfn perm)) := by
  have hpf : (Spec.makeEntry pfn perm).pfn = pfn := pfn_makeEntry (by omega) hp
  refine h.setEntry hl (fun _ => ⟨large_makeEntry _ hp, global_makeEntry _ hp, ?_⟩) fun r _ hr => ?_
  · rw [hpf, writable_makeEntry]; exact hk
  · rw [hpf] at hr; exact hu r hr

/-! ## Giving out pages -/

/-- Any of the four calls that give a process a new table or frame keeps the invariant. -/
theorem allocMapped_inv (h : Inv s) {l : Nat} (hp : parent.level = some (l + 1)) (hc : child.level = some l) :
    Inv (allocMapped s p table i q perm parent child).2 := by
  unfold allocMapped
  checks h
  next hq he =>
  have hk := checkMap_ok he
  obtain ⟨hq, hf⟩ := hq
  have hlive := hk.live h
  have hne : table ≠ q := by have := hk.page.2; grind [PageType.level]
  have hb := h.base_le
  have htq : target s.base (s.base + q) = .page q := target_page hq
  have h1 := h.allocPage (t := child) ⟨hq, hf⟩ hk.pid (by grind [State.live, ProcState.isLive])
    (by constructor <;> rintro rfl <;> cases hc)
  refine h1.makeEntry (l := l) ?_ hk.perm (by omega) ?_ fun r hr _ q' i' hx => ?_
  · show (upd s.pageType q child table).level = _
    rw [upd_ne _ _ _ _ hne, hk.page.2]; exact hp
  · show PointsOk _ (upd s.pageOwner q p table) _ _ _ (target s.base (s.base + q))
    rw [htq, upd_ne _ _ _ _ hne, hk.owner]
    exact ⟨upd_same _ _ _, .inl (by show (upd s.pageType q child q).level = _; rw [upd_same]; exact hc)⟩
  · cases htq.symm.trans hr
    -- nothing refers to a page that was free a moment ago
    have hold : Ref s.mem q' i' q := OldEntries.ref (OldEntries.alloc (m := s.mem) (r := q) (p := p) (t := child)) rfl hx
    exact (hold.level_ne h.table (State.freeLevel hf)).elim

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
  checks h
  next he =>
  have hm := checkMap_ok he
  exact h.makeEntry (hm.page.level ht) hm.perm hf (hm.owner ▸ hk hm) fun r hr => (hn r hr).elim

/-- Any of the four calls that map a kernel table read-only keeps the invariant. -/
theorem mapTable_inv (h : Inv s) {first len : Nat} {tab : Table} (hl : first + len ≤ 8778)
    (ht : ∀ n, n < len → target s.base (s.base + first + n) = .kernel tab n) :
    Inv (mapTable s p table i n perm first len).2 := by
  have hb := h.base_le
  unfold mapTable
  checks h
  next hn hw =>
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
  checks h
  next hw he =>
  have hm := checkMap_ok he
  have hb := h.base_le
  have hr := hm.page.1
  have ht : target s.base (s.base + s.root p) = .page (s.root p) := target_page hr
  refine h.makeEntry (hm.page.level rfl) hm.perm (by omega) ?_ fun r hr' hne => ?_
  · rw [hm.owner, ht]; exact ⟨hm.owner, .inr ⟨rfl, rfl, by simpa using hw⟩⟩
  · cases ht.symm.trans hr'; exact (hne rfl).elim

/-! ## Taking pages back -/

/-- Clearing an entry keeps the invariant. -/
theorem Inv.clearEntry (h : Inv s) {l : Nat} (hl : s.mem.level table = some (l + 1)) : Inv (Spec.setEntry s p table i 0#64) :=
  h.setEntry hl (fun e => by rw [present_zero] at e; cases e) (fun r e => by rw [present_zero] at e; cases e)

/-- Any of the four calls that take a table or frame back keeps the invariant: the cleared entry was the only one that
referred to the page. -/
theorem freeMapped_inv (h : Inv s) {l : Nat} (hp : parent.level = some (l + 1)) (hc : child.level = some l) (hl4 : l ≤ 3) :
    Inv (freeMapped s table i q parent child).2 := by
  unfold freeMapped
  checks h
  next he =>
  have hk := checkMapped_ok he
  have hlv := hk.page.level hp
  have hcl := hk.childPage.level hc
  have hne : q ≠ table := by rintro rfl; rw [hlv] at hcl; injection hcl; omega
  have h1 : Inv (Spec.setEntry s s.current table i 0#64) := h.clearEntry hlv
  have hpid : isPid (s.pageOwner q) := by rw [hk.childOwner]; exact h.proc.pid
  refine h1.freePage hk.childPage.1 hpid (fun r j hx => ?_) (fun o u _ _ hu hi => ?_) (fun o ho hs hi => ?_)
    fun _ => iommuLevel_of_level hcl
  · obtain ⟨x0, x0', x1, x2, x3, x4, x5⟩ := hx
    have x3' : (upd2 s.word table i 0#64 r j).present = true := x3
    have x4' : target s.base (upd2 s.word table i 0#64 r j).pfn = .page q := x4
    by_cases e : r = table ∧ j = i
    · rw [upd2_apply, if_pos e, present_zero] at x3'; cases x3'
    · rw [upd2_apply, if_neg e] at x3' x4'
      exact e (h.table.unique r j table i q ⟨x0, x0', x1, x2, x3', x4', x5⟩ (hk.ref h hp hne))
  · have e : s.pageType q = u := hi.2.2
    have := hk.childPage.2
    grind [PageType.level]
  · have e : s.pageOwner q = o := hi.2.1
    have hs' : s.state o = .sleeping := hs
    have := hk.childOwner
    have := h.current_running
    grind

theorem freePdpt_inv (h : Inv s) : Inv (freePdpt s table i q).2 := freeMapped_inv h (l := 3) rfl rfl (by omega)
theorem freePd_inv (h : Inv s) : Inv (freePd s table i q).2 := freeMapped_inv h (l := 2) rfl rfl (by omega)
theorem freePt_inv (h : Inv s) : Inv (freePt s table i q).2 := freeMapped_inv h (l := 1) rfl rfl (by omega)
theorem freeFrame_inv (h : Inv s) : Inv (freeFrame s table i q).2 := freeMapped_inv h (l := 0) rfl rfl (by omega)

/-- A page of a zombie without devices may be taken back in any order: nothing is claimed of the zombie's tables. -/
theorem reclaimPage_inv (h : Inv s) : Inv (reclaimPage s q).2 := by
  unfold reclaimPage isPn
  checks h
  next hq _ hz hn =>
  have h64 := h.owner_lt q hq
  have h0 : s.pageOwner q ≠ 0 := by intro e; rw [e, h.proc.nobody] at hz; cases hz
  refine h.freePage hq ⟨by omega, h64⟩ (fun r j hx => ?_) (fun o u _ hl _ hi => ?_) (fun o _ hs hi => ?_)
    fun he => (not_exposed hz hn he).elim
  · have h1 : s.pageOwner q = s.pageOwner r := (hx.spec h.table).1
    have h2 : s.live (s.pageOwner r) := hx.live
    grind [State.live, ProcState.isLive]
  · rw [← hi.2.1, hz] at hl; cases hl
  · rw [← hi.2.1, hz] at hs; cases hs

/-! ## Frames -/

theorem copyFrame_inv (h : Inv s) {src dst : Nat} : Inv (copyFrame s src p dst).2 := by
  unfold copyFrame
  checks h
  next hd _ _ => exact h.fillPage (.inl hd.2)

/-- Changing the permissions of a frame keeps the invariant: the entry still refers to the same page. -/
theorem protectFrame_inv (h : Inv s) : Inv (protectFrame s table i q perm).2 := by
  unfold protectFrame
  checks h
  next he hp =>
  have hk := checkMapped_ok he
  have hb := h.base_le
  have hlv : s.mem.level table = some 1 := hk.page.level rfl
  have hcl : s.mem.level q = some 0 := hk.childPage.level rfl
  have hne : q ≠ table := by rintro rfl; rw [hlv] at hcl; cases hcl
  have hq := hk.childPage.1
  have ht : target s.base (s.base + q) = .page q := target_page hq
  refine h.makeEntry hlv hp (by omega) ?_ fun r hr _ q' i' hx => ?_
  · rw [hk.owner, ht]; exact ⟨hk.childOwner, .inl hcl⟩
  · cases ht.symm.trans hr
    exact h.table.unique q' i' table i q hx (hk.ref h rfl hne)

end Lv6.Spec
