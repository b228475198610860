module
public import Lv6.Spec.Fd
public import Lv6.Spec.Interrupt
public import Lv6.Spec.Iommu
public import Lv6.Spec.Ipc
public import Lv6.Spec.Port
public import Lv6.Spec.Proc
public import Lv6.Spec.Vm
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

/-- The calls on file descriptors. -/
def dispatchFiles (s : State) (nr : Nat) (a b c d e : Word) : Nat × State :=
  match nr with
  | 34 => create s a.toNat b.toNat c.toNat d.toNat e.toNat
  | 35 => close s a.toNat b.toNat
  | 36 => dup s a.toNat b.toNat c.toNat
  | 37 => dup2 s a.toNat b.toNat c.toNat
  | 38 => lseek s a.toNat b.toNat
  | _ => (ENOSYS, s)

/-- The calls on messages. -/
def dispatchIpc (s : State) (nr : Nat) (a b c d e f : Word) : Nat × State :=
  match nr with
  | 40 => send s a.toNat b.toNat c.toNat d.toNat e.toNat
  | 41 => recv s a.toNat b.toNat c.toNat
  | 42 => replyWait s a.toNat b.toNat c.toNat d.toNat e.toNat f.toNat
  | 43 => call s a.toNat b.toNat c.toNat d.toNat e.toNat f.toNat
  | _ => (ENOSYS, s)

/-- The calls on devices, and the memory that they may reach. -/
def dispatchIommu (s : State) (nr : Nat) (a b c d : Word) : Nat × State :=
  match nr with
  | 46 => mapPcipage s a.toNat b.toNat c.toNat d
  | 47 => allocIommuRoot s a.toNat b.toNat
  | 48 => allocIommuPdpt s a.toNat b.toNat c.toNat d
  | 49 => allocIommuPd s a.toNat b.toNat c.toNat d
  | 50 => allocIommuPt s a.toNat b.toNat c.toNat d
  | 51 => allocIommuFrame s a.toNat b.toNat c.toNat d
  | 52 => mapIommuFrame s a.toNat b.toNat c.toNat d
  | 53 => reclaimIommuFrame s a.toNat
  | 54 => reclaimIommuRoot s a.toNat
  | _ => (ENOSYS, s)

/-- The calls on interrupt vectors and routes. -/
def dispatchInterrupts (s : State) (nr : Nat) (a b c : Word) : Nat × State :=
  match nr with
  | 55 => allocVector s a.toNat
  | 56 => reclaimVector s a.toNat
  | 57 => allocIntremap s a.toNat b.toNat c.toNat
  | 58 => reclaimIntremap s a.toNat
  | 59 => ackIntr s a.toNat
  | _ => (ENOSYS, s)

/-- The calls on I/O ports. -/
def dispatchPorts (s : State) (nr : Nat) (a b c : Word) : Nat × State :=
  match nr with
  | 70 => allocIoBitmap s a.toNat b.toNat c.toNat
  | 71 => allocPort s a.toNat
  | 72 => reclaimPort s a.toNat
  | _ => (ENOSYS, s)

/-- The system call `nr`, with the caller's registers as arguments. ENOSYS if there is no such call. -/
def dispatch (s : State) (nr : Nat) (a b c d e f : Word) : Nat × State :=
  if nr ≤ 30 then dispatchProcesses s nr a b c d e
  else if nr ≤ 38 then dispatchFiles s nr a b c d e
  else if nr ≤ 43 then dispatchIpc s nr a b c d e f
  else if nr ≤ 54 then dispatchIommu s nr a b c d
  else if nr ≤ 59 then dispatchInterrupts s nr a b c
  else dispatchPorts s nr a b c

end Lv6.Spec
