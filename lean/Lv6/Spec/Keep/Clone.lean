module
public import Lv6.Spec.Keep.Page
public import Lv6.Spec.Keep.Proc
/-!
# Keeping the invariant: a process is made

The order of the steps in the proof is not that of the call: the slot is first made a zombie child of the caller, which may
own pages without using them; it gets its pages; and then it comes to life. Each of these steps keeps the invariant.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p q r pml4 stack hvm : Nat} {t : PageType}

/-- An unused slot becomes a child of the current process that is dead from the start. -/
theorem Inv.stillborn (h : Inv s) (hp : isPid p) (hu : s.state p = .unused) :
    Inv { s with
      state := upd s.state p .zombie, ppid := upd s.ppid p s.current
      nrChildren := upd s.nrChildren s.current (s.nrChildren s.current + 1) } := by
  have hr := h.current_running
  have h0 : s.ppid p = 0 := (h.proc.parent p hp.2).2.2 hu
  have hcount := counted_give (p := s.current) h.proc.children hp.2 (h0 ▸ isPid_zero)
  have hc : Calm s.state (upd s.state p .zombie) := (Calm.refl _).upd nofun nofun
  have h1 : ProcInv s.current (upd s.state p .zombie) s.killed (upd s.ppid p s.current)
      (upd s.nrChildren s.current (s.nrChildren s.current + 1)) := by clauses h.proc
  have h2 : UnusedInv (upd s.state p .zombie) (upd s.nrChildren s.current (s.nrChildren s.current + 1)) s.nrFds s.nrPages
      s.nrDmapages s.nrDevs s.nrPorts s.nrVectors s.nrIntremaps := by clauses h.unused
  have h3 := h.ready.same (state' := upd s.state p .zombie) (by grind_inv)
  exact { h with
    proc := h1, ready := h3, unused := h2, root := h.root.fewer hc.live, table := h.table.fewer hc.live
    sleep := h.sleep.calm hc, intr := h.intr.calm hc, port := h.port.fewer hc.live
    iommu := h.iommu.fewer (exposed_mono (s' := { s with state := upd s.state p .zombie }) hc.live rfl) }

/-- A zombie comes to life, with three pages of its own, and no others: an empty root table, and two that hold no entries. -/
theorem Inv.enliven (h : Inv s) (hp : isPid p) (hz : s.state p = .zombie) (hk : s.killed p = 0) (hb : s.useIoBitmap p = 0)
    (h1 : IsOwn s.pageType s.pageOwner p .x86Pml4 pml4) (h2 : IsOwn s.pageType s.pageOwner p .procData stack)
    (h3 : IsOwn s.pageType s.pageOwner p .procData hvm) (hne : hvm ≠ stack)
    (hown : ∀ q, q < 8192 → s.pageOwner q = p → q = pml4 ∨ q = stack ∨ q = hvm)
    (hports : ∀ n, n < 65536 → s.portOwner n ≠ p) (hempty : s.word pml4 = fun _ => 0#64) :
    Inv { s with
      state := upd s.state p .embryo, root := upd s.root p pml4, stack := upd s.stack p stack
      hvm := upd s.hvm p hvm } := by
  have hl : ∀ q, q < 8192 → s.pageOwner q = p → s.pageType q = .procData ∨ q = pml4 := by
    intro q hq ho; have := hown q hq ho; unfold IsOwn at *; grind
  have g1 : ProcInv s.current (upd s.state p .embryo) s.killed s.ppid s.nrChildren := by clauses h.proc
  have g2 := h.ready.same (state' := upd s.state p .embryo) (by grind_inv)
  have g3 : RootInv (upd s.state p .embryo) (upd s.root p pml4) (upd s.stack p stack) (upd s.hvm p hvm) s.useIoBitmap
      s.ioBitmapA s.ioBitmapB s.pageType s.pageOwner := by clauses h.root
  have g4 : SleepInv (upd s.state p .embryo) s.ipcPage s.ipcFd s.ofile s.pageType s.pageOwner := by clauses h.sleep
  have g5 : IntrInv (upd s.state p .embryo) s.intr := by clauses h.intr
  have g6 := h.port.step (state' := upd s.state p .embryo) (use' := s.useIoBitmap) (a' := s.ioBitmapA) (word' := s.word)
    (owner' := s.portOwner) (by grind_inv) (fun _ _ _ _ _ _ => rfl) fun _ _ _ _ _ => .rfl
  refine { h with
    proc := g1, ready := g2, root := g3, sleep := g4, intr := g5, port := g6, unused := h.unused.fewer (by grind_inv)
    table := h.table.more fun o ho => ?_, iommu := h.iommu.more fun o ho => ?_ }
  all_goals by_cases e : o = p
  · right
    intro q i l hq ho hlv
    rcases hl q hq (ho.trans e) with hd | rfl
    · have hlv : (s.pageType q).level = some (l + 1) := hlv
      rw [hd] at hlv; cases hlv
    · show (s.word q i).present = false
      rw [hempty]; exact present_zero
  · left; simpa only [State.live, upd_ne _ _ _ _ e] using ho
  · right
    intro q hq ho
    show (s.pageType q).iommuLevel = none
    rcases hl q hq (ho.trans e) with hd | rfl
    · rw [hd]; rfl
    · rw [h1.2.2]; rfl
  · left; simpa only [State.exposed, State.live, upd_ne _ _ _ _ e] using ho

/-- The same, with two of the pages filled. -/
theorem furnish_inv (h : Inv s) {a b : Nat} {flush : Nat → Nat} (hp : isPid p) (hz : s.state p = .zombie) (hk : s.killed p = 0)
    (hb : s.useIoBitmap p = 0) (h1 : IsOwn s.pageType s.pageOwner p .x86Pml4 pml4)
    (h2 : IsOwn s.pageType s.pageOwner p .procData stack) (h3 : IsOwn s.pageType s.pageOwner p .procData hvm)
    (d12 : stack ≠ pml4) (d13 : hvm ≠ pml4) (d23 : hvm ≠ stack)
    (hown : ∀ q, q < 8192 → s.pageOwner q = p → q = pml4 ∨ q = stack ∨ q = hvm)
    (hports : ∀ n, n < 65536 → s.portOwner n ≠ p) (hempty : s.word pml4 = fun _ => 0#64) :
    Inv { copyPage (copyPage s a stack) b hvm with
      state := upd s.state p .embryo, root := upd s.root p pml4, stack := upd s.stack p stack
      hvm := upd s.hvm p hvm, flushTlb := flush } := by
  have hd : ∀ {q}, s.pageOwner q = p → ¬ s.live (s.pageOwner q) := by intro q e; rw [e, State.live, hz]; nofun
  refine { ((h.fillPage (.inr ⟨h2.2.2, hd h2.2.1⟩)).fillPage (.inr ⟨h3.2.2, hd h3.2.1⟩)).enliven hp hz hk hb h1 h2 h3 d23
    hown hports ?_ with }
  show upd (upd s.word stack _) hvm _ pml4 = _
  rw [upd_ne _ _ _ _ (Ne.symm d13), upd_ne _ _ _ _ (Ne.symm d12)]; exact hempty

/-- A new process is an embryo child of the caller, with nothing but three pages, an empty table among them. -/
theorem clone_inv (h : Inv s) : Inv (clone s p pml4 stack hvm).2 := by
  unfold clone
  checks h
  next hu f1 f2 f3 hd =>
  obtain ⟨hp, hu⟩ := hu
  have d12 : stack ≠ pml4 := by grind
  have d13 : hvm ≠ pml4 := by grind
  have d23 : hvm ≠ stack := by grind
  have h0 := (h.blank hp hu).stillborn hp (upd_same _ _ _)
  have hz : upd (upd s.state p .unused) p .zombie p ≠ .unused := by rw [upd_same]; nofun
  have h3 := ((h0.allocPage (t := .x86Pml4) (q := pml4) f1 hp hz ⟨nofun, nofun⟩).allocPage (t := .procData) (q := stack)
    ⟨f2.1, (upd_ne _ _ _ _ d12).trans f2.2⟩ hp hz ⟨nofun, nofun⟩).allocPage (t := .procData) (q := hvm)
    ⟨f3.1, (upd_ne _ _ _ _ d23).trans ((upd_ne _ _ _ _ d13).trans f3.2)⟩ hp hz ⟨nofun, nofun⟩
  have hown := fun q hq => h.unused_owns hp hu (q := q) hq
  have h4 := furnish_inv h3 (a := upd s.stack p 0 s.current) (b := upd s.hvm p 0 s.current) (flush := upd s.flushTlb p 1)
    (pml4 := pml4) (stack := stack) (hvm := hvm) hp (upd_same _ _ _) (upd_same _ _ _) (upd_same _ _ _)
    ⟨f1.1, by dsimp only [allocPage, freeDel, blank]; grind [upd], by dsimp only [allocPage, freeDel, blank]; grind [upd]⟩
    ⟨f2.1, by dsimp only [allocPage, freeDel, blank]; grind [upd], by dsimp only [allocPage, freeDel, blank]; grind [upd]⟩
    ⟨f3.1, upd_same _ _ _, upd_same _ _ _⟩ d12 d13 d23
    (fun q hq => by have := hown q hq; dsimp only [allocPage, freeDel, blank]; grind [upd])
    (fun n => count_zero ((h.device.ports p hp).symm.trans (h.unused.ports p hp.2 hu)))
    (by dsimp only [allocPage, freeDel, blank]; grind [upd])
  refine Eq.mp (congrArg Inv ?_) h4
  simp only [clonePages, blank, allocPage, copyPage, freeDel, upd_upd]

end Lv6.Spec
