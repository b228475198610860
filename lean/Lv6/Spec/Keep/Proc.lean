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

/-- An embryo or a sleeper is put on the ready list. -/
theorem Inv.makeRunnable (h : Inv s) (hp : isPid p) (he : s.state p = .embryo ∨ s.state p = .sleeping) :
    Inv (readyAdd { s with state := upd s.state p .runnable } p) := by
  have h1 : ProcInv s.current (upd s.state p .runnable) s.killed s.ppid s.nrChildren := by clauses h.proc
  have h2 := h.ready.add (p := p) (state' := upd s.state p .runnable) h.current_ready (by grind_inv) (by grind_inv)
  exact h.setState h1 h2 ((Calm.refl _).upd (by grind_inv) nofun) (by grind_inv)

theorem setRunnable_inv (h : Inv s) : Inv (setRunnable s p).2 := by
  unfold setRunnable
  checks h
  next hp _ he => exact h.makeRunnable hp (.inl he)

theorem switchTo_inv (h : Inv s) (hp : isPid p) (he : s.state p = .runnable) : Inv (switchTo s p) := by
  have hr := h.current_running
  have hc := h.current_ready
  have step : ∀ t, t = .zombie ∨ s.killed s.current = 0 ∧ t = .runnable →
      ProcInv p (upd (upd s.state s.current t) p .running) s.killed s.ppid s.nrChildren ∧
      Calm s.state (upd (upd s.state s.current t) p .running) ∧
      ∀ q, upd (upd s.state s.current t) p .running q = .unused → s.state q = .unused := fun t ht =>
    ⟨by clauses h.proc, ⟨by grind_inv, by grind_inv⟩, by grind_inv⟩
  unfold switchTo leave
  split
  · obtain ⟨h1, h2, h3⟩ := step .zombie (.inl rfl)
    exact h.setState h1 (h.ready.del (state' := upd (upd s.state s.current .zombie) p .running) hc (by grind_inv)) h2 h3
  · next hk =>
    obtain ⟨h1, h2, h3⟩ := step .runnable (.inr ⟨Decidable.of_not_not hk, rfl⟩)
    exact h.setState h1 (h.ready.same (state' := upd (upd s.state s.current .runnable) p .running) (by grind_inv)) h2 h3

theorem switch_inv (h : Inv s) : Inv (switch s p).2 := by
  unfold switch
  checks h
  next hp he => exact switchTo_inv h hp he

theorem switchNext_inv (h : Inv s) : Inv (switchNext s).2 := by
  unfold switchNext
  checks h
  obtain ⟨h1, _⟩ := h.ready.ring.next_mem _ h.current_ready
  have := h.proc.running _ h1
  have := h.proc.nobody
  exact switchTo_inv h ⟨Nat.pos_of_ne_zero (by grind), h1⟩ (by grind)

theorem preempt_inv (h : Inv s) : Inv (preempt s).2 := switchNext_inv h

theorem fault_inv (h : Inv s) : Inv (fault s).2 := switchNext_inv { h with proc := by clauses h.proc }

theorem kill_inv (h : Inv s) : Inv (kill s p).2 := by
  have hc : Calm s.state (upd s.state p .zombie) := (Calm.refl _).upd nofun nofun
  unfold kill
  checks h
  repeat' split
  · exact { h with proc := by clauses h.proc }
  all_goals
    have h1 : ProcInv s.current (upd s.state p .zombie) (upd s.killed p 1) s.ppid s.nrChildren := by clauses h.proc
  · exact h.setState h1 (h.ready.del (by grind_inv) (by grind_inv)) hc (by grind_inv)
  · exact h.setState h1 (h.ready.same (by grind_inv)) hc (by grind_inv)

/-- What no process uses of a slot may be set to 0. -/
theorem Inv.blank (h : Inv s) (hp : isPid p) (hu : s.state p = .unused) : Inv (blank s p) := by
  have e1 : upd s.state p .unused = s.state := upd_of_eq _ _ _ hu
  have e2 : upd s.ppid p 0 = s.ppid := upd_of_eq _ _ _ ((h.proc.parent p hp.2).2.2 hu)
  have h1 : ProcInv s.current s.state (upd s.killed p 0) s.ppid s.nrChildren := by clauses h.proc
  have h2 : IntrInv s.state (upd s.intr p fun _ => 0#64) := h.intr.upd (by grind)
  unfold Spec.blank
  rw [e1, e2]
  exact { h with
    proc := h1, root := e1 ▸ h.root.blank, sleep := e1 ▸ h.sleep.blank, intr := h2, port := e1 ▸ h.port.blank }

theorem reap_inv (h : Inv s) : Inv (reap s p).2 := by
  unfold reap
  checks h
  next hp hpar hz hn =>
  obtain ⟨n1, n2, n3, n4, n5, n6, n7, n8⟩ := hn
  have hcr := h.current_running
  have hcount := counted_take (v := 0) h.proc.children hp.2 isPid_zero
  rw [hpar] at hcount
  have hc : Calm s.state (upd s.state p .unused) := (Calm.refl _).upd nofun nofun
  have h1 : ProcInv s.current (upd s.state p .unused) (upd s.killed p 0) (upd s.ppid p 0)
      (upd s.nrChildren s.current (s.nrChildren s.current - 1)) := by clauses h.proc
  have h2 : UnusedInv (upd s.state p .unused) (upd s.nrChildren s.current (s.nrChildren s.current - 1)) s.nrFds s.nrPages
      s.nrDmapages s.nrDevs s.nrPorts s.nrVectors s.nrIntremaps := by clauses h.unused
  have h3 := h.ready.same (state' := upd s.state p .unused) (by grind_inv)
  have h4 : IntrInv (upd s.state p .unused) (upd s.intr p fun _ => 0#64) := h.intr.upd (by grind_inv)
  exact { h with
    proc := h1, ready := h3, unused := h2, root := h.root.blank, table := h.table.fewer hc.live, sleep := h.sleep.blank
    intr := h4, port := h.port.blank
    iommu := h.iommu.fewer (exposed_mono (s' := { s with state := upd s.state p .unused }) hc.live rfl) }

theorem reparent_inv (h : Inv s) : Inv (reparent s p).2 := by
  unfold reparent
  checks h
  next hp hz hi =>
  have hpos := h.children_pos p hp.2
  have hcount := fun q (_ : isPid q) => count_upd (f := s.ppid) (v := initPid) (p := q) hp.2
  unfold initIsReady initPid at *
  exact { h with proc := by clauses h.proc, unused := by clauses h.unused }

theorem setProcName_inv (h : Inv s) (name0 name1 : Word) : Inv (setProcName s name0 name1).2 := { h with }

end Lv6.Spec
