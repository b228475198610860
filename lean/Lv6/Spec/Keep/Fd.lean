module
public import Lv6.Spec.Keep.Tactic
public import Lv6.Spec.Fd
/-!
# Keeping the invariant: calls on file descriptors
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State} {p fd f v : Nat}

/-! ## Counting descriptors -/

section
variable {ofile : Nat → Nat → Nat} {nrFds fileRefcnt : Nat → Nat} {fileType fileType' : Nat → FileType}

/-- Of all descriptors, one changes. -/
theorem references_upd (hp : p < 64) (hfd : fd < 16) :
    references (upd2 ofile p fd v) f + (if ofile p fd = f then 1 else 0)
      = references ofile f + (if v = f then 1 else 0) := by
  have e := count_change (P := fun i => upd2 ofile p fd v (i / 16) (i % 16) = f)
    (Q := fun i => ofile (i / 16) (i % 16) = f) (p * 16 + fd) (n := 1024) (by omega)
    fun i _ hne => by simp only [upd2_ne ofile p fd v (i / 16) (i % 16) (by omega)]
  have h1 : (p * 16 + fd) / 16 = p := by omega
  have h2 : (p * 16 + fd) % 16 = fd := by omega
  simpa only [h1, h2, upd2_same] using e

/-- Of the descriptors of the process `q`, one changes if `q` is `p`. -/
theorem count_fds_upd (hfd : fd < 16) (q : Nat) :
    count (fun i => upd2 ofile p fd v q i ≠ 0) 16 + (if q = p ∧ ofile p fd ≠ 0 then 1 else 0)
      = count (fun i => ofile q i ≠ 0) 16 + (if q = p ∧ v ≠ 0 then 1 else 0) := by
  have e := count_change (P := fun i => upd2 ofile p fd v q i ≠ 0) (Q := fun i => ofile q i ≠ 0) fd hfd
    fun i _ hne => by simp only [upd2_ne ofile p fd v q i fun _ => hne]
  grind [upd2_apply]

/-- A descriptor in use is counted by its process. -/
theorem FileInv.fds_pos (h : FileInv ofile nrFds fileType fileRefcnt) (hp : p < 64) (hfd : fd < 16)
    (hu : ofile p fd ≠ 0) : 1 ≤ nrFds p := by
  rw [h.fds p hp]; exact count_pos hfd hu

/-- A descriptor in use is counted by its file. -/
theorem FileInv.refs_pos (h : FileInv ofile nrFds fileType fileRefcnt) (hp : p < 64) (hfd : fd < 16)
    (hu : ofile p fd ≠ 0) : 1 ≤ fileRefcnt (ofile p fd) := by
  rw [h.refs _ (by omega) (h.number p fd hp hfd)]
  refine count_pos (q := p * 16 + fd) (by omega) ?_
  rw [show (p * 16 + fd) / 16 = p by omega, show (p * 16 + fd) % 16 = fd by omega]

/-- The open file `f` is put into an empty slot. Only `f` may get a new type. -/
theorem FileInv.install (h : FileInv ofile nrFds fileType fileRefcnt) (hp : p < 64) (hfd : fd < 16) (hf : isFn f)
    (he : ofile p fd = 0) (ht : fileType' f ≠ .none) (ho : ∀ g, g ≠ f → fileType' g = fileType g) :
    FileInv (upd2 ofile p fd f) (upd nrFds p (nrFds p + 1)) fileType' (upd fileRefcnt f (fileRefcnt f + 1)) := by
  obtain ⟨f0, f128⟩ := hf
  refine ⟨fun q i hq hi => ?_, fun q hq => ?_, fun g hg hg' => ?_, fun g hg hg' => ?_⟩
  · have := h.number q i hq hi; grind [upd2_apply]
  · have := h.fds q hq; have := count_fds_upd (ofile := ofile) (p := p) (v := f) hfd q; grind [upd]
  · have := h.refs g hg hg'; have := references_upd (ofile := ofile) (f := g) (v := f) hp hfd; grind [upd]
  · have := h.used g hg hg'; grind [upd]

/-- A slot is emptied; the file goes with its last descriptor. -/
theorem FileInv.remove (h : FileInv ofile nrFds fileType fileRefcnt) (hp : p < 64) (hfd : fd < 16)
    (hu : ofile p fd = f) (hf : f ≠ 0) (ht : fileType' f = if fileRefcnt f - 1 = 0 then .none else fileType f)
    (ho : ∀ g, g ≠ f → fileType' g = fileType g) :
    FileInv (upd2 ofile p fd 0) (upd nrFds p (nrFds p - 1)) fileType' (upd fileRefcnt f (fileRefcnt f - 1)) := by
  have hpos := h.refs_pos hp hfd (by rw [hu]; exact hf)
  have hposn := h.fds_pos hp hfd (by rw [hu]; exact hf)
  rw [hu] at hpos
  refine ⟨fun q i hq hi => ?_, fun q hq => ?_, fun g hg hg' => ?_, fun g hg hg' => ?_⟩
  · have := h.number q i hq hi; grind [upd2_apply]
  · have := h.fds q hq; have := count_fds_upd (ofile := ofile) (p := p) (v := 0) hfd q; grind [upd]
  · have := h.refs g hg hg'; have := references_upd (ofile := ofile) (f := g) (v := 0) hp hfd; grind [upd]
  · have := h.used g hg hg'; grind [upd]
end

/-- What no sleeper waits for may be filled. -/
theorem SleepInv.fill {state : Nat → ProcState} {ipcPage ipcFd : Nat → Nat} {ofile : Nat → Nat → Nat}
    {pageType : Nat → PageType} {pageOwner : Nat → Nat} (h : SleepInv state ipcPage ipcFd ofile pageType pageOwner)
    (hv : v = 0 ∨ state p ≠ .sleeping) : SleepInv state ipcPage ipcFd (upd2 ofile p fd v) pageType pageOwner := by
  have := fun o i => upd2_apply ofile p fd v o i
  clauses h

/-- No overflow: nobody has more descriptors in use than there are. -/
theorem Inv.fds_le (h : Inv s) : ∀ p, p < 64 → s.nrFds p ≤ 16 := fun p hp => by
  rw [h.file.fds p hp]; exact count_le 16
/-- No overflow: no more descriptors refer to a file than there are. -/
theorem Inv.refs_le (h : Inv s) : ∀ f, isFn f → s.fileRefcnt f ≤ 1024 := fun f hf => by
  rw [h.file.refs f hf.1 hf.2]; exact count_le 1024
/-- A descriptor in use holds the number of an open file. -/
theorem Inv.isFn (h : Inv s) (hp : p < 64) (hfd : fd < 16) (hu : s.ofile p fd ≠ 0) : isFn (s.ofile p fd) :=
  ⟨by omega, h.file.number p fd hp hfd⟩
theorem Inv.fileType_ne (h : Inv s) (hp : p < 64) (hfd : fd < 16) (hu : s.ofile p fd ≠ 0) :
    s.fileType (s.ofile p fd) ≠ .none := fun e => by
  have h1 := h.isFn hp hfd hu
  have h2 := (h.file.used _ h1.1 h1.2).1 e
  have h3 := h.file.refs_pos hp hfd hu
  omega

/-! ## Filling and emptying a slot -/

/-- A file, perhaps one that gets its type with this step, is put into an empty slot of a process that is in use and
waits for no message. -/
theorem Inv.installFd (h : Inv s) {fileType' : Nat → FileType} {value omode offset : Nat → Nat} (hp : p < 64)
    (hu : s.state p ≠ .unused) (hs : s.state p ≠ .sleeping) (hfd : fd < 16) (he : s.ofile p fd = 0) (hf : Spec.isFn f)
    (ht : fileType' f ≠ .none) (ho : ∀ g, g ≠ f → fileType' g = s.fileType g) :
    Inv (installFd { s with fileType := fileType', fileValue := value, fileOmode := omode, fileOffset := offset } p fd f) := by
  have h1 := h.file.install hp hfd hf he ht ho
  have h2 := h.sleep.fill (p := p) (fd := fd) (v := f) (.inr hs)
  unfold Spec.installFd
  exact { h with file := h1, sleep := h2, unused := { h.unused with fds := by have := h.unused.fds; grind_inv } }

/-- A slot in use is emptied. -/
theorem Inv.removeFd (h : Inv s) (hp : p < 64) (hfd : fd < 16) (hu : s.ofile p fd ≠ 0) : Inv (removeFd s p fd) := by
  have h2 := h.sleep.fill (p := p) (fd := fd) (v := 0) (.inl rfl)
  unfold Spec.removeFd blankFile
  dsimp only
  split
  · have h1 := h.file.remove (fileType' := upd s.fileType (s.ofile p fd) .none) hp hfd rfl hu (by grind [upd])
      (by grind [upd])
    exact { h with file := h1, sleep := h2, unused := { h.unused with fds := by have := h.unused.fds; grind_inv } }
  · have h1 := h.file.remove (fileType' := s.fileType) hp hfd rfl hu (by grind [upd]) (fun _ _ => rfl)
    exact { h with file := h1, sleep := h2, unused := { h.unused with fds := by have := h.unused.fds; grind_inv } }

/-! ## The calls -/

theorem create_inv (h : Inv s) {kind value omode : Nat} : Inv (create s fd f kind value omode).2 := by
  unfold create
  checks h
  next hk hfd he hf hr =>
  have hc := h.current_running
  exact h.installFd (fileType' := upd s.fileType f (fileType kind)) h.proc.pid.2 (by rw [hc]; nofun) (by rw [hc]; nofun)
    hfd he hf (by rw [upd_same]; exact hk) (fun g hg => upd_ne _ _ _ _ hg)

theorem close_inv (h : Inv s) : Inv (close s p fd).2 := by
  unfold close
  checks h
  next hp hfd _ hu => exact h.removeFd hp.2 hfd hu

/-- What is known when `checkDup` finds nothing wrong. -/
structure DupOk (s : State) (oldfd p newfd : Nat) : Prop where
  pid : isPid p
  mayAct : mayActOn s p
  old : isOpenFd s s.current oldfd
  new : newfd < 16

theorem checkDup_ok {oldfd newfd : Nat} (h : checkDup s oldfd p newfd = 0) : DupOk s oldfd p newfd := by
  unfold checkDup at h
  constructor <;> grind [isFd]

/-- Who may be acted on is in use and waits for no message. -/
theorem Inv.mayActOn_awake (h : Inv s) (hm : mayActOn s p) : s.state p ≠ .unused ∧ s.state p ≠ .sleeping := by
  rcases hm with rfl | ⟨_, e⟩
  · rw [h.current_running]; exact ⟨nofun, nofun⟩
  · rw [e]; exact ⟨nofun, nofun⟩

/-- The file that is copied is open, and its process is not the one that sleeps. -/
theorem DupOk.inv (h : Inv s) {oldfd newfd : Nat} (hk : DupOk s oldfd p newfd) (hn : s.ofile p newfd = 0) :
    Inv (installFd s p newfd (s.ofile s.current oldfd)) := by
  have ha := h.mayActOn_awake hk.mayAct
  have hc := h.proc.pid.2
  exact h.installFd (fileType' := s.fileType) hk.pid.2 ha.1 ha.2 hk.new hn (h.isFn hc hk.old.1 hk.old.2)
    (h.fileType_ne hc hk.old.1 hk.old.2) (fun _ _ => rfl)

theorem dup_inv (h : Inv s) {oldfd newfd : Nat} : Inv (dup s oldfd p newfd).2 := by
  unfold dup
  checks h
  next he hn => exact (checkDup_ok he).inv h hn

/-- The file that is copied stays open when the slot that it goes to is emptied, as the slot that it comes from is
another one. -/
theorem dup2_inv (h : Inv s) {oldfd newfd : Nat} : Inv (dup2 s oldfd p newfd).2 := by
  unfold dup2
  checks h
  next he hne =>
  have hk := checkDup_ok he
  split
  · next hn =>
    have h1 := h.removeFd hk.pid.2 hk.new hn
    have e1 : (removeFd s p newfd).ofile = upd2 s.ofile p newfd 0 := by unfold removeFd; dsimp only; split <;> rfl
    have e2 : (removeFd s p newfd).state = s.state ∧ (removeFd s p newfd).ppid = s.ppid ∧
        (removeFd s p newfd).current = s.current := by unfold removeFd; dsimp only; split <;> exact ⟨rfl, rfl, rfl⟩
    have e3 : (removeFd s p newfd).ofile s.current oldfd = s.ofile s.current oldfd := by
      rw [e1]; exact upd2_ne _ _ _ _ _ _ fun a b => hne ⟨a.symm, b⟩
    have hk1 : DupOk (removeFd s p newfd) oldfd p newfd :=
      ⟨hk.pid, by have := hk.mayAct; unfold mayActOn isOwnEmbryo at *; rwa [e2.1, e2.2.1, e2.2.2],
        ⟨hk.old.1, by rw [e2.2.2, e3]; exact hk.old.2⟩, hk.new⟩
    have := hk1.inv h1 (by rw [e1]; exact upd2_same _ _ _ _)
    rwa [e2.2.2, e3] at this
  · next hn => exact hk.inv h (Classical.not_not.1 hn)

theorem lseek_inv (h : Inv s) {offset : Nat} : Inv (lseek s fd offset).2 := by
  unfold lseek
  checks h
  exact { h with }

end Lv6.Spec
