module
public import Lv6.Spec.Keep.Fd
public import Lv6.Spec.Keep.Proc
public import Lv6.Spec.Keep.Table
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
  repeat' split at h
  all_goals try cases h
  constructor <;> simp_all [isPn, isEmptyFd, isFd]

/-- What receives the next message is a frame of the caller, and a free descriptor if it is one. -/
structure RecvOk (s : State) (q fd : Nat) : Prop where
  frame : IsOwn s.pageType s.pageOwner s.current .frame q
  free : fd < 16 → s.ofile s.current fd = 0

theorem checkRecv_ok (h : checkRecv s q fd = 0) : RecvOk s q fd := by
  unfold checkRecv at h
  repeat' split at h
  all_goals try cases h
  next hq ho hf he =>
  have hf := Decidable.of_not_not hf
  refine ⟨⟨hf.1, Decidable.of_not_not ho, hf.2⟩, fun hfd => Decidable.byContradiction fun hn => he ⟨hfd, hn⟩⟩

/-- All of this, and the caller may answer the receiver, and go to sleep. -/
structure ExchangeOk (s : State) (p inq size infd outq outfd : Nat) : Prop where
  send : SendOk s p inq size infd
  recv : RecvOk s outq outfd
  mayAnswer : ¬ awaitsAnother s p
  calm : ¬ isInterrupted s s.current

theorem checkExchange_ok {infd outq outfd : Nat} (h : checkExchange s p q size infd outq outfd = 0) :
    ExchangeOk s p q size infd outq outfd := by
  unfold checkExchange at h
  dsimp only at h
  repeat' split at h
  · contradiction
  · contradiction
  · cases h
  · cases h
  · next h1 h2 h3 h4 => exact ⟨checkSend_ok (by omega), checkRecv_ok (by omega), h3, h4⟩

theorem SendOk.ne_current (h : Inv s) (hk : SendOk s p q size fd) : p ≠ s.current := by
  have hc := h.current_running
  rintro rfl; rw [hk.asleep] at hc; cases hc

/-! ## Delivering -/

/-- Contents of a frame do not matter to the kernel. -/
theorem Inv.fillFrame (h : Inv s) {words : Nat → Word} (hq : s.pageType q = .frame) :
    Inv { s with word := upd s.word q words } := by
  refine { h with
    table := h.table.data (m := s.mem) fun r l _ _ hl => upd_ne _ _ _ _ ?_
    port := h.bitmapPage (by rw [hq]; nofun)
    iommu := h.iommu.page (by show (s.pageType q).iommuLevel = _; rw [hq]; rfl) }
  rintro rfl
  have hl : (s.pageType r).level = some (l + 1) := hl
  rw [hq] at hl; cases hl

