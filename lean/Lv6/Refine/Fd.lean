module
public import Lv6.Refine.PageTable
public import Lv6.Refine.Reread
public import Lv6.Refine.Refines
public import Lv6.Code.Fd
public import Lv6.Spec.Keep.Fd
/-!
# System calls on file descriptors
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

/-! ## Helpers -/

theorem holds_is_file_type (a b : state.FileType) (P : Bool → Prop) :
    holds (state.FileType.is a b) P ↔ (a.abs = b.abs → True → P true) ∧ (¬ a.abs = b.abs → P false) := by
  rw [state.FileType.is_ok]; exact holds_answer _ (fun _ => trivial) P

macro_rules | `(tactic| wp) => `(tactic| simp only [↓wpMonad, ↓wpArray, ↓wpArith, ↓Lv6.Code.helperCalls,
  ↓Lv6.Code.holds_is_file_type, wpWord, wpCast, wpBool, Lv6.Code.constants, Lv6.Code.fieldReads, Lv6.Code.fieldsAbs,
  Lv6.Code.enumAbs, if_true, if_false, Bool.not_eq_false, Nat.reduceMod, Nat.reduceLT, Nat.reduceSub])

theorem is_fd_code (slot : U64) :
    holds (state.is_fd slot) fun b => (Spec.isFd slot.val ↔ b = true) ∧ (b = true → slot.val < 16) := by
  unfold state.is_fd Spec.isFd
  run

theorem is_fn_code (file : U64) :
    holds (state.is_fn file) fun b => (Spec.isFn file.val ↔ b = true) ∧ (b = true → 0 < file.val ∧ file.val < 128) := by
  unfold state.is_fn Spec.isFn
  run

theorem file_type_code (n : U64) : holds (fd.file_type n) fun t => t.abs = Spec.fileType n.val := by
  unfold fd.file_type Spec.fileType
  split_word <;> simp only [*, holds] <;> rfl

macro_rules | `(tactic| leaf_call) => `(tactic| first
  | call is_fd_code | call is_fn_code | call file_type_code)

theorem is_open_fd_code (pid slot : U64) (hp : pid.val < 64) :
    holds (fd.is_open_fd k pid slot) fun b => (Spec.isOpenFd (abs k) pid.val slot.val ↔ b = true) ∧
      (b = true → slot.val < 16 ∧ (abs k).ofile pid.val slot.val ≠ 0) := by
  unfold fd.is_open_fd Spec.isOpenFd
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call is_open_fd_code)

theorem install_fd_code (pid slot file : U64) (hp : pid.val < 64) (hs : slot.val < 16) (hf : file.val < 128)
    (hn : (abs k).nrFds pid.val < 17) (hr : (abs k).fileRefcnt file.val < 1025) :
    holds (fd.install_fd k pid slot file) fun k' => abs k' = Spec.installFd (abs k) pid.val slot.val file.val := by
  unfold fd.install_fd Spec.installFd
  run

theorem blank_file_code (file : U64) (hf : file.val < 128) :
    holds (fd.blank_file k file) fun k' => abs k' = Spec.blankFile (abs k) file.val := by
  unfold fd.blank_file Spec.blankFile
  run
macro_rules | `(tactic| leaf_call) => `(tactic| first | call install_fd_code | call blank_file_code)

theorem remove_fd_code (pid slot : U64) (hp : pid.val < 64) (hs : slot.val < 16)
    (hf : (abs k).ofile pid.val slot.val < 128) (hn : 1 ≤ (abs k).nrFds pid.val)
    (hr : 1 ≤ (abs k).fileRefcnt ((abs k).ofile pid.val slot.val)) :
    holds (fd.remove_fd k pid slot) fun k' => abs k' = Spec.removeFd (abs k) pid.val slot.val := by
  unfold fd.remove_fd Spec.removeFd
  run_reread
macro_rules | `(tactic| leaf_call) => `(tactic| call remove_fd_code)

