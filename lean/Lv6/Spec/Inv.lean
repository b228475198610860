module
public import Lv6.Spec.Layout
public import Lv6.Spec.Count
public import Lv6.Spec.Ring
/-!
# The invariant

What is true in every state between two calls. One record per concern, each over the few fields that it is about, so that
a call that leaves those fields alone keeps the record without a proof.

Numbers outside of the tables mean nothing: every clause says how far it reaches.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-! ## Processes -/

/-- The processes that belong on the ready list. -/
def onReadyList (state : Nat → ProcState) (p : Nat) : Prop := p < 64 ∧ (state p = .runnable ∨ state p = .running)

/-- What processes are doing, and who is whose parent. -/
structure ProcInv (current : Nat) (state : Nat → ProcState) (killed ppid nrChildren : Nat → Nat) : Prop where
  /-- The current process is a process. -/
  pid : isPid current
  /-- It is the one that runs: no other thinks that it has the processor. -/
  running : ∀ p, p < 64 → (state p = .running ↔ p = current)
  /-- Slot 0 is free, so that 0 can mean "nobody". -/
  nobody : state 0 = .unused
  /-- A killed process is dead as soon as it does not run: nothing can wake it or wait for it. -/
  dying : ∀ p, p < 64 → killed p ≠ 0 → state p = .running ∨ state p = .zombie
  /-- Exactly the processes have a parent, so that each zombie has someone who can reap it. -/
  parent : ∀ p, p < 64 → ppid p < 64 ∧ (ppid p = 0 ↔ state p = .unused)
  /-- The counter is the number of children: a process is not reaped while it has one. -/
  children : ∀ p, isPid p → nrChildren p = count (fun c => ppid c = p) 64

/-- The ready list. -/
structure ReadyInv (state : Nat → ProcState) (prev next : Nat → Nat) : Prop where
  /-- It is one ring of exactly the runnable and running processes. -/
  ring : Ring (onReadyList state) next prev
  /-- All other processes have no links: a reader of the process table cannot stray. -/
  off : ∀ p, p < 64 → ¬ onReadyList state p → prev p = 0 ∧ next p = 0

/-- A slot that is not in use owns nothing, so that a new process starts with nothing. -/
structure UnusedInv (state : Nat → ProcState) (nrChildren nrFds nrPages nrDmapages nrDevs nrPorts nrVectors nrIntremaps :
    Nat → Nat) : Prop where
  children : ∀ p, p < 64 → state p = .unused → nrChildren p = 0
  fds : ∀ p, p < 64 → state p = .unused → nrFds p = 0
  pages : ∀ p, p < 64 → state p = .unused → nrPages p = 0
  dmapages : ∀ p, p < 64 → state p = .unused → nrDmapages p = 0
  devs : ∀ p, p < 64 → state p = .unused → nrDevs p = 0
  ports : ∀ p, p < 64 → state p = .unused → nrPorts p = 0
  vectors : ∀ p, p < 64 → state p = .unused → nrVectors p = 0
  intremaps : ∀ p, p < 64 → state p = .unused → nrIntremaps p = 0

/-! ## Pages -/

/-- Who owns which page. -/
structure PageInv (pageType : Nat → PageType) (pageOwner nrPages : Nat → Nat) : Prop where
  /-- Page 0, and no other, is reserved: it anchors the free list. -/
  reserved : ∀ q, q < 8192 → (pageType q = .reserved ↔ q = 0)
  /-- Exactly the pages that are given out have an owner, so no table of a process refers to a free page. -/
  owner : ∀ q, q < 8192 → pageOwner q < 64 ∧ (pageOwner q = 0 ↔ pageType q = .free ∨ pageType q = .reserved)
  /-- The counter is the number of pages owned: a process is not reaped while it has one. -/
  pages : ∀ p, isPid p → nrPages p = count (fun q => pageOwner q = p) 8192

/-- The pages on the free list: the free ones and the anchor. -/
def onFreeList (pageType : Nat → PageType) (q : Nat) : Prop := q < 8192 ∧ (pageType q = .free ∨ pageType q = .reserved)

/-- The free list. -/
structure FreeInv (pageType : Nat → PageType) (freePrev freeNext : Nat → Nat) : Prop where
  /-- It is one ring of exactly the free pages and page 0. -/
  ring : Ring (onFreeList pageType) freeNext freePrev
  /-- All other pages have no links. -/
  off : ∀ q, q < 8192 → ¬ onFreeList pageType q → freePrev q = 0 ∧ freeNext q = 0

