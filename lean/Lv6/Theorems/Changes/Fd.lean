module
public import Lv6.Theorems.Changes
public import Lv6.Spec.Keep.Fd
/-!
# What the calls on file descriptors change
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
seal upd upd2
variable {s : State} {p fd f : Nat}

theorem create_changes {kind value omode : Nat} : Changes s (create s fd f kind value omode).2 := by changes create

theorem installFd_changes (hm : mayActOn s p) (h0 : s.ofile p fd = 0) (hf : f ≠ 0) : Changes s (installFd s p fd f) := by
  changed

/-- One descriptor of `p` changes. -/
theorem FdChanged.upd {s s' : State} {p fd f v : Nat} (ho : s'.ofile = upd2 s.ofile p fd v) (hv : v ≠ s.ofile p fd)
    (hf : s.ofile p fd = f ∨ v = f) : FdChanged s s' f := by
  have : s'.ofile p fd = v := by rw [ho, upd2_same]
  exact ⟨p, fd, by rw [this]; exact hv, by rw [this]; exact hf⟩

theorem removeFd_changes (hm : mayActOn s p ∨ s.state p = .zombie) (h0 : s.ofile p fd ≠ 0) :
    Changes s (removeFd s p fd) := by
  refine ⟨?_, by unfold removeFd; dsimp only; split <;> exact {}⟩
  unfold removeFd; dsimp only
  split
  all_goals
    refine { fd := fun r d => ?_, fds := fun r => ?_, refcnt := fun g => ?refcnt, file := fun g => ?_, offset := fun g => ?_ }
    case refcnt =>
      by_cases hg : g = s.ofile p fd
      · subst hg; exact .inr (.upd rfl (by omega) (.inl rfl))
      · left; simp only [blankFile, Spec.upd, hg, if_false]
    all_goals simp only [SameFile, FileUnused, blankFile, upd2_apply, Spec.upd] at *; grind

theorem close_changes : Changes s (close s p fd).2 := by
  unfold close
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2
  exact removeFd_changes (by unfold mayActOn; grind) h2

theorem dup_changes {oldfd newfd : Nat} : Changes s (dup s oldfd p newfd).2 := by
  unfold dup; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2
  have hk := checkDup_ok (Decidable.not_not.1 h1)
  exact installFd_changes hk.mayAct (Decidable.not_not.1 h2) hk.old.2

/-- The file that is copied stays open when the slot that it goes to is emptied. -/
theorem dup2_changes (h : Inv s) {oldfd newfd : Nat} : Changes s (dup2 s oldfd p newfd).2 := by
  refine ⟨?_, by unfold dup2 removeFd; dsimp only; (repeat' split) <;> exact {}⟩
  unfold dup2; dsimp only
  split
  · exact .refl s
  next h1 =>
  split
  · exact .refl s
  next h2 =>
  have hk := checkDup_ok (Decidable.not_not.1 h1)
  have hm := hk.mayAct
  split
  · next h0 =>
    have hi := (h.removeFd hk.pid.2 hk.new h0).file.refs_pos h.proc.pid.2 hk.old.1
    have e1 : (removeFd s p newfd).ofile = upd2 s.ofile p newfd 0 := by unfold removeFd; dsimp only; split <;> rfl
    have e2 : (removeFd s p newfd).fileRefcnt = upd s.fileRefcnt (s.ofile p newfd) (s.fileRefcnt (s.ofile p newfd) - 1) := by
      unfold removeFd; dsimp only; split <;> rfl
    rw [e1, e2, upd2_ne _ _ _ _ _ _ fun a b => h2 ⟨a.symm, b⟩] at hi
    replace hi := hi hk.old.2
    unfold removeFd; dsimp only
    split
    all_goals
      refine { fd := fun r d => ?_, fds := fun r => ?_, refcnt := fun g => ?refcnt, file := fun g => ?_
               offset := fun g => ?_ }
      case refcnt =>
        by_cases hg : s.ofile p newfd ≠ s.ofile s.current oldfd ∧ (g = s.ofile p newfd ∨ g = s.ofile s.current oldfd)
        · exact .inr (.upd (upd2_upd2 _ _ _ _ _) (Ne.symm hg.1) (by grind))
        · left; simp only [installFd, blankFile, Spec.upd] at *; grind
      all_goals simp only [SameFile, FileUnused, installFd, blankFile, upd2_apply, Spec.upd] at *; grind
  · next h0 => exact (installFd_changes hm (Decidable.not_not.1 h0) hk.old.2).integrity

theorem lseek_changes {offset : Nat} : Changes s (lseek s fd offset).2 := by changes lseek

end Lv6.Spec
