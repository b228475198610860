module
public import Lv6.Spec.State
/-!
# System calls on file descriptors

An open file is a type, a number that means something to the server that made it, and a count of the descriptors that
refer to it. The kernel looks at the count only.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Bad file descriptor. -/
abbrev EBADF : Nat := 9

/-- Whether the number is a file descriptor. -/
def isFd (fd : Nat) : Prop := fd < 16
instance (fd : Nat) : Decidable (isFd fd) := inferInstanceAs (Decidable (_ < _))

/-- Whether the number names an open-file slot: 1..127. -/
def isFn (f : Nat) : Prop := 0 < f ∧ f < 128
instance (f : Nat) : Decidable (isFn f) := inferInstanceAs (Decidable (_ ∧ _))

/-- The file type with the given number; `none` for 0 and for a number without a meaning. -/
def fileType (n : Nat) : FileType :=
  match n with
  | 1 => .pipe
  | 2 => .inode
  | 3 => .socket
  | _ => .none

/-- Whether `fd` is a descriptor number whose slot in `p` is empty. -/
def isEmptyFd (s : State) (p fd : Nat) : Prop := isFd fd ∧ s.ofile p fd = 0
instance (s : State) (p fd : Nat) : Decidable (isEmptyFd s p fd) := inferInstanceAs (Decidable (_ ∧ _))

/-- Whether `fd` is a descriptor number whose slot in `p` is in use. -/
def isOpenFd (s : State) (p fd : Nat) : Prop := isFd fd ∧ s.ofile p fd ≠ 0
instance (s : State) (p fd : Nat) : Decidable (isOpenFd s p fd) := inferInstanceAs (Decidable (_ ∧ _))

/-- Put the open file `f` into the empty slot `fd` of `p`. -/
def installFd (s : State) (p fd f : Nat) : State :=
  { s with
    ofile := upd2 s.ofile p fd f
    nrFds := upd s.nrFds p (s.nrFds p + 1)
    fileRefcnt := upd s.fileRefcnt f (s.fileRefcnt f + 1) }

/-- Set every field of a file's slot to 0 but the count, which is 0 already. -/
def blankFile (s : State) (f : Nat) : State :=
  { s with
    fileType := upd s.fileType f .none
    fileValue := upd s.fileValue f 0
    fileOmode := upd s.fileOmode f 0
    fileOffset := upd s.fileOffset f 0 }

/-- Empty the slot `fd` of `p`, which is in use; the file goes with its last descriptor. -/
def removeFd (s : State) (p fd : Nat) : State :=
  let f := s.ofile p fd
  let s₁ := { s with
    ofile := upd2 s.ofile p fd 0
    nrFds := upd s.nrFds p (s.nrFds p - 1)
    fileRefcnt := upd s.fileRefcnt f (s.fileRefcnt f - 1) }
  if s₁.fileRefcnt f = 0 then blankFile s₁ f else s₁

/-- Make the unused open-file slot `f` a file of type `kind`, opened at descriptor `fd` of the caller. -/
def create (s : State) (fd f kind value omode : Nat) : Nat × State :=
  if fileType kind = .none then (EINVAL, s)
  else if ¬ isFd fd then (EBADF, s)
  else if s.ofile s.current fd ≠ 0 then (EINVAL, s)
  else if ¬ isFn f then (EINVAL, s)
  else if s.fileRefcnt f ≠ 0 then (EINVAL, s)
  else
    let s₁ := { s with
      fileType := upd s.fileType f (fileType kind)
      fileValue := upd s.fileValue f value
      fileOmode := upd s.fileOmode f omode
      fileOffset := upd s.fileOffset f 0 }
    (0, installFd s₁ s.current fd f)

/-- Close descriptor `fd` of `p`, which is the caller or a zombie. -/
def close (s : State) (p fd : Nat) : Nat × State :=
  if ¬ isPid p then (ESRCH, s)
  else if ¬ isFd fd then (EBADF, s)
  else if p ≠ s.current ∧ s.state p ≠ .zombie then (EACCES, s)
  else if s.ofile p fd = 0 then (EBADF, s)
  else (0, removeFd s p fd)

/-- May the caller copy its descriptor `oldfd` to `newfd` of `p`? -/
def checkDup (s : State) (oldfd p newfd : Nat) : Nat :=
  if ¬ isPid p then ESRCH
  else if ¬ mayActOn s p then EACCES
  else if ¬ isOpenFd s s.current oldfd then EBADF
  else if ¬ isFd newfd then EBADF
  else 0

/-- Copy the caller's descriptor `oldfd` to the empty slot `newfd` of `p`. -/
def dup (s : State) (oldfd p newfd : Nat) : Nat × State :=
  let e := checkDup s oldfd p newfd
  if e ≠ 0 then (e, s)
  else if s.ofile p newfd ≠ 0 then (EINVAL, s)
  else (0, installFd s p newfd (s.ofile s.current oldfd))

/-- Copy the caller's descriptor `oldfd` to the slot `newfd` of `p`, and close what was there. Copying a descriptor to
itself changes nothing. -/
def dup2 (s : State) (oldfd p newfd : Nat) : Nat × State :=
  let e := checkDup s oldfd p newfd
  let s₁ := if s.ofile p newfd ≠ 0 then removeFd s p newfd else s
  if e ≠ 0 then (e, s)
  else if p = s.current ∧ oldfd = newfd then (0, s)
  else (0, installFd s₁ p newfd (s.ofile s.current oldfd))

/-- Set the offset of the file at the caller's descriptor `fd`. -/
def lseek (s : State) (fd offset : Nat) : Nat × State :=
  let f := s.ofile s.current fd
  if ¬ isFd fd then (EBADF, s)
  else if f = 0 then (EINVAL, s)
  else if s.fileType f ≠ .inode then (EINVAL, s)
  else if 0x7fffffffffffffff < offset then (EINVAL, s)
  else (0, { s with fileOffset := upd s.fileOffset f offset })

end Lv6.Spec
