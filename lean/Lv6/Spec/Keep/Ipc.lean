module
public import Lv6.Spec.Keep.Fd
public import Lv6.Spec.Keep.Page
public import Lv6.Spec.Keep.Proc
public import Lv6.Spec.Ipc
/-!
# Keeping the invariant: messages

Two steps, one for each side: a message is delivered to a sleeper, which wakes up; and the caller falls asleep.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p q fd size val : Nat}

/-! ## What is known when a check finds nothing wrong -/

/-- The receiver sleeps, and the message lies in a page of the caller. -/
structure SendOk (s : State) (p q size fd : Nat) : Prop where
  pid : isPid p
  asleep : s.state p = .sleeping
  page : q < 8192
  owner : s.pageOwner q = s.current
  size : size ≤ 4096
  open_ : fd < 16 → s.ofile s.current fd ≠ 0

theorem checkSend_ok (h : checkSend s p q size fd = 0) : SendOk s p q size fd := by
  unfold checkSend at h
  constructor <;> grind [isPn, isEmptyFd, isFd]

/-- What receives the next message is a frame of the caller, and a free descriptor if it is one. -/
structure RecvOk (s : State) (q fd : Nat) : Prop where
  frame : IsOwn s.pageType s.pageOwner s.current .frame q
  free : fd < 16 → s.ofile s.current fd = 0

theorem checkRecv_ok (h : checkRecv s q fd = 0) : RecvOk s q fd := by
  unfold checkRecv at h
  constructor <;> grind [isPn, isOpenFd, isFd, isPageOf, IsOwn]

/-- All of this, and the caller may answer the receiver, and go to sleep. -/
structure ExchangeOk (s : State) (p inq size infd outq outfd : Nat) : Prop where
  send : SendOk s p inq size infd
  recv : RecvOk s outq outfd
  mayAnswer : ¬ awaitsAnother s p
  calm : ¬ isInterrupted s s.current

theorem checkExchange_ok {infd outq outfd : Nat} (h : checkExchange s p q size infd outq outfd = 0) :
    ExchangeOk s p q size infd outq outfd := by
  unfold checkExchange at h
  exact ⟨checkSend_ok (by grind), checkRecv_ok (by grind), by grind, by grind⟩

theorem SendOk.ne_current (h : Inv s) (hk : SendOk s p q size fd) : p ≠ s.current := by
  have hc := h.current_running
  rintro rfl; rw [hk.asleep] at hc; cases hc

/-! ## Delivering -/

