module
public import Lv6.Spec.Keep.Table
public import Lv6.Spec.PageTable
/-!
# Keeping the invariant when pages change hands
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p q : Nat} {t : PageType}

/-- The types that a page in use can have: on no list. -/
def PageType.inUse (t : PageType) : Prop := t ≠ .free ∧ t ≠ .reserved

/-! ## Each part of the invariant -/

section
variable {pageType : Nat → PageType} {pageOwner nrPages freePrev freeNext : Nat → Nat}

theorem PageInv.alloc (h : PageInv pageType pageOwner nrPages) (hq : q < 8192) (hf : pageType q = .free) (hp : isPid p)
    (ht : t.inUse) : PageInv (upd pageType q t) (upd pageOwner q p) (upd nrPages p (nrPages p + 1)) := by
  have h0 : pageOwner q = 0 := (h.owner q hq).2.2 (.inl hf)
  obtain ⟨t1, t2⟩ := ht
  obtain ⟨p0, p64⟩ := hp
  constructor
  · intro r hr; have := h.reserved r hr; simp only [upd]; grind
  · intro r hr; have := h.owner r hr; simp only [upd]; grind
  · intro r hr
    have h3 := h.pages r hr
    have h4 := count_upd (f := pageOwner) (v := p) (p := r) hq
    have := hr.1
    rw [h0] at h4
    simp only [upd] at h4 ⊢; grind

theorem PageInv.free (h : PageInv pageType pageOwner nrPages) (hq : q < 8192) (hp : isPid (pageOwner q)) :
    PageInv (upd pageType q .free) (upd pageOwner q 0) (upd nrPages (pageOwner q) (nrPages (pageOwner q) - 1)) := by
  have hr0 : pageType q ≠ .reserved := fun e => by
    have := (h.owner q hq).2.2 (.inr e); have := hp.1; omega
  constructor
  · intro r hr; have := h.reserved r hr; simp only [upd]; grind
  · intro r hr; have := h.owner r hr; simp only [upd]; grind
  · intro r hr
    have h3 := h.pages r hr
    have h4 := count_upd (f := pageOwner) (v := 0) (p := r) hq
    have := hr.1
    simp only [upd] at h4 ⊢; grind

theorem FreeInv.del (h : FreeInv pageType freePrev freeNext) (hq : q < 8192) (hf : pageType q = .free) (ht : t.inUse) :
    FreeInv (upd pageType q t) (upd (upd freePrev (freeNext q) (freePrev q)) q 0)
      (upd (upd freeNext (freePrev q) (freeNext q)) q 0) := by
  have hm : onFreeList pageType q := ⟨hq, .inl hf⟩
  have hs : ∀ r, onFreeList (upd pageType q t) r ↔ onFreeList pageType r ∧ r ≠ q := by
    obtain ⟨t1, t2⟩ := ht
    intro r; simp only [onFreeList, upd]; grind
  have h1 := h.ring.prev_mem q hm
  have h2 := h.ring.next_mem q hm
  refine ⟨h.ring.erase (x := q) hm hs (fun r hr => ?_) (fun r hr => ?_), fun r hr hr' => ?_⟩
  · simp only [upd, ((hs r).1 hr).2, if_false]
  · simp only [upd, ((hs r).1 hr).2, if_false]
  · simp only [upd]
    by_cases e : r = q
    · simp only [e, if_true, and_self]
    · have h3 : ¬ onFreeList pageType r := fun h => hr' ((hs r).2 ⟨h, e⟩)
      have h4 : r ≠ freeNext q := by rintro rfl; exact h3 h2
      have h5 : r ≠ freePrev q := by rintro rfl; exact h3 h1
      simp only [e, h4, h5, if_false]
      exact h.off r hr h3

theorem FreeInv.add (h : FreeInv pageType freePrev freeNext) (h0 : onFreeList pageType 0) (hq : q < 8192)
    (hn : ¬ onFreeList pageType q) :
    FreeInv (upd pageType q .free) (upd (upd freePrev (freeNext 0) q) q 0) (upd (upd freeNext 0 q) q (freeNext 0)) := by
  have hs : ∀ r, onFreeList (upd pageType q .free) r ↔ r = q ∨ onFreeList pageType r := by
    intro r; simp only [onFreeList, upd]; grind
  have h1 := h.ring.next_mem 0 h0
  have hq0 : q ≠ 0 := by rintro rfl; exact hn h0
  refine ⟨(h.ring.reverse.insert (x := q) (c := 0) h0 hn hs (fun r _ => ?_) (fun r _ => ?_)).reverse, fun r hr hr' => ?_⟩
  · simp only [upd]
  · simp only [upd]
  · have h2 : ¬ onFreeList pageType r := fun h => hr' ((hs r).2 (.inr h))
    have h3 : r ≠ q := fun h => hr' ((hs r).2 (.inl h))
    have h4 : r ≠ 0 := by rintro rfl; exact h2 h0
    have h5 : r ≠ freeNext 0 := by rintro rfl; exact h2 h1
    simp only [upd, h3, h4, h5, if_false]
    exact h.off r hr h2
end

/-- A page keeps its owner and type when another one changes hands. -/
theorem IsOwn.other {pageType : Nat → PageType} {pageOwner : Nat → Nat} {u : PageType} {o r p' : Nat} {t' : PageType}
    (h : IsOwn pageType pageOwner o u r) (hr : r ≠ q) : IsOwn (upd pageType q t') (upd pageOwner q p') o u r := by
  obtain ⟨h1, h2, h3⟩ := h
  exact ⟨h1, by rw [upd_ne _ _ _ _ hr]; exact h2, by rw [upd_ne _ _ _ _ hr]; exact h3⟩