/-- `q` is a page of `p` of type `t`. -/
def IsOwn (pageType : Nat → PageType) (pageOwner : Nat → Nat) (p : Nat) (t : PageType) (q : Nat) : Prop :=
  q < 8192 ∧ pageOwner q = p ∧ pageType q = t

/-- `q` is one of the three pages of the I/O bitmap that begins at the page `a`. -/
def InBitmap (a q : Nat) : Prop := a ≤ q ∧ q < a + 3

/-- The pages that the kernel itself uses for a process. -/
structure RootInv (state : Nat → ProcState) (root stack hvm useIoBitmap ioBitmapA ioBitmapB : Nat → Nat)
    (pageType : Nat → PageType) (pageOwner : Nat → Nat) : Prop where
  /-- A live process has a root table of its own: where the processor starts to walk. -/
  rootPage : ∀ p, p < 64 → (state p).isLive = true → IsOwn pageType pageOwner p .x86Pml4 (root p)
  /-- It has a page for its registers, which no process can map. -/
  stackPage : ∀ p, p < 64 → (state p).isLive = true → IsOwn pageType pageOwner p .procData (stack p)
  /-- It has a page for its control block, which no process can map. -/
  hvmPage : ∀ p, p < 64 → (state p).isLive = true → IsOwn pageType pageOwner p .procData (hvm p)
  /-- These two are not the same page. -/
  distinct : ∀ p, p < 64 → (state p).isLive = true → stack p ≠ hvm p
  /-- If it has an I/O bitmap, that lies in three consecutive pages of its own, which no process can map. -/
  bitmap : ∀ p, p < 64 → (state p).isLive = true → useIoBitmap p ≠ 0 →
    ioBitmapB p = ioBitmapA p + 1 ∧ ∀ q, InBitmap (ioBitmapA p) q → IsOwn pageType pageOwner p .procData q
  /-- None of these is one of the two other pages: registers that are put away change no bit. -/
  apart : ∀ p, p < 64 → (state p).isLive = true → useIoBitmap p ≠ 0 →
    ¬ InBitmap (ioBitmapA p) (stack p) ∧ ¬ InBitmap (ioBitmapA p) (hvm p)

/-! ## Page tables -/

/-- What an entry of the table `q` of `p` may point at, if `q` stands at level `l + 1` and the entry has writable bit `w`:
a page of `p` at the next lower level; the root itself, read-only; and from a level-1 table, a page of a kernel table,
read-only, or a DMA page or device of `p`, read-only if it is configuration space. -/
def PointsOk (m : Mem) (p q l : Nat) (w : Bool) : Target → Prop
  | .page r => m.owner r = p ∧ (m.level r = some l ∨ (r = q ∧ l = 3 ∧ w = false))
  | .kernel _ _ => l = 0 ∧ w = false
  | .dma d => l = 0 ∧ m.dmaOwner d = p
  | .pci c => l = 0 ∧ m.pciOwner c = p ∧ (w = true → m.pciConfig c = false)
  | .other => False

/-- A present entry `e` of the table `q` of `p` is good: it maps no large page and no global one, and points at something
that it may point at. -/
structure EntryOk (m : Mem) (p q l : Nat) (e : Word) : Prop where
  large : e.large = false
  global : e.global = false
  points : PointsOk m p q l e.writable (target m.base e.pfn)

/-- Entry `i` of the table `q` of a live process refers to the page `r`, other than itself. -/
structure Ref (m : Mem) (q i r : Nat) : Prop where
  page : q < 8192
  index : i < 512
  live : m.live (m.owner q)
  table : ∃ l, m.level q = some (l + 1)
  present : (m.word q i).present = true
  target : m.target q i = .page r
  ne : r ≠ q

/-- The page tables of live processes. Nothing is said about the tables of zombies: the processor does not use them
any more, and their pages can be taken back in any order. -/
structure TableInv (m : Mem) : Prop where
  /-- All that an entry can point at lies below the PCI hole or in it, and not at address 0. -/
  base : 1 ≤ m.base ∧ m.base + 8778 ≤ 0xa0000
  /-- Every present entry is good. -/
  entries : ∀ q i l, q < 8192 → i < 512 → m.live (m.owner q) → m.level q = some (l + 1) →
    (m.word q i).present = true → EntryOk m (m.owner q) q l (m.word q i)
  /-- A page is referred to by at most one entry: when that is cleared, the page can be freed. -/
  unique : ∀ q i q' i' r, Ref m q i r → Ref m q' i' r → q = q' ∧ i = i'

/-! ## Files and messages -/