theorem deliver_inv (h : Inv s) (hk : SendOk s p q size fd) : Inv (deliver s p val q size fd) := by
  have hp := hk.pid
  have h1 := h.makeRunnable hp (.inr hk.asleep)
  have h2 := h1.fillPage (words := fun i => mixBytes (size - 8 * i) (s.word (s.ipcPage p) i) (s.word q i))
    (.inl (h.sleep.page p hp.2 hk.asleep).2.2)
  have hr : upd s.state p .runnable p = .runnable := upd_same _ _ _
  unfold deliver passFd
  dsimp only [copyBytes]
  split
  · next hc =>
    have ho := hk.open_ hc.1
    have h3 := h2.installFd (fileType' := s.fileType) (value := s.fileValue) (omode := s.fileOmode)
      (offset := s.fileOffset) hp.2 (by dsimp only [readyAdd]; rw [hr]; nofun)
      (by dsimp only [readyAdd]; rw [hr]; nofun) hc.2 (h.sleep.fd p hp.2 hk.asleep hc.2)
      (h.isFn h.proc.pid.2 hc.1 ho) (h.fileType_ne h.proc.pid.2 hc.1 ho) (fun _ _ => rfl)
    exact { h3 with }
  · exact { h2 with }

/-- What delivering a message does not change. -/
theorem deliver_others : (deliver s p val q size fd).state = upd s.state p .runnable ∧
    (deliver s p val q size fd).current = s.current ∧ (deliver s p val q size fd).pageType = s.pageType ∧
    (deliver s p val q size fd).pageOwner = s.pageOwner ∧ (deliver s p val q size fd).intr = s.intr ∧
    (deliver s p val q size fd).killed = s.killed := by
  unfold deliver passFd; dsimp only [copyBytes]; split <;> exact ⟨rfl, rfl, rfl, rfl, rfl, rfl⟩

/-- Nobody's descriptors change but the receiver's. -/
theorem deliver_ofile {r i : Nat} (hr : r ≠ p) : (deliver s p val q size fd).ofile r i = s.ofile r i := by
  unfold deliver passFd; dsimp only [copyBytes]; split
  · exact upd2_ne _ _ _ _ _ _ fun e => (hr e).elim
  · rfl

/-- After delivering its message, the sender can still receive what it could before. -/
theorem RecvOk.deliver {outq outfd : Nat} (h : RecvOk s outq outfd) (hp : p ≠ s.current) :
    RecvOk (deliver s p val q size fd) outq outfd := by
  obtain ⟨-, hc, ht, ho, -⟩ := deliver_others (s := s) (p := p) (val := val) (q := q) (size := size) (fd := fd)
  refine ⟨by rw [ht, ho, hc]; exact h.frame, fun hf => ?_⟩
  rw [hc, deliver_ofile (Ne.symm hp)]; exact h.free hf

/-! ## Falling asleep -/

theorem sleepAndRun_inv {awaited : Nat} (h : Inv s) (hr : RecvOk s q fd) (hi : ¬ isInterrupted s s.current) (hp : isPid p)
    (he : s.state p = .runnable) : Inv (sleepAndRun s p awaited q fd) := by
  have hc := h.current_ready
  have hcr := h.current_running
  unfold sleepAndRun
  dsimp only [readyDel]
  generalize ht : (if s.killed s.current ≠ 0 then ProcState.zombie else ProcState.sleeping) = t
  have ht : t = .zombie ∨ (s.killed s.current = 0 ∧ t = .sleeping) := by grind
  have h1 : ProcInv p (upd (upd s.state s.current t) p .running) s.killed s.ppid s.nrChildren := by clauses h.proc
  have h2 := h.ready.del (state' := upd (upd s.state s.current t) p .running) hc (by grind_inv)
  have hl : ∀ o, (upd (upd s.state s.current t) p .running o).isLive = true → (s.state o).isLive = true := by grind_inv
  have h3 : SleepInv (upd (upd s.state s.current t) p .running) (upd s.ipcPage s.current q) (upd s.ipcFd s.current fd)
      s.ofile s.pageType s.pageOwner := by obtain ⟨⟩ := hr; clauses h.sleep
  have h4 : IntrInv (upd (upd s.state s.current t) p .running) s.intr := by unfold isInterrupted at hi; clauses h.intr
  exact { h with
    proc := h1, ready := h2, sleep := h3, intr := h4, root := h.root.fewer hl, table := h.table.fewer hl
    unused := h.unused.fewer (by grind_inv), port := h.port.fewer hl
    iommu := h.iommu.fewer (exposed_mono (s' := { s with state := upd (upd s.state s.current t) p .running }) hl rfl) }

/-! ## The calls -/

theorem send_inv (h : Inv s) : Inv (send s p val q size fd).2 := by
  unfold send
  checks h
  next he _ =>
  have hk := checkSend_ok he
  exact switchTo_inv (deliver_inv h hk) hk.pid (by rw [deliver_others.1, upd_same])

theorem recv_inv (h : Inv s) : Inv (recv s p q fd).2 := by
  unfold recv
  checks h
  next hp hr he hi =>
  have hk := checkRecv_ok he
  exact sleepAndRun_inv (s := { s with ipcSize := upd s.ipcSize s.current 0 }) { h with } ⟨hk.frame, hk.free⟩ hi hp hr

/-- The message is delivered, and the sender falls asleep. -/
theorem ExchangeOk.inv {infd outq outfd awaited : Nat} (h : Inv s) (hk : ExchangeOk s p q size infd outq outfd) :
    Inv (sleepAndRun (deliver s p val q size infd) p awaited outq outfd) := by
  have hd := deliver_others (s := s) (p := p) (val := val) (q := q) (size := size) (fd := infd)
  refine sleepAndRun_inv (deliver_inv h hk.send) (hk.recv.deliver (hk.send.ne_current h)) ?_ hk.send.pid
    (by rw [hd.1, upd_same])
  unfold isInterrupted
  rw [hd.2.1, hd.2.2.2.2.1]; exact hk.calm

theorem replyWait_inv {infd outq : Nat} (h : Inv s) : Inv (replyWait s p val q size infd outq).2 := by
  unfold replyWait
  checks h
  next he => exact (checkExchange_ok he).inv h

theorem call_inv {outq outfd : Nat} (h : Inv s) : Inv (call s p val q size outq outfd).2 := by
  unfold call
  checks h
  next he => exact (checkExchange_ok he).inv h

end Lv6.Spec
