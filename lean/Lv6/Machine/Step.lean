module
public import Lv6.Machine.Call
public import Lv6.Machine.Device
public import Lv6.Spec.Boot
public import Lv6.Spec.Scan
/-!
# The steps of the machine

Everything that can happen, one step at a time: what the processor does for a process that runs, with what it remembers; what
the kernel does when a process makes a call, does wrong, has used up its time, or an interrupt arrives; what the glue does
between the two.

Assumed of the hardware, and of the glue that sets it up: the processor checks each access of user code against an entry that
it remembers or against the tables that begin at the root of the current process; it remembers, under the process's number,
only what it has read there while the process ran; it forgets all of that when it is told so at an entry. A device reaches
memory only through the units, with what they remember, or by a walk that begins where its context entry says; they forget
when they are told so. Where there are no units, no device is told to use memory by itself.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- The registers of the process that was current in `s` are put away: `s''` is `s'`, but for words of the two pages that the
kernel keeps for them. -/
def Saved (s s' s'' : State) : Prop :=
  (∃ word, s'' = { s' with word := word }) ∧
    ∀ q, q ≠ s.stack s.current → q ≠ s.hvm s.current → s''.word q = s'.word q

/-- The requests of a call have been carried out, except flushes of the processor's own translations, which wait until the
process runs. -/
def requestsDone (s : State) : State :=
  { s with flushIotlb := 0, contextRequest := 0, intremapRequest := 0, ioBitmapRequest := 0 }

/-- One step of the machine. -/
inductive Step (m : Machine) : Machine → Prop where
  /-- The current process runs. -/
  | user (hm : m.mode = .user) {m' : Machine} (h : UserStep m m') : Step m m'
  /-- The processor forgets something. -/
  | forget {cache : Cache} (h : m.cache.Forgets cache) : Step m { m with cache := cache }
  /-- The process is stopped: by a call, an interrupt, or something that it must not do. Its registers are put away. -/
  | leave (hm : m.mode = .user) {s' : State} (h : Saved m.kernel m.kernel s') :
      Step m { m with mode := .kernel, kernel := s' }
  /-- The kernel looks at the registers of the current process, and may change them. -/
  | registers (hm : m.mode = .kernel) {s' : State} (h : Saved m.kernel m.kernel s') : Step m { m with kernel := s' }
  /-- The kernel answers a system call, with any number and any arguments. The result goes to the caller's registers, also if
  the processor goes to somebody else. -/
  | call (hm : m.mode = .kernel) {s' s'' : State} (h : Called m.kernel s') (hs : Saved m.kernel s' s'') :
      Step m { m with mode := .asked, kernel := s'' }
  /-- What the call requested is carried out: context entries are made again, and if a flush is requested, the units forget
  everything. -/
  | carryOut (hm : m.mode = .asked) {context : Nat → Option Nat} {c : DeviceCache} (hc : Reprogrammed m context)
      (hf : m.remembered.Forgets c) (he : m.kernel.flushIotlb ≠ 0 → ∀ d a l n, ¬ c d a l n) :
      Step m
        { m with kernel := requestsDone m.kernel, mode := .kernel, context := context, remembered := c }
  /-- The process's time is used up. -/
  | preempt (hm : m.mode = .kernel) {s' : State} (hs : Saved m.kernel (preempt m.kernel).2 s') :
      Step m { m with kernel := s' }
  /-- It has done what it must not. -/
  | fault (hm : m.mode = .kernel) {s' : State} (hs : Saved m.kernel (fault m.kernel).2 s') :
      Step m { m with kernel := s' }
  /-- An interrupt has arrived at the vector `v`. -/
  | extintr (hm : m.mode = .kernel) (v : Nat) : Step m { m with kernel := (extintr m.kernel v).2 }
  /-- The glue writes to a frame of the current process: the loader, which fills init's memory, and the debugging calls. -/
  | fill (hm : m.mode = .kernel) (q i : Nat) (v : Word) (hq : q < 8192) (ho : m.kernel.pageOwner q = m.kernel.current)
      (ht : m.kernel.pageType q = .frame) : Step m { m with kernel := { m.kernel with word := upd2 m.kernel.word q i v } }
  /-- The current process gets the processor. If a flush is requested, everything that is remembered for it goes first. -/
  | enter (hm : m.mode = .kernel) {cache : Cache} (hf : m.cache.Forgets cache)
      (he : m.kernel.flushTlb m.kernel.current ≠ 0 → ∀ va l n w, ¬ cache m.kernel.current va l n w) :
      Step m
        { m with kernel := { m.kernel with flushTlb := upd m.kernel.flushTlb m.kernel.current 0 }, mode := .user, cache := cache }

  /-- A device reads or writes memory, or a unit does something for it, at any time. -/
  | device {m' : Machine} (h : DeviceStep m m') : Step m m'

/-- The machines that can come about from a start. -/
inductive ReachableFrom (start : Machine → Prop) : Machine → Prop where
  | start {m : Machine} (h : start m) : ReachableFrom start m
  | step {m m' : Machine} (h : ReachableFrom start m) (hs : Step m m') : ReachableFrom start m'

/-- How the machine starts when the kernel's tables lie at page frame `base`, whatever the boot scan has found. Nothing is known
of what the processor remembers. The units remember nothing, and have empty tables. -/
def Starts (base : Nat) (m : Machine) : Prop :=
  (∃ scan, m.kernel = (bootDevices (initial base) scan).2) ∧ m.mode = .kernel ∧ (∀ d, m.context d = none) ∧ ∀ d a l n, ¬ m.remembered d a l n

/-- The machines that can come about when the kernel's tables lie at page frame `base`. -/
abbrev Reachable (base : Nat) : Machine → Prop := ReachableFrom (Starts base)

end Lv6.Spec
