module
public import Lv6.Spec.Keep.Basic
public import Lv6.Spec.Trap
/-!
# Keeping the invariant: calls on processes
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p : Nat}

theorem ProcInv.setState {current : Nat} {state : Nat → ProcState} {killed ppid nrChildren : Nat → Nat}
    (h : ProcInv current state killed ppid nrChildren) {t : ProcState} (hp : isPid p)
    (hu : state p ≠ .unused) (ht : t ≠ .unused) (hk : killed p ≠ 0 → t = .running ∨ t = .zombie)
    {c : Nat} (hr : ∀ q, q < 64 → (upd state p t q = .running ↔ q = c)) (hc : isPid c) :
    ProcInv c (upd state p t) killed ppid nrChildren := by
  refine { h with pid := hc, running := hr, nobody := ?_, dying := ?_, parent := ?_ }
  · have := hp.1; simp only [upd]; rw [if_neg (by omega)]; exact h.nobody
  · intro q hq hkq; simp only [upd]; split
    · next e => exact hk (e ▸ hkq)
    · exact h.dying q hq hkq
  · intro q hq
    have h1 := h.parent q hq
    refine ⟨h1.1, ?_⟩
    simp only [upd]; split
    · next e => subst e; simp only [ht, iff_false]; exact fun h0 => hu (h1.2.1 h0)
    · exact h1.2

