module
public import Lv6.Spec.Keep.Page
public import Lv6.Spec.Proc
/-!
# Keeping the invariant: a process is made

While its pages are given out, the slot of the new process is still unused; so this is shown for each part of the invariant
on its own, from before the call to after it.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p pml4 stack hvm : Nat}

/-- A new process is an embryo child of the caller, with nothing but three pages, an empty table among them. -/
theorem clone_inv (h : Inv s) : Inv (clone s p pml4 stack hvm).2 := by
  unfold clone
  split
  · exact h
  next hu =>
  obtain ⟨hp, hu⟩ : isUnused s p := Decidable.of_not_not hu
  split
  · exact h
  next h1 =>
  obtain ⟨q1, f1⟩ : isFree s pml4 := Decidable.of_not_not h1
  split
  · exact h
  next h2 =>
  obtain ⟨q2, f2⟩ : isFree s stack := Decidable.of_not_not h2
  split
  · exact h
  next h3 =>
  obtain ⟨q3, f3⟩ : isFree s hvm := Decidable.of_not_not h3
  split
  · exact h
  next hd =>
  have d12 : stack ≠ pml4 := fun e => hd (.inl e.symm)
  have d13 : hvm ≠ pml4 := fun e => hd (.inr (.inl e.symm))
  have d23 : hvm ≠ stack := fun e => hd (.inr (.inr e.symm))
  have hcur := h.current_running
  have hpc : p ≠ s.current := by rintro rfl; rw [hu] at hcur; cases hcur
  have hmine : ∀ q, q < 8192 → s.pageOwner q ≠ p := fun q hq => h.unused_owns hp hu hq
  -- pages and their lists
  have f2' : upd s.pageType pml4 .x86Pml4 stack = .free := by rw [upd_ne _ _ _ _ d12]; exact f2
  have f3' : upd (upd s.pageType pml4 .x86Pml4) stack .procData hvm = .free := by
    rw [upd_ne _ _ _ _ d23, upd_ne _ _ _ _ d13]; exact f3
  have t1 : PageType.x86Pml4.inUse := ⟨nofun, nofun⟩
  have t2 : PageType.procData.inUse := ⟨nofun, nofun⟩
  have page := ((h.page.alloc q1 f1 hp t1).alloc q2 f2' hp t2).alloc q3 f3' hp t2
  have free := ((h.free.del q1 f1 t1).del q2 f2' t2).del q3 f3' t2
  -- processes
  have e1 : ∀ r, upd (upd s.state p .unused) p .embryo r = if r = p then .embryo else s.state r := by
    intro r; simp only [upd]; split <;> rfl
  have e2 : upd (upd s.ppid p 0) p s.current = upd s.ppid p s.current := upd_upd _ _ _ _
  have proc : ProcInv s.current (upd (upd s.state p .unused) p .embryo) (upd s.killed p 0)
      (upd (upd s.ppid p 0) p s.current) (upd s.nrChildren s.current (s.nrChildren s.current + 1)) := by
    have hc := h.proc.pid
    have h0 := h.proc.nobody
    rw [e2]
    refine { h.proc with running := ?_, nobody := ?_, dying := ?_, parent := ?_, children := ?_ }
    · intro r hr; have := h.proc.running r hr; rw [e1]; grind
    · rw [e1]; have := hp.1; grind
    · intro r hr; have := h.proc.dying r hr; rw [e1]; simp only [upd]; grind
    · intro r hr; have := h.proc.parent r hr; have := hc.1; have := hc.2; rw [e1]; simp only [upd]; grind
    · intro r hr
      have h3 := h.proc.children r hr
      have h4 := count_upd (f := s.ppid) (v := s.current) (p := r) hp.2
      have h5 : s.ppid p = 0 := (h.proc.parent p hp.2).2.2 hu
      have h6 := hr.1
      rw [h5] at h4
      simp only [upd] at h4 ⊢; grind
  have ready := h.ready.same (state' := upd (upd s.state p .unused) p .embryo) (by
    intro r; simp only [onReadyList]; rw [e1]; grind)
  have hun : ∀ r, upd (upd s.state p .unused) p .embryo r = .unused → s.state r = .unused ∧ r ≠ p := by
    intro r; rw [e1]; grind
  have unused0 := h.unused.fewer (state' := upd (upd s.state p .unused) p .embryo) fun r hr => (hun r hr).1
  have unC : ∀ r, r < 64 → upd (upd s.state p .unused) p .embryo r = .unused →
      upd s.nrChildren s.current (s.nrChildren s.current + 1) r = 0 := fun r hr hs => by
    have e := (hun r hs).1
    rw [upd_ne _ _ _ _ (by rintro rfl; rw [e] at hcur; cases hcur)]
    exact h.unused.children r hr e
  have unP : ∀ {a b c : Nat} r, r < 64 → upd (upd s.state p .unused) p .embryo r = .unused →
      upd (upd (upd s.nrPages p a) p b) p c r = 0 := fun r hr hs => by
    have e := hun r hs
    rw [upd_ne _ _ _ _ e.2, upd_ne _ _ _ _ e.2, upd_ne _ _ _ _ e.2]
    exact h.unused.pages r hr e.1
  -- the pages that the kernel uses
  have hno : ∀ {q}, s.pageType q = .free → ∀ o u, u ≠ .free → ¬ IsOwn s.pageType s.pageOwner o u q := by
    rintro q hf o u hu ⟨_, _, e⟩; exact hu (by rw [← e, hf])
  have own : ∀ {o u r}, u ≠ .free → IsOwn s.pageType s.pageOwner o u r →
      IsOwn (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData)
        (upd (upd (upd s.pageOwner pml4 p) stack p) hvm p) o u r := by
    intro o u r hu hi
    have n1 : r ≠ pml4 := by rintro rfl; exact hno f1 _ _ hu hi
    have n2 : r ≠ stack := by rintro rfl; exact hno f2 _ _ hu hi
    have n3 : r ≠ hvm := by rintro rfl; exact hno f3 _ _ hu hi
    exact ((hi.other n1).other n2).other n3
  have own1 : IsOwn (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData)
      (upd (upd (upd s.pageOwner pml4 p) stack p) hvm p) p .x86Pml4 pml4 :=
    ⟨q1, by simp only [upd_ne _ _ _ _ (Ne.symm d13), upd_ne _ _ _ _ (Ne.symm d12), upd_same],
      by simp only [upd_ne _ _ _ _ (Ne.symm d13), upd_ne _ _ _ _ (Ne.symm d12), upd_same]⟩
  have own2 : IsOwn (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData)
      (upd (upd (upd s.pageOwner pml4 p) stack p) hvm p) p .procData stack :=
    ⟨q2, by simp only [upd_ne _ _ _ _ (Ne.symm d23), upd_same], by simp only [upd_ne _ _ _ _ (Ne.symm d23), upd_same]⟩
  have own3 : IsOwn (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData)
      (upd (upd (upd s.pageOwner pml4 p) stack p) hvm p) p .procData hvm := ⟨q3, upd_same .., upd_same ..⟩
  have root : RootInv (upd (upd s.state p .unused) p .embryo) (upd (upd s.root p 0) p pml4) (upd (upd s.stack p 0) p stack)
      (upd (upd s.hvm p 0) p hvm) (upd s.useIoBitmap p 0) (upd s.ioBitmapA p 0) (upd s.ioBitmapB p 0)
      (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData)
      (upd (upd (upd s.pageOwner pml4 p) stack p) hvm p) := by
    constructor <;> intro o ho hl <;> rw [e1] at hl <;> by_cases e : o = p
    all_goals first
      | (subst e; simp only [upd_same]; first | exact own1 | exact own2 | exact own3 | exact Ne.symm d23 | exact fun x => (x rfl).elim)
      | (rw [if_neg e] at hl; simp only [upd_ne _ _ _ _ e])
    · exact own nofun (h.root.rootPage o ho hl)
    · exact own nofun (h.root.stackPage o ho hl)
    · exact own nofun (h.root.hvmPage o ho hl)
    · exact h.root.distinct o ho hl
    · intro hb
      have hx := h.root.bitmap o ho hl hb
      exact ⟨hx.1, fun q hq => own nofun (hx.2 q hq)⟩
    · exact h.root.apart o ho hl
  have sleep : SleepInv (upd (upd s.state p .unused) p .embryo) (upd s.ipcPage p 0) (upd s.ipcFd p 0) s.ofile
      (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData)
      (upd (upd (upd s.pageOwner pml4 p) stack p) hvm p) := by
    constructor <;> intro o ho hs <;> rw [e1] at hs <;> by_cases e : o = p
    all_goals first
      | (rw [if_pos e] at hs; cases hs; done)
      | (rw [if_neg e] at hs; simp only [upd_ne _ _ _ _ e])
    · exact own nofun (h.sleep.page o ho hs)
    · exact h.sleep.fd o ho hs
  have intr : IntrInv (upd (upd s.state p .unused) p .embryo) (upd s.intr p fun _ => 0#64) :=
    h.intr.upd (by intro o ho; rw [e1] at ho; grind)
  -- the bitmaps: the new process has none, and no port
  have port := fun a b : Nat → Word => (h.bitmapData (word := upd (upd (upd (upd (upd s.word pml4 fun _ => 0#64) stack
      fun _ => 0#64) hvm fun _ => 0#64) stack a) hvm b) fun q hq => by simp only [upd]; grind).step
    (state' := upd (upd s.state p .unused) p .embryo) (use' := upd s.useIoBitmap p 0) (a' := upd s.ioBitmapA p 0)
    (fun o ho hl => by
      rw [e1] at hl
      by_cases e : o = p
      · rw [e]
        exact .inr ⟨upd_same _ _ _, fun n => count_zero ((h.device.ports p hp).symm.trans (h.unused.ports p hp.2 hu))⟩
      · rw [if_neg e] at hl; exact .inl ⟨hl, upd_ne _ _ _ _ e, upd_ne _ _ _ _ e⟩)
    (fun _ _ _ _ _ _ => rfl) fun _ _ _ _ _ => .rfl
  -- page tables
  have l1 : s.mem.level pml4 = none := State.freeLevel f1
  have tab1 := h.table.alloc (t := .x86Pml4) (p := p) l1
  have l2 : (upd s.pageType pml4 .x86Pml4 stack).level = none := by rw [f2']; rfl
  have tab2 := tab1.alloc (t := .procData) (p := p) (r := stack) l2
  have l3 : (upd (upd s.pageType pml4 .x86Pml4) stack .procData hvm).level = none := by rw [f3']; rfl
  have tab3 := tab2.alloc (t := .procData) (p := p) (r := hvm) l3
  have n2 : (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData stack).level = none := by
    rw [own2.2.2]; rfl
  have n3 : (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData hvm).level = none := by
    rw [own3.2.2]; rfl
  have tab4 := fun a : Nat → Word => tab3.data (word := upd (upd (upd (upd s.word pml4 fun _ => 0#64) stack fun _ => 0#64)
      hvm fun _ => 0#64) stack a) fun q l _ _ hl => by
    have : q ≠ stack := by
      rintro rfl
      have hl : (upd (upd (upd s.pageType pml4 .x86Pml4) q .procData) hvm .procData q).level = some (l + 1) := hl
      rw [n2] at hl; cases hl
    exact upd_ne _ _ _ _ this
  have tab5 := fun a b : Nat → Word => (tab4 a).data (word := upd (upd (upd (upd (upd s.word pml4 fun _ => 0#64) stack
      fun _ => 0#64) hvm fun _ => 0#64) stack a) hvm b) fun q l _ _ hl => by
    have : q ≠ hvm := by
      rintro rfl
      have hl : (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) q .procData q).level = some (l + 1) := hl
      rw [n3] at hl; cases hl
    exact upd_ne _ _ _ _ this
  have tab6 := fun a b => (tab5 a b).more (live' := fun o => (upd (upd s.state p .unused) p .embryo o).isLive = true) (by
    intro o ho
    rw [e1] at ho
    by_cases e : o = p
    · right
      intro q i l hq hown hl
      dsimp only at hown ⊢
      have hl : (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData q).level = some (l + 1) := hl
      have m2 : q ≠ stack := by rintro rfl; rw [n2] at hl; cases hl
      have m3 : q ≠ hvm := by rintro rfl; rw [n3] at hl; cases hl
      rw [upd_ne _ _ _ _ m3, upd_ne _ _ _ _ m2] at hown
      have m1 : q = pml4 := by
        refine Decidable.byContradiction fun hn => ?_
        rw [upd_ne _ _ _ _ hn, e] at hown
        exact hmine q hq hown
      subst m1
      rw [upd_ne _ _ _ _ m3, upd_ne _ _ _ _ m2, upd_ne _ _ _ _ m3, upd_ne _ _ _ _ m2, upd_same]
      exact present_zero
    · left; rw [if_neg e] at ho; exact ho)
  -- IOMMU tables: the new process has none
  have io3 := ((h.iommu.alloc (t := .x86Pml4) (p := p) f1).alloc (t := .procData) (p := p) f2').alloc (t := .procData)
    (p := p) f3'
  have m1 : (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData pml4).iommuLevel = none := by
    rw [own1.2.2]; rfl
  have m2 : (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData stack).iommuLevel = none := by
    rw [own2.2.2]; rfl
  have m3 : (upd (upd (upd s.pageType pml4 .x86Pml4) stack .procData) hvm .procData hvm).iommuLevel = none := by
    rw [own3.2.2]; rfl
  have io6 := fun a b : Nat → Word => ((io3.page (words := a) m2).page (words := b) m3).more
    (exposed' := fun o => (upd (upd s.state p .unused) p .embryo o).isLive = true ∨ s.nrDevs o ≠ 0) (by
      intro o ho
      by_cases e : o = p
      · right
        intro q hq hown
        dsimp only at hown ⊢
        by_cases d3 : q = hvm
        · rw [d3]; exact m3
        by_cases d2 : q = stack
        · rw [d2]; exact m2
        by_cases d1 : q = pml4
        · rw [d1]; exact m1
        rw [upd_ne _ _ _ _ d3, upd_ne _ _ _ _ d2, upd_ne _ _ _ _ d1, e] at hown
        exact (hmine q hq hown).elim
      · left; rw [e1, if_neg e] at ho; exact ho)
  exact { h with
    proc, ready, page, free, root, sleep, intr, table := tab6 _ _, iommu := io6 _ _, port := port _ _
    unused := { unused0 with children := unC, pages := unP } }

end Lv6.Spec