/-- How many of all descriptors hold the file number `f`. -/
def references (ofile : Nat → Nat → Nat) (f : Nat) : Nat := count (fun i => ofile (i / 16) (i % 16) = f) 1024

/-- Open files and the descriptors that refer to them. -/
structure FileInv (ofile : Nat → Nat → Nat) (nrFds : Nat → Nat) (fileType : Nat → FileType) (fileRefcnt : Nat → Nat) :
    Prop where
  /-- A descriptor holds a file number, or 0. -/
  number : ∀ p fd, p < 64 → fd < 16 → ofile p fd < 128
  /-- The counter is the number of descriptors in use: a process is not reaped while it has one. -/
  fds : ∀ p, p < 64 → nrFds p = count (fun fd => ofile p fd ≠ 0) 16
  /-- The counter is the number of descriptors that refer to the file. -/
  refs : ∀ f, 0 < f → f < 128 → fileRefcnt f = references ofile f
  /-- A file is in use exactly as long as a descriptor refers to it. -/
  used : ∀ f, 0 < f → f < 128 → (fileType f = .none ↔ fileRefcnt f = 0)

/-- What a process that waits for a message has named to receive it. -/
structure SleepInv (state : Nat → ProcState) (ipcPage ipcFd : Nat → Nat) (ofile : Nat → Nat → Nat)
    (pageType : Nat → PageType) (pageOwner : Nat → Nat) : Prop where
  /-- A frame of its own: a message overwrites nobody else's memory. -/
  page : ∀ p, p < 64 → state p = .sleeping → IsOwn pageType pageOwner p .frame (ipcPage p)
  /-- A free descriptor, or none: a file that comes with a message closes nothing. -/
  fd : ∀ p, p < 64 → state p = .sleeping → ipcFd p < 16 → ofile p (ipcFd p) = 0

/-- Interrupts that wait for an acknowledgement. -/
structure IntrInv (state : Nat → ProcState) (intr : Nat → Nat → Word) : Prop where
  /-- None waits for a process that sleeps: an interrupt wakes it, and before it falls asleep it must acknowledge those that
  it has, so none is slept through. -/
  asleep : ∀ p i, p < 64 → i < 4 → state p = .sleeping → intr p i = 0#64

/-! ## Devices -/

/-- Owner of a vector or port that no process can have. -/
abbrev kernel : Nat := 0xffffffffffffffff

/-- Who owns what of the devices. -/
structure DeviceInv (dmaType : Nat → PageType) (dmaOwner nrDmapages pciOwner pciPresent nrDevs portOwner nrPorts
    vectorOwner nrVectors intremapActive intremapDev intremapVector nrIntremaps : Nat → Nat) : Prop where
  /-- Exactly the DMA pages that are given out have an owner. -/
  dma : ∀ d, d < 512 → dmaOwner d < 64 ∧ (dmaOwner d = 0 ↔ dmaType d = .free) ∧
    (dmaType d = .free ∨ dmaType d = .iommuFrame)
  /-- The counter is the number of DMA pages owned. -/
  dmapages : ∀ p, isPid p → nrDmapages p = count (fun d => dmaOwner d = p) 512
  /-- Only a device that is there has an owner. -/
  pci : ∀ d, d < 65536 → pciOwner d < 64 ∧ (pciOwner d ≠ 0 → pciPresent d ≠ 0)
  /-- The counter is the number of devices owned. -/
  devs : ∀ p, isPid p → nrDevs p = count (fun d => pciOwner d = p) 65536
  /-- A port has a process as its owner, or nobody, or the kernel. -/
  port : ∀ i, i < 65536 → portOwner i < 64 ∨ portOwner i = kernel
  /-- The counter is the number of ports owned. -/
  ports : ∀ p, isPid p → nrPorts p = count (fun i => portOwner i = p) 65536
  /-- A vector has a process as its owner, or nobody, or the kernel. -/
  vector : ∀ v, v < 256 → vectorOwner v < 64 ∨ vectorOwner v = kernel
  /-- The counter is the number of vectors owned. -/
  vectors : ∀ p, isPid p → nrVectors p = count (fun v => vectorOwner v = p) 256
  /-- An interrupt arrives at a vector of the process that owns the device. -/
  intremap : ∀ i, i < 8 → intremapActive i ≠ 0 → intremapDev i < 65536 ∧ intremapVector i < 256 ∧
    isPid (pciOwner (intremapDev i)) ∧ vectorOwner (intremapVector i) = pciOwner (intremapDev i)
  /-- The counter is the number of routes of the process's devices. -/
  intremaps : ∀ p, isPid p → nrIntremaps p = count (fun i => intremapActive i ≠ 0 ∧ pciOwner (intremapDev i) = p) 8