/-- An embryo or a sleeper is put on the ready list. -/
theorem Inv.makeRunnable (h : Inv s) (hp : isPid p) (he : s.state p = .embryo ∨ s.state p = .sleeping) :
    Inv (readyAdd { s with state := upd s.state p .runnable } p) := by
  have hn : ¬ onReadyList s.state p := by rintro ⟨_, h | h⟩ <;> rcases he with e | e <;> rw [e] at h <;> cases h
  have hk : s.killed p = 0 := by have := h.proc.dying p hp.2; grind
  have h1 : ProcInv s.current (upd s.state p .runnable) s.killed s.ppid s.nrChildren :=
    h.proc.setState (t := .runnable) hp (by rcases he with e | e <;> rw [e] <;> nofun) nofun (by grind)
      (fun q hq => by have := h.proc.running q hq; simp only [upd]; grind) h.proc.pid
  have h2 := h.ready.add (state' := upd s.state p .runnable) h.current_ready hp.2 hn
    (by have := hp.2; simp only [onReadyList, upd]; grind)
  exact h.setState h1 h2 ((Calm.refl _).upd (fun _ => by rcases he with e | e <;> rw [e] <;> rfl) nofun)
    (by simp only [upd]; grind)

theorem setRunnable_inv (h : Inv s) : Inv (setRunnable s p).2 := by
  unfold setRunnable
  repeat' split
  all_goals try exact h
  next hp _ he => exact h.makeRunnable (Decidable.of_not_not hp) (.inl (Decidable.of_not_not he))

theorem switchTo_inv (h : Inv s) (hp : isPid p) (he : s.state p = .runnable) : Inv (switchTo s p) := by
  have hr := h.proc.running
  have hcur := h.proc.pid
  have hcr := h.current_running
  have hkp : s.killed p = 0 := by have := h.proc.dying p hp.2; rw [he] at this; grind
  have step : ∀ t, t = .zombie ∨ (s.killed s.current = 0 ∧ t = .runnable) →
      ProcInv p (upd (upd s.state s.current t) p .running) s.killed s.ppid s.nrChildren ∧
      Calm s.state (upd (upd s.state s.current t) p .running) ∧
      ∀ q, upd (upd s.state s.current t) p .running q = .unused → s.state q = .unused := by
    intro t ht
    have hc : Calm s.state (upd (upd s.state s.current t) p .running) :=
      ((Calm.refl _).upd (fun _ => h.current_live) (by grind)).upd (fun _ => by rw [he]; rfl) nofun
    refine ⟨⟨hp, ?_, ?_, ?_, ?_, h.proc.children⟩, hc, ?_⟩
    · intro q hq; have := hr q hq; simp only [upd]; grind
    · have := hp.1; have := hcur.1; have := h.proc.nobody; simp only [upd]; grind
    · intro q hq; have := h.proc.dying q hq; simp only [upd]; grind
    · intro q hq; have := h.proc.parent q hq; simp only [upd]; grind
    · simp only [upd]; grind
  unfold switchTo leave
  split
  · obtain ⟨h1, hc, hu⟩ := step .zombie (.inl rfl)
    have h2 := h.ready.del (state' := upd (upd s.state s.current .zombie) p .running) h.current_ready
      (by have := hp.2; simp only [onReadyList, upd]; grind)
    exact h.setState h1 h2 hc hu
  · next hk =>
    obtain ⟨h1, hc, hu⟩ := step .runnable (.inr ⟨Decidable.of_not_not hk, rfl⟩)
    have h2 := h.ready.same (state' := upd (upd s.state s.current .runnable) p .running)
      (by have := hp.2; have := hcur.2; simp only [onReadyList, upd]; grind)
    exact h.setState h1 h2 hc hu

theorem switch_inv (h : Inv s) : Inv (switch s p).2 := by
  unfold switch
  repeat' split
  all_goals try exact h
  next hp he => exact switchTo_inv h (Decidable.of_not_not hp) (Decidable.of_not_not he)

theorem switchNext_inv (h : Inv s) : Inv (switchNext s).2 := by
  unfold switchNext
  split
  · exact h
  · next hn =>
    obtain ⟨h1, h2⟩ := h.ready.ring.next_mem _ h.current_ready
    have hr := (h.proc.running _ h1).1
    have he : s.state (s.next s.current) = .runnable := by grind
    refine switchTo_inv h ⟨Nat.pos_of_ne_zero fun h0 => ?_, h1⟩ he
    rw [h0, h.proc.nobody] at he; cases he

theorem preempt_inv (h : Inv s) : Inv (preempt s).2 := switchNext_inv h

theorem fault_inv (h : Inv s) : Inv (fault s).2 := by
  refine switchNext_inv { h with proc := { h.proc with dying := fun q hq hk => ?_ } }
  by_cases e : q = s.current
  · subst e; exact .inl h.current_running
  · exact h.proc.dying q hq (by simpa only [upd, e, if_false] using hk)

theorem kill_inv (h : Inv s) : Inv (kill s p).2 := by
  have key : isPid p → s.state p ≠ .unused → s.state p ≠ .running →
      ProcInv s.current (upd s.state p .zombie) (upd s.killed p 1) s.ppid s.nrChildren := by
    intro hp hu hr
    refine { h.proc with running := ?_, nobody := ?_, dying := ?_, parent := ?_ }
    · intro q hq; have := h.proc.running q hq; simp only [upd]; grind
    · have := hp.1; have := h.proc.nobody; simp only [upd]; grind
    · intro q hq; have := h.proc.dying q hq; simp only [upd]; grind
    · intro q hq; have := h.proc.parent q hq; simp only [upd]; grind
  have hc : Calm s.state (upd s.state p .zombie) := (Calm.refl _).upd nofun nofun
  have hu : ∀ q, upd s.state p .zombie q = .unused → s.state q = .unused := by simp only [upd]; grind
  unfold kill
  dsimp only
  split
  · exact h
  next hp =>
  have hp := Decidable.of_not_not hp
  split
  · exact h
  next hz =>
  split
  · exact h
  split
  · next hr =>
    refine { h with proc := { h.proc with dying := fun q hq hk => ?_ } }
    by_cases e : q = p
    · subst e; exact .inl hr
    · exact h.proc.dying q hq (by simpa only [upd, e, if_false] using hk)
  next hr =>
  split
  · next he =>
    have h2 := h.ready.del (p := p) (state' := upd s.state p .zombie) ⟨hp.2, .inl he⟩
      (by simp only [onReadyList, upd]; grind)
    exact h.setState (key hp (by grind) hr) h2 hc hu
  · next he =>
    have h2 := h.ready.same (state' := upd s.state p .zombie) (by simp only [onReadyList, upd]; grind)
    exact h.setState (key hp (by grind) hr) h2 hc hu

theorem reap_inv (h : Inv s) : Inv (reap s p).2 := by
  unfold reap
  split
  · exact h
  next hp =>
  have hp := Decidable.of_not_not hp
  split
  · exact h
  next hpar =>
  have hpar := Decidable.of_not_not hpar
  split
  · exact h
  next hz =>
  have hz := Decidable.of_not_not hz
  split
  · exact h
  next hn =>
  obtain ⟨n1, n2, n3, n4, n5, n6, n7, n8⟩ : ownsNothing s p := Decidable.of_not_not hn
  have hcr := h.current_running
  have hpc : p ≠ s.current := by rintro rfl; rw [hz] at hcr; cases hcr
  have hu := h.unused
  have hc : Calm s.state (upd s.state p .unused) := (Calm.refl _).upd nofun nofun
  have h1 : ProcInv s.current (upd s.state p .unused) (upd s.killed p 0) (upd s.ppid p 0)
      (upd s.nrChildren s.current (s.nrChildren s.current - 1)) := by
    refine { h.proc with running := ?_, nobody := ?_, dying := ?_, parent := ?_, children := ?_ }
    · intro q hq; have := h.proc.running q hq; simp only [upd]; grind
    · have := h.proc.nobody; simp only [upd]; grind
    · intro q hq; have := h.proc.dying q hq; simp only [upd]; grind
    · intro q hq; have := h.proc.parent q hq; simp only [upd]; grind
    · intro q hq
      have h3 := h.proc.children q hq
      have h4 := count_upd (f := s.ppid) (v := 0) (p := q) hp.2
      have h5 := hq.1
      rw [hpar] at h4
      simp only [upd] at h4 ⊢; grind
  have h2 := h.ready.same (state' := upd s.state p .unused) (by simp only [onReadyList, upd]; grind)
  have h3 : UnusedInv (upd s.state p .unused) (upd s.nrChildren s.current (s.nrChildren s.current - 1)) s.nrFds s.nrPages
      s.nrDmapages s.nrDevs s.nrPorts s.nrVectors s.nrIntremaps := by
    constructor <;> intro q hq hs <;> simp only [upd] at hs ⊢
    · have := hu.children q hq; grind
    · have := hu.fds q hq; grind
    · have := hu.pages q hq; grind
    · have := hu.dmapages q hq; grind
    · have := hu.devs q hq; grind
    · have := hu.ports q hq; grind
    · have := hu.vectors q hq; grind
    · have := hu.intremaps q hq; grind
  have h4 : RootInv (upd s.state p .unused) (upd s.root p 0) (upd s.stack p 0) (upd s.hvm p 0) (upd s.useIoBitmap p 0)
      (upd s.ioBitmapA p 0) (upd s.ioBitmapB p 0) s.pageType s.pageOwner := h.root.blank
  have h5 : SleepInv (upd s.state p .unused) (upd s.ipcPage p 0) (upd s.ipcFd p 0) s.ofile s.pageType s.pageOwner :=
    h.sleep.blank
  have h6 : IntrInv (upd s.state p .unused) (upd s.intr p fun _ => 0#64) := h.intr.upd (by simp only [upd]; grind)
  have h7 : PortInv (upd s.state p .unused) (upd s.useIoBitmap p 0) (upd s.ioBitmapA p 0) s.word s.portOwner :=
    h.port.step (fun q _ hq => by simp only [upd] at hq ⊢; split at hq <;> simp_all [ProcState.isLive])
      (fun _ _ _ _ _ _ => rfl) fun _ _ _ _ _ => .rfl
  exact { h with
    proc := h1, ready := h2, unused := h3, root := h4, table := h.table.fewer hc.live, sleep := h5, intr := h6, port := h7
    iommu := h.iommu.fewer (exposed_mono (s' := { s with state := upd s.state p .unused }) hc.live rfl) }

theorem reparent_inv (h : Inv s) : Inv (reparent s p).2 := by
  unfold reparent
  dsimp only
  split
  · exact h
  next hp =>
  have hp := Decidable.of_not_not hp
  split
  · exact h
  next hz =>
  have hz := Decidable.of_not_not hz
  split
  · exact h
  next hi =>
  have hi : initIsReady s := Decidable.of_not_not hi
  have h64 : s.ppid p < 64 := (h.proc.parent p hp.2).1
  have h0 : s.ppid p ≠ 0 := by intro e; rw [e, h.proc.nobody] at hz; cases hz
  have hp0 : s.state p ≠ .unused := fun e => h0 ((h.proc.parent p hp.2).2.2 e)
  have hne : s.ppid p ≠ initPid := by intro e; rw [e] at hz; rcases hi with h | h <;> rw [hz] at h <;> cases h
  have hpos := h.children_pos p hp.2 ⟨by omega, h64⟩
  have hu := h.unused
  refine { h with proc := { h.proc with parent := ?_, children := ?_ }, unused := { h.unused with children := ?_ } }
  · intro q hq; have := h.proc.parent q hq; simp only [upd]; grind
  · intro q hq
    have h3 := h.proc.children q hq
    have h4 := count_upd (f := s.ppid) (v := initPid) (p := q) hp.2
    simp only [upd] at h4 ⊢; grind
  · intro q hq hs
    have := h.unused.children q hq hs
    have : s.state q = .unused := hs
    simp only [upd]; unfold initIsReady at hi; grind

theorem setProcName_inv (h : Inv s) (name0 name1 : Word) : Inv (setProcName s name0 name1).2 := { h with }

end Lv6.Spec
