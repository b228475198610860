module
public import Lv6.Theorems.Changes
public import Lv6.Spec.Keep.Ipc
/-!
# What the calls on messages change
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
seal upd upd2
variable {s : State} {p q size fd val : Nat}

/-- What is known of a receiver when a message may be delivered to it. -/
theorem SendOk.facts (h : Inv s) (hs : SendOk s p q size fd) : p ≠ s.current ∧ s.state p = .sleeping ∧
    s.pageOwner (s.ipcPage p) = p ∧ s.pageType (s.ipcPage p) = .frame ∧ (s.ipcFd p < 16 → s.ofile p (s.ipcFd p) = 0) ∧
    (fd < 16 → s.ofile s.current fd ≠ 0) :=
  have ⟨_, ho, ht⟩ := h.sleep.page p hs.pid.2 hs.asleep
  ⟨hs.ne_current h, hs.asleep, ho, ht, h.sleep.fd p hs.pid.2 hs.asleep, hs.open_⟩

theorem send_changes (h : Inv s) : Changes s (send s p val q size fd).2 := by
  unfold send; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i he ha
  have ⟨hne, hs, ho, ht, hf, hfd⟩ := (checkSend_ok (Decidable.not_not.1 he)).facts h
  unfold awaitsAnother at ha
  unfold switchTo leave deliver passFd copyBytes; dsimp only
  (repeat' split) <;> changed

theorem recv_changes : Changes s (recv s p q fd).2 := by unfold recv; changes sleepAndRun

/-- The message is delivered and the sender goes to sleep. -/
theorem exchange_changes (h : Inv s) {awaited outq outfd outfd' : Nat}
    (he : ¬ checkExchange s p q size fd outq outfd' ≠ 0) :
    Changes s (sleepAndRun (deliver s p val q size fd) p awaited outq outfd) := by
  have hk := checkExchange_ok (Decidable.not_not.1 he)
  have ha := hk.mayAnswer
  have ⟨hne, hs, ho, ht, hf, hfd⟩ := hk.send.facts h
  unfold awaitsAnother at ha
  unfold sleepAndRun deliver passFd copyBytes; dsimp only
  split <;> changed

theorem replyWait_changes (h : Inv s) {outq : Nat} : Changes s (replyWait s p val q size fd outq).2 := by
  unfold replyWait; dsimp only
  split
  · exact .refl s
  · next he => exact exchange_changes h he

theorem call_changes (h : Inv s) {outq outfd : Nat} : Changes s (call s p val q size outq outfd).2 := by
  unfold call; dsimp only
  split
  · exact .refl s
  · next he => exact exchange_changes h he

end Lv6.Spec