/-- The bit of port number `n` in the I/O bitmap that begins at the page `a`, 32768 bits to a page. -/
def portBit (word : Nat → Nat → Word) (a n : Nat) : Bool :=
  (word (a + n / 0x8000) (n % 0x8000 / 64)).getLsbD (n % 64)

/-- The I/O bitmaps of live processes, as the processor consults them. -/
structure PortInv (state : Nat → ProcState) (useIoBitmap ioBitmapA : Nat → Nat) (word : Nat → Nat → Word)
    (portOwner : Nat → Nat) : Prop where
  /-- A bit is clear exactly if the process owns the port. -/
  bits : ∀ p n, p < 64 → (state p).isLive = true → useIoBitmap p ≠ 0 → n < 65536 →
    (portBit word (ioBitmapA p) n = false ↔ portOwner n = p)
  /-- The third page is full of ones: an access that begins at the last port and ends beyond it is denied. -/
  last : ∀ p i, p < 64 → (state p).isLive = true → useIoBitmap p ≠ 0 → i < 512 →
    word (ioBitmapA p + 2) i = 0xffffffffffffffff#64
  /-- The owner of a port has a bitmap; so who is given one, full of ones, owns no port yet. -/
  owner : ∀ p n, p < 64 → (state p).isLive = true → n < 65536 → portOwner n = p → useIoBitmap p ≠ 0

/-- What an entry of an IOMMU table of `p` may lead to, if the table stands at level `l + 1`: a table of `p` at the next lower
level, and from a level-1 table, a DMA page of `p`. -/
def LeadsOk (m : DeviceMem) (p l : Nat) : Target → Prop
  | .page r => m.owner r = p ∧ (m.type r).iommuLevel = some l
  | .dma d => l = 0 ∧ m.dmaOwner d = p
  | _ => False

/-- An entry `e` of an IOMMU table of `p` is good: it maps no large page, and leads to something that it may lead to. -/
structure IommuEntryOk (m : DeviceMem) (p l : Nat) (e : Word) : Prop where
  large : e.large = false
  leads : LeadsOk m p l (target m.base e.pfn)

/-- The IOMMU tables. A process cannot free one, and those of a zombie stay as they are until it has no device any more; so
they are good for as long as a device may walk them, and it does not matter how many entries refer to a page. Nothing is
said about the tables of a zombie that has no device: their pages, and the DMA pages, can be taken back in any order. -/
structure IommuInv (m : DeviceMem) : Prop where
  /-- The tables of a device start at an IOMMU root of its owner: there the unit starts to walk. -/
  root : ∀ d, d < 65536 → m.pciOwner d ≠ 0 → IsOwn m.type m.owner (m.pciOwner d) .iommuPml4 (m.pciRoot d)
  /-- Every entry in use is good, so that a device can reach nothing but DMA pages of its owner. -/
  entries : ∀ q i l, q < 8192 → i < 512 → m.exposed (m.owner q) → (m.type q).iommuLevel = some (l + 1) →
    m.word q i ≠ 0#64 → IommuEntryOk m (m.owner q) l (m.word q i)

/-! ## All of it -/

/-- The invariant. -/
structure Inv (s : State) : Prop where
  proc : ProcInv s.current s.state s.killed s.ppid s.nrChildren
  ready : ReadyInv s.state s.prev s.next
  unused : UnusedInv s.state s.nrChildren s.nrFds s.nrPages s.nrDmapages s.nrDevs s.nrPorts s.nrVectors s.nrIntremaps
  page : PageInv s.pageType s.pageOwner s.nrPages
  free : FreeInv s.pageType s.freePrev s.freeNext
  root : RootInv s.state s.root s.stack s.hvm s.useIoBitmap s.ioBitmapA s.ioBitmapB s.pageType s.pageOwner
  table : TableInv s.mem
  file : FileInv s.ofile s.nrFds s.fileType s.fileRefcnt
  sleep : SleepInv s.state s.ipcPage s.ipcFd s.ofile s.pageType s.pageOwner
  intr : IntrInv s.state s.intr
  device : DeviceInv s.dmaType s.dmaOwner s.nrDmapages s.pciOwner s.pciPresent s.nrDevs s.portOwner s.nrPorts
    s.vectorOwner s.nrVectors s.intremapActive s.intremapDev s.intremapVector s.nrIntremaps
  port : PortInv s.state s.useIoBitmap s.ioBitmapA s.word s.portOwner
  iommu : IommuInv s.deviceMem

end Lv6.Spec
