module
public import Lv6.Spec.State
/-!
# The ready list

A ring through the process table of exactly the runnable and running processes. It always contains the current process,
so it needs no anchor and is never empty.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Insert `p` before the current process: at the ring's tail, seen from there. -/
def readyAdd (s : State) (p : Nat) : State :=
  { s with
    next := upd (upd s.next (s.prev s.current) p) p s.current
    prev := upd (upd s.prev s.current p) p (s.prev s.current) }

/-- Take `p` out of the ring. -/
def readyDel (s : State) (p : Nat) : State :=
  { s with
    next := upd (upd s.next (s.prev p) (s.next p)) p 0
    prev := upd (upd s.prev (s.next p) (s.prev p)) p 0 }

end Lv6.Spec
