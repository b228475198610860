module
public import Lv6.Spec.PageTable
/-!
# System calls on virtual memory

A process builds its own page tables: it names the free page to use, the table and the slot, for itself or for an
embryo that it is building. The kernel only checks.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Map the `n`-th page of a kernel table that starts `first` frames after the base and is `len` frames long. -/
def mapTable (s : State) (p pt i n : Nat) (perm : Word) (first len : Nat) : Nat × State :=
  if len ≤ n then (EINVAL, s)
  else if perm.writable = true then (EACCES, s)
  else mapPage s p pt i (s.base + first + n) perm .x86Pt

/-- Map a page of the page descriptors. -/
def mapPageDesc (s : State) (p pt i n : Nat) (perm : Word) : Nat × State := mapTable s p pt i n perm 8704 64
/-- Map a page of the process table. -/
def mapProc (s : State) (p pt i n : Nat) (perm : Word) : Nat × State := mapTable s p pt i n perm 8768 6
/-- Map a page of the PCI device table. -/
def mapDev (s : State) (p pt i n : Nat) (perm : Word) : Nat × State := mapTable s p pt i n perm 8776 2
/-- Map a page of the file table. -/
def mapFile (s : State) (p pt i n : Nat) (perm : Word) : Nat × State := mapTable s p pt i n perm 8774 2

/-- Map the root table of `p` into itself, read-only, so that the process can read its own page tables. -/
def mapPml4 (s : State) (p i : Nat) (perm : Word) : Nat × State :=
  let e := checkMap s p (s.root p) i perm .x86Pml4
  if ¬ isPid p then (ESRCH, s)
  else if perm.writable = true then (EACCES, s)
  else if e ≠ 0 then (e, s)
  else (0, setEntry s p (s.root p) i (makeEntry (s.base + s.root p) perm))

/-- Give `p` the free page `q` as a level-3 table. -/
def allocPdpt (s : State) (p table i q : Nat) (perm : Word) : Nat × State :=
  allocMapped s p table i q perm .x86Pml4 .x86Pdpt
/-- Give `p` the free page `q` as a level-2 table. -/
def allocPd (s : State) (p table i q : Nat) (perm : Word) : Nat × State :=
  allocMapped s p table i q perm .x86Pdpt .x86Pd
/-- Give `p` the free page `q` as a level-1 table. -/
def allocPt (s : State) (p table i q : Nat) (perm : Word) : Nat × State :=
  allocMapped s p table i q perm .x86Pd .x86Pt
/-- Give `p` the free page `q` as memory. -/
def allocFrame (s : State) (p table i q : Nat) (perm : Word) : Nat × State :=
  allocMapped s p table i q perm .x86Pt .frame

/-- Copy the caller's frame `src` to the frame `dst` of `p`. -/
def copyFrame (s : State) (src p dst : Nat) : Nat × State :=
  if ¬ isPageOf s src .frame then (EINVAL, s)
  else if s.pageOwner src ≠ s.current then (EACCES, s)
  else if ¬ isPid p then (ESRCH, s)
  else if ¬ isPageOf s dst .frame then (EINVAL, s)
  else if s.pageOwner dst ≠ p then (EACCES, s)
  else if ¬ mayActOn s p then (EACCES, s)
  else (0, copyPage s src dst)

/-- Change the permissions of the caller's frame `q`, mapped at `pt[i]`. -/
def protectFrame (s : State) (pt i q : Nat) (perm : Word) : Nat × State :=
  let e := checkMapped s pt i q .x86Pt .frame
  if e ≠ 0 then (e, s)
  else if ¬ isPerm perm then (EINVAL, s)
  else (0, setEntry s s.current pt i (makeEntry (s.base + q) perm))

/-- Free the caller's level-3 table `q`. -/
def freePdpt (s : State) (table i q : Nat) : Nat × State := freeMapped s table i q .x86Pml4 .x86Pdpt
/-- Free the caller's level-2 table `q`. -/
def freePd (s : State) (table i q : Nat) : Nat × State := freeMapped s table i q .x86Pdpt .x86Pd
/-- Free the caller's level-1 table `q`. -/
def freePt (s : State) (table i q : Nat) : Nat × State := freeMapped s table i q .x86Pd .x86Pt
/-- Free the caller's frame `q`. -/
def freeFrame (s : State) (table i q : Nat) : Nat × State := freeMapped s table i q .x86Pt .frame

/-- Free a page of a zombie. Any process may call it, but not while the zombie still has a device, which may write to
its pages. -/
def reclaimPage (s : State) (q : Nat) : Nat × State :=
  if ¬ isPn q then (EINVAL, s)
  else if s.pageType q = .free then (EINVAL, s)
  else if s.state (s.pageOwner q) ≠ .zombie then (EACCES, s)
  else if s.nrDevs (s.pageOwner q) ≠ 0 then (EBUSY, s)
  else (0, freePage s q)

end Lv6.Spec