/-- The pages that the kernel uses for live processes do not change hands with `q`. -/
theorem RootInv.other {state : Nat → ProcState} {root stack hvm useIoBitmap ioBitmapA ioBitmapB : Nat → Nat}
    {pageType : Nat → PageType} {pageOwner : Nat → Nat} {p' : Nat} {t' : PageType}
    (h : RootInv state root stack hvm useIoBitmap ioBitmapA ioBitmapB pageType pageOwner)
    (hq : ∀ o u, o < 64 → (state o).isLive = true → u = .x86Pml4 ∨ u = .procData → ¬ IsOwn pageType pageOwner o u q) :
    RootInv state root stack hvm useIoBitmap ioBitmapA ioBitmapB (upd pageType q t') (upd pageOwner q p') := by
  have key : ∀ {o u r}, o < 64 → (state o).isLive = true → u = .x86Pml4 ∨ u = .procData → IsOwn pageType pageOwner o u r →
      IsOwn (upd pageType q t') (upd pageOwner q p') o u r := fun ho hl hu hi =>
    hi.other (by rintro rfl; exact hq _ _ ho hl hu hi)
  exact ⟨fun o ho hl => key ho hl (.inl rfl) (h.rootPage o ho hl), fun o ho hl => key ho hl (.inr rfl) (h.stackPage o ho hl),
    fun o ho hl => key ho hl (.inr rfl) (h.hvmPage o ho hl), h.distinct, fun o ho hl hb =>
      have hx := h.bitmap o ho hl hb
      ⟨hx.1, fun q hq => key ho hl (.inr rfl) (hx.2 q hq)⟩, h.apart⟩

/-- The page that a sleeper waits with does not change hands with `q`. -/
theorem SleepInv.other {state : Nat → ProcState} {ipcPage ipcFd : Nat → Nat} {ofile : Nat → Nat → Nat}
    {pageType : Nat → PageType} {pageOwner : Nat → Nat} {p' : Nat} {t' : PageType}
    (h : SleepInv state ipcPage ipcFd ofile pageType pageOwner)
    (hq : ∀ o, o < 64 → state o = .sleeping → ¬ IsOwn pageType pageOwner o .frame q) :
    SleepInv state ipcPage ipcFd ofile (upd pageType q t') (upd pageOwner q p') :=
  ⟨fun o ho hs => (h.page o ho hs).other (by intro e; exact hq o ho hs (e ▸ h.page o ho hs)), h.fd⟩

/-! ## Giving out and taking back -/

theorem State.freeLevel (hf : s.pageType q = .free) : s.mem.level q = none := by
  show (s.pageType q).level = none; rw [hf]; rfl

/-- A free page is given to a process that is in use. -/
theorem Inv.allocPage (h : Inv s) (hq : isFree s q) (hp : isPid p) (hs : s.state p ≠ .unused) (ht : t.inUse) :
    Inv (allocPage s p t q) := by
  obtain ⟨hq, hf⟩ := hq
  have hno : ∀ o u, u ≠ .free → ¬ IsOwn s.pageType s.pageOwner o u q := by
    rintro o u hu ⟨_, _, e⟩; exact hu (by rw [← e, hf])
  have h1 := h.page.alloc hq hf hp ht
  have h2 := h.free.del hq hf ht
  have h3 := h.root.other (q := q) (t' := t) (p' := p) fun o u _ _ hu => hno o u (by rcases hu with rfl | rfl <;> exact nofun)
  have h4 := h.sleep.other (q := q) (t' := t) (p' := p) fun o _ _ => hno o _ nofun
  have h5 : ∀ r, r < 64 → s.state r = .unused → upd s.nrPages p (s.nrPages p + 1) r = 0 := fun r hr hu => by
    rw [upd_ne _ _ _ _ (by rintro rfl; exact hs hu)]; exact h.unused.pages r hr hu
  exact { h with
    page := h1, free := h2, root := h3, sleep := h4, unused := { h.unused with pages := h5 }
    table := h.table.alloc (State.freeLevel hf), iommu := h.iommu.alloc hf
    port := h.bitmapPage (by rw [hf]; nofun) }

/-- A page of a process that no entry of a live process refers to, and that neither the kernel nor a device uses, is taken
back. -/
theorem Inv.freePage (h : Inv s) (hq : q < 8192) (hp : isPid (s.pageOwner q)) (hn : ∀ r i, ¬ Ref s.mem r i q)
    (hr : ∀ o u, o < 64 → (s.state o).isLive = true → u = .x86Pml4 ∨ u = .procData → ¬ IsOwn s.pageType s.pageOwner o u q)
    (hw : ∀ o, o < 64 → s.state o = .sleeping → ¬ IsOwn s.pageType s.pageOwner o .frame q)
    (hd : s.exposed (s.pageOwner q) → (s.pageType q).iommuLevel = none) : Inv (freePage s q) := by
  have hl : ¬ onFreeList s.pageType q := fun e => by
    have := (h.page.owner q hq).2.2 e.2; have := hp.1; omega
  have h0 : onFreeList s.pageType 0 := ⟨by omega, .inr ((h.page.reserved 0 (by omega)).2 rfl)⟩
  have h5 : ∀ r, r < 64 → s.state r = .unused → upd s.nrPages (s.pageOwner q) (s.nrPages (s.pageOwner q) - 1) r = 0 :=
    fun r hr hu => by
      have := h.unused.pages r hr hu
      simp only [upd]; split <;> simp_all
  exact { h with
    page := h.page.free hq hp, free := h.free.add h0 hq hl, root := h.root.other hr, sleep := h.sleep.other hw
    unused := { h.unused with pages := h5 }, table := h.table.free hn
    iommu := h.iommu.free hd fun _ => h.owner_exposed }

end Lv6.Spec
