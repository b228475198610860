module
public import Lv6.Spec.Page
/-!
# The initial state
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- All-zero memory: nothing exists yet. -/
def zero : State where
  state _ := .unused
  ppid _ := 0
  root _ := 0
  stack _ := 0
  hvm _ := 0
  ioBitmapA _ := 0
  ioBitmapB _ := 0
  ofile _ _ := 0
  nrChildren _ := 0
  nrFds _ := 0
  nrPages _ := 0
  nrDmapages _ := 0
  nrDevs _ := 0
  nrPorts _ := 0
  nrVectors _ := 0
  nrIntremaps _ := 0
  killed _ := 0
  useIoBitmap _ := 0
  ipcFrom _ := 0
  ipcVal _ := 0
  ipcPage _ := 0
  ipcSize _ := 0
  ipcFd _ := 0
  intr _ _ := 0#64
  name _ _ := 0#64
  prev _ := 0
  next _ := 0
  pageType _ := .free
  pageOwner _ := 0
  freePrev _ := 0
  freeNext _ := 0
  word _ _ := 0#64
  dmaWord _ _ := 0#64
  fileType _ := .none
  fileRefcnt _ := 0
  fileValue _ := 0
  fileOmode _ := 0
  fileOffset _ := 0
  dmaType _ := .free
  dmaOwner _ := 0
  pciOwner _ := 0
  pciRoot _ := 0
  pciPresent _ := 0
  pciPageDev _ := 0
  pciPageValid _ := false
  pciPageConfig _ := false
  vectorOwner _ := 0
  intremapActive _ := 0
  intremapDev _ := 0
  intremapVector _ := 0
  portOwner _ := 0
  base := 0
  current := 0
  flushTlb _ := 0
  flushIotlb := 0
  contextRequest := 0
  intremapRequest := 0
  ioBitmapRequest := 0

/-- Link all pages into the ring of free pages, in ascending order from page 0. -/
def linkFreePages (s : State) : State :=
  { s with
    freePrev := fun q => if q < 8192 then (q + 8191) % 8192 else s.freePrev q
    freeNext := fun q => if q < 8192 then (q + 1) % 8192 else s.freeNext q }

/-- Take page 0 off the pages that can be given out, and give init its first three. -/
def reservePages (s : State) : State :=
  let s₁ := { s with pageType := upd s.pageType 0 .reserved }
  allocPage (allocPage (allocPage s₁ initPid .x86Pml4 1) initPid .procData 2) initPid .procData 3

/-- Make init the current and only process, its own parent. -/
def startInit (s : State) : State :=
  { s with
    root := upd s.root initPid 1
    stack := upd s.stack initPid 2
    hvm := upd s.hvm initPid 3
    state := upd s.state initPid .running
    ppid := upd s.ppid initPid initPid
    nrChildren := upd s.nrChildren initPid 1
    prev := upd s.prev initPid initPid
    next := upd s.next initPid initPid
    flushTlb := upd s.flushTlb initPid 1
    current := initPid }

/-- Make the initial state out of an all-zero `s` that lies at page frame `base`: init is the current and only process,
its own parent, with an empty address space. EINVAL if the shared tables would not lie below the PCI hole, or would
start at address 0. -/
def boot (s : State) (base : Nat) : Nat × State :=
  if base = 0 ∨ 0xa0000 - 8778 < base then (EINVAL, s)
  else (0, startInit (reservePages (linkFreePages { s with base := base })))

/-- The state in which the kernel starts when its tables lie at page frame `base`. -/
def initial (base : Nat) : State := (boot zero base).2

end Lv6.Spec
