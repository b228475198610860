module
public import Lv6.Theorems.Iotlb
public import Lv6.Theorems.Tlb
public import Lv6.Theorems.Integrity.Ipc
/-!
# The TLB and IOTLB rules for the calls on messages

A message is written into a frame, which is no table.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p q size fd val : Nat}

/-- The page that a receiver has named is no table. -/
theorem SendOk.level (h : Inv s) (hs : SendOk s p q size fd) : (s.pageType (s.ipcPage p)).level = some 0 := by
  rw [(h.sleep.page p hs.pid.2 hs.asleep).2.2]; rfl

/-- A message is delivered, its receiver runs, and its sender becomes whatever it becomes. -/
theorem delivered_tlb {state' : Nat → ProcState} {ipcFrom' ipcPage' ipcFd' next' prev' : Nat → Nat} (h : Inv s)
    (hs : SendOk s p q size fd) (h1 : ∀ r, r ≠ s.current → state' r = if r = p then .running else s.state r) :
    TlbRule s { deliver s p val q size fd with
      state := state', current := p, ipcFrom := ipcFrom', ipcPage := ipcPage', ipcFd := ipcFd', next := next', prev := prev' } ∧
    IotlbRule s { deliver s p val q size fd with
      state := state', current := p, ipcFrom := ipcFrom', ipcPage := ipcPage', ipcFd := ipcFd', next := next', prev := prev' } := by
  have hlv := hs.level h
  have hlive : ∀ r, (state' r).isLive = true → s.live r := fun r hl => by
    by_cases hr : r = s.current
    · rw [hr]; exact h.current_live
    · rw [h1 r hr] at hl
      split at hl
      · next e => unfold State.live; rw [e, hs.asleep]; rfl
      · exact hl
  have hx : ∀ r l, s.mem.level r = some (l + 1) → r ≠ s.ipcPage p := by
    rintro r l hl rfl
    have hl : (s.pageType (s.ipcPage p)).level = some (l + 1) := hl
    rw [hlv] at hl; cases hl
  have hy : ∀ r l, (s.pageType r).iommuLevel = some l → r ≠ s.ipcPage p := fun r l hl => level_ne hlv hl
  unfold deliver passFd copyBytes
  dsimp only
  split
  all_goals exact ⟨.calm rfl rfl (fun r l hl => upd_ne _ _ _ _ (hx r l hl)) fun r _ hl => ⟨hlive r hl, rfl⟩,
    .quiet rfl rfl rfl rfl fun r l hl => upd_ne _ _ _ _ (hy r l hl)⟩

theorem send_tlb (h : Inv s) : TlbRule s (send s p val q size fd).2 ∧ IotlbRule s (send s p val q size fd).2 := by
  unfold send
  dsimp only
  split
  · exact ⟨.refl s, .refl s⟩
  next he =>
  split
  · exact ⟨.refl s, .refl s⟩
  next ha =>
  have hs := checkSend_ok (Decidable.not_not.1 he)
  have ⟨e4, e5, _⟩ := deliver_others (s := s) (p := p) (q := q) (size := size) (fd := fd) (val := val)
  unfold switchTo leave
  split
  all_goals
    refine delivered_tlb h hs fun r hr => ?_
    simp only [readyDel, e4, e5, upd, hr, if_false]; grind

theorem recv_tlb (h : Inv s) : TlbRule s (recv s p q fd).2 ∧ IotlbRule s (recv s p q fd).2 := by
  have h0 := h.current_running
  unfold recv; dsimp only
  repeat' split
  all_goals try exact ⟨.refl s, .refl s⟩
  rename_i hp _ _
  have hp := Decidable.not_not.1 hp
  simp only [sleepAndRun, readyDel]
  refine ⟨.state rfl rfl rfl rfl fun r _ hl => ?_, .quiet rfl rfl rfl rfl fun _ _ _ => rfl⟩
  simp only [upd] at hl
  grind [ProcState.isLive]

theorem exchange_tlb (h : Inv s) (hs : SendOk s p q size fd) {awaited outq outfd : Nat} :
    TlbRule s (sleepAndRun (deliver s p val q size fd) p awaited outq outfd) ∧
      IotlbRule s (sleepAndRun (deliver s p val q size fd) p awaited outq outfd) := by
  have ⟨e4, e5, _⟩ := deliver_others (s := s) (p := p) (q := q) (size := size) (fd := fd) (val := val)
  unfold sleepAndRun
  refine delivered_tlb h hs fun r hr => ?_
  simp only [readyDel, e4, e5, upd, hr, if_false]; grind

theorem replyWait_tlb (h : Inv s) {outq : Nat} :
    TlbRule s (replyWait s p val q size fd outq).2 ∧ IotlbRule s (replyWait s p val q size fd outq).2 := by
  unfold replyWait; dsimp only
  split
  · exact ⟨.refl s, .refl s⟩
  next he => exact exchange_tlb h (checkExchange_ok (Decidable.not_not.1 he)).send

theorem call_tlb (h : Inv s) {outq outfd : Nat} :
    TlbRule s (call s p val q size outq outfd).2 ∧ IotlbRule s (call s p val q size outq outfd).2 := by
  unfold call; dsimp only
  split
  · exact ⟨.refl s, .refl s⟩
  next he => exact exchange_tlb h (checkExchange_ok (Decidable.not_not.1 he)).send

end Lv6.Spec
