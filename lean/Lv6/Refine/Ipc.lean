module
public import Lv6.Refine.Copy
public import Lv6.Refine.Fd
public import Lv6.Refine.Proc
public import Lv6.Spec.Keep.Ipc
/-!
# System calls that pass messages
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

/-! ## Checks -/

/-- A word of the record of interrupts. -/
theorem intr_eq_zero (p i : Nat) : ((k.procs.get p).intr.get i).val = 0 ↔ (abs k).intr p i = 0#64 := by
  rw [UScalar.val_eq_zero, wordsOf_get, intrOf_get, intr_abs]

theorem is_interrupted_code (pid : U64) (hp : pid.val < 64) :
    holds (interrupt.is_interrupted k pid) fun b => Spec.isInterrupted (abs k) pid.val ↔ b = true := by
  unfold interrupt.is_interrupted Spec.isInterrupted
  simp only [← intr_eq_zero, ne_eq]
  run

theorem awaits_another_code (pid : U64) (hp : pid.val < 64) :
    holds (ipc.awaits_another k pid) fun b => Spec.awaitsAnother (abs k) pid.val ↔ b = true := by
  unfold ipc.awaits_another Spec.awaitsAnother
  run

theorem is_empty_fd_code (pid slot : U64) (hp : pid.val < 64) :
    holds (fd.is_empty_fd k pid slot) fun b => Spec.isEmptyFd (abs k) pid.val slot.val ↔ b = true := by
  unfold fd.is_empty_fd Spec.isEmptyFd
  run
macro_rules | `(tactic| leaf_call) => `(tactic| first
  | call is_interrupted_code | call awaits_another_code | call is_empty_fd_code)

theorem check_send_code (pid pn size fd : U64) (hc : (abs k).current < 64) :
    holds (ipc.check_send k pid pn size fd) fun e =>
      Spec.checkSend (abs k) pid.val pn.val size.val fd.val = e.val := by
  unfold ipc.check_send Spec.checkSend
  run_reread

theorem check_recv_code (pn fd : U64) (hc : (abs k).current < 64) :
    holds (ipc.check_recv k pn fd) fun e => Spec.checkRecv (abs k) pn.val fd.val = e.val := by
  unfold ipc.check_recv Spec.checkRecv
  run_reread
macro_rules | `(tactic| leaf_call) => `(tactic| first | call check_send_code | call check_recv_code)

/-- The receiver of a message is a process. -/
theorem send_pid {s : Spec.State} {p q size fd : Nat} (h : Spec.checkSend s p q size fd = 0) : p < 64 :=
  (Spec.checkSend_ok h).pid.2

theorem check_exchange_code (pid inpn size infd outpn outfd : U64) (hc : (abs k).current < 64) :
    holds (ipc.check_exchange k pid inpn size infd outpn outfd) fun e =>
      Spec.checkExchange (abs k) pid.val inpn.val size.val infd.val outpn.val outfd.val = e.val := by
  have := @send_pid (abs k) pid.val inpn.val size.val infd.val
  unfold ipc.check_exchange Spec.checkExchange
  run_reread
macro_rules | `(tactic| leaf_call) => `(tactic| call check_exchange_code)

/-! ## Steps -/

