module
public import Lv6.Spec.Proc
public import Lv6.Spec.Interrupt
/-!
# What happens to the running process without its asking
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Give the processor to the next process on the ready list; EAGAIN if there is no other. -/
def switchNext (s : State) : Nat × State :=
  if s.next s.current = s.current then (EAGAIN, s)
  else (0, switchTo s (s.next s.current))

/-- The running process did what it must not: it dies, and the next one runs. EAGAIN if no other can run: then nothing is
left to do, and the machine stops. -/
def fault (s : State) : Nat × State :=
  switchNext { s with killed := upd s.killed s.current 1 }

/-- The running process has used up its time: the next one runs. EAGAIN, and no change, if there is no other. -/
def preempt (s : State) : Nat × State :=
  switchNext s

/-- Wake the sleeping process `p` with a message from nobody: the number `val` alone. -/
def wake (s : State) (p val : Nat) : State :=
  readyAdd { s with
    ipcFrom := upd s.ipcFrom p 0
    ipcVal := upd s.ipcVal p val
    ipcSize := upd s.ipcSize p 0
    state := upd s.state p .runnable } p

/-- An interrupt has arrived at the vector `v`: its owner's record says so, and an owner that sleeps wakes up. EINVAL, and
no change, if no process owns the vector. -/
def extintr (s : State) (v : Nat) : Nat × State :=
  let p := s.vectorOwner v
  let word := s.intr p (v / 64)
  let s₁ := { s with intr := upd2 s.intr p (v / 64) (word ||| (1#64 <<< (v % 64))) }
  if ¬ isVector v then (EINVAL, s)
  else if ¬ isPid p then (EINVAL, s)
  else if s₁.state p = .sleeping then (0, wake s₁ p v)
  else (0, s₁)

end Lv6.Spec
