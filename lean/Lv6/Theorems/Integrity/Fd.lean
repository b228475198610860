module
public import Lv6.Theorems.Integrity.Statement
public import Lv6.Spec.Keep.Fd
/-!
# Integrity of the calls on file descriptors
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p fd f : Nat}

/-- One descriptor of `p` changes. -/
theorem FdChanged.upd {s s' : State} {p fd f v : Nat} (ho : s'.ofile = upd2 s.ofile p fd v) (hv : v ≠ s.ofile p fd)
    (hf : s.ofile p fd = f ∨ v = f) : FdChanged s s' f := by
  have : s'.ofile p fd = v := by rw [ho, upd2_same]
  exact ⟨p, fd, by rw [this]; exact hv, by rw [this]; exact hf⟩

theorem create_integrity {kind value omode : Nat} : Integrity s (create s fd f kind value omode).2 := by
  unfold create; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i h3 h4 h5
  have h3 := Decidable.not_not.1 h3
  have h4 := (Decidable.not_not.1 h4).1
  refine { fd := fun r d => ?_, fds := fun r => ?_, refcnt := fun g => ?refcnt, file := fun g => ?_, offset := fun g => ?_ }
  case refcnt =>
    by_cases hg : g = f
    · subst hg; exact .inr (.upd rfl (by omega) (.inr rfl))
    · left; simp only [installFd, Spec.upd, hg, if_false]
  all_goals simp only [SameFile, FileUnused, mayActOn, installFd, upd2_apply, Spec.upd]; grind

theorem installFd_integrity (hm : mayActOn s p) (h0 : s.ofile p fd = 0) (hf : f ≠ 0) :
    Integrity s (installFd s p fd f) := by
  refine { fd := fun r d => ?_, fds := fun r => ?_, refcnt := fun g => ?refcnt }
  case refcnt =>
    by_cases hg : g = f
    · subst hg; exact .inr (.upd rfl (by omega) (.inr rfl))
    · left; simp only [installFd, Spec.upd, hg, if_false]
  all_goals simp only [installFd, upd2_apply, Spec.upd]; grind

theorem removeFd_integrity (hm : mayActOn s p ∨ s.state p = .zombie) (h0 : s.ofile p fd ≠ 0) :
    Integrity s (removeFd s p fd) := by
  unfold removeFd; dsimp only
  split
  all_goals
    refine { fd := fun r d => ?_, fds := fun r => ?_, refcnt := fun g => ?refcnt, file := fun g => ?_, offset := fun g => ?_ }
    case refcnt =>
      by_cases hg : g = s.ofile p fd
      · subst hg; exact .inr (.upd rfl (by omega) (.inl rfl))
      · left; simp only [blankFile, Spec.upd, hg, if_false]
    all_goals simp only [SameFile, FileUnused, blankFile, upd2_apply, Spec.upd] at *; grind

theorem close_integrity : Integrity s (close s p fd).2 := by
  unfold close
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2
  exact removeFd_integrity (by unfold mayActOn; grind) h2

theorem dup_integrity {oldfd newfd : Nat} : Integrity s (dup s oldfd p newfd).2 := by
  unfold dup; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i h1 h2
  have hk := checkDup_ok (Decidable.not_not.1 h1)
  exact installFd_integrity hk.mayAct (Decidable.not_not.1 h2) hk.old.2

/-- The file that is copied stays open when the slot that it goes to is emptied. -/
theorem dup2_integrity (h : Inv s) {oldfd newfd : Nat} : Integrity s (dup2 s oldfd p newfd).2 := by
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
  · next h0 => exact installFd_integrity hm (Decidable.not_not.1 h0) hk.old.2

theorem lseek_integrity {offset : Nat} : Integrity s (lseek s fd offset).2 := by
  unfold lseek; dsimp only
  repeat' split
  all_goals try exact .refl s
  rename_i h1 _ _ _
  have h1 := Decidable.not_not.1 h1
  refine { offset := fun g => ?_ }
  by_cases hg : g = s.ofile s.current fd
  · exact .inr (.inr ⟨fd, h1, hg.symm⟩)
  · left; simp only [upd, hg, if_false]

end Lv6.Spec