theorem pass_fd_code (pid fd : U64) (hp : pid.val < 64) (hc : (abs k).current < 64)
    (hf : fd.val < 16 → (abs k).ofile (abs k).current fd.val < 128 ∧
      (abs k).fileRefcnt ((abs k).ofile (abs k).current fd.val) < 1025)
    (hn : (abs k).nrFds pid.val < 17) :
    holds (ipc.pass_fd k pid fd) fun k' => abs k' = Spec.passFd (abs k) pid.val fd.val := by
  have hv : ((k.procs.get pid.val).ipc_fd).val = (abs k).ipcFd pid.val := by rw [ipcFdOf_get, ipcFd_abs]
  unfold ipc.pass_fd Spec.passFd
  rw [← hv]
  wp; leaves <;> (repeat' leaf_call) <;> first | leaf_auto | (simp only [hv] at *; leaf_auto)

theorem sleep_and_run_code (pid awaited pn fd : U64) (hp : pid.val < 64) (hc : (abs k).current < 64)
    (hl : Links 64 (abs k).prev (abs k).next) :
    holds (ipc.sleep_and_run k pid awaited pn fd) fun k' =>
      abs k' = Spec.sleepAndRun (abs k) pid.val awaited.val pn.val fd.val := by
  unfold ipc.sleep_and_run Spec.sleepAndRun
  run_reread
macro_rules | `(tactic| leaf_call) => `(tactic| first
  | call copy_bytes_code | call pass_fd_code | call sleep_and_run_code)

theorem copyBytes_others (s : Spec.State) (src dst n : Nat) : (Spec.copyBytes s src dst n).ofile = s.ofile ∧
    (Spec.copyBytes s src dst n).current = s.current ∧ (Spec.copyBytes s src dst n).ipcFd = s.ipcFd ∧
    (Spec.copyBytes s src dst n).nrFds = s.nrFds ∧ (Spec.copyBytes s src dst n).fileRefcnt = s.fileRefcnt ∧
    (Spec.copyBytes s src dst n).prev = s.prev ∧ (Spec.copyBytes s src dst n).next = s.next :=
  ⟨rfl, rfl, rfl, rfl, rfl, rfl, rfl⟩
theorem passFd_others (s : Spec.State) (p fd : Nat) : (Spec.passFd s p fd).current = s.current ∧
    (Spec.passFd s p fd).prev = s.prev ∧ (Spec.passFd s p fd).next = s.next := by
  unfold Spec.passFd; split <;> exact ⟨rfl, rfl, rfl⟩

theorem deliver_code (hk : Inv k) (pid val pn size fd : U64)
    (h : Spec.SendOk (abs k) pid.val pn.val size.val fd.val) :
    holds (ipc.deliver k pid val pn size fd) fun k' =>
      abs k' = Spec.deliver (abs k) pid.val val.val pn.val size.val fd.val := by
  have hp := h.pid.2
  have hc := hk.current_lt
  have hl := hk.readyLinks
  have ⟨ht, ho, _⟩ := hk.sleep.page _ hp h.asleep
  have hne : pn.val ≠ (abs k).ipcPage pid.val := fun e => h.ne_current hk (by rw [← h.owner, e, ho])
  have hf : fd.val < 16 → (abs k).ofile (abs k).current fd.val < 128 ∧
      (abs k).fileRefcnt ((abs k).ofile (abs k).current fd.val) < 1025 := fun hf =>
    have hx := Spec.Inv.isFn hk hc hf (h.open_ hf)
    ⟨hx.2, Nat.lt_succ_of_le (hk.refs_le _ hx)⟩
  have hn := Nat.lt_succ_of_le (hk.fds_le _ hp)
  have hq := h.page
  have hz := h.size
  have := copyBytes_others
  have := passFd_others
  clear h
  unfold ipc.deliver Spec.deliver
  run

/-! ## The calls -/

/-- After a message has been delivered, the state is good for the next step. -/
theorem Inv.delivered (hk : Inv k) {p val q size fd : Nat} (h : Spec.SendOk (abs k) p q size fd) {k' : state.Kernel}
    (e : abs k' = Spec.deliver (abs k) p val q size fd) : Inv k' := by
  show Spec.Inv (abs k')
  rw [e]; exact Spec.deliver_inv hk h

/-- A check comes first: where it finds nothing wrong, the rest does what the specification says. -/
theorem holds_checked {c : Result U64} {f : Result (U64 × state.Kernel)} {e' : Nat} {t : Nat × Spec.State}
    (hc : holds c fun e => e' = e.val) (hf : e' = 0 → holds f fun (r, k') => t = (r.val, abs k')) :
    holds (do let e ← c; if e != 0#u64 then ok (e, k) else f) fun (r, k') =>
      (if e' ≠ 0 then (e', abs k) else t) = (r.val, abs k') := by
  rw [holds_bind]
  refine holds_mono hc fun e he => ?_
  rw [he]
  wp; leaves
  · next h0 => rw [if_pos h0]
  · next h0 => rw [if_neg (not_not_intro h0)]; exact hf (he.trans h0)

theorem NO_FD_eq : ipc.NO_FD.val = Spec.noFd := by unfold ipc.NO_FD; rfl

variable (hk : Inv k)
include hk

/-- What `sys_reply_wait` and `sys_call` have in common. -/
theorem exchange_code (pid val inpn size infd awaited outpn outfd : U64) :
    holds (do
      let e ← ipc.check_exchange k pid inpn size infd outpn outfd
      if e != 0#u64
      then ok (e, k)
      else
        let k1 ← ipc.deliver k pid val inpn size infd
        let k2 ← ipc.sleep_and_run k1 pid awaited outpn outfd
        ok (0#u64, k2)) fun (r, k') =>
      (let e := Spec.checkExchange (abs k) pid.val inpn.val size.val infd.val outpn.val outfd.val
      if e ≠ 0 then (e, abs k)
      else (0, Spec.sleepAndRun (Spec.deliver (abs k) pid.val val.val inpn.val size.val infd.val) pid.val awaited.val
        outpn.val outfd.val)) = (r.val, abs k') := by
  refine holds_checked k (check_exchange_code k pid inpn size infd outpn outfd hk.current_lt) fun h0 => ?_
  have hs := (Spec.checkExchange_ok h0).send
  refine holds_cut _ (deliver_code k hk pid val inpn size infd hs) fun k₁ e₁ => ?_
  have hk₁ := hk.delivered k hs e₁
  refine holds_cut _ (sleep_and_run_code k₁ pid awaited outpn outfd hs.pid.2 hk₁.current_lt hk₁.readyLinks) fun k₂ e₂ => ?_
  simp only [holds_ok, U64.val_lit, Nat.reduceMod, e₂, e₁]

/-- The system call `sys_send` refines `Spec.send`. -/
theorem sys_send_refines (pid val pn size fd : U64) :
    Refines (ipc.sys_send k pid val pn size fd) (Spec.send (abs k) pid.val val.val pn.val size.val fd.val) := by
  refine refines_of (holds_checked k (check_send_code k pid pn size fd hk.current_lt) fun h0 => ?_) (Spec.send_inv hk)
  have hs := Spec.checkSend_ok h0
  rw [holds_bind]
  refine holds_mono (awaits_another_code k pid hs.pid.2) fun b hb => ?_
  wp; leaves
  · next h1 => rw [if_pos (hb.2 h1)]; leaf
  next h1 =>
  rw [if_neg (by rw [hb, h1]; exact nofun)]
  refine holds_mono (deliver_code k hk pid val pn size fd hs) fun k₁ e₁ => ?_
  have hk₁ := hk.delivered k hs e₁
  refine holds_mono (switch_to_code k₁ pid hs.pid.2 hk₁.current_lt hk₁.readyLinks) fun k₂ e₂ => ?_
  rw [e₂, e₁]

/-- The system call `sys_recv` refines `Spec.recv`. -/
theorem sys_recv_refines (pid pn fd : U64) :
    Refines (ipc.sys_recv k pid pn fd) (Spec.recv (abs k) pid.val pn.val fd.val) := by
  have := hk.current_lt
  have := hk.readyLinks
  refine refines_of ?_ (Spec.recv_inv hk)
  unfold ipc.sys_recv Spec.recv
  run_reread

/-- The system call `sys_reply_wait` refines `Spec.replyWait`. -/
theorem sys_reply_wait_refines (pid val inpn size infd outpn : U64) :
    Refines (ipc.sys_reply_wait k pid val inpn size infd outpn)
      (Spec.replyWait (abs k) pid.val val.val inpn.val size.val infd.val outpn.val) := by
  have h := exchange_code k hk pid val inpn size infd 0#u64 outpn ipc.NO_FD
  rw [NO_FD_eq, U64.val_lit] at h
  exact refines_of h (Spec.replyWait_inv hk)

/-- The system call `sys_call` refines `Spec.call`. -/
theorem sys_call_refines (pid val inpn size outpn outfd : U64) :
    Refines (ipc.sys_call k pid val inpn size outpn outfd)
      (Spec.call (abs k) pid.val val.val inpn.val size.val outpn.val outfd.val) := by
  have h := exchange_code k hk pid val inpn size ipc.NO_FD pid outpn outfd
  rw [NO_FD_eq] at h
  exact refines_of h (Spec.call_inv hk)

end Lv6.Code
