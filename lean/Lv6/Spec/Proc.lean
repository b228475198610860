module
public import Lv6.Spec.Page
public import Lv6.Spec.Ready
/-!
# System calls on processes
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Set every field of a slot to 0 that is not a counter, a descriptor or a ready-list link. -/
def blank (s : State) (p : Nat) : State :=
  { s with
    state := upd s.state p .unused
    ppid := upd s.ppid p 0
    root := upd s.root p 0
    stack := upd s.stack p 0
    hvm := upd s.hvm p 0
    ioBitmapA := upd s.ioBitmapA p 0
    ioBitmapB := upd s.ioBitmapB p 0
    killed := upd s.killed p 0
    useIoBitmap := upd s.useIoBitmap p 0
    ipcFrom := upd s.ipcFrom p 0
    ipcVal := upd s.ipcVal p 0
    ipcPage := upd s.ipcPage p 0
    ipcSize := upd s.ipcSize p 0
    ipcFd := upd s.ipcFd p 0
    intr := upd s.intr p fun _ => 0#64
    name := upd s.name p fun _ => 0#64 }

/-- Whether the slot `p` is one that a new process can have. -/
def isUnused (s : State) (p : Nat) : Prop := isPid p ∧ s.state p = .unused
instance (s : State) (p : Nat) : Decidable (isUnused s p) := inferInstanceAs (Decidable (_ ∧ _))

/-- What a new process gets: three pages of its own, two of them copies of its parent's. -/
def clonePages (s : State) (p pml4 stack hvm : Nat) : State :=
  let s₁ := allocPage (blank s p) p .x86Pml4 pml4
  let s₂ := allocPage s₁ p .procData stack
  let s₃ := allocPage s₂ p .procData hvm
  let s₄ := copyPage s₃ (s₃.stack s.current) stack
  copyPage s₄ (s₄.hvm s.current) hvm

/-- Make the slot `p` an embryo child of the caller, with the caller's registers and an empty address space. A flush is
requested: translations of the slot's former holder may still be cached. -/
def clone (s : State) (p pml4 stack hvm : Nat) : Nat × State :=
  if ¬ isUnused s p then (ENOMEM, s)
  else if ¬ isFree s pml4 then (ENOMEM, s)
  else if ¬ isFree s stack then (ENOMEM, s)
  else if ¬ isFree s hvm then (ENOMEM, s)
  else if pml4 = stack ∨ pml4 = hvm ∨ stack = hvm then (EINVAL, s)
  else
    let s₁ := clonePages s p pml4 stack hvm
    (0, { s₁ with
      root := upd s₁.root p pml4
      stack := upd s₁.stack p stack
      hvm := upd s₁.hvm p hvm
      ppid := upd s₁.ppid p s.current
      state := upd s₁.state p .embryo
      nrChildren := upd s₁.nrChildren s.current (s₁.nrChildren s.current + 1)
      flushTlb := upd s₁.flushTlb p 1 })

/-- Name the caller, for people who read the process table. Always succeeds. -/
def setProcName (s : State) (name0 name1 : Word) : Nat × State :=
  (0, { s with name := upd2 (upd2 s.name s.current 0 name0) s.current 1 name1 })

/-- Put the caller's embryo child `p` on the ready list. -/
def setRunnable (s : State) (p : Nat) : Nat × State :=
  if ¬ isPid p then (ESRCH, s)
  else if s.ppid p ≠ s.current then (EACCES, s)
  else if s.state p ≠ .embryo then (EINVAL, s)
  else (0, readyAdd { s with state := upd s.state p .runnable } p)

/-- Take the processor from the current process: it dies if it was killed, and is runnable otherwise. -/
def leave (s : State) : State :=
  if s.killed s.current ≠ 0 then readyDel { s with state := upd s.state s.current .zombie } s.current
  else { s with state := upd s.state s.current .runnable }

/-- Give the processor to `p`, which must be runnable. -/
def switchTo (s : State) (p : Nat) : State :=
  { leave s with state := upd (leave s).state p .running, current := p }

/-- Give the processor to the runnable process `p`. -/
def switch (s : State) (p : Nat) : Nat × State :=
  if ¬ isPid p then (ESRCH, s)
  else if s.state p ≠ .runnable then (EINVAL, s)
  else (0, switchTo s p)

/-- Whether the current process may kill `p`: it is itself, its parent, or init. -/
def mayKill (s : State) (p : Nat) : Prop := p = s.current ∨ s.ppid p = s.current ∨ s.current = initPid
instance (s : State) (p : Nat) : Decidable (mayKill s p) := inferInstanceAs (Decidable (_ ∨ _))

/-- Kill `p`: at once if it does not run, otherwise when it next gives the processor up. -/
def kill (s : State) (p : Nat) : Nat × State :=
  let s₁ := { s with killed := upd s.killed p 1 }
  let s₂ := { s₁ with state := upd s.state p .zombie }
  if ¬ isPid p then (ESRCH, s)
  else if s.state p = .unused ∨ s.state p = .zombie then (EINVAL, s)
  else if ¬ mayKill s p then (EACCES, s)
  else if s.state p = .running then (0, s₁)
  else if s.state p = .runnable then (0, readyDel s₂ p)
  else (0, s₂)

/-- Whether `p` owns nothing any more. -/
def ownsNothing (s : State) (p : Nat) : Prop :=
  s.nrDevs p = 0 ∧ s.nrChildren p = 0 ∧ s.nrFds p = 0 ∧ s.nrPages p = 0 ∧ s.nrDmapages p = 0 ∧ s.nrPorts p = 0 ∧
    s.nrVectors p = 0 ∧ s.nrIntremaps p = 0
instance (s : State) (p : Nat) : Decidable (ownsNothing s p) := inferInstanceAs (Decidable (_ ∧ _))

/-- Free the slot of the caller's zombie child `p`. -/
def reap (s : State) (p : Nat) : Nat × State :=
  if ¬ isPid p then (ESRCH, s)
  else if s.ppid p ≠ s.current then (EACCES, s)
  else if s.state p ≠ .zombie then (EINVAL, s)
  else if ¬ ownsNothing s p then (ETXTBSY, s)
  else (0, blank { s with nrChildren := upd s.nrChildren s.current (s.nrChildren s.current - 1) } p)

/-- Whether init can adopt: it is runnable or running. -/
def initIsReady (s : State) : Prop := s.state initPid = .runnable ∨ s.state initPid = .running
instance (s : State) : Decidable (initIsReady s) := inferInstanceAs (Decidable (_ ∨ _))

/-- Make init the parent of `p`, whose parent is a zombie. Any process may call it. -/
def reparent (s : State) (p : Nat) : Nat × State :=
  let old := s.ppid p
  let down := upd s.nrChildren old (s.nrChildren old - 1)
  if ¬ isPid p then (ESRCH, s)
  else if s.state old ≠ .zombie then (EINVAL, s)
  else if ¬ initIsReady s then (EINVAL, s)
  else (0, { s with nrChildren := upd down initPid (down initPid + 1), ppid := upd s.ppid p initPid })

end Lv6.Spec
