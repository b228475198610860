module
public import Lv6.Spec.State
/-!
# Pages: giving them out and taking them back

The free pages form a ring that starts and ends at page 0, which is never given out.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Insert `q` into the ring of free pages, after page 0: the page freed last is found first. -/
def freeAdd (s : State) (q : Nat) : State :=
  { s with
    freeNext := upd (upd s.freeNext 0 q) q (s.freeNext 0)
    freePrev := upd (upd s.freePrev (s.freeNext 0) q) q 0 }

/-- Take `q` out of the ring of free pages. -/
def freeDel (s : State) (q : Nat) : State :=
  { s with
    freeNext := upd (upd s.freeNext (s.freePrev q) (s.freeNext q)) q 0
    freePrev := upd (upd s.freePrev (s.freeNext q) (s.freePrev q)) q 0 }

/-- Give the free page `q` to `p`, filled with zeros: nobody sees what was there before. -/
def allocPage (s : State) (p : Nat) (t : PageType) (q : Nat) : State :=
  { freeDel s q with
    pageType := upd s.pageType q t
    pageOwner := upd s.pageOwner q p
    nrPages := upd s.nrPages p (s.nrPages p + 1)
    word := upd s.word q fun _ => 0#64 }

/-- Take the page `q` from its owner and put it on the free list. -/
def freePage (s : State) (q : Nat) : State :=
  let p := s.pageOwner q
  { freeAdd s q with
    pageType := upd s.pageType q .free
    pageOwner := upd s.pageOwner q 0
    nrPages := upd s.nrPages p (s.nrPages p - 1) }

/-- Copy the whole page `src` to the page `dst`. -/
def copyPage (s : State) (src dst : Nat) : State :=
  { s with word := upd s.word dst (s.word src) }

end Lv6.Spec