theorem deliver_inv (h : Inv s) (hk : SendOk s p q size fd) : Inv (deliver s p val q size fd) := by
  have hp := hk.pid
  have h1 := h.makeRunnable hp (.inr hk.asleep)
  have h2 := h1.fillFrame (words := fun i => mixBytes (size - 8 * i) (s.word (s.ipcPage p) i) (s.word q i))
    (h.sleep.page p hp.2 hk.asleep).2.2
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
  have hcur := h.proc.pid
  have hcr := h.current_running
  have hne : p ≠ s.current := by rintro rfl; rw [he] at hcr; cases hcr
  have hkp : s.killed p = 0 := by have := h.proc.dying p hp.2; rw [he] at this; grind
  unfold sleepAndRun
  dsimp only [readyDel]
  generalize ht : (if s.killed s.current ≠ 0 then ProcState.zombie else ProcState.sleeping) = t
  have ht : t = .zombie ∨ (s.killed s.current = 0 ∧ t = .sleeping) := by grind
  have h1 : ProcInv p (upd (upd s.state s.current t) p .running) s.killed s.ppid s.nrChildren := by
    refine ⟨hp, ?_, ?_, ?_, ?_, h.proc.children⟩
    · intro o ho; have := h.proc.running o ho; simp only [upd]; grind
    · have := hp.1; have := hcur.1; have := h.proc.nobody; simp only [upd]; grind
    · intro o ho; have := h.proc.dying o ho; simp only [upd]; grind
    · intro o ho; have := h.proc.parent o ho; simp only [upd]; grind
  have h2 := h.ready.del (state' := upd (upd s.state s.current t) p .running) h.current_ready
    (by have := hp.2; simp only [onReadyList, upd]; grind)
  have hl : ∀ o, (upd (upd s.state s.current t) p .running o).isLive = true → (s.state o).isLive = true := by
    intro o; have : (s.state p).isLive = true := by rw [he]; rfl
    have := h.current_live; simp only [upd, State.live] at *; grind
  have hs : ∀ o, upd (upd s.state s.current t) p .running o = .sleeping → o = s.current ∨ o ≠ s.current ∧ s.state o = .sleeping := by
    intro o; simp only [upd]; grind
  have h3 : SleepInv (upd (upd s.state s.current t) p .running) (upd s.ipcPage s.current q) (upd s.ipcFd s.current fd)
      s.ofile s.pageType s.pageOwner := by
    constructor <;> intro o ho hz <;> rcases hs o hz with rfl | ⟨hn, e⟩
    · rw [upd_same]; exact hr.frame
    · rw [upd_ne _ _ _ _ hn]; exact h.sleep.page o ho e
    · rw [upd_same]; exact hr.free
    · rw [upd_ne _ _ _ _ hn]; exact h.sleep.fd o ho e
  have h4 : IntrInv (upd (upd s.state s.current t) p .running) s.intr := by
    refine ⟨fun o i ho hi' hz => ?_⟩
    rcases hs o hz with rfl | ⟨_, e⟩
    · unfold isInterrupted at hi
      obtain rfl | rfl | rfl | rfl : i = 0 ∨ i = 1 ∨ i = 2 ∨ i = 3 := by omega
      all_goals exact Decidable.byContradiction fun hn => hi (by simp only [hn, not_false_eq_true, true_or, or_true, ne_eq])
    · exact h.intr.asleep o i ho hi' e
  exact { h with
    proc := h1, ready := h2, sleep := h3, intr := h4, root := h.root.fewer hl, table := h.table.fewer hl
    unused := h.unused.fewer (by simp only [upd]; grind), port := h.port.fewer hl
    iommu := h.iommu.fewer (exposed_mono (s' := { s with state := upd (upd s.state s.current t) p .running }) hl rfl) }

/-! ## The calls -/

theorem send_inv (h : Inv s) : Inv (send s p val q size fd).2 := by
  unfold send
  dsimp only
  split
  · exact h
  next he =>
  split
  · exact h
  have hk := checkSend_ok (Decidable.of_not_not he)
  exact switchTo_inv (deliver_inv h hk) hk.pid (by rw [deliver_others.1, upd_same])

theorem recv_inv (h : Inv s) : Inv (recv s p q fd).2 := by
  unfold recv
  dsimp only
  repeat' split
  all_goals try exact h
  next hp hr he hi =>
  have hk := checkRecv_ok (Decidable.of_not_not he)
  exact sleepAndRun_inv (s := { s with ipcSize := upd s.ipcSize s.current 0 }) { h with } ⟨hk.frame, hk.free⟩ hi
    (Decidable.of_not_not hp) (Decidable.of_not_not hr)

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
  dsimp only
  split
  · exact h
  next he => exact (checkExchange_ok (Decidable.of_not_not he)).inv h

theorem call_inv {outq outfd : Nat} (h : Inv s) : Inv (call s p val q size outq outfd).2 := by
  unfold call
  dsimp only
  split
  · exact h
  next he => exact (checkExchange_ok (Decidable.of_not_not he)).inv h

end Lv6.Spec
