module
public import Lv6.Spec.Proc
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

end Lv6.Spec
