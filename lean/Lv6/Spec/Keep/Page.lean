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
  have hc := counted_give (p := p) h.pages hq (h0 ▸ isPid_zero)
  unfold PageType.inUse at ht
  clauses h

theorem PageInv.free (h : PageInv pageType pageOwner nrPages) (hq : q < 8192) (hp : isPid (pageOwner q)) :
    PageInv (upd pageType q .free) (upd pageOwner q 0) (upd nrPages (pageOwner q) (nrPages (pageOwner q) - 1)) := by
  have hc := counted_take (v := 0) h.pages hq isPid_zero
  clauses h

theorem FreeInv.del (h : FreeInv pageType freePrev freeNext) (hq : q < 8192) (hf : pageType q = .free) (ht : t.inUse) :
    FreeInv (upd pageType q t) (upd (upd freePrev (freeNext q) (freePrev q)) q 0)
      (upd (upd freeNext (freePrev q) (freeNext q)) q 0) :=
  have hr := h.ring.unlink (S' := onFreeList (upd pageType q t)) h.off ⟨hq, .inl hf⟩
    (by unfold PageType.inUse at ht; grind [onFreeList, upd])
  ⟨hr.1, hr.2⟩

theorem FreeInv.add (h : FreeInv pageType freePrev freeNext) (h0 : onFreeList pageType 0) (hq : q < 8192)
    (hn : ¬ onFreeList pageType q) :
    FreeInv (upd pageType q .free) (upd (upd freePrev (freeNext 0) q) q 0) (upd (upd freeNext 0 q) q (freeNext 0)) :=
  have hr := h.ring.reverse.link (S' := onFreeList (upd pageType q .free)) (fun r h1 h2 => (h.off r h1 h2).symm) h0 hn
    (by grind [onFreeList, upd])
  ⟨hr.1.reverse, fun r h1 h2 => (hr.2 r h1 h2).symm⟩
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
  clauses h

/-- The page that a sleeper waits with does not change hands with `q`. -/
theorem SleepInv.other {state : Nat → ProcState} {ipcPage ipcFd : Nat → Nat} {ofile : Nat → Nat → Nat}
    {pageType : Nat → PageType} {pageOwner : Nat → Nat} {p' : Nat} {t' : PageType}
    (h : SleepInv state ipcPage ipcFd ofile pageType pageOwner)
    (hq : ∀ o, o < 64 → state o = .sleeping → ¬ IsOwn pageType pageOwner o .frame q) :
    SleepInv state ipcPage ipcFd ofile (upd pageType q t') (upd pageOwner q p') := by
  clauses h

/-! ## Giving out and taking back -/

theorem State.freeLevel (hf : s.pageType q = .free) : s.mem.level q = none := by
  show (s.pageType q).level = none; rw [hf]; rfl

/-- A free page is given to a process that is in use. -/
theorem Inv.allocPage (h : Inv s) (hq : isFree s q) (hp : isPid p) (hs : s.state p ≠ .unused) (ht : t.inUse) :
    Inv (allocPage s p t q) := by
  obtain ⟨hq, hf⟩ := hq
  have hno : ∀ o u, u ≠ .free → ¬ IsOwn s.pageType s.pageOwner o u q := by
    rintro o u hu ⟨_, _, e⟩; exact hu (by rw [← e, hf])
  unfold Spec.allocPage freeDel
  exact { h with
    page := h.page.alloc hq hf hp ht, free := h.free.del hq hf ht
    root := h.root.other fun o u _ _ hu => hno o u (by rcases hu with rfl | rfl <;> exact nofun)
    sleep := h.sleep.other fun o _ _ => hno o _ nofun
    unused := { h.unused with pages := by have := h.unused.pages; grind_inv }
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
  unfold Spec.freePage freeAdd
  dsimp only
  exact { h with
    page := h.page.free hq hp, free := h.free.add h0 hq hl, root := h.root.other hr, sleep := h.sleep.other hw
    unused := { h.unused with pages := by have := h.unused.pages; grind_inv }
    table := h.table.free hn, iommu := h.iommu.free hd fun _ => h.owner_exposed }

/-- The contents of frames, and of the pages that the kernel uses for a dead process, do not matter: they are no tables, and no
I/O bitmap of a live process. -/
theorem Inv.fillPage (h : Inv s) {words : Nat → Word}
    (hq : s.pageType q = .frame ∨ s.pageType q = .procData ∧ ¬ s.live (s.pageOwner q)) :
    Inv { s with word := upd s.word q words } := by
  refine { h with
    table := h.table.data (m := s.mem) fun r l _ _ hl => upd_ne _ _ _ _ ?_
    iommu := h.iommu.page (by show (s.pageType q).iommuLevel = _; rcases hq with e | ⟨e, _⟩ <;> rw [e] <;> rfl)
    port := h.port.step (fun _ _ hl => .inl ⟨hl, rfl, rfl⟩) (fun o r ho hl hu hr => upd_ne _ _ _ _ ?_) fun _ _ _ _ _ => .rfl }
  · rintro rfl
    have hl : (s.pageType r).level = some (l + 1) := hl
    rcases hq with e | ⟨e, _⟩ <;> rw [e] at hl <;> cases hl
  · rintro rfl
    have ⟨_, e1, e2⟩ := (h.root.bitmap o ho hl hu).2 r hr
    rcases hq with e | ⟨_, e⟩
    · rw [e2] at e; cases e
    · rw [e1] at e; exact e hl

end Lv6.Spec
