module
public import Lv6.Spec.Page
/-!
# Page-table entries: the one place that writes them

A table is an ordinary page whose type says its level. Each change of an entry asks for a flush of the cached
translations of the process that owns the table.

A check returns 0 or the error number.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- May the current process put a new entry at `table[i]` of `p`, a table of type `t`? -/
def checkMap (s : State) (p table i : Nat) (perm : Word) (t : PageType) : Nat :=
  if ¬ isPid p then ESRCH
  else if ¬ mayActOn s p then EACCES
  else if ¬ isPageOf s table t then EINVAL
  else if s.pageOwner table ≠ p then EACCES
  else if ¬ isIndex i then EINVAL
  else if ¬ isPerm perm then EINVAL
  else if (s.word table i).present = true then EINVAL
  else 0

/-- Write an entry into a table of `p` and ask for a flush of its translations. -/
def setEntry (s : State) (p table i : Nat) (e : Word) : State :=
  { s with word := upd2 s.word table i e, flushTlb := upd s.flushTlb p 1 }

/-- Map the page frame `pfn` at `table[i]` of `p`. -/
def mapPage (s : State) (p table i pfn : Nat) (perm : Word) (t : PageType) : Nat × State :=
  let e := checkMap s p table i perm t
  if e ≠ 0 then (e, s)
  else (0, setEntry s p table i (makeEntry pfn perm))

/-- Give the free page `q` to `p` as a page of type `child`, and map it at `table[i]`, a table of type `parent`. -/
def allocMapped (s : State) (p table i q : Nat) (perm : Word) (parent child : PageType) : Nat × State :=
  let e := checkMap s p table i perm parent
  if ¬ isFree s q then (EINVAL, s)
  else if e ≠ 0 then (e, s)
  else (0, setEntry (allocPage s p child q) p table i (makeEntry (s.base + q) perm))

/-- Is `table[i]` an entry of the current process that maps its page `q`? -/
def checkMapped (s : State) (table i q : Nat) (parent child : PageType) : Nat :=
  if ¬ isPageOf s table parent then EINVAL
  else if s.pageOwner table ≠ s.current then EACCES
  else if ¬ isIndex i then EINVAL
  else if ¬ isPageOf s q child then EINVAL
  else if s.pageOwner q ≠ s.current then EACCES
  else if (s.word table i).present = false then EINVAL
  else if (s.word table i).pfn ≠ s.base + q then EINVAL
  else 0

/-- Clear `table[i]` and free the page `q` that it maps. A freed table need not be empty: what it maps stays
with its owner, out of reach until the owner is a zombie. -/
def freeMapped (s : State) (table i q : Nat) (parent child : PageType) : Nat × State :=
  let e := checkMapped s table i q parent child
  if e ≠ 0 then (e, s)
  else (0, freePage (setEntry s s.current table i 0#64) q)

end Lv6.Spec