/-- Emptying a slot makes no count greater. -/
theorem removeFd_le (s : Spec.State) (p fd q : Nat) : (Spec.removeFd s p fd).nrFds q ≤ s.nrFds q ∧
    (Spec.removeFd s p fd).fileRefcnt q ≤ s.fileRefcnt q := by
  unfold Spec.removeFd
  dsimp only
  split <;> constructor <;> simp only [Spec.blankFile, Spec.upd] <;> split <;> subst_vars <;> omega

theorem check_dup_code (oldfd pid newfd : U64) (hc : (abs k).current < 64) :
    holds (fd.check_dup k oldfd pid newfd) fun e => Spec.checkDup (abs k) oldfd.val pid.val newfd.val = e.val := by
  unfold fd.check_dup Spec.checkDup
  run_reread
macro_rules | `(tactic| leaf_call) => `(tactic| call check_dup_code)

/-- What is known when `checkDup` finds nothing wrong, in the form in which `leaf_auto` uses it. -/
theorem Inv.dup_ok (hk : Inv k) (oldfd p newfd : Nat) : Spec.checkDup (abs k) oldfd p newfd = 0 →
    p < 64 ∧ newfd < 16 ∧ oldfd < 16 ∧ (abs k).ofile (abs k).current oldfd < 128 ∧
      (abs k).fileRefcnt ((abs k).ofile (abs k).current oldfd) ≤ 1024 := fun h =>
  have ⟨hp, _, ho, hn⟩ := Spec.checkDup_ok h
  have hf := Spec.Inv.isFn hk hk.current_lt ho.1 ho.2
  ⟨hp.2, hn, ho.1, hf.2, Spec.Inv.refs_le hk _ hf⟩

/-! ## System calls -/

variable (hk : Inv k)
include hk

/-- The system call `sys_create` refines `Spec.create`. -/
theorem sys_create_refines (slot file kind value omode : U64) :
    Refines (fd.sys_create k slot file kind value omode)
      (Spec.create (abs k) slot.val file.val kind.val value.val omode.val) := by
  have := hk.current_lt
  have := hk.fds_le
  run_refines fd.sys_create Spec.create (Spec.create_inv hk)

/-- The system call `sys_close` refines `Spec.close`. -/
theorem sys_close_refines (pid slot : U64) :
    Refines (fd.sys_close k pid slot) (Spec.close (abs k) pid.val slot.val) := by
  have := hk.file.number
  have := @hk.file.fds_pos
  have := @hk.file.refs_pos
  run_refines fd.sys_close Spec.close (Spec.close_inv hk)

/-- The system call `sys_dup` refines `Spec.dup`. -/
theorem sys_dup_refines (oldfd pid newfd : U64) :
    Refines (fd.sys_dup k oldfd pid newfd) (Spec.dup (abs k) oldfd.val pid.val newfd.val) := by
  have := hk.current_lt
  have := hk.fds_le
  have := hk.dup_ok k oldfd.val pid.val newfd.val
  run_refines fd.sys_dup Spec.dup (Spec.dup_inv hk)

/-- The system call `sys_dup2` refines `Spec.dup2`. -/
theorem sys_dup2_refines (oldfd pid newfd : U64) :
    Refines (fd.sys_dup2 k oldfd pid newfd) (Spec.dup2 (abs k) oldfd.val pid.val newfd.val) := by
  have := hk.current_lt
  have := hk.fds_le
  have := hk.file.number
  have := @hk.file.fds_pos
  have := @hk.file.refs_pos
  have := hk.dup_ok k oldfd.val pid.val newfd.val
  have := removeFd_le (abs k)
  run_refines fd.sys_dup2 Spec.dup2 (Spec.dup2_inv hk)

/-- The system call `sys_lseek` refines `Spec.lseek`. -/
theorem sys_lseek_refines (slot offset : U64) :
    Refines (fd.sys_lseek k slot offset) (Spec.lseek (abs k) slot.val offset.val) := by
  have := hk.current_lt
  have := hk.file.number
  run_refines fd.sys_lseek Spec.lseek (Spec.lseek_inv hk)

end Lv6.Code
