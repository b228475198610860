module
public import Lv6.Spec.Vm
public import Lv6.Spec.Proc
/-!
# From a system-call number to its handler
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- The calls on processes and virtual memory: call `nr` with the caller's registers as arguments. ENOSYS if there is no such
call. -/
def dispatchProcesses (s : State) (nr : Nat) (a b c d e : Word) : Nat × State :=
  match nr with
  | 3 => mapPageDesc s a.toNat b.toNat c.toNat d.toNat e
  | 4 => mapPml4 s a.toNat b.toNat c
  | 5 => mapProc s a.toNat b.toNat c.toNat d.toNat e
  | 6 => mapDev s a.toNat b.toNat c.toNat d.toNat e
  | 7 => mapFile s a.toNat b.toNat c.toNat d.toNat e
  | 10 => clone s a.toNat b.toNat c.toNat d.toNat
  | 11 => setProcName s a b
  | 12 => setRunnable s a.toNat
  | 13 => switch s a.toNat
  | 14 => kill s a.toNat
  | 16 => reap s a.toNat
  | 17 => reparent s a.toNat
  | 20 => allocPdpt s a.toNat b.toNat c.toNat d.toNat e
  | 21 => allocPd s a.toNat b.toNat c.toNat d.toNat e
  | 22 => allocPt s a.toNat b.toNat c.toNat d.toNat e
  | 23 => allocFrame s a.toNat b.toNat c.toNat d.toNat e
  | 24 => copyFrame s a.toNat b.toNat c.toNat
  | 25 => protectFrame s a.toNat b.toNat c.toNat d
  | 26 => freePdpt s a.toNat b.toNat c.toNat
  | 27 => freePd s a.toNat b.toNat c.toNat
  | 28 => freePt s a.toNat b.toNat c.toNat
  | 29 => freeFrame s a.toNat b.toNat c.toNat
  | 30 => reclaimPage s a.toNat
  | _ => (ENOSYS, s)

end Lv6.Spec
