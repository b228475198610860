module
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Spec.Keep.Ipc
/-!
# Integrity of the calls on messages
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p q size fd val : Nat}

/-- A message is delivered, its receiver runs, and its sender becomes whatever it becomes. -/
theorem delivered_integrity {state' : Nat → ProcState} {ipcFrom' ipcPage' ipcFd' next' prev' : Nat → Nat}
    (h : Inv s) (hs : SendOk s p q size fd) (ha : ¬ awaitsAnother s p) (h1 : ∀ r, r ≠ s.current → state' r = if r = p then .running else s.state r)
    (h2 : ∀ r, r ≠ s.current → ipcFrom' r = if r = p then s.current else s.ipcFrom r)
    (h3 : ∀ r, r ≠ s.current → ipcPage' r = s.ipcPage r) (h4 : ∀ r, r ≠ s.current → ipcFd' r = s.ipcFd r) :
    Integrity s { deliver s p val q size fd with
      state := state', current := p, ipcFrom := ipcFrom', ipcPage := ipcPage', ipcFd := ipcFd', next := next', prev := prev' } := by
  have hne := hs.ne_current h
  have ho := (h.sleep.page p hs.pid.2 hs.asleep).2.1
  have hrec {s' : State} (e1 : s'.state = state') (e2 : s'.ipcFrom = ipcFrom') : Receives s s' p := by
    refine ⟨hs.asleep, by unfold awaitsAnother at ha; omega, .inr ?_, ?_⟩
    · rw [e1, h1 p hne, if_pos rfl]
    · rw [e2, h2 p hne, if_pos rfl]
  have hfree : isFd (s.ipcFd p) → s.ofile p (s.ipcFd p) = 0 := h.sleep.fd p hs.pid.2 hs.asleep
  unfold deliver passFd copyBytes
  dsimp only
  split
  case' isTrue hf =>
    have hf0 := hfree hf.2
    have hf1 := hs.open_ hf.1
    refine { word := fun r i => ?word, record := fun r => ?record, message := fun r => ?message, state := fun r => ?state
             current := .inr (.inr (hrec rfl rfl)), fd := fun r d => ?fd, fds := fun r => ?fds, refcnt := fun f => ?refcnt }
  case' isFalse hf =>
    refine { word := fun r i => ?word', record := fun r => ?record', message := fun r => ?message'
             state := fun r => ?state', current := .inr (.inr (hrec rfl rfl)) }
  case fd =>
    by_cases hr : r = p ∧ d = s.ipcFd p
    · rw [hr.1, hr.2]; exact .inr (.inr (.inr ⟨hrec rfl rfl, rfl, hf0⟩))
    · left; exact (upd2_apply _ _ _ _ _ _).trans (if_neg hr)
  case fds =>
    by_cases hr : r = p
    · subst hr; exact .inr (.inr (.inr (hrec rfl rfl)))
    · left; exact upd_ne _ _ _ _ hr
  case refcnt =>
    by_cases hr : f = s.ofile s.current fd
    · right
      have e : upd2 s.ofile p (s.ipcFd p) (s.ofile s.current fd) p (s.ipcFd p) = s.ofile s.current fd := upd2_same _ _ _ _
      exact ⟨p, s.ipcFd p, by dsimp only [readyAdd, installFd]; rw [e, hf0]; exact hf1,
        .inr (by dsimp only [readyAdd, installFd]; rw [e, hr])⟩
    · left; exact upd_ne _ _ _ _ hr
  case word | word' =>
    by_cases hr : r = s.ipcPage p
    · subst hr; right; right; right; rw [ho]; exact ⟨hrec rfl rfl, rfl⟩
    · left; exact congrFun (upd_ne _ _ _ _ hr) i
  case record | record' =>
    by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · left; exact ⟨rfl, rfl, rfl, rfl, rfl, rfl, h3 r hr, h4 r hr, rfl, rfl⟩
  case message | message' =>
    by_cases hr : r = s.current
    · exact .inr (.inl (.inl hr))
    · by_cases hp : r = p
      · subst hp; exact .inr (.inr (.inr (.inr (hrec rfl rfl))))
      · left; exact ⟨by rw [← if_neg (c := r = p) (t := s.current) (e := s.ipcFrom r) hp]; exact h2 r hr,
          upd_ne _ _ _ _ hp, upd_ne _ _ _ _ hp⟩
  case state | state' =>
    by_cases hr : r = s.current
    · exact .inr (.inl hr)
    · by_cases hp : r = p
      · subst hp; exact .inr (.inr (.inr (.inr (.inl (hrec rfl rfl)))))
      · left; rw [← if_neg (c := r = p) (t := ProcState.running) (e := s.state r) hp]; exact h1 r hr

theorem deliver_ipc : (deliver s p val q size fd).ipcFrom = upd s.ipcFrom p s.current ∧
    (deliver s p val q size fd).ipcPage = s.ipcPage ∧ (deliver s p val q size fd).ipcFd = s.ipcFd := by
  unfold deliver passFd copyBytes; dsimp only; split <;> exact ⟨rfl, rfl, rfl⟩

theorem send_integrity (h : Inv s) : Integrity s (send s p val q size fd).2 := by
  unfold send
  dsimp only
  split
  · exact .refl s
  next he =>
  split
  · exact .refl s
  next ha =>
  have hs := checkSend_ok (Decidable.not_not.1 he)
  have ⟨e1, e2, e3⟩ := deliver_ipc (s := s) (p := p) (q := q) (size := size) (fd := fd) (val := val)
  have ⟨e4, e5, _⟩ := deliver_others (s := s) (p := p) (q := q) (size := size) (fd := fd) (val := val)
  unfold switchTo leave
  split
  all_goals
    refine delivered_integrity h hs ha (fun r hr => ?_) (fun r hr => ?_) (fun r _ => ?_) (fun r _ => ?_)
    · simp only [readyDel, e4, e5, upd, hr, if_false]; grind
    · dsimp only [readyDel]; rw [e1]; rfl
    · dsimp only [readyDel]; rw [e2]
    · dsimp only [readyDel]; rw [e3]

/-- The current process goes to sleep, and somebody who waits for the processor gets it. -/
theorem recv_integrity : Integrity s (recv s p q fd).2 := by
  unfold recv; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i hp _ _
  have hp := Decidable.not_not.1 hp
  have own : ∀ {r}, r = s.current → mayActOn s r := .inl
  refine { record := fun r => ?_, message := fun r => ?_, state := fun r => ?state, current := .inr (.inl hp) }
  case state => simp only [sleepAndRun, readyDel, upd]; grind
  all_goals
    by_cases hr : r = s.current
    · exact .inr (.inl (own hr))
    · left; simp only [SameRecord, SameMessage, sleepAndRun, readyDel, upd, hr, if_false, and_self]

/-- The message is delivered and the sender goes to sleep. -/
theorem exchange_integrity (h : Inv s) (hs : SendOk s p q size fd) (ha : ¬ awaitsAnother s p) {awaited outq outfd : Nat} :
    Integrity s (sleepAndRun (deliver s p val q size fd) p awaited outq outfd) := by
  have ⟨e1, e2, e3⟩ := deliver_ipc (s := s) (p := p) (q := q) (size := size) (fd := fd) (val := val)
  have ⟨e4, e5, _⟩ := deliver_others (s := s) (p := p) (q := q) (size := size) (fd := fd) (val := val)
  unfold sleepAndRun
  refine delivered_integrity h hs ha (fun r hr => ?_) (fun r hr => ?_) (fun r hr => ?_) (fun r hr => ?_)
  · simp only [readyDel, e4, e5, upd, hr, if_false]; grind
  · simp only [readyDel, e1, e5, upd, hr, if_false]
  · simp only [readyDel, e2, e5, upd, hr, if_false]
  · simp only [readyDel, e3, e5, upd, hr, if_false]

theorem replyWait_integrity (h : Inv s) {outq : Nat} : Integrity s (replyWait s p val q size fd outq).2 := by
  unfold replyWait; dsimp only
  split
  · exact .refl s
  next he =>
    have hk := checkExchange_ok (Decidable.not_not.1 he)
    exact exchange_integrity h hk.send hk.mayAnswer

theorem call_integrity (h : Inv s) {outq outfd : Nat} : Integrity s (call s p val q size outq outfd).2 := by
  unfold call; dsimp only
  split
  · exact .refl s
  next he =>
    have hk := checkExchange_ok (Decidable.not_not.1 he)
    exact exchange_integrity h hk.send hk.mayAnswer

end Lv6.Spec
