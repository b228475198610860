module
public import Lv6.Spec.Layout
public import Lv6.Spec.Proc
/-!
# Integrity: what a process may change

The kernel acts for one process at a time, the current one. `Integrity s s'` lists everything that a step from `s` to `s'`
may have done for it: each clause is about one kind of object, says that the object is as it was, and then names the
exceptions. What is not an exception cannot happen, whatever the process asks for.

Nothing is said of the links of the two lists, which show no more than who is on them, nor of the requests to the glue, which
carry no data: what they make the hardware do is made again from the tables here. What must be requested is the subject of
`Changes.lean`.
-/
set_option compiler.extract_closed false
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-! ## The exceptions -/

/-- The step makes the process `r`, an embryo and a child of the current process, and requests that nothing be remembered for
the slot's former holder. -/
def Born (s s' : State) (r : Nat) : Prop :=
  s.state r = .unused ∧ s'.state r = .embryo ∧ s'.ppid r = s.current ∧ s'.flushTlb r = 1

/-- The step frees the slot of `r`, a dead child of the current process that owns nothing any more. -/
def Reaped (s s' : State) (r : Nat) : Prop :=
  s.state r = .zombie ∧ s'.state r = .unused ∧ s.ppid r = s.current ∧ ownsNothing s r

/-- The step hands `r`, which slept to wait for anyone or for the current process, a message of that, and wakes it. -/
def Receives (s s' : State) (r : Nat) : Prop :=
  s.state r = .sleeping ∧ (s.ipcFrom r = 0 ∨ s.ipcFrom r = s.current) ∧
    (s'.state r = .runnable ∨ s'.state r = .running) ∧ s'.ipcFrom r = s.current

/-- The page `q` was free and now belongs to the current process or to an embryo that it makes or builds. -/
def PageTaken (s s' : State) (q : Nat) : Prop :=
  isFree s q ∧ (mayActOn s (s'.pageOwner q) ∨ Born s s' (s'.pageOwner q))

/-- The page `q`, mapped memory or a page table below the root, was the current process's and is free now. -/
def PageFreed (s s' : State) (q : Nat) : Prop :=
  s.pageOwner q = s.current ∧ (∃ l, l < 4 ∧ (s.pageType q).level = some l) ∧ isFree s' q

/-- The page `q` was that of a dead process without devices and is free now. -/
def PageReclaimed (s s' : State) (q : Nat) : Prop :=
  s.state (s.pageOwner q) = .zombie ∧ s.nrDevs (s.pageOwner q) = 0 ∧ isFree s' q

/-- An object whose owner was `old` has the owner `new`: nobody's, it was taken by the current process; or a dead
process's, it became nobody's. -/
def Handed (s : State) (old new : Nat) : Prop := old = 0 ∧ new = s.current ∨ s.state old = .zombie ∧ new = 0

/-- One of the descriptors that hold the file `f`, before the step or after it, was opened or closed in the step. -/
def FdChanged (s s' : State) (f : Nat) : Prop :=
  ∃ r fd, s'.ofile r fd ≠ s.ofile r fd ∧ (s.ofile r fd = f ∨ s'.ofile r fd = f)

/-- The open-file slot `f` is not in use, before the step or after it. -/
def FileUnused (s s' : State) (f : Nat) : Prop := s.fileRefcnt f = 0 ∨ s'.fileRefcnt f = 0

/-! ## What is unchanged -/

/-- What the kernel keeps about `r` that only its holder, or whoever builds it, sets. -/
def SameRecord (s s' : State) (r : Nat) : Prop :=
  s'.root r = s.root r ∧ s'.stack r = s.stack r ∧ s'.hvm r = s.hvm r ∧ s'.ioBitmapA r = s.ioBitmapA r ∧
    s'.ioBitmapB r = s.ioBitmapB r ∧ s'.useIoBitmap r = s.useIoBitmap r ∧ s'.ipcPage r = s.ipcPage r ∧
    s'.ipcFd r = s.ipcFd r ∧ s'.intr r = s.intr r ∧ s'.name r = s.name r

/-- The message that `r` has received. -/
def SameMessage (s s' : State) (r : Nat) : Prop :=
  s'.ipcFrom r = s.ipcFrom r ∧ s'.ipcVal r = s.ipcVal r ∧ s'.ipcSize r = s.ipcSize r

/-- How much `r` owns, but for children and descriptors. -/
def SameCounts (s s' : State) (r : Nat) : Prop :=
  s'.nrPages r = s.nrPages r ∧ s'.nrDmapages r = s.nrDmapages r ∧ s'.nrDevs r = s.nrDevs r ∧ s'.nrPorts r = s.nrPorts r ∧
    s'.nrVectors r = s.nrVectors r ∧ s'.nrIntremaps r = s.nrIntremaps r

/-- What the file `f` is. -/
def SameFile (s s' : State) (f : Nat) : Prop :=
  s'.fileType f = s.fileType f ∧ s'.fileValue f = s.fileValue f ∧ s'.fileOmode f = s.fileOmode f

/-- Where the interrupt-remapping entry `i` leads. -/
def SameRoute (s s' : State) (i : Nat) : Prop :=
  s'.intremapActive i = s.intremapActive i ∧ s'.intremapDev i = s.intremapDev i ∧ s'.intremapVector i = s.intremapVector i

/-- What no call ever changes: where things lie, and which devices there are. -/
def SameMachine (s s' : State) : Prop :=
  s'.base = s.base ∧ s'.pciPresent = s.pciPresent ∧ s'.pciPageDev = s.pciPageDev ∧ s'.pciPageValid = s.pciPageValid ∧
    s'.pciPageConfig = s.pciPageConfig

/-- Shows that something is as it was. -/
macro "unchanged" : tactic => `(tactic| (intros; first
  | exact .inl rfl | exact .inl ⟨rfl, rfl⟩ | exact .inl ⟨rfl, rfl, rfl⟩ | exact .inl ⟨rfl, rfl, rfl, rfl, rfl, rfl⟩
  | exact .inl ⟨rfl, rfl, rfl, rfl, rfl, rfl, rfl, rfl, rfl, rfl⟩ | exact ⟨rfl, rfl, rfl, rfl, rfl⟩))

/-! ## The statement -/

/-- **Integrity.** All that the step from `s` to `s'` can have changed, as seen by the process that was current in `s`.
"May act on" means: is this process, or an embryo that it is building. -/
structure Integrity (s s' : State) : Prop where
  /-- A word of a page changes only if the page's owner is one that the process may act on, or the page is taken, or it is
  the page that a receiver has named for the message that it gets. -/
  word : ∀ q i, s'.word q i = s.word q i ∨ mayActOn s (s.pageOwner q) ∨ PageTaken s s' q ∨
    Receives s s' (s.pageOwner q) ∧ s.ipcPage (s.pageOwner q) = q := by unchanged
  /-- A page changes hands or use only if it was free and is taken, was the process's own and is freed, or was a dead
  process's and is reclaimed. -/
  page : ∀ q, s'.pageOwner q = s.pageOwner q ∧ s'.pageType q = s.pageType q ∨ PageTaken s s' q ∨ PageFreed s s' q ∨
    PageReclaimed s s' q := by unchanged
  /-- A process's record changes only if one may act on it, makes it, or reaps it. -/
  record : ∀ r, SameRecord s s' r ∨ mayActOn s r ∨ Born s s' r ∨ Reaped s s' r := by unchanged
  /-- Where its page tables start changes only if one makes it or reaps it. -/
  root : ∀ r, s'.root r = s.root r ∨ Born s s' r ∨ Reaped s s' r := by unchanged
  /-- Where a process's registers are kept never changes while it exists. -/
  registers : ∀ r, s'.stack r = s.stack r ∧ s'.hvm r = s.hvm r ∨ Born s s' r ∨ Reaped s s' r := by unchanged
  /-- A received message changes, besides, when the next one is received. -/
  message : ∀ r, SameMessage s s' r ∨ mayActOn s r ∨ Born s s' r ∨ Reaped s s' r ∨ Receives s s' r := by unchanged
  /-- What another process is doing changes only if it is made; is reaped; gets a message; was an embryo that is let go;
  was waiting for the processor and gets it; or is killed, by its parent or by init. -/
  state : ∀ r, s'.state r = s.state r ∨ r = s.current ∨ Born s s' r ∨ Reaped s s' r ∨ Receives s s' r ∨
    isOwnEmbryo s r ∧ s'.state r = .runnable ∨ s.state r = .runnable ∧ s'.state r = .running ∧ s'.current = r ∨
    mayKill s r ∧ s'.state r = .zombie := by unchanged
  /-- The processor is given up only to a process that waits for it or gets a message. -/
  current : s'.current = s.current ∨ s.state s'.current = .runnable ∨ Receives s s' s'.current := by unchanged
  /-- A process is marked for death only by itself, its parent, or init. -/
  killed : ∀ r, s'.killed r = s.killed r ∨ mayKill s r ∧ s'.killed r = 1 ∨ Born s s' r ∨ Reaped s s' r := by unchanged
  /-- A process gets another parent only if its own is dead, and then it is init. -/
  parent : ∀ r, s'.ppid r = s.ppid r ∨ Born s s' r ∨ Reaped s s' r ∨
    s.state (s.ppid r) = .zombie ∧ s'.ppid r = initPid := by unchanged
  /-- How many children another process has changes only if it is dead and loses one to init. -/
  children : ∀ r, s'.nrChildren r = s.nrChildren r ∨ r = s.current ∨ r = initPid ∨ s.state r = .zombie := by unchanged
  /-- How much another process owns changes only if it is an embryo, or dead and something of it is reclaimed. -/
  counts : ∀ r, SameCounts s s' r ∨ mayActOn s r ∨ Born s s' r ∨ s.state r = .zombie := by unchanged
  /-- A descriptor changes only if one may act on its holder, or the holder is dead, or it is the empty one that a
  receiver has named for a file that comes with a message. -/
  fd : ∀ r fd, s'.ofile r fd = s.ofile r fd ∨ mayActOn s r ∨ s.state r = .zombie ∨
    Receives s s' r ∧ s.ipcFd r = fd ∧ s.ofile r fd = 0 := by unchanged
  /-- Likewise the number of descriptors in use. -/
  fds : ∀ r, s'.nrFds r = s.nrFds r ∨ mayActOn s r ∨ s.state r = .zombie ∨ Receives s s' r := by unchanged
  /-- A file's count changes only if one of its descriptors does. -/
  refcnt : ∀ f, s'.fileRefcnt f = s.fileRefcnt f ∨ FdChanged s s' f := by unchanged
  /-- What an open file is never changes, as long as it is open. -/
  file : ∀ f, SameFile s s' f ∨ FileUnused s s' f := by unchanged
  /-- Where the next read or write starts changes only through a descriptor of the process. -/
  offset : ∀ f, s'.fileOffset f = s.fileOffset f ∨ FileUnused s s' f ∨ ∃ fd, fd < 16 ∧ s.ofile s.current fd = f := by
    unchanged
  /-- A DMA page is taken if it is nobody's, and reclaimed if its owner is dead and has no device any more. -/
  dma : ∀ d, s'.dmaOwner d = s.dmaOwner d ∧ s'.dmaType d = s.dmaType d ∨
    Handed s (s.dmaOwner d) (s'.dmaOwner d) ∧ (s.dmaOwner d ≠ 0 → s.nrDevs (s.dmaOwner d) = 0) := by unchanged
  /-- A word of a DMA page changes only if the page is the process's, or is taken. -/
  dmaWord : ∀ d i, s'.dmaWord d i = s.dmaWord d i ∨ s.dmaOwner d = s.current ∨
    s.dmaOwner d = 0 ∧ s'.dmaOwner d = s.current := by unchanged
  /-- A device is taken, with the root of its tables, if it is nobody's, and reclaimed if its owner is dead. -/
  device : ∀ d, s'.pciOwner d = s.pciOwner d ∧ s'.pciRoot d = s.pciRoot d ∨
    Handed s (s.pciOwner d) (s'.pciOwner d) := by unchanged
  /-- Likewise a vector. -/
  vector : ∀ v, s'.vectorOwner v = s.vectorOwner v ∨ Handed s (s.vectorOwner v) (s'.vectorOwner v) := by unchanged
  /-- Likewise an I/O port. -/
  port : ∀ i, s'.portOwner i = s.portOwner i ∨ Handed s (s.portOwner i) (s'.portOwner i) := by unchanged
  /-- An interrupt route is made from an unused entry, from a device of the process to a vector of the process, or
  removed if the device's owner is dead. -/
  route : ∀ i, SameRoute s s' i ∨
    s.intremapActive i = 0 ∧ s.pciOwner (s'.intremapDev i) = s.current ∧ s.vectorOwner (s'.intremapVector i) = s.current ∨
    s.state (s.pciOwner (s.intremapDev i)) = .zombie ∧ s'.intremapActive i = 0 := by unchanged
  /-- The layout of memory and the list of devices stay. -/
  machine : SameMachine s s' := by unchanged

/-- A step that changes nothing. -/
theorem Integrity.refl (s : State) : Integrity s s := {}

end Lv6.Spec
